//! The table of a function's options, for help and the reference.

use crate::script::bridge::options::{Declared, Nested};
use std::fmt::Write;

/// Columns that the sentences of a table may take before they are wrapped.
const WIDTH: usize = 96;

/// The options, a line each: key, kind with unit, default, sentence; those inside one below it.
pub fn text(options: &[Declared]) -> String {
    let mut rows = Vec::new();
    add(options, 0, &mut rows);
    let width = |k: usize| rows.iter().map(|r| r[k].chars().count()).max().unwrap_or(0);
    let (a, b, c) = (width(0), width(1), width(2));
    let mut text = String::new();
    for row in &rows {
        let head = format!("{:<a$}  {:<b$}  {:<c$}  ", row[0], row[1], row[2]);
        let left = head.chars().count();
        let room = WIDTH.saturating_sub(left).max(30);
        let lines = wrapped(&row[3], room);
        let _ = writeln!(text, "{}", format!("{head}{}", lines[0]).trim_end());
        for line in &lines[1..] {
            let _ = writeln!(text, "{:left$}{line}", "");
        }
    }
    text
}

fn add(options: &[Declared], depth: usize, rows: &mut Vec<[String; 4]>) {
    for d in options {
        let kind = match d.unit.as_str() {
            "" => d.kind.clone(),
            unit => format!("{} [{unit}]", d.kind),
        };
        let default = if d.required {
            "required".into()
        } else {
            d.default.clone()
        };
        let text = match &d.nested {
            Nested::Of(function) => format!("{} Options of {function}.", d.text)
                .trim_start()
                .to_string(),
            _ => d.text.clone(),
        };
        rows.push([
            format!("{}{}", "  ".repeat(depth), d.key),
            kind,
            default,
            text,
        ]);
        if let Nested::Table(inside) = &d.nested {
            add(inside, depth + 1, rows);
        }
    }
}

/// A text in lines of at most `width` characters, at least one line.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last_mut().filter(|l| !l.is_empty());
        match last {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) => lines.push(word.to_string()),
            None => lines[0] = word.to_string(),
        }
    }
    lines
}

/// A page of documentation with tables of options, each under its heading, after its arguments.
pub fn into_page(page: &str, tables: &[(String, &[Declared])]) -> String {
    if tables.is_empty() {
        return page.to_string();
    }
    let section = |(heading, options): &(String, &[Declared])| {
        format!("# {heading}\n```text\n{}```\n\n", text(options))
    };
    let sections: String = tables.iter().map(section).collect();
    let position = ["# Returns", "# Errors", "# Example"]
        .iter()
        .find_map(|heading| page.find(heading))
        .unwrap_or(page.len());
    let (before, after) = page.split_at(position);
    let gap = if before.is_empty() || before.ends_with("\n\n") {
        ""
    } else {
        "\n\n"
    };
    format!("{before}{gap}{sections}{after}")
        .trim_end()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::bridge::options::{OptionTable, options};

    options! {
        /// For the test.
        struct Halo of "f" {
            /// Around each region.
            halo_km: f64 ["km"] = 800.0,
            /// Which regions.
            names: Vec<String>,
        }
    }

    #[test]
    fn a_table_stands_between_the_arguments_and_what_is_returned() {
        let given = rhai::Map::from_iter([("names".into(), vec![rhai::Dynamic::from("a")].into())]);
        let halo = Halo::read_as("f", given, None).unwrap();
        assert_eq!((halo.halo_km, halo.names), (800.0, vec!["a".to_string()]));
        let table = text(&Halo::declared());
        let first = table.lines().next().unwrap();
        assert!(first.starts_with("halo_km  number [km]"), "{table}");
        assert!(first.ends_with("800       Around each region."), "{table}");
        let page = into_page(
            "It does.\n\n# Arguments\n- `a`: b.\n\n# Returns\nc.",
            &[("Options".to_string(), &Halo::declared()[..])],
        );
        assert!(page.contains("b.\n\n# Options\n```text\nhalo_km"), "{page}");
        assert!(page.ends_with("# Returns\nc."));
    }
}
