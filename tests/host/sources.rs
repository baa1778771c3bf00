//! The sources as text: their modules, what they import, and how long their functions are.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A source file.
pub struct Source {
    /// From the root of the crate, such as `src/grid/mod.rs`.
    pub path: String,
    /// All of it.
    pub text: String,
}

/// A function: its name, and its lines that hold code. Lines of brackets alone are layout.
pub struct Function {
    pub name: String,
    pub lines: usize,
}

/// All sources in a folder of the crate, by path.
pub fn sources(folder: &str) -> Vec<Source> {
    files(folder, "rs")
}

/// All files of an ending in a folder of the crate, by path.
pub fn files(folder: &str, ending: &str) -> Vec<Source> {
    let mut all = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    collect(&root.join(folder), ending, &mut all);
    all.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!all.is_empty(), "there are no sources in {folder}");
    all
}

fn collect(folder: &Path, ending: &str, all: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, ending, all);
        } else if path.extension().is_some_and(|e| e == ending) {
            let within = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap();
            all.push(Source {
                path: within.to_str().unwrap().to_string(),
                text: fs::read_to_string(&path).unwrap(),
            });
        }
    }
}

impl Source {
    /// Its top folder or file in `src`: the room.
    pub fn room(&self) -> &str {
        let within = self.path.trim_start_matches("src/");
        within
            .split('/')
            .next()
            .map_or(within, |first| first.trim_end_matches(".rs"))
    }

    /// Its module, such as `["grid", "lat_lon"]`.
    fn module(&self) -> Vec<String> {
        let within = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        within
            .trim_end_matches("/mod")
            .split('/')
            .map(str::to_string)
            .collect()
    }

    /// The text without comments and without the tests at its end.
    pub fn code(&self) -> String {
        let library = self.text.split("#[cfg(test)]\nmod ").next().unwrap_or("");
        without_comments(library)
    }

    /// Paths from the root of the crate that the file names, tests at its end included.
    pub fn named_from_root(&self) -> BTreeSet<Vec<String>> {
        let code = without_comments(&self.text);
        let imports = imports(&code).into_iter().map(|(_, path)| path);
        let named = imports.chain(paths_in_expressions(&code));
        named.filter_map(|path| from_root(&path, &[])).collect()
    }

    /// Lines by number that rustfmt can break: not those with text in quotes, in raw strings and in
    /// examples of the documentation, not names of functions, not rows of tables.
    pub fn lines_of_code(&self) -> Vec<(usize, &str)> {
        let (mut text, mut example) = (false, false);
        let mut lines = Vec::new();
        for (k, line) in self.text.lines().enumerate() {
            let fence = line.trim_start().starts_with("/// ```");
            example ^= fence;
            let quoted = line.contains('"') || line.ends_with('\\');
            let free = text || example || quoted || function_name(line).is_some();
            if !free && !line.starts_with("//! |") {
                lines.push((k + 1, line));
            }
            text = (text || line.contains("r#\"")) && !line.contains("\"#");
        }
        lines
    }

    /// Functions with a body, of the file and of its types.
    pub fn functions(&self) -> Vec<Function> {
        let lines: Vec<&str> = self.text.lines().collect();
        let body = |first: usize| {
            let indent = lines[first].len() - lines[first].trim_start().len();
            let open = (first..lines.len()).find(|k| lines[*k].ends_with(['{', ';', '}']))?;
            let close = format!("{:indent$}}}", "");
            let end = (open..lines.len()).find(|k| lines[*k] == close)?;
            lines[open].ends_with('{').then_some(open + 1..end)
        };
        let holds_code = |line: &&str| {
            let line = line.trim();
            !line.starts_with("//") && line.contains(|c: char| c.is_alphanumeric() || c == '_')
        };
        (0..lines.len())
            .filter_map(|k| {
                Some(Function {
                    name: function_name(lines[k])?,
                    lines: lines[body(k)?].iter().filter(|l| holds_code(l)).count(),
                })
            })
            .collect()
    }
}

fn without_comments(text: &str) -> String {
    text.lines()
        .map(|l| l.split("//").next().unwrap_or("").to_string() + "\n")
        .collect()
}

/// The name of the function whose signature begins on a line.
fn function_name(line: &str) -> Option<String> {
    let before: Vec<&str> = line.split_whitespace().take_while(|w| *w != "fn").collect();
    let known =
        |w: &&str| ["const", "unsafe", "extern", "\"C\""].contains(w) || w.starts_with("pub");
    let (_, after) = line.split_once("fn ")?;
    let name = after
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .next()?;
    before.iter().all(known).then(|| name.to_string())
}

