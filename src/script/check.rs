//! Finds mistakes without running: unknown functions, wrong numbers of arguments, and traps.

use super::source::Sources;
use crate::error::Warning;
use rhai::{AST, ASTNode, Expr};

/// Traps of the language that are valid but hardly meant.
pub fn traps(ast: &AST, sources: &Sources) -> Vec<Warning> {
    let mut found = Vec::new();
    ast.walk(&mut |path: &[ASTNode]| {
        if let Some(ASTNode::Expr(Expr::FnCall(call, position))) = path.last()
            && call.name == "/"
            && let [Expr::IntegerConstant(a, _), Expr::IntegerConstant(b, _)] = call.args[..]
            && b != 0
            && a % b != 0
        {
            let place = sources.place(*position).map(|p| format!(" at {}:{}:{}", p.name, p.line, p.column)).unwrap_or_default();
            found.push(Warning::new("integer_division", format!("{a}/{b} is {}{place}: integers divide without a rest; write {a}.0/{b}", a / b)));
        }
        true
    });
    found
}
