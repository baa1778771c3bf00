//! Files: whole or not at all, and the NetCDF format. Formats only, no science.

mod files;
mod inputs;
pub mod netcdf;
mod output;

pub use files::matching;
pub use inputs::{forget_inputs, inputs, note_input, read_bytes};
pub use output::write_whole;
