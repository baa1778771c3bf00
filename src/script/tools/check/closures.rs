//! Closures that do not do what they seem to: of a variable that changes after they were made, of
//! state that outlives a run; and values of `catch` that would be lost.

use crate::error::Error;
use crate::script::session::amend::blocks;
use crate::script::session::receivers::conflicts;
use rhai::{AST, ASTNode, BinaryExpr, Expr, FnCallExpr, FnPtr, Position, Stmt, StmtBlock};
use std::collections::BTreeSet;

/// Functions that keep a closure.
const KEEPERS: [&str; 7] = [
    "push", "insert", "scheme", "form", "choosing", "forecast", "chain",
];
/// Functions and options whose closures are schemes, called anew in every region and window.
const SCHEMES: [&str; 3] = ["scheme", "form", "choosing"];
const SCHEME_OPTIONS: [&str; 3] = ["inflation", "update", "localization"];
/// Methods that change what they are called on.
const CHANGES: [&str; 11] = [
    "push", "insert", "append", "remove", "clear", "pop", "shift", "set", "extend", "truncate",
    "mixin",
];

/// A trap: its name, where it is, and the sentence around the location.
pub type Trap = (&'static str, Position, String);

/// The traps of closures in a text.
pub fn closures(ast: &AST) -> Vec<Trap> {
    let mut faults = vec![];
    ast.walk(&mut |path: &[ASTNode]| {
        match path.last() {
            Some(ASTNode::Expr(Expr::Stmt(block))) => {
                faults.extend(captured_later(path, block));
            }
            Some(ASTNode::Expr(Expr::FnCall(call, _) | Expr::MethodCall(call, _)))
            | Some(ASTNode::Stmt(Stmt::FnCall(call, _)))
                if SCHEMES.contains(&call.name.as_str()) =>
            {
                call.args.iter().for_each(|a| faults.extend(state(ast, a)));
            }
            Some(ASTNode::Expr(Expr::Map(map, _))) => {
                let options = map.0.iter();
                options
                    .filter(|(key, _)| SCHEME_OPTIONS.contains(&key.name.as_str()))
                    .for_each(|(_, value)| faults.extend(state(ast, value)));
            }
            _ => {}
        }
        true
    });
    faults
}

/// The variables a closure captures and the name of its function.
fn closure(block: &StmtBlock) -> Option<(Vec<String>, String)> {
    let [Stmt::Share(captured), Stmt::Expr(curry)] = block.statements() else {
        return None;
    };
    let Expr::FnCall(call, _) = curry.as_ref() else {
        return None;
    };
    let Some(Expr::DynamicConstant(value, _)) = call.args.first() else {
        return None;
    };
    let pointer = value.as_ref().clone().try_cast::<FnPtr>()?;
    let names = captured.iter().map(|(v, _)| v.name.to_string()).collect();
    Some((names, pointer.fn_name().to_string()))
}

/// Every call that changes an array while its closure uses it, which fails when it runs.
pub fn held_values(ast: &AST) -> Vec<(Position, Error)> {
    let mut found = vec![];
    ast.walk(&mut |path: &[ASTNode]| {
        path.last()
            .into_iter()
            .for_each(|node| found.extend(conflicts(node)));
        true
    });
    let error = |method: &str| {
        Error::new(format!("{method} changes a value that its closure uses"))
            .hint("a copy under another name before the closure: let before = v;")
    };
    let faults = found.into_iter();
    faults.map(|(at, method)| (at, error(&method))).collect()
}

/// Every `try` whose value is used while that of its `catch` would be lost.
pub fn lost_catches(ast: &AST) -> Vec<(Position, Error)> {
    let mut lost = vec![];
    ast.walk(&mut |path: &[ASTNode]| {
        if let Some(ASTNode::Expr(Expr::Stmt(block))) = path.last() {
            lost.extend(lost_value(path, block));
        }
        true
    });
    let error = || {
        Error::new("the value of this catch would be lost")
            .expected("try and catch at the end of a function, or an assignment in both")
            .hint("let read = |s| { try { number(s) } catch { -1.0 } }; let x = read.call(s);")
    };
    lost.into_iter().map(|at| (at, error())).collect()
}

fn lost_value(path: &[ASTNode], block: &StmtBlock) -> Option<Position> {
    let used = match path.get(path.len().checked_sub(2)?)? {
        ASTNode::Stmt(statement) => matches!(statement, Stmt::Var(..) | Stmt::Assignment(..)),
        _ => true,
    };
    used.then(|| catch_at_the_end(block.statements()))?
}

/// Where a `try` is that ends a block and whose `catch` ends with a value.
fn catch_at_the_end(statements: &[Stmt]) -> Option<Position> {
    match statements.last()? {
        Stmt::TryCatch(flow, position) => {
            let last = flow.branch.statements().last();
            let gives = matches!(last, Some(Stmt::Expr(_) | Stmt::FnCall(..)));
            gives.then_some(*position)
        }
        last => blocks(last).into_iter().find_map(catch_at_the_end),
    }
}

/// A closure that is kept and captures a variable that its loop changes later.
fn captured_later(path: &[ASTNode], block: &StmtBlock) -> Option<Trap> {
    let (captured, _) = closure(block)?;
    let made = block.position();
    if !path.iter().rev().skip(1).any(keeps) {
        return None;
    }
    let body = path.iter().rev().find_map(|node| match node {
        ASTNode::Stmt(Stmt::While(flow, _)) | ASTNode::Stmt(Stmt::Do(flow, ..)) => Some(&flow.body),
        ASTNode::Stmt(Stmt::For(x, _)) => Some(&x.2.body),
        _ => None,
    })?;
    let (mut local, mut later) = (BTreeSet::new(), vec![]);
    walk(body, &mut |node| match node {
        ASTNode::Stmt(Stmt::Var(made, ..)) => {
            local.insert(made.0.name.to_string());
        }
        ASTNode::Stmt(Stmt::Assignment(x)) => later.extend(root(&x.1.lhs)),
        _ => {}
    });
    let (name, _) = later.into_iter().find(|(name, position)| {
        captured.contains(name) && !local.contains(name) && *position > made
    })?;
    let message = format!(
        "the closure{{at}} has the last value of {name}, which changes after it is made; write let fixed = {name}; before it, and use that"
    );
    Some(("captured_variable_changes", made, message))
}

fn keeps(node: &ASTNode) -> bool {
    let keeps_closure = |call: &FnCallExpr| KEEPERS.contains(&call.name.as_str());
    match node {
        ASTNode::Expr(Expr::FnCall(call, _) | Expr::MethodCall(call, _)) => keeps_closure(call),
        ASTNode::Stmt(Stmt::FnCall(call, _)) => keeps_closure(call),
        ASTNode::Expr(Expr::Map(..) | Expr::Array(..)) | ASTNode::Stmt(Stmt::Assignment(_)) => true,
        _ => false,
    }
}

/// A scheme that changes a variable it captures.
fn state(ast: &AST, argument: &Expr) -> Option<Trap> {
    let Expr::Stmt(block) = argument else {
        return None;
    };
    let (captured, function) = closure(block)?;
    let definition = ast.iter_fn_def().find(|f| f.name.as_str() == function)?;
    let mut changed = None;
    walk(&definition.body, &mut |node| {
        let here = match node {
            ASTNode::Stmt(Stmt::Assignment(x)) => root(&x.1.lhs),
            ASTNode::Expr(Expr::Dot(x, ..)) if changes(x) => root(&x.lhs),
            _ => None,
        };
        if let Some((name, _)) = here.filter(|(name, _)| captured.contains(name)) {
            changed.get_or_insert(name);
        }
    });
    let name = changed?;
    let message = format!(
        "the scheme{{at}} changes {name}, which it captures and which lives on from run to run; write about.memory.{name}, with about as the last argument"
    );
    Some(("scheme_keeps_state", block.position(), message))
}

fn changes(x: &BinaryExpr) -> bool {
    matches!(&x.rhs, Expr::MethodCall(call, _) if CHANGES.contains(&call.name.as_str()))
}

/// The variable that an expression such as `a.b[2]` is a part of.
fn root(expression: &Expr) -> Option<(String, Position)> {
    match expression {
        Expr::Variable(variable, _, position) => Some((variable.1.to_string(), *position)),
        Expr::Dot(x, ..) | Expr::Index(x, ..) => root(&x.lhs),
        _ => None,
    }
}

fn walk(block: &StmtBlock, see: &mut dyn FnMut(&ASTNode)) {
    for statement in block.statements() {
        statement.walk(&mut Vec::new(), &mut |path: &[ASTNode]| {
            path.last().into_iter().for_each(&mut *see);
            true
        });
    }
}
