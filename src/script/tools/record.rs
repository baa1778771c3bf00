//! The record of a run: what is needed to run it again and to trust its outputs.

use crate::error::{Error, Result, Warning};
use crate::io::{RunFolder, holder, write_whole};
use crate::random;
use crate::script::bridge::host::{Host, Inner, Part, typed};
use crate::script::session::Session;
use crate::script::session::show::show;
use crate::script::tools::{digest, json};
use rhai::{Dynamic, EvalAltResult, Map, NativeCallContext};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

impl Session {
    /// The record of what this session ran: program, script and every text it read, settings as
    /// used, seeds, inputs, warnings, outputs, and how it ended.
    pub fn record(
        &self,
        (script, text): (&Path, &str),
        seconds: f64,
        failed: Option<&EvalAltResult>,
    ) -> Value {
        let error = failed.map(|e| self.report(e));
        let outcome = match failed {
            None => "finished",
            Some(e) if matches!(e.unwrap_inner(), EvalAltResult::ErrorTerminated(..)) => "stopped",
            Some(_) => "failed",
        };
        let inner = self.host().lock();
        let mut outputs = inner.outputs();
        outputs.retain(|name| inner.output.join(name).exists());
        json!({
            "program": program(),
            "script": script.display().to_string(),
            "sha256": digest::of_text(text),
            "outcome": outcome,
            "error": error,
            "settings": settings(&inner),
            "seeds": random::seeds(),
            "inputs": inputs(&inner.written),
            "details": inner.details,
            "warnings": warnings(&inner),
            "outputs": outputs,
            "seconds": (seconds * 1000.0).round() / 1000.0,
            "text": text,
            "parts": inner.parts,
        })
    }

    /// Holds the output folder for a run, with the record of a run that is under way.
    ///
    /// # Errors
    /// The folder cannot be used, or another run uses it.
    pub fn begin_record(&self, (script, text): (&Path, &str)) -> Result<()> {
        let output = self.host().lock().output.clone();
        if output.as_os_str().is_empty() {
            return Ok(()); // a session that writes nowhere in particular
        }
        let record = json!({
            "program": program(),
            "script": script.display().to_string(),
            "sha256": digest::of_text(text),
            "outcome": "unfinished",
            "by": holder(),
            "outputs": [],
        });
        let run = RunFolder::begin(&output, &record.to_string());
        let run = run.map_err(|e| e.hint("--out DIR, for another folder"))?;
        self.host().lock().run = Some(run);
        Ok(())
    }

    /// Writes the record as `record.json` into the output folder, if there are outputs, or warnings
    /// of a run that failed, and lets the folder go. Where an earlier run had finished there, a run
    /// that failed leaves its files as they were.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn end_record(
        &self,
        script: (&Path, &str),
        seconds: f64,
        failed: Option<&EvalAltResult>,
    ) -> Result<()> {
        let (run, left, alone) = {
            let mut inner = self.host().lock();
            let parts = inner.run.as_ref().is_some_and(RunFolder::has_parts);
            let more = parts || !inner.warnings.is_empty() || !inner.details.is_empty();
            let left = !inner.written.is_empty() || failed.is_some() && more;
            (inner.run.take(), left, inner.output.join("record.json"))
        };
        if !left {
            run.into_iter().for_each(RunFolder::abandon);
            return Ok(());
        }
        let record = self.record(script, seconds, failed);
        let text = serde_json::to_string_pretty(&record).map_err(Error::new)? + "\n";
        let Some(run) = run else {
            return write_whole(&alone, |part| {
                std::fs::write(part, text).map_err(Error::new)
            });
        };
        if failed.is_none() {
            return run.finish(&text);
        }
        if let Some(aside) = run.fail(&text)? {
            let said =
                "the files of this run are in {}; those of the run that finished before stay";
            let note = said.replace("{}", &aside.display().to_string());
            self.host().note(&format!("note: {note}"));
        }
        Ok(())
    }
}

pub(super) fn settings(inner: &Inner) -> serde_json::Map<String, Value> {
    let declared = inner.declared.iter();
    declared.map(|(k, v)| (k.clone(), typable(v))).collect()
}

/// A setting as JSON that reads back as the same value: numbers that JSON has no form for are text.
fn typable(value: &Dynamic) -> Value {
    match (value.as_array_ref(), value.as_float()) {
        (Ok(array), _) => array.iter().map(typable).collect(),
        (_, Ok(x)) if !x.is_finite() => json!(x.to_string()),
        _ => json::of_value(value, &|v| v.to_string()),
    }
}

fn warnings(inner: &Inner) -> Vec<Value> {
    let given = inner.warnings.iter();
    given
        .map(|(w, times)| json!({ "name": w.name, "message": w.message, "times": times }))
        .collect()
}

