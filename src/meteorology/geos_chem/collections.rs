//! The daily files of each collection, found by their names below a folder.

use crate::error::{Error, Result};
use crate::meteorology::files::Quantity;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Files of each collection in order of their dates.
#[derive(Debug)]
pub struct Collections {
    folder: PathBuf,
    files: BTreeMap<String, Vec<PathBuf>>,
}

impl Collections {
    /// Looks below `folder`, where GEOS-Chem keeps a folder for each year and month, for names such
    /// as `MERRA2.20160102.A3dyn.2x25.nc4`.
    ///
    /// # Errors
    /// No such folder, none of these names, two files for one day.
    pub fn find(folder: &Path) -> Result<Self> {
        let mut dated: BTreeMap<(String, u32), PathBuf> = BTreeMap::new();
        for path in below(folder, 3).map_err(|e| {
            Error::new("the folder cannot be read")
                .got(e)
                .at(format!("folder \"{}\"", folder.display()))
        })? {
            let Some(key) = collection_and_date(&path) else {
                continue;
            };
            if let Some(other) = dated.get(&key) {
                return Err(Error::new(format!("two files hold {} of one day", key.0))
                    .at(format!("file \"{}\"", other.display()))
                    .at(format!("file \"{}\"", path.display()))
                    .hint("a folder with the files of one grid"));
            }
            dated.insert(key, path);
        }
        let mut files: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
        dated
            .into_iter()
            .for_each(|((collection, _), path)| files.entry(collection).or_default().push(path));
        if files.is_empty() {
            return Err(
                Error::new("the folder has no files of GEOS-Chem meteorology")
                    .expected("names such as MERRA2.20160102.A3dyn.2x25.nc4")
                    .at(format!("folder \"{}\"", folder.display())),
            );
        }
        Ok(Collections {
            folder: folder.to_path_buf(),
            files,
        })
    }

    /// The files of a collection.
    ///
    /// # Errors
    /// There are none.
    pub fn files(&self, collection: &str) -> Result<&[PathBuf]> {
        self.files
            .get(collection)
            .map(Vec::as_slice)
            .ok_or_else(|| {
                Error::new(format!("the collection {collection} is missing"))
                    .expected("A1, A3dyn, A3mstE and I3")
                    .got(self.files.keys().cloned().collect::<Vec<_>>().join(", "))
                    .at(format!("folder \"{}\"", self.folder.display()))
            })
    }
}

/// Files in a folder and, `depth` deep, in those within, sorted.
fn below(folder: &Path, depth: usize) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if depth > 0 {
                files.extend(below(&path, depth - 1)?);
            }
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// `("A3dyn", 20160102)` of `MERRA2.20160102.A3dyn.2x25.nc4`.
fn collection_and_date(path: &Path) -> Option<(String, u32)> {
    let name = path.file_name()?.to_str()?;
    let parts: Vec<&str> = name.split('.').collect();
    let date = parts
        .iter()
        .position(|p| p.len() == 8 && p.bytes().all(|b| b.is_ascii_digit()))?;
    let netcdf = parts
        .last()
        .is_some_and(|p| ["nc", "nc3", "nc4"].contains(p));
    let collection = parts.get(date + 1).filter(|_| netcdf)?;
    Some(((*collection).to_string(), parts[date].parse().ok()?))
}

/// A quantity that has one name and no standard name.
pub(crate) const fn unscaled(
    what: &'static str,
    names: &'static [&'static str],
    unit: &'static str,
    range: (f64, f64),
) -> Quantity {
    Quantity {
        what,
        names,
        standard: "",
        unit,
        mislabelled: &[],
        range,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_collection_and_day() {
        let of = |name: &str| collection_and_date(Path::new(name));
        assert_eq!(
            of("a/MERRA2.20160102.A3dyn.2x25.nc3"),
            Some(("A3dyn".into(), 20_160_102))
        );
        assert_eq!(
            of("GEOSFP.20190701.I3.025x03125.nc"),
            Some(("I3".into(), 20_190_701))
        );
        assert_eq!(
            (
                of("MERRA2.20160102.A1.2x25.txt"),
                of("GEOSFP.ApBp.nc"),
                of("notes.nc")
            ),
            (None, None, None)
        );
    }

    #[test]
    fn days_are_found_below_folders_of_months_and_only_once() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("2016/01")).unwrap();
        for name in [
            "2016/01/MERRA2.20160102.I3.4x5.nc4",
            "2016/01/MERRA2.20160101.I3.4x5.nc4",
            "readme.txt",
        ] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let collections = Collections::find(folder.path()).unwrap();
        assert!(collections.files("I3").unwrap()[0].ends_with("MERRA2.20160101.I3.4x5.nc4"));
        assert!(
            collections
                .files("A1")
                .unwrap_err()
                .to_string()
                .contains("A1 is missing")
        );
        std::fs::write(folder.path().join("MERRA2.20160102.I3.2x25.nc4"), "").unwrap();
        assert!(
            Collections::find(folder.path())
                .unwrap_err()
                .to_string()
                .contains("two files")
        );
    }
}
