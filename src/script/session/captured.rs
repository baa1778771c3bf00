//! Variables that closures take from around them, and functions of their names.

use rhai::{AST, ASTNode, Expr, Position, Stmt};
use std::collections::{BTreeMap, BTreeSet};

/// A variable from around a closure that has the name of one of `functions`. Those of its own text
/// the parser takes for the function from the start, so that they are not among the `captured`.
pub(super) fn hidden(
    ast: &AST,
    captured: &BTreeMap<String, Position>,
    functions: &BTreeSet<&str>,
) -> Option<(String, Position)> {
    let mut known = captured.iter();
    if let Some((name, at)) = known.find(|(name, _)| functions.contains(name.as_str())) {
        return Some((name.clone(), *at));
    }
    let mut declared = declared(ast.statements());
    for f in ast.iter_fn_def() {
        declared.extend(self::declared(f.body.statements()));
        declared.extend(f.params.iter().map(|p| p.to_string()));
    }
    let closures = ast.iter_fn_def().filter(|f| f.name.contains('$'));
    for closure in closures {
        let mut own = self::declared(closure.body.statements());
        own.extend(closure.params.iter().map(|p| p.to_string()));
        let read = read(closure.body.statements()).into_iter();
        let mut around = read.filter(|(name, _)| declared.contains(name) && !own.contains(name));
        if let Some(first) = around.find(|(name, _)| functions.contains(name.as_str())) {
            return Some(first);
        }
    }
    None
}

/// The names that statements declare.
fn declared(statements: &[Stmt]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    each(statements, &mut |node| match node {
        ASTNode::Stmt(Stmt::Var(x, ..)) => drop(names.insert(x.0.name.to_string())),
        ASTNode::Stmt(Stmt::For(x, _)) => {
            names.insert(x.0.name.to_string());
            names.extend(x.1.iter().map(|counter| counter.name.to_string()));
        }
        _ => {}
    });
    names
}

/// The names that statements read, and where.
fn read(statements: &[Stmt]) -> Vec<(String, Position)> {
    let mut names = Vec::new();
    each(statements, &mut |node| {
        if let ASTNode::Expr(Expr::Variable(x, _, at)) = node
            && x.2.is_empty()
        {
            names.push((x.1.to_string(), *at));
        }
    });
    names
}

fn each(statements: &[Stmt], on: &mut dyn FnMut(&ASTNode)) {
    for statement in statements {
        statement.walk(&mut Vec::new(), &mut |path: &[ASTNode]| {
            path.last().into_iter().for_each(&mut *on);
            true
        });
    }
}
