//! Meteorologies as values, and the built-in one.

mod files;
mod prescribed;
mod snapshot;

use crate::flux::land_fraction;
use crate::grid::Grid;
use crate::meteorology::{BuiltIn, BuiltInOptions, Meteorology};
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, Options, attempt};
use rhai::Map;
use rhai::plugin::*;
use std::fmt;
use std::sync::Arc;

/// A meteorology as a script holds it.
#[derive(Debug, Clone)]
pub struct Met(pub Arc<dyn Meteorology>);

impl fmt::Display for Met {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Binds `meteorology::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.value::<Met>("Meteorology");
    rooms.room("meteorology", exported_module!(meteorology));
    files::bind(rooms);
    prescribed::bind(rooms);
    snapshot::bind(rooms);
}

#[export_module]
mod meteorology {
    /// The built-in meteorology: real climatological winds (NCEP June and January means) with a
    /// seasonal cycle, travelling waves, a diurnal boundary layer and convection. The weather is
    /// synthetic.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    /// - `options`: optional. `waves`, `wind`, `mixing`, `convection`: factors, 1; `seed`: 1, of
    ///   the waves; `interval`: 10800 s, of constant winds.
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
    pub fn built_in(context: NativeCallContext, grid: Arc<Grid>, options: Map) -> Fallible<Met> {
        attempt(&context, || {
            let usual = BuiltInOptions::default();
            let mut o = Options::new("meteorology::built_in", options);
            let options = BuiltInOptions {
                waves: o.or("waves", usual.waves)?,
                seed: o.or("seed", usual.seed)?,
                wind: o.or("wind", usual.wind)?,
                mixing: o.or("mixing", usual.mixing)?,
                convection: o.or("convection", usual.convection)?,
                interval: o.quantity("interval", "s", usual.interval)?,
            };
            o.finish()?;
            let land = land_fraction(&grid.horizontal);
            Ok(Met(Arc::new(BuiltIn::new(&grid, Some(land), options)?)))
        })
    }

    #[rhai_fn(name = "built_in", return_raw)]
    pub fn built_in_plain(context: NativeCallContext, grid: Arc<Grid>) -> Fallible<Met> {
        built_in(context, grid, Map::new())
    }
}
