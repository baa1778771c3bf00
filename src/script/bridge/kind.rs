//! Kinds of values: the one name of each.

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
        other => other,
    }
    .to_string()
}
