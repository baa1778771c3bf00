//! What an error of the engine means, in the words of this program: expected, got, and what to try.
//!
//! | file | holds |
//! |---|---|
//! | this | failures while a script runs, and names it does not know |
//! | `functions` | calls that no function fits |
//! | `syntax` | text that is no program |
//! | `line` | mistakes known from the rest of the line |
//! | `elsewhere` | words, signs and functions of other languages, and what stands for them here |

mod elsewhere;
mod functions;
mod line;
mod syntax;

pub use functions::signatures;
pub use line::from_the_line;

use crate::error::{Error, did_you_mean};
use crate::script::bridge::value::kind_of;
use crate::script::help::docs::Docs;
use rhai::EvalAltResult;

/// Nothing was given where a value was due.
const GAVE_NOTHING: &str =
    "an expression at the end of the function; a let, or an if without else, gives nothing";
/// What a loop can go through.
const LOOPS: &str =
    "an array, which values() gives of a field, a range such as 0..10, or a map's keys()";

/// What an engine error says, without knowing the functions there are.
pub fn plain_message(error: &EvalAltResult) -> Error {
    explain(error, &Docs::default(), &[])
}

/// What an engine error says, with the nearest of the functions and variables there are.
pub fn explain(error: &EvalAltResult, docs: &Docs, variables: &[String]) -> Error {
    use EvalAltResult as E;
    match error {
        E::ErrorParsing(kind, _) => syntax::syntax(kind, docs, variables),
        E::ErrorFunctionNotFound(signature, _) => {
            functions::unknown_function(signature, docs, variables)
        }
        E::ErrorVariableNotFound(name, _) => unknown_variable(name, docs, variables),
        E::ErrorModuleNotFound(name, _) => unknown_module(name, docs, variables),
        E::ErrorPropertyNotFound(name, _) => {
            Error::new(format!("the map has no key \"{name}\"")).hint("map.keys() lists them")
        }
        E::ErrorDotExpr(message, _) => property(message, docs),
        E::ErrorArrayBounds(n, k, _) => {
            let expected = if *n == 0 {
                "an array that is not empty".to_string()
            } else {
                format!("an index from 0 to {}", n - 1)
            };
            Error::new("index beyond the end of the array")
                .expected(expected)
                .got(k)
        }
        E::ErrorStringBounds(n, k, _) => Error::new("index beyond the end of the text")
            .expected(format!("below {n}"))
            .got(k),
        E::ErrorMismatchDataType(expected, got, _)
        | E::ErrorMismatchOutputType(expected, got, _) => wrong_type(expected, got),
        E::ErrorIndexingType(what, _) if what.starts_with("Table") => {
            Error::new("a table is not indexed").hint(".column(\"name\"), .filter(|row| ...)")
        }
        E::ErrorIndexingType(what, _) => Error::new("this cannot be indexed that way").got(what),
        E::ErrorArithmetic(message, _) => arithmetic(message),
        E::ErrorTerminated(..) => crate::progress::stop_error(),
        E::ErrorTooManyOperations(_) => Error::new("the script takes more steps than are allowed")
            .hint("--operations, which allows more"),
        E::ErrorDataTooLarge(what, _) => Error::new("a value is larger than is allowed")
            .got(what)
            .hint("--values, which allows more"),
        E::ErrorStackOverflow(_) => Error::new("functions call each other too deeply")
            .hint("a loop, or an end to the recursion"),
        E::ErrorAssignmentToConstant(name, _) => Error::new(format!("\"{name}\" is a constant"))
            .hint(format!("let {name} = ... where it is made")),
        E::ErrorDataRace(name, _) => {
            let what = if name.is_empty() {
                "a value".to_string()
            } else {
                format!("\"{name}\"")
            };
            Error::new(format!("{what} is changed while a closure uses it"))
                .hint("a copy under another name before the closure")
        }
        E::ErrorFor(_) => Error::new("this cannot be looped over")
            .expected(LOOPS)
            .hint("0..n, to count up to a number"),
        E::ErrorRuntime(value, _) if value.is_unit() => {
            Error::new("the script threw an error without a value")
        }
        E::ErrorRuntime(value, _) => Error::new(value),
        other => Error::new(
            other
                .to_string()
                .split(" (line ")
                .next()
                .unwrap_or_default(),
        ),
    }
}

