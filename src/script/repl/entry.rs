//! The entry typed at the prompt, made ready to run.

use crate::script::session::Session;
use rhai::{Engine, LexError, ParseErrorType};
use std::sync::OnceLock;

/// Whether an entry is complete; if not, the prompt asks for another line.
pub fn is_whole(text: &str) -> bool {
    if text.trim_start().starts_with([':', '?']) {
        return true;
    }
    match parser().compile(text) {
        Ok(_) => true,
        Err(e) => {
            !matches!(
                *e.0,
                ParseErrorType::UnexpectedEOF
                    | ParseErrorType::MissingToken(..)
                    | ParseErrorType::BadInput(LexError::UnterminatedString)
            ) || !ends_there(text, e.1.line())
        }
    }
}

/// Whether a text is one expression, which can stand after `let name =`.
pub(super) fn is_expression(text: &str) -> bool {
    parser()
        .compile_expression(text.trim_end().trim_end_matches(';'))
        .is_ok()
}

/// Knows the grammar alone: names are not its business.
fn parser() -> &'static Engine {
    static PARSER: OnceLock<Engine> = OnceLock::new();
    PARSER.get_or_init(Engine::new_raw)
}

/// A missing bracket in the middle of the text is a mistake and not an unfinished entry.
fn ends_there(text: &str, line: Option<usize>) -> bool {
    line.is_none_or(|l| l >= text.trim_end().lines().count())
}

/// An entry as it is run: a lone `_` is the last value, and `x = ...` for a new name makes it.
pub fn prepared(session: &Session, text: &str) -> String {
    let text = with_last_value(text);
    match new_name(&text) {
        Some(name) if !session.variables().iter().any(|(n, _)| *n == name) => {
            format!("let {}", text.trim_start())
        }
        _ => text,
    }
}

/// The name before the first single `=` when nothing else stands there.
fn new_name(text: &str) -> Option<String> {
    let (left, right) = text.split_once('=')?;
    let name = left.trim();
    let identifier = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    (identifier && !right.starts_with(['=', '>'])).then(|| name.to_string())
}

/// Replaces a lone `_` outside text and comments by `last`.
fn with_last_value(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut quote: Option<char> = None;
    let characters: Vec<char> = text.chars().collect();
    let word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric() || *c == '_');
    for (k, c) in characters.iter().enumerate() {
        let before = k.checked_sub(1).and_then(|p| characters.get(p));
        match quote {
            Some(q) if *c == q && before != Some(&'\\') => quote = None,
            None if ['"', '`'].contains(c) => quote = Some(*c),
            _ => {}
        }
        let rest: String = characters[k + 1..].iter().collect();
        let arm = rest.trim_start().starts_with("=>");
        if *c == '_' && quote.is_none() && !word(before) && !word(characters.get(k + 1)) && !arm {
            out.push_str("last");
        } else {
            out.push(*c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::session::Start;

    #[test]
    fn an_open_bracket_asks_for_more_and_a_mistake_does_not() {
        for text in [
            "let f = unknown.map(|x| {",
            "let f = |x| {",
            "field([1, 2,",
            "let a = `one\n",
            "if true {",
        ] {
            assert!(!is_whole(text), "{text}");
        }
        for text in [
            "1 + 1",
            "let x = 3;",
            "1 + * 2",
            "?mean",
            ":vars",
            "fn f(x) { x }\nf(1)",
        ] {
            assert!(is_whole(text), "{text}");
        }
    }

    #[test]
    fn a_lone_underscore_is_the_last_value() {
        assert_eq!(
            with_last_value("_ + f_1(_, \"_\")"),
            "last + f_1(last, \"_\")"
        );
        assert_eq!(
            with_last_value("switch x { 1 => 2, _ => 3 }"),
            "switch x { 1 => 2, _ => 3 }"
        );
    }

    #[test]
    fn a_new_name_is_made_and_a_known_one_assigned() {
        let mut session = Session::new(Start::default()).unwrap();
        assert_eq!(prepared(&session, "nee = 3"), "let nee = 3");
        let _ = session.run("line", "let nee = 1").unwrap();
        assert_eq!(prepared(&session, "nee = 3"), "nee = 3");
        assert_eq!(prepared(&session, "nee == 3"), "nee == 3");
    }
}
