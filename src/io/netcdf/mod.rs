//! NetCDF with the CF conventions: files become [`Field`]s and fields become files.
//!
//! Reading undoes packing (`scale_factor`, `add_offset`), marks missing values as NaN, turns `X
//! since Y` into instants and gives latitude, longitude and time dimensions the names `lat`, `lon`
//! and `time`. Writing follows CF-1.8.

mod append;
mod attributes;
mod blocks;
mod cf_names;
mod cf_time;
mod classic;
mod columns;
mod dataset;
#[cfg(test)]
pub(crate) mod fixture;
mod isolated;
mod library;
mod opening;
mod packing;
mod part;
mod quiet;
mod records;
mod scalar_coordinates;
mod stream;
mod superblock;
mod values;
mod write;
mod write_columns;
mod write_coordinates;
mod write_field;

pub use append::Records;
pub use dataset::{Dataset, Listing};
pub use isolated::{TRY, try_file};
pub use opening::is_netcdf;
pub use part::Part;
pub(crate) use quiet::hdf5 as quiet;
pub use write::Writer;
pub use write_columns::{RecordColumn, RecordValues, write_columns};

use crate::error::Result;
use crate::field::Field;
use std::path::Path;

/// Reads one variable of a file (`group/name` for one in a group).
///
/// # Errors
/// No such file or variable (the nearest name is suggested), text, or times in a calendar that is
/// not the standard one.
pub fn read(path: impl AsRef<Path>, variable: &str) -> Result<Field> {
    Dataset::open(path)?.field(variable)
}

/// What variables a file has.
///
/// # Errors
/// No such file, or one that is not NetCDF.
pub fn list(path: impl AsRef<Path>) -> Result<Vec<Listing>> {
    Ok(Dataset::open(path)?.list())
}

/// Writes fields to one file with the attributes [`Writer::new`] gives.
///
/// # Errors
/// See [`Writer::save`].
pub fn write(path: impl AsRef<Path>, title: &str, fields: &[&Field]) -> Result<()> {
    fields
        .iter()
        .fold(Writer::new(title), |w, f| w.field(f))
        .save(path)
}
