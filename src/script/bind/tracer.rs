//! Trace gases as values.

use crate::flux::{MapStamp, Reading, Tracer};
use crate::grid::Grid;
use crate::script::bind::flux::maps::tracer_source;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::kind;
use crate::script::{Fallible, attempt};
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::sync::Arc;

/// Binds `tracer::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Arc<Tracer>>();
    rooms.room("tracer", exported_module!(tracer));
    rooms.options::<TracerOptions>();
}

kind!(Arc<Tracer>, "Tracer", "a tracer, such as tracer::sf6(grid)");

options! {
    /// What a trace gas is.
    struct TracerOptions of "tracer::of" {
        /// The molar mass, such as `"146 g mol-1"`.
        molar_mass: f64 ["kg mol-1"],
        /// The name of the gas.
        name: String = "tracer".into(),
        /// The half-life, such as `"3.8 d"`, of a gas that decays.
        half_life: Option<f64> ["s"],
        /// A field, a function of the date that gives one, as `flux::from_field` and
        /// `flux::from_function` take them, or a flux without factors; none without it.
        source: Option<Dynamic>,
        /// Where in its interval a date of the source lies, as of `flux::from_field`.
        time: Option<MapStamp>,
    }
}

#[export_module]
mod tracer {
    /// A trace gas: its source, molar mass and decay.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    ///
    /// # Returns
    /// A tracer, with `name`, `molar_mass` \[kg mol-1\] and `half_life` \[s\] (or ()).
    ///
    /// # Errors
    /// A molar mass or half-life that is not above zero; a source on another grid, in a unit that
    /// is no flux, with a missing value or with free factors.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let source = field(g, |lat, lon| if lat > 0 { 2e-12 } else { 0.0 }).with_unit("kg m-2 s-1");
    /// let krypton = tracer::of(g, #{ name: "Kr-85", molar_mass: "84.9 g mol-1", half_life: "10.7 yr", source: source });
    /// assert(krypton.name == "Kr-85");
    /// assert_near(krypton.half_life / 86400 / 365.2425, 10.7, 1e-9);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn of(context: NativeCallContext, grid: Arc<Grid>, options: Map) -> Fallible<Arc<Tracer>> {
        attempt(&context, || {
            let o = TracerOptions::read(&context, options)?;
            let reading = Reading {
                grid: grid.horizontal.clone(),
                molar_mass: Some(o.molar_mass),
                time: o.time,
            };
            Ok(Arc::new(Tracer::new(
                &o.name,
                o.molar_mass,
                o.half_life.filter(|h| *h != f64::INFINITY),
                tracer_source(reading, &context, o.source)?,
            )?))
        })
    }

    /// Radon-222: 1 atom cm-2 s-1 from land that is free of ice (Jacob et al. 1997), half-life 3.8
    /// days.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    ///
    /// # Returns
    /// A tracer.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(tracer::radon(grid("30x30")).half_life / 86400, 3.82, 0.01);
    /// ```
    pub fn radon(grid: Arc<Grid>) -> Arc<Tracer> {
        Arc::new(Tracer::radon(&grid.horizontal))
    }

    /// Sulphur hexafluoride: 9.04 Gg a year (Simmonds et al. 2020, of 2018), spread as fossil CO2
    /// is; it does not decay.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    ///
    /// # Returns
    /// A tracer.
    ///
    /// # Example
    /// ```rhai
    /// print(tracer::sf6(grid("30x30")));
    /// ```
    pub fn sf6(grid: Arc<Grid>) -> Arc<Tracer> {
        Arc::new(Tracer::sf6(&grid.horizontal))
    }

    /// Its name.
    #[rhai_fn(get = "name", global)]
    pub fn name(tracer: &mut Arc<Tracer>) -> String {
        tracer.name.clone()
    }

    /// Molar mass \[kg mol-1\].
    #[rhai_fn(get = "molar_mass", global)]
    pub fn molar_mass(tracer: &mut Arc<Tracer>) -> f64 {
        tracer.molar_mass
    }

    /// Half-life \[s\], () for a gas that does not decay.
    #[rhai_fn(get = "half_life", global)]
    pub fn half_life(tracer: &mut Arc<Tracer>) -> Dynamic {
        tracer.half_life.map_or(Dynamic::UNIT, Dynamic::from)
    }
}
