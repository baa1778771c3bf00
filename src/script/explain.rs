//! What an error of the engine means, in the words of this program: expected, got, and what to try.

use super::docs::{Docs, Entry};
use super::source::Place;
use super::value::kind_of;
use crate::error::{Error, did_you_mean};
use rhai::{EvalAltResult, LexError, ParseErrorType};

/// Nothing was given where a value was due.
const GAVE_NOTHING: &str = "an expression at the end of the function; a let, or an if without else, gives nothing";
/// What a loop can go through.
const LOOPS: &str = "an array, which values() gives of a field, a range such as 0..10, or a map's keys()";

/// Words and signs of other languages, and what stands for them here.
const ELSEWHERE: [(&str, &str); 23] = [
    ("None", "()"),
    ("nil", "()"),
    ("NA", "data::missing()"),
    ("NaN", "data::missing()"),
    ("nan", "data::missing()"),
    ("null", "()"),
    ("True", "true"),
    ("False", "false"),
    ("TRUE", "true"),
    ("FALSE", "false"),
    ("and", "&&"),
    ("or", "||"),
    ("not", "!"),
    ("elif", "else if"),
    ("elseif", "else if"),
    ("endif", "}"),
    ("def", "fn name(x) { ... }"),
    ("func", "fn name(x) { ... }"),
    ("function", "fn name(x) { ... }"),
    ("lambda", "|x| ..."),
    ("var", "let"),
    ("pass", "{}"),
    ("pi", "PI()"),
];

/// What an engine error says, without knowing the functions there are.
pub fn plain_message(error: &EvalAltResult) -> Error {
    explain(error, &Docs::default(), &[])
}

/// What an engine error says, with the nearest of the functions and variables there are.
pub fn explain(error: &EvalAltResult, docs: &Docs, variables: &[String]) -> Error {
    use EvalAltResult as E;
    match error {
        E::ErrorParsing(kind, _) => syntax(kind, docs, variables),
        E::ErrorFunctionNotFound(signature, _) => unknown_function(signature, docs, variables),
        E::ErrorVariableNotFound(name, _) => unknown_variable(name, docs, variables),
        E::ErrorModuleNotFound(name, _) => unknown_module(name, docs),
        E::ErrorPropertyNotFound(name, _) => Error::new(format!("the map has no key \"{name}\"")).hint("map.keys() lists them"),
        E::ErrorDotExpr(message, _) => property(message, docs),
        E::ErrorArrayBounds(n, k, _) => {
            let expected = if *n == 0 { "an array that is not empty".to_string() } else { format!("an index from 0 to {}", n - 1) };
            Error::new("index beyond the end of the array").expected(expected).got(k)
        }
        E::ErrorStringBounds(n, k, _) => Error::new("index beyond the end of the text").expected(format!("below {n}")).got(k),
        E::ErrorMismatchDataType(expected, got, _) | E::ErrorMismatchOutputType(expected, got, _) => wrong_type(expected, got),
        E::ErrorIndexingType(what, _) => Error::new("this cannot be indexed that way").got(what),
        E::ErrorArithmetic(message, _) => arithmetic(message),
        E::ErrorTerminated(..) => Error::new("stopped by the user"),
        E::ErrorStackOverflow(_) => Error::new("functions call each other too deeply").hint("a loop, or an end to the recursion"),
        E::ErrorAssignmentToConstant(name, _) => Error::new(format!("\"{name}\" is a constant")).hint(format!("let {name} = ... where it is made")),
        E::ErrorDataRace(name, _) => {
            let what = if name.is_empty() { "a value".to_string() } else { format!("\"{name}\"") };
            Error::new(format!("{what} is changed while a closure uses it")).hint("a copy under another name before the closure")
        }
        E::ErrorFor(_) => Error::new("this cannot be looped over").expected(LOOPS),
        E::ErrorRuntime(value, _) if value.is_unit() => Error::new("the script gave up"),
        E::ErrorRuntime(value, _) => Error::new(value),
        other => Error::new(other.to_string().split(" (line ").next().unwrap_or_default()),
    }
}

