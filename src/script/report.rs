//! From an engine error to a report: what, file, line and caret, expected, got, hint, and the calls
//! that led there. The innermost error is the true spot.

use super::docs::Docs;
use super::errors::{inner_error, own_error};
use super::source::{Place, Sources};
use super::value::kind_of;
use crate::error::{Error, did_you_mean};
use rhai::{EvalAltResult, LexError, ParseErrorType, Position};
use std::fmt::Write;

/// The report of an error as people read it.
pub fn report(error: &EvalAltResult, sources: &Sources, docs: &Docs, variables: &[String]) -> String {
    let mut calls = Vec::new();
    let (spot, explained_error) = descend(error, docs, variables, &mut calls);
    let hinted = assignment_hint(error, sources.place(spot).as_ref(), explained_error);
    calls.dedup_by_key(|(_, position)| *position);
    let shown = own_place(spot, &calls, sources);
    let mut text = explained(shown, &hinted, sources);
    if let Some(place) = sources.place(spot).filter(|_| shown != spot) {
        label(&mut text, "raised", &format!("at {}:{}:{}", place.name, place.line, place.column));
    }
    for (name, position) in calls.iter().rev() {
        if let Some(place) = sources.place(*position).filter(|_| *position != spot && *position != shown) {
            label(&mut text, "called", &format!("{name} at {}:{}:{}", place.name, place.line, place.column));
        }
    }
    text
}

/// Where to show an error: at its spot, or, if that is inside a module of the program, at the innermost
/// call in a person's own text that led there.
fn own_place(spot: Position, calls: &[(String, Position)], sources: &Sources) -> Position {
    let embedded = |p: Position| sources.place(p).is_some_and(|place| place.embedded);
    let own = |p: &Position| sources.place(*p).is_some_and(|place| !place.embedded);
    if embedded(spot) { calls.iter().rev().map(|(_, p)| *p).find(own).unwrap_or(spot) } else { spot }
}

/// `name = value` for a name that does not exist: in a call it is meant as a named argument.
fn assignment_hint(error: &EvalAltResult, place: Option<&Place>, explained: Error) -> Error {
    let (EvalAltResult::ErrorParsing(ParseErrorType::VariableUndefined(name), _), Some(place)) = (error, place) else { return explained };
    let before: String = place.text.chars().take(place.column.saturating_sub(1)).collect();
    let after: String = place.text.chars().skip(place.column.saturating_sub(1) + name.chars().count()).collect();
    let assigned = after.trim_start().strip_prefix('=').is_some_and(|rest| !rest.starts_with('='));
    match before.trim_end().chars().last() {
        Some('(' | ',') if assigned => explained.hint(format!("arguments by name go in a map: #{{ {name}: ... }}")),
        None if assigned => explained.hint(format!("let {name} = ...")),
        _ => explained,
    }
}

/// The report of one error at one place.
pub fn explained(spot: Position, error: &Error, sources: &Sources) -> String {
    let parts = error.report();
    let mut text = format!("error: {}\n", parts.what);
    if let Some(place) = sources.place(spot) {
        show_place(&mut text, &place);
    }
    for place in &parts.location {
        label(&mut text, "in", place);
    }
    for (name, value) in [("expected", &parts.expected), ("got", &parts.got), ("try", &parts.hint)] {
        if let Some(value) = value {
            label(&mut text, name, value);
        }
    }
    text
}

fn label(text: &mut String, name: &str, value: &str) {
    let _ = writeln!(text, "  {name:<9} {}", value.replace('\n', "\n            "));
}

/// Walks to the true spot, noting the calls on the way, outermost first.
fn descend(error: &EvalAltResult, docs: &Docs, variables: &[String], calls: &mut Vec<(String, Position)>) -> (Position, Error) {
    if let Some(inner) = inner_error(error) {
        if let EvalAltResult::ErrorInFunctionCall(name, ..) = error {
            calls.push((if name.starts_with("anon$") { "a closure".into() } else { name.clone() }, error.position()));
        }
        return descend(inner, docs, variables, calls);
    }
    let Some(own) = own_error(error) else { return (error.position(), explain(error, docs, variables)) };
    match own.report().cause.as_ref().and_then(|c| c.0.downcast_ref::<EvalAltResult>()) {
        Some(cause) => {
            calls.push(("a closure".into(), error.position()));
            descend(cause, docs, variables, calls)
        }
        None => (error.position(), own),
    }
}

