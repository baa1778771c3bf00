//! The reference, made of the documentation every function is registered with: one searchable HTML
//! page, the same as Markdown, and `.d.rhai` definition files for editors.

mod definitions;
mod html;
mod markdown;

pub use html::page;
pub use markdown::text;

use crate::error::{Error, Result};
use crate::io::write_whole;
use crate::script::help::docs::{Docs, Entry};
use crate::script::session::Session;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What is in sight without a module.
const GLOBAL: &str = "everywhere";

/// The functions by module and name, overloads together.
pub type Chapters<'a> = BTreeMap<&'a str, BTreeMap<&'a str, Vec<&'a Entry>>>;

/// The functions of this program, those with a documented meaning first of their overloads.
pub fn chapters(docs: &Docs) -> Chapters<'_> {
    let mut chapters = Chapters::new();
    for entry in docs.entries().iter().filter(|e| e.registered) {
        let (module, short) = entry
            .name
            .rsplit_once("::")
            .unwrap_or((GLOBAL, &entry.name));
        if short.starts_with(|c: char| c.is_alphabetic()) {
            chapters
                .entry(module)
                .or_default()
                .entry(&entry.name)
                .or_default()
                .push(entry);
        }
    }
    chapters
}

/// Writes `index.html`, `reference.md` and the definition files into a folder.
///
/// # Errors
/// The folder cannot be written to.
pub fn write(session: &Session, folder: &Path) -> Result<Vec<PathBuf>> {
    let docs = session.docs();
    let chapters = chapters(&docs);
    let mut files = vec![
        (folder.join("index.html"), page(&chapters)),
        (folder.join("reference.md"), text(&chapters)),
    ];
    // What the language brings comes from the engine.
    let language = session.engine().definitions().with_headers(true);
    let language = language
        .iter_files()
        .filter(|(name, _)| name.starts_with("__builtin"));
    files.extend(
        language
            .chain(definitions::files(&chapters))
            .map(|(name, text)| (folder.join("definitions").join(name), text)),
    );
    for (path, text) in &files {
        write_whole(path, |part| std::fs::write(part, text).map_err(Error::new))?;
    }
    Ok(files.into_iter().map(|(path, _)| path).collect())
}

/// The text of a function's documentation, each only once.
fn texts<'a>(entries: &[&'a Entry]) -> Vec<&'a str> {
    let mut texts: Vec<&str> = entries
        .iter()
        .map(|e| e.text.as_str())
        .filter(|t| !t.is_empty())
        .collect();
    texts.dedup();
    texts
}
