//! Completion, hints, brackets and unfinished entries for the line editor.

use super::entry::is_whole;
use crate::script::docs::Docs;
use crate::script::session::Session;
use rustyline::Context;
use rustyline::completion::Completer;
use rustyline::highlight::{CmdKind, Highlighter, MatchingBracketHighlighter};
use rustyline::hint::Hinter;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// What the line editor knows of the session.
#[derive(rustyline::Helper)]
pub struct Helper {
    docs: Docs,
    words: BTreeSet<String>,
    brackets: MatchingBracketHighlighter,
}

impl Helper {
    /// For a session as it is now.
    pub fn new(session: &Session) -> Self {
        let mut helper = Helper { docs: Docs::default(), words: BTreeSet::new(), brackets: MatchingBracketHighlighter::new() };
        helper.refresh(session);
        helper
    }

    /// Takes note of new variables and functions.
    pub fn refresh(&mut self, session: &Session) {
        self.docs = session.docs();
        self.words = self.docs.names().into_iter().filter(|n| n.starts_with(char::is_alphabetic)).map(str::to_string).collect();
        self.words.extend(session.variables().into_iter().map(|(n, _)| n));
        self.words.extend(self.docs.modules().into_iter().map(|m| format!("{m}::")));
    }

    /// Names that complete the word before the cursor, and where it starts.
    pub fn completions(&self, line: &str, cursor: usize) -> (usize, Vec<String>) {
        let start = line[..cursor].rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).map_or(0, |k| k + 1);
        let word = line[start..cursor].trim_start_matches([':']);
        let start = cursor - word.len();
        let method = line[..start].ends_with('.');
        let found: Vec<String> = if method {
            let own = self.docs.entries().iter().filter(|e| e.own && !e.parameters.is_empty());
            let short = own.filter_map(|e| e.name.rsplit("::").next()).filter(|n| n.starts_with(word));
            short.map(str::to_string).collect::<BTreeSet<_>>().into_iter().collect()
        } else {
            self.words.iter().filter(|w| w.starts_with(word)).cloned().collect()
        };
        (start, if word.is_empty() && !method { Vec::new() } else { found })
    }
}

impl Completer for Helper {
    type Candidate = String;
    fn complete(&self, line: &str, cursor: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(self.completions(line, cursor))
    }
}

impl Hinter for Helper {
    type Hint = String;
    /// After `name(`, the parameters.
    fn hint(&self, line: &str, cursor: usize, _: &Context<'_>) -> Option<String> {
        let before = line.get(..cursor).filter(|_| cursor == line.len())?.strip_suffix('(')?;
        let start = before.rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).map_or(0, |k| k + 1);
        let entry = self.docs.named(&before[start..]).find(|e| e.own)?;
        let names: Vec<&str> = entry.parameters.iter().map(|(n, _)| n.as_str()).collect();
        Some(format!("{})", names.join(", ")))
    }
}

impl Highlighter for Helper {
    fn highlight<'l>(&self, line: &'l str, cursor: usize) -> Cow<'l, str> {
        self.brackets.highlight(line, cursor)
    }
    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(format!("\x1b[2m{hint}\x1b[0m"))
    }
    fn highlight_char(&self, line: &str, cursor: usize, kind: CmdKind) -> bool {
        self.brackets.highlight_char(line, cursor, kind)
    }
}

impl Validator for Helper {
    fn validate(&self, context: &mut ValidationContext) -> rustyline::Result<ValidationResult> {
        Ok(if is_whole(context.input()) { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::session::Start;

    #[test]
    fn functions_modules_variables_and_methods_complete() {
        let mut session = Session::new(Start::default()).unwrap();
        let _ = session.run("line 1", "let my_flux = 3;").unwrap();
        let helper = Helper::new(&session);
        assert_eq!(helper.completions("regions::sing", 13), (0, vec!["regions::single".to_string()]));
        assert_eq!(helper.completions("1 + my_", 7), (4, vec!["my_flux".to_string()]));
        assert!(helper.completions("my_flux.quan", 12).1.contains(&"quantile".to_string()));
        assert!(helper.completions("reg", 3).1.contains(&"regions::".to_string()));
    }
}
