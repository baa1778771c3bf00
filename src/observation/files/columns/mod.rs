//! Columns from the files of satellites and spectrometers, one file a format: its layout is at its
//! top. Flags and positions of all records are read first, the geometry only of what is kept.

mod acos_l2;
mod gosat_ocpr;
mod lite;
mod mip;
mod openghg;
mod paths;
mod reading;
mod records;
mod soundings;
mod synthetic;
mod tccon;
mod tccon_mip;

pub use acos_l2::AcosL2;
pub use gosat_ocpr::GosatOcpr;
pub use lite::{Lite, LiteOf, Scale};
pub use mip::{Assimilate, Experiment, Mip};
pub use openghg::OpenGhg;
pub use reading::Reading;
pub use records::Records;
pub use soundings::{Format, FromFiles, read};
pub use synthetic::write_synthetic_lite;
pub use tccon::Tccon;
pub use tccon_mip::TcconMip;
