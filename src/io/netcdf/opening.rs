//! What keeps a file from being opened, in words.

use super::library::known_faults;
use crate::error::{Error, Result, did_you_mean};
use crate::fault::caught;
use netcdf::{Group, Variable};
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

/// Refuses a file that lists what the library cannot describe: the crate takes it for granted that
/// it can.
pub(super) fn refuse_undescribed(path: &Path, file: &netcdf::File) -> Result<()> {
    caught(|| named(file)).map_err(|fault| {
        let error = Error::new("the file is damaged")
            .got(&fault.message)
            .at(location(path));
        error.hint(match known_faults() {
            Some(faults) => format!("fetching it again; {faults}"),
            None => "fetching it again".to_string(),
        })
    })
}

/// Asks for the name of everything in a file.
fn named(file: &netcdf::File) {
    file.variables().for_each(described);
    if let Some(root) = file.root() {
        root.groups().for_each(|g| named_in(&g));
    }
}

fn named_in(group: &Group) {
    group.variables().for_each(described);
    group.groups().for_each(|g| named_in(&g));
}

fn described(variable: Variable) {
    std::hint::black_box((variable.name(), variable.dimensions().len()));
}

/// Files of other formats by their first bytes, with how to make NetCDF of them.
const OTHERS: [(&[u8], &str, &str); 9] = [
    (
        b"GRIB",
        "a GRIB file",
        "cdo -f nc4 copy in.grib out.nc, or grib_to_netcdf",
    ),
    (
        &[0x0e, 0x03, 0x13, 0x01],
        "an HDF4 file",
        "h4toh5 in.hdf out.h5, or ncdump of its tools",
    ),
    (&[0x1f, 0x8b], "compressed by gzip", "gunzip"),
    (&[0x1f, 0x9d], "compressed by compress", "uncompress"),
    (b"BZh", "compressed by bzip2", "bunzip2"),
    (b"PK\x03\x04", "a zip archive", "unzip"),
    (
        b"II*\0",
        "a TIFF file",
        "gdal_translate -of netCDF in.tif out.nc",
    ),
    (
        b"MM\0*",
        "a TIFF file",
        "gdal_translate -of netCDF in.tif out.nc",
    ),
    (
        b"<",
        "a page of the web or XML",
        "fetching it again: a login may be needed",
    ),
];

/// Whether a file begins as one of NetCDF or HDF5 does.
pub fn is_netcdf(path: &Path) -> bool {
    use std::io::Read;
    let mut first = [0; 4];
    let read = std::fs::File::open(path).and_then(|mut f| f.read_exact(&mut first));
    read.is_ok() && (first.starts_with(b"CDF") || first == *b"\x89HDF")
}

/// Refuses a file of another format by name.
pub(super) fn refuse_others(path: &Path) -> Result<()> {
    use std::io::Read;
    let mut first = Vec::new();
    let read = std::fs::File::open(path).and_then(|f| f.take(8).read_to_end(&mut first));
    let known = OTHERS.iter().find(|(magic, ..)| first.starts_with(magic));
    match (read, known) {
        (Ok(_), Some((_, what, hint))) => Err(Error::new("the file is not NetCDF")
            .expected("NetCDF or HDF5")
            .got(what)
            .at(location(path))
            .hint(hint)),
        _ => Ok(()),
    }
}

/// Refuses a file that is shorter than its header says, or whose header is broken: the library may
/// end the program on it.
pub(super) fn refuse_broken(path: &Path) -> Result<()> {
    refuse_short(path, "classic NetCDF", super::classic::length(path))?;
    refuse_short(path, "HDF5", super::superblock::length(path))
}

fn refuse_short(path: &Path, format: &str, stated: std::io::Result<Option<u64>>) -> Result<()> {
    let size = std::fs::metadata(path).map_or(0, |m| m.len());
    match stated {
        Ok(Some(length)) if size < length => Err(Error::new("the file is cut off")
            .expected(format!("{length} bytes, as its header says"))
            .got(format!("{size} bytes"))
            .at(location(path))
            .hint("fetching it again")),
        Err(cause) => Err(Error::new("the header of the file is broken")
            .expected(format!("the header of a file of {format}"))
            .got(cause)
            .at(location(path))
            .hint("fetching it again")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_other_formats_are_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file.nc");
        for (magic, what, hint) in OTHERS {
            std::fs::write(&path, [magic, &[0; 60]].concat()).unwrap();
            let message = super::super::list(&path).unwrap_err().to_string();
            assert!(
                message.contains(what) && message.contains(hint),
                "{message}"
            );
        }
    }
}
