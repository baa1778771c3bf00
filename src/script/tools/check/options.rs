//! Keys of option maps that the function they are given to does not document.

use crate::error::Error;
use crate::script::bridge::options::{Declared, Nested, unknown};
use crate::script::help::docs::Docs;
use rhai::{AST, ASTNode, Expr, Position, Stmt};

/// A call whose last argument is a map of declared options.
pub struct OptionsCall<'a> {
    /// The function, with its module where it is called with it.
    pub name: String,
    /// How many arguments it has, the receiver of a method among them.
    pub arguments: usize,
    /// Whether it is called as a method.
    pub method: bool,
    /// The last argument.
    pub options: &'a Expr,
    /// The options that are declared.
    pub declared: Vec<Declared>,
}

/// Visits each call of a script whose last argument is a map of declared options.
pub fn visit_options(ast: &AST, docs: &Docs, mut visit: impl FnMut(OptionsCall)) {
    ast.walk(&mut |path: &[ASTNode]| {
        let (call, method) = match path.last() {
            Some(ASTNode::Expr(Expr::FnCall(call, _)))
            | Some(ASTNode::Stmt(Stmt::FnCall(call, _))) => (call, false),
            Some(ASTNode::Expr(Expr::MethodCall(call, _))) => (call, true),
            _ => return true,
        };
        let name = match call.namespace.is_empty() {
            true => call.name.to_string(),
            false => format!("{}::{}", call.namespace, call.name),
        };
        let arguments = call.args.len() + usize::from(method);
        if let Some(declared) = docs.options_of_call(&name, arguments, method)
            && let Some(options) = call.args.last()
        {
            visit(OptionsCall {
                name,
                arguments,
                method,
                options,
                declared,
            });
        }
        true
    });
}

/// Keys that no documented option has, with their places, in maps within maps too.
pub fn unknown_options(ast: &AST, docs: &Docs) -> Vec<(Position, Error)> {
    let mut faults = Vec::new();
    visit_options(ast, docs, |call| {
        compare(call.options, &call.name, &call.declared, docs, &mut faults);
    });
    faults
}

/// Compares the keys of a map as it is written with those of a function, and the maps inside with
/// the options they are.
fn compare(
    options: &Expr,
    name: &str,
    known: &[Declared],
    docs: &Docs,
    faults: &mut Vec<(Position, Error)>,
) {
    for (key, at, value) in keys_of(options) {
        let Some(option) = known.iter().find(|d| d.key == key) else {
            faults.push((
                at,
                unknown(name, &key, known.iter().map(|d| d.key.as_str()), "..."),
            ));
            continue;
        };
        if let (Some(inside), Some(value)) = (docs.options_in(option), value) {
            let owner = match &option.nested {
                Nested::Of(function) => function.clone(),
                _ => format!("\"{key}\" of {name}"),
            };
            for map in maps_in(value) {
                compare(map, &owner, &inside, docs, faults);
            }
        }
    }
}

/// A map, or each of an array.
fn maps_in(value: &Expr) -> Vec<&Expr> {
    match value {
        Expr::Array(all, _) => all.iter().collect(),
        one => vec![one],
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
