//! Parts of long work that are kept when they are done, until the run has finished.

use crate::error::{Error, Result, Warning};
use crate::io::{Content, Sections, note_input, write_sections};
use crate::script::bridge::rooms::Rooms;
use crate::script::session::show::show;
use crate::script::tools::identity::{self, Difference};
use crate::script::tools::stored::{self, Parts};
use crate::script::tools::{digest, record};
use crate::script::{Fallible, Host, ScriptFunction, attempt};
use rhai::plugin::*;
use rhai::{Array, Dynamic, FnPtr, Map};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Binds `resumable::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("resumable", exported_module!(functions));
}

/// In which parts the run is at the moment, and how often each name came.
#[derive(Debug, Default)]
struct Open(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    names: Vec<String>,
    counts: BTreeMap<String, usize>,
}

impl Open {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// Enters a part; the key that no other part of the run has.
    fn enter(&self, name: &str) -> String {
        let mut state = self.lock();
        state.names.push(name.to_string());
        let path = state.names.join("/");
        let count = state.counts.entry(path.clone()).or_default();
        *count += 1;
        let key = format!("{path}#{count}");
        let last = state.names.len() - 1;
        state.names[last] = format!("{name}#{}", key.rsplit('#').next().unwrap_or_default());
        key
    }
    fn leave(&self) {
        self.lock().names.pop();
    }
}

/// A run begins: no part of it has been met.
pub fn forget(host: &Host) {
    *host.part::<Open>().lock() = State::default();
}

/// What is kept of a part besides its value.
#[derive(Debug, Serialize, Deserialize)]
struct About {
    run: String,
    /// Files read by then, with their digests.
    inputs: Vec<(PathBuf, String)>,
    warnings: Vec<Warning>,
}

const ABOUT: &str = "about";

/// The file of a part; none outside of a run.
fn file_of(host: &Host, key: &str) -> Option<PathBuf> {
    let inner = host.lock();
    inner.run.as_ref().map(|run| {
        let name = key.rsplit('/').next().unwrap_or(key);
        let plain = |c: char| if c.is_alphanumeric() { c } else { '_' };
        let name: String = name.chars().take(40).map(plain).collect();
        run.parts()
            .join(format!("{name}-{}.mcas", &digest::of_text(key)[..12]))
    })
}

/// What a part came to, if it is kept and the run is what it was then.
fn kept_before(context: &NativeCallContext, name: &str, file: &Path) -> Option<Dynamic> {
    if !file.is_file() {
        return None;
    }
    let host = Host::of(context);
    let read = || -> Result<(About, Dynamic)> {
        let mut sections = Sections::open(file)?;
        let about = sections.bytes(ABOUT)?;
        let about: About = serde_json::from_slice(&about).map_err(Error::new)?;
        if let Some(d) = difference(context, &about) {
            return Err(Error::new(format!("{} is not what it was", d.what))
                .expected(d.then)
                .got(d.now));
        }
        let value = stored::read(&mut sections, None)?;
        Ok((about, value))
    };
    match read() {
        Ok((about, value)) => {
            about.inputs.iter().for_each(|(path, _)| note_input(path));
            about.warnings.into_iter().for_each(|w| host.warn(w));
            host.note(&format!("{name}: taken from the run that was stopped"));
            Some(value)
        }
        Err(e) => {
            let said = format!("{name} is done again: {e}");
            host.warn(Warning::new("part_not_reused", said));
            None
        }
    }
}

/// In what the run is another than the one that kept a part.
fn difference(context: &NativeCallContext, about: &About) -> Option<Difference> {
    let then: serde_json::Value = serde_json::from_str(&about.run).unwrap_or_default();
    let now = of_run(context);
    let build = |v: &serde_json::Value| v["program"]["build"].to_string();
    let other = |what: String, then: String, now: String| Difference { what, then, now };
    if build(&then) != build(&now) {
        return Some(other("the program".into(), build(&then), build(&now)));
    }
    let changed = about
        .inputs
        .iter()
        .find(|(path, sha256)| digest::of_file(path).map_or(true, |(_, now)| now != *sha256));
    let input = changed.map(|(path, _)| {
        let word = |t: &str| t.to_string();
        other(
            format!("the input {}", path.display()),
            word("as it was read"),
            word("another"),
        )
    });
    input.or_else(|| identity::difference(&then, &now))
}

/// The run without its inputs, which a part has of its own.
fn of_run(context: &NativeCallContext) -> serde_json::Value {
    let shown = |v: &Dynamic| show(context, v);
    let mut run = identity::of_run(&Host::of(context), &Map::new(), &shown);
    run["inputs"] = serde_json::Value::Null;
    run
}

fn keep(context: &NativeCallContext, file: &Path, value: &Dynamic, warned: usize) -> Result<()> {
    let host = Host::of(context);
    let parts = Parts::of("the result", value)?;
    let warnings = host
        .lock()
        .warnings
        .iter()
        .skip(warned)
        .map(|(w, _)| w.clone())
        .collect();
    let run = of_run(context).to_string();
    let inputs = record::inputs_with_digests(&host.lock().written);
    let about = serde_json::to_vec(&About {
        run,
        inputs,
        warnings,
    })
    .map_err(Error::new)?;
    parts.with(|sections| {
        let mut all = vec![(ABOUT, Content::Bytes(&about))];
        all.extend_from_slice(sections);
        write_sections(file, &all)
    })
}

/// Leaves a part when it is dropped.
struct Entered<'a>(&'a Open);

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.0.leave();
    }
}

fn once_of(
    context: &NativeCallContext,
    name: &str,
    work: impl FnOnce() -> Result<Dynamic>,
) -> Result<Dynamic> {
    let host = Host::of(context);
    let open = host.part::<Open>();
    let key = open.enter(name);
    let _entered = Entered(&open);
    let Some(file) = file_of(&host, &key) else {
        return work();
    };
    if let Some(value) = kept_before(context, name, &file) {
        return Ok(value);
    }
    let warned = host.lock().warnings.len();
    let value = work()?;
    keep(context, &file, &value, warned)?;
    Ok(value)
}

#[export_module]
mod functions {
    /// What a function gives, kept when it is done until the run has finished: the same command,
    /// after it was stopped, takes it from there. A part of another script, of other settings or
    /// inputs is done again. At a prompt nothing is kept.
    ///
    /// # Arguments
    /// - `name`: of the part.
    /// - `work`: a function without arguments.
    ///
    /// # Returns
    /// What the function gives.
    ///
    /// # Errors
    /// A value that cannot be kept, such as a closure, and whatever the function fails with.
    ///
    /// # Example
    /// ```rhai
    /// let scores = resumable::once("twin runs", || [0.2, 0.3]);
    /// assert(scores.len() == 2);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn once(context: NativeCallContext, name: &str, work: FnPtr) -> Fallible<Dynamic> {
        attempt(&context, || {
            let work = ScriptFunction::new(&context, work);
            once_of(&context, name, || work.call(()))
        })
    }

    /// What a function gives for each of several items, each kept when it is done, as by
    /// `resumable::once`: seeds, settings, experiments.
    ///
    /// # Arguments
    /// - `items`: an array.
    /// - `work`: a function of an item.
    ///
    /// # Returns
    /// An array.
    ///
    /// # Errors
    /// A value that cannot be kept, such as a closure, and whatever the function fails with.
    ///
    /// # Example
    /// ```rhai
    /// assert(resumable::map([1, 2, 3], |seed| 10 * seed) == [10, 20, 30]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn map(context: NativeCallContext, items: Array, work: FnPtr) -> Fallible<Array> {
        attempt(&context, || {
            let work = ScriptFunction::new(&context, work);
            let part = |(k, item): (usize, Dynamic)| {
                once_of(&context, &format!("item {k}"), || work.call((item,)))
            };
            items.into_iter().enumerate().map(part).collect()
        })
    }
}
