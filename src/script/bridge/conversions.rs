//! What script values can be read as: numbers, text, dates, units, fields, functions, arrays.

use crate::error::{Error, Result};
use crate::field::Field;
use crate::script::bridge::function::ScriptFunction;
use crate::script::bridge::options::Declared;
use crate::script::bridge::value::{FromScript, quantity, read};
use crate::time::Time;
use crate::units::Unit;
use rhai::{Array, Dynamic, FnPtr, Map, NativeCallContext};
use std::sync::OnceLock;

/// Reads a value as a field: an array in a file that has not been read, for instance.
type FieldReader = fn(&Dynamic) -> Option<Field>;

static READERS: OnceLock<FieldReader> = OnceLock::new();

/// Lets values of another kind be read as fields wherever a field is wanted.
pub fn read_as_field(reader: FieldReader) {
    let _ = READERS.set(reader);
}

macro_rules! from_script {
    ($($type:ty, $expected:expr, $value:ident => $read:expr, $shown:expr;)*) => { $(
        impl FromScript for $type {
            fn expected() -> String { $expected.into() }
            fn from_script($value: &Dynamic) -> Option<Self> { $read }
            fn shown(&self) -> String { $shown(self) }
        }
    )* };
}

from_script! {
    i64, "an integer", v => v.as_int().ok(), i64::to_string;
    usize, "a whole number, 0 or more",
        v => v.as_int().ok().and_then(|i| usize::try_from(i).ok()), usize::to_string;
    u64, "a whole number, 0 or more",
        v => v.as_int().ok().and_then(|i| u64::try_from(i).ok()), u64::to_string;
    bool, "true or false", v => v.as_bool().ok(), bool::to_string;
    String, "text",
        v => v.as_immutable_string_ref().ok().map(|s| s.to_string()), |s| format!("{s:?}");
    Map, "a map #{ ... }",
        v => v.as_map_ref().ok().map(|m| m.clone()), |m: &Map| Dynamic::from(m.clone()).to_string();
    Dynamic, "any value", v => Some(v.clone()), written;
    Field, "a field or a number", v => as_field(v), |_: &Field| String::new();
    FnPtr, "a function |...| ...", v => v.clone().try_cast::<FnPtr>(), |_| String::new();
}

/// A constant as a script would write it.
fn written(value: &Dynamic) -> String {
    if value.is_unit() {
        "()".into()
    } else if value.is_string() {
        format!("{:?}", value.to_string())
    } else {
        value.to_string()
    }
}

fn as_field(value: &Dynamic) -> Option<Field> {
    let field = || value.read_lock::<Field>().map(|f| f.clone());
    let number = || {
        Some(Field::scalar(
            "number",
            Unit::none(),
            f64::from_script(value)?,
        ))
    };
    field()
        .or_else(|| READERS.get().and_then(|read| read(value)))
        .or_else(number)
}

impl FromScript for f64 {
    fn expected() -> String {
        "a number".into()
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        let integer = || value.as_int().ok().map(|i| i as f64);
        value
            .as_float()
            .ok()
            .or_else(integer)
            .or_else(|| lone_number(value))
    }
    fn read_option(
        what: &str,
        value: &Dynamic,
        unit: &str,
        _: Option<&NativeCallContext>,
    ) -> Result<Self> {
        if unit.is_empty() {
            read(what, value)
        } else {
            quantity(what, value, unit)
        }
    }
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl FromScript for ScriptFunction {
    fn expected() -> String {
        "a function |...| ...".into()
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        value.clone().try_cast::<ScriptFunction>()
    }
    fn read_option(
        what: &str,
        value: &Dynamic,
        _: &str,
        context: Option<&NativeCallContext>,
    ) -> Result<Self> {
        match context {
            Some(context) => Ok(ScriptFunction::new(context, read(what, value)?)),
            None => read(what, value),
        }
    }
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
    fn shown(&self) -> String {
        format!("\"{self}\"")
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
    fn shown(&self) -> String {
        format!("\"{self}\"")
    }
}

/// A field of one value stands for its number where it has no unit, or is in mol mol-1.
fn lone_number(value: &Dynamic) -> Option<f64> {
    let field = value.read_lock::<Field>()?;
    if field.unit.is_number() {
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
    fn read_option(
        what: &str,
        value: &Dynamic,
        unit: &str,
        context: Option<&NativeCallContext>,
    ) -> Result<Self> {
        if T::nested().is_none() {
            return read(what, value);
        }
        let each = |v: &Dynamic| T::read_option(what, v, unit, context);
        read::<Array>(what, value)?.iter().map(each).collect()
    }
    fn shown(&self) -> String {
        let all: Vec<String> = self.iter().map(T::shown).collect();
        format!("[{}]", all.join(", "))
    }
    fn nested() -> Option<Vec<Declared>> {
        T::nested()
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
    fn reason(value: &Dynamic) -> Option<Error> {
        T::reason(value)
    }
    fn read_option(
        what: &str,
        value: &Dynamic,
        unit: &str,
        context: Option<&NativeCallContext>,
    ) -> Result<Self> {
        if value.is_unit() {
            return Ok(None);
        }
        // What the option may be instead is known to the type inside, () by the table.
        T::read_option(what, value, unit, context).map(Some)
    }
    fn absent() -> Option<Self> {
        Some(None)
    }
    fn shown(&self) -> String {
        self.as_ref().map_or("()".into(), T::shown)
    }
    fn nested() -> Option<Vec<Declared>> {
        T::nested()
    }
}

/// The values of a field along one dimension, as an array.
fn flat(value: &Dynamic) -> Option<Array> {
    let field = value.read_lock::<Field>()?;
    (field.dimensions().len() == 1)
        .then(|| field.data().iter().map(|v| Dynamic::from(*v)).collect())
}