/// What the rest of the line tells: words of other languages, names given where a map is due.
pub fn from_the_line(error: &EvalAltResult, place: Option<&Place>, explained: Error, docs: &Docs) -> Error {
    let (EvalAltResult::ErrorParsing(kind, _), Some(place)) = (error, place) else { return explained };
    let before: String = place.text.chars().take(place.column.saturating_sub(1)).collect();
    let after: String = place.text.chars().skip(place.column.saturating_sub(1)).collect();
    let word: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    if let Some(meant) = elsewhere(&word) {
        return Error::new(format!("\"{word}\" is a word of other languages")).hint(meant);
    }
    let ParseErrorType::VariableUndefined(name) = kind else { return missing_end(kind, explained) };
    let rest = after[name.len().min(after.len())..].trim_start();
    let opened = before.trim_end().chars().last();
    if rest.starts_with("=>") {
        return explained.hint(format!("|{name}| ..."));
    }
    if rest.starts_with('.') && docs.modules().contains(name.as_str()) {
        return Error::new(format!("{name} is a module, not a value")).hint(format!("{name}::{}", rest.trim_start_matches('.')));
    }
    if rest.starts_with(':') && !rest.starts_with("::") {
        let hint = if opened == Some('{') { format!("#{{ {name}: ... }}") } else { format!("arguments by name go in a map: #{{ {name}: ... }}") };
        return Error::new("a map is written with #").hint(hint);
    }
    let assigned = rest.strip_prefix('=').is_some_and(|rest| !rest.starts_with('='));
    match opened {
        Some('(' | ',') if assigned => explained.hint(format!("arguments by name go in a map: #{{ {name}: ... }}")),
        None if assigned => explained.hint(format!("let {name} = ...")),
        _ => explained,
    }
}

/// What a word of another language is here.
fn elsewhere(word: &str) -> Option<&'static str> {
    ELSEWHERE.iter().find(|(w, _)| *w == word).map(|(_, meant)| *meant)
}

fn missing_end(kind: &ParseErrorType, explained: Error) -> Error {
    match kind {
        ParseErrorType::MissingToken(token, _) if token == ";" => explained.hint("a ; after the statement before"),
        _ => explained,
    }
}

fn wrong_type(expected: &str, got: &str) -> Error {
    let error = Error::new("a value has the wrong type").expected(kind_of(expected)).got(kind_of(got));
    if kind_of(expected) == "bool" && kind_of(got) == "Field" {
        return error.hint(".max() == 1 for any value, .min() == 1 for all");
    }
    if got == "()" { error.hint(GAVE_NOTHING) } else { error }
}

fn arithmetic(message: &str) -> Error {
    let error = Error::new(message);
    if message.contains("overflow:") {
        return error.hint("a decimal point, 1.0 instead of 1: whole numbers end at 9.2e18");
    }
    if message.contains("by zero") { error.hint("a divisor other than 0; 1.0/0 is infinite") } else { error }
}

/// The signatures of a function, one a line.
pub fn signatures(docs: &Docs, name: &str) -> Option<String> {
    let known: Vec<String> = docs.entries().iter().filter(|e| e.name == name).map(Entry::signature).collect();
    if known.is_empty() { None } else { Some(known.join("\n")) }
}

/// A signature as the engine writes it: `mean (Field, i64)`.
fn unknown_function(signature: &str, docs: &Docs, variables: &[String]) -> Error {
    let (name, kinds) = signature.split_once(" (").map_or((signature, ""), |(n, k)| (n.trim(), k.strip_suffix(')').unwrap_or(k)));
    let kinds: Vec<String> = kinds.split(", ").filter(|k| !k.is_empty()).map(|k| kind_of(k.trim_start_matches("&mut "))).collect();
    let got = if kinds.is_empty() { "no arguments".to_string() } else { kinds.join(", ") };
    if name.starts_with("anon$") {
        let count = if kinds.len() == 1 { "1 argument".to_string() } else { format!("{} arguments", kinds.len()) };
        return Error::new("the closure does not take these arguments")
            .got(format!("{count}: {got}"))
            .hint("as many names between | | as it is called with");
    }
    if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return operator(name, &kinds);
    }
    if let Some(known) = signatures(docs, name) {
        let error = Error::new(format!("{name} does not take these arguments")).expected(known).got(format!("{name}({got})"));
        return if kinds.iter().any(|k| k == "nothing") { error.hint("a value; one of the arguments is ()") } else { error };
    }
    let error = Error::new(format!("there is no function \"{name}\""));
    if variables.iter().any(|v| v == name) {
        let arguments = if kinds.is_empty() { "" } else { "..." };
        return error.hint(format!("{name}.call({arguments}): {name} is a variable that holds a function"));
    }
    match docs.nearest(name) {
        Some(near) => error.hint(signatures(docs, &near).unwrap_or(near)),
        None => error.got(format!("{name}({got})")).hint("apropos(\"word\") to search"),
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
    if kinds.iter().any(|k| k == "text") {
        return error.hint("number(text) reads a number; `a text with ${x}` puts one into text");
    }
    error
}

