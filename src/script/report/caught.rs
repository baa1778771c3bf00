//! A caught error of the language as an error of this program: what, hint and the true line.

use crate::error::Error;
use crate::script::help::docs::Docs;
use crate::script::report::explain::explain;
use rhai::{Dynamic, EvalAltResult, Map, Position};
use std::sync::Arc;

/// The error that a `catch` was given: those of the language come as maps of their parts, anything
/// else is left as it is.
pub fn caught(value: &Dynamic, docs: &Docs) -> Dynamic {
    let error = value.as_map_ref().ok().and_then(|map| raised(&map));
    match error {
        Some(error) => {
            let meant = explain(&error, docs, &[]);
            Dynamic::from(meant.caused_by(Arc::new(error)))
        }
        None => value.clone(),
    }
}

/// Where an error of the language was raised, if it is one.
pub fn position_of(error: &Error) -> Option<Position> {
    let cause = error.report().cause.as_ref()?;
    let raised = cause.0.downcast_ref::<EvalAltResult>()?;
    let mut inner = raised;
    while let Some(deeper) = crate::script::bridge::errors::inner_error(inner) {
        inner = deeper;
    }
    (!inner.position().is_none()).then(|| inner.position())
}

/// The innermost error of the engine, from the map that it makes of one.
fn raised(map: &Map) -> Option<EvalAltResult> {
    let text = |key: &str| Some(map.get(key)?.as_immutable_string_ref().ok()?.to_string());
    let integer = |key: &str| map.get(key)?.as_int().ok();
    let kind = text("error").filter(|kind| kind.starts_with("Error"))?;
    let message = text("message")?;
    // Of a call that failed the first line holds the failure, with its place.
    let first = message.lines().next()?;
    let (sentence, location) = match first.rsplit_once(" (line ") {
        Some((sentence, rest)) => (sentence, place_in(rest)),
        None => (first, None),
    };
    let given = || position(integer("line")?, integer("position")?);
    let at = location.or_else(given).unwrap_or(Position::NONE);
    use EvalAltResult as E;
    Some(match kind.as_str() {
        "ErrorArrayBounds" => {
            E::ErrorArrayBounds(integer("length")? as usize, integer("index")?, at)
        }
        "ErrorStringBounds" => {
            E::ErrorStringBounds(integer("length")? as usize, integer("index")?, at)
        }
        "ErrorMismatchDataType" => {
            E::ErrorMismatchDataType(text("requested")?, text("actual")?, at)
        }
        _ => match sentence.split_once(": ") {
            Some(("Property not found", name)) => E::ErrorPropertyNotFound(name.into(), at),
            Some(("Variable not found", name)) => E::ErrorVariableNotFound(name.into(), at),
            Some(("Function not found", name)) => E::ErrorFunctionNotFound(name.into(), at),
            _ => E::ErrorRuntime(sentence.into(), at),
        },
    })
}

/// The location in `12, position 5)`.
fn place_in(text: &str) -> Option<Position> {
    let (line, rest) = text.split_once(", position ")?;
    let column = rest.strip_suffix(')')?;
    position(line.parse().ok()?, column.parse().ok()?)
}

fn position(line: i64, column: i64) -> Option<Position> {
    let (line, column) = (u16::try_from(line).ok()?, u16::try_from(column).ok()?);
    (line > 0).then(|| Position::new(line, column))
}
