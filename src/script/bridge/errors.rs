//! From the crate's errors to the engine's and back: one way in, with the position of the call.

use crate::error::{Error, Result};
use crate::fault::caught;
use rhai::{Dynamic, EvalAltResult, NativeCallContext, Position};
use std::sync::OnceLock;

/// What a function registered with the engine returns.
pub type Fallible<T> = std::result::Result<T, Box<EvalAltResult>>;

/// Runs the body of a bound function; an error gets the position of the call in the script.
///
/// # Errors
/// The error of `body`, at that position; a panic in it as a fault of the program.
pub fn attempt<T>(context: &NativeCallContext, body: impl FnOnce() -> Result<T>) -> Fallible<T> {
    let outcome = caught(body).unwrap_or_else(|fault| Err(fault.error(context.fn_name())));
    outcome.map_err(|e| thrown(e, context.call_position()))
}

/// An error of this crate as the engine carries it: whole, so that `catch` and the report see every
/// part.
pub fn thrown(error: Error, position: Position) -> Box<EvalAltResult> {
    Box::new(EvalAltResult::ErrorRuntime(Dynamic::from(error), position))
}

/// The error of this crate inside an engine error, if that is what it is.
pub fn own_error(error: &EvalAltResult) -> Option<Error> {
    match error {
        EvalAltResult::ErrorRuntime(value, _) => value.clone().try_cast::<Error>(),
        _ => None,
    }
}

/// The engine error underneath: the one a called function failed with.
pub fn inner_error(error: &EvalAltResult) -> Option<&EvalAltResult> {
    match error {
        EvalAltResult::ErrorInFunctionCall(_, _, inner, _)
        | EvalAltResult::ErrorInModule(_, inner, _) => Some(inner),
        _ => None,
    }
}

/// Says what an error of the engine means.
type Explain = fn(&EvalAltResult) -> Error;

static EXPLAIN: OnceLock<Explain> = OnceLock::new();

/// Lets errors of the engine be explained; without it they are in the engine's own words.
pub fn explain_with(explain: Explain) {
    let _ = EXPLAIN.set(explain);
}

/// What went wrong at the true spot, one sentence.
pub fn innermost_message(error: &EvalAltResult) -> String {
    if let Some(inner) = inner_error(error) {
        return innermost_message(inner);
    }
    match (own_error(error), EXPLAIN.get()) {
        (Some(error), _) => error.report().what.clone(),
        (None, Some(explain)) => explain(error).report().what.clone(),
        (None, None) => error.to_string(),
    }
}