fn wrong_type(expected: &str, got: &str) -> Error {
    let error = Error::new("a value has the wrong type")
        .expected(kind_of(expected))
        .got(kind_of(got));
    if kind_of(expected) == "bool" && kind_of(got) == "Field" {
        return error.hint(".max() == 1 for any value, .min() == 1 for all");
    }
    match (kind_of(expected).as_str(), got) {
        (_, "()") => error.hint(GAVE_NOTHING),
        ("bool", _) => {
            error.hint("a comparison, such as x != 0: numbers and texts are neither true nor false")
        }
        ("integer", "f64") => error.hint("to_int(x)"),
        ("integer", _) if kind_of(got) == "range" => {
            error.hint(".extract(1..3), which gives a part of an array")
        }
        _ => error,
    }
}

fn arithmetic(message: &str) -> Error {
    let error = Error::new(message);
    if message.contains("overflow:") {
        return error.hint("a decimal point, 1.0 instead of 1: whole numbers end at 9.2e18");
    }
    if message.contains("negative power") || message.contains("raised to a negative") {
        return error.hint("a decimal point: 2.0 ** -1");
    }
    if message.contains("by zero") {
        error.hint("a divisor other than 0; 1.0/0 is infinite")
    } else {
        error
    }
}

fn unknown_variable(name: &str, docs: &Docs, variables: &[String]) -> Error {
    let error = Error::new(format!("there is no variable \"{name}\""));
    match did_you_mean(name, variables.iter().map(String::as_str)) {
        Some(near) if near != name => error.hint(near),
        Some(_) => error.hint(format!("let {name} = ... before it is used; a fn does not see the variables around it, a closure |x| ... does")),
        None if docs.named(name).next().is_some() => error.hint(format!("{name}(...): it is a function")),
        None => error.hint(format!("let {name} = ... to make it; a fn sees only its parameters")),
    }
}

fn unknown_module(name: &str, docs: &Docs, variables: &[String]) -> Error {
    let modules = docs.modules();
    let error = Error::new(format!("there is no module \"{name}\""));
    if variables.iter().any(|v| v == name) {
        return error.hint(format!("{name}. with a dot: {name} is a variable"));
    }
    match did_you_mean(name, modules.iter().copied()) {
        Some(near) => error.hint(format!("{near}::")),
        None if modules.is_empty() => error,
        None => error.expected(format!(
            "one of {}",
            modules.into_iter().collect::<Vec<_>>().join(", ")
        )),
    }
}

/// `Unknown property 'x' - a getter is not registered for type 'T'`.
fn property(message: &str, docs: &Docs) -> Error {
    let quoted: Vec<&str> = message.split('\'').skip(1).step_by(2).collect();
    match quoted.as_slice() {
        [name, "()", ..] => {
            Error::new(format!("nothing has no property \"{name}\"")).hint(GAVE_NOTHING)
        }
        [name, kind, ..] => {
            let kind = kind_of(kind);
            let article = if kind.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']) {
                "an"
            } else {
                "a"
            };
            let error = Error::new(format!("{article} {kind} has no property \"{name}\""));
            let known = || {
                docs.named(name)
                    .any(|e| e.property && e.parameters.iter().all(|(_, of)| *of == kind))
            };
            if message.contains("setter") && known() {
                return Error::new(format!(
                    "\"{name}\" of {article} {kind} cannot be assigned to"
                ))
                .hint("a function that gives a changed copy");
            }
            let words = docs
                .of_kind(&kind)
                .filter(|n| n.starts_with(char::is_alphabetic));
            match did_you_mean(name, words) {
                Some(near) if near == *name => {
                    error.hint(format!(".{name}(...): it is a function"))
                }
                Some(near) => error.hint(format!(".{near}")),
                None if kind == "Table" => {
                    error.hint(format!(".column(\"{name}\"), if it is a column"))
                }
                None => error,
            }
        }
        _ => Error::new(message),
    }
}
