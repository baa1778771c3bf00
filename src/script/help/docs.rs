//! Help, from the documentation each function was registered with.

use crate::error::did_you_mean;
use crate::script::bridge::grammar::grammar;
use crate::script::bridge::host::Host;
use crate::script::bridge::options::{Declared, Nested};
use crate::script::bridge::rooms::Tables;
use crate::script::help::declared;
pub use crate::script::help::entry::Entry;
use crate::script::help::entry::{described, entry, identity};
use rhai::{AST, Engine, FuncInfo};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, OnceLock};

/// Every function a session knows.
#[derive(Debug, Clone, Default)]
pub struct Docs {
    pub(super) entries: Vec<Entry>,
    pub(super) options: BTreeMap<String, Vec<Declared>>,
}

/// Help on everything the engine of a session knows, gathered when it is first asked for.
pub fn of(host: &Host) -> Arc<Docs> {
    let Some(engine) = host.engine().upgrade() else {
        return Arc::default();
    };
    let gather = || {
        let texts = host.lock().sources.modules();
        Arc::new(Docs::collect(&engine, host.tables(), &texts))
    };
    host.part::<OnceLock<Arc<Docs>>>()
        .get_or_init(gather)
        .clone()
}

impl Docs {
    /// The functions of an engine, and the options they declare: bound ones in tables, those of
    /// modules written in the language in their texts.
    pub fn collect(engine: &Engine, tables: &Tables, texts: &[String]) -> Self {
        // Those of the language are the ones that are there only when it is asked for them too.
        let registered: HashSet<u64> = engine
            .collect_fn_metadata(None, |f| Some(identity(&f)), false)
            .into_iter()
            .collect();
        let entry = |f: FuncInfo| {
            let registered = registered.contains(&identity(&f));
            Some(Entry {
                registered,
                ..described(&f)?
            })
        };
        let entries = without_twins(engine.collect_fn_metadata(None, entry, true));
        let mut options = BTreeMap::new();
        for (names, table) in tables {
            options.extend(names.iter().map(|name| (name.to_string(), table())));
        }
        let grammar = grammar();
        for text in texts {
            let ast = grammar.compile(text);
            options.extend(ast.iter().flat_map(|ast| declared::tables(ast, text)));
        }
        Docs { entries, options }
    }

    /// With the functions of the user's own text.
    pub fn with(&self, ast: &AST, text: &str) -> Self {
        let defined = ast.iter_functions().filter_map(|f| {
            let parameters: Vec<String> = f.params.iter().map(|p| p.to_string()).collect();
            entry("", f.name, &parameters, parameters.len(), "", &f.comments)
        });
        let entries = without_twins(self.entries.iter().cloned().chain(defined).collect());
        let mut options = self.options.clone();
        options.extend(declared::tables(ast, text));
        Docs { entries, options }
    }

    /// The options of the function of this very name, if it has any.
    pub fn options_of(&self, name: &str) -> Option<Vec<Declared>> {
        self.options.get(name).cloned()
    }

    /// The maps that an entry takes, each with what stands over its table: the options that it ends
    /// with, and arguments that are a map, an array of maps, or a function that gives one. Those
    /// are declared under names such as `innovation(sources)`.
    pub(super) fn tables_of(&self, e: &Entry) -> Vec<(String, &[Declared])> {
        let ends = e.parameters.last().is_some_and(|(p, _)| p == "options");
        let last = self
            .options
            .get(&e.name)
            .filter(|_| ends || e.is_script())
            .map(|t| ("Options".to_string(), &t[..]));
        let inside = e.parameters.iter().filter_map(|(parameter, _)| {
            let table = self.options.get(&format!("{}({parameter})", e.name))?;
            Some((format!("Keys of {parameter}"), &table[..]))
        });
        inside.chain(last).collect()
    }

