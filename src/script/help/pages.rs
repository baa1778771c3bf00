//! Pages of help: on a function, a module, a kind of value; and lists.

use crate::error::{Error, Result};
use crate::script::help::docs::Docs;
use crate::script::help::entry::Entry;
use crate::script::help::{glossary, table, words};
use std::collections::BTreeSet;
use std::fmt::Write;

impl Docs {
    /// Help on a function, a module, a kind of value, a symbol of the equations or a word of the
    /// language.
    ///
    /// # Errors
    /// No such name; the nearest one is suggested.
    pub fn help(&self, name: &str) -> Result<String> {
        let name = name.trim().trim_end_matches("()");
        if let Some(word) = words::find(name) {
            return Ok(word.to_string());
        }
        let symbol = glossary::symbol(name).map(ToString::to_string);
        match (symbol, self.function_or_module(name)) {
            (Some(symbol), Ok(page)) => Ok(format!("{symbol}\n{page}")),
            (Some(symbol), Err(_)) => Ok(symbol),
            (None, Err(e)) => glossary::find(name).map(ToString::to_string).ok_or(e),
            (None, page) => page,
        }
    }

    fn function_or_module(&self, name: &str) -> Result<String> {
        if self.modules().contains(name) {
            let entries: Vec<&Entry> = self.entries.iter().filter(|e| e.name == name).collect();
            let members = self
                .entries
                .iter()
                .filter(|e| e.name.rsplit_once("::").is_some_and(|(m, _)| m == name));
            let page = if entries.is_empty() {
                String::new()
            } else {
                page(self, &entries) + "\n"
            };
            return Ok(format!(
                "{page}{}",
                self.list(&format!("module {name}"), members)
            ));
        }
        let mut entries: Vec<&Entry> = self.named(name).collect();
        // What is called by this very name comes before the same in modules.
        entries.sort_by_key(|e| e.name != name);
        if !entries.is_empty() {
            return Ok(page(self, &entries));
        }
        // That a value prints needs no saying.
        let prints =
            |e: &Entry| ["print", "debug", "to_string", "to_debug"].contains(&e.name.as_str());
        let of_kind = |e: &Entry| {
            e.registered
                && !name.is_empty()
                && e.parameters.first().is_some_and(|(_, kind)| kind == name)
        };
        let mut of_type = self
            .entries
            .iter()
            .filter(|e| of_kind(e) && !prints(e))
            .peekable();
        if of_type.peek().is_some() {
            return Ok(self.list(&format!("what a {name} has and can do"), of_type));
        }
        let error = Error::new(format!("no help on \"{name}\""));
        Err(match self.nearest(name) {
            Some(near) => error.hint(near),
            None => error.hint(format!("apropos(\"{name}\")")),
        })
    }

    /// The functions whose name or documentation holds a word.
    pub fn apropos(&self, word: &str) -> String {
        let word = word.to_lowercase();
        let registered = self.entries.iter().filter(|e| e.registered);
        self.list(
            "",
            registered.filter(|e| {
                e.name.to_lowercase().contains(&word) || e.text.to_lowercase().contains(&word)
            }),
        )
    }

    /// Every module and function of this program with its first line.
    pub fn index(&self) -> String {
        self.list(
            "",
            self.entries
                .iter()
                .filter(|e| e.registered && !e.text.is_empty()),
        )
    }

    fn list<'a>(&self, title: &str, entries: impl Iterator<Item = &'a Entry>) -> String {
        let mut text = if title.is_empty() {
            String::new()
        } else {
            format!("{title}\n\n")
        };
        let mut last = "";
        for e in entries.filter(|e| is_word(e.name.rsplit("::").next().unwrap_or(""))) {
            if e.name != last {
                let summary = self
                    .entries
                    .iter()
                    .filter(|f| f.name == e.name)
                    .map(Entry::summary)
                    .find(|s| !s.is_empty())
                    .unwrap_or("");
                let _ = writeln!(text, "{:<32} {summary}", e.name);
            }
            last = &e.name;
        }
        text
    }
}

fn is_word(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

fn page(docs: &Docs, entries: &[&Entry]) -> String {
    let mut text = String::new();
    for e in entries {
        let _ = writeln!(text, "{}", e.signature());
    }
    let mut listed = BTreeSet::new();
    for e in entries.iter().filter(|e| !e.text.is_empty()) {
        if listed.insert(&e.text) {
            let _ = writeln!(text, "\n{}", table::into_page(&e.text, &docs.tables_of(e)));
        }
    }
    text
}
