//! The reference as one HTML page that searches itself.

use crate::script::help::reference::{Chapters, markdown};
use pulldown_cmark::{Options, Parser, html};
use std::fmt::Write;

/// All of it, with everything it needs inside.
pub fn page(chapters: &Chapters) -> String {
    let table = |title: &str, text: &str| {
        format!("<section><h2>{title}</h2>{}</section>\n", rendered(text))
    };
    let mut body = [
        table("The language", &markdown::language()),
        table("Symbols", &markdown::symbols()),
    ]
    .concat();
    let mut index = String::new();
    for (module, functions) in chapters {
        let _ = writeln!(index, "<h2>{module}</h2>");
        let _ = writeln!(body, "<h2 id=\"{module}\">{module}</h2>");
        for (name, entries) in functions {
            let short = name.rsplit("::").next().unwrap_or(name);
            let _ = writeln!(index, "<a href=\"#{name}\">{short}</a>");
            let _ = writeln!(
                body,
                "<section id=\"{name}\"><h3>{name}</h3>{}</section>",
                rendered(&markdown::function(entries))
            );
        }
    }
    let filled = include_str!("page.html")
        .replace("{{version}}", env!("CARGO_PKG_VERSION"))
        .replace("{{index}}", &index);
    filled.replace("{{body}}", &body)
}

fn rendered(text: &str) -> String {
    let mut out = String::new();
    html::push_html(&mut out, Parser::new_ext(text, Options::ENABLE_TABLES));
    out
}
