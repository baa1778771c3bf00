//! Fluxes from maps: fields, and functions of the date that give them.

use crate::error::{Error, Result};
use crate::field::Field;
use crate::flux::{Given, MapStamp, Maps, Reading, SurfaceFlux};
use crate::grid::Grid;
use crate::script::bind::flux::Flux;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::{choice, describe};
use crate::script::{Fallible, ScriptFunction, attempt, read};
use crate::time::Time;
use rhai::plugin::*;
use rhai::{Dynamic, FnPtr, Map};
use std::sync::Arc;

/// Binds `flux::from_field` and `flux::from_function`.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("flux", exported_module!(flux));
    optional!(rooms, ReadingOptions:
        "flux::from_field" = flux::from_field_token,
        "flux::from_function" = flux::from_function_token,
    );
}

choice!(MapStamp, "place of a date in its interval", {
    "start" => MapStamp::Start,
    "middle" => MapStamp::Middle,
    "end" => MapStamp::End,
    "bounds" => MapStamp::Bounds,
});

options! {
    /// How maps and dates of a flux are read.
    struct ReadingOptions of "flux::from_field", "flux::from_function" {
        /// The molar mass of the gas, needed for a flux in kg m-2 s-1 of the gas itself.
        molar_mass: Option<f64> ["kg mol-1"],
        /// Where in its interval a date lies, `"start"`, `"middle"`, `"end"`, or `"bounds"` that the
        /// dates have; needed where neither bounds nor the file say it.
        time: Option<MapStamp>,
    }
}

/// A function of the date whose fields are fluxes.
fn by_date(reading: Reading, function: ScriptFunction) -> Maps {
    reading
        .of_date(move |time: Time| function.call_for("the flux of a date", (Dynamic::from(time),)))
}

/// The source of a tracer: nothing, a flux, a field or a function.
pub(in crate::script::bind) fn tracer_source(
    reading: Reading,
    context: &NativeCallContext,
    value: Option<Dynamic>,
) -> Result<Arc<dyn SurfaceFlux>> {
    let grid = reading.grid.clone();
    let Some(value) = value.filter(|v| !v.is_unit()) else {
        return Ok(Arc::new(Given::none(&grid)));
    };
    if value.is::<Flux>() {
        return Ok(read::<Flux>("the source", &value)?.model);
    }
    let maps = if let Some(pointer) = value.clone().try_cast::<FnPtr>() {
        by_date(reading, ScriptFunction::new(context, pointer))
    } else if let Some(field) = value.clone().try_cast::<Field>() {
        reading.maps(&field)?
    } else {
        return Err(Error::new("the source has the wrong type")
            .expected("a field, a function of the date, or a flux")
            .got(describe(&value)));
    };
    Ok(Arc::new(Given::new(&grid, maps)?))
}

impl ReadingOptions {
    /// The reading of maps on a grid.
    fn reading(self, grid: &Grid) -> Reading {
        Reading {
            grid: grid.horizontal.clone(),
            molar_mass: self.molar_mass.filter(|mass| *mass > 0.0),
            time: self.time,
        }
    }
}

#[export_module]
mod flux {
    /// A flux that is given as a map, the same at any time, or as one map for each month or from
    /// each of several dates on.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    /// - `maps`: a field (lat, lon) on that grid; or (month, lat, lon) with twelve months from
    ///   January, each held through its month of every year; or (time, lat, lon), each held
    ///   through the bounds of its date, else as the option `time` or the file says: from its date
    ///   to the next, half a step around it, through its month, or up to it. Rows from the north
    ///   and longitudes from 0 to 360 degrees are put in order. In a
    ///   unit of flux: `mol m-2 s-1`, `kgC m-2 s-1`, `atoms cm-2 s-1` or, with a molar mass, `kg
    ///   m-2 s-1`.
    ///
    /// # Returns
    /// A flux without factors.
    ///
    /// # Errors
    /// A field on another grid, in another unit or with a missing value; other than twelve months;
    /// dates that do not rise, intervals that do not follow each other. A run
    /// beyond the dates is refused before it starts.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let breath = flux::from_field(g, field(g, |lat, lon| if lat > 0 { 1.0 } else { 0.0 }).with_unit("gC m-2 d-1"));
    /// let model = transport::model(meteorology::built_in(g), #{ step: "3 h" });
    /// let run = model.run(concentrations::uniform(g, 1, 400), breath, "2016-07-01", "2016-07-02");
    /// assert_near(run.ledger.emitted, 0.189, 0.001); // PgC: 1 g from the 1.89e14 m2 north of 15 degrees
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_field(
        context: NativeCallContext,
        grid: Arc<Grid>,
        maps: Field,
        options: Map,
    ) -> Fallible<Flux> {
        attempt(&context, || {
            let reading = ReadingOptions::read(&context, options)?.reading(&grid);
            let given = Given::new(&grid.horizontal, reading.maps(&maps)?)?;
            Ok(Flux::without_factors(
                Arc::new(given),
                "flux::from_field(...)",
            ))
        })
    }

    /// A flux that a function of the date gives.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    /// - `map`: a function of the date in the middle of an interval over which the transport
    ///   averages fluxes (its option `flux_interval`) that gives a field (lat, lon) in a unit of
    ///   flux, as `flux::from_field` takes it.
    ///
    /// # Returns
    /// A flux without factors.
    ///
    /// # Errors
    /// When it is used: what the function gives is no such field.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let one = field(g, |lat, lon| 1.0).with_unit("gC m-2 d-1");
    /// let by_day = flux::from_function(g, |date| if date < date("2016-07-02") { one } else { 0.0 * one });
    /// let model = transport::model(meteorology::built_in(g), #{ step: "3 h" });
    /// let run = model.run(concentrations::uniform(g, 1, 400), by_day, "2016-07-01", "2016-07-03");
    /// assert_near(run.ledger.emitted, 0.51, 0.005); // one day of the whole globe
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_function(
        context: NativeCallContext,
        grid: Arc<Grid>,
        map: FnPtr,
        options: Map,
    ) -> Fallible<Flux> {
        attempt(&context, || {
            let reading = ReadingOptions::read(&context, options)?.reading(&grid);
            let given = Given::new(
                &grid.horizontal,
                by_date(reading, ScriptFunction::new(&context, map)),
            )?;
            Ok(Flux::without_factors(
                Arc::new(given),
                "flux::from_function(...)",
            ))
        })
    }
}
