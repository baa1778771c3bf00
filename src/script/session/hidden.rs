//! Functions of a text that would stand in the way of the language or of a variable.
//!
//! A function of a script is found before a bound one, and not in the script alone: modules that it
//! calls see it too. `fn mean(x)` would take every `field.mean("lat")`, there and in the stdlib,
//! for a call of its own. And a variable that a closure takes from around it is looked for among
//! functions first: `|x| x + total` beside `fn total()` reads the function. Either would give
//! another number without a word, so it is refused.

use crate::error::Error;
use crate::script::bridge::errors::{Fallible, thrown};
use crate::script::bridge::grammar::grammar;
use crate::script::bridge::host::Host;
use crate::script::session::captured::hidden;
use rhai::{
    AST, ASTNode, Engine, EvalAltResult, Expr, FnNamespace, FuncInfo, Position, ScriptFuncDef, Stmt,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// Names of functions with numbers of arguments, the value before the dot of a method counted.
type Calls = BTreeSet<(String, usize)>;

/// What a text calls and takes into closures.
#[derive(Default)]
struct Uses {
    functions: Calls,
    methods: Calls,
    captured: BTreeMap<String, Position>,
}

/// What a session knows of this, gathered when it meets its first function or closure.
#[derive(Default)]
struct Known {
    bound: OnceLock<Calls>,
    stdlib: OnceLock<Uses>,
}

/// Refuses a function of `ast`, or of those `known` before, that hides a bound one which `ast` or
/// the stdlib calls, or a variable of a closure. Of a module, for which nothing is `known`, only
/// its own closures are looked at, since it may take the place of one of the stdlib.
///
/// # Errors
/// There is such a function; the error stands at it, or at the variable.
pub(super) fn refuse(engine: &Engine, host: &Host, ast: &AST, known: Option<&AST>) -> Fallible<()> {
    let functions: Vec<&ScriptFuncDef> = ast
        .iter_fn_def()
        .chain(known.into_iter().flat_map(AST::iter_fn_def))
        .filter(|f| is_name(&f.name))
        .map(AsRef::as_ref)
        .collect();
    if functions.is_empty() {
        return Ok(());
    }
    let part = host.part::<Known>();
    let bound = part.bound.get_or_init(|| bound(engine));
    let stdlib = part.stdlib.get_or_init(|| of_stdlib(host));
    let here = uses(ast);
    for f in functions.iter().filter(|_| known.is_some()) {
        let call = |count| (f.name.to_string(), count);
        let (same, method) = (call(f.params.len()), call(f.params.len() + 1));
        if bound.contains(&same) && stdlib.functions.contains(&same) {
            return Err(refused(f, format!("{}, which the stdlib calls", text(f))));
        }
        if bound.contains(&method) && (&stdlib.methods | &here.methods).contains(&method) {
            let meaning = format!("value.{}, whose calls would run this function", text(f));
            return Err(refused(f, meaning));
        }
        if stdlib.captured.contains_key(f.name.as_str()) {
            let meaning = "a variable in closures of the stdlib, which would read this function";
            return Err(refused(f, meaning.to_string()));
        }
    }
    let names: BTreeSet<&str> = functions.iter().map(|f| f.name.as_str()).collect();
    match hidden(ast, &here.captured, &names) {
        Some((name, at)) => {
            let error = Error::new(format!(
                "the variable {name} of this closure has the name of a function"
            ))
            .expected("a name of its own: the closure would read the function")
            .hint(format!("let my_{name} = ...;"));
            Err(thrown(error, at))
        }
        None => Ok(()),
    }
}

fn refused(f: &ScriptFuncDef, meaning: String) -> Box<EvalAltResult> {
    let error = Error::new(format!("a function cannot be called {} here", f.name))
        .expected("a name that hides nothing")
        .got(format!("the name of {meaning}"))
        .hint(format!("fn my_{}", text(f)));
    thrown(error, f.body.position())
}

/// A function as it is called.
fn text(f: &ScriptFuncDef) -> String {
    let parameters: Vec<&str> = f.params.iter().map(|p| p.as_str()).collect();
    format!("{}({})", f.name, parameters.join(", "))
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || c == '_') && !name.contains('$')
}

/// The bound functions that need no module before them.
fn bound(engine: &Engine) -> Calls {
    let in_sight = |f: FuncInfo| {
        let m = f.metadata;
        let alone = f.namespace.is_empty() || m.namespace == FnNamespace::Global;
        (f.script.is_none() && alone && is_name(&m.name))
            .then(|| (m.name.to_string(), m.num_params))
    };
    let all = engine.collect_fn_metadata(None, in_sight, true);
    all.into_iter().collect()
}

fn of_stdlib(host: &Host) -> Uses {
    let mut all = Uses::default();
    let grammar = grammar();
    for text in host.lock().sources.modules() {
        if let Ok(ast) = grammar.compile(&text) {
            let uses = uses(&ast);
            all.functions.extend(uses.functions);
            all.methods.extend(uses.methods);
            all.captured.extend(uses.captured);
        }
    }
    all
}

fn uses(ast: &AST) -> Uses {
    let mut found = Uses::default();
    ast.walk(&mut |path: &[ASTNode]| {
        match path.last() {
            Some(ASTNode::Stmt(Stmt::Share(variables))) => {
                let captured = variables.iter().map(|(v, _)| (v.name.to_string(), v.pos));
                found.captured.extend(captured);
            }
            Some(ASTNode::Expr(Expr::MethodCall(call, _))) => {
                let counted = (call.name.to_string(), call.args.len() + 1);
                found.methods.insert(counted);
            }
            Some(ASTNode::Expr(Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _)))
                if call.namespace.is_empty() =>
            {
                let counted = (call.name.to_string(), call.args.len());
                found.functions.insert(counted);
            }
            _ => {}
        }
        true
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::session::{Session, Start};

    #[test]
    fn no_module_of_the_stdlib_hides_a_variable_or_a_method_it_calls() {
        let session = Session::new(Start::default()).unwrap();
        let texts = session.host().lock().sources.modules();
        assert!(of_stdlib(session.host()).captured.contains_key("grid"));
        for text in &texts {
            let ast = grammar().compile(text).unwrap();
            let names = ast.iter_fn_def().map(|f| f.name.as_str()).collect();
            assert_eq!(hidden(&ast, &uses(&ast).captured, &names), None);
        }
    }
}
