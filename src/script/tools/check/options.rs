//! Keys of option maps that the function they are given to does not document.

use crate::error::{Error, did_you_mean};
use crate::script::help::docs::Docs;
use rhai::{AST, ASTNode, Expr, FnCallExpr, Position, Stmt};
use std::collections::BTreeSet;

/// Keys that no documented option has, with their places, in maps within maps too.
pub fn unknown_options(ast: &AST, docs: &Docs) -> Vec<(Position, Error)> {
    let mut found = Vec::new();
    ast.walk(&mut |path: &[ASTNode]| {
        let (call, method) = match path.last() {
            Some(ASTNode::Expr(Expr::FnCall(call, _)))
            | Some(ASTNode::Stmt(Stmt::FnCall(call, _))) => (call, false),
            Some(ASTNode::Expr(Expr::MethodCall(call, _))) => (call, true),
            _ => return true,
        };
        if let Some((name, known)) = documented(call, method, docs)
            && let Some(options) = call.args.last()
        {
            compare(options, &name, &known, docs, &mut found);
        }
        true
    });
    found
}

/// The name of the function called and the keys of its options, where all functions it may be
/// document theirs.
fn documented(call: &FnCallExpr, method: bool, docs: &Docs) -> Option<(String, BTreeSet<String>)> {
    let name = if call.namespace.is_empty() {
        call.name.to_string()
    } else {
        format!("{}::{}", call.namespace, call.name)
    };
    let keys = docs.option_keys_of_call(&name, call.args.len() + usize::from(method), method)?;
    Some((name, keys))
}

/// Compares the keys of a map as it is written with those of a function, and the maps inside with
/// those of the functions they go to.
fn compare(
    options: &Expr,
    name: &str,
    known: &BTreeSet<String>,
    docs: &Docs,
    found: &mut Vec<(Position, Error)>,
) {
    let nested = docs.nested_options(name);
    for (key, at, value) in keys_of(options) {
        if !known.contains(&key) {
            found.push((at, unknown(name, &key, known)));
        } else if let (Some(function), Some(value)) = (nested.get(&key), value)
            && let Some(keys) = docs.option_keys(function)
        {
            compare(value, function, &keys, docs, found);
        }
    }
}

/// The keys of a map as it is written, with their places and values.
fn keys_of(argument: &Expr) -> Vec<(String, Position, Option<&Expr>)> {
    match argument {
        Expr::Map(map, _) => map
            .0
            .iter()
            .map(|(key, value)| (key.name.to_string(), key.pos, Some(value)))
            .collect(),
        Expr::DynamicConstant(value, at) => value
            .as_map_ref()
            .map(|m| m.keys().map(|k| (k.to_string(), *at, None)).collect())
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn unknown(name: &str, key: &str, known: &BTreeSet<String>) -> Error {
    let names: Vec<&str> = known.iter().map(String::as_str).collect();
    let error = Error::new(format!("{name} has no option \"{key}\""))
        .expected(format!("one of {}", names.join(", ")));
    match did_you_mean(key, names) {
        Some(near) => error.hint(format!("{near}: ...")),
        None => error,
    }
}
