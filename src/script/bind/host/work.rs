//! Small things long scripted work needs: option maps with defaults, progress lines, numbers as
//! text.

use crate::error::{Error, Result, did_you_mean};
use crate::progress::Progress;
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::{FromScript, describe, kind};
use crate::script::{Fallible, attempt, read};
use crate::time::Time;
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::fmt;
use std::sync::Arc;

/// A progress line as a script holds it.
#[derive(Clone)]
pub struct ProgressLine(Arc<Progress>);

kind!(ProgressLine, "ProgressLine", "a progress line");

impl fmt::Display for ProgressLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a progress line")
    }
}

/// Binds `fill`, `options_of`, `record`, `decimals` and `progress::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<ProgressLine>();
    rooms.global(exported_module!(functions));
    rooms.room("progress", exported_module!(lines));
}

/// A value that may stand in the place of a default: of its kind, or text that says such a value. A
/// default of nothing, of text or of a type of a room takes anything.
fn like(what: &str, default: &Dynamic, value: Dynamic) -> Result<Dynamic> {
    if default.is::<Time>() {
        return Ok(Dynamic::from(read::<Time>(what, &value)?));
    }
    let quantity = || {
        value
            .as_immutable_string_ref()
            .is_ok_and(|t| t.starts_with(|c: char| c.is_ascii_digit() || c == '.' || c == '-'))
    };
    let (fits, expected) = match default {
        d if d.is_int() || d.is_float() => {
            (f64::from_script(&value).is_some() || quantity(), "a number")
        }
        d if d.is_bool() => (value.is_bool(), "true or false"),
        d if d.is_array() => (value.is_array(), "an array [...]"),
        d if d.is_map() => (value.is_map(), "a map #{ ... }"),
        _ => (true, ""),
    };
    if fits {
        Ok(value)
    } else {
        Err(Error::new(format!("{what} has the wrong type"))
            .expected(expected)
            .got(describe(&value))
            .hint(shown(default)))
    }
}

/// A default as a hint.
fn shown(default: &Dynamic) -> String {
    if default.is_map() {
        "#{ ... }".into()
    } else {
        default.to_string()
    }
}

#[export_module]
mod functions {
    /// An option map with its defaults filled in; a key that has no default is an error.
    ///
    /// # Arguments
    /// - `function`: whose options they are, for the message.
    /// - `defaults`: a map of every option.
    /// - `options`: the map that was given.
    ///
    /// # Returns
    /// A map.
    ///
    /// # Errors
    /// An unknown key, with the nearest known one; a value of another kind than its default, where
    /// that is a number, a truth value, a date, an array or a map.
    ///
    /// # Example
    /// ```rhai
    /// assert(fill("f", #{ a: 1, b: 2 }, #{ b: 3 }) == #{ a: 1, b: 3 });
    /// ```
    #[rhai_fn(return_raw)]
    pub fn fill(
        context: NativeCallContext,
        function: &str,
        defaults: Map,
        options: Map,
    ) -> Fallible<Map> {
        attempt(&context, || {
            let mut all = defaults;
            for (key, value) in options {
                let Some(default) = all.get_mut(&key) else {
                    let known: Vec<&str> = all.keys().map(|k| k.as_str()).collect();
                    let error = Error::new(format!("{function} has no option \"{key}\""))
                        .expected(format!("one of {}", known.join(", ")));
                    return Err(match did_you_mean(&key, known.iter().copied()) {
                        Some(near) => error.hint(near),
                        None => error,
                    });
                };
                *default = like(&format!("option \"{key}\" of {function}"), default, value)?;
            }
            Ok(all)
        })
    }

    /// The default of an option that holds the options of another function: an empty map, which
    /// gives help and completion the names in it.
    ///
    /// # Arguments
    /// - `name`: of the function, such as `"network::in_situ"`.
    ///
    /// # Returns
    /// An empty map.
    ///
    /// # Example
    /// ```rhai
    /// let o = fill("f", #{ in_situ: options_of("network::in_situ") }, #{ in_situ: #{ seed: 2 } });
    /// assert(o.in_situ.seed == 2 && options_of("network::in_situ") == #{});
    /// ```
    pub fn options_of(_name: &str) -> Map {
        Map::new()
    }

    /// Adds to the record of the run, `record.json` in the output folder: versions, script,
    /// settings, warnings, outputs. `mcas run record.json` runs it again.
    ///
    /// # Arguments
    /// - `details`: a map; values that are not numbers, text, arrays or maps are written as they
    ///   print.
    ///
    /// # Example
    /// ```rhai
    /// record(#{ note: "a test", scheme: inflation::none() });
    /// ```
    pub fn record(context: NativeCallContext, details: Map) {
        crate::script::tools::record::note(&context, &details);
    }

    /// A number as text with a given number of decimals.
    ///
    /// # Arguments
    /// - `x`: a number.
    /// - `decimals`: how many.
    ///
    /// # Returns
    /// Text.
    ///
    /// # Errors
    /// Something that is not a number.
    ///
    /// # Example
    /// ```rhai
    /// assert(decimals(2.0 / 3, 2) == "0.67");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn decimals(context: NativeCallContext, x: Dynamic, decimals: i64) -> Fallible<String> {
        attempt(&context, || {
            Ok(format!(
                "{:.*}",
                decimals.clamp(0, 17) as usize,
                read::<f64>("the number", &x)?
            ))
        })
    }
}

#[export_module]
mod lines {
    /// A line that shows how far long work has come and the time left; it goes when the work is
    /// done.
    ///
    /// # Arguments
    /// - `name`: what is being done.
    /// - `steps`: how many there will be.
    ///
    /// # Returns
    /// A progress line, with `step(message)`.
    ///
    /// # Errors
    /// A negative number of steps.
    ///
    /// # Example
    /// ```rhai
    /// let line = progress::line("counting", 3);
    /// for k in 0..3 { line.step(`at ${k}`); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn line(context: NativeCallContext, name: &str, steps: Dynamic) -> Fallible<ProgressLine> {
        attempt(&context, || {
            Ok(ProgressLine(Arc::new(Progress::new(
                name,
                read::<u64>("the steps", &steps)?,
            ))))
        })
    }

    /// One more step is done.
    ///
    /// # Arguments
    /// - `message`: shown at the end of the line.
    #[rhai_fn(global)]
    pub fn step(line: &mut ProgressLine, message: &str) {
        line.0.step(message);
    }
}
