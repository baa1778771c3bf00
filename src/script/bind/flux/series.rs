//! Series of flux maps as values: what files of fluxes are read as.

use crate::field::Field;
use crate::flux::{Beyond, Module, Series};
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::{choice, kind};
use crate::script::{Fallible, attempt, read};
use crate::units::Unit;
use rhai::Dynamic;
use rhai::plugin::*;

/// Binds the methods of series.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Series>();
    rooms.room("flux", exported_module!(functions));
}

kind!(
    Series,
    "Series",
    "a series of flux maps, such as flux::from_netcdf(path, #{})"
);

choice!(Beyond, "way to go on where no map is given", {
    "refuse" => Beyond::Refuse,
    "hold" => Beyond::Hold,
    "repeat" => Beyond::Repeat,
});

choice!(Module, "part of the budget", {
    "nee" => Module::Nee,
    "ocean" => Module::Ocean,
    "wildfire" => Module::Wildfire,
    "fossil" => Module::Fossil,
});

#[export_module]
mod functions {
    /// The mean map of a series over an interval, on its own grid.
    ///
    /// # Arguments
    /// - `start`, `end`: dates.
    ///
    /// # Returns
    /// A field (lat, lon) \[kgC m-2 s-1\].
    ///
    /// # Errors
    /// An interval that is not given whole, a map that cannot be read.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let even = flux::series(field(g, |lat, lon| 1.0).with_unit("gC m-2 d-1"));
    /// assert_near(even.mean("2015-01-01", "2015-02-01").to("gC m-2 d-1").max().value(), 1.0, 1e-12);
    /// ```
    #[rhai_fn(global, name = "mean", return_raw)]
    pub fn mean_of_series(
        context: NativeCallContext,
        series: &mut Series,
        start: Dynamic,
        end: Dynamic,
    ) -> Fallible<Field> {
        attempt(&context, || {
            series.field(read("the start", &start)?, read("the end", &end)?)
        })
    }

    /// What a series emits in an interval, over the globe.
    ///
    /// # Arguments
    /// - `start`, `end`: dates.
    ///
    /// # Returns
    /// A number with the unit PgC.
    ///
    /// # Errors
    /// As `mean`.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let even = flux::series(field(g, |lat, lon| 1.0).with_unit("gC m-2 d-1"));
    /// assert_near(even.emitted("2015-01-01", "2015-01-02").value(), 0.510, 0.001); // PgC
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn emitted(
        context: NativeCallContext,
        series: &mut Series,
        start: Dynamic,
        end: Dynamic,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let mass = series.emitted(read("the start", &start)?, read("the end", &end)?)?;
            Ok(Field::scalar(
                series.name(),
                Unit::parse("PgC")?,
                1e-12 * mass,
            ))
        })
    }

    /// Number of maps of a series.
    #[rhai_fn(get = "maps", global)]
    pub fn n_maps(series: &mut Series) -> i64 {
        series.calendar().len() as i64
    }

    /// The first instant of a series, and the first after it; () for maps of any year.
    #[rhai_fn(get = "span", global)]
    pub fn span_of_series(series: &mut Series) -> Dynamic {
        match series.calendar().span() {
            Some(span) => span.map(Dynamic::from).to_vec().into(),
            None => Dynamic::UNIT,
        }
    }
}
