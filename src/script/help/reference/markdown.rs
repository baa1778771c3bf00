//! The reference as Markdown.

use crate::script::help::docs::Entry;
use crate::script::help::reference::{Chapters, texts};
use crate::script::help::{glossary, words};
use std::fmt::Write;

/// All of it.
pub fn text(chapters: &Chapters) -> String {
    let mut text = format!("# mcas {} reference\n\n", env!("CARGO_PKG_VERSION"));
    let _ = write!(
        text,
        "## The language\n\n{}\n## Symbols\n\n{}",
        language(),
        symbols()
    );
    for (module, functions) in chapters {
        let _ = write!(text, "\n## {module}\n");
        for (name, entries) in functions {
            let _ = write!(text, "\n### {name}\n\n{}", function(entries));
        }
    }
    text
}

/// The words of the language as a table.
pub(super) fn language() -> String {
    let mut text = String::from("| form | does |\n|---|---|\n");
    for w in words::all() {
        // A bar would end a cell, a backtick the code.
        let form = w.form.replace('|', "\\|");
        let code = if form.contains('`') {
            format!("`` {form} ``")
        } else {
            format!("`{form}`")
        };
        let _ = writeln!(text, "| {code} | {} |", w.meaning.replace('|', "\\|"));
    }
    text
}

/// The glossary as a table.
pub(super) fn symbols() -> String {
    let mut text =
        String::from("| symbol | name | meaning | unit | in scripts |\n|---|---|---|---|---|\n");
    for t in glossary::terms() {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | `{}` |",
            t.symbol, t.name, t.meaning, t.unit, t.script
        );
    }
    text
}

/// Signatures and documentation of a function, its headings below those of the reference.
pub(super) fn function(entries: &[&Entry]) -> String {
    let signatures: Vec<String> = entries.iter().map(|e| e.signature()).collect();
    let mut text = format!("```rhai\n{}\n```\n", signatures.join("\n"));
    for page in texts(entries) {
        let mut fenced = false;
        text.push('\n');
        for line in page.lines() {
            fenced ^= line.starts_with("```");
            let below = if line.starts_with("# ") && !fenced {
                "###"
            } else {
                ""
            };
            let _ = writeln!(text, "{below}{line}");
        }
    }
    text
}
