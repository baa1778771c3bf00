//! Files: whole or not at all, locked folders, checkpoints, and the NetCDF format. Formats only, no
//! science.

mod checkpoints;
mod files;
mod inputs;
mod lock;
mod memory;
pub mod netcdf;
mod output;
mod run_folder;
mod sections;

pub use checkpoints::Checkpoints;
pub use files::matching;
pub use inputs::{forget_inputs, inputs, note_input, read_bytes};
pub use lock::{FolderLock, holder};
pub use output::{remove_partial_files, write_whole};
pub use run_folder::RunFolder;
pub use sections::{Content, Sections, write_sections};
