//! An option map read key by key, which [`super::options`] replaces: every key is read with its type and default, and a key
//! left over is an error.

use crate::error::{Error, Result, did_you_mean};
use crate::script::bridge::function::ScriptFunction;
use crate::script::bridge::value::{FromScript, handle, quantity, read};
use rhai::{Dynamic, FnPtr, Map, NativeCallContext};

/// An option map on its way through a function. Read every key, then call [`Options::finish`].
pub struct Options {
    function: String,
    map: Map,
    known: Vec<String>,
}

impl Options {
    /// The options of the function called `function`.
    pub fn new(function: &str, map: Map) -> Self {
        Options {
            function: function.to_string(),
            map,
            known: Vec::new(),
        }
    }

    fn take(&mut self, key: &str) -> Option<Dynamic> {
        self.known.push(key.to_string());
        self.map.remove(key)
    }
    fn what(&self, key: &str) -> String {
        format!("option \"{key}\" of {}", self.function)
    }

    /// The value of `key`, if it was given.
    ///
    /// # Errors
    /// It was given with the wrong type.
    pub fn find<T: FromScript>(&mut self, key: &str) -> Result<Option<T>> {
        self.take(key)
            .map(|v| read(&self.what(key), &v))
            .transpose()
    }

    /// The value of `key`, or `default`.
    pub fn or<T: FromScript>(&mut self, key: &str, default: T) -> Result<T> {
        Ok(self.find(key)?.unwrap_or(default))
    }

    /// The value of `key`, which must be given.
    pub fn required<T: FromScript>(&mut self, key: &str) -> Result<T> {
        self.find(key)?.ok_or_else(|| {
            let error = Error::new(format!("{} needs the option \"{key}\"", self.function))
                .expected(T::expected());
            match did_you_mean(key, self.map.keys().map(|k| k.as_str())) {
                Some(near) => error.hint(format!("{key} instead of {near}")),
                None => error.hint(format!("#{{ {key}: ... }}")),
            }
        })
    }

    /// A number in `unit`, which must be given.
    ///
    /// # Errors
    /// It is missing, of the wrong type, or in a unit of another kind.
    pub fn required_quantity(&mut self, key: &str, unit: &str) -> Result<f64> {
        match self.take(key) {
            Some(value) => quantity(&self.what(key), &value, unit),
            None => self
                .required::<f64>(key)
                .map_err(|e| e.expected(format!("a number in {unit}, or text with its unit"))),
        }
    }

    /// A number in `unit`: a plain number is taken to be in it, text such as `"800 km"` is
    /// converted.
    ///
    /// # Errors
    /// The wrong type, or a unit of another kind.
    pub fn quantity(&mut self, key: &str, unit: &str, default: f64) -> Result<f64> {
        Ok(self.find_quantity(key, unit)?.unwrap_or(default))
    }

    /// The same, or nothing where it is not given.
    ///
    /// # Errors
    /// The wrong type, or a unit of another kind.
    pub fn find_quantity(&mut self, key: &str, unit: &str) -> Result<Option<f64>> {
        self.take(key)
            .map(|value| quantity(&self.what(key), &value, unit))
            .transpose()
    }

    /// A handle of a room's own type; `expected` says what it is in an error.
    ///
    /// # Errors
    /// Something else was given.
    pub fn handle<T: Clone + 'static>(&mut self, key: &str, expected: &str) -> Result<Option<T>> {
        self.take(key)
            .map(|v| handle(&self.what(key), &v, expected))
            .transpose()
    }

    /// A closure or function.
    ///
    /// # Errors
    /// Something else was given.
    pub fn function(
        &mut self,
        key: &str,
        context: &NativeCallContext,
    ) -> Result<Option<ScriptFunction>> {
        Ok(self
            .find::<FnPtr>(key)?
            .map(|p| ScriptFunction::new(context, p)))
    }

    /// Refuses what is left over.
    ///
    /// # Errors
    /// A key nobody read.
    pub fn finish(self) -> Result<()> {
        let Some((key, value)) = self.map.iter().next() else {
            return Ok(());
        };
        let known = self.known.join(", ");
        let error = Error::new(format!("{} has no option \"{key}\"", self.function)).expected(
            if known.is_empty() {
                "no options".to_string()
            } else {
                format!("one of {known}")
            },
        );
        Err(
            match did_you_mean(key, self.known.iter().map(String::as_str)) {
                Some(near) => error.hint(format!(
                    "{near}: {}",
                    if value.is_map() {
                        "#{ ... }".to_string()
                    } else {
                        value.to_string()
                    }
                )),
                None => error,
            },
        )
    }
}
