//! What the rest of the line shows of a mistake: words and signs of other languages, arguments by
//! name, blocks without braces.

use crate::error::Error;
use crate::script::bridge::source::Location;
use crate::script::help::docs::Docs;
use crate::script::report::explain::elsewhere;
use rhai::{EvalAltResult, LexError, ParseErrorType};

/// A line around the place of a mistake.
struct Line<'a> {
    /// All of it.
    text: &'a str,
    /// Up to the location.
    before: String,
    /// From the location on.
    after: String,
    /// The word at the location; empty where there is none.
    word: String,
    /// What follows the word.
    rest: String,
    /// The last sign before the location.
    opened: Option<char>,
}

impl<'a> Line<'a> {
    fn of(location: &'a Location) -> Self {
        let before: String = location
            .text
            .chars()
            .take(location.column.saturating_sub(1))
            .collect();
        let after: String = location
            .text
            .chars()
            .skip(location.column.saturating_sub(1))
            .collect();
        let word: String = after
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        let rest = after[word.len()..].trim_start().to_string();
        Line {
            text: &location.text,
            opened: before.trim_end().chars().last(),
            before,
            after,
            word,
            rest,
        }
    }
    fn begins(&self, words: &[&str]) -> bool {
        words.iter().any(|w| self.text.trim_start().starts_with(w))
    }
}

/// A better explanation of an error of the grammar, where the line gives one; `above` is the text
/// of the line before it.
pub fn from_the_line(
    error: &EvalAltResult,
    location: Option<&Location>,
    above: &str,
    explained: Error,
    docs: &Docs,
) -> Error {
    let (EvalAltResult::ErrorParsing(kind, _), Some(location)) = (error, location) else {
        return explained;
    };
    let line = Line::of(location);
    if let Some(error) = habit(&line, above) {
        return error;
    }
    let explanation = match kind {
        ParseErrorType::VariableUndefined(name) => undefined(name, &line, docs),
        ParseErrorType::MissingToken(token, _) => missing(token, &line),
        ParseErrorType::Reserved(word) if line.rest.starts_with(['"', '`']) => Some(
            Error::new("the arguments of a function stand in brackets")
                .hint(format!("{word}(...)")),
        ),
        ParseErrorType::MismatchedType(wanted, _)
            if wanted.contains("iterable") && line.rest.starts_with(':') =>
        {
            Some(
                Error::new("a range is written with two dots")
                    .hint("1..10, which ends at 9, or 1..=10"),
            )
        }
        ParseErrorType::MismatchedType(wanted, _)
            if wanted.contains("bool") && line.text.contains(" not in ") =>
        {
            Some(Error::new("not is a word of other languages").hint("!(x in array)"))
        }
        ParseErrorType::MismatchedType(wanted, _)
            if wanted.contains("bool") && line.text.contains("===") =>
        {
            Some(Error::new("=== is a sign of other languages").hint("=="))
        }
        ParseErrorType::BadInput(LexError::UnterminatedString) if line.after.starts_with('\'') => {
            Some(
                Error::new("a text has no closing quote")
                    .got("a single quote")
                    .hint("\"...\" for text"),
            )
        }
        _ => None,
    };
    explanation.or_else(|| foreign(&line)).unwrap_or(explained)
}

/// Lines that are of another language as a whole.
fn habit(line: &Line, above: &str) -> Option<Error> {
    let blank = line.text.trim().is_empty()
        && above.contains("//")
        && !above.trim_start().starts_with("//");
    if blank {
        return Some(
            Error::new("the line before ends too early: // begins a comment")
                .hint("a / b, which divides integers without a rest"),
        );
    }
    if line.begins(&[
        "import ", "from ", "using ", "library(", "require(", "#include",
    ]) && !line.text.contains('"')
    {
        let hint = "the next line: every module is in sight; import \"file\" as name is for a script of one's own";
        return Some(Error::new("there is nothing to import").hint(hint));
    }
    if line.begins(&["%"]) {
        return Some(Error::new("\"%\" begins no comment").hint("// a comment"));
    }
    if line.begins(&["for (", "for("]) && line.text.contains(';') {
        return Some(
            Error::new("a for loop goes through a range or an array")
                .hint("for k in 0..10 { ... }"),
        );
    }
    let listed = line
        .text
        .split_once('[')
        .is_some_and(|(_, inside)| inside.contains(" for ") && inside.contains(" in "));
    listed.then(|| {
        Error::new("an array is not made by a for inside it")
            .hint("array.map(|x| 2 * x), array.filter(|x| x > 0)")
    })
}

