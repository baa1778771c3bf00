//! Localizations as values; a closure may choose the observations of a region.

mod scripted;
pub(super) mod tapers;
pub(super) mod using;

use crate::error::{Error, Result};
use crate::grid::{Grid, LatLonGrid, RegionMap};
use crate::localization;
use crate::localization::{
    Global, Product, Regional, Threshold, check, correlation_threshold, related,
};
use crate::script::bridge::arrays::matrix;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::kind;
use crate::script::{Fallible, ScriptFunction, attempt, read};
use rhai::plugin::*;
use rhai::{Array, Dynamic, FnPtr, Map};
use scripted::Scripted;
use std::fmt;
use std::sync::Arc;

/// A localization as a script holds it, with its grid.
#[derive(Debug, Clone)]
pub struct Localization {
    /// The scheme.
    pub scheme: Arc<dyn localization::Localization>,
    /// Its grid.
    pub grid: LatLonGrid,
}

impl fmt::Display for Localization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.scheme)
    }
}

impl Localization {
    /// The region of each factor as a number; with a single region every factor belongs to it.
    pub fn factor_region_numbers(&self, names: &[String]) -> Result<Vec<usize>> {
        if self.scheme.regions().len() == 1 {
            return Ok(vec![0; names.len()]);
        }
        names
            .iter()
            .map(|n| region_number(self, &Dynamic::from(n.clone())))
            .collect()
    }
}

kind!(Localization, "Localization", "a localization");

/// Binds `localization::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Localization>();
    rooms.room("localization", exported_module!(functions));
    optional!(rooms, RegionalOptions: "localization::regional" = functions::regional_token);
    tapers::bind(rooms);
    using::bind(rooms);
}

options! {
    /// How regions are localized.
    struct RegionalOptions of "localization::regional" {
        /// How far each region reaches beyond its cells.
        halo_km: f64 ["km"] = 800.0,
        /// Observations outside count if they correlate more than this with a factor; () for none.
        correlation: Option<f64> = Some(0.7),
        /// In place of a correlation, the probability that an unrelated observation is used.
        false_positives: Option<f64>,
    }
}

fn regional_from(map: &RegionMap, o: RegionalOptions) -> Result<Localization> {
    let mut scheme = Regional::new(map.clone(), o.halo_km, o.correlation)?;
    if let Some(rate) = o.false_positives {
        scheme = scheme.with_threshold(Threshold::false_positives(rate)?);
    }
    checked(Arc::new(scheme), map.grid())
}

fn checked(scheme: Arc<dyn localization::Localization>, grid: &LatLonGrid) -> Result<Localization> {
    check(scheme.as_ref(), grid)?;
    Ok(Localization {
        scheme,
        grid: grid.clone(),
    })
}

fn region_number(localization: &Localization, region: &Dynamic) -> Result<usize> {
    let names = localization.scheme.regions();
    if let Ok(k) = region.as_int() {
        return usize::try_from(k)
            .ok()
            .filter(|k| *k < names.len())
            .ok_or_else(|| {
                Error::new("there is no region of that number")
                    .expected(format!("0 to {}", names.len() - 1))
                    .got(k)
            });
    }
    let name: String = read("the region", region)?;
    names.iter().position(|n| *n == name).ok_or_else(|| {
        let error = Error::new(format!("there is no region \"{name}\""))
            .expected(format!("one of {}", names.join(", ")));
        match crate::error::did_you_mean(&name, names.iter().map(String::as_str)) {
            Some(near) => error.hint(format!("\"{near}\"")),
            None => error,
        }
    })
}

