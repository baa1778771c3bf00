//! Completion, hints, colours and unfinished entries for the line editor.

use crate::script::repl::colours::coloured;
use crate::script::repl::complete::Known;
use crate::script::repl::entry::is_whole;
use crate::script::session::Session;
use rustyline::Context;
use rustyline::completion::Completer;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hinter, HistoryHinter};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use std::borrow::Cow;

/// What the line editor knows of the session.
#[derive(rustyline::Helper)]
pub struct Helper {
    known: Known,
    colours: bool,
}

impl Helper {
    /// For a session as it is now; without colours where `NO_COLOR` is set.
    pub fn new(session: &Session) -> Self {
        Helper {
            known: Known::of(session),
            colours: std::env::var_os("NO_COLOR").is_none(),
        }
    }

    /// Takes note of new variables and functions.
    pub fn refresh(&mut self, session: &Session) {
        self.known = Known::of(session);
    }
}

impl Completer for Helper {
    type Candidate = String;
    fn complete(
        &self,
        line: &str,
        cursor: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(self.known.at(line, cursor))
    }
}

impl Hinter for Helper {
    type Hint = String;
    /// After `name(`, the parameters of its longest form; after one entry's beginning, the latest
    /// entry that began so.
    fn hint(&self, line: &str, cursor: usize, context: &Context<'_>) -> Option<String> {
        let call = line
            .get(..cursor)
            .filter(|_| cursor == line.len() && cursor > 0)?;
        if let Some(before) = call.strip_suffix('(') {
            let start = before
                .rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
                .map_or(0, |k| k + 1);
            let registered = self
                .known
                .docs
                .named(before.get(start..)?)
                .filter(|e| e.registered);
            let entry = registered.max_by_key(|e| e.parameters.len())?;
            let names: Vec<&str> = entry.parameters.iter().map(|(n, _)| n.as_str()).collect();
            return Some(format!("{})", names.join(", ")));
        }
        HistoryHinter::new().hint(line, cursor, context)
    }
}

impl Highlighter for Helper {
    fn highlight<'l>(&self, line: &'l str, cursor: usize) -> Cow<'l, str> {
        if self.colours {
            Cow::Owned(coloured(line, cursor))
        } else {
            Cow::Borrowed(line)
        }
    }
    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        if self.colours {
            Cow::Owned(format!("\x1b[1;34m{prompt}\x1b[0m"))
        } else {
            Cow::Borrowed(prompt)
        }
    }
    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(format!("\x1b[2m{hint}\x1b[0m"))
    }
    fn highlight_char(&self, _: &str, _: usize, _: CmdKind) -> bool {
        self.colours
    }
}

impl Validator for Helper {
    fn validate(&self, context: &mut ValidationContext) -> rustyline::Result<ValidationResult> {
        Ok(if is_whole(context.input()) {
            ValidationResult::Valid(None)
        } else {
            ValidationResult::Incomplete
        })
    }
}
