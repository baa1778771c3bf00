//! Text that is no program.

use crate::error::Error;
use crate::script::help::docs::Docs;
use crate::script::report::explain::{LOOPS, unknown_module, unknown_variable};
use rhai::{LexError, ParseErrorType};

/// Messages of the parser, in the words of this program.
pub(super) fn syntax(kind: &ParseErrorType, docs: &Docs, variables: &[String]) -> Error {
    use ParseErrorType as P;
    match kind {
        P::VariableUndefined(name) => unknown_variable(name, docs, variables),
        P::ModuleUndefined(name) => unknown_module(name, docs, variables),
        P::MissingToken(token, why) if token == "," => {
            Error::new(format!("\",\" is missing {why}")).hint("a comma, or a closing bracket")
        }
        P::MissingToken(token, why) if token == "{" => {
            Error::new(format!("\"{{\" is missing {why}")).hint("{ ... } around what belongs to it")
        }
        P::MissingToken(token, why) => Error::new(format!("\"{token}\" is missing {why}")),
        P::UnexpectedEOF => Error::new("the text ends too early").hint("a closing bracket"),
        P::BadInput(bad) => unreadable(bad),
        P::AssignmentToInvalidLHS(_) => Error::new("this cannot be assigned to")
            .hint("arguments by name go in a map: f(#{ name: value })"),
        P::AssignmentToConstant(name) => Error::new(format!("\"{name}\" is a constant"))
            .hint(format!("let {name} = ... where it is made")),
        P::Reserved(word) if word == "#" => {
            Error::new("\"#\" begins no comment").hint("// a comment")
        }
        P::Reserved(word) => {
            Error::new(format!("\"{word}\" is a word of the language")).hint("another name")
        }
        P::WrongFnDefinition => {
            Error::new("a fn stands at the top of the file, not inside another")
                .hint("let f = |x| ...;")
        }
        P::VariableExpected => Error::new("a name is missing")
            .hint("a letter first, no word of the language, and one name for each let"),
        P::ExprExpected(what) if what.contains("literal") => {
            Error::new("a case of a switch is a plain value").hint("_ => ... for every other")
        }
        P::MismatchedType(expected, got) if expected.contains("iterable") => {
            Error::new("this cannot be looped over")
                .expected(LOOPS)
                .got(got)
        }
        P::UnknownOperator(sign) if sign == "++" || sign == "--" => {
            Error::new(format!("there is no operator \"{sign}\"")).hint("x += 1")
        }
        P::UnknownOperator(sign) if sign == "?" => Error::new("there is no operator \"?\"")
            .hint("if condition { a } else { b }, which gives a value"),
        P::PropertyExpected => {
            Error::new("a name is missing").hint(".name after a dot, key: value in a map")
        }
        P::MismatchedType(expected, got) if expected.contains("bool") => {
            Error::new("a condition is true or false")
                .got(got)
                .hint("a comparison, such as x != 0")
        }
        P::LoopBreak => {
            Error::new("break and continue stand inside a loop").hint("return, to leave a function")
        }
        P::ExprTooDeep => {
            Error::new("the expression is nested too deeply").hint("a let for its parts")
        }
        other => Error::new(other.to_string()),
    }
}

/// Characters that make no word of the language.
fn unreadable(bad: &LexError) -> Error {
    match bad {
        LexError::UnterminatedString => {
            Error::new("a text has no closing quote").hint("` ` around text of several lines")
        }
        LexError::MalformedChar(_) => Error::new("text stands in double quotes")
            .got("single quotes")
            .hint("\"...\""),
        LexError::MalformedEscapeSequence(text) => {
            Error::new("there is no such sign after a backslash")
                .got(text)
                .hint("\\\\ for a backslash, \\n for a new line")
        }
        LexError::ImproperSymbol(sign, _) if sign == "=" => {
            Error::new("= assigns").hint("== to compare")
        }
        LexError::ImproperSymbol(sign, _) if sign == "===" || sign == "!==" => {
            Error::new(format!("{sign} is a sign of other languages")).hint(&sign[..2])
        }
        LexError::UnexpectedInput(sign)
            if sign.chars().any(|c| c.is_alphabetic() && !c.is_ascii()) =>
        {
            Error::new("names are written in the letters a to z")
                .got(sign)
                .hint("theta for θ, mu for μ")
        }
        LexError::UnexpectedInput(sign) => Error::new(format!("\"{sign}\" cannot stand here")),
        LexError::ImproperSymbol(sign, _) if sign == "eval" => {
            Error::new("text cannot be run as a script from within one").hint("a closure |x| ...")
        }
        other => Error::new(other),
    }
}
