//! Commands of the prompt, and the evaluation of everything else.

use super::entry::prepared;
use crate::script::session::Session;
use crate::script::value::describe;
use rhai::Dynamic;
use std::fmt::Write;
use std::path::Path;
use std::time::Instant;

/// What an entry gives.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Text to show; may be empty.
    Text(String),
    /// The report of an error.
    Report(String),
    /// Leave the prompt.
    Quit,
}

const HELP: &str = "\
?name            help on a function or module; ? lists all
_                the last value
:vars            the variables
:time EXPR       runs and times
:load FILE       runs a script in this session
:save FILE       writes the entries of this session to a file
:reset           forgets variables and functions
:quit            leaves (as does Ctrl-D); Ctrl-C stops what runs and keeps the session";

/// Handles one entry of the prompt.
pub fn command(session: &mut Session, line: &str) -> Outcome {
    let line = line.trim();
    if line.is_empty() {
        return Outcome::Text(String::new());
    }
    if let Some(name) = line.strip_prefix('?') {
        return help(session, name.trim());
    }
    let Some(command) = line.strip_prefix(':') else { return evaluate(session, line) };
    let (word, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
    match (word, rest.trim()) {
        ("help" | "h", _) => Outcome::Text(HELP.into()),
        ("quit" | "q" | "exit", _) => Outcome::Quit,
        ("vars", _) => Outcome::Text(variables(session)),
        ("reset", _) => {
            session.reset();
            Outcome::Text(String::new())
        }
        ("time", text) => timed(session, text),
        ("load", "") | ("save", "") => Outcome::Report(format!("error: :{word} needs a file\n")),
        ("load", path) => match session.run_file(Path::new(path)) {
            Ok(value) => shown(session, &value),
            Err(e) => Outcome::Report(session.report(&e)),
        },
        ("save", path) => save(session, path),
        _ => Outcome::Report(format!("error: there is no command :{word}\n  try       :help\n")),
    }
}

fn help(session: &Session, name: &str) -> Outcome {
    if name.is_empty() {
        return Outcome::Text(session.docs().index());
    }
    if let Some((_, value)) = session.variables().into_iter().find(|(n, _)| n == name) {
        return Outcome::Text(format!("{name} is {}\n{}", describe(&value), session.show(&value)));
    }
    match session.docs().help(name) {
        Ok(text) => Outcome::Text(text),
        Err(e) => Outcome::Report(format!("error: {e}\n")),
    }
}

fn evaluate(session: &mut Session, text: &str) -> Outcome {
    let text = prepared(session, text);
    let name = format!("line {}", session.entries().len() + 1);
    match session.run(&name, &text) {
        Ok(value) => {
            session.remember(&text);
            shown(session, &value)
        }
        Err(e) => Outcome::Report(session.report(&e)),
    }
}

fn shown(session: &mut Session, value: &Dynamic) -> Outcome {
    if value.is_unit() {
        return Outcome::Text(String::new());
    }
    session.set("last", value.clone());
    Outcome::Text(session.show(value))
}

fn timed(session: &mut Session, text: &str) -> Outcome {
    let start = Instant::now();
    match evaluate(session, text) {
        Outcome::Text(text) => {
            let seconds = start.elapsed().as_secs_f64();
            let time = if seconds < 1.0 { format!("{:.3} ms", seconds * 1e3) } else { format!("{seconds:.2} s") };
            Outcome::Text(if text.is_empty() { time } else { format!("{text}\n{time}") })
        }
        other => other,
    }
}

fn variables(session: &Session) -> String {
    let mut text = String::new();
    for (name, value) in session.variables() {
        let first = session.show(&value).lines().next().unwrap_or("").chars().take(60).collect::<String>();
        let kind = if value.is_array() || value.is_map() { describe(&value) } else { super::super::value::kind_of(session.type_name(&value)) };
        let _ = writeln!(text, "{name:<16} {kind:<12} {first}");
    }
    text
}

fn save(session: &Session, path: &str) -> Outcome {
    let text: String =
        session.entries().iter().map(|e| if e.trim_end().ends_with([';', '}']) { format!("{e}\n") } else { format!("{e};\n") }).collect();
    match crate::io::write_whole(Path::new(path), |part| std::fs::write(part, text).map_err(crate::error::Error::new)) {
        Ok(()) => Outcome::Text(format!("{} entries in {path}", session.entries().len())),
        Err(e) => Outcome::Report(format!("error: {e}\n")),
    }
}
