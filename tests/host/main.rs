//! The language from outside: documentation that runs, sessions, settings, warnings, the prompt,
//! the command line, the scripts that come with the program.

#![allow(clippy::unwrap_used, clippy::panic)]

mod architecture;
mod cf_files;
mod checking;
mod checkpoints;
mod closures;
mod command_line;
mod concentrations;
mod cycles;
mod documentation;
mod embedding;
mod examples;
mod experiment;
mod limits;
mod losses;
mod measured;
mod months;
mod observations;
mod paper;
mod paper_files;
mod posteriors;
mod prompt;
mod real_gosat;
mod real_insitu;
mod records;
mod resuming;
mod scores;
mod scores_by_hand;
mod sessions;
mod sources;
mod sweep;
mod warnings;

use mcas::script::Session;
use mcas::script::session::Start;
use std::cell::Cell;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Files that were read are noted for the process: while a test keeps checkpoints within it, or
/// reads what others of them keep, no other runs a script.
static RUNS: RwLock<()> = RwLock::new(());

thread_local! {
    /// Whether the test of this thread is alone.
    static IS_ALONE: Cell<bool> = const { Cell::new(false) };
}

/// Held by a test that is alone.
pub struct Alone(#[allow(dead_code)] RwLockWriteGuard<'static, ()>);

/// Waits until no other test runs a script, and keeps it so.
pub fn alone() -> Alone {
    let guard = RUNS.write().unwrap_or_else(PoisonError::into_inner);
    IS_ALONE.set(true);
    Alone(guard)
}

impl Drop for Alone {
    fn drop(&mut self) {
        IS_ALONE.set(false);
    }
}

/// Held while a script runs that is not of the test that is alone.
pub fn shared() -> Option<RwLockReadGuard<'static, ()>> {
    (!IS_ALONE.get()).then(|| RUNS.read().unwrap_or_else(PoisonError::into_inner))
}

/// A session that collects what it prints and writes to a folder of its own.
pub fn session() -> (Session, tempfile::TempDir) {
    session_with(&[])
}

/// The same with `--set` keys.
pub fn session_with(settings: &[(&str, &str)]) -> (Session, tempfile::TempDir) {
    session_beside(None, settings)
}

/// The same for a script that lies in a folder, beside the files it imports.
pub fn session_beside(
    folder: Option<&std::path::Path>,
    settings: &[(&str, &str)],
) -> (Session, tempfile::TempDir) {
    mcas::progress::set_quiet(true);
    let scratch = tempfile::tempdir().unwrap();
    let settings = settings
        .iter()
        .map(|(k, v)| (k.to_string(), v.to_string()))
        .collect();
    let start = Start {
        output: scratch.path().join("out"),
        settings,
        folder: Some(folder.unwrap_or(scratch.path()).into()),
        collect: true,
        ..Start::default()
    };
    (
        Session::new(start).unwrap_or_else(|e| panic!("{e}")),
        scratch,
    )
}

/// The value of a text that must not fail.
pub fn value(session: &mut Session, text: &str) -> rhai::Dynamic {
    let _shared = shared();
    session
        .run("test", text)
        .unwrap_or_else(|e| panic!("{}", session.report(&e)))
}

/// Runs a text that must not fail.
pub fn run(session: &mut Session, text: &str) {
    let _ = value(session, text);
}

/// Runs a text that must fail, and gives the report.
pub fn fails(session: &mut Session, text: &str) -> String {
    let _shared = shared();
    match session.run("test", text) {
        Ok(value) => panic!("gave {value} where an error was due: {text}"),
        Err(e) => session.report(&e),
    }
}

/// Runs a text, and gives the report if it fails.
pub fn tried(session: &mut Session, text: &str) -> String {
    let _shared = shared();
    let done = session.run("test", text);
    done.map_or_else(|e| session.report(&e), |_| String::new())
}
