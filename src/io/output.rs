//! Output that is whole or absent: written beside its place under another name, then renamed.

use crate::error::{Error, Result};
use crate::limits::may_write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// What the name of a file says that is being written.
const PARTIAL: &str = ".partial-";

/// Writes a file through a temporary name in the same folder, which `write` is given, and renames
/// it when `write` has succeeded and the disk has it: a reader never meets half a file, and an
/// older file stays when writing fails. The folder is made if absent; the temporary name ends as
/// `path` does, since some writers choose the format by it.
///
/// # Errors
/// A path without a file name, a folder that cannot be made or written to, and whatever `write`
/// reports.
pub fn write_whole(path: impl AsRef<Path>, write: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let path = path.as_ref();
    may_write(path)?;
    let location = || format!("file \"{}\"", path.display());
    let name = path.file_name().ok_or_else(|| {
        Error::new("a file to write needs a name").got(format!("\"{}\"", path.display()))
    })?;
    if path.is_dir() {
        return Err(Error::new("there is a folder of this name")
            .expected("the name of a file")
            .at(location()));
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder).map_err(|e| refused("the folder cannot be made", &e, folder))?;
    let temporary = Temporary(temporary_name(folder, Path::new(name)));
    fs::File::create(&temporary.0)
        .map_err(|e| refused("the folder cannot be written to", &e, folder))?;
    write(&temporary.0).map_err(|e| e.at(location()))?;
    let misplaced = |e| {
        Error::new("the file cannot be put in its place")
            .got(e)
            .at(location())
    };
    let synced = fs::File::open(&temporary.0).and_then(|file| file.sync_all());
    synced
        .and_then(|()| fs::rename(&temporary.0, path))
        .map_err(misplaced)?;
    // The name is on the disk only when its folder is; some file systems cannot say.
    let _ = fs::File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// Removes what runs that were killed left half-written in a folder. Only its holder may ask.
pub fn remove_partial_files(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') && name.contains(PARTIAL) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn refused(what: &str, cause: &std::io::Error, folder: &Path) -> Error {
    Error::new(what)
        .got(cause)
        .at(format!("folder \"{}\"", folder.display()))
        .hint("another folder, or its permissions")
}

/// Hidden, unlike any other of this or another process, and with the same extension.
fn temporary_name(folder: &Path, name: &Path) -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let stem = name.file_stem().unwrap_or_default().to_string_lossy();
    let tail = name
        .extension()
        .map(|e| format!(".{}", e.to_string_lossy()))
        .unwrap_or_default();
    folder.join(format!(
        ".{stem}{PARTIAL}{}-{}{tail}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    ))
}

/// A file that goes with its handle unless it has been renamed.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_whole_in_a_folder_made_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/result.txt");
        write_whole(&path, |t| {
            assert!(!path.exists() && t.extension().unwrap() == "txt");
            fs::write(t, "42").map_err(Error::new)
        })
        .unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "42");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_failure_keeps_the_older_file_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("result.txt");
        fs::write(&path, "old").unwrap();
        let message = write_whole(&path, |t| {
            fs::write(t, "half").map_err(Error::new)?;
            Err(Error::new("no more numbers"))
        })
        .unwrap_err()
        .to_string();
        assert!(
            message.contains("no more numbers") && message.contains("result.txt"),
            "{message}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("plain"), "a file, not a folder").unwrap();
        let message = write_whole(folder.path().join("plain/result.txt"), |_| Ok(()))
            .unwrap_err()
            .to_string();
        assert!(
            message.contains("folder") && message.contains("plain"),
            "{message}"
        );
        assert!(write_whole(folder.path(), |_| Ok(())).is_err());
    }
}
