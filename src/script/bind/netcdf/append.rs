//! Records appended to files while a run goes on.

use crate::error::Result;
use crate::field::Field;
use crate::io::netcdf::Records;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::{Fallible, Host, attempt, read};
use crate::time::Time;
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::path::{Path, PathBuf};

/// Binds `append_netcdf`.
pub fn bind(rooms: &mut Rooms) {
    rooms.global(exported_module!(functions));
    optional!(rooms, AppendOptions: "append_netcdf" = functions::append_netcdf_token);
}

options! {
    /// Where records go.
    struct AppendOptions of "append_netcdf" {
        /// The unlimited dimension, the first of every field.
        along: String = "time".into(),
        /// The number of the first record; those that are there from it on are written over. () for
        /// behind all of them.
        at: Option<usize>,
        /// The ends of the intervals that records along `time` stand for, one more than records.
        time_edges: Vec<Time> = Vec::new(),
    }
}

fn fields_of(value: &Dynamic) -> Result<Vec<Field>> {
    match value.is_array() {
        true => read("the fields", value),
        false => Ok(vec![read("the field", value)?]),
    }
}

/// A file that grows is no output of its own: it is not listed in the record of the run.
fn file_of(host: &Host, name: &str) -> Result<PathBuf> {
    let path = Path::new(name);
    if path.is_absolute() {
        Ok(path.into())
    } else {
        host.inside(name)
    }
}

#[export_module]
mod functions {
    /// Appends records to a CF-1.8 NetCDF file with an unlimited dimension, which can be read while
    /// it grows. The file is made if absent.
    ///
    /// # Arguments
    /// - `path`: of the file, inside the run's output folder unless it is absolute.
    /// - `title`: what it holds, said when it is made.
    /// - `fields`: a field or an array of them; their first dimension is the unlimited one.
    ///
    /// # Returns
    /// The path.
    ///
    /// # Errors
    /// Fields that do not fit the file or each other, records missing before the first, a disk that
    /// is full.
    ///
    /// # Example
    /// ```rhai
    /// for k in 0..3 {
    ///     let days = [date("2016-07-01") + k];
    ///     let theta = field("theta", [1.0 + 0.1 * k], #{ dims: ["time"], coords: #{ time: days } });
    ///     let file = append_netcdf("factors.nc", "Inflation factors", theta);
    ///     assert(read_netcdf(file, "theta").shape == [k + 1]);
    /// }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn append_netcdf(
        context: NativeCallContext,
        path: &str,
        title: &str,
        fields: Dynamic,
        options: Map,
    ) -> Fallible<String> {
        attempt(&context, || {
            let o = AppendOptions::read(&context, options)?;
            let path = file_of(&Host::of(&context), path)?;
            let fields = fields_of(&fields)?;
            let records = Records {
                title,
                along: &o.along,
                fields: &fields,
                edges: &o.time_edges,
            };
            records.append(&path, o.at)?;
            Ok(path.display().to_string())
        })
    }
}
