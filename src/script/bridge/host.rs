//! What a session keeps that functions need while they run.

use crate::error::{Error, Result, Warning, did_you_mean};
use crate::io::RunFolder;
use crate::progress::{printable, say, tell};
use crate::script::bridge::rooms::Tables;
use crate::script::bridge::source::Sources;
use crate::script::bridge::value::describe;
use crate::script::bridge::warnings::{Spot, Spots};
use crate::transport::Rehearsal;
use rhai::{Dynamic, Engine, NativeCallContext};
use std::any::{Any, TypeId};
use std::collections::{BTreeMap, HashMap};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

/// Of warnings of one name, how many are shown before the rest are only counted.
const WARNINGS_SHOWN: usize = 4;

/// A handle to the session's state; the engine carries it to every function as its tag.
#[derive(Debug, Clone, Default)]
pub struct Host(Arc<State>);

#[derive(Debug, Default)]
struct State {
    engine: OnceLock<Weak<Engine>>,
    parts: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
    tables: OnceLock<Tables>,
    inner: Mutex<Inner>,
}

/// The state itself.
#[derive(Debug, Default)]
pub struct Inner {
    /// Every text compiled so far.
    pub sources: Sources,
    /// What a script adds to the record of the run.
    pub details: serde_json::Map<String, serde_json::Value>,
    /// Values given by `--set`, by key.
    pub given: BTreeMap<String, Given>,
    /// Keys the script has asked for with their values: the record of the run.
    pub declared: BTreeMap<String, Dynamic>,
    /// Digest of the script that runs, if one does.
    pub script: Option<String>,
    /// Where outputs go.
    pub output: PathBuf,
    /// The output folder while a script runs.
    pub run: Option<RunFolder>,
    /// Files written, in order.
    pub written: Vec<PathBuf>,
    /// Warnings with how often each was given.
    pub warnings: Vec<(Warning, usize)>,
    /// The regions and windows of warnings that have some, by name; those only counted as well.
    pub spots: BTreeMap<String, Spots>,
    /// Folder of the script, where imports are looked for first.
    pub folder: Option<PathBuf>,
    /// The texts read from files besides the script, in order.
    pub parts: Vec<Part>,
    /// Those of an earlier run, which is run again: they take the place of the files.
    pub recorded: Option<Vec<Part>>,
    /// Whether texts are only looked at: the statements of modules do not run.
    pub checking: bool,
    /// The account of a rehearsal, if this is one.
    pub rehearsal: Option<Rehearsal>,
    /// The code that `exit` ended the script with.
    pub exit: Option<u8>,
    /// What `print` wrote, when it is collected and not shown.
    pub printed: Option<String>,
}

/// A text that a session reads from a file besides its script.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Part {
    /// Whether it is a module in sight everywhere, or a file that was imported.
    pub kind: PartKind,
    /// The name of the module, or the path that was imported.
    pub name: String,
    /// The file.
    pub file: PathBuf,
    /// Digest of the text.
    pub sha256: String,
    /// What it held.
    pub text: String,
}

/// How a session came to a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PartKind {
    /// A module of a `stdlib` folder or of `MCAS_PATH`.
    Module,
    /// `import`.
    Import,
}

/// A `--set` value and whether the script used it.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// As typed.
    pub text: String,
    /// Whether the script asked for it.
    pub used: bool,
}

impl Host {
    /// The host of the running session.
    pub fn of(context: &NativeCallContext) -> Host {
        context
            .tag()
            .and_then(|t| t.clone().try_cast::<Host>())
            .unwrap_or_default()
    }

    /// The state, for the moment.
    pub fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers the engine, so that closures can be called later.
    pub(in crate::script) fn set_engine(&self, engine: Weak<Engine>) {
        let _ = self.0.engine.set(engine);
    }

    /// Remembers the options that functions declare.
    pub(in crate::script) fn set_tables(&self, tables: Tables) {
        let _ = self.0.tables.set(tables);
    }

    /// The engine, for closures that outlive the call they were given to.
    pub fn engine(&self) -> Weak<Engine> {
        self.0.engine.get().cloned().unwrap_or_default()
    }

    /// The options that functions declare.
    pub(in crate::script) fn tables(&self) -> &Tables {
        self.0.tables.get_or_init(Vec::new)
    }

