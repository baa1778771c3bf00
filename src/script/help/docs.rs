//! Help, from the documentation each function was registered with.

use crate::error::{Error, Result, did_you_mean};
use crate::script::bridge::host::Host;
use crate::script::bridge::options::{Declared, Nested};
use crate::script::bridge::rooms::Tables;
use crate::script::bridge::value::kind_of;
use crate::script::help::declared;
use crate::script::help::table;
use crate::script::help::{glossary, words};
use crate::script::session::engine::grammar;
use rhai::{AST, Engine, FuncInfo};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, OnceLock};

/// One documented function, as it is called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Name with its module: `regions::from_function`.
    pub name: String,
    /// Kinds of the parameters with their names.
    pub parameters: Vec<(String, String)>,
    /// Kind of the result.
    pub result: String,
    /// The documentation, Markdown with the headings Arguments, Returns, Errors, Example.
    pub text: String,
    /// Whether it belongs to this program and not to the language.
    pub own: bool,
    /// Whether it is read as `value.name`, without brackets.
    pub property: bool,
}

/// Every function a session knows.
#[derive(Debug, Clone, Default)]
pub struct Docs {
    entries: Vec<Entry>,
    options: BTreeMap<String, Vec<Declared>>,
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

impl Entry {
    /// `mean(field: Field, dims: array) -> Field`, and of a property `Field.unit -> text`.
    pub fn signature(&self) -> String {
        if let (true, Some((_, kind))) = (self.property, self.parameters.first()) {
            return format!(
                "{kind}.{} -> {}",
                self.name.rsplit("::").next().unwrap_or(&self.name),
                self.result
            );
        }
        let parameters = self.parameters.iter().map(|(name, kind)| {
            if kind.is_empty() {
                name.clone()
            } else {
                format!("{name}: {kind}")
            }
        });
        let head = format!(
            "{}({})",
            self.name,
            parameters.collect::<Vec<_>>().join(", ")
        );
        if self.result.is_empty() {
            head
        } else {
            format!("{head} -> {}", self.result)
        }
    }
    /// The Rhai text of each Example block.
    pub fn examples(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut block: Option<String> = None;
        for line in self.text.lines() {
            match (&mut block, line.trim_start().starts_with("```")) {
                (None, true) => block = Some(String::new()),
                (Some(_), true) => found.extend(block.take()),
                (Some(text), false) => *text += &format!("{line}\n"),
                (None, false) => {}
            }
        }
        found
    }
    /// Whether it is written in the language itself, where parameters are of no kind.
    pub fn is_script(&self) -> bool {
        self.parameters.iter().all(|(_, kind)| kind.is_empty())
    }
    /// The first sentence or line.
    pub fn summary(&self) -> &str {
        self.text.lines().next().unwrap_or("")
    }
}

impl Docs {
    /// The functions of an engine, and the options they declare: bound ones in tables, those of
    /// modules written in the language in their texts.
    pub fn collect(engine: &Engine, tables: &Tables, texts: &[String]) -> Self {
        // Those of the language are the ones that are there only when it is asked for them too.
        let own: HashSet<u64> = engine
            .collect_fn_metadata(None, |f| Some(identity(&f)), false)
            .into_iter()
            .collect();
        let entry = |f: FuncInfo| {
            let own = own.contains(&identity(&f));
            Some(Entry {
                own,
                ..described(&f)?
            })
        };
        let mut entries = engine.collect_fn_metadata(None, entry, true);
        entries.sort_unstable();
        entries.dedup();
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
        let own = ast.iter_functions().filter_map(|f| {
            let parameters: Vec<String> = f.params.iter().map(|p| p.to_string()).collect();
            entry("", f.name, &parameters, parameters.len(), "", &f.comments)
        });
        let mut entries: Vec<Entry> = self.entries.iter().cloned().chain(own).collect();
        entries.sort();
        entries.dedup();
        let mut options = self.options.clone();
        options.extend(declared::tables(ast, text));
        Docs { entries, options }
    }

    /// The options of the function of this very name, if it has any.
    pub fn options_of(&self, name: &str) -> Option<Vec<Declared>> {
        self.options
            .get(name)
            .cloned()
            .or_else(|| self.in_prose(name))
    }

