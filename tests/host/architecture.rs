//! The plan of the house, proved from the sources: the order of the rooms, who may name the
//! language, circles of imports, and how long files, lines and functions are.

use super::sources::{Source, circles, imported_files, sources};
use std::collections::BTreeSet;

/// The rooms in their order, from the table in `src/lib.rs`.
fn order(library: &str) -> Vec<String> {
    let rows = library.lines().filter_map(|l| l.strip_prefix("//! | [`"));
    let names = rows.flat_map(|row| row.split('|').next().unwrap_or("").split('`'));
    names
        .map(|name| name.trim_start_matches("mod@").to_string())
        .filter(|name| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_'))
        .collect()
}

/// Sources of the library but for its root, and the order of its rooms.
fn library() -> (Vec<Source>, Vec<String>) {
    let (root, rooms): (Vec<Source>, Vec<Source>) = sources("src")
        .into_iter()
        .partition(|s| ["src/lib.rs", "src/main.rs"].contains(&s.path.as_str()));
    (rooms, order(&root[0].text))
}

#[test]
fn every_room_is_in_the_table_of_rooms_once() {
    let (all, order) = library();
    let rooms: BTreeSet<&str> = all.iter().map(Source::room).collect();
    let listed: BTreeSet<&str> = order.iter().map(String::as_str).collect();
    assert_eq!(rooms, listed);
    assert_eq!(listed.len(), order.len());
}

#[test]
fn a_room_imports_only_rooms_above_it() {
    let (all, order) = library();
    let rank = |room: &str| order.iter().position(|r| r == room);
    let mut wrong = Vec::new();
    for source in &all {
        let named = source.named_from_root();
        let below = |path: &&Vec<String>| {
            path.first()
                .is_some_and(|room| rank(room) > rank(source.room()))
        };
        wrong.extend(
            named
                .iter()
                .filter(below)
                .map(|path| format!("{} imports {}", source.path, path.join("::"))),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_room_of_the_language_names_what_the_language_is_made_of() {
    let (all, _) = library();
    for source in all.iter().filter(|s| s.room() != "script") {
        for name in ["rhai", "rustyline", "clap", "ctrlc", "pulldown_cmark"] {
            let words = source
                .text
                .split(|c: char| !c.is_alphanumeric() && c != '_');
            assert_eq!(
                words.filter(|w| *w == name).count(),
                0,
                "{}: {name}",
                source.path
            );
        }
    }
}

#[test]
fn no_circle_of_imports_is_larger_than_five_files() {
    let all = sources("src");
    let circles = circles(&imported_files(&all));
    let large: Vec<_> = circles
        .iter()
        .filter(|c| c.len() > LARGEST_CIRCLE)
        .collect();
    assert!(large.is_empty(), "{large:#?}");
}

const LARGEST_CIRCLE: usize = 5;

/// All sources that are kept in shape.
fn everything() -> Vec<Source> {
    ["src", "tests", "examples"]
        .into_iter()
        .flat_map(sources)
        .collect()
}

/// What is over a limit, against the list of what may be: a list that is longer is as wrong.
fn only(over: BTreeSet<String>, known: &[&str]) {
    let known: BTreeSet<String> = known.iter().map(|k| k.to_string()).collect();
    let more: Vec<_> = over.difference(&known).collect();
    assert!(more.is_empty(), "over the limit: {more:#?}");
    let fewer: Vec<_> = known.difference(&over).collect();
    assert!(
        fewer.is_empty(),
        "no longer over the limit, strike from the list: {fewer:#?}"
    );
}

#[test]
fn a_kind_of_value_has_one_name_in_rust_and_in_the_language() {
    let mut kinds = BTreeSet::new();
    for source in sources("src/script") {
        let code = source.code();
        for call in code.split("kind!(").skip(1) {
            let mut arguments = call.split(',').map(str::trim);
            let (handle, name) = (arguments.next().unwrap(), arguments.next().unwrap());
            let Some(name) = name.strip_prefix('"').and_then(|n| n.strip_suffix('"')) else {
                continue; // the macro itself
            };
            let handle = handle.rsplit([':', '<']).next().unwrap();
            assert_eq!(handle.trim_end_matches('>'), name, "{}", source.path);
            assert!(
                kinds.insert(name.to_string()),
                "two kinds are called {name}"
            );
        }
    }
    assert!(kinds.len() > 30, "{kinds:?}");
}

#[test]
fn no_file_is_longer_than_400_lines() {
    let long = |s: &Source| s.text.lines().count() > 400;
    let over = everything().into_iter().filter(long).map(|s| s.path);
    only(over.collect(), LONG_FILES);
}

#[test]
fn no_line_is_wider_than_100_columns_but_for_text_names_and_tables() {
    let wide = |s: &Source| {
        let lines = s.lines_of_code().into_iter();
        let wide = lines.filter(|(_, line)| line.chars().count() > 100);
        wide.map(|(k, _)| format!("{}:{k}", s.path))
            .collect::<Vec<_>>()
    };
    let all = everything().into_iter();
    let wide: Vec<String> = all
        .filter(|s| !WIDE_FILES.contains(&&*s.path))
        .flat_map(|s| wide(&s))
        .collect();
    assert!(wide.is_empty(), "{wide:#?}");
}

/// The help of the prompt has a line of text of its width; comments at the end of lines of the
/// other are to be moved.
const WIDE_FILES: &[&str] = &["src/observation/thinning.rs", "src/script/repl/commands.rs"];

#[test]
fn no_function_has_more_than_40_lines_of_code() {
    let mut over = BTreeSet::new();
    for source in everything() {
        for f in source.functions().into_iter().filter(|f| f.lines > 40) {
            over.insert(format!("{} {}", source.path, f.name));
        }
    }
    only(over, LONG_FUNCTIONS);
}

const LONG_FILES: &[&str] = &[];

#[test]
fn no_module_of_the_language_is_longer_than_400_lines() {
    let stdlib = super::sources::files("stdlib", "rhai");
    let long = |s: &Source| s.text.lines().count() > 400;
    only(
        stdlib.into_iter().filter(long).map(|s| s.path).collect(),
        &[],
    );
}

/// Tables, with the reason.
const LONG_FUNCTIONS: &[&str] = &[
    // A row for each error of the engine.
    "src/script/report/explain/mod.rs explain",
    // A row for each error of the parser.
    "src/script/report/explain/syntax.rs syntax",
];
