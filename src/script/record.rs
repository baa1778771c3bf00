//! The record of a run: what is needed to run it again and to trust its outputs.

use super::session::Session;
use crate::error::{Error, Result};
use rhai::Dynamic;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

impl Session {
    /// The record of what this session ran: program, script, settings as used, warnings, outputs.
    pub fn record(&self, script: &Path, text: &str, seconds: f64) -> Value {
        let inner = self.host().lock();
        let settings: serde_json::Map<String, Value> = inner.declared.iter().map(|(k, v)| (k.clone(), plain(v))).collect();
        let warnings: Vec<Value> = inner.warnings.iter().map(|(w, times)| json!({ "name": w.name, "message": w.message, "times": times })).collect();
        let outputs: Vec<String> = inner.written.iter().map(|p| inside(p, &inner.output)).collect();
        json!({
            "program": format!("mcas {}", env!("CARGO_PKG_VERSION")),
            "script": script.display().to_string(),
            "settings": settings,
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
        crate::io::write_whole(&path, |part| std::fs::write(part, text + "\n").map_err(Error::new))
    }
}

fn inside(path: &Path, folder: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).display().to_string()
}

/// A setting as JSON: numbers, truth values and arrays as they are, everything else as it prints.
fn plain(value: &Dynamic) -> Value {
    if let Ok(array) = value.as_array_ref() {
        return array.iter().map(plain).collect();
    }
    if let Some(time) = value.read_lock::<crate::time::Time>() {
        return json!(time.to_string());
    }
    serde_json::to_value(value).unwrap_or_else(|_| json!(value.to_string()))
}
