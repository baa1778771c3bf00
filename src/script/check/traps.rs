//! Traps of the language: what is valid but hardly meant.

use crate::error::Warning;
use crate::script::source::Sources;
use rhai::{AST, ASTNode, Expr, FnCallExpr, Position};

/// The traps a text falls into.
pub fn traps(ast: &AST, sources: &Sources) -> Vec<Warning> {
    let mut found = Vec::new();
    ast.walk(&mut |path: &[ASTNode]| {
        if let Some(ASTNode::Expr(Expr::FnCall(call, position))) = path.last()
            && let Some((name, message)) = trap(call)
        {
            found.push(Warning::new(name, message(&place(*position, sources))));
        }
        true
    });
    found
}

type Message = Box<dyn Fn(&str) -> String>;

fn trap(call: &FnCallExpr) -> Option<(&'static str, Message)> {
    match (call.name.as_str(), &call.args[..]) {
        ("/", [Expr::IntegerConstant(a, _), Expr::IntegerConstant(b, _)]) if *b != 0 && a % b != 0 => {
            let (a, b) = (*a, *b);
            let message = move |at: &str| format!("{a}/{b} is {}{at}: integers divide without a rest; write {a}.0/{b}", a / b);
            Some(("integer_division", Box::new(message)))
        }
        ("^", [_, Expr::IntegerConstant(..)]) => {
            Some(("power", Box::new(|at: &str| format!("^ works on the bits of integers{at}; ** is the power"))))
        }
        ("==" | "!=", arguments) if arguments.iter().any(is_missing) => {
            Some(("missing_value", Box::new(|at: &str| format!("a missing value equals nothing, not even itself{at}; write x.is_nan()"))))
        }
        _ => None,
    }
}

fn is_missing(expression: &Expr) -> bool {
    matches!(expression, Expr::FnCall(call, _) if call.name == "missing")
}

fn place(position: Position, sources: &Sources) -> String {
    sources.place(position).map(|p| format!(" at {}:{}:{}", p.name, p.line, p.column)).unwrap_or_default()
}
