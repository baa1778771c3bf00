//! Winds from CF NetCDF files on pressure, sigma or hybrid levels, in the layouts of NCEP/NCAR
//! reanalysis, ERA5 and SPEEDY.
//!
//! Needed: eastward and northward wind. Used where there: surface pressure, specific humidity (for
//! dry air), temperature and the height of the ground (for the heights of levels), the height of
//! the boundary layer, and convective updrafts. What is missing is the built-in one; so is how fast
//! a boundary layer is stirred and how much an updraft exchanges on its way. Vertical motion
//! follows from continuity, so that omega is not read.
//!
//! In each column of the file the momentum of model level k is u(p_k) dp_k / g: u linear in ln p at
//! the middle p_k of the level under the surface pressure of the file, dp_k the dry thickness.
//! [`super::files::Faces`] makes it mass fluxes. Winds are linear in time between records, constant
//! over an interval at the value of its middle. Dry surface pressure is linear in time, scaled to
//! the mean of the dry atmosphere at each record: files drift, air does not. Last,
//! [`super::PressureFix`] makes the two agree.

mod record;
mod source;

use super::built_in::BuiltIn;
use super::read_ahead::ReadAhead;
use crate::error::{Error, Result};
use crate::time::{HOUR, Time};
use source::LevelsFiles;
use std::path::PathBuf;

/// How the files are understood.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelsFileOptions {
    /// Longest interval of constant winds \[s\]; must divide a day.
    pub interval: f64,
    /// The instant the first record is put at; its own where not given. The winds of a free model
    /// run has no date.
    pub start: Option<Time>,
    /// The calendar month of each record, in the order of the files, if these are a climatology;
    /// empty if they are instants.
    pub months: Vec<usize>,
}

impl Default for LevelsFileOptions {
    /// Three hours; records at their own instants.
    fn default() -> Self {
        LevelsFileOptions {
            interval: 3.0 * HOUR,
            start: None,
            months: Vec::new(),
        }
    }
}

/// The driver.
pub type LevelsFile = ReadAhead<LevelsFiles>;

impl LevelsFile {
    /// Opens the files and reads their first and last record; `built_in` gives the grid, boundary
    /// layer and convection and what else the files lack.
    ///
    /// # Errors
    /// A file that cannot be read or lacks winds, a gap or overlap in time, levels or axes that are
    /// not understood, values that no atmosphere has; each names file, variable, time and cell.
    pub fn new(built_in: BuiltIn, files: Vec<PathBuf>, options: LevelsFileOptions) -> Result<Self> {
        if !(options.interval >= 60.0 && (86_400.0 / options.interval).fract() == 0.0) {
            return Err(
                Error::new("the interval of the meteorology must divide a day")
                    .got(format!("{} s", options.interval))
                    .hint("10800.0"),
            );
        }
        if files.is_empty() {
            return Err(Error::new("a meteorology from files needs files")
                .hint("[\"u.nc\", \"v.nc\", \"ps.nc\"]"));
        }
        let mut source = LevelsFiles::new(built_in, &files, &options)?;
        source.call = call(&source, &files, &options);
        for record in [0, source.winds[0].0.records.len() - 1] {
            source.record(record)?;
        }
        Ok(ReadAhead::of(source))
    }
}

/// The script call that makes it, and what of it is built in.
fn call(source: &LevelsFiles, files: &[PathBuf], o: &LevelsFileOptions) -> String {
    let names: Vec<String> = files
        .iter()
        .map(|f| format!("{:?}", f.display().to_string()))
        .collect();
    let start = o
        .start
        .map_or(String::new(), |t| format!(", start: \"{t}\""));
    let months = if o.months.is_empty() {
        String::new()
    } else {
        format!(", months: {:?}", o.months)
    };
    let mixing = source.built_in.mixing_options();
    let options = format!("#{{ interval: {:?}{start}{months}, {mixing} }}", o.interval);
    format!(
        "meteorology::from_file(grid, [{}], {options}) /* {} */",
        names.join(", "),
        origin(source)
    )
}

/// When and where the winds are given, what else comes from the files, and what is built in.
fn origin(source: &LevelsFiles) -> String {
    let winds = &source.winds[0];
    let have = [
        (source.layer_height.is_some(), "boundary layer"),
        (source.updraft.is_some(), "convection"),
        (source.surface_pressure.is_some(), "surface pressure"),
        (source.temperature.is_some(), "temperature"),
        (source.ground.is_some(), "height of the ground"),
    ];
    let named = |there: bool| {
        have.iter()
            .filter(move |(t, _)| *t == there)
            .map(|(_, name)| *name)
    };
    let (from_files, built_in): (Vec<&str>, Vec<&str>) = (
        ["winds"].into_iter().chain(named(true)).collect(),
        named(false).collect(),
    );
    let built_in = if built_in.is_empty() {
        "nothing".into()
    } else {
        built_in.join(", ")
    };
    let dry = if source.humidity.is_some() {
        "humidity of the files"
    } else {
        "surface pressure scaled to the dry mean"
    };
    format!(
        "{} on {}, {} levels; from the files: {}; built in: {}; dry air: {dry}",
        winds.0.record_span(),
        winds.0.axes.span(),
        winds.1.len(),
        from_files.join(", "),
        built_in,
    )
}