    fn in_prose(&self, name: &str) -> Option<Vec<Declared>> {
        let nested = self.nested_in_prose(name);
        let option = |key: String| Declared {
            nested: nested
                .get(&key)
                .map_or(Nested::None, |f| Nested::Of(f.clone())),
            key,
            kind: String::new(),
            unit: String::new(),
            default: String::new(),
            required: false,
            text: String::new(),
        };
        Some(self.keys_in_prose(name)?.into_iter().map(option).collect())
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
            .filter(|e| e.own && e.parameters.len() == count)
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
        ends && self
            .options
            .get(&e.name)
            .is_some_and(|t| t.iter().all(|d| !d.required))
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
        let own = self.entries.iter().filter(move |e| {
            e.parameters
                .first()
                .is_some_and(|(_, k)| k == kind || (k == "Field" && kind == "Variable"))
        });
        own.filter_map(|e| e.name.rsplit("::").next())
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

    /// Help on a function, a module, a kind of value, a symbol of the equations or a word of the
    /// language.
    ///
    /// # Errors
    /// No such name; the nearest one is suggested.
    pub fn help(&self, name: &str) -> Result<String> {
        let name = name.trim().trim_end_matches("()");
        if let Some(word) = words::find(name) {
            return Ok(word.to_string());
        }
        let symbol = glossary::symbol(name).map(ToString::to_string);
        match (symbol, self.function_or_module(name)) {
            (Some(symbol), Ok(page)) => Ok(format!("{symbol}\n{page}")),
            (Some(symbol), Err(_)) => Ok(symbol),
            (None, Err(e)) => glossary::find(name).map(ToString::to_string).ok_or(e),
            (None, page) => page,
        }
    }

    fn function_or_module(&self, name: &str) -> Result<String> {
        if self.modules().contains(name) {
            let found: Vec<&Entry> = self.entries.iter().filter(|e| e.name == name).collect();
            let members = self
                .entries
                .iter()
                .filter(|e| e.name.rsplit_once("::").is_some_and(|(m, _)| m == name));
            let page = if found.is_empty() {
                String::new()
            } else {
                page(self, &found) + "\n"
            };
            return Ok(format!(
                "{page}{}",
                self.list(&format!("module {name}"), members)
            ));
        }
        let mut found: Vec<&Entry> = self.named(name).collect();
        // What is called by this very name comes before the same in modules.
        found.sort_by_key(|e| e.name != name);
        if !found.is_empty() {
            return Ok(page(self, &found));
        }
        // That a value prints needs no saying.
        let prints =
            |e: &Entry| ["print", "debug", "to_string", "to_debug"].contains(&e.name.as_str());
        let of_kind = |e: &Entry| {
            e.own && !name.is_empty() && e.parameters.first().is_some_and(|(_, kind)| kind == name)
        };
        let mut own = self
            .entries
            .iter()
            .filter(|e| of_kind(e) && !prints(e))
            .peekable();
        if own.peek().is_some() {
            return Ok(self.list(&format!("what a {name} has and can do"), own));
        }
        let error = Error::new(format!("no help on \"{name}\""));
        Err(match self.nearest(name) {
            Some(near) => error.hint(near),
            None => error.hint(format!("apropos(\"{name}\")")),
        })
    }

    /// The functions whose name or documentation holds a word.
    pub fn apropos(&self, word: &str) -> String {
        let word = word.to_lowercase();
        let own = self.entries.iter().filter(|e| e.own);
        self.list(
            "",
            own.filter(|e| {
                e.name.to_lowercase().contains(&word) || e.text.to_lowercase().contains(&word)
            }),
        )
    }

    /// Every module and function of this program with its first line.
    pub fn index(&self) -> String {
        self.list(
            "",
            self.entries.iter().filter(|e| e.own && !e.text.is_empty()),
        )
    }

    fn list<'a>(&self, title: &str, entries: impl Iterator<Item = &'a Entry>) -> String {
        let mut text = if title.is_empty() {
            String::new()
        } else {
            format!("{title}\n\n")
        };
        let mut last = "";
        for e in entries.filter(|e| is_word(e.name.rsplit("::").next().unwrap_or(""))) {
            if e.name != last {
                let summary = self
                    .entries
                    .iter()
                    .filter(|f| f.name == e.name)
                    .map(Entry::summary)
                    .find(|s| !s.is_empty())
                    .unwrap_or("");
                let _ = writeln!(text, "{:<32} {summary}", e.name);
            }
            last = &e.name;
        }
        text
    }
}

fn is_word(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

fn page(docs: &Docs, found: &[&Entry]) -> String {
    let mut text = String::new();
    for e in found {
        let _ = writeln!(text, "{}", e.signature());
    }
    let mut seen = BTreeSet::new();
    for e in found.iter().filter(|e| !e.text.is_empty()) {
        if seen.insert(&e.text) {
            let table = docs
                .options
                .get(&e.name)
                .map(|t| table::text(t))
                .unwrap_or_default();
            let _ = writeln!(text, "\n{}", table::into_page(&e.text, &table));
        }
    }
    text
}

/// The same number for the same function: its name, module, parameters and result.
fn identity(f: &FuncInfo) -> u64 {
    let mut hasher = DefaultHasher::new();
    let m = f.metadata;
    (
        f.namespace.as_str(),
        m.name.as_str(),
        m.num_params,
        &m.params_info[..],
        m.return_type.as_str(),
    )
        .hash(&mut hasher);
    f.script.as_ref().map(|s| s.params.len()).hash(&mut hasher);
    hasher.finish()
}

fn described(f: &FuncInfo) -> Option<Entry> {
    match &f.script {
        Some(script) => entry(
            &f.namespace,
            script.name,
            &script.params,
            script.params.len(),
            "",
            &script.comments,
        ),
        None => {
            let m = f.metadata;
            // Without names of parameters it is a twin of another function, for variables that are
            // read for it.
            if m.num_params > 0 && m.params_info.is_empty() {
                return None;
            }
            entry(
                &f.namespace,
                &m.name,
                &m.params_info,
                m.num_params,
                &m.return_type,
                &m.comments,
            )
        }
    }
}

fn entry(
    module: &str,
    name: &str,
    parameters: &[impl AsRef<str>],
    count: usize,
    result: &str,
    comments: &[impl AsRef<str>],
) -> Option<Entry> {
    if name.starts_with("anon$") || name.starts_with("set$") || name.starts_with("index$") {
        return None;
    }
    let (name, property) = name
        .strip_prefix("get$")
        .map_or((name, false), |name| (name, true));
    let full = if module.is_empty() {
        name.to_string()
    } else {
        format!("{module}::{name}")
    };
    let mut parameters: Vec<(String, String)> = parameters
        .iter()
        .take(count)
        .map(|p| parameter(p.as_ref()))
        .collect();
    parameters.extend((parameters.len()..count).map(|k| (format!("x{k}"), String::new())));
    Some(Entry {
        name: full,
        parameters,
        result: result_kind(result),
        text: plain(comments),
        own: true,
        property,
    })
}

fn parameter(text: &str) -> (String, String) {
    let (name, kind) = text.split_once(':').unwrap_or((text, ""));
    let name = name
        .trim()
        .trim_start_matches("mut ")
        .trim_start_matches('_');
    (
        if name.is_empty() || name == "?" {
            "x".into()
        } else {
            name.to_string()
        },
        kind_of(kind.replace("& mut", "").replace("&mut", "").trim()),
    )
}

fn result_kind(text: &str) -> String {
    let text = text.replace(' ', "");
    let wrapped = ["Fallible<", "RhaiResultOf<", "Result<"]
        .iter()
        .find_map(|p| text.split_once(p))
        .map(|(_, inner)| inner);
    // The first parameter of a result, without its error.
    let inner = wrapped.map_or(text.as_str(), |t| t.split([',', '>']).next().unwrap_or(t));
    if inner.is_empty() || inner == "()" {
        String::new()
    } else {
        kind_of(inner)
    }
}

/// Comment lines without their markers, and without the signs that keep brackets from being links.
fn plain(comments: &[impl AsRef<str>]) -> String {
    let lines = comments.iter().flat_map(|c| c.as_ref().lines());
    let text: Vec<&str> = lines
        .map(|l| {
            l.trim_start()
                .trim_start_matches("///")
                .trim_start_matches("/**")
                .trim_end_matches("*/")
        })
        .collect();
    text.iter()
        .map(|l| l.strip_prefix(' ').unwrap_or(l).trim_end())
        .collect::<Vec<_>>()
        .join("\n")
        .trim()
        .replace("\\[", "[")
        .replace("\\]", "]")
}