fn show_place(text: &mut String, place: &Place) {
    let number = place.line.to_string();
    let margin = " ".repeat(number.len());
    let _ = writeln!(text, " {margin}--> {}:{}:{}", place.name, place.line, place.column);
    let _ = writeln!(text, " {margin} |\n {number} | {}", place.text);
    // Tabs keep their width so that the caret stands under its column.
    let lead: String = place.text.chars().take(place.column.saturating_sub(1)).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let _ = writeln!(text, " {margin} | {lead}^");
}

/// What an engine error says, without knowing the functions there are.
pub fn plain_message(error: &EvalAltResult) -> Error {
    explain(error, &Docs::default(), &[])
}

fn explain(error: &EvalAltResult, docs: &Docs, variables: &[String]) -> Error {
    use EvalAltResult as E;
    match error {
        E::ErrorParsing(kind, _) => syntax(kind, docs, variables),
        E::ErrorFunctionNotFound(signature, _) => unknown_function(signature, docs),
        E::ErrorVariableNotFound(name, _) => unknown_variable(name, variables),
        E::ErrorModuleNotFound(name, _) => unknown_module(name, docs),
        E::ErrorPropertyNotFound(name, _) => Error::new(format!("the map has no key \"{name}\"")).hint("map.keys() lists them"),
        E::ErrorDotExpr(message, _) => property(message, docs),
        E::ErrorArrayBounds(n, k, _) => {
            let expected = if *n == 0 { "an array that is not empty".to_string() } else { format!("an index from 0 to {}", n - 1) };
            Error::new("index beyond the end of the array").expected(expected).got(k)
        }
        E::ErrorStringBounds(n, k, _) => Error::new("index beyond the end of the text").expected(format!("below {n}")).got(k),
        E::ErrorMismatchDataType(expected, got, _) | E::ErrorMismatchOutputType(expected, got, _) => {
            let error = Error::new("a value has the wrong type").expected(kind_of(expected)).got(kind_of(got));
            if kind_of(expected) == "bool" && kind_of(got) == "Field" {
                return error.hint(".max() == 1 for any value, .min() == 1 for all");
            }
            if got == "()" { error.hint("an expression at the end of the function; a let, or an if without else, gives nothing") } else { error }
        }
        E::ErrorIndexingType(what, _) => Error::new("this cannot be indexed that way").got(what),
        E::ErrorArithmetic(message, _) => Error::new(message),
        E::ErrorTerminated(..) => Error::new("stopped by the user"),
        E::ErrorStackOverflow(_) => Error::new("functions call each other too deeply").hint("a loop, or an end to the recursion"),
        E::ErrorAssignmentToConstant(name, _) => Error::new(format!("\"{name}\" is a constant")).hint(format!("let {name} = ... where it is made")),
        E::ErrorDataRace(name, _) => {
            Error::new(format!("\"{name}\" is changed while a closure uses it")).hint("a copy under another name before the closure")
        }
        E::ErrorFor(_) => Error::new("this cannot be looped over").expected("an array, a range such as 0..10, or a map's keys()"),
        E::ErrorRuntime(value, _) if value.is_unit() => Error::new("the script gave up"),
        E::ErrorRuntime(value, _) => Error::new(value),
        other => Error::new(other.to_string().split(" (line ").next().unwrap_or_default()),
    }
}

