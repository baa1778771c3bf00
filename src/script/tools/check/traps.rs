//! Traps of the language: what is valid but hardly meant.

use super::closures::closures;
use crate::error::Warning;
use crate::script::bridge::source::Sources;
use rhai::{AST, ASTNode, Expr, FnCallExpr, Position, Stmt};

/// The traps a text falls into.
pub fn traps(ast: &AST, sources: &Sources) -> Vec<Warning> {
    let mut warnings = Vec::new();
    ast.walk(&mut |path: &[ASTNode]| {
        let (position, trapped) = match path.last() {
            Some(ASTNode::Expr(Expr::FnCall(call, position)))
            | Some(ASTNode::Stmt(Stmt::FnCall(call, position))) => (*position, trap(call)),
            Some(ASTNode::Expr(Expr::StringConstant(text, position))) => {
                (*position, unfilled(text))
            }
            _ => return true,
        };
        if let Some((name, message)) = trapped {
            warnings.push(Warning::new(name, message(&location(position, sources))));
        }
        true
    });
    warnings.extend(closures(ast).into_iter().map(|(name, at, message)| {
        Warning::new(name, message.replace("{at}", &location(at, sources)))
    }));
    warnings
}

type Message = Box<dyn Fn(&str) -> String>;

fn trap(call: &FnCallExpr) -> Option<(&'static str, Message)> {
    match (call.name.as_str(), &call.args[..]) {
        ("/", [Expr::IntegerConstant(a, _), Expr::IntegerConstant(b, _)])
            if *b != 0 && a % b != 0 =>
        {
            let (a, b) = (*a, *b);
            let message = move |at: &str| {
                format!(
                    "{a}/{b} is {}{at}: integers divide without a rest; write {a}.0/{b}",
                    a / b
                )
            };
            Some(("integer_division", Box::new(message)))
        }
        ("^", [_, Expr::IntegerConstant(..)]) => Some((
            "power",
            Box::new(|at: &str| format!("^ works on the bits of integers{at}; ** is the power")),
        )),
        ("==" | "!=", arguments) if arguments.iter().any(is_missing) => Some((
            "missing_value",
            Box::new(|at: &str| {
                format!("a missing value equals nothing, not even itself{at}; write x.is_nan()")
            }),
        )),
        ("<" | "<=" | ">" | ">=", [Expr::FnCall(inner, _), _])
            if ["<", "<=", ">", ">="].contains(&inner.name.as_str()) =>
        {
            let message = |at: &str| {
                format!(
                    "a < b < c compares true or false with c{at}, which is never true; write a < b && b < c"
                )
            };
            Some(("chained_comparison", Box::new(message)))
        }
        (
            "==" | "!=" | "<" | "<=" | ">" | ">=",
            [Expr::StringConstant(..), number] | [number, Expr::StringConstant(..)],
        ) if is_number(number) => Some((
            "text_and_number",
            Box::new(|at: &str| {
                format!("a text does not compare with a number{at}; number(text) reads one")
            }),
        )),
        _ => None,
    }
}

/// Text in double quotes that asks for a value.
fn unfilled(text: &str) -> Option<(&'static str, Message)> {
    let asks = text
        .split_once("${")
        .is_some_and(|(_, rest)| rest.contains('}'));
    let message = |at: &str| {
        format!(
            "${{...}} in double quotes is not filled in{at}; write the text in backticks, `x is ${{x}}`"
        )
    };
    asks.then_some(("text_not_filled_in", Box::new(message)))
}

fn is_number(expression: &Expr) -> bool {
    matches!(
        expression,
        Expr::IntegerConstant(..) | Expr::FloatConstant(..)
    )
}

fn is_missing(expression: &Expr) -> bool {
    matches!(expression, Expr::FnCall(call, _) if call.name == "missing")
}

fn location(position: Position, sources: &Sources) -> String {
    sources
        .location(position)
        .map(|p| format!(" at {}:{}:{}", p.name, p.line, p.column))
        .unwrap_or_default()
}
