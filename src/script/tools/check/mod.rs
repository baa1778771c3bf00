//! Finds mistakes without running: unknown functions and option keys, wrong numbers of arguments,
//! unused settings, and traps.

mod closures;
mod options;
mod settings;
mod traps;

pub use closures::{held_values, lost_catches};
pub use options::{OptionsCall, unknown_options, visit_options};
pub use settings::unused_settings;
pub use traps::traps;

use crate::error::Error;
use crate::script::bridge::errors::Fallible;
use crate::script::help::docs::{Docs, Entry};
use crate::script::report::explain::signatures;
use crate::script::report::explained;
use crate::script::session::{Session, Start};
use rhai::{AST, ASTNode, Expr, FnCallExpr, Position, Stmt};
use std::collections::BTreeSet;
use std::path::Path;

/// Names the language itself gives meaning to.
const KEYWORDS: [&str; 8] = [
    "Fn",
    "call",
    "curry",
    "type_of",
    "is_def_var",
    "is_def_fn",
    "is_shared",
    "this",
];

/// The reports on a file: errors, then warnings.
pub fn file(path: &Path) -> Vec<String> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) => {
            return vec![format!(
                "error: the script {} cannot be read\n  got       {e}\n",
                path.display()
            )];
        }
    };
    // A module of the user's stdlib is in sight of itself under its name.
    let beside = path
        .parent()
        .filter(|f| f.file_name().is_some_and(|n| n == "stdlib"))
        .and_then(Path::parent);
    let folder = beside.or(path.parent()).map(Path::to_path_buf);
    match Session::new(Start {
        folder,
        checking: true,
        ..Start::default()
    }) {
        Ok(session) => {
            let name = path.display().to_string();
            reports(&session, session.compile_as(&name, &text, beside.is_some()))
        }
        Err(report) => vec![report],
    }
}

/// The reports on a text as the next one of a session.
pub fn text(session: &Session, name: &str, text: &str) -> Vec<String> {
    reports(session, session.compile(name, text))
}

/// The reports on what was compiled.
fn reports(session: &Session, compiled: Fallible<AST>) -> Vec<String> {
    let ast = match compiled {
        Ok(ast) => ast,
        Err(e) => return vec![session.report(&e)],
    };
    let sources = session.host().lock().sources.clone();
    let docs = session.docs().with(&ast, &sources.whole());
    let mut errors = unknown(&ast, &docs);
    errors.extend(unknown_options(&ast, &docs));
    errors.extend(lost_catches(&ast));
    errors.extend(held_values(&ast));
    errors.sort_by_key(|(position, _)| *position);
    let mut reports: Vec<String> = errors
        .into_iter()
        .map(|(p, e)| explained(p, &e, &sources))
        .collect();
    let warnings = traps(&ast, &sources)
        .into_iter()
        .chain(unused_settings(&ast, &sources));
    reports.extend(warnings.map(|w| format!("warning[{}]: {}\n", w.name, w.message)));
    reports
}

/// Calls of functions that do not exist, or not with so many arguments.
pub fn unknown(ast: &AST, docs: &Docs) -> Vec<(Position, Error)> {
    let closures = names_that_hold_functions(ast);
    let imported = imported_modules(ast);
    let mut faults = Vec::new();
    ast.walk(&mut |path: &[ASTNode]| {
        let (call, position, extra) = match path.last() {
            Some(ASTNode::Expr(Expr::FnCall(call, p))) => (call, *p, 0),
            Some(ASTNode::Expr(Expr::MethodCall(call, p))) => (call, *p, 1),
            Some(ASTNode::Stmt(Stmt::FnCall(call, p))) => (call, *p, 0),
            _ => return true,
        };
        // What an imported file holds is known when it runs.
        let elsewhere = (extra == 1 && closures.contains(call.name.as_str()))
            || imported.contains(&call.namespace.to_string());
        if !elsewhere && let Some(error) = problem(call, extra, docs) {
            faults.push((position, error));
        }
        true
    });
    faults
}

fn problem(call: &FnCallExpr, extra: usize, docs: &Docs) -> Option<Error> {
    let name = if call.namespace.is_empty() {
        call.name.to_string()
    } else {
        format!("{}::{}", call.namespace, call.name)
    };
    if KEYWORDS.contains(&call.name.as_str())
        || !call
            .name
            .starts_with(|c: char| c.is_alphabetic() || c == '_')
    {
        return None;
    }
    let known: Vec<&Entry> = match extra {
        0 => docs.entries().iter().filter(|e| e.name == name).collect(),
        _ => docs.named(&name).collect(),
    };
    let n = call.args.len() + extra;
    // A script function called as a method gets the object as `this`, outside its parameters.
    if known.iter().any(|e| {
        let least = e.parameters.len() - usize::from(docs.options_may_be_left_out(e));
        (least..=e.parameters.len()).contains(&n)
            || (extra == 1 && e.is_script() && e.parameters.len() + 1 == n)
    }) {
        return None;
    }
    if known.is_empty() {
        let error = Error::new(format!("there is no function \"{name}\""));
        return Some(match docs.nearest(&name) {
            Some(near) => error.hint(signatures(docs, &near).unwrap_or(near)),
            None => error.hint("apropos(\"word\") to search"),
        });
    }
    let signatures: Vec<String> = known.iter().map(|e| e.signature()).collect();
    Some(
        Error::new(format!("{name} does not take {}", arguments(n)))
            .expected(signatures.join("\n"))
            .got(arguments(n)),
    )
}

fn arguments(n: usize) -> String {
    if n == 1 {
        "1 argument".into()
    } else {
        format!("{n} arguments")
    }
}

/// The names under which `import "file" as name` puts what other files hold.
fn imported_modules(ast: &AST) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    ast.walk(&mut |path: &[ASTNode]| {
        if let Some(ASTNode::Stmt(Stmt::Import(of, _))) = path.last() {
            names.insert(of.1.name.to_string());
        }
        true
    });
    names
}

/// Keys of maps and names of properties, which may hold functions and be called with a dot.
fn names_that_hold_functions(ast: &AST) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    ast.walk(&mut |path: &[ASTNode]| {
        match path.last() {
            Some(ASTNode::Expr(Expr::Map(map, _))) => {
                names.extend(map.0.iter().map(|(k, _)| k.name.to_string()))
            }
            Some(ASTNode::Expr(Expr::DynamicConstant(value, _))) => {
                names.extend(
                    value
                        .as_map_ref()
                        .into_iter()
                        .flat_map(|m| m.keys().map(|k| k.to_string()).collect::<Vec<_>>()),
                );
            }
            Some(ASTNode::Expr(Expr::Property(property, _))) => {
                names.insert(property.2.to_string());
            }
            _ => {}
        }
        true
    });
    names
}