fn unknown_variable(name: &str, docs: &Docs, variables: &[String]) -> Error {
    let error = Error::new(format!("there is no variable \"{name}\""));
    match did_you_mean(name, variables.iter().map(String::as_str)) {
        Some(near) if near != name => error.hint(near),
        Some(_) => error.hint("a closure |x| ... here, or one more parameter: a fn does not see the variables around it"),
        None if docs.named(name).any(|e| e.own) => error.hint(format!("{name}(...): it is a function")),
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
        [name, "()", ..] => Error::new(format!("nothing has no property \"{name}\"")).hint(GAVE_NOTHING),
        [name, kind, ..] => {
            let kind = kind_of(kind);
            let article = if kind.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']) { "an" } else { "a" };
            let error = Error::new(format!("{article} {kind} has no property \"{name}\""));
            let words = docs.of_kind(&kind).filter(|n| n.starts_with(char::is_alphabetic));
            match did_you_mean(name, words) {
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
        P::VariableUndefined(name) => unknown_variable(name, docs, variables),
        P::ModuleUndefined(name) => unknown_module(name, docs),
        P::MissingToken(token, why) if token == "," => Error::new(format!("\",\" is missing {why}")).hint("a comma, or a closing bracket"),
        P::MissingToken(token, why) => Error::new(format!("\"{token}\" is missing {why}")),
        P::UnexpectedEOF => Error::new("the text ends too early").hint("a closing bracket"),
        P::BadInput(bad) => unreadable(bad),
        P::AssignmentToInvalidLHS(_) => Error::new("this cannot be assigned to").hint("arguments by name go in a map: f(#{ name: value })"),
        P::AssignmentToConstant(name) => Error::new(format!("\"{name}\" is a constant")).hint(format!("let {name} = ... where it is made")),
        P::Reserved(word) if word == "#" => Error::new("\"#\" begins no comment").hint("// a comment"),
        P::Reserved(word) => Error::new(format!("\"{word}\" is a word of the language")).hint("another name"),
        P::WrongFnDefinition => Error::new("a fn stands at the top of the file, not inside another").hint("let f = |x| ...;"),
        P::VariableExpected => Error::new("a name is missing").hint("one name for each let: let pair = ...; let a = pair[0];"),
        P::ExprExpected(what) if what.contains("literal") => Error::new("a case of a switch is a plain value").hint("_ => ... for every other"),
        P::MismatchedType(expected, got) if expected.contains("iterable") => Error::new("this cannot be looped over").expected(LOOPS).got(got),
        P::UnknownOperator(sign) if sign == "++" || sign == "--" => Error::new(format!("there is no operator \"{sign}\"")).hint("x += 1"),
        P::UnknownOperator(sign) if sign == "?" => {
            Error::new("there is no operator \"?\"").hint("if condition { a } else { b }, which gives a value")
        }
        P::ExprTooDeep => Error::new("the expression is nested too deeply").hint("a let for its parts"),
        other => Error::new(other.to_string()),
    }
}

/// Characters that make no word of the language.
fn unreadable(bad: &LexError) -> Error {
    match bad {
        LexError::UnterminatedString => Error::new("a text has no closing quote").hint("` ` around text of several lines"),
        LexError::MalformedChar(_) => Error::new("text stands in double quotes").got("single quotes").hint("\"...\""),
        LexError::MalformedEscapeSequence(text) => {
            Error::new("there is no such sign after a backslash").got(text).hint("\\\\ for a backslash, \\n for a new line")
        }
        LexError::ImproperSymbol(sign, _) if sign == "=" => Error::new("= assigns").hint("== to compare"),
        LexError::ImproperSymbol(sign, _) if sign == "eval" => Error::new("text cannot be run as a script from within one").hint("a closure |x| ..."),
        other => Error::new(other),
    }
}
