//! Files: whole or not at all, and the NetCDF format. Formats only, no science.

pub mod netcdf;
mod output;

pub use output::write_whole;
