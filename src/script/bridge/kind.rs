//! Kinds of values: the one name of each, and words that choose among several values.

use crate::field::Field;
use crate::time::Time;
use crate::units::Unit;
use std::fmt::Display;

/// A kind of value that a room binds, under the one name that messages, `kind()`, help, signatures
/// and the Rust type share.
pub trait Kind: Clone + Send + Sync + Display + 'static {
    /// Its name: `RegionMap`.
    const NAME: &'static str;
}

macro_rules! named {
    ($($type:ty, $name:literal;)*) => { $(
        impl Kind for $type {
            const NAME: &'static str = $name;
        }
    )* };
}

// Each of them is read in a way of its own.
named! {
    Field, "Field";
    Time, "Time";
    Unit, "Unit";
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
        "Matrices" => "UpdateMatrices",
        "Tapering" => "Taper",
        "Localize" => "Localization",
        "Seen" => "Observations",
        "Planned" => "Plan",
        "Forecasted" => "Forecast",
        "MeanForecast" => "FactorForecast",
        other => other,
    }
    .to_string()
}
