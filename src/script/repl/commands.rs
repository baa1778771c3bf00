//! Commands of the prompt, and the evaluation of everything else.

use crate::error::did_you_mean;
use crate::script::bridge::errors::Fallible;
use crate::script::bridge::value::{describe, kind_of};
use crate::script::repl::entry::{prepared, uses, value_name};
use crate::script::repl::journal;
use crate::script::session::Session;
use crate::script::tools::profile;
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

/// The commands.
pub(super) const NAMES: [&str; 10] = [
    "edit", "help", "load", "profile", "quit", "reset", "save", "time", "type", "vars",
];

const HELP: &str = "\
?name            help on a function, module, variable or symbol such as ?theta; ? lists all; ??word searches
_, _3            the last value, and that of line 3; the last twenty are kept
:vars            the variables
:type EXPR       the kind of a value
:time EXPR       runs and times
:profile EXPR    runs and shows the lines that took most time; a file ending in .rhai too
:load FILE       runs a script in this session
:save FILE       writes the entries of this session as a script, which `mcas replay FILE` runs and compares
:edit [FILE]     opens the last entry, or a file, in $EDITOR and runs what comes back
:reset           forgets variables and functions
:quit            leaves (as do exit() and Ctrl-D); Ctrl-C stops what runs and keeps the session
Keys: Tab completes names, keys, options and files; Ctrl-R searches the history; an open bracket goes on in the next line";

/// Handles one entry of the prompt.
pub fn command(session: &mut Session, line: &str) -> Outcome {
    let line = line.trim();
    if line.is_empty() {
        return Outcome::Text(String::new());
    }
    if let Some(word) = line.strip_prefix("??") {
        return Outcome::Text(session.docs().apropos(word.trim()));
    }
    if let Some(name) = line.strip_prefix('?') {
        return help(session, name.trim());
    }
    let Some(command) = line.strip_prefix(':') else {
        return evaluate(session, line);
    };
    let (word, rest) = command
        .split_once(char::is_whitespace)
        .unwrap_or((command, ""));
    match (word, rest.trim()) {
        ("help" | "h", _) => Outcome::Text(HELP.into()),
        ("quit" | "q" | "exit", _) => Outcome::Quit,
        ("vars", _) => Outcome::Text(variables(session)),
        ("reset", _) => {
            session.reset();
            Outcome::Text(String::new())
        }
        ("time" | "profile" | "type", "") => {
            Outcome::Report(format!("error: :{word} needs an expression\n"))
        }
        ("time", text) => timed(session, text),
        ("profile", text) => profiled(session, text),
        ("type", text) => typed(session, text),
        ("edit", path) => edited(session, path),
        ("load", "") | ("save", "") => Outcome::Report(format!("error: :{word} needs a file\n")),
        ("load", path) => loaded(session, path),
        ("save", path) => save(session, path),
        _ => {
            let near = did_you_mean(word, NAMES).map_or(":help".to_string(), |n| format!(":{n}"));
            Outcome::Report(format!(
                "error: there is no command :{word}\n  try       {near}\n"
            ))
        }
    }
}

fn help(session: &Session, name: &str) -> Outcome {
    if name.is_empty() {
        return Outcome::Text(session.docs().index());
    }
    if let Some((_, value)) = session.variables().into_iter().find(|(n, _)| n == name) {
        return Outcome::Text(format!(
            "{name} is {}\n{}",
            describe(&value),
            session.show(&value)
        ));
    }
    match session.docs().help(name) {
        Ok(text) => Outcome::Text(text),
        Err(e) => Outcome::Report(format!("error: {e}\n")),
    }
}

fn evaluate(session: &mut Session, text: &str) -> Outcome {
    let text = prepared(session, text);
    for (line, value) in session.values().to_vec() {
        if uses(&text, line) {
            session.set(&value_name(line), value);
        }
    }
    let name = format!("line {}", session.entries().len() + 1);
    let outcome = session.run(&name, &text);
    reported(session, &text, outcome)
}

/// Runs a file as an entry.
fn loaded(session: &mut Session, path: &str) -> Outcome {
    let outcome = session.run_file(Path::new(path));
    let text = std::fs::read_to_string(path).unwrap_or_default();
    reported(session, &text, outcome)
}

/// Notes what ran, and shows its value.
fn reported(session: &mut Session, text: &str, outcome: Fallible<Dynamic>) -> Outcome {
    let value = match outcome {
        Ok(_) if session.host().lock().exit.is_some() => return Outcome::Quit,
        Ok(value) => value,
        Err(e) => return Outcome::Report(session.report(&e)),
    };
    session.remember(text, &value);
    if value.is_unit() {
        return Outcome::Text(String::new());
    }
    match session.display(&value) {
        Ok(text) => Outcome::Text(text),
        Err(e) => Outcome::Report(format!("error: {e}\n")),
    }
}

