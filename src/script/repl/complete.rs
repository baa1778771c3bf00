//! What may stand at the cursor: functions, methods of a value, keys of a map, option keys,
//! variables, commands and files.

use crate::script::bridge::options::Declared;
use crate::script::bridge::value::kind_of;
use crate::script::help::docs::Docs;
use crate::script::session::Session;
use rhai::Dynamic;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// Deepest map whose keys are known.
const DEPTH: usize = 4;

/// Names that completion offers.
#[derive(Debug, Default)]
pub struct Known {
    pub(super) docs: Arc<Docs>,
    variables: BTreeMap<String, Shape>,
}

/// What a variable has inside.
#[derive(Debug)]
enum Shape {
    Map(BTreeMap<String, Shape>),
    Kind(String),
}

impl Known {
    /// What a session knows now.
    pub fn of(session: &Session) -> Self {
        let docs = session.docs();
        let variables = session
            .scope()
            .iter_raw()
            .map(|(n, _, v)| (n.to_string(), shape(session, v, DEPTH)))
            .collect();
        Known { docs, variables }
    }

    /// Names that complete the word before the cursor, and where it starts.
    pub fn at(&self, line: &str, cursor: usize) -> (usize, Vec<String>) {
        let before = &line[..cursor];
        if let Some(start) = open_text(before) {
            let slash = before[start..].rfind('/').map_or(start, |k| start + k + 1);
            return (slash, files(&before[start..]));
        }
        if let Some((command, rest)) = before
            .strip_prefix(':')
            .map(|c| c.split_once(' ').unwrap_or((c, "")))
        {
            if !before.contains(' ') {
                return (
                    1,
                    super::commands::NAMES
                        .iter()
                        .filter(|n| n.starts_with(command))
                        .map(|n| n.to_string())
                        .collect(),
                );
            }
            if ["load", "save", "edit"].contains(&command) {
                let start = cursor - rest.rsplit('/').next().unwrap_or(rest).len();
                return (start, files(rest));
            }
        }
        let start = before
            .rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
            .map_or(0, |k| {
                k + before[k..].chars().next().map_or(1, char::len_utf8)
            });
        let word = before[start..].trim_start_matches([':']);
        let start = cursor - word.len();
        if let Some(receiver) = before[..start].strip_suffix('.') {
            return (start, matching(self.members(receiver), word));
        }
        if let Some(keys) = self.option_keys(&before[..start]) {
            return (
                start,
                matching(keys.into_iter(), word)
                    .into_iter()
                    .map(|k| format!("{k}: "))
                    .collect(),
            );
        }
        let words = if word.is_empty() {
            Vec::new()
        } else {
            self.words(word)
        };
        (start, words)
    }

    /// Functions, modules and variables that begin so.
    fn words(&self, begin: &str) -> Vec<String> {
        let docs = self.docs.entries().iter().map(|e| e.name.as_str());
        let known = docs
            .chain(self.variables.keys().map(String::as_str))
            .filter(|n| n.starts_with(begin))
            .map(str::to_string);
        matching(
            known.chain(self.docs.modules().into_iter().map(|m| format!("{m}::"))),
            begin,
        )
    }

    /// Keys and methods of what stands before a dot.
    fn members(&self, receiver: &str) -> Box<dyn Iterator<Item = String> + '_> {
        let path = receiver
            .rsplit(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
            .next()
            .unwrap_or("");
        let mut names = path.split('.');
        let first = names.next().and_then(|n| self.variables.get(n));
        let shape = names.fold(first, |shape, name| match shape {
            Some(Shape::Map(keys)) => keys.get(name),
            _ => None,
        });
        let registered = self
            .docs
            .entries()
            .iter()
            .filter(|e| e.registered && !e.parameters.is_empty());
        let short = |name: &str| name.rsplit("::").next().unwrap_or(name).to_string();
        match shape {
            Some(Shape::Map(keys)) => Box::new(
                keys.keys()
                    .cloned()
                    .chain(["keys", "values", "len", "get"].map(str::to_string)),
            ),
            Some(Shape::Kind(kind)) => Box::new(self.docs.of_kind(kind).map(str::to_string)),
            None => Box::new(registered.map(move |e| short(&e.name))),
        }
    }

    /// Option keys, where the cursor stands at a key of the map a function ends with, or of a map
    /// inside it.
    fn option_keys(&self, before: &str) -> Option<BTreeSet<String>> {
        let open = opening(before)
            .filter(|k| before[*k..].starts_with('{') && before[..*k].ends_with('#'))?;
        let at_key = before[open + 1..]
            .rsplit(',')
            .next()
            .is_none_or(|part| !part.contains(':'));
        let table = self.table(before[..open - 1].trim_end())?;
        let keys: BTreeSet<String> = table.into_iter().map(|d| d.key).collect();
        (at_key && !keys.is_empty()).then_some(keys)
    }

