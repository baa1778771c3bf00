//! Bytes and calls that nobody meant: no reader, no parser and no function panics, hangs or takes a
//! gigabyte, whatever it is given. `scripts/fuzz.sh` runs each target for an hour.
//!
//! `MCAS_FUZZ_SECONDS` is how long a target goes on (else a few hundred inputs), `MCAS_FUZZ_FROM`
//! the first input: input `n` of a target is the same every time.

#![allow(clippy::unwrap_used)]

mod calls;
mod files;
mod mutate;
mod texts;

use mcas::limits::Limits;
use mcas::script::Session;
use mcas::script::session::Start;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long one input may take before it is stopped, and until it has stopped.
const TIME: Duration = Duration::from_secs(3);
const STOPPED: Duration = Duration::from_secs(8);

/// Limits hold for the whole process, so that one target runs at a time.
pub fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A session that writes to a folder, within the limits of a target.
pub fn session(folder: &std::path::Path) -> Session {
    mcas::progress::set_quiet(true);
    let limits = Limits {
        memory: Some(1_000_000_000),
        time: Some(TIME),
        operations: Some(2_000_000),
        ..Limits::default()
    };
    Session::new(Start {
        output: folder.join("out"),
        folder: Some(folder.into()),
        collect: true,
        limits,
        ..Start::default()
    })
    .unwrap()
}

/// What is to be tried: `usual` inputs, or as many as the time asked for allows.
pub fn inputs(usual: u64) -> impl Iterator<Item = u64> {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse::<u64>().ok())
    };
    let first = number("MCAS_FUZZ_FROM").unwrap_or(0);
    let (begun, seconds) = (Instant::now(), number("MCAS_FUZZ_SECONDS"));
    let goes_on = move |n: u64| match seconds {
        Some(seconds) => begun.elapsed().as_secs() < seconds,
        None => n < usual,
    };
    (0..).take_while(move |n| goes_on(*n)).map(move |n| {
        // An input that was stopped leaves nothing to the next.
        mcas::progress::clear_stop();
        first + n
    })
}

/// Runs a text, which may fail in any way but by a fault of the program.
///
/// # Errors
/// The report of the text.
pub fn survive(session: &mut Session, what: &str, text: &str) -> Result<(), String> {
    let begun = Instant::now();
    let report = match session.run("input", text) {
        Ok(_) => String::new(),
        Err(e) => session.report(&e),
    };
    assert!(
        !report.contains("a fault of the program"),
        "{what}: {text}\n{report}"
    );
    assert!(
        !report.contains("the limit of memory"),
        "{what}: {text}\n{report}"
    );
    assert!(
        begun.elapsed() < STOPPED,
        "{what} took {:?}: {text}",
        begun.elapsed()
    );
    match report.is_empty() {
        true => Ok(()),
        false => Err(report),
    }
}
