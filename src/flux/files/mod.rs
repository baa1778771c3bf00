//! Fluxes from files, a file here for each format. All give a [`super::Series`], read map by map
//! when it is needed.

mod carbontracker;
mod cdiac;
mod cf;
mod gcp;
mod gfed;
mod groups;
mod odiac;

pub use carbontracker::{CarbonTrackerPart, from_carbontracker};
pub use cdiac::from_cdiac;
pub use cf::{CfFlux, from_cf};
pub use gcp::from_gcp;
pub use gfed::{GfedPart, GfedStep, from_gfed};
pub use groups::{GroupOptions, group_1_from, group_2_from};
pub use odiac::from_odiac;

use crate::error::{Error, Result};
use std::path::{Path, PathBuf};

/// The files that a path stands for: itself, or those of a folder whose names pass a test, or those
/// that a name with `*` fits; by name.
///
/// # Errors
/// No such folder or file, a folder without one.
pub fn files_of(path: &Path, wanted: &str, fits: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    if file_name(path).contains('*') {
        let matching = crate::io::matching(&path.display().to_string())?;
        let files: Vec<PathBuf> = matching.into_iter().map(|f| f.0).collect();
        return match files.is_empty() {
            true => Err(none(path, wanted, &[])),
            false => Ok(files),
        };
    }
    let entries = std::fs::read_dir(path).map_err(|e| {
        Error::new("there is no such file or folder")
            .expected(wanted)
            .got(e)
            .at(format!("\"{}\"", path.display()))
    })?;
    let mut all: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    all.sort();
    let chosen = |p: &&PathBuf| p.is_file() && fits(&file_name(p));
    let files: Vec<PathBuf> = all.iter().filter(chosen).cloned().collect();
    match files.is_empty() {
        true => Err(none(path, wanted, &all)),
        false => Ok(files),
    }
}

/// That no file fits, beside those that are there.
fn none(path: &Path, wanted: &str, all: &[PathBuf]) -> Error {
    let got = match all {
        [] => "none".to_string(),
        [first, ..] => format!("{} others, such as {}", all.len(), file_name(first)),
    };
    Error::new("no file fits")
        .expected(wanted)
        .got(got)
        .at(format!("\"{}\"", path.display()))
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// The last four digits in a name that make a year of this age.
fn year_of(path: &Path) -> Result<i16> {
    let name = file_name(path);
    let bytes = name.as_bytes();
    let year = |k: &usize| {
        let text = name.get(*k..k + 4)?;
        let apart = |c: Option<&u8>| !c.is_some_and(u8::is_ascii_digit);
        let alone = apart(k.checked_sub(1).and_then(|b| bytes.get(b))) && apart(bytes.get(k + 4));
        text.parse::<i16>()
            .ok()
            .filter(|y| alone && (1700..2200).contains(y))
    };
    let year_read = (0..bytes.len()).rev().find_map(|k| year(&k));
    year_read.ok_or_else(|| {
        Error::new("the name of the file does not say its year")
            .expected("a name with a year, such as gridcar.2013")
            .got(format!("\"{name}\""))
    })
}

#[cfg(test)]
mod tests;