    /// What a part of the program keeps with the session under a type of its own, empty at first.
    pub fn part<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut parts = self.0.parts.lock().unwrap_or_else(PoisonError::into_inner);
        let part = parts
            .entry(TypeId::of::<T>())
            .or_insert_with(|| Arc::new(T::default()));
        let part = Arc::clone(part).downcast::<T>();
        part.unwrap_or_default()
    }

    /// Prints a line, or collects it where the session collects.
    pub fn print(&self, text: &str) {
        match &mut self.lock().printed {
            Some(all) => {
                all.push_str(text);
                all.push('\n');
            }
            None if std::io::stdout().is_terminal() => say(&format!("{}\n", printable(text))),
            None => say(&format!("{text}\n")),
        }
    }

    /// Takes a warning; shows it the first time, and of each name the first few.
    pub fn warn(&self, warning: Warning) {
        self.take(warning, true);
    }

    fn take(&self, warning: Warning, show: bool) {
        let mut inner = self.lock();
        if let Some((_, times)) = inner.warnings.iter_mut().find(|(w, _)| *w == warning) {
            *times += 1;
            return;
        }
        let before = inner
            .warnings
            .iter()
            .filter(|(w, _)| w.name == warning.name)
            .count();
        if show && inner.printed.is_none() && before < WARNINGS_SHOWN {
            let message = printable(&warning.message);
            tell(&format!("warning[{}]: {message}", warning.name));
        }
        inner.warnings.push((warning, 1));
    }

    /// The same of one region and window: the first of a name is shown, and the regions and windows
    /// are summed by name at the end of a run.
    pub fn warn_at(&self, warning: &Warning, spot: &Spot, location: &str) {
        self.count_at(&warning.name, spot);
        let sentence = format!("{} (", warning.message);
        let new = !self
            .lock()
            .warnings
            .iter()
            .any(|(w, _)| w.name == warning.name);
        self.take(
            Warning::new(&warning.name, format!("{sentence}{location})")),
            new,
        );
    }

    /// Counts what is no fault, such as `theta_at_floor`, for the sum at the end of a run.
    pub fn count_at(&self, name: &str, spot: &Spot) {
        let mut inner = self.lock();
        inner.spots.entry(name.to_string()).or_default().add(spot);
    }

    /// Says how many warnings were not shown, by name, and where they are: a run's record holds
    /// them all.
    pub fn count_warnings(&self) {
        let inner = self.lock();
        let mut counts = std::collections::BTreeMap::<&str, usize>::new();
        inner
            .warnings
            .iter()
            .for_each(|(w, _)| *counts.entry(&w.name).or_default() += 1);
        if inner.printed.is_some() {
            return;
        }
        for (name, count) in counts.iter().filter(|(_, n)| **n > 1) {
            match inner.spots.get(*name) {
                Some(spots) => tell(&format!("warning[{name}]: in all {spots}")),
                None if *count > WARNINGS_SHOWN => tell(&format!(
                    "warning[{name}]: {} more of this kind; record.json lists all {count}",
                    count - WARNINGS_SHOWN
                )),
                None => {}
            }
        }
        let counted = inner.spots.iter();
        counted
            .filter(|(name, _)| !counts.contains_key(name.as_str()))
            .for_each(|(name, spots)| tell(&format!("note[{name}]: {spots}")));
    }

    /// Says something about the run that is neither a result nor a warning.
    pub fn note(&self, text: &str) {
        match &mut self.lock().printed {
            Some(all) => {
                all.push_str(text);
                all.push('\n');
            }
            None => tell(text),
        }
    }

    /// The value of a setting: as given by `--set`, read like `default`, else `default`.
    ///
    /// # Errors
    /// The given text does not read as the type of the default.
    pub fn setting(&self, key: &str, default: &Dynamic) -> Result<Dynamic> {
        let mut inner = self.lock();
        let value = match inner.given.get_mut(key) {
            None => default.clone(),
            Some(given) => {
                given.used = true;
                parse_like(&given.text, default)
                    .map_err(|e| e.at(format!("--set {key}={}", given.text)))?
            }
        };
        inner.declared.insert(key.to_string(), value.clone());
        Ok(value)
    }

    /// Refuses `--set` keys outside those a script has declared.
    ///
    /// # Errors
    /// A key that is not among them.
    pub fn refuse_unknown_settings(&self) -> Result<()> {
        let inner = self.lock();
        let known: Vec<&str> = inner.declared.keys().map(String::as_str).collect();
        match inner
            .given
            .keys()
            .find(|k| !inner.declared.contains_key(*k))
        {
            None => Ok(()),
            Some(key) => {
                let error = Error::new(format!("this script has no setting \"{key}\""))
                    .expected(format!("one of {}", known.join(", ")));
                Err(match did_you_mean(key, known.iter().copied()) {
                    Some(near) => error.hint(format!("--set {near}=...")),
                    None => error,
                })
            }
        }
    }

    /// Warns of `--set` keys the script never asked for.
    pub fn warn_of_unused_settings(&self) {
        let unused: Vec<String> = self
            .lock()
            .given
            .iter()
            .filter(|(_, g)| !g.used)
            .map(|(k, _)| k.clone())
            .collect();
        for key in unused {
            self.warn(Warning::new(
                "setting_not_used",
                format!("--set {key} was given, but the script never asked for it"),
            ));
        }
    }
}

/// A value of JSON as it would be typed after `--set`.
pub(in crate::script) fn typed(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Reads text as a value of the type of `like`; a list is parted by commas, or is one of JSON.
fn parse_like(text: &str, like: &Dynamic) -> Result<Dynamic> {
    let wrong = |expected: &str| {
        Error::new("a setting has the wrong type")
            .expected(expected)
            .got(format!("\"{text}\""))
    };
    if like.is_int() {
        text.parse::<i64>()
            .map(Dynamic::from)
            .map_err(|_| wrong("an integer"))
    } else if like.is_float() {
        text.parse::<f64>()
            .map(Dynamic::from)
            .map_err(|_| wrong("a number"))
    } else if like.is_bool() {
        text.parse::<bool>()
            .map(Dynamic::from)
            .map_err(|_| wrong("true or false"))
    } else if like.is_array() {
        let list = serde_json::from_str::<Vec<serde_json::Value>>(text).ok();
        let first = like
            .as_array_ref()
            .ok()
            .and_then(|a| a.first().cloned())
            .unwrap_or_else(|| Dynamic::from(String::new()));
        let parts = match list {
            Some(list) => list.iter().map(typed).collect(),
            None if text.is_empty() => vec![],
            None => text.split(',').map(|t| t.trim().to_string()).collect(),
        };
        parts
            .iter()
            .map(|t| parse_like(t, &first))
            .collect::<Result<Vec<_>>>()
            .map(Dynamic::from)
    } else if like.is::<crate::time::Time>() {
        text.parse::<crate::time::Time>().map(Dynamic::from)
    } else if like.is_string() {
        Ok(Dynamic::from(text.to_string()))
    } else {
        Err(Error::new(
            "a setting must be a number, text, true or false, a date, or a list of them",
        )
        .got(describe(like)))
    }
}
