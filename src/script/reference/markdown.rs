//! The reference as Markdown.

use super::{Chapters, texts};
use crate::script::docs::Entry;
use crate::script::glossary;
use std::fmt::Write;

/// All of it.
pub fn text(chapters: &Chapters) -> String {
    let mut text = format!("# mcas {} reference\n\n", env!("CARGO_PKG_VERSION"));
    text.push_str("## Symbols\n\n");
    text.push_str(&symbols());
    for (module, functions) in chapters {
        let _ = write!(text, "\n## {module}\n");
        for (name, entries) in functions {
            let _ = write!(text, "\n### {name}\n\n{}", function(entries));
        }
    }
    text
}

/// The glossary as a table.
pub(super) fn symbols() -> String {
    let mut text = String::from("| symbol | name | meaning | unit | in scripts |\n|---|---|---|---|---|\n");
    for t in glossary::terms() {
        let _ = writeln!(text, "| {} | {} | {} | {} | `{}` |", t.symbol, t.name, t.meaning, t.unit, t.script);
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
            let below = if line.starts_with("# ") && !fenced { "###" } else { "" };
            let _ = writeln!(text, "{below}{line}");
        }
    }
    text
}
