//! What keeps a file from being opened, in words.

use crate::error::{Error, Result, did_you_mean};
use std::path::Path;

pub(super) fn location(path: &Path) -> String {
    format!("file \"{}\"", path.display())
}

pub(super) fn absent(path: &Path) -> Error {
    let folder = path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if path.is_dir() {
        return Error::new("this is a folder, not a file")
            .at(location(path))
            .hint("the path of a file in it");
    }
    let error = Error::new("there is no such file").at(location(path));
    match did_you_mean(&name, names.iter().map(String::as_str)) {
        Some(near) => error.hint(format!("\"{}\"", folder.join(near).display())),
        None => error.hint("the full path, or one from the folder the program was started in"),
    }
}

pub(super) fn unreadable(path: &Path, cause: &netcdf::Error) -> Error {
    let size = std::fs::metadata(path).map_or(0, |m| m.len());
    Error::new("the file cannot be read as NetCDF")
        .expected("a whole NetCDF file")
        .got(format!("{cause}, {size} bytes"))
        .at(location(path))
        .hint("fetching it again: it may be cut off, or not NetCDF")
}

/// Refuses a classic file that is shorter than its header says, or whose header is broken: the
/// library may end the program on it.
pub(super) fn refuse_broken(path: &Path) -> Result<()> {
    let size = std::fs::metadata(path).map_or(0, |m| m.len());
    match super::classic::length(path) {
        Ok(Some(length)) if size < length => Err(Error::new("the file is cut off")
            .expected(format!("{length} bytes, as its header says"))
            .got(format!("{size} bytes"))
            .at(location(path))
            .hint("fetching it again")),
        Err(cause) => Err(Error::new("the header of the file is broken")
            .expected("the header of a classic NetCDF file")
            .got(cause)
            .at(location(path))
            .hint("fetching it again")),
        _ => Ok(()),
    }
}
