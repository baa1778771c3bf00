//! What a run may use: memory, time, steps, values, files. A limit that is passed is an error like
//! any other; without one the machine's memory is the limit.
//!
//! Limits hold for the process while they are [`hold`]ed, since its memory and files are those of
//! all its threads: a host that runs a script of someone else runs nothing of its own beside it.

mod files;
mod machine;
mod watch;

pub use files::{may_read, may_write};
pub use machine::{free, resident};

use crate::error::{Error, Result};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use watch::Watch;

/// What a run may use; nothing is limited but the memory of the machine where nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of memory of the process.
    pub memory: Option<u64>,
    /// How long one run, or one entry of the prompt, may take.
    pub time: Option<Duration>,
    /// Steps of the language.
    pub operations: Option<u64>,
    /// Values of an array or a field, characters of a text.
    pub values: Option<usize>,
    /// Folders and files that may be read.
    pub read: Option<Vec<PathBuf>>,
    /// Folders and files that may be written.
    pub write: Option<Vec<PathBuf>>,
    /// The program `mcas`, which tries every NetCDF file in a process of its own first.
    pub isolate: Option<PathBuf>,
    /// Ends the process where work has not stopped so long after it was asked to.
    pub patience: Option<Duration>,
}

impl Limits {
    /// For a script of someone else, in a folder: it reads that folder and those of `read`, writes
    /// to those of `write`, which it reads as well, and uses 4 GB, an hour, 10^10 steps and arrays
    /// of 10^8 values.
    pub fn sandbox(folder: &Path, read: &[PathBuf], write: &[PathBuf]) -> Self {
        let own = std::iter::once(folder.to_path_buf());
        Limits {
            memory: Some(4_000_000_000),
            time: Some(Duration::from_secs(3600)),
            operations: Some(10_000_000_000),
            values: Some(100_000_000),
            read: Some(own.chain(read.iter().chain(write).cloned()).collect()),
            write: Some(write.to_vec()),
            isolate: None,
            patience: None,
        }
    }
}

static HELD: RwLock<Vec<Arc<Limits>>> = RwLock::new(Vec::new());

/// The limits that hold now; all of them do.
fn held() -> Vec<Arc<Limits>> {
    HELD.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// The program that tries files first, if one is to.
pub fn isolating() -> Option<PathBuf> {
    held().iter().find_map(|limits| limits.isolate.clone())
}

/// Limits that hold until this is dropped.
#[derive(Debug)]
pub struct Held {
    limits: Arc<Limits>,
    _watch: Watch,
}

/// Lets limits hold beside those that do, and watches over memory and time.
pub fn hold(limits: &Limits) -> Held {
    let limits = Arc::new(limits.clone());
    let mut held = HELD.write().unwrap_or_else(PoisonError::into_inner);
    held.push(limits.clone());
    let _watch = Watch::over(&limits);
    Held { limits, _watch }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut held = HELD.write().unwrap_or_else(PoisonError::into_inner);
        held.retain(|limits| !Arc::ptr_eq(limits, &self.limits));
    }
}

/// Refuses an array of more values than are allowed.
///
/// # Errors
/// More values than the limit.
pub fn may_hold(values: usize) -> Result<()> {
    match held().iter().filter_map(|limits| limits.values).min() {
        Some(limit) if values > limit => {
            Err(Error::new("an array has more values than are allowed")
                .expected(format!("at most {limit}"))
                .got(values)
                .hint("--values, which allows more"))
        }
        _ => Ok(()),
    }
}

/// Bytes that may still be taken, by the limit and by what the machine has.
pub fn room() -> Option<u64> {
    let limit = held().iter().filter_map(|limits| limits.memory).min();
    let rest = limit.map(|limit| limit.saturating_sub(resident().unwrap_or(0)));
    match (rest, free()) {
        (Some(rest), Some(free)) => Some(rest.min(free)),
        (rest, free) => rest.or(free),
    }
}
