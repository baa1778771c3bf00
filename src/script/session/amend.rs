//! What a text is amended by before it runs, so that the language does what is meant.
//!
//! - A closure made in a loop keeps the value that the loop's variable has then: the variable is
//!   made anew in every turn (`let x = x`), where the engine has one for all turns.
//! - The value of `catch` comes out where that of `try` does, at the end of a function: `return`.
//! - A caught error of the language has the parts of any other: `caught(e)`.
//! - A method whose closure uses the value it is called on is called on a copy: `copied(v)`.
//!
//! Insertions are noted in `Sources`, which leaves them out of the columns that people see.

use super::receivers;
use crate::script::bridge::source::Insertion;
use rhai::{AST, ASTNode, Expr, FlowControl, Position, Stmt};
use std::collections::BTreeSet;

/// What to insert into the text that `ast` was compiled from, in order of place.
pub fn insertions(ast: &AST, text: &str) -> Vec<Insertion> {
    let (mut found, mut copies) = (BTreeSet::new(), BTreeSet::new());
    ast.walk(&mut |path: &[ASTNode]| {
        match path.last() {
            Some(ASTNode::Stmt(Stmt::Share(captured))) => {
                let names = captured.iter().map(|(variable, _)| variable.name.as_str());
                names.for_each(|name| found.extend(fresh(path, name)));
            }
            Some(ASTNode::Stmt(Stmt::TryCatch(flow, _))) => found.extend(caught(flow)),
            Some(ASTNode::Expr(expression)) => {
                copies.extend(receivers::copies(expression, text));
            }
            _ => {}
        }
        true
    });
    let functions = ast.iter_fn_def().map(|f| f.body.statements());
    let mut returns = vec![];
    functions
        .chain([ast.statements()])
        .for_each(|body| tails(body, &mut returns));
    found.extend(returns.into_iter().filter_map(|at| returned(text, at)));
    let mut insertions: Vec<Insertion> = found
        .into_iter()
        .map(|(line, column, text)| Insertion { line, column, text })
        .collect();
    let mut put = |(line, column), text: &str| {
        insertions.push(Insertion {
            line,
            column,
            text: text.to_string(),
        });
    };
    for (start, end) in copies {
        put(start, "copied(");
        put(end, ")");
    }
    insertions.sort_by_key(|i| (i.line, i.column));
    insertions
}

/// Line and column after which a text goes.
type Found = (usize, usize, String);

fn after(position: Position, text: String) -> Option<Found> {
    Some((position.line()?, position.position()?, text))
}

/// The variable of the innermost loop of that name is made anew in its body.
fn fresh(path: &[ASTNode], name: &str) -> Option<Found> {
    let body = path.iter().rev().find_map(|node| match node {
        ASTNode::Stmt(Stmt::For(x, _)) => {
            let counter = x.1.as_ref().is_some_and(|c| c.name == name);
            (x.0.name == name || counter).then_some(&x.2.body)
        }
        _ => None,
    })?;
    after(body.span().start(), format!(" let {name} = {name};"))
}

/// The error variable of a catch, read as an error.
fn caught(flow: &FlowControl) -> Option<Found> {
    let Expr::Variable(variable, ..) = &flow.expr else {
        return None;
    };
    let name = &variable.1;
    after(
        flow.branch.span().start(),
        format!(" let {name} = caught({name});"),
    )
}

/// Where the values of catches begin at the end of a function.
fn tails(body: &[Stmt], found: &mut Vec<Position>) {
    match body.last() {
        Some(Stmt::TryCatch(flow, _)) => {
            tails(flow.body.statements(), found);
            values(flow.branch.statements(), found);
        }
        Some(last) => blocks(last)
            .into_iter()
            .for_each(|block| tails(block, found)),
        None => {}
    }
}

/// Where the value of the statements of a catch begins.
fn values(statements: &[Stmt], found: &mut Vec<Position>) {
    match statements.last() {
        Some(Stmt::TryCatch(..)) => tails(statements, found),
        Some(last) if !blocks(last).is_empty() => blocks(last)
            .into_iter()
            .for_each(|block| values(block, found)),
        Some(Stmt::Expr(value)) => found.push(value.start_position()),
        Some(Stmt::FnCall(_, position)) => found.push(*position),
        _ => {}
    }
}

/// The blocks of a statement whose values are its own.
pub fn blocks(statement: &Stmt) -> Vec<&[Stmt]> {
    match statement {
        Stmt::If(flow, _) => vec![flow.body.statements(), flow.branch.statements()],
        Stmt::Block(block) => vec![block.statements()],
        Stmt::Switch(x, _) => {
            let arms = x.1.expressions.iter();
            arms.filter_map(|arm| match &arm.rhs {
                Expr::Stmt(block) => Some(block.statements()),
                _ => None,
            })
            .collect()
        }
        Stmt::Expr(value) => match value.as_ref() {
            Expr::Stmt(block) => vec![block.statements()],
            _ => vec![],
        },
        _ => vec![],
    }
}

/// `return` before the value that begins at a position, unless something other than a sign or a
/// name of a module stands between it and the end of the statement before.
fn returned(text: &str, at: Position) -> Option<Found> {
    let (line, column) = (at.line()?, at.position()?);
    let lines: Vec<&str> = text.lines().collect();
    let mut here: Vec<char> = lines.get(line - 1)?.chars().take(column - 1).collect();
    let mut number = line;
    loop {
        match here.last() {
            Some(';' | '{' | '}') => {
                return Some((number, here.len(), " return".to_string() + " "));
            }
            Some(c) if c.is_whitespace() || c.is_alphanumeric() || "-!+(_:".contains(*c) => {
                here.pop();
            }
            Some(_) => return None,
            None => {
                number = number.checked_sub(1).filter(|n| *n > 0)?;
                here = lines[number - 1].chars().collect();
            }
        }
    }
}
