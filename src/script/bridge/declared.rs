//! An option as it was declared, for help, completion and check.

use crate::script::bridge::value::FromScript;

/// One option as it was declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// Its key.
    pub key: String,
    /// What it may be: `number`, `array of text`.
    pub kind: String,
    /// The unit of a plain number; empty for none.
    pub unit: String,
    /// The default as a script would write it; empty where there is none.
    pub default: String,
    /// Whether it must be given.
    pub required: bool,
    /// What it is for.
    pub text: String,
    /// The options that it is a map, or an array of maps, of.
    pub nested: Nested,
}

/// The options inside an option.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Nested {
    /// It is no map of options.
    #[default]
    None,
    /// A table of its own.
    Table(Vec<Declared>),
    /// The options of the function of this name.
    Of(String),
}

impl Declared {
    /// An option of type `T`; `text` has the lines of its documentation.
    pub fn of<T: FromScript>(
        key: &str,
        unit: &str,
        text: &[&str],
        default: Option<fn() -> T>,
    ) -> Self {
        let kind = T::expected();
        let bare = kind
            .strip_prefix("an ")
            .or(kind.strip_prefix("a "))
            .unwrap_or(&kind);
        let absent = T::absent();
        Declared {
            key: key.trim_start_matches("r#").to_string(),
            kind: bare.to_string(),
            unit: unit.to_string(),
            required: default.is_none() && absent.is_none(),
            default: default.map(|d| d().shown()).unwrap_or_default(),
            text: text.iter().map(|t| t.trim()).collect::<Vec<_>>().join(" "),
            nested: T::nested().map_or(Nested::None, Nested::Table),
        }
    }
}
