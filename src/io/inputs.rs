//! The files that the process has read, for the record of a run.

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