/// Runs with the profile taken, and shows its lines below the value.
fn profiled(session: &mut Session, text: &str) -> Outcome {
    const LINES: usize = 15;
    profile::begin(session.host());
    let outcome = match text.ends_with(".rhai") && !text.contains('"') {
        true => loaded(session, text),
        false => evaluate(session, text),
    };
    let profile = profile::end(session.host());
    let table = profile.table(&session.host().lock().sources, LINES);
    match outcome {
        Outcome::Text(text) => Outcome::Text(if text.is_empty() {
            table
        } else {
            format!("{text}\n{table}")
        }),
        other => other,
    }
}

/// The kind of a value, which is not kept.
fn typed(session: &mut Session, text: &str) -> Outcome {
    let text = prepared(session, text);
    match session.run("type", &text) {
        Ok(value) => Outcome::Text(kind(session, &value)),
        Err(e) => Outcome::Report(session.report(&e)),
    }
}

/// What a file, or the last entry, has become in the editor.
fn edited(session: &mut Session, path: &str) -> Outcome {
    let editor = ["VISUAL", "EDITOR"]
        .iter()
        .find_map(|v| std::env::var(v).ok())
        .unwrap_or_else(|| "vi".into());
    let scratch = std::env::temp_dir().join(format!("mcas-entry-{}.rhai", std::process::id()));
    let file = if path.is_empty() {
        scratch.as_path()
    } else {
        Path::new(path)
    };
    if path.is_empty()
        && let Err(e) = std::fs::write(
            file,
            session
                .entries()
                .last()
                .map(|e| e.text.as_str())
                .unwrap_or(""),
        )
    {
        return Outcome::Report(format!(
            "error: {} cannot be written: {e}\n",
            file.display()
        ));
    }
    // The editor may come with options of its own: `code --wait`.
    let mut words = editor.split_whitespace();
    let status = std::process::Command::new(words.next().unwrap_or("vi"))
        .args(words)
        .arg(file)
        .status();
    let text = match status {
        Ok(status) if status.success() => std::fs::read_to_string(file),
        Ok(status) => {
            return Outcome::Report(format!("error: the editor {editor} ended with {status}\n"));
        }
        Err(e) => {
            return Outcome::Report(format!(
                "error: the editor {editor} does not start: {e}\n  try       EDITOR=nano mcas\n"
            ));
        }
    };
    if path.is_empty() {
        let _ = std::fs::remove_file(file);
    }
    match text {
        Ok(text) if text.trim().is_empty() => Outcome::Text(String::new()),
        Ok(text) => evaluate(session, text.trim_end()),
        Err(e) => Outcome::Report(format!("error: {} cannot be read: {e}\n", file.display())),
    }
}

fn timed(session: &mut Session, text: &str) -> Outcome {
    let start = Instant::now();
    match evaluate(session, text) {
        Outcome::Text(text) => {
            let seconds = start.elapsed().as_secs_f64();
            let time = if seconds < 1.0 {
                format!("{:.3} ms", seconds * 1e3)
            } else {
                format!("{seconds:.2} s")
            };
            Outcome::Text(if text.is_empty() {
                time
            } else {
                format!("{text}\n{time}")
            })
        }
        other => other,
    }
}

fn kind(session: &Session, value: &Dynamic) -> String {
    if value.is_array() || value.is_map() {
        describe(value)
    } else {
        kind_of(session.type_name(value))
    }
}

fn variables(session: &Session) -> String {
    let mut text = String::new();
    for (name, value) in session.variables() {
        let first = session
            .show(&value)
            .lines()
            .next()
            .unwrap_or("")
            .chars()
            .take(60)
            .collect::<String>();
        let _ = writeln!(text, "{name:<16} {:<12} {first}", kind(session, &value));
    }
    text
}

/// The entries as a script, with the digests of what they came to.
fn save(session: &Session, path: &str) -> Outcome {
    let text = journal::text(session);
    let entries = session.entries();
    let written = crate::io::write_whole(Path::new(path), |part| {
        std::fs::write(part, text).map_err(crate::error::Error::new)
    });
    match written {
        Ok(()) => Outcome::Text(format!("{} entries in {path}", entries.len())),
        Err(e) => Outcome::Report(format!("error: {e}\n")),
    }
}
