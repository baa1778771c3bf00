//! What a localization says: its regions, their weights, observations and factors.

use crate::error::{Error, Result};
use crate::field::Field;
use crate::localization::{Selection, SelectionContext, factor_regions};
use crate::script::bind::flux::Flux;
use crate::script::bind::innovation::about::AboutOptions;
use crate::script::bind::localization::{Localization, region_number};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, Host, attempt};
use crate::units::Unit;
use ndarray::Array2;
use rhai::plugin::*;
use rhai::{Array, Dynamic, Map};

/// Binds what is asked of a localization.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("localization", exported_module!(functions));
    rooms.options::<SelectOptions>();
}

options! {
    /// What a localization may look at to choose observations.
    struct SelectOptions of "localization::select", "localization::selection"
        with about: AboutOptions {
        /// The latitudes of the observations.
        latitude: Vec<f64> ["degrees"],
        /// The longitudes of the observations.
        longitude: Vec<f64> ["degrees"],
        /// The members' equivalents (observation, member).
        equivalents: Array2<f64>,
        /// The factors (factor, member), for the correlation test.
        factors: Option<Array2<f64>>,
        /// The name of the region each factor belongs to.
        factor_region: Vec<String> = Vec::new(),
    }
}

/// The selection of a region from the context that a script gives; its warnings are given.
fn selected(
    context: &NativeCallContext,
    localization: &Localization,
    region: &Dynamic,
    options: Map,
) -> Result<Selection> {
    let o = SelectOptions::read(context, options)?;
    let none = || Array2::zeros((0, o.equivalents.ncols()));
    let factors = o.factors.filter(|_| !o.factor_region.is_empty());
    let factors = factors.unwrap_or_else(none);
    let factor_region = localization.factor_region_numbers(&o.factor_region)?;
    let region = region_number(localization, region)?;
    let selection = localization.scheme.selection(
        region,
        &SelectionContext {
            latitude: &o.latitude,
            longitude: &o.longitude,
            equivalents: o.equivalents.view(),
            factors: factors.view(),
            factor_region: &factor_region,
            about: o.about.about(),
        },
    )?;
    let warnings = selection.warnings.iter().cloned();
    warnings.for_each(|w| Host::of(context).warn(w));
    Ok(selection)
}

fn positions(selection: &Selection) -> Array {
    let rows = selection.observations.iter();
    rows.map(|k| Dynamic::from(*k as i64)).collect()
}

#[export_module]
mod functions {
    /// Names of the regions.
    #[rhai_fn(get = "regions", global)]
    pub fn regions(localization: &mut Localization) -> Array {
        localization
            .scheme
            .regions()
            .iter()
            .map(|n| Dynamic::from(n.clone()))
            .collect()
    }

    /// The weight of a region's analysis in every cell.
    ///
    /// # Arguments
    /// - `region`: its name or number.
    ///
    /// # Returns
    /// A field (lat, lon) from 0 to 1; over all regions they add up to one.
    ///
    /// # Errors
    /// No such region.
    ///
    /// # Example
    /// ```rhai
    /// let l = localization::regional(regions::seven(grid("4x5")));
    /// let total = l.weights(0);
    /// for k in 1..7 { total += l.weights(k); }
    /// assert_near(total.min(), 1.0, 1e-12);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn weights(
        context: NativeCallContext,
        localization: &mut Localization,
        region: Dynamic,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let weights = localization
                .scheme
                .weights(region_number(localization, &region)?)
                .clone();
            Field::new(
                "weight",
                Unit::none(),
                localization.grid.dimensions().to_vec(),
                weights.into_dyn(),
            )
        })
    }

    /// The observations a region is analysed with.
    ///
    /// # Arguments
    /// - `region`: its name or number.
    /// - `options`: such as `forecast.context(factors, factor_regions)` gives them.
    ///
    /// # Returns
    /// An array of positions, ascending.
    ///
    /// # Errors
    /// Shapes that do not fit.
    ///
    /// # Example
    /// ```rhai
    /// let l = localization::regional(regions::seven(grid("4x5")));
    /// let context = #{ latitude: [50, -25], longitude: [90, 135], equivalents: [[1, 2, 3], [1, 3, 2]] };
    /// assert(l.select("Eurasia", context) == [0] && l.select("Australasia", context) == [1]);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn select(
        context: NativeCallContext,
        localization: &mut Localization,
        region: Dynamic,
        options: Map,
    ) -> Fallible<Array> {
        attempt(&context, || {
            Ok(positions(&selected(
                &context,
                localization,
                &region,
                options,
            )?))
        })
    }

    /// The observations a region is analysed with, and how much each counts.
    ///
    /// # Arguments
    /// - `region`, `options`: as for `select`.
    ///
    /// # Returns
    /// A map for `innovation.subset`: observations, positions in ascending order; weights, above 0
    /// to 1, by which their error variances are divided.
    ///
    /// # Errors
    /// Shapes that do not fit.
    ///
    /// # Example
    /// ```rhai
    /// let l = localization::regional(regions::seven(grid("4x5")));
    /// let context = #{ latitude: [50, -25], longitude: [90, 135], equivalents: [[1, 2, 3], [1, 3, 2]] };
    /// let chosen = l.selection("Eurasia", context);
    /// assert(chosen.observations == [0] && chosen.weights == [1.0]);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn selection(
        context: NativeCallContext,
        localization: &mut Localization,
        region: Dynamic,
        options: Map,
    ) -> Fallible<Map> {
        attempt(&context, || {
            let selection = selected(&context, localization, &region, options)?;
            let n = selection.observations.len();
            let weights = (0..n).map(|k| Dynamic::from(selection.weight(k)));
            Ok(Map::from_iter([
                ("weights".into(), weights.collect::<Array>().into()),
                ("observations".into(), positions(&selection).into()),
            ]))
        })
    }

    /// The region each factor of a flux belongs to: the one that holds most of the area of the
    /// factor's cells.
    ///
    /// # Arguments
    /// - `flux`: such as `flux::prior(grid, 1)`.
    ///
    /// # Returns
    /// An array of names, one for each factor.
    ///
    /// # Errors
    /// A flux whose factors have no location.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("4x5");
    /// let halves = regions::from_function(g, |lat, lon| if lat > 0 { "North" } else { "South" });
    /// let of = localization::regional(halves).factor_regions(flux::prior(g, 1));
    /// assert(of.len() == 175 && of[0] == "North"); // boreal North America
    /// ```
    #[rhai_fn(name = "factor_regions", global, return_raw)]
    pub fn regions_of_factors(
        context: NativeCallContext,
        localization: &mut Localization,
        flux: Flux,
    ) -> Fallible<Array> {
        attempt(&context, || {
            let names = localization.scheme.regions();
            let of = regions_of(localization, &flux)?;
            Ok(of.iter().map(|r| names[*r].clone().into()).collect())
        })
    }
}

/// The region number of each factor of a flux; with a single region every factor belongs to it.
pub(in crate::script::bind) fn regions_of(
    localization: &Localization,
    flux: &Flux,
) -> Result<Vec<usize>> {
    if localization.scheme.regions().len() == 1 {
        return Ok(vec![0; flux.model.n_factors()]);
    }
    let footprints = flux.model.footprints().ok_or_else(|| {
        Error::new("this flux does not say where its factors are")
            .expected("a flux whose factors have cells, such as flux::prior(grid, 1)")
            .got(flux)
            .hint("localization::none(grid)")
    })?;
    factor_regions(
        localization.scheme.as_ref(),
        &localization.grid,
        &footprints,
    )
}
