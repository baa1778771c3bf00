//! Methods that are given a closure which uses the value they are called on, `v.map(|x| x / v[0])`:
//! the engine holds a value while its method runs, so that the closure could not read it. Such a
//! method is called on a copy, `copied(v).map(...)`.

use rhai::{ASTNode, Expr, FnCallExpr, Position, Stmt, StmtBlock};

/// Methods that call a closure and leave the value they are called on as it is.
const PURE: [&str; 13] = [
    "all",
    "apply",
    "filter",
    "find",
    "find_map",
    "index_of",
    "map",
    "maximise",
    "reduce",
    "reduce_rev",
    "select",
    "some",
    "with_column",
];
/// Methods that call a closure on the elements of an array while they change it.
const CHANGING: [&str; 5] = ["dedup", "drain", "for_each", "retain", "sort"];

/// A call of a method in a chain such as `a.b(1).map(|x| ...)`.
struct Link<'a> {
    root: Position,
    name: &'a str,
    at: Position,
}

/// Where copies are made: the beginning of each value and the dot of the method, as `(line,
/// column)` after which `copied(` and `)` go.
pub(super) fn copies(expression: &Expr, text: &str) -> Vec<((usize, usize), (usize, usize))> {
    let needed = links(expression).into_iter();
    needed
        .filter(|link| PURE.contains(&link.name))
        .filter_map(|link| {
            let start = (link.root.line()?, link.root.position()?.checked_sub(1)?);
            let whole = !before(text, start).ends_with(':');
            whole.then_some((start, dot_before(text, link.at)?))
        })
        .collect()
}

/// The methods that change an array while a closure of theirs uses it, which fails, each with its
/// name.
pub fn conflicts(node: &ASTNode) -> Vec<(Position, String)> {
    let ASTNode::Expr(expression) = node else {
        return vec![];
    };
    let found = links(expression).into_iter();
    found
        .filter(|link| CHANGING.contains(&link.name))
        .map(|link| (link.at, link.name.to_string()))
        .collect()
}

/// The calls in a chain that begins with a variable whose closures capture it.
fn links(expression: &Expr) -> Vec<Link<'_>> {
    let (Expr::Dot(chain, ..) | Expr::Index(chain, ..)) = expression else {
        return vec![];
    };
    let Expr::Variable(variable, _, root) = &chain.lhs else {
        return vec![];
    };
    let (mut found, mut rest) = (vec![], &chain.rhs);
    loop {
        let (here, next) = match rest {
            Expr::Dot(x, ..) | Expr::Index(x, ..) => (&x.lhs, Some(&x.rhs)),
            last => (last, None),
        };
        if let Expr::MethodCall(call, at) = here
            && captures(call, &variable.1)
        {
            found.push(Link {
                root: *root,
                name: &call.name,
                at: *at,
            });
        }
        match next {
            Some(next) => rest = next,
            None => return found,
        }
    }
}

/// Whether a closure among the arguments captures the variable.
fn captures(call: &FnCallExpr, variable: &str) -> bool {
    call.args.iter().any(|argument| {
        let Expr::Stmt(block) = argument else {
            return false;
        };
        shared(block).any(|name| name == variable)
    })
}

fn shared(block: &StmtBlock) -> impl Iterator<Item = &str> {
    let captured = block.statements().iter().filter_map(|s| match s {
        Stmt::Share(captured) => Some(captured.iter().map(|(v, _)| v.name.as_str())),
        _ => None,
    });
    captured.flatten()
}

/// What stands before a column of a line.
fn before(text: &str, (line, column): (usize, usize)) -> String {
    let line = text.lines().nth(line - 1).unwrap_or_default();
    line.chars().take(column).collect()
}

/// Where the dot before a name begins, if nothing but space is between.
fn dot_before(text: &str, name: Position) -> Option<(usize, usize)> {
    let (mut line, column) = (name.line()?, name.position()?);
    let mut here = before(text, (line, column - 1));
    while here.trim_end().is_empty() {
        line = line.checked_sub(1).filter(|n| *n > 0)?;
        here = text.lines().nth(line - 1)?.to_string();
    }
    let start = here.trim_end().strip_suffix('.')?;
    let start = start.strip_suffix('?').unwrap_or(start);
    Some((line, start.chars().count()))
}
