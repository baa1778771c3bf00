//! The local filter as a value, and its update of one innovation.

use crate::analysis;
use crate::analysis::Letkf;
use crate::error::{Error, Result};
use crate::field::Field;
use crate::innovation::Innovation;
use crate::script::bind::analysis::analysed;
use crate::script::bind::concentrations::Concentrations;
use crate::script::bind::inflation::factors::factors_of;
use crate::script::bind::localization::tapers::Taper;
use crate::script::bridge::arrays::matrix;
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::kind;
use crate::script::{Fallible, attempt, read};
use rhai::Dynamic;
use rhai::plugin::*;
use std::fmt;
use std::sync::Arc;

/// A local update as a script holds it.
#[derive(Debug, Clone)]
pub struct LocalUpdate(Arc<analysis::LocalUpdate>);

impl fmt::Display for LocalUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

kind!(
    Letkf,
    "Letkf",
    "a local filter such as analysis::letkf(taper)"
);
kind!(LocalUpdate, "LocalUpdate", "a local update");

/// Binds `analysis::letkf`.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Letkf>();
    rooms.kind::<LocalUpdate>();
    rooms.room("analysis", exported_module!(functions));
}

fn locations_from(value: &Dynamic) -> Result<Vec<(f64, f64)>> {
    let locations = matrix("the locations", value)?;
    if locations.ncols() != 2 {
        let got = format!("{} numbers", locations.ncols());
        return Err(Error::new("a location is a latitude and a longitude")
            .expected("[[lat, lon], ...]")
            .got(got));
    }
    Ok(locations.outer_iter().map(|p| (p[0], p[1])).collect())
}

#[export_module]
mod functions {
    /// The local filter: every column of the atmosphere by the observations around it, whose errors
    /// grow with distance (Hunt et al. 2007).
    ///
    /// # Arguments
    /// - `taper`: `localization::gaspari_cohn(half_width_km)` or `localization::boxcar(radius_km)`.
    ///
    /// # Returns
    /// A local filter, with `prepare(innovation, factors, latitude, longitude)`.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3]], values: [3], sd: 1 } });
    /// let near = analysis::letkf(localization::gaspari_cohn(1000)).prepare(i, inflation::none().estimate(i), [0], [0]);
    /// let x = field("x", [[1, 2, 3]], #{ dims: ["factor", "member"] });
    /// assert_near(near.analyse_factors(x, [[0, 0]]).mean("member").value(), 2.5, 1e-12); // at the observation
    /// assert_near(near.analyse_factors(x, [[0, 90]]).mean("member").value(), 2.0, 1e-12); // out of reach
    /// ```
    pub fn letkf(taper: Taper) -> Letkf {
        Letkf::new(taper.0)
    }

    /// The local filter on one innovation.
    ///
    /// # Arguments
    /// - `innovation`: of all observations.
    /// - `factors`: as for `matrices`.
    /// - `latitude`, `longitude`: of the observations by their number \[degrees\].
    ///
    /// # Returns
    /// A local update, with `analyse(concentrations)` and `analyse_factors(factors, locations)`.
    ///
    /// # Errors
    /// An observation without a location.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3]], values: [3], sd: 1 } });
    /// let filter = analysis::letkf(localization::boxcar("1000 km"));
    /// print(filter.prepare(i, #{ theta: 1.2, mu: 1.0 }, [45], [10]));
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn prepare(
        context: NativeCallContext,
        filter: &mut Letkf,
        innovation: Arc<Innovation>,
        factors: Dynamic,
        latitude: Dynamic,
        longitude: Dynamic,
    ) -> Fallible<LocalUpdate> {
        attempt(&context, || {
            let (lat, lon): (Vec<f64>, Vec<f64>) = (
                read("the latitudes", &latitude)?,
                read("the longitudes", &longitude)?,
            );
            if lat.len() != lon.len() {
                return Err(Error::new("every latitude needs a longitude")
                    .expected(lat.len())
                    .got(lon.len()));
            }
            let locations: Vec<(f64, f64)> = lat.into_iter().zip(lon).collect();
            Ok(LocalUpdate(Arc::new(filter.prepare(
                &innovation,
                &factors_of(&factors, &innovation)?,
                &locations,
            )?)))
        })
    }

    /// The concentrations analysed column by column.
    ///
    /// # Arguments
    /// - `concentrations`: of the forecast.
    ///
    /// # Returns
    /// Concentrations.
    ///
    /// # Errors
    /// Another number of members.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3]], values: [3], sd: 1 } });
    /// let near = analysis::letkf(localization::boxcar(1000)).prepare(i, inflation::none().estimate(i), [0], [0]);
    /// assert(near.analyse(concentrations::uniform(grid("30x30"), 3, 400)).members == 3);
    /// let x = field("x", [[1, 2, 3]], #{ dims: ["site", "member"] });
    /// assert_near(near.analyse(x, [[0, 1]]).mean("member").value(), 2.5, 1e-12); // a small model
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn analyse(
        context: NativeCallContext,
        update: &mut LocalUpdate,
        concentrations: Concentrations,
    ) -> Fallible<Concentrations> {
        attempt(&context, || {
            let mut state = Arc::unwrap_or_clone(concentrations);
            update.0.apply(&mut state)?;
            Ok(Arc::new(state))
        })
    }

    /// Rows of a small state analysed, each by the observations around its place.
    ///
    /// # Arguments
    /// - `x`: (state, member).
    /// - `locations`: an array of `[lat, lon]` \[degrees\], one per row.
    ///
    /// # Returns
    /// A field (state, member).
    ///
    /// # Errors
    /// Another number of members, or of locations.
    #[rhai_fn(global, name = "analyse", return_raw)]
    pub fn analyse_rows(
        context: NativeCallContext,
        update: &mut LocalUpdate,
        x: Field,
        locations: Dynamic,
    ) -> Fallible<Field> {
        attempt(&context, || {
            analysed(&x, |rows| {
                update.0.apply_rows(rows, &locations_from(&locations)?)
            })
        })
    }

    /// The factors analysed, each by the observations around its place.
    ///
    /// # Arguments
    /// - `factors`: (factor, member).
    /// - `locations`: an array of `[lat, lon]` \[degrees\], one per factor.
    ///
    /// # Returns
    /// A field (factor, member).
    ///
    /// # Errors
    /// Another number of members, or of locations.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3]], values: [3], sd: 1 } });
    /// let near = analysis::letkf(localization::boxcar(1000)).prepare(i, inflation::none().estimate(i), [0], [0]);
    /// let x = field("x", [[1, 2, 3]], #{ dims: ["factor", "member"] });
    /// assert_near(near.analyse_factors(x, [[0, 90]])[0][2], 3.0, 1e-12);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn analyse_factors(
        context: NativeCallContext,
        update: &mut LocalUpdate,
        factors: Field,
        locations: Dynamic,
    ) -> Fallible<Field> {
        attempt(&context, || {
            analysed(&factors, |rows| {
                update.0.apply_factors(rows, &locations_from(&locations)?)
            })
        })
    }
}