    /// The options of the map that opens at the end of a text: those of a function, or those inside
    /// one of its options, which may be an array of maps.
    fn table(&self, before: &str) -> Option<Vec<Declared>> {
        let open = opening(before)?;
        let head = &before[..open];
        if before[open..].starts_with('[') {
            return self.table(head.trim_end());
        }
        let word = |text: &str, more: &[char]| {
            let end = |c: char| !(c.is_alphanumeric() || c == '_' || more.contains(&c));
            text.rsplit(end).next().map(str::to_string)
        };
        if let Some(key) = before.strip_suffix(':') {
            let key = word(key, &[])?;
            let outer = self.table(head.strip_suffix('#')?.trim_end())?;
            return self.docs.options_in(outer.iter().find(|d| d.key == key)?);
        }
        let name = word(head, &[':'])?;
        let tables = self
            .docs
            .named(&name)
            .filter_map(|e| self.docs.options_of(&e.name));
        Some(tables.flatten().collect())
    }
}

/// Where the bracket that is still open at the end of a text stands.
fn opening(text: &str) -> Option<usize> {
    let mut depth = 0;
    text.char_indices().rev().find_map(|(k, c)| {
        depth += match c {
            ')' | ']' | '}' => 1,
            '(' | '[' | '{' => -1,
            _ => 0,
        };
        (depth < 0).then_some(k)
    })
}

fn matching(names: impl Iterator<Item = String>, word: &str) -> Vec<String> {
    names
        .filter(|n| n.starts_with(word) && n.starts_with(|c: char| c.is_alphabetic() || c == '_'))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

fn shape(session: &Session, value: &Dynamic, depth: usize) -> Shape {
    match value.as_map_ref() {
        Ok(map) if depth > 0 => Shape::Map(
            map.iter()
                .map(|(k, v)| (k.to_string(), shape(session, v, depth - 1)))
                .collect(),
        ),
        _ => Shape::Kind(kind_of(session.type_name(value))),
    }
}

/// Where the text begins that is still open at the end of a line.
fn open_text(before: &str) -> Option<usize> {
    let (mut open, mut last) = (None, ' ');
    for (k, c) in before.char_indices() {
        if c == '"' && last != '\\' {
            open = if open.is_some() { None } else { Some(k + 1) };
        }
        last = c;
    }
    open
}

/// Files and folders that begin like the last part of a path.
fn files(partial: &str) -> Vec<String> {
    let (folder, name) = partial.rsplit_once('/').map_or((".", partial), |(f, n)| {
        (if f.is_empty() { "/" } else { f }, n)
    });
    let entries = std::fs::read_dir(Path::new(folder))
        .into_iter()
        .flatten()
        .flatten();
    let mut names: Vec<String> = entries
        .filter_map(|e| {
            let file = e.file_name().into_string().ok()?;
            let folder = if e.path().is_dir() { "/" } else { "" };
            (file.starts_with(name) && (!file.starts_with('.') || name.starts_with('.')))
                .then(|| format!("{file}{folder}"))
        })
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::session::Start;

    fn known(text: &str) -> Known {
        let mut session = Session::new(Start::default()).unwrap();
        let _ = session.run("line 1", text).unwrap();
        Known::of(&session)
    }

    fn at(known: &Known, line: &str) -> Vec<String> {
        known.at(line, line.len()).1
    }

    #[test]
    fn functions_modules_variables_and_methods_complete() {
        let known = known("let my_flux = 3;");
        assert_eq!(
            known.at("regions::sing", 13),
            (0, vec!["regions::single".to_string()])
        );
        assert_eq!(known.at("1 + my_", 7), (4, vec!["my_flux".to_string()]));
        assert!(at(&known, "unknown.quan").contains(&"quantile".to_string()));
        assert!(at(&known, "reg").contains(&"regions::".to_string()));
        assert!(at(&known, ":lo").contains(&"load".to_string()) && at(&known, "1 + ").is_empty());
    }

    #[test]
    fn keys_of_maps_and_methods_of_their_kind_complete() {
        let known = known("let s = #{ members: 64, where: #{ lat: 1.0 } }; let f = field([1, 2]);");
        assert_eq!(at(&known, "2 * s.mem"), ["members"]);
        assert_eq!(at(&known, "s.where.l"), ["lat", "len"]);
        let methods = at(&known, "f.");
        assert!(
            methods.contains(&"isel".to_string())
                && !methods.contains(&"write_record".to_string())
                && !methods.contains(&"n_lat".to_string())
        );
    }

    #[test]
    fn option_keys_complete_where_a_key_stands() {
        let known = known("let f = 1;");
        assert_eq!(at(&known, "plot::map(f, #{ coas"), ["coastlines: "]);
        assert!(at(&known, "plot::map(f, #{ title: \"x\", ").contains(&"limit: ".to_string()));
        assert!(!at(&known, "plot::map(f, #{ title: f").contains(&"limit: ".to_string()));
        assert!(at(&known, "#{ coas").is_empty());
        assert_eq!(
            at(&known, "world::built_in(#{ weeks: 3, satellite: #{ interv"),
            ["interval: "]
        );
    }

    #[test]
    fn files_complete_inside_text() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("sites.csv"), "").unwrap();
        let line = format!("table(\"{}/si", folder.path().display());
        let known = known("let f = 1;");
        assert_eq!(
            known.at(&line, line.len()),
            (line.len() - 2, vec!["sites.csv".to_string()])
        );
    }
}