#[export_module]
mod functions {
    /// Analyses region by region, each extended by a halo; where extended regions meet, their
    /// analyses are blended (Su et al. 2024, Eq. 6).
    ///
    /// # Arguments
    /// - `regions`: a region map.
    ///
    /// # Returns
    /// A localization.
    ///
    /// # Errors
    /// A negative halo, a correlation outside 0 to 1, weights that do not add up to one.
    ///
    /// # Example
    /// ```rhai
    /// let map = regions::from_function(grid("4x5"), |lat, lon| if lat > 0 { "North" } else { "South" });
    /// let l = localization::regional(map, #{ halo_km: 800 });
    /// assert(l.regions == ["South", "North"]);
    /// assert_near(l.weights("North").sel(#{ lat: 60, lon: 0 }).value(), 1.0, 1e-12);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn regional(
        context: NativeCallContext,
        regions: Arc<RegionMap>,
        options: Map,
    ) -> Fallible<Localization> {
        attempt(&context, || {
            regional_from(&regions, RegionalOptions::read(&context, options)?)
        })
    }

    /// No localization: one analysis of everything with everything.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    ///
    /// # Returns
    /// A localization.
    ///
    /// # Example
    /// ```rhai
    /// assert(localization::none(grid("4x5")).weights(0).min() == 1.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn none(context: NativeCallContext, grid: Arc<Grid>) -> Fallible<Localization> {
        attempt(&context, || {
            checked(Arc::new(Global::new(&grid.horizontal)), &grid.horizontal)
        })
    }

    /// The regions and seams of another localization, with the observations of each region chosen
    /// by a function of your own.
    ///
    /// # Arguments
    /// - `base`: the localization whose regions and seams are kept.
    /// - `choose`: a function of (region, context) or of (region, context, about) that gives
    ///   positions of observations (whole numbers), or a weight from 0 to 1 for every observation
    ///   (numbers with a point, or a field), by which its error variance is divided; 0 leaves it
    ///   out. Or a map of both, `#{ observations, weights }`. The context is a map: latitude,
    ///   longitude, equivalents (observation, member), factors (factor, member), factor_region, and
    ///   `base`, the positions the base would choose. `about` is a map: region, window, start,
    ///   members and memory, as for `inflation::scheme`.
    ///
    /// # Returns
    /// A localization.
    ///
    /// # Errors
    /// When it is used: an answer that is neither positions nor weights, a weight outside 0 to 1.
    ///
    /// # Example
    /// ```rhai
    /// let map = regions::single(grid("4x5"), "Globe");
    /// let northern = localization::choosing(localization::regional(map), |region, c| {
    ///     let latitude = c.latitude;
    ///     c.base.filter(|k| latitude[k] > 0.0)
    /// });
    /// let context = #{ latitude: [50, -50], longitude: [0, 0], equivalents: [[1, 2, 3], [1, 3, 2]] };
    /// assert(northern.select("Globe", context) == [0]);
    /// let fading = localization::choosing(localization::regional(map), |region, c| {
    ///     c.latitude.map(|lat| if lat > 0.0 { 1.0 } else { 0.25 })
    /// });
    /// assert(fading.selection("Globe", context).weights == [1.0, 0.25]);
    /// ```
    pub fn choosing(context: NativeCallContext, base: Localization, choose: FnPtr) -> Localization {
        Localization {
            scheme: Arc::new(Scripted {
                base: base.scheme,
                choose: ScriptFunction::new(&context, choose),
            }),
            grid: base.grid,
        }
    }

    /// Two localizations at once: the regions are the pairs that meet, their weights are
    /// multiplied, and a pair is analysed with the observations that both would take. Regions are
    /// called `"first, second"`. Or two tapers at once, their weights multiplied.
    ///
    /// # Arguments
    /// - `first`, `second`: localizations on one grid, or tapers.
    ///
    /// # Returns
    /// A localization, or a taper.
    ///
    /// # Errors
    /// Different grids.
    ///
    /// # Example
    /// ```rhai
    /// let by_lat = regions::from_function(grid("4x5"), |lat, lon| if lat > 0 { "North" } else { "South" });
    /// let by_lon = regions::from_function(grid("4x5"), |lat, lon| if lon > 0 { "East" } else { "West" });
    /// let l = localization::product(localization::regional(by_lat), localization::regional(by_lon));
    /// assert(l.regions.len() == 4 && l.regions[0] == "South, West");
    /// let near = localization::product(localization::gaspari_cohn(1000), localization::boxcar(1000));
    /// assert_near(near.weight(999), 5.0 / 24, 1e-2);
    /// assert(near.weight(1001) == 0.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn product(
        context: NativeCallContext,
        first: Localization,
        second: Localization,
    ) -> Fallible<Localization> {
        attempt(&context, || {
            checked(
                Arc::new(Product::new(first.scheme.clone(), second.scheme.clone())?),
                &first.grid,
            )
        })
    }

    /// The correlation that two unrelated quantities exceed by chance at a given rate (Student's
    /// t).
    ///
    /// # Arguments
    /// - `rate`: between 0 and 1.
    /// - `members`: of the ensemble.
    ///
    /// # Returns
    /// A correlation, 0 to 1.
    ///
    /// # Errors
    /// Fewer than 3 members, or a rate that is none.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(localization::correlation_threshold(0.05, 10), 0.632, 1e-3);
    /// ```
    #[rhai_fn(name = "correlation_threshold", return_raw)]
    pub fn threshold(context: NativeCallContext, rate: Dynamic, members: Dynamic) -> Fallible<f64> {
        attempt(&context, || {
            correlation_threshold(
                read("the rate", &rate)?,
                read("the number of members", &members)?,
            )
        })
    }

    /// The correlation test by itself: which observations follow a factor over the members.
    ///
    /// # Arguments
    /// - `equivalents`: (observation, member).
    /// - `factors`: (factor, member).
    /// - `threshold`: of |Pearson r|, 0 to 1.
    ///
    /// # Returns
    /// An array of positions of observations, ascending.
    ///
    /// # Errors
    /// Other numbers of members.
    ///
    /// # Example
    /// ```rhai
    /// assert(localization::related([[1, 2, 3, 5], [1, -1, -1, 1]], [[3, 2, 1, 0]], 0.7) == [0]);
    /// ```
    #[rhai_fn(name = "related", return_raw)]
    pub fn related_rows(
        context: NativeCallContext,
        equivalents: Dynamic,
        factors: Dynamic,
        threshold: Dynamic,
    ) -> Fallible<Array> {
        attempt(&context, || {
            let (y, l) = (
                matrix("the equivalents", &equivalents)?,
                matrix("the factors", &factors)?,
            );
            if y.ncols() != l.ncols() {
                return Err(
                    Error::new("equivalents and factors must have the same members")
                        .expected(l.ncols())
                        .got(y.ncols()),
                );
            }
            let rows = related(y.view(), l.view(), read("the threshold", &threshold)?);
            Ok(rows.iter().map(|k| Dynamic::from(*k as i64)).collect())
        })
    }
}
