//! The scripts that come with the program: every example runs, and `check` finds nothing wrong in
//! any.
//!
//! A line such as `// test: seeds=2 weeks=1` gives an example smaller settings for this test.

use super::session_beside;
use mcas::script::tools::check;
use std::fs;
use std::path::{Path, PathBuf};

/// The scripts of a folder, none if there is no such folder.
fn scripts(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
        .into_iter()
        .flatten()
        .flatten();
    let mut files: Vec<PathBuf> = entries
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == "rhai"))
        .collect();
    files.sort();
    files
}

/// Keys and values of the line for the test.
fn settings(text: &str) -> Vec<(&str, &str)> {
    let line = text
        .lines()
        .find_map(|l| l.strip_prefix("// test:"))
        .unwrap_or("");
    line.split_whitespace()
        .filter_map(|pair| pair.split_once('='))
        .collect()
}

#[test]
fn a_line_of_a_script_reduces_its_settings() {
    assert_eq!(
        settings("// test: seeds=2 windows=20\nlet x = 1;"),
        [("seeds", "2"), ("windows", "20")]
    );
    assert_eq!(
        settings("// A comment.\n// test: seeds=2"),
        [("seeds", "2")]
    );
    assert_eq!(settings("let test = 1;"), []);
}

#[test]
fn every_example_runs() {
    let all = scripts("examples");
    assert!(!all.is_empty());
    for path in all {
        let text = fs::read_to_string(&path).unwrap();
        let (mut session, _folder) = session_beside(path.parent(), &settings(&text));
        let _shared = super::shared();
        if let Err(e) = session.run(&path.display().to_string(), &text) {
            panic!("{}", session.report(&e));
        }
        session.host().warn_of_unused_settings();
        let unused = session
            .warnings()
            .into_iter()
            .find(|(w, _)| w.name == "setting_not_used");
        assert!(unused.is_none(), "{}: {unused:?}", path.display());
    }
}

#[test]
fn every_published_case_is_in_the_table_of_cases() {
    let table =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/published.rhai"))
            .unwrap();
    let cases = scripts("examples/cases");
    assert!(cases.len() > 10, "{cases:?}");
    for path in cases {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(
            table.contains(&format!("\"{name}\"")),
            "{name} is not in examples/published.rhai"
        );
    }
}

#[test]
fn check_finds_nothing_wrong_in_any_script_that_comes_with_the_program() {
    let all: Vec<PathBuf> = ["examples", "examples/cases", "scripts", "stdlib"]
        .into_iter()
        .flat_map(scripts)
        .collect();
    assert!(all.len() > 5, "{all:?}");
    for path in all {
        let reports = check::file(&path);
        assert!(reports.is_empty(), "{}", reports.join("\n"));
    }
}
