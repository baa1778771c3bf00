//! How values print: maps and arrays legibly, everything else as its type says.

use crate::script::bridge::value::describe;
use rhai::{Dynamic, Map, NativeCallContext};

const WIDTH: usize = 100;
/// Length up to which elements share lines.
const SHORT: usize = 24;
/// Most lines of a map at the prompt.
const LINES: usize = 10;

/// A value as text.
pub fn show(context: &NativeCallContext, value: &Dynamic) -> String {
    shown(context, value, 0)
}

fn shown(context: &NativeCallContext, value: &Dynamic, depth: usize) -> String {
    if let Ok(map) = value.as_map_ref() {
        let parts = map
            .iter()
            .map(|(k, v)| format!("{k}: {}", quoted(context, v, depth + 1)));
        return wrap("#{", parts.collect(), "}", depth);
    }
    if let Ok(array) = value.as_array_ref() {
        return wrap(
            "[",
            array
                .iter()
                .map(|v| quoted(context, v, depth + 1))
                .collect(),
            "]",
            depth,
        );
    }
    context
        .call_fn::<String>("to_string", (value.clone(),))
        .unwrap_or_else(|_| value.to_string())
}

fn quoted(context: &NativeCallContext, value: &Dynamic, depth: usize) -> String {
    match value.as_immutable_string_ref() {
        Ok(text) => format!("\"{}\"", text.as_str()),
        Err(_) => shown(context, value, depth),
    }
}

/// On one line where it fits, else a line each; short elements fill lines.
fn wrap(open: &str, parts: Vec<String>, close: &str, depth: usize) -> String {
    let space = if open.len() > 1 && !parts.is_empty() {
        " "
    } else {
        ""
    };
    let line = format!("{open}{space}{}{space}{close}", parts.join(", "));
    if line.len() + 2 * depth <= WIDTH && !line.contains('\n') {
        return line;
    }
    let indent = "  ".repeat(depth + 1);
    let parts = if open == "[" && parts.iter().all(|p| p.len() <= SHORT) {
        filled(&parts, WIDTH - indent.len())
    } else {
        parts
    };
    format!(
        "{open}\n{indent}{}\n{}{close}",
        parts.join(&format!(",\n{indent}")),
        "  ".repeat(depth)
    )
}

/// Lines of elements, each as long as fits.
fn filled(parts: &[String], width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if line.len() + part.len() + 3 <= width => *line += &format!(", {part}"),
            _ => lines.push(part.clone()),
        }
    }
    lines
}

/// A map in a few lines, as the prompt shows a long one: of each key what its value begins with.
pub fn outlined(map: &Map, show: &dyn Fn(&Dynamic) -> String) -> String {
    let widest = map.keys().map(|k| k.len()).max().unwrap_or(0);
    let line = |(key, value): (&rhai::Identifier, &Dynamic)| {
        let shown = if value.is_map() || value.is_array() {
            describe(value)
        } else {
            show(value).lines().next().unwrap_or("").to_string()
        };
        let whole = format!("  {key:<widest$}  {shown}");
        whole.chars().take(WIDTH).collect::<String>()
    };
    let mut lines: Vec<String> = map.iter().map(line).collect();
    let room = LINES - 2;
    if lines.len() > room {
        let rest: Vec<&str> = map.keys().skip(room - 1).map(|k| k.as_str()).collect();
        lines.truncate(room - 1);
        let named = format!("  and {}", rest.join(", "));
        lines.push(named.chars().take(WIDTH).collect());
    }
    format!("#{{\n{}\n}}", lines.join("\n"))
}

/// Whether a text is more than the prompt shows of a map.
pub fn is_long(text: &str) -> bool {
    text.lines().nth(LINES).is_some()
}