/// The program that runs, with the digest of its file.
pub(super) fn program() -> Value {
    static BUILD: OnceLock<String> = OnceLock::new();
    let build = BUILD.get_or_init(|| {
        let file = std::env::current_exe().and_then(|file| digest::of_file(&file));
        file.map(|(_, sha256)| sha256).unwrap_or_default()
    });
    let (os, architecture) = (std::env::consts::OS, std::env::consts::ARCH);
    json!({ "mcas": env!("CARGO_PKG_VERSION"), "build": build, "rhai": "1.25.1", "os": os, "architecture": architecture })
}

/// The files read that the run did not write itself, with their digests.
pub fn inputs_with_digests(written: &[PathBuf]) -> Vec<(PathBuf, String)> {
    let read = crate::io::inputs();
    let others = read.into_iter().filter(|p| !written.contains(p));
    let described = others.map(|path| {
        let (_, sha256) = digest::of_file(&path).unwrap_or_default();
        (path, sha256)
    });
    described.collect()
}

fn inputs(written: &[PathBuf]) -> Vec<Value> {
    let described = inputs_with_digests(written)
        .into_iter()
        .map(|(path, sha256)| {
            let bytes = std::fs::metadata(&path).map_or(0, |m| m.len());
            json!({ "file": path.display().to_string(), "bytes": bytes, "sha256": sha256 })
        });
    described.collect()
}

/// Adds to the record of the run.
pub fn note(context: &NativeCallContext, details: &Map) {
    let values: Vec<(String, Value)> = details
        .iter()
        .map(|(k, v)| (k.to_string(), json::of_value(v, &|v| show(context, v))))
        .collect();
    Host::of(context).lock().details.extend(values);
}

/// A run read back from its record.
pub struct Recorded {
    /// Name of the script.
    pub script: String,
    /// Its text.
    pub text: String,
    /// `--set` keys and values.
    pub settings: Vec<(String, String)>,
    /// The texts that the script imported or that took the place of modules; none in a record that
    /// does not list them.
    pub parts: Option<Vec<Part>>,
    /// What is no longer as it was.
    pub differences: Vec<Warning>,
}

/// Reads a record to run it again.
///
/// # Errors
/// The file cannot be read or is not a record.
pub fn read(path: &Path) -> Result<Recorded> {
    let not = |why: &str| {
        Error::new(format!("{} is not the record of a run", path.display()))
            .got(why)
            .hint("the record.json of an earlier run")
    };
    let text = std::fs::read_to_string(path).map_err(|e| not(&e.to_string()))?;
    let value: Value = serde_json::from_str(&text).map_err(|e| not(&e.to_string()))?;
    let find = |key: &str| {
        value[key]
            .as_str()
            .map(str::to_string)
            .ok_or_else(|| not(&format!("nothing called \"{key}\"")))
    };
    let settings = value["settings"]
        .as_object()
        .ok_or_else(|| not("no settings"))?;
    let settings = settings
        .iter()
        .map(|(k, v)| (k.clone(), typed(v)))
        .collect();
    let (script, text) = (find("script")?, find("text")?);
    let parts: Option<Vec<Part>> = match value.get("parts") {
        None => None,
        Some(parts) => {
            Some(serde_json::from_value(parts.clone()).map_err(|e| not(&e.to_string()))?)
        }
    };
    let differences = [
        changed_by_hand(&value, &text, &parts),
        another_program(&value),
    ]
    .into_iter()
    .flatten()
    .chain(other_inputs(&value))
    .collect();
    Ok(Recorded {
        script,
        text,
        settings,
        parts,
        differences,
    })
}

/// Texts of the record that are not those of its digests.
fn changed_by_hand(record: &Value, text: &str, parts: &Option<Vec<Part>>) -> Option<Warning> {
    let script = record["sha256"].as_str();
    let same = script.is_none_or(|sha256| sha256 == digest::of_text(text))
        && parts
            .iter()
            .flatten()
            .all(|p| p.sha256 == digest::of_text(&p.text));
    let said = "the texts in the record are not those of its digests: it was changed after the run";
    (!same).then(|| Warning::new("record_changed", said))
}

fn another_program(record: &Value) -> Option<Warning> {
    let (then, now) = (&record["program"], program());
    if !then["build"].is_string() || then["build"] == now["build"] {
        return None;
    }
    let name = |p: &Value| {
        let word = |key: &str| p[key].as_str().unwrap_or("").to_string();
        let build: String = word("build").chars().take(12).collect();
        format!("mcas {} (build {build})", word("mcas"))
    };
    let said = format!("the run was made by {}, this is {}", name(then), name(&now));
    Some(Warning::new("another_program", said))
}

/// Inputs that are gone, or hold something else than they did.
fn other_inputs(record: &Value) -> Vec<Warning> {
    let inputs = record["inputs"].as_array().into_iter().flatten();
    let differs = inputs.filter_map(|input| {
        let file = input["file"].as_str()?;
        let said = match digest::of_file(Path::new(file)) {
            Err(e) => format!("{file}, which the run read, cannot be read: {e}"),
            Ok((_, now)) if input["sha256"] != now => {
                format!("{file} is not the file that the run read: its digest differs")
            }
            Ok(_) => return None,
        };
        Some(Warning::new("another_input", said))
    });
    differs.collect()
}
