//! Settings that a script declares and never reads.

use crate::error::Warning;
use crate::script::bridge::source::Sources;
use rhai::{AST, ASTNode, Expr, FnCallExpr, Position, Stmt};
use std::collections::BTreeSet;

/// Keys of `settings(#{ ... })`, and variables made by `setting(...)`, that nothing in the text
/// uses.
pub fn unused_settings(ast: &AST, sources: &Sources) -> Vec<Warning> {
    let (mut declared, mut held) = (Vec::new(), Vec::new());
    let (mut words, mut variables) = (BTreeSet::new(), BTreeSet::new());
    ast.walk(&mut |path: &[ASTNode]| {
        match path.last() {
            Some(ASTNode::Expr(Expr::FnCall(call, _))) if call.name == "settings" => {
                declared.extend(keys(call))
            }
            Some(ASTNode::Stmt(Stmt::Var(made, ..))) => {
                if let Expr::FnCall(call, at) = &made.1
                    && call.name == "setting"
                {
                    held.push((made.0.name.to_string(), *at));
                }
            }
            Some(ASTNode::Expr(Expr::Property(property, _))) => {
                words.insert(property.2.to_string());
            }
            Some(ASTNode::Expr(Expr::Variable(variable, ..))) => {
                variables.insert(variable.1.to_string());
            }
            Some(ASTNode::Expr(Expr::StringConstant(text, _))) => {
                words.insert(text.to_string());
            }
            _ => {}
        }
        true
    });
    declared.retain(|(name, _)| !words.contains(name));
    held.retain(|(name, _)| !variables.contains(name));
    declared
        .into_iter()
        .chain(held)
        .map(|(name, at)| {
            Warning::new(
                "setting_never_read",
                format!(
                    "the setting \"{name}\" is never read{}",
                    location(at, sources)
                ),
            )
        })
        .collect()
}

fn keys(call: &FnCallExpr) -> Vec<(String, Position)> {
    match call.args.first() {
        Some(Expr::Map(map, _)) => map
            .0
            .iter()
            .map(|(key, _)| (key.name.to_string(), key.pos))
            .collect(),
        Some(Expr::DynamicConstant(value, at)) => value
            .as_map_ref()
            .map(|m| m.keys().map(|k| (k.to_string(), *at)).collect())
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn location(position: Position, sources: &Sources) -> String {
    sources
        .location(position)
        .map(|p| format!(" at {}:{}:{}", p.name, p.line, p.column))
        .unwrap_or_default()
}
