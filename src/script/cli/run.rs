//! Runs a script, a record of a run, or a text, and prints what comes of it.

use super::arguments::How;
use super::{failed, stop_on_interrupt, use_threads};
use crate::progress;
use crate::script::bridge::host::Part;
use crate::script::repl::journal;
use crate::script::session::Start;
use crate::script::tools::{json, record};
use crate::script::{Fallible, Session};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A session that the end of the process takes down: the system does that faster than the program.
pub(super) fn start(
    name: &str,
    folder: Option<PathBuf>,
    how: &How,
) -> Result<ManuallyDrop<Session>, ExitCode> {
    start_with(name, folder, how, None)
}

/// The same with the texts of an earlier run.
fn start_with(
    name: &str,
    folder: Option<PathBuf>,
    how: &How,
    recorded: Option<Vec<Part>>,
) -> Result<ManuallyDrop<Session>, ExitCode> {
    progress::set_quiet(how.quiet);
    use_threads(how.threads);
    let output = how
        .out
        .clone()
        .unwrap_or_else(|| Path::new("out").join(name));
    let own = folder.clone().unwrap_or_else(|| PathBuf::from("."));
    let limits = how.limited.limits(&own, &output);
    let limits = limits.map_err(|e| failed(&format!("error: {e}\n")))?;
    let start = Start {
        output,
        limits,
        settings: how.set.clone(),
        folder,
        collect: how.json,
        profile: name == "repl",
        rehearsal: None,
        checking: false,
        recorded,
    };
    Session::new(start)
        .map(ManuallyDrop::new)
        .map_err(|report| failed(&report))
}

pub(super) fn run_file(file: &Path, how: &How) -> ExitCode {
    if file.extension().is_some_and(|e| e == "json") {
        return run_again(file, how);
    }
    let mut session = match start(&stem(file), Some(folder_of(file)), how) {
        Ok(session) => session,
        Err(code) => return code,
    };
    stop_on_interrupt();
    let outcome = session.run_file(file);
    reported(&session, outcome, how, false)
}

/// The folder of a script, where its imports and its own stdlib are.
fn folder_of(script: &Path) -> PathBuf {
    script
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
        .to_path_buf()
}

/// Prints what a run came to: its value where asked, its errors, or all of it as JSON.
fn reported(
    session: &Session,
    outcome: Fallible<rhai::Dynamic>,
    how: &How,
    show: bool,
) -> ExitCode {
    let asked = session.host().lock().exit;
    let code = if outcome.is_ok() {
        asked.map_or(ExitCode::SUCCESS, ExitCode::from)
    } else {
        ExitCode::FAILURE
    };
    if !how.quiet
        && !how.json
        && let Some(wrote) = session.host().lock().wrote_in_words()
    {
        progress::tell(&wrote);
    }
    if how.json {
        progress::say(&format!("{}\n", json::of_outcome(session, &outcome)));
        return code;
    }
    match outcome {
        Ok(value) if show && asked.is_none() && !value.is_unit() => match session.display(&value) {
            Ok(text) => progress::say(&format!("{text}\n")),
            Err(e) => return failed(&format!("error: {e}\n")),
        },
        Ok(_) => {}
        Err(e) => return failed(&session.report(&e)),
    }
    code
}

/// Runs what a record wrote down; settings given now go before those of the record.
fn run_again(file: &Path, how: &How) -> ExitCode {
    let recorded = match record::read(file) {
        Ok(recorded) => recorded,
        Err(e) => return failed(&format!("error: {e}\n")),
    };
    let set = recorded
        .settings
        .iter()
        .filter(|(k, _)| !how.set.iter().any(|(given, _)| given == k))
        .chain(&how.set)
        .cloned()
        .collect();
    let script = Path::new(&recorded.script);
    let how = How { set, ..how.clone() };
    let mut session = match start_with(&stem(script), Some(folder_of(script)), &how, recorded.parts)
    {
        Ok(session) => session,
        Err(code) => return code,
    };
    for warning in recorded.differences {
        session.host().warn(warning);
    }
    stop_on_interrupt();
    let outcome = session.run_script(script, &recorded.text);
    reported(&session, outcome, &how, false)
}

/// Runs a saved session, with the output folder of a prompt, and says whether it comes to the same.
pub(super) fn replay_file(file: &Path, how: &How) -> ExitCode {
    if file.extension().is_some_and(|e| e == "json") {
        return run_again(file, how);
    }
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(e) => return failed(&format!("error: {} cannot be read: {e}\n", file.display())),
    };
    let mut session = match start("repl", None, how) {
        Ok(session) => session,
        Err(code) => return code,
    };
    stop_on_interrupt();
    let done = match journal::replay(&mut session, &text) {
        Ok(done) => done,
        Err(e) => return failed(&session.report(&e)),
    };
    for difference in &done.differences {
        eprintln!("{difference}");
    }
    match (done.compared, done.differences.len()) {
        (0, 0) => {
            failed("error: the file holds no journal\n  try       :save FILE at the prompt\n")
        }
        (compared, 0) => {
            println!("the same: {compared} values and variables");
            ExitCode::SUCCESS
        }
        (_, differences) => failed(&format!("error: {differences} differences\n")),
    }
}

/// The name of a script without folder and ending, which its outputs go under.
fn stem(script: &Path) -> String {
    script
        .file_stem()
        .map_or("script".into(), |n| n.to_string_lossy().into_owned())
}

pub(super) fn run_text(
    name: &str,
    text: &str,
    folder: Option<PathBuf>,
    how: &How,
    show: bool,
) -> ExitCode {
    let mut session = match start(name, folder, how) {
        Ok(session) => session,
        Err(code) => return code,
    };
    stop_on_interrupt();
    let outcome = session.run(name, text);
    if outcome.is_ok() {
        session.host().warn_of_unused_settings();
        session.host().count_warnings();
    }
    reported(&session, outcome, how, show)
}
