//! Calls that no function fits.

use crate::error::{Error, did_you_mean};
use crate::script::bridge::value::kind_of;
use crate::script::help::docs::{Docs, Entry};
use crate::script::report::explain::{GAVE_NOTHING, elsewhere};

/// Kinds of values that no script of this program meets.
const NEVER_MET: [&str; 13] = [
    "char", "Blob", "i8", "i16", "i32", "i128", "u8", "u16", "u32", "u64", "u128", "f32", "nothing",
];

/// The signatures of a function, one a line.
pub fn signatures(docs: &Docs, name: &str) -> Option<String> {
    let met = |e: &&Entry| {
        !e.parameters
            .iter()
            .any(|(_, kind)| NEVER_MET.contains(&kind.as_str()))
    };
    let all: Vec<&Entry> = docs.entries().iter().filter(|e| e.name == name).collect();
    let likely: Vec<&Entry> = all.iter().copied().filter(met).collect();
    let shown = if likely.is_empty() { all } else { likely };
    (!shown.is_empty()).then(|| {
        shown
            .into_iter()
            .map(Entry::signature)
            .collect::<Vec<_>>()
            .join("\n")
    })
}

/// A signature as the engine writes it: `mean (Field, i64)`.
pub(super) fn unknown_function(signature: &str, docs: &Docs, variables: &[String]) -> Error {
    let (name, kinds) = name_and_kinds(signature);
    let got = if kinds.is_empty() {
        "no arguments".to_string()
    } else {
        kinds.join(", ")
    };
    if name.starts_with("anon$") {
        return closure(kinds.len(), &got);
    }
    if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return operator(name, &kinds);
    }
    if let Some(known) = signatures(docs, name) {
        let error = Error::new(format!("{name} does not take these arguments"))
            .got(format!("{name}({got})"));
        let error = if name == "print" {
            error.expected("one value")
        } else {
            error.expected(known)
        };
        return match misfit(name, &kinds, docs) {
            Some(hint) => error.hint(hint),
            None => error,
        };
    }
    let error = Error::new(format!("there is no function \"{name}\""));
    if variables.iter().any(|v| v == name) {
        return error.hint(call_of_variable(name, &kinds));
    }
    if let Some(meant) = elsewhere::function(name) {
        return error.hint(meant);
    }
    if let Some(near) = kinds
        .first()
        .and_then(|kind| nearest_of_kind(name, kind, docs))
    {
        return error.hint(near);
    }
    match docs
        .nearest(name)
        .filter(|near| may_fit(near, &kinds, docs))
    {
        Some(near) => error.hint(signatures(docs, &near).unwrap_or(near)),
        None => error
            .got(format!("{name}({got})"))
            .hint("apropos(\"word\") to search"),
    }
}

/// Whether a function may be meant: what a value of a room can do is better looked for under its
/// own kind.
fn may_fit(near: &str, kinds: &[String], docs: &Docs) -> bool {
    let handle = |k: &String| k.starts_with(char::is_uppercase);
    let takes = |k: &String| {
        docs.named(near)
            .any(|e| e.parameters.first().is_some_and(|(_, of)| of == k))
    };
    kinds.first().is_none_or(|k| !handle(k) || takes(k))
}

fn name_and_kinds(signature: &str) -> (&str, Vec<String>) {
    let (name, kinds) = signature
        .split_once(" (")
        .map_or((signature, ""), |(n, k)| {
            (n.trim(), k.strip_suffix(')').unwrap_or(k))
        });
    let kinds = kinds
        .split(", ")
        .filter(|k| !k.is_empty())
        .map(|k| kind_of(k.trim_start_matches("&mut ")));
    (name, kinds.collect())
}

fn closure(n: usize, got: &str) -> Error {
    let count = if n == 1 {
        "1 argument".to_string()
    } else {
        format!("{n} arguments")
    };
    Error::new("the closure does not take these arguments")
        .got(format!("{count}: {got}"))
        .hint("as many names between | | as it is called with")
}

/// How a function is called that a variable holds.
fn call_of_variable(name: &str, kinds: &[String]) -> String {
    let arguments = if kinds.is_empty() { "" } else { "..." };
    let element = if kinds.len() == 1 && kinds[0] == "integer" {
        format!("; {name}[...] is an element of an array or field")
    } else {
        String::new()
    };
    format!("{name}.call({arguments}): {name} is a variable that holds a function{element}")
}

/// The signatures of the nearest of what a kind of value can do.
fn nearest_of_kind(name: &str, kind: &str, docs: &Docs) -> Option<String> {
    let near = did_you_mean(name, docs.of_kind(kind))?;
    let of_kind = docs
        .named(near)
        .filter(|e| e.parameters.first().is_some_and(|(_, of)| of == kind));
    Some(of_kind.map(Entry::signature).collect::<Vec<_>>().join("\n"))
}

/// Why arguments do not fit, where it is a known mistake.
fn misfit(name: &str, kinds: &[String], docs: &Docs) -> Option<String> {
    let first = kinds.first().map_or("", String::as_str);
    let of_fields = || {
        docs.named(name).any(|e| {
            e.parameters
                .first()
                .is_some_and(|(_, kind)| kind == "Field")
        })
    };
    match name {
        _ if kinds.iter().any(|k| k == "nothing") => {
            Some("a value; one of the arguments is ()".into())
        }
        "append" if first == "array" => {
            Some(".push(x) adds one value, .append([...]) those of an array".into())
        }
        "print" => Some("print(`a text with ${x}`): it takes one value".into()),
        "round" if kinds.len() == 2 => {
            Some("decimals(x, 2) for text, round(x * 100.0) / 100.0 for a number".into())
        }
        _ if first == "array" && of_fields() => Some(format!(
            "field([...]).{name}(): statistics and mathematics are of fields"
        )),
        _ => None,
    }
}

fn operator(sign: &str, kinds: &[String]) -> Error {
    let error = Error::new(format!("{sign} does not work on these")).got(kinds.join(" and "));
    if sign == "^" {
        return error.hint("** is the power; ^ works on the bits of integers");
    }
    if kinds.iter().any(|k| k == "nothing") {
        return error.hint(GAVE_NOTHING);
    }
    if kinds.iter().any(|k| k == "array") {
        return error.hint(format!(
            "field([...]) {sign} ..., or array.map(|x| x {sign} ...): arithmetic is of fields"
        ));
    }
    if kinds.iter().any(|k| k == "function") {
        return error.hint("f.call(...) for what the function gives");
    }
    if kinds.iter().any(|k| k == "bool") {
        return error.hint("if condition { 1 } else { 0 }: true and false are no numbers");
    }
    if kinds.iter().any(|k| k == "text") {
        return error.hint("number(text) reads a number; `a text with ${x}` puts one into text");
    }
    error
}
