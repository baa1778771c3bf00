//! The files that match a pattern.

use crate::error::{Error, Result};
use std::path::PathBuf;

/// The files that a pattern names, such as `data/*.nc` or `data/**/*.nc4`, with their sizes in
/// bytes, in order of their paths; none where nothing matches.
///
/// # Errors
/// A pattern that cannot be understood; a folder that cannot be read.
pub fn matching(pattern: &str) -> Result<Vec<(PathBuf, u64)>> {
    let paths = glob::glob(pattern).map_err(|e| {
        Error::new("the pattern of files cannot be understood")
            .expected("a path in which * and ? stand for letters and ** for folders")
            .got(format!("\"{pattern}\": {e}"))
    })?;
    let mut files = Vec::new();
    for path in paths {
        let path = path.map_err(|e| Error::new("a folder cannot be read").got(e))?;
        crate::limits::may_read(&path)?;
        let about = path.metadata().map_err(|e| {
            Error::new("a file cannot be read")
                .got(e)
                .at(path.display())
        })?;
        if about.is_file() {
            files.push((path, about.len()));
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_names_files_in_order_and_no_folders() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("2016/01.nc")).unwrap();
        for (name, text) in [("2016/b.nc", "12"), ("2016/a.nc", "1"), ("c.txt", "")] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let files = matching(&format!("{}/**/*.nc", folder.path().display())).unwrap();
        let names: Vec<_> = files
            .iter()
            .map(|(p, n)| (p.file_name().unwrap().to_str().unwrap(), *n))
            .collect();
        assert_eq!(names, [("a.nc", 1), ("b.nc", 2)]);
        assert!(matching("no/such/folder/*").unwrap().is_empty());
        assert!(matching("data/***").is_err());
    }
}
