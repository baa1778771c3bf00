//! Files appear under their name only when they are whole.

use crate::error::{Error, Result};
use std::path::Path;

/// Writes a file under a temporary name next to `path`, then gives it its name.
///
/// # Errors
/// The writer fails, or the folder cannot be written; no half-written file stays under the name.
pub fn write_whole(path: &Path, write: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let here = |e: Error| e.at(path.display());
    if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|e| here(Error::new("the folder cannot be made").got(e)))?;
    }
    let name = path.file_name().and_then(|n| n.to_str()).ok_or_else(|| here(Error::new("an output needs a file name")))?;
    // The ending stays last: some writers choose their format by it.
    let part = path.with_file_name(format!(".{}.{name}", std::process::id()));
    let written = write(&part).and_then(|()| std::fs::rename(&part, path).map_err(|e| Error::new("the file cannot be renamed").got(e)));
    if written.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    written.map_err(here)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_writer_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b.csv");
        assert!(write_whole(&path, |p| std::fs::write(p, "half").map_err(Error::new).and(Err(Error::new("no")))).is_err());
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 0);
        write_whole(&path, |p| std::fs::write(p, "whole").map_err(Error::new)).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "whole");
    }
}
