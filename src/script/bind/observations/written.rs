//! Observations and their equivalents written in files that others read.

use crate::error::Result;
use crate::observation::written;
use crate::script::bind::observations::Observations;
use crate::script::bridge::arrays::{beside, matrix};
use crate::script::bridge::outputs::write_and_note;
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, attempt};
use crate::table::Table;
use crate::units::Unit;
use ndarray::Array2;
use rhai::Dynamic;
use rhai::plugin::*;

/// Binds the writers of observations.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("observations", exported_module!(functions));
}

/// Equivalents (observation, member) in mol mol-1.
fn equivalents_of(value: &Dynamic) -> Result<Array2<f64>> {
    let unit = Unit::parse("mol mol-1")?;
    matrix(
        "the equivalents",
        &beside(Some(&unit), "the equivalents", value)?,
    )
}

#[export_module]
mod functions {
    /// Writes observations with what a model gives for them in the layout of an ObsPack, keyed by
    /// `obspack_id`, as GEOS-Chem's sampled values are.
    ///
    /// # Arguments
    /// - `path`: of the NetCDF file.
    /// - `equivalents`: a field (observation, member) of mole fractions, such as a forecast's.
    ///
    /// # Returns
    /// The path.
    ///
    /// # Errors
    /// An observation without an identifier, or with that of another; equivalents that do not fit.
    ///
    /// # Example
    /// ```rhai
    /// let rows = [#{ id: "p~d~1", station: "MLO", time: date("2016-07-01T12:00"), latitude: 19.5, longitude: -155.6, altitude: 3397, co2: 400 }];
    /// let seen = observations::from_table(table(rows), #{ site: "station", value: ["co2", "ppm"], sd: "1 ppm", source: "in_situ", kind: "flask" });
    /// let file = seen.write_obspack(output("sampled.nc"), [[401e-6, 403e-6]]);
    /// assert_near(read_netcdf(file, "CO2").to("ppm")[0].value(), 402, 1e-9);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn write_obspack(
        context: NativeCallContext,
        observations: &mut Observations,
        path: &str,
        equivalents: Dynamic,
    ) -> Fallible<String> {
        write_and_note(&context, path, |path| {
            written::write_obspack(observations, &equivalents_of(&equivalents)?, path)
        })
    }

    /// Writes observations, their errors, the model's mean and the departures as a monitor file of
    /// the Community Inversion Framework, with the groups metadata and maindata \[ppm\].
    ///
    /// # Arguments
    /// - `path`: of the NetCDF file.
    /// - `equivalents`: a field (observation, member) of mole fractions.
    ///
    /// # Returns
    /// The path.
    ///
    /// # Errors
    /// Equivalents that do not fit, a folder that cannot be written to.
    ///
    /// # Example
    /// ```rhai
    /// let rows = [#{ id: "p~d~1", station: "MLO", time: date("2016-07-01T12:00"), latitude: 19.5, longitude: -155.6, altitude: 3397, co2: 400 }];
    /// let seen = observations::from_table(table(rows), #{ site: "station", value: ["co2", "ppm"], sd: "1 ppm", source: "in_situ", kind: "flask" });
    /// let file = seen.write_monitor(output("monitor.nc"), [[402e-6]]);
    /// assert_near(read_netcdf(file, "maindata/incr")[0].value(), -2, 1e-9);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn write_monitor(
        context: NativeCallContext,
        observations: &mut Observations,
        path: &str,
        equivalents: Dynamic,
    ) -> Fallible<String> {
        write_and_note(&context, path, |path| {
            written::write_monitor(observations, &equivalents_of(&equivalents)?, path)
        })
    }

    /// The observations as a table with their identifiers, the model's mean and spread, and the
    /// departures, observation less model \[ppm\]; `.write("departures.csv")` writes it.
    ///
    /// # Arguments
    /// - `equivalents`: a field (observation, member) of mole fractions.
    ///
    /// # Returns
    /// A table.
    ///
    /// # Errors
    /// Equivalents that do not fit.
    ///
    /// # Example
    /// ```rhai
    /// let rows = [#{ id: "p~d~1", station: "MLO", time: date("2016-07-01T12:00"), latitude: 19.5, longitude: -155.6, altitude: 3397, co2: 400 }];
    /// let seen = observations::from_table(table(rows), #{ site: "station", value: ["co2", "ppm"], sd: "1 ppm", source: "in_situ", kind: "flask" });
    /// assert_near(seen.departures([[402e-6]]).departure[0].value(), -2, 1e-9);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn departures(
        context: NativeCallContext,
        observations: &mut Observations,
        equivalents: Dynamic,
    ) -> Fallible<Table> {
        attempt(&context, || {
            written::departures(observations, &equivalents_of(&equivalents)?)
        })
    }
}