/// Whether an import is handed on, and its path, for every name in every `use`.
fn imports(code: &str) -> Vec<(bool, Vec<String>)> {
    let mut all = Vec::new();
    for statement in code.split_inclusive(['\n']).scan(0, |at, line| {
        *at += line.len();
        Some((*at - line.len(), line.trim_start()))
    }) {
        let (at, line) = statement;
        let Some(k) = line
            .find("use ")
            .filter(|k| *k == 0 || line.starts_with("pub"))
        else {
            continue;
        };
        let begun = at + code[at..].find("use ").unwrap_or(0) + 4;
        let text: String = code[begun..].chars().take_while(|c| *c != ';').collect();
        expand(&[], &text, &mut |path| all.push((k > 0, path)));
    }
    all
}

/// Every path in `a::{b, c::d}`, without what it is renamed to.
fn expand(before: &[String], text: &str, import: &mut impl FnMut(Vec<String>)) {
    let mut depth = 0;
    let parts = text.split(|c: char| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    let parts: Vec<&str> = parts.map(str::trim).filter(|p| !p.is_empty()).collect();
    for part in parts {
        let (head, inner) = match part.split_once('{') {
            Some((head, inner)) => (head, inner.strip_suffix('}')),
            None => (part.split(" as ").next().unwrap_or(part), None),
        };
        let names = head.split("::").map(str::trim).filter(|n| !n.is_empty());
        let path: Vec<String> = before
            .iter()
            .cloned()
            .chain(names.map(str::to_string))
            .collect();
        match inner {
            Some(inner) => expand(&path, inner, import),
            None => import(path),
        }
    }
}

/// Paths that begin with `crate::` anywhere in the code.
fn paths_in_expressions(code: &str) -> Vec<Vec<String>> {
    code.match_indices("crate::")
        .map(|(k, _)| {
            let path = code[k..].split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
            let names = path.take(1).flat_map(|p| p.split("::"));
            names
                .filter(|n| !n.is_empty())
                .map(str::to_string)
                .collect()
        })
        .collect()
}

/// A path as seen from the root, from a module; `None` for that of another crate.
fn from_root(path: &[String], module: &[String]) -> Option<Vec<String>> {
    let ups = path.iter().take_while(|n| *n == "super").count();
    match path.first()?.as_str() {
        "crate" => Some(path[1..].to_vec()),
        "self" => Some([module, &path[1..]].concat()),
        "super" => {
            let above = &module[..module.len().checked_sub(ups)?];
            Some([above, &path[ups..]].concat())
        }
        _ => None,
    }
}

/// The files that each file imports; a name that a module hands on counts for where it comes from.
pub fn imported_files(all: &[Source]) -> BTreeMap<&str, BTreeSet<&str>> {
    let modules: BTreeMap<Vec<String>, &str> =
        all.iter().map(|s| (s.module(), s.path.as_str())).collect();
    let mut handed_on = BTreeMap::new();
    for source in all {
        let module = source.module();
        for (_, path) in imports(&source.code())
            .into_iter()
            .filter(|(public, _)| *public)
        {
            let name = path.last().cloned();
            let inside = from_root(&path, &module).unwrap_or_else(|| [&module[..], &path].concat());
            handed_on.insert(
                [&module[..], &name.into_iter().collect::<Vec<_>>()].concat(),
                inside,
            );
        }
    }
    let file = |mut path: Vec<String>| {
        while let Some(source) = handed_on.get(&path).filter(|source| **source != path) {
            path.clone_from(source);
        }
        (1..=path.len())
            .rev()
            .find_map(|n| modules.get(&path[..n]).copied())
    };
    all.iter()
        .map(|source| {
            let (code, module) = (source.code(), source.module());
            let named = imports(&code).into_iter().map(|(_, path)| path);
            let others = named
                .chain(paths_in_expressions(&code))
                .filter_map(|path| file(from_root(&path, &module)?))
                .filter(|other| *other != source.path);
            (source.path.as_str(), others.collect())
        })
        .collect()
}

/// Circles: files each of which imports, by way of others, all of the rest. Largest first.
pub fn circles<'a>(imported: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Vec<BTreeSet<&'a str>> {
    let reached: BTreeMap<&str, BTreeSet<&str>> = imported
        .keys()
        .map(|file| {
            let (mut reached, mut next) = (BTreeSet::new(), vec![*file]);
            while let Some(file) = next.pop() {
                for other in imported.get(file).into_iter().flatten() {
                    if reached.insert(*other) {
                        next.push(other);
                    }
                }
            }
            (*file, reached)
        })
        .collect();
    let circle = |file: &&'a str| -> BTreeSet<&'a str> {
        let both = |other: &&&'a str| reached[**other].contains(file);
        reached[file].iter().filter(both).copied().collect()
    };
    let all: BTreeSet<BTreeSet<&str>> = imported.keys().map(circle).collect();
    let mut all: Vec<_> = all.into_iter().filter(|c| c.len() > 1).collect();
    all.sort_by_key(|c| std::cmp::Reverse(c.len()));
    all
}