/// A name that stands where no variable is.
fn undefined(name: &str, line: &Line, docs: &Docs) -> Option<Error> {
    let error = || Error::new(format!("there is no variable \"{name}\""));
    let by_name = || format!("arguments by name go in a map: #{{ {name}: ... }}");
    if name == "end" && line.opened == Some('[') {
        return Some(error().hint("-1 counts from the end"));
    }
    if elsewhere::word(name).is_some() {
        return None;
    }
    if name == "f" && line.after.starts_with("f\"") {
        return Some(
            Error::new("a text with values in it stands in backticks").hint("`x is ${x}`"),
        );
    }
    if line.rest.starts_with("=>")
        || line.rest.starts_with(") =>")
        || line.before.trim_end().ends_with("function(")
    {
        return Some(error().hint(format!("|{name}| ...")));
    }
    if line.rest.starts_with("<-") {
        return Some(error().hint(format!("let {name} = ...")));
    }
    if line.rest.starts_with('.') && docs.modules().contains(name) {
        return Some(
            Error::new(format!("{name} is a module, not a value"))
                .hint(format!("{name}::{}", line.rest.trim_start_matches('.'))),
        );
    }
    if line.rest.starts_with(':') && !line.rest.starts_with("::") {
        let hint = if line.opened == Some('{') {
            format!("#{{ {name}: ... }}")
        } else {
            by_name()
        };
        return Some(Error::new("a map is written with #").hint(hint));
    }
    let assigned = line
        .rest
        .strip_prefix('=')
        .is_some_and(|rest| !rest.starts_with('='));
    match line.opened {
        Some('(' | ',') if assigned => Some(error().hint(by_name())),
        None | Some(';') if assigned => Some(error().hint(format!("let {name} = ..."))),
        _ => None,
    }
}

/// A sign that is missing where another stands.
fn missing(token: &str, line: &Line) -> Option<Error> {
    let missing = |hint: &str| Some(Error::new(format!("\"{token}\" is missing")).hint(hint));
    match token {
        "{" if line.after.starts_with(':') => {
            Some(Error::new("a block stands in braces").hint("{ ... } in place of the colon"))
        }
        "]" if line.after.starts_with(':') => Some(
            Error::new("a part of an array is not written with a colon")
                .hint("array.extract(1..3), field.isel(#{ x: 1..3 })"),
        ),
        ")" if line.after.starts_with(',') => {
            Some(Error::new("several values stand in an array").hint("[a, b]"))
        }
        ";" if line.after.is_empty() => {
            Some(Error::new("the text ends too early").hint("a closing bracket"))
        }
        "}" if line.after.starts_with(';') => missing("a comma between the keys of a map"),
        ":" if line.after.starts_with('=') => missing("#{ key: value }"),
        ";" if line.word == "if" => Some(
            Error::new("a condition stands first")
                .hint("if condition { a } else { b }, which gives a value"),
        ),
        ";" if line.after.starts_with(',') && line.begins(&["let "]) => {
            Some(Error::new("one name for each let").hint("let pair = ...; let a = pair[0];"))
        }
        ";" if line.after.starts_with(':') && line.before.contains('{') => {
            Some(Error::new("a map is written with #").hint("#{ key: value }"))
        }
        ";" if elsewhere::word(&line.word).is_none() && elsewhere::sign(&line.after).is_none() => {
            Some(
                Error::new("\";\" is missing to terminate this statement")
                    .hint("a ; after the statement before"),
            )
        }
        _ => None,
    }
}

/// A word or sign of another language at the location.
fn foreign(line: &Line) -> Option<Error> {
    if let Some(meant) = elsewhere::word(&line.word) {
        return Some(
            Error::new(format!("\"{}\" is a word of other languages", line.word)).hint(meant),
        );
    }
    // A sign may begin before the location where the parser gave up on it.
    let from_the_dot = format!(
        "{}{}",
        line.before.trim_end().chars().last().unwrap_or(' '),
        line.after
    );
    let (sign, meant) = elsewhere::sign(&line.after).or_else(|| elsewhere::sign(&from_the_dot))?;
    Some(
        Error::new(format!(
            "\"{}\" is a sign of other languages",
            sign.trim_end_matches('"')
        ))
        .hint(meant),
    )
}
