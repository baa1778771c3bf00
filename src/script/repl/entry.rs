//! The entry typed at the prompt, made ready to run.

use crate::script::bridge::grammar::unclosed_comment;
use crate::script::session::Session;
use rhai::{Engine, Expr, LexError, OptimizationLevel, ParseErrorType, Position, Stmt};
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// Whether an entry is complete; if not, the prompt asks for another line.
pub fn is_whole(text: &str) -> bool {
    if text.trim_start().starts_with([':', '?']) {
        return true;
    }
    let Err(e) = parser().compile(text) else {
        return unclosed_comment(text).is_none();
    };
    let rest = rest_at(text, e.1);
    match *e.0 {
        ParseErrorType::UnexpectedEOF | ParseErrorType::MissingToken(..) => !rest.trim().is_empty(),
        // Only text in backticks goes on in the next line.
        ParseErrorType::BadInput(LexError::UnterminatedString) => {
            !rest.starts_with('`') && !text.trim_end_matches('\n').ends_with('\\')
        }
        _ => true,
    }
}

/// Whether a text is one expression, which can stand after `let name =`.
pub(super) fn is_expression(text: &str) -> bool {
    parser()
        .compile_expression(text.trim_end().trim_end_matches(';'))
        .is_ok()
}

/// An entry as statements that others may follow.
pub(super) fn closed(text: &str) -> String {
    let text = text.trim_end();
    let stands = |text: &str| parser().compile(format!("{text}\n0")).is_ok();
    [text.to_string(), format!("{text};"), format!("{text}\n;")]
        .into_iter()
        .find(|t| stands(t))
        .unwrap_or_else(|| text.to_string())
}

/// Knows the grammar alone: names are not its business.
fn parser() -> &'static Engine {
    static PARSER: OnceLock<Engine> = OnceLock::new();
    PARSER.get_or_init(|| {
        let mut engine = Engine::new_raw();
        engine.set_optimization_level(OptimizationLevel::None);
        engine
    })
}

/// The text from a position on.
fn rest_at(text: &str, position: Position) -> String {
    let (Some(line), Some(column)) = (position.line(), position.position()) else {
        return String::new();
    };
    let lines: Vec<&str> = text.split('\n').skip(line - 1).collect();
    lines.join("\n").chars().skip(column - 1).collect()
}

/// An entry as it is run: a lone `_` is the last value and `_3` that of line 3, by the names of
/// `value_name`; `x = ...` for a new name makes it.
pub fn prepared(session: &Session, text: &str) -> String {
    let text = with_values(text, session.last_value());
    let mut known: BTreeSet<String> = session.variables().into_iter().map(|(n, _)| n).collect();
    let Ok(ast) = parser().compile(&text) else {
        // The report is about what stands behind the new name.
        return match text.split_once('=') {
            Some((name, _)) if is_name(name.trim()) && !known.contains(name.trim()) => {
                format!("let {text}")
            }
            _ => text,
        };
    };
    let mut made = Vec::new();
    for statement in ast.statements() {
        match statement {
            Stmt::Var(x, ..) => {
                known.insert(x.0.name.to_string());
            }
            Stmt::Assignment(x) if !x.0.is_op_assignment() => {
                if let Expr::Variable(v, _, position) = &x.1.lhs
                    && known.insert(v.1.to_string())
                {
                    made.push(*position);
                }
            }
            _ => {}
        }
    }
    made.into_iter().rev().fold(text, |text, position| {
        let rest = rest_at(&text, position);
        let before = &text[..text.len() - rest.len()];
        format!("{before}let {rest}")
    })
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// Replaces `_` and `_3` outside text and comments by the names of those values.
fn with_values(text: &str, last: Option<usize>) -> String {
    let characters: Vec<char> = text.chars().collect();
    let word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric() || *c == '_');
    let (mut out, mut quote, mut k) = (String::with_capacity(text.len()), None, 0);
    while let Some(c) = characters.get(k) {
        let before = k.checked_sub(1).and_then(|p| characters.get(p));
        match quote {
            None if "\"`".contains(*c) => quote = Some(*c),
            None if characters[k..].starts_with(&['/', '/']) => quote = Some('\n'),
            Some(q) if *c == q && before != Some(&'\\') => quote = None,
            _ => {}
        }
        let digits: String = characters[k + 1..]
            .iter()
            .take_while(|c| c.is_ascii_digit())
            .collect();
        let next = k + 1 + digits.len();
        let rest: String = characters[next..].iter().collect();
        let arm = rest.trim_start().starts_with("=>");
        let lone = *c == '_' && !word(before) && !word(characters.get(next)) && !arm;
        let number = digits.parse().ok().or(last);
        match number.filter(|_| lone && quote.is_none()) {
            Some(number) => {
                out.push_str(&value_name(number));
                k = next;
            }
            None => {
                out.push(*c);
                k += 1;
            }
        }
    }
    out
}

/// The name of the value of a line of the prompt.
pub(super) fn value_name(line: usize) -> String {
    format!("line_{line}")
}

/// Whether a text names the value of a line.
pub(super) fn uses(text: &str, line: usize) -> bool {
    let name = value_name(line);
    text.split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .any(|word| word == name)
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
            "x = 1:5",
            "let s = \"caf",
        ] {
            assert!(is_whole(text), "{text}");
        }
    }

    #[test]
    fn a_lone_underscore_is_the_last_value() {
        assert_eq!(
            with_values("_ + f_1(_, \"_\") - _12 // _", Some(3)),
            "line_3 + f_1(line_3, \"_\") - line_12 // _"
        );
        assert_eq!(
            with_values("switch x { 1 => 2, _ => 3 }", Some(3)),
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
        assert_eq!(prepared(&session, "x = 1:5"), "let x = 1:5");
        assert_eq!(
            prepared(&session, "a = 1; nee = 2;\n  b = \"é\"; c = a; a = 4"),
            "let a = 1; nee = 2;\n  let b = \"é\"; let c = a; a = 4"
        );
    }
}
