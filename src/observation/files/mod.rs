//! Observations from the files of networks and archives, one file a format, its layout at the top.
//!
//! A reader makes [`Records`] of a file: a table with the names of the properties of observations
//! and every other column worth knowing, and the records that are none, by reason. The scatter and
//! the precision that files give are kept as columns: a reader states no error unless the format
//! has one of assimilation.

mod aircraft;
mod catalogue;
mod cif_monitor;
pub mod columns;
mod fields;
mod gcwerks;
mod geos_chem;
mod icos;
#[cfg(test)]
mod mutations;
mod noaa_text;
mod obspack;
mod paths;
mod place;
mod records;
mod text;
mod wdcgg;

pub use catalogue::obspack_catalogue;
pub(crate) use paths::files_in;
pub use place::Place;
pub use records::{Reading, Records};

use super::Observations;
use crate::error::{Result, Warning};
use std::path::{Path, PathBuf};

/// A format of files of observations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// ObsPack NetCDF of NOAA and ICOS.
    ObsPack,
    /// NOAA GML text of events, hours, days and months.
    NoaaText,
    /// WDCGG text, old and new, and NetCDF.
    Wdcgg,
    /// ICOS ATC text.
    Icos,
    /// Merges of aircraft campaigns (HIPPO, ORCAS, ATom) as text and NetCDF.
    Aircraft,
    /// Monitor files of the Community Inversion Framework, as NetCDF and CSV.
    CifMonitor,
    /// What GEOS-Chem's ObsPack diagnostic samples.
    GeosChem,
    /// GCWerks and hourly tables of an instrument.
    Gcwerks,
}

impl Format {
    /// What the names of its files end in.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Format::ObsPack => &[".nc"],
            Format::CifMonitor => &[".nc", ".csv"],
            Format::GeosChem => &[".nc4", ".nc"],
            Format::NoaaText => &[".txt"],
            Format::Wdcgg => &[".txt", ".dat", ".nc"],
            Format::Gcwerks => &[".dat", ".txt"],
            Format::Icos => &[".CO2", ".csv", ".txt"],
            Format::Aircraft => &[".tbl", ".txt", ".csv", ".nc"],
        }
    }

    /// The records of one file.
    ///
    /// # Errors
    /// A file that cannot be read or is of another format.
    pub fn read(self, path: &Path, reading: &Reading) -> Result<Records> {
        let records = match self {
            Format::ObsPack => obspack::read(path, reading),
            Format::NoaaText => noaa_text::read(path),
            Format::Wdcgg => wdcgg::read(path),
            Format::Icos => icos::read(path),
            Format::Aircraft => aircraft::read(path, reading),
            Format::CifMonitor => cif_monitor::read(path, reading),
            Format::GeosChem => geos_chem::read(path),
            Format::Gcwerks => gcwerks::read(path, reading),
        };
        let checked = records.and_then(|records| records.checked(reading));
        let file = path.display().to_string();
        checked.map_err(
            |e| match e.report().location.iter().any(|l| l.contains(&file)) {
                true => e,
                false => e.at(format!("file \"{file}\"")),
            },
        )
    }
}

/// The observations in files of one format, and what is to be known of them.
///
/// # Errors
/// No files, one that cannot be read, or columns that observations cannot be made of.
pub fn read(
    format: Format,
    paths: &[PathBuf],
    reading: &Reading,
) -> Result<(Observations, Vec<Warning>)> {
    let files = files_in(paths, format.endings())?;
    let records = files.iter().map(|path| format.read(path, reading));
    records::observations(records.collect::<Result<Vec<_>>>()?)
}
