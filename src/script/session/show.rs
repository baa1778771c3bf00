//! How values print: maps and arrays legibly, everything else as its type says.

use rhai::{Dynamic, NativeCallContext};

const WIDTH: usize = 100;

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

/// On one line where it fits, else a line each.
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
    format!(
        "{open}\n{indent}{}\n{}{close}",
        parts.join(&format!(",\n{indent}")),
        "  ".repeat(depth)
    )
}
