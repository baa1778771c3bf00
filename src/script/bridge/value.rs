//! Reading a script value as a Rust one: integers are accepted as numbers, and a value of the wrong
//! type is an error that says what was expected and got.

use crate::error::{Error, Result};
use crate::field::Field;
use crate::script::bind::Unread;
use crate::script::bridge::function::ScriptFunction;
use crate::time::Time;
use crate::units::Unit;
use rhai::{Array, Dynamic, FnPtr, Map};

/// A Rust type that script values can be read as.
pub trait FromScript: Sized {
    /// What a person should give, such as `a number`.
    fn expected() -> String;
    /// Reads it, if it is one.
    fn from_script(value: &Dynamic) -> Option<Self>;
    /// A better reason than its type why a value cannot be read, if there is one.
    fn reason(_: &Dynamic) -> Option<Error> {
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

/// A handle type of a room, as it was registered: `handle::<Arc<Scheme>>(&value, "an inflation
/// scheme")`.
///
/// # Errors
/// It is something else.
pub fn handle<T: Clone + 'static>(what: &str, value: &Dynamic, expected: &str) -> Result<T> {
    value.read_lock::<T>().map(|v| v.clone()).ok_or_else(|| {
        Error::new(format!("{what} has the wrong type"))
            .expected(expected)
            .got(describe(value))
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

/// The name people use for a Rust or Rhai type name.
pub fn kind_of(type_name: &str) -> String {
    if type_name.contains("ImmutableString") {
        return "text".into();
    }
    if type_name.contains("Range<") || type_name.contains("RangeInclusive<") {
        return "range".into();
    }
    let short = type_name
        .rsplit(['<', ':', '&'])
        .next()
        .unwrap_or(type_name)
        .trim_end_matches(['>', ' '])
        .trim();
    match short {
        "i64" | "INT" => "integer",
        "f64" | "FLOAT" => "number",
        "bool" => "bool",
        "string" | "ImmutableString" | "str" | "String" => "text",
        "array" | "Array" => "array",
        "map" | "Map" => "map",
        "Fn" | "FnPtr" => "function",
        "()" => "nothing",
        "Dynamic" => "value",
        "Inflate" => "Inflation",
        "Form" => "UpdateForm",
        "Unread" => "Variable",
        "Matrices" => "UpdateMatrices",
        "Tapering" => "Taper",
        "Localize" => "Localization",
        "Met" => "Meteorology",
        "State" => "Concentrations",
        "Seen" => "Observations",
        "Planned" => "Plan",
        "Forecasted" => "Forecast",
        "MeanForecast" => "FactorForecast",
        other => other,
    }
    .to_string()
}

macro_rules! from_script {
    ($($type:ty, $expected:expr, $value:ident => $read:expr;)*) => { $(
        impl FromScript for $type {
            fn expected() -> String { $expected.into() }
            fn from_script($value: &Dynamic) -> Option<Self> { $read }
        }
    )* };
}

from_script! {
    f64, "a number", v => v.as_float().ok().or_else(|| v.as_int().ok().map(|i| i as f64)).or_else(|| lone_number(v));
    i64, "an integer", v => v.as_int().ok();
    usize, "a whole number, 0 or more", v => v.as_int().ok().and_then(|i| usize::try_from(i).ok());
    u64, "a whole number, 0 or more", v => v.as_int().ok().and_then(|i| u64::try_from(i).ok());
    bool, "true or false", v => v.as_bool().ok();
    String, "text", v => v.as_immutable_string_ref().ok().map(|s| s.to_string());
    Map, "a map #{ ... }", v => v.as_map_ref().ok().map(|m| m.clone());
    Dynamic, "any value", v => Some(v.clone());
    Field, "a field or a number", v => v.clone().try_cast::<Field>().or_else(|| v.read_lock::<Unread>()?.read().ok()).or_else(|| f64::from_script(v).map(|x| Field::scalar("number", Unit::none(), x)));
    FnPtr, "a function |...| ...", v => v.clone().try_cast::<FnPtr>();
    ScriptFunction, "a function |...| ...", v => v.clone().try_cast::<ScriptFunction>();
}

impl FromScript for Unit {
    fn expected() -> String {
        "a unit such as \"ppm\"".into()
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        value
            .clone()
            .try_cast::<Unit>()
            .or_else(|| Unit::parse(&value.as_immutable_string_ref().ok()?).ok())
    }
    fn reason(value: &Dynamic) -> Option<Error> {
        Unit::parse(&value.as_immutable_string_ref().ok()?).err()
    }
}

impl FromScript for Time {
    fn expected() -> String {
        "a date such as \"2016-07-01\"".into()
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        value
            .clone()
            .try_cast::<Time>()
            .or_else(|| value.as_immutable_string_ref().ok()?.parse().ok())
    }
    fn reason(value: &Dynamic) -> Option<Error> {
        value.as_immutable_string_ref().ok()?.parse::<Time>().err()
    }
}

/// A field of one value stands for its number where it has no unit.
fn lone_number(value: &Dynamic) -> Option<f64> {
    let field = value.read_lock::<Field>()?;
    if field.unit.is_none() {
        field.value().ok()
    } else {
        None
    }
}

impl<T: FromScript> FromScript for Vec<T> {
    fn expected() -> String {
        format!("an array, each {}", T::expected())
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        match value.as_array_ref() {
            Ok(array) => array.iter().map(T::from_script).collect(),
            Err(_) => flat(value)?.iter().map(T::from_script).collect(),
        }
    }
}

impl<T: FromScript> FromScript for Option<T> {
    fn expected() -> String {
        format!("{} or ()", T::expected())
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        if value.is_unit() {
            Some(None)
        } else {
            T::from_script(value).map(Some)
        }
    }
}

/// The values of a field along one dimension, as an array.
fn flat(value: &Dynamic) -> Option<Array> {
    let field = value.read_lock::<Field>()?;
    (field.dimensions().len() == 1)
        .then(|| field.data().iter().map(|v| Dynamic::from(*v)).collect())
}
