//! Options may be left out: a function that ends with `options` is joined by one without them,
//! which calls it with an empty map.

use rhai::{AST, Engine, FnAccess, ParseError};
use std::collections::{BTreeMap, BTreeSet};

/// The functions of `ast`, and those that call them without options where a text has none, with
/// `module` (`"name::"` or nothing) before their names.
///
/// # Errors
/// None for functions that compiled.
pub fn completed(grammar: &Engine, ast: AST, module: &str) -> Result<AST, ParseError> {
    let known: BTreeSet<(&str, usize)> = ast
        .iter_fn_def()
        .map(|f| (f.name.as_str(), f.params.len()))
        .collect();
    let mut lines = BTreeMap::<usize, String>::new();
    for f in ast.iter_fn_def() {
        let Some((last, before)) = f.params.split_last() else {
            continue;
        };
        let named =
            f.name.starts_with(|c: char| c.is_alphabetic() || c == '_') && !f.name.contains('$');
        let own = known.contains(&(f.name.as_str(), before.len()));
        if last != "options" || !named || own || f.this_type.is_some() {
            continue;
        }
        let access = match f.access {
            FnAccess::Private => "private ",
            _ => "",
        };
        let given: String = before.iter().map(|p| format!("{p}, ")).collect();
        let name = &f.name;
        // On the line of the function, so that a report of the call shows that.
        let line = f.body.position().line().unwrap_or(1);
        *lines.entry(line).or_default() +=
            &format!("{access}fn {name}({given}) {{ {module}{name}({given}#{{}}) }} ");
    }
    if lines.is_empty() {
        return Ok(ast);
    }
    let (mut text, mut at) = (String::new(), 1);
    for (line, functions) in lines {
        text += &"\n".repeat(line - at);
        text += &functions;
        at = line;
    }
    Ok(ast.merge(&grammar.compile(text)?))
}
