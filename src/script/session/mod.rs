//! One session, for scripts and for the prompt: the engine, the variables, the functions defined so
//! far, settings, the output folder and the warnings.

pub(super) mod amend;
mod captured;
mod compile;
mod deep;
pub mod engine;
mod hidden;
mod optional;
pub(super) mod receivers;
mod run;
pub mod show;
pub mod stdlib;

use crate::error::{Error, Warning};
use crate::fault;
use crate::limits::{self, Limits};
use crate::progress;
use crate::script::bridge::errors::{Fallible, thrown};
use crate::script::bridge::host::{Given, Host, Part};
use crate::script::bridge::source::Sources;
use crate::script::help::docs::Docs;
use crate::script::report::report;
use crate::script::tools::check::lost_catches;
use crate::transport::Rehearsal;
use compile::{compiled, imports};
pub use deep::deep;
use rhai::{AST, Dynamic, Engine, EvalAltResult, FnPtr, Position, Scope, Variant};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A session.
pub struct Session {
    engine: Arc<Engine>,
    host: Host,
    scope: Scope<'static>,
    functions: AST,
    entries: Vec<Entry>,
    /// Values of the last entries with their numbers.
    values: Vec<(usize, Dynamic)>,
    imports: Vec<Import>,
    /// Files that scripts run so far have read.
    inputs: BTreeSet<PathBuf>,
    limits: Limits,
}

/// A file that an entry imported, and the name it has in those that follow.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Import {
    path: String,
    name: String,
}

/// Of how many entries the values are kept.
const KEPT: usize = 20;

/// An entry of the prompt that ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// As it was run.
    pub text: String,
    /// Whether it gave a value, which the next may call `_`.
    pub gave_value: bool,
}

/// How a session starts.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// Where outputs go.
    pub output: PathBuf,
    /// `--set` keys and values.
    pub settings: Vec<(String, String)>,
    /// Folder of the script: its imports and its own `stdlib` folder are looked for there.
    pub folder: Option<PathBuf>,
    /// Collect what is printed instead of showing it.
    pub collect: bool,
    /// Made ready to take profiles, which costs every step a little.
    pub profile: bool,
    /// Nothing is to run: the statements of modules are left out, their functions are known.
    pub checking: bool,
    /// The texts of an earlier run besides its script, to run that again.
    pub recorded: Option<Vec<Part>>,
    /// What the runs of the session may use.
    pub limits: Limits,
    /// Only rehearse: the air stands still after the first hours, and what is left out is written
    /// down.
    pub rehearsal: Option<Rehearsal>,
}

/// The user's own additions to a session: functions written in Rust.
pub type Additions<'a> = &'a dyn Fn(&mut Engine);

impl Session {
    /// A session with every room and the stdlib in sight.
    ///
    /// # Errors
    /// A module of the user's folders fails; the text is its report.
    pub fn new(start: Start) -> Result<Self, String> {
        Session::with(start, &|_| {})
    }

    /// The same with functions of the caller's, registered with the engine before the stdlib is
    /// read.
    ///
    /// # Errors
    /// As [`Session::new`].
    pub fn with(start: Start, add: Additions) -> Result<Self, String> {
        fault::listen();
        let (profile, limits) = (start.profile, start.limits);
        let _held = limits::hold(&limits);
        let host = Host::default();
        let own = start.folder.as_ref().map(|f| f.join("stdlib"));
        {
            let mut inner = host.lock();
            inner.output = start.output;
            inner.given = start
                .settings
                .into_iter()
                .map(|(k, text)| (k, Given { text, used: false }))
                .collect();
            inner.folder = start.folder;
            inner.printed = start.collect.then(String::new);
            inner.rehearsal = start.rehearsal;
            inner.checking = start.checking;
            inner.recorded = start.recorded;
        }
        let paths: Vec<PathBuf> = std::env::var_os("MCAS_PATH")
            .iter()
            .flat_map(std::env::split_paths)
            .chain(own)
            .collect();
        let folders: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
        let engine = engine::build(&host, &folders, (profile, &limits), add)
            .map_err(|e| report(&e, &host.lock().sources, &Docs::default(), &[]))?;
        Ok(Session {
            engine,
            host,
            scope: Scope::new(),
            functions: AST::empty(),
            entries: Vec::new(),
            values: Vec::new(),
            imports: Vec::new(),
            inputs: BTreeSet::new(),
            limits,
        })
    }

    /// Runs a text. Its variables and functions stay for the next.
    ///
    /// # Errors
    /// The text does not compile, or fails, or passes a limit of the session. A fault of the
    /// program leaves the variables of the texts before.
    pub fn run(&mut self, name: &str, text: &str) -> Fallible<Dynamic> {
        progress::clear_stop();
        self.host.lock().exit = None;
        let _held = limits::hold(&self.limits);
        let before = self.scope.len();
        deep(|| self.evaluate(name, text)).unwrap_or_else(|fault| {
            self.scope.rewind(before);
            Err(thrown(fault.error(name), Position::NONE))
        })
    }

    fn evaluate(&mut self, name: &str, text: &str) -> Fallible<Dynamic> {
        let ast = self.compile(name, text)?;
        if let Some((position, error)) = lost_catches(&ast).into_iter().next() {
            return Err(thrown(error, position));
        }
        let traps = crate::script::tools::check::traps(&ast, &self.host.lock().sources);
        for warning in traps {
            self.host.warn(warning);
        }
        let merged = optional::completed(
            &crate::script::bridge::grammar::grammar(),
            self.functions.merge(&ast),
            "",
        )?;
        self.functions = merged.clone_functions_only();
        match self
            .engine
            .eval_ast_with_scope::<Dynamic>(&mut self.scope, &merged)
        {
            Err(mut e) => {
                crate::script::report::arithmetic::locate(&mut e, &merged);
                Err(e)
            }
            Ok(value) => {
                for import in imports(&ast) {
                    self.imports.retain(|known| known.name != import.name);
                    self.imports.push(import);
                }
                Ok(value)
            }
        }
    }

