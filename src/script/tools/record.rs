//! The record of a run: what is needed to run it again and to trust its outputs.

use crate::error::{Error, Result};
use crate::script::bridge::host::Host;
use crate::script::session::Session;
use crate::script::session::show::show;
use crate::script::tools::json;
use rhai::{Map, NativeCallContext};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

impl Session {
    /// The record of what this session ran: program, script, settings as used, warnings, outputs.
    pub fn record(&self, script: &Path, text: &str, seconds: f64) -> Value {
        let inner = self.host().lock();
        let settings: serde_json::Map<String, Value> = inner
            .declared
            .iter()
            .map(|(k, v)| (k.clone(), json::of_value(v, &|v| v.to_string())))
            .collect();
        let warnings: Vec<Value> = inner
            .warnings
            .iter()
            .map(|(w, times)| json!({ "name": w.name, "message": w.message, "times": times }))
            .collect();
        let outputs: Vec<String> = inner
            .written
            .iter()
            .map(|p| inside(p, &inner.output))
            .collect();
        json!({
            "program": { "mcas": env!("CARGO_PKG_VERSION"), "rhai": "1.25.1", "os": std::env::consts::OS, "architecture": std::env::consts::ARCH },
            "script": script.display().to_string(),
            "settings": settings,
            "details": inner.details,
            "warnings": warnings,
            "outputs": outputs,
            "seconds": (seconds * 1000.0).round() / 1000.0,
            "text": text,
        })
    }

    /// Writes the record as `record.json` into the output folder, if there are outputs.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_record(&self, script: &Path, text: &str, seconds: f64) -> Result<()> {
        let record = self.record(script, text, seconds);
        let path: PathBuf = {
            let inner = self.host().lock();
            if inner.written.is_empty() {
                return Ok(());
            }
            inner.output.join("record.json")
        };
        let text = serde_json::to_string_pretty(&record).map_err(Error::new)?;
        crate::io::write_whole(&path, |part| {
            std::fs::write(part, text + "\n").map_err(Error::new)
        })
    }
}

fn inside(path: &Path, folder: &Path) -> String {
    path.strip_prefix(folder)
        .unwrap_or(path)
        .display()
        .to_string()
}

/// Adds to the record of the run.
pub fn note(context: &NativeCallContext, details: &Map) {
    let values: Vec<(String, Value)> = details
        .iter()
        .map(|(k, v)| (k.to_string(), json::of_value(v, &|v| show(context, v))))
        .collect();
    Host::of(context).lock().details.extend(values);
}

/// A run read back from its record: the script's text and its settings.
pub struct Recorded {
    /// Name of the script.
    pub script: String,
    /// Its text.
    pub text: String,
    /// `--set` keys and values.
    pub settings: Vec<(String, String)>,
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
    Ok(Recorded {
        script: find("script")?,
        text: find("text")?,
        settings,
    })
}

/// A setting as it would be typed after `--set`.
fn typed(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(typed).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}
