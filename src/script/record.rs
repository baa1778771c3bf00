//! The record of a run: everything needed to run it again.

use super::host::Host;
use super::show::show;
use crate::error::{Error, Result};
use crate::io::write_whole;
use rhai::{Dynamic, Map, NativeCallContext};
use serde_json::{Value, json};
use std::path::Path;

/// A run read back from its record: the script's text and its settings.
pub struct Recorded {
    /// Name of the script.
    pub script: String,
    /// Its text.
    pub text: String,
    /// `--set` keys and values.
    pub settings: Vec<(String, String)>,
}

/// A value as JSON: numbers, text, truth values, arrays and maps as they are, anything else as it prints.
fn json_of(context: &NativeCallContext, value: &Dynamic) -> Value {
    if let Ok(map) = value.as_map_ref() {
        return Value::Object(map.iter().map(|(k, v)| (k.to_string(), json_of(context, v))).collect());
    }
    if let Ok(array) = value.as_array_ref() {
        return array.iter().map(|v| json_of(context, v)).collect();
    }
    if value.is_unit() {
        return Value::Null;
    }
    match (value.as_int(), value.as_float(), value.as_bool()) {
        (Ok(i), ..) => json!(i),
        (_, Ok(x), _) => json!(x),
        (.., Ok(b)) => json!(b),
        _ => Value::String(show(context, value)),
    }
}

/// A setting as it would be typed after `--set`.
fn typed(context: &NativeCallContext, value: &Dynamic) -> String {
    match value.as_array_ref() {
        Ok(array) => array.iter().map(|v| typed(context, v)).collect::<Vec<_>>().join(","),
        Err(_) => show(context, value),
    }
}

/// Writes the record of the session so far with `more` in it.
///
/// # Errors
/// The file cannot be written.
pub fn write(context: &NativeCallContext, path: &Path, more: &Map) -> Result<()> {
    let host = Host::of(context);
    let (settings, warnings, script) = {
        let inner = host.lock();
        (inner.declared.clone(), inner.warnings.clone(), inner.script.clone())
    };
    let (name, text) = script.unwrap_or_default();
    let record = json!({
        "program": { "mcas": env!("CARGO_PKG_VERSION"), "rhai": "1.25.1", "os": std::env::consts::OS, "architecture": std::env::consts::ARCH },
        "script": name,
        "settings": settings.iter().map(|(k, v)| (k.clone(), Value::String(typed(context, v)))).collect::<serde_json::Map<_, _>>(),
        "details": json_of(context, &Dynamic::from(more.clone())),
        "warnings": warnings.iter().map(|(w, n)| json!({ "name": w.name, "message": w.message, "times": n })).collect::<Vec<_>>(),
        "text": text,
    });
    let pretty = serde_json::to_string_pretty(&record).map_err(|e| Error::new("the record cannot be written as JSON").got(e))?;
    write_whole(path, |temporary| std::fs::write(temporary, pretty).map_err(|e| Error::new("the record cannot be written").got(e)))
}

/// Reads a record to run it again.
///
/// # Errors
/// The file cannot be read or is not a record.
pub fn read(path: &Path) -> Result<Recorded> {
    let not = |why: &str| Error::new(format!("{} is not the record of a run", path.display())).got(why).hint("the record.json of an earlier run");
    let text = std::fs::read_to_string(path).map_err(|e| not(&e.to_string()))?;
    let value: Value = serde_json::from_str(&text).map_err(|e| not(&e.to_string()))?;
    let find = |key: &str| value[key].as_str().map(str::to_string).ok_or_else(|| not(&format!("nothing called \"{key}\"")));
    let settings = value["settings"].as_object().ok_or_else(|| not("no settings"))?;
    Ok(Recorded {
        script: find("script")?,
        text: find("text")?,
        settings: settings.iter().map(|(k, v)| (k.clone(), v.as_str().map_or_else(|| v.to_string(), str::to_string))).collect(),
    })
}
