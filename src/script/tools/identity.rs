//! What a run is, so that it knows what an earlier part of it left: script, settings, inputs and
//! what it was given, by their digests.

use super::json;
use super::record::{inputs_with_digests, program};
use crate::error::Warning;
use crate::io::holder;
use crate::script::bridge::host::{Host, Inner};
use rhai::{Dynamic, Map};
use serde_json::{Map as Object, Value, json};

/// What the run of this session is at the moment, with what it gives a name.
pub fn of_run(host: &Host, given: &Map, shown: &dyn Fn(&Dynamic) -> String) -> Value {
    let given: Object<String, Value> = given
        .iter()
        .map(|(k, v)| (k.to_string(), json::of_value(v, shown)))
        .collect();
    let inner = host.lock();
    json!({
        "program": program(),
        "begun": holder(),
        "script": scripts(&inner),
        "settings": super::record::settings(&inner),
        "inputs": inputs(&inner),
        "given": given,
    })
}

/// Digests of the script and of the texts it read, by name.
fn scripts(inner: &Inner) -> Object<String, Value> {
    let script = inner
        .script
        .iter()
        .map(|s| ("the script".to_string(), json!(s)));
    let parts = inner.parts.iter();
    let parts = parts.map(|p| (format!("the module {}", p.name), json!(p.sha256)));
    script.chain(parts).collect()
}

/// Digests of the files read that the run did not write itself; a file is what it holds, wherever
/// it lies.
fn inputs(inner: &Inner) -> Object<String, Value> {
    let read = inputs_with_digests(&inner.written).into_iter();
    let named = read.map(|(path, sha256)| (sha256, json!(path.display().to_string())));
    named.collect()
}

/// In what a run is another one than it was.
#[derive(Debug, PartialEq, Eq)]
pub struct Difference {
    /// Of what, in words.
    pub what: String,
    /// As it was.
    pub then: String,
    /// As it is.
    pub now: String,
}

/// The first difference between what a run was and is, other than its program.
pub fn difference(then: &Value, now: &Value) -> Option<Difference> {
    let kinds = [
        ("script", ""),
        ("settings", "the setting "),
        ("inputs", ""),
        ("given", ""),
    ];
    kinds.iter().find_map(|(kind, lead)| {
        let empty = Object::new();
        let (before, after) = (then[kind].as_object(), now[kind].as_object());
        let (before, after) = (before.unwrap_or(&empty), after.unwrap_or(&empty));
        let by_content = *kind == "inputs";
        let differs = |key: &&String| match (before.get(*key), after.get(*key)) {
            (Some(_), Some(_)) if by_content => false,
            (old, new) => old != new,
        };
        let key = before.keys().chain(after.keys()).find(differs)?;
        let (old, new) = (before.get(key), after.get(key));
        Some(match *kind {
            "inputs" => Difference {
                what: format!("the input {}", text(old.or(new))),
                then: format!("{}read", if old.is_some() { "" } else { "not " }),
                now: format!("{}read", if new.is_some() { "" } else { "not " }),
            },
            _ => Difference {
                what: format!("{lead}{key}"),
                then: text(old),
                now: text(new),
            },
        })
    })
}

fn text(value: Option<&Value>) -> String {
    let text = match value {
        None => return "absent".into(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    // A digest says enough with its beginning.
    let digest = text.len() == 64 && text.chars().all(|c| c.is_ascii_hexdigit());
    if digest {
        format!("digest {}", &text[..12])
    } else {
        text
    }
}

/// That another build of the program goes on with a run, or that the clock is behind its beginning.
pub fn warnings(then: &Value, now: &Value) -> Vec<Warning> {
    let since = |v: &Value| {
        let said = v["begun"].as_str().unwrap_or_default();
        said.rsplit(' ').next().unwrap_or_default().to_string()
    };
    let mut warnings = vec![];
    if then["program"] != now["program"] {
        let said = "the run was begun by another build of the program; its bits may differ from those of one build";
        warnings.push(Warning::new("another_program", said));
    }
    if since(then) > since(now) {
        let said = format!(
            "the run was begun at {}, the clock says {}",
            since(then),
            since(now)
        );
        warnings.push(Warning::new("clock_went_back", said));
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_named() {
        let was = json!({ "script": { "the script": "a" }, "settings": { "n": 3 }, "inputs": { "77": "x.csv" }, "given": { "seed": 1 } });
        assert_eq!(difference(&was, &was), None);
        let changed = |path: &str, value: Value| {
            let mut now = was.clone();
            *now.pointer_mut(path).unwrap() = value;
            let d = difference(&was, &now).unwrap();
            [d.what, d.then, d.now].join("|")
        };
        assert_eq!(changed("/script/the script", json!("b")), "the script|a|b");
        assert_eq!(changed("/settings/n", json!(4)), "the setting n|3|4");
        assert_eq!(changed("/settings", json!({})), "the setting n|3|absent");
        assert_eq!(
            changed("/inputs", json!({ "78": "x.csv" })),
            "the input x.csv|read|not read"
        );
        assert_eq!(
            changed("/given/seed", json!("f".repeat(64))),
            "seed|1|digest ffffffffffff"
        );
        // The same content under another name is the same input.
        let mut moved = was.clone();
        moved["inputs"] = json!({ "77": "y.csv" });
        assert_eq!(difference(&was, &moved), None);
    }

    #[test]
    fn a_clock_that_went_back_is_a_warning() {
        let at = |t: &str| json!({ "program": 1, "begun": format!("process 1 of me, since {t}") });
        let (early, late) = (at("2026-01-01T00:00:00Z"), at("2026-01-02T00:00:00Z"));
        assert!(warnings(&early, &late).is_empty());
        assert_eq!(warnings(&late, &early)[0].name, "clock_went_back");
    }
}
