//! Files are tried in a process of their own, so that one on which the C library crashes or never
//! ends is an error here.

use super::dataset::Dataset;
use super::library::known_faults;
use super::opening::location;
use crate::error::{Error, Result};
use crate::field::Reduction;
use crate::progress::check_stop;
use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// How long a file may take at least, and the bytes a second that are expected of a large one.
const TIME: Duration = Duration::from_secs(10);
const BYTES_A_SECOND: f64 = 2e7;
/// Bytes of memory that the process may take.
const MEMORY: u64 = 1_000_000_000;
/// How often the process is looked at.
const EVERY: Duration = Duration::from_millis(2);

/// The first argument of the program that tries a file.
pub const TRY: &str = "try-file";

/// Reads everything in a file, a block at a time: what [`TRY`] does. An error is no crash, and is
/// met again by who asked.
pub fn try_file(path: &Path) {
    let limit = rustix::process::Rlimit {
        current: Some(MEMORY),
        maximum: Some(MEMORY),
    };
    let _ = rustix::process::setrlimit(rustix::process::Resource::Data, limit);
    let Ok(file) = Dataset::open(path) else {
        return;
    };
    for listing in file.list() {
        let name = &listing.name;
        let counted = |part| file.reduce(&part, Reduction::Count, &[], None);
        if file.part(name).and_then(counted).is_err() {
            let _ = file.text(name);
        }
    }
}

/// A file as it was when it was tried.
type Tried = (PathBuf, u64, Option<SystemTime>);
static TRIED: Mutex<BTreeSet<Tried>> = Mutex::new(BTreeSet::new());

/// Lets `program` try a file, once as long as it stays the same.
///
/// # Errors
/// The process ended by a signal, took too long or too much memory.
pub(super) fn tried(program: &Path, path: &Path) -> Result<()> {
    let about = std::fs::metadata(path).map_err(|e| Error::new(e).at(location(path)))?;
    let file = (path.to_path_buf(), about.len(), about.modified().ok());
    let known = || TRIED.lock().unwrap_or_else(PoisonError::into_inner);
    if known().contains(&file) {
        return Ok(());
    }
    let time = TIME + Duration::from_secs_f64(about.len() as f64 / BYTES_A_SECOND);
    let ended = start(program, path).and_then(|child| end_of(child, time));
    let broken = match ended.map_err(|e| e.at(location(path)))? {
        None => format!("no end after {:.0} s", time.as_secs_f64()),
        Some(status) if status.success() => {
            known().insert(file);
            return Ok(());
        }
        Some(status) => match status.signal() {
            Some(signal) => format!("a process that ended by signal {signal}"),
            None => format!("a process that ended with {status}"),
        },
    };
    Err(crashing(path, &broken))
}

fn crashing(path: &Path, got: &str) -> Error {
    let error = Error::new("the NetCDF library does not survive this file")
        .expected("a whole NetCDF file")
        .got(got)
        .at(location(path));
    error.hint(match known_faults() {
        Some(faults) => format!("fetching it again; {faults}"),
        None => "fetching it again: it is damaged".to_string(),
    })
}

fn start(program: &Path, path: &Path) -> Result<Child> {
    let mut command = Command::new(program);
    command.arg(TRY).arg(path);
    // What was never written is then no zero by chance.
    command.env("MALLOC_PERTURB_", "165");
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let child = command.stderr(Stdio::null()).spawn();
    child.map_err(|e| {
        Error::new("no process can be started to try a file")
            .got(format!("{}: {e}", program.display()))
    })
}

/// How a process ended; nothing if it was ended for its time.
fn end_of(mut child: Child, time: Duration) -> Result<Option<ExitStatus>> {
    let begun = Instant::now();
    let outcome = loop {
        let stopped = check_stop();
        match child.try_wait() {
            Ok(Some(status)) => return Ok(Some(status)),
            Err(e) => break Err(Error::new("a process was lost").got(e)),
            Ok(None) if stopped.is_err() => break stopped.map(|()| None),
            Ok(None) if begun.elapsed() > time => break Ok(None),
            Ok(None) => std::thread::sleep(EVERY),
        }
    };
    let _ = child.kill();
    let _ = child.wait();
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(words: &[&str]) -> Result<Option<ExitStatus>> {
        let child = Command::new(words[0]).args(&words[1..]).spawn().unwrap();
        end_of(child, Duration::from_millis(200))
    }

    #[test]
    fn a_process_is_waited_for_and_ended_for_its_time() {
        assert!(ended(&["true"]).unwrap().unwrap().success());
        let killed = ended(&["sh", "-c", "kill -SEGV $$"]).unwrap().unwrap();
        assert_eq!(killed.signal(), Some(11));
        let begun = Instant::now();
        assert_eq!(ended(&["sleep", "30"]).unwrap(), None);
        assert!(begun.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn a_file_that_ends_the_process_is_an_error_and_a_good_one_is_tried_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.nc");
        std::fs::write(&path, "").unwrap();
        let message = tried(Path::new("/bin/false"), &path)
            .unwrap_err()
            .to_string();
        assert!(
            message.contains("does not survive") && message.contains("a.nc"),
            "{message}"
        );
        tried(Path::new("/bin/true"), &path).unwrap();
        tried(Path::new("/no/such/program"), &path).unwrap();
    }
}
