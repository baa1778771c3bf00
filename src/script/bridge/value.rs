//! Reading a script value as a Rust one: integers are accepted as numbers, and a value of the wrong
//! type is an error that says what was expected and got.

use crate::error::{Error, Result};
use crate::field::Field;
pub use crate::script::bridge::kind::{Kind, kind_of};
use crate::script::bridge::options::Declared;
use crate::units::Unit;
use rhai::{Dynamic, NativeCallContext};

/// A number in `unit` from a number or from text with its own unit.
///
/// # Errors
/// The wrong type, or a unit of another kind.
pub fn quantity(what: &str, value: &Dynamic, unit: &str) -> Result<f64> {
    if let Some(field) = value.read_lock::<Field>().filter(|f| !f.unit.is_none()) {
        let there = field.to_unit(&Unit::parse(unit)?);
        return there.and_then(|f| f.value()).map_err(|e| e.at(what));
    }
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

/// A Rust type that script values can be read as.
///
/// # Example
/// ```
/// use mcas::script::read;
/// use rhai::Dynamic;
///
/// assert_eq!(read::<f64>("the radius", &Dynamic::from(2_i64))?, 2.0);
/// assert!(read::<f64>("the radius", &Dynamic::from(true)).is_err());
/// # Ok::<(), mcas::error::Error>(())
/// ```
pub trait FromScript: Sized {
    /// What a person should give, such as `a number`.
    fn expected() -> String;
    /// Reads it, if it is one.
    fn from_script(value: &Dynamic) -> Option<Self>;
    /// A better reason than its type why a value cannot be read, if there is one.
    fn reason(_: &Dynamic) -> Option<Error> {
        None
    }
    /// Reads it as the value of an option, where a plain number is in `unit` and a closure needs
    /// the context of the call.
    ///
    /// # Errors
    /// It is something else, or in a unit of another kind.
    fn read_option(
        what: &str,
        value: &Dynamic,
        _unit: &str,
        _context: Option<&NativeCallContext>,
    ) -> Result<Self> {
        read(what, value)
    }
    /// The value of an option that was not given and has no default, if it may be left out.
    fn absent() -> Option<Self> {
        None
    }
    /// A default as a script would write it.
    fn shown(&self) -> String {
        String::new()
    }
    /// The options of a map of options.
    fn nested() -> Option<Vec<Declared>> {
        None
    }
}

/// Reads `value` as a `T`.
///
/// # Errors
/// It is something else.
pub fn read<T: FromScript>(what: &str, value: &Dynamic) -> Result<T> {
    T::from_script(value).ok_or_else(|| {
        if let Some(reason) = T::reason(value) {
            return reason.at(what);
        }
        let error = Error::new(format!("{what} has the wrong type")).expected(T::expected()).got(describe(value));
        if value.is_unit() { error.hint("an expression at the end of the function; a let, or an if without else, gives nothing") } else { error }
    })
}

/// A value as an error message shows it: its kind, and itself if it is short.
pub fn describe(value: &Dynamic) -> String {
    let kind = kind_of(value.type_name());
    if value.is_unit() {
        return "nothing".into();
    }
    if value.is_string() {
        return format!("text \"{value}\"");
    }
    if value.is_int() || value.is_float() || value.is_bool() {
        return format!("{kind} {value}");
    }
    if let Some(n) = value.as_array_ref().ok().map(|a| a.len()) {
        return format!("an array of {n}");
    }
    kind
}

/// Names a kind of value and lets it be read as an argument or option.
/// `kind!(Arc<RegionMap>, "RegionMap", "a region map")`.
macro_rules! kind {
    ($type:ty, $name:literal, $expected:literal) => {
        impl $crate::script::bridge::kind::Kind for $type {
            const NAME: &'static str = $name;
        }
        impl $crate::script::bridge::value::FromScript for $type {
            fn expected() -> String {
                $expected.into()
            }
            fn from_script(value: &rhai::Dynamic) -> Option<Self> {
                value.read_lock::<$type>().map(|v| v.clone())
            }
            fn shown(&self) -> String {
                self.to_string()
            }
        }
    };
}
pub(crate) use kind;

/// Lets a word of a script choose one of several values of a Rust type:
/// `choice!(Pointing, "a pointing mode", { "nadir" => Pointing::Nadir, ... })`.
macro_rules! choice {
    ($type:ty, $what:literal, { $($word:literal => $value:expr),+ $(,)? }) => {
        impl $crate::script::bridge::value::FromScript for $type {
            fn expected() -> String {
                [$(concat!("\"", $word, "\"")),+].join(", ")
            }
            fn from_script(value: &rhai::Dynamic) -> Option<Self> {
                match value.as_immutable_string_ref().ok()?.as_str() {
                    $($word => Some($value),)+
                    _ => None,
                }
            }
            fn reason(value: &rhai::Dynamic) -> Option<$crate::error::Error> {
                let word = value.as_immutable_string_ref().ok()?;
                let error = $crate::error::Error::new(format!("there is no {} \"{}\"", $what, word.as_str()))
                    .expected(<Self as $crate::script::bridge::value::FromScript>::expected());
                Some(match $crate::error::did_you_mean(word.as_str(), [$($word),+]) {
                    Some(near) => error.hint(format!("\"{near}\"")),
                    None => error,
                })
            }
            fn shown(&self) -> String {
                $( if *self == $value { return concat!("\"", $word, "\"").into(); } )+
                String::new()
            }
        }
    };
}
pub(crate) use choice;