    /// Compiles a text against the variables there are, without running it.
    ///
    /// # Errors
    /// It does not compile.
    pub fn compile(&self, name: &str, text: &str) -> Fallible<AST> {
        self.compile_as(name, text, false)
    }

    /// The same, of a text that may be a module, whose functions go by whole names.
    ///
    /// # Errors
    /// It does not compile.
    pub fn compile_as(&self, name: &str, text: &str, module: bool) -> Fallible<AST> {
        let known = self.imports.iter();
        let imports: String = known
            .map(|i| {
                let path = format!("{}{}", stdlib::KEPT, i.path);
                format!("import {path:?} as {}; ", i.name)
            })
            .collect();
        let known = (!module).then_some(&self.functions);
        let before = (&self.scope, imports.as_str(), known);
        compiled(&self.engine, &self.host, before, (name, text))
    }

    /// The report of an error of this session.
    pub fn report(&self, error: &EvalAltResult) -> String {
        let sources = self.host.lock().sources.clone();
        let text = report(error, &sources, &self.docs(), &self.names(&sources));
        progress::printable(&text).into_owned()
    }

    /// Where an error of this session is, and what it means.
    pub fn understood(&self, error: &EvalAltResult) -> (Position, Error) {
        let sources = self.host.lock().sources.clone();
        let (position, meant, _) =
            crate::script::report::understood(error, &sources, &self.docs(), &self.names(&sources));
        (position, meant)
    }

    /// Every name that may have been meant.
    fn names(&self, sources: &Sources) -> Vec<String> {
        let mut names = sources.names();
        names.extend(self.scope.iter().map(|(n, _, _)| n.to_string()));
        names
    }

    /// A value as `print` shows it.
    pub fn show(&self, value: &Dynamic) -> String {
        let shown = deep(|| {
            let to_string = FnPtr::new("to_string")
                .and_then(|f| f.call::<String>(&self.engine, &self.functions, (value.clone(),)));
            to_string.unwrap_or_else(|_| value.to_string())
        });
        shown.unwrap_or_else(|fault| fault.error("the text of a value").to_string())
    }

    /// A value as the prompt shows it: a figure as a picture or the path of its file, a long map in
    /// ten lines, anything else as `print` does.
    ///
    /// # Errors
    /// A figure that cannot be written.
    pub fn display(&self, value: &Dynamic) -> crate::error::Result<String> {
        if let Some(figure) = crate::script::bind::shown_figure(&self.host, value) {
            return figure;
        }
        let whole = self.show(value);
        Ok(match value.as_map_ref() {
            Ok(map) if show::is_long(&whole) => show::outlined(&map, &|v| self.show(v)),
            _ => progress::printable(&whole).into_owned(),
        })
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }
    /// Notes an entry of the prompt that ran and its value.
    pub fn remember(&mut self, text: &str, value: &Dynamic) {
        let gave_value = !value.is_unit();
        self.entries.push(Entry {
            text: text.to_string(),
            gave_value,
        });
        if gave_value {
            self.values.push((self.entries.len(), value.clone()));
            let many = self.values.len().saturating_sub(KEPT);
            self.values.drain(..many);
        }
    }
    /// The values of the last entries with the entries' numbers from 1.
    pub fn values(&self) -> &[(usize, Dynamic)] {
        &self.values
    }
    /// The number of the last entry that gave a value.
    pub fn last_value(&self) -> Option<usize> {
        self.values.last().map(|(number, _)| *number)
    }
    /// The entries of the prompt that ran, in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
    /// The name of a value's type.
    pub fn type_name<'a>(&'a self, value: &'a Dynamic) -> &'a str {
        self.engine.map_type_name(value.type_name())
    }
    /// The state functions see.
    pub fn host(&self) -> &Host {
        &self.host
    }
    /// Everything there is help on.
    pub fn docs(&self) -> Arc<Docs> {
        let docs = crate::script::help::docs::of(&self.host);
        if self.functions.iter_functions().next().is_none() {
            docs
        } else {
            let text = self.host.lock().sources.whole();
            Arc::new(docs.with(&self.functions, &text))
        }
    }
    /// The functions defined so far.
    pub fn functions(&self) -> &AST {
        &self.functions
    }
    /// The variables as the engine holds them.
    pub fn scope(&self) -> &Scope<'static> {
        &self.scope
    }
    /// Names and values of the variables, later ones hiding earlier ones of the same name.
    pub fn variables(&self) -> Vec<(String, Dynamic)> {
        let mut found: Vec<(String, Dynamic)> = Vec::new();
        for (name, _, value) in self.scope.iter() {
            found.retain(|(n, _)| n != name);
            found.push((name.to_string(), value));
        }
        found
    }
    /// Sets a variable.
    pub fn set(&mut self, name: &str, value: impl Variant + Clone) {
        self.scope.set_or_push(name, value);
    }
    /// Forgets variables and functions.
    pub fn reset(&mut self) {
        self.scope = Scope::new();
        self.functions = AST::empty();
        self.imports.clear();
    }
    /// What was printed since the last call, in a session that collects.
    pub fn take_printed(&self) -> String {
        self.host
            .lock()
            .printed
            .as_mut()
            .map(std::mem::take)
            .unwrap_or_default()
    }
    /// The warnings given so far, with how often.
    pub fn warnings(&self) -> Vec<(Warning, usize)> {
        self.host.lock().warnings.clone()
    }
}
