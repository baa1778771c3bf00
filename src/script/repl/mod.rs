//! The prompt: reads an entry of one or more lines, runs it in the session, shows its value.

mod colours;
mod commands;
mod complete;
mod entry;
mod helper;
pub mod journal;
mod signals;

use crate::fault::{Fault, caught};
use crate::progress;
use crate::script::session::Session;
use helper::Helper;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{CompletionType, Config, Editor};
use std::io::ErrorKind;
use std::path::PathBuf;

pub use commands::{Outcome, command};
pub use complete::Known;
pub use entry::{is_whole, prepared};

/// Runs the prompt until `:quit` or the end of input.
///
/// # Errors
/// The terminal cannot be used.
pub fn run(session: &mut Session) -> rustyline::Result<()> {
    signals::listen();
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .auto_add_history(true)
        .max_history_size(10_000)?
        .build();
    let mut editor: Editor<Helper, FileHistory> = Editor::with_config(config)?;
    editor.set_helper(Some(Helper::new(session)));
    let history = history_file();
    if let Some(path) = &history {
        let _ = editor.load_history(path);
    }
    if !progress::quiet() {
        println!(
            "mcas {}   ?name for help, :help for commands, Ctrl-R to search what was typed, :quit to leave",
            env!("CARGO_PKG_VERSION")
        );
    }
    loop {
        let prompt = format!("mcas {}> ", session.entries().len() + 1);
        let read = caught(|| signals::waiting(|| editor.readline(&prompt)));
        match read.unwrap_or_else(|fault| Err(told(&fault))) {
            Ok(line) => {
                if let Some(path) = &history {
                    let _ = editor.append_history(path);
                }
                match caught(|| handle(session, &line)) {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(fault) => drop(told(&fault)),
                }
                if let Some(helper) = editor.helper_mut() {
                    helper.refresh(session);
                }
            }
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Io(e)) if e.kind() == ErrorKind::InvalidData => {
                eprintln!("error: what was typed is not UTF-8; the line is left out");
            }
            Err(ReadlineError::Eof) => break,
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// Reports a fault of the prompt, after which it goes on as after Ctrl-C.
fn told(fault: &Fault) -> ReadlineError {
    eprintln!("error: {}", fault.error("the prompt"));
    ReadlineError::Interrupted
}

/// Handles one entry; false when it asks to leave.
fn handle(session: &mut Session, line: &str) -> bool {
    match command(session, line) {
        Outcome::Text(text) => {
            if !text.is_empty() {
                println!("{}", text.trim_end());
            }
            true
        }
        Outcome::Report(report) => {
            eprint!("{report}");
            true
        }
        Outcome::Quit => false,
    }
}

fn history_file() -> Option<PathBuf> {
    let home = std::env::var_os("MCAS_HISTORY").map(PathBuf::from);
    home.or_else(|| std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".mcas_history")))
}
