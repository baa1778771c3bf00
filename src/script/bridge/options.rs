//! The option map a function may end with: every key is read with its type and default, and a key
//! left over is an error.

use crate::error::{Error, Result, did_you_mean};
use crate::script::bridge::function::ScriptFunction;
use crate::script::bridge::value::{FromScript, describe, handle, read};
use crate::units::Unit;
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

/// A number in `unit` from a number or from text with its own unit.
///
/// # Errors
/// The wrong type, or a unit of another kind.
pub fn quantity(what: &str, value: &Dynamic, unit: &str) -> Result<f64> {
    if let Some(number) = f64::from_script(value) {
        return Ok(number);
    }
    let wrong = || {
        Error::new(format!("{what} has the wrong type")).expected(format!(
            "a number in {unit}, or text such as \"800 {unit}\""
        ))
    };
    let text = value
        .as_immutable_string_ref()
        .map_err(|_| wrong().got(describe(value)))?;
    let split = text
        .find(|c: char| c.is_whitespace() || (c.is_alphabetic() && c != 'e' && c != 'E'))
        .unwrap_or(text.len());
    let number: f64 = text[..split]
        .trim()
        .parse()
        .map_err(|_| wrong().got(describe(value)))?;
    let given = Unit::parse(text[split..].trim()).map_err(|e| e.at(what))?;
    if given.is_none() && text[split..].trim().is_empty() {
        return Ok(number);
    }
    let factor = given.factor_to(&Unit::parse(unit)?).map_err(|_| {
        Error::new(format!("{what} has a unit of another kind")).expected(format!(
            "a number in {unit}, or in a unit that converts to it"
        ))
    });
    Ok(number
        * factor.map_err(|e| {
            e.got(format!("\"{}\"", text.as_str()))
                .hint(format!("\"{number} {unit}\""))
        })?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, Dynamic)]) -> Map {
        pairs
            .iter()
            .map(|(k, v)| ((*k).into(), v.clone()))
            .collect()
    }

    #[test]
    fn an_unknown_option_is_refused_with_the_nearest_name_and_the_list() {
        let mut o = Options::new(
            "localization::regional",
            map(&[("halo", Dynamic::from(800_i64))]),
        );
        assert_eq!(o.or("halo_km", 800.0).unwrap(), 800.0);
        assert_eq!(o.or("correlation", 0.7).unwrap(), 0.7);
        let message = o.finish().unwrap_err().to_string();
        assert!(
            message.contains("no option \"halo\"")
                && message.contains("one of halo_km, correlation"),
            "{message}"
        );
    }

    #[test]
    fn integers_are_numbers_and_text_carries_its_unit() {
        let mut o = Options::new(
            "f",
            map(&[
                ("a", Dynamic::from(3_i64)),
                ("b", Dynamic::from("800 km".to_string())),
                ("c", Dynamic::from(5_i64)),
            ]),
        );
        assert_eq!(o.or("a", 1.0).unwrap(), 3.0);
        assert_eq!(o.quantity("b", "m", 1.0).unwrap(), 8e5);
        assert_eq!(o.quantity("c", "km", 1.0).unwrap(), 5.0);
        o.finish().unwrap();
        let mut o = Options::new("f", map(&[("b", Dynamic::from("8 ppm".to_string()))]));
        assert!(o.quantity("b", "m", 1.0).is_err());
    }

    #[test]
    fn a_value_of_the_wrong_type_says_what_was_expected_and_got() {
        let mut o = Options::new("f", map(&[("members", Dynamic::from("many".to_string()))]));
        let message = o.or("members", 64usize).unwrap_err().to_string();
        assert_eq!(
            message,
            "option \"members\" of f has the wrong type: expected a whole number, 0 or more, got text \"many\""
        );
    }
}