/// A signature as the engine writes it: `mean (Field, i64)`.
fn unknown_function(signature: &str, docs: &Docs) -> Error {
    let (name, kinds) = signature.split_once(" (").map_or((signature, ""), |(n, k)| (n.trim(), k.strip_suffix(')').unwrap_or(k)));
    let kinds: Vec<String> = kinds.split(", ").filter(|k| !k.is_empty()).map(|k| kind_of(k.trim_start_matches("&mut "))).collect();
    let got = if kinds.is_empty() { "no arguments".to_string() } else { kinds.join(", ") };
    if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return operator(name, &kinds);
    }
    let known: Vec<String> = docs.entries().iter().filter(|e| e.name == name).map(super::docs::Entry::signature).collect();
    if !known.is_empty() {
        let error = Error::new(format!("{name} does not take these arguments")).expected(known.join("\n")).got(format!("{name}({got})"));
        return if kinds.iter().any(|k| k == "nothing") { error.hint("a value; one of the arguments is ()") } else { error };
    }
    let error = Error::new(format!("there is no function \"{name}\""));
    match docs.nearest(name) {
        Some(near) => {
            let signatures: Vec<String> = docs.entries().iter().filter(|e| e.name == near).map(super::docs::Entry::signature).collect();
            error.hint(signatures.join("\n"))
        }
        None => error.got(format!("{name}({got})")).hint("apropos(\"word\") to search"),
    }
}

fn operator(sign: &str, kinds: &[String]) -> Error {
    let error = Error::new(format!("{sign} does not work on these")).got(kinds.join(" and "));
    if sign == "^" {
        return error.hint("** is the power; ^ works on the bits of integers");
    }
    if kinds.iter().any(|k| k == "nothing") {
        return error.hint("an expression at the end of the function; a let, or an if without else, gives nothing");
    }
    error
}

fn unknown_variable(name: &str, variables: &[String]) -> Error {
    let error = Error::new(format!("there is no variable \"{name}\""));
    match did_you_mean(name, variables.iter().map(String::as_str)) {
        Some(near) if near != name => error.hint(near),
        Some(_) => error.hint("a closure |x| ... here, or one more parameter: a fn does not see the variables around it"),
        None => error.hint(format!("let {name} = ... to make it; a fn sees only its parameters")),
    }
}

fn unknown_module(name: &str, docs: &Docs) -> Error {
    let modules = docs.modules();
    let error = Error::new(format!("there is no module \"{name}\""));
    match did_you_mean(name, modules.iter().copied()) {
        Some(near) => error.hint(format!("{near}::")),
        None if modules.is_empty() => error,
        None => error.expected(format!("one of {}", modules.into_iter().collect::<Vec<_>>().join(", "))),
    }
}

/// `Unknown property 'x' - a getter is not registered for type 'T'`.
fn property(message: &str, docs: &Docs) -> Error {
    let quoted: Vec<&str> = message.split('\'').skip(1).step_by(2).collect();
    match quoted.as_slice() {
        [name, "()", ..] => Error::new(format!("nothing has no property \"{name}\""))
            .hint("an expression at the end of the function; a let, or an if without else, gives nothing"),
        [name, kind, ..] => {
            let error = Error::new(format!("a {} has no property \"{name}\"", kind_of(kind)));
            match did_you_mean(name, docs.of_kind(&kind_of(kind))) {
                Some(near) if near == *name => error.hint(format!(".{name}(...): it is a function")),
                Some(near) => error.hint(format!(".{near}")),
                None => error,
            }
        }
        _ => Error::new(message),
    }
}

fn syntax(kind: &ParseErrorType, docs: &Docs, variables: &[String]) -> Error {
    use ParseErrorType as P;
    match kind {
        P::VariableUndefined(name) => unknown_variable(name, variables),
        P::ModuleUndefined(name) => unknown_module(name, docs),
        P::MissingToken(token, why) if token == "," => Error::new(format!("\",\" is missing {why}")).hint("a comma, or a closing bracket"),
        P::MissingToken(token, why) => Error::new(format!("\"{token}\" is missing {why}")),
        P::UnexpectedEOF => Error::new("the text ends too early").hint("a closing bracket"),
        P::BadInput(LexError::UnterminatedString) => Error::new("a text has no closing quote").hint("` ` around text of several lines"),
        P::AssignmentToInvalidLHS(_) => Error::new("this cannot be assigned to").hint("arguments by name go in a map: f(#{ name: value })"),
        P::AssignmentToConstant(name) => Error::new(format!("\"{name}\" is a constant")).hint(format!("let {name} = ... where it is made")),
        P::Reserved(word) => Error::new(format!("\"{word}\" is a word of the language")).hint("another name"),
        P::WrongFnDefinition => Error::new("a fn stands at the top of the file, not inside another").hint("let f = |x| ...;"),
        other => Error::new(other.to_string()),
    }
}
