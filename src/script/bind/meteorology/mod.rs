//! Meteorologies as values, and the built-in one.

mod files;
mod prescribed;
mod snapshot;

use crate::flux::land_fraction;
use crate::grid::Grid;
use crate::meteorology::{BuiltIn, BuiltInOptions};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::kind;
use crate::script::{Fallible, attempt};
use rhai::Map;
use rhai::plugin::*;
use std::fmt;
use std::sync::Arc;

/// A meteorology as a script holds it.
#[derive(Debug, Clone)]
pub struct Meteorology(pub Arc<dyn crate::meteorology::Meteorology>);

kind!(Meteorology, "Meteorology", "a meteorology");

impl fmt::Display for Meteorology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Binds `meteorology::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Meteorology>();
    rooms.room("meteorology", exported_module!(meteorology));
    optional!(rooms, WeatherOptions: "meteorology::built_in" = meteorology::built_in_token);
    files::bind(rooms);
    prescribed::bind(rooms);
    snapshot::bind(rooms);
}

options! {
    /// Factors of what the model does not resolve.
    pub(super) struct MixingFactors of "the factors of mixing" {
        /// A factor of the depth and diffusivity of the boundary layer.
        mixing: f64 = BuiltInOptions::default().mixing,
        /// A factor of the convective updrafts.
        convection: f64 = BuiltInOptions::default().convection,
    }
}

options! {
    /// Options of the built-in meteorology.
    struct WeatherOptions of "meteorology::built_in" with factors: MixingFactors {
        /// A factor of the travelling waves.
        waves: f64 = BuiltInOptions::default().waves,
        /// A factor of the climatological winds.
        wind: f64 = BuiltInOptions::default().wind,
        /// The seed of the waves.
        seed: u64 = BuiltInOptions::default().seed,
        /// The length of an interval of constant winds, which divides a day.
        interval: f64 ["s"] = BuiltInOptions::default().interval,
    }
}

#[export_module]
mod meteorology {
    /// The built-in meteorology: real climatological winds (NCEP June and January means) with a
    /// seasonal cycle, travelling waves, a diurnal boundary layer and convection. The meteorology
    /// is synthetic.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    ///
    /// # Returns
    /// A meteorology.
    ///
    /// # Errors
    /// A factor outside 0 to 10, an interval that does not divide a day.
    ///
    /// # Example
    /// ```rhai
    /// print(meteorology::built_in(grid("4x5"), #{ mixing: 0.9 }));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn built_in(
        context: NativeCallContext,
        grid: Arc<Grid>,
        options: Map,
    ) -> Fallible<Meteorology> {
        attempt(&context, || {
            let o = WeatherOptions::read(&context, options)?;
            let options = BuiltInOptions {
                waves: o.waves,
                seed: o.seed,
                wind: o.wind,
                mixing: o.factors.mixing,
                convection: o.factors.convection,
                interval: o.interval,
            };
            let land = land_fraction(&grid.horizontal);
            Ok(Meteorology(Arc::new(BuiltIn::new(
                &grid,
                Some(land),
                options,
            )?)))
        })
    }
}
