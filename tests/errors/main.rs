//! Wrong programs and their reports: `name.rhai` beside `name.txt`. To accept new reports after
//! looking at them, run with MCAS_ACCEPT=1.

#![allow(clippy::unwrap_used)]

use mcas::script::Session;
use mcas::script::session::Start;
use std::fs;
use std::path::{Path, PathBuf};

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/errors");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == "rhai"))
        .collect();
    files.sort();
    files
}

fn report(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let mut session = Session::new(Start {
        output: std::env::temp_dir().join("mcas-errors"),
        collect: true,
        ..Start::default()
    })
    .unwrap();
    match session.run(&name, &text) {
        Ok(_) => session
            .warnings()
            .iter()
            .map(|(w, _)| format!("warning[{}]: {}\n", w.name, w.message))
            .collect(),
        Err(e) => session
            .report(&e)
            .lines()
            .map(|l| without_line(l) + "\n")
            .collect(),
    }
}

/// A line of a report; a place inside the stdlib is reduced to its file, so that an edit there
/// leaves the reports as they are, and the output folder to its name.
fn without_line(line: &str) -> String {
    let line = &line.replace(&format!("{}/", std::env::temp_dir().display()), "");
    match line
        .find(" at stdlib/")
        .and_then(|k| line[k..].find(".rhai:").map(|e| k + e + ".rhai".len()))
    {
        Some(end) => line[..end].to_string(),
        None => line.to_string(),
    }
}

#[test]
fn every_wrong_program_gets_its_report() {
    mcas::progress::set_quiet(true);
    let accept = std::env::var_os("MCAS_ACCEPT").is_some();
    let mut wrong = Vec::new();
    assert!(cases().len() > 200, "there are {} cases", cases().len());
    for path in cases() {
        let got = report(&path);
        let expected = path.with_extension("txt");
        if accept {
            fs::write(&expected, &got).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != got {
            wrong.push(format!("{}\n{got}", path.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "these reports are other than expected:\n\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_report_says_where() {
    for path in cases() {
        let text = report(&path);
        assert!(text.contains(".rhai:"), "{}: {text}", path.display());
    }
}
