//! From an engine error to a report: what, file, line and caret, expected, got, hint, and the calls
//! that led there. The innermost error is the true spot.

pub(super) mod arithmetic;
pub(super) mod caught;
pub mod explain;

use crate::error::Error;
use crate::script::bridge::errors::{inner_error, own_error};
use crate::script::bridge::source::{Location, Sources};
use crate::script::help::docs::Docs;
use crate::script::report::explain::{explain, from_the_line};
use rhai::{EvalAltResult, Position};
use std::fmt::Write;

/// What an error means and where it is, with the calls that led there, outermost first.
pub fn understood(
    error: &EvalAltResult,
    sources: &Sources,
    docs: &Docs,
    variables: &[String],
) -> (Position, Error, Vec<(String, Position)>) {
    let mut calls = Vec::new();
    let (spot, explained_error) = descend(error, docs, variables, &mut calls);
    // Arithmetic of the language itself fails without a location: that of the call is the next
    // best.
    let spot = if spot.is_none() {
        calls.last().map_or(spot, |(_, p)| *p)
    } else {
        spot
    };
    let meant = from_the_line(
        error,
        sources.location(spot).as_ref(),
        &sources.line_above(spot),
        explained_error,
        docs,
    );
    (spot, meant, calls)
}

/// The report of an error as text.
pub fn report(
    error: &EvalAltResult,
    sources: &Sources,
    docs: &Docs,
    variables: &[String],
) -> String {
    let (spot, meant, mut calls) = understood(error, sources, docs, variables);
    calls.dedup_by_key(|(_, position)| *position);
    let shown = own_place(spot, &calls, sources);
    let mut text = explained(shown, &meant, sources);
    if let Some(location) = sources.location(spot).filter(|_| shown != spot) {
        label(
            &mut text,
            "raised",
            &format!("at {}:{}:{}", location.name, location.line, location.column),
        );
    }
    for (name, position) in calls.iter().rev() {
        if let Some(location) = sources
            .location(*position)
            .filter(|_| *position != spot && *position != shown)
        {
            label(
                &mut text,
                "called",
                &format!(
                    "{name} at {}:{}:{}",
                    location.name, location.line, location.column
                ),
            );
        }
    }
    text
}

/// Where to show an error: at its spot, or, if that is inside a module of the program, at the
/// innermost call in the user's own text that led there.
fn own_place(spot: Position, calls: &[(String, Position)], sources: &Sources) -> Position {
    let embedded = |p: Position| {
        sources
            .location(p)
            .is_some_and(|location| location.embedded)
    };
    let in_script = |p: &Position| {
        sources
            .location(*p)
            .is_some_and(|location| !location.embedded)
    };
    if embedded(spot) {
        calls
            .iter()
            .rev()
            .map(|(_, p)| *p)
            .find(in_script)
            .unwrap_or(spot)
    } else {
        spot
    }
}

/// The report of one error at one location.
pub fn explained(spot: Position, error: &Error, sources: &Sources) -> String {
    let parts = error.report();
    let mut text = format!("error: {}\n", parts.what);
    if let Some(location) = sources.location(spot) {
        show_location(&mut text, &location);
    }
    for location in &parts.location {
        label(&mut text, "in", location);
    }
    for (name, value) in [
        ("expected", &parts.expected),
        ("got", &parts.got),
        ("try", &parts.hint),
    ] {
        if let Some(value) = value {
            label(&mut text, name, value);
        }
    }
    text
}

fn label(text: &mut String, name: &str, value: &str) {
    let _ = writeln!(
        text,
        "  {name:<9} {}",
        value.replace('\n', "\n            ")
    );
}

/// Walks to the true spot, noting the calls on the way, outermost first.
fn descend(
    error: &EvalAltResult,
    docs: &Docs,
    variables: &[String],
    calls: &mut Vec<(String, Position)>,
) -> (Position, Error) {
    if let Some(inner) = inner_error(error) {
        if let EvalAltResult::ErrorInFunctionCall(name, ..) = error {
            calls.push((
                if name.starts_with("anon$") {
                    "a closure".into()
                } else {
                    name.clone()
                },
                error.position(),
            ));
        }
        return descend(inner, docs, variables, calls);
    }
    let Some(raised) = own_error(error) else {
        return (error.position(), explain(error, docs, variables));
    };
    match raised
        .report()
        .cause
        .as_ref()
        .and_then(|c| c.0.downcast_ref::<EvalAltResult>())
    {
        Some(cause) => {
            calls.push(("a closure".into(), error.position()));
            descend(cause, docs, variables, calls)
        }
        None => (error.position(), raised),
    }
}

fn show_location(text: &mut String, location: &Location) {
    let number = location.line.to_string();
    let margin = " ".repeat(number.len());
    let _ = writeln!(
        text,
        " {margin}--> {}:{}:{}",
        location.name, location.line, location.column
    );
    let _ = writeln!(text, " {margin} |\n {number} | {}", location.text);
    // Tabs keep their width so that the caret stands under its column.
    let lead: String = location
        .text
        .chars()
        .take(location.column.saturating_sub(1))
        .map(|c| if c == '\t' { '\t' } else { ' ' })
        .collect();
    let _ = writeln!(text, " {margin} | {lead}^");
}