    /// The options inside an option.
    pub fn options_in(&self, option: &Declared) -> Option<Vec<Declared>> {
        match &option.nested {
            Nested::None => None,
            Nested::Table(table) => Some(table.clone()),
            Nested::Of(function) => self.options_of(function),
        }
    }

    /// The options of every function that a call of this name and number of arguments may be; none
    /// unless all of them end with options.
    pub fn options_of_call(&self, name: &str, count: usize, method: bool) -> Option<Vec<Declared>> {
        let short = |e: &Entry| e.name.rsplit("::").next() == Some(name);
        let fits: Vec<&Entry> = self
            .entries
            .iter()
            .filter(|e| e.registered && e.parameters.len() == count)
            .filter(|e| e.name == name || (method && short(e)))
            .collect();
        let ends = |e: &&Entry| {
            e.parameters
                .last()
                .is_some_and(|(last, _)| last == "options")
        };
        if fits.is_empty() || !fits.iter().all(ends) {
            return None;
        }
        let tables: Option<Vec<_>> = fits.iter().map(|e| self.options_of(&e.name)).collect();
        let mut all: Vec<Declared> = tables?.into_iter().flatten().collect();
        all.sort_by(|a, b| a.key.cmp(&b.key));
        all.dedup_by(|a, b| a.key == b.key);
        Some(all)
    }

    /// Whether a function may be called without the options it ends with.
    pub fn options_may_be_left_out(&self, e: &Entry) -> bool {
        let ends = e
            .parameters
            .last()
            .is_some_and(|(last, _)| last == "options");
        let options = self.options.get(&e.name);
        ends && options.map_or(e.is_script(), |t| t.iter().all(|d| !d.required))
    }

    /// All entries, sorted by name.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
    /// The functions called `name`, with or without their module.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Entry> + 'a {
        self.entries
            .iter()
            .filter(move |e| e.name == name || e.name.rsplit("::").next() == Some(name))
    }
    /// Names of the properties and methods of a kind of value.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        let registered = self.entries.iter().filter(move |e| {
            e.parameters
                .first()
                .is_some_and(|(_, k)| k == kind || (k == "Field" && kind == "Variable"))
        });
        registered.filter_map(|e| e.name.rsplit("::").next())
    }
    /// Names of all functions.
    pub fn names(&self) -> BTreeSet<&str> {
        self.entries.iter().map(|e| e.name.as_str()).collect()
    }
    /// Names of the modules.
    pub fn modules(&self) -> BTreeSet<&str> {
        self.entries
            .iter()
            .filter_map(|e| e.name.rsplit_once("::"))
            .map(|(m, _)| m)
            .collect()
    }

    /// The nearest known function to a misspelt one. A misspelling that keeps the end of a name
    /// inside a module is recognised too.
    pub fn nearest(&self, name: &str) -> Option<String> {
        let ends = self
            .named(name.rsplit("::").next().unwrap_or(name))
            .map(|e| e.name.clone())
            .next();
        ends.or_else(|| did_you_mean(name, self.names()).map(str::to_string))
            .or_else(|| {
                let short = name.rsplit("::").next()?;
                let near = did_you_mean(
                    short,
                    self.entries
                        .iter()
                        .filter_map(|e| e.name.rsplit("::").next()),
                )?;
                self.named(near).next().map(|e| e.name.clone())
            })
    }
}

/// Sorted, each once, without those that only stand for another one without its options.
fn without_twins(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_unstable();
    entries.dedup();
    let with_options: HashSet<(String, usize)> = entries
        .iter()
        .filter(|e| {
            e.parameters
                .last()
                .is_some_and(|(last, _)| last == "options")
        })
        .map(|e| (e.name.clone(), e.parameters.len() - 1))
        .collect();
    let stands_for = |e: &Entry| {
        e.text.is_empty()
            && e.is_script()
            && with_options.contains(&(e.name.clone(), e.parameters.len()))
    };
    entries.retain(|e| !stands_for(e));
    entries
}
