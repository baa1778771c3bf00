//! The files that the process has read, for the record of a run.

use crate::error::{Error, Result};
use crate::limits::may_read;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

static READ: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn read() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    READ.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes a file that is read.
pub fn note_input(path: &Path) {
    let mut read = read();
    if !read.contains(path) {
        read.insert(path.into());
    }
}

/// The files read since [`forget_inputs`], by name.
pub fn inputs() -> Vec<PathBuf> {
    read().iter().cloned().collect()
}

/// Forgets the files read: a run begins.
pub fn forget_inputs() {
    read().clear();
}

/// The bytes of a file, which is noted as read.
///
/// # Errors
/// The file cannot be read, or may not be.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    may_read(path)?;
    note_input(path);
    std::fs::read(path).map_err(|e| {
        let folder = path
            .parent()
            .filter(|p| !p.as_os_str().is_empty() && !p.exists());
        let error = Error::new(format!("{} cannot be read", path.display())).got(e);
        match folder {
            Some(folder) => error.hint(format!(
                "another folder: {} does not exist",
                folder.display()
            )),
            None => error.hint("the path as seen from the folder the program runs in"),
        }
    })
}
