//! Compiling a text of a session, on lines of its own, so that the language does what is meant.

use super::{Import, amend, hidden, stdlib};
use crate::error::Error;
use crate::script::bridge::errors::{Fallible, thrown};
use crate::script::bridge::grammar::unclosed_comment;
use crate::script::bridge::host::Host;
use crate::script::bridge::source::Insertion;
use rhai::{AST, Engine, Expr, Position, Scope, Stmt};

/// A text compiled on lines of its own, after `imports` and beside the functions `known` so far,
/// and amended so that the language does what is meant.
pub(super) fn compiled(
    engine: &Engine,
    host: &Host,
    (scope, imports, known): (&Scope, &str, Option<&AST>),
    (name, text): (&str, &str),
) -> Fallible<AST> {
    let added = host.lock().sources.add(name, text);
    let added = added.map_err(|e| thrown(e, Position::NONE))?;
    refuse_unclosed_comment(&added)?;
    let first = 1 + added.len() - added.trim_start_matches('\n').len();
    let lead = (!imports.is_empty() && !text.trim().is_empty()).then(|| Insertion {
        line: first,
        column: 0,
        text: imports.to_string(),
    });
    let moved = match &lead {
        Some(lead) => host.lock().sources.amended(&added, vec![lead.clone()]),
        None => added.clone(),
    };
    let ast = engine.compile_with_scope(scope, &moved)?;
    hidden::refuse(engine, host, &ast, known)?;
    let mut insertions = amend::insertions(&ast, &moved);
    if insertions.is_empty() {
        return Ok(ast);
    }
    if let Some(lead) = lead {
        let moved = lead.text.chars().count();
        let here = insertions.iter_mut().filter(|i| i.line == first);
        here.for_each(|i| i.column -= moved);
        insertions.insert(0, lead);
    }
    let amended = host.lock().sources.amended(&added, insertions);
    Ok(engine.compile_with_scope(scope, amended)?)
}

/// A comment without its end would hide the rest of the text.
fn refuse_unclosed_comment(text: &str) -> Fallible<()> {
    let Some(at) = unclosed_comment(text) else {
        return Ok(());
    };
    let before = &text[..at];
    let line = 1 + before.matches('\n').count();
    let column = 1 + before.lines().last().map_or(0, |l| l.chars().count());
    let place = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    let error = Error::new("a comment is not closed").expected("*/ at its end");
    Err(thrown(error, Position::new(place(line), place(column))))
}

/// The files that a text imports, whatever it does besides.
pub(super) fn imports(ast: &AST) -> impl Iterator<Item = Import> {
    ast.statements().iter().filter_map(|s| match s {
        Stmt::Import(x, _) => match &x.0 {
            Expr::StringConstant(path, _) => Some(Import {
                path: path.trim_start_matches(stdlib::KEPT).to_string(),
                name: x.1.name.to_string(),
            }),
            _ => None,
        },
        _ => None,
    })
}
