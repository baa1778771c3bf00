//! Soundings from files, a file at a time: flags and positions are read first, the geometry only of
//! what is kept, and each file's soundings can be thinned before the next is opened, so that the
//! memory held does not grow with the number of soundings in the files.

use super::paths::files;
use super::reading::Reading;
use super::records::Records;
use crate::error::{Error, Result, Warning};
use crate::io::netcdf::Dataset;
use crate::observation::Observations;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A format of files of soundings.
pub trait Format {
    /// As messages name it.
    fn name(&self) -> &str;
    /// The source that its soundings are of unless another name is given.
    fn source(&self) -> &str;
    /// Whether a file in a folder is of this format, by its name.
    fn is_named(&self, file: &str) -> bool;
    /// Selects the records of a file and says where their properties are.
    ///
    /// # Errors
    /// A variable that is not there or cannot be read.
    fn read(&self, file: &mut Records) -> Result<()>;
}

/// Observations from files, and what is suspicious in them.
#[derive(Debug, Clone, Default)]
pub struct FromFiles {
    /// In order of time, with the records that were left out.
    pub observations: Observations,
    /// By name.
    pub warnings: Vec<Warning>,
}

/// The soundings in files of one format: each path is that of a file, or of a folder whose files of
/// the format are read in order of their names.
///
/// # Errors
/// No such file, none of the format in a folder, a file that cannot be read or lacks a variable.
pub fn read(format: &dyn Format, paths: &[PathBuf], how: &Reading) -> Result<FromFiles> {
    let mut parts = Vec::new();
    let mut scales = BTreeMap::new();
    for path in files(paths, format.name(), |name| format.is_named(name))? {
        if crate::progress::stop_requested() {
            return Err(Error::new("stopped while reading"));
        }
        let file = Dataset::open(&path)?;
        let mut records = Records::new(&file, how, format.source());
        let read = format.read(&mut records);
        read.map_err(|e| {
            e.at(format!(
                "file \"{}\", read as {}",
                path.display(),
                format.name()
            ))
        })?;
        if let Some(scale) = records.scale() {
            scales
                .entry(scale.to_string())
                .or_insert_with(|| path.clone());
        }
        let mut part = records.observations()?;
        if let Some(thinning) = &how.thinning {
            let rejected = std::mem::take(&mut part.rejected);
            part = thinning.apply(&part)?.observations;
            part.rejected = rejected;
        }
        parts.push(part);
    }
    Ok(FromFiles {
        observations: Observations::merge(parts),
        warnings: mixed_scales(&scales).into_iter().collect(),
    })
}

/// A warning where files are on more than one scale of calibration.
fn mixed_scales(scales: &BTreeMap<String, PathBuf>) -> Option<Warning> {
    let each = scales
        .iter()
        .map(|(scale, path)| format!("{scale} (\"{}\")", path.display()));
    let text = format!(
        "the values are on several scales: {}; X2019 is about 0.2 ppm above X2007",
        each.collect::<Vec<_>>().join(", ")
    );
    (scales.len() > 1).then(|| Warning::new("mixed_scales", text))
}

#[cfg(test)]
mod tests;
