//! Definition files for editors that know Rhai: `module name;`, then the documentation and form of
//! every function.

use crate::script::help::docs::Entry;
use crate::script::help::reference::{Chapters, GLOBAL};
use std::fmt::Write;

/// The files by name. What is in sight without a module is in the one that editors call
/// `__static__`.
pub fn files(chapters: &Chapters) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for (module, functions) in chapters {
        let (name, title) = if *module == GLOBAL {
            ("__static__", "static")
        } else {
            (*module, *module)
        };
        let mut text = format!("module {title};\n");
        functions
            .values()
            .flatten()
            .for_each(|entry| function(&mut text, entry));
        files.push((format!("{name}.d.rhai"), text));
    }
    files
}

fn function(text: &mut String, entry: &Entry) {
    text.push('\n');
    entry.text.lines().for_each(|line| {
        let _ = writeln!(text, "/// {line}");
    });
    let parameters: Vec<String> = entry
        .parameters
        .iter()
        .map(|(name, of)| format!("{name}: {}", kind(of)))
        .collect();
    let get = if entry.property { "get " } else { "" };
    let name = entry.name.rsplit("::").next().unwrap_or(&entry.name);
    let _ = writeln!(
        text,
        "fn {get}{name}({}) -> {};",
        parameters.join(", "),
        kind(&entry.result)
    );
}

/// A kind as the language writes it.
fn kind(of: &str) -> &str {
    match of {
        "integer" => "int",
        "number" => "float",
        "text" => "String",
        "function" => "Fn",
        "value" | "" => "?",
        "nothing" => "()",
        other => other,
    }
}
