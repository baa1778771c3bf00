//! The prior of real years.

use crate::flux::{Beyond, RealOptions};
use crate::grid::Grid;
use crate::script::bind::flux::Flux;
use crate::script::bind::flux::modules::flux_of;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::{Fallible, attempt};
use rhai::Map;
use rhai::plugin::*;
use std::sync::Arc;

/// Binds `flux::real_prior`.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("flux", exported_module!(functions));
    optional!(rooms, RealPriorOptions: "flux::real_prior" = functions::real_prior_token);
}

options! {
    /// A prior of real years.
    struct RealPriorOptions of "flux::real_prior" {
        /// The prior standard deviation of factors on land, as a part of the flux.
        land_sd: f64 = 0.5,
        /// The same of the ocean.
        ocean_sd: f64 = 0.3,
        /// The distance at which correlations between factors have fallen to 1/e.
        length_km: f64 ["km"] = 2000.0,
        /// What holds before 2000 and after 2018: `"refuse"` nothing, `"repeat"` the nearest year,
        /// `"hold"` the nearest month.
        beyond: Beyond = Beyond::Refuse,
    }
}

#[export_module]
mod functions {
    /// A prior of real years, 2000 to 2018: zonal fluxes of every month of CarbonTracker CT2019B or
    /// CarbonTracker Europe CTE2020 and the world's fossil CO2 of every year (Global Carbon Budget
    /// 2019), spread along latitudes by ecosystem and, for fossil, CDIAC's map of 2013. Fires are
    /// the
    /// same every year; the cycle within the day is that of `diurnal: "production"` (synthetic).
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    /// - `group`: 1 (CT2019B) or 2 (CTE2020).
    ///
    /// # Returns
    /// A flux with 175 factors, made of the modules fossil, fire, nee and ocean.
    ///
    /// # Errors
    /// Another group, standard deviations that are not positive.
    ///
    /// # Example
    /// ```rhai
    /// let prior = flux::real_prior(grid("30x30"), 1);
    /// let fossil = |year| prior.budget([prior.window(`${year}-01-01`, `${year + 1}-01-01`)]).totals("fossil")[0].value();
    /// assert_near(fossil.call(2015), 9.618, 1e-9); // PgC/yr
    /// assert(fossil.call(2010) < fossil.call(2015));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn real_prior(
        context: NativeCallContext,
        grid: Arc<Grid>,
        group: i64,
        options: Map,
    ) -> Fallible<Flux> {
        attempt(&context, || {
            let o = RealPriorOptions::read(&context, options)?;
            let options = RealOptions {
                sd: [o.land_sd, o.ocean_sd],
                length_km: o.length_km,
                beyond: o.beyond,
            };
            let group = usize::try_from(group).unwrap_or(0);
            Ok(flux_of(crate::flux::real_prior(
                &grid.horizontal,
                group,
                &options,
            )?))
        })
    }
}
