//! The option map that a function may end with: declared once, by `options!`.
//!
//! A declaration gives each option its key, kind, unit, default and one sentence. From it come the
//! struct that the function reads, the function without its options, the table in the help,
//! completion, and what `mcas check` knows.

use crate::error::{Error, Result, did_you_mean};
pub use crate::script::bridge::declared::{Declared, Nested};
use crate::script::bridge::value::FromScript;
use rhai::{Map, NativeCallContext};

/// The options of a function: a struct made by `options!`.
pub trait OptionTable: Sized {
    /// The functions that take them; or what the map is called in messages.
    const NAMES: &'static [&'static str];

    /// Every option, in the order of the declaration.
    fn declared() -> Vec<Declared>;

    /// Takes the values out of a map.
    ///
    /// # Errors
    /// A value of the wrong kind or unit, or one missing that must be given.
    fn take(from: &mut Given) -> Result<Self>;

    /// Reads the options of the function that is being called.
    ///
    /// # Errors
    /// A value of the wrong kind or unit, one missing that must be given, a key that is not
    /// declared.
    fn read(context: &NativeCallContext, map: Map) -> Result<Self> {
        let called = context.fn_name();
        let full = |n: &&&str| n.rsplit("::").next() == Some(called);
        let name = Self::NAMES.iter().find(full).unwrap_or(&Self::NAMES[0]);
        Self::read_as(name, map, Some(context))
    }

    /// Reads the options of `name`; closures among them need the context of the call.
    ///
    /// # Errors
    /// As [`OptionTable::read`].
    fn read_as(name: &str, map: Map, context: Option<&NativeCallContext>) -> Result<Self> {
        let mut given = Given {
            function: name,
            map,
            context,
        };
        let options = Self::take(&mut given)?;
        given.refuse_the_rest(&Self::declared())?;
        Ok(options)
    }
}

/// An option map while it is read.
pub struct Given<'a> {
    function: &'a str,
    map: Map,
    context: Option<&'a NativeCallContext<'a>>,
}

impl Given<'_> {
    /// The value of `key`, read in `unit`, or its default.
    ///
    /// # Errors
    /// The wrong kind or unit, or a value missing that has no default.
    pub fn value<T: FromScript>(
        &mut self,
        key: &str,
        unit: &str,
        default: Option<fn() -> T>,
    ) -> Result<T> {
        match self.map.remove(key) {
            Some(value) => {
                let what = format!("option \"{key}\" of {}", self.function);
                T::read_option(&what, &value, unit, self.context)
            }
            None => default
                .map(|d| d())
                .or_else(T::absent)
                .ok_or_else(|| self.missing(key, &T::expected())),
        }
    }

    fn missing(&self, key: &str, expected: &str) -> Error {
        let error =
            Error::new(format!("{} needs the option \"{key}\"", self.function)).expected(expected);
        match did_you_mean(key, self.map.keys().map(|k| k.as_str())) {
            Some(near) => error.hint(format!("{key} instead of {near}")),
            None => error.hint(format!("#{{ {key}: ... }}")),
        }
    }

    fn refuse_the_rest(&self, declared: &[Declared]) -> Result<()> {
        let Some((key, value)) = self.map.iter().next() else {
            return Ok(());
        };
        let value = if value.is_map() {
            "#{ ... }".to_string()
        } else {
            value.to_string()
        };
        Err(unknown(
            self.function,
            key,
            declared.iter().map(|d| d.key.as_str()),
            &value,
        ))
    }
}

/// The error of a key that a function does not have, given with `value`.
pub fn unknown<'a>(
    function: &str,
    key: &str,
    known: impl Iterator<Item = &'a str>,
    value: &str,
) -> Error {
    let known: Vec<&str> = known.collect();
    let error =
        Error::new(format!("{function} has no option \"{key}\"")).expected(if known.is_empty() {
            "no options".into()
        } else {
            format!("one of {}", known.join(", "))
        });
    match did_you_mean(key, known) {
        Some(near) => error.hint(format!("{near}: {value}")),
        None => error,
    }
}

/// Declares the options of a function.
///
/// ```text
/// options! {
///     /// How regions are localized.
///     pub struct RegionalOptions of "localization::regional" {
///         /// Halo around each region.
///         halo_km: f64 ["km"] = 800.0,
///         /// The correlation above which observations outside are used too; () for none of them.
///         correlation: Option<f64> = Some(0.7),
///         /// Names of the regions: without a default and no `Option`, it must be given.
///         names: Vec<String>,
///     }
/// }
/// ```
/// `of` names every function that takes them. `with size: Size` after it takes in the options of
/// another declaration. A type that is itself such a struct, or a `Vec` of one, is a nested map.
macro_rules! options {
    ($(#[doc = $about:literal])* $vis:vis struct $name:ident of $($of:literal),+
     $(with $($part:ident: $part_type:ty),+)? {
        $( $(#[doc = $text:literal])+
           $key:ident: $type:ty $([$unit:literal])? $(= $default:expr)? ),*
        $(,)?
    }) => {
        $(#[doc = $about])*
        #[derive(Clone)]
        $vis struct $name {
            $( $(#[doc = $text])+ $vis $key: $type, )*
            $( $( #[doc = "Options shared with other functions."] $vis $part: $part_type, )+ )?
        }
        impl $crate::script::bridge::options::OptionTable for $name {
            const NAMES: &'static [&'static str] = &[$($of),+];
            fn declared() -> Vec<$crate::script::bridge::options::Declared> {
                #[allow(unused_mut)]
                let mut all = vec![$(
                    $crate::script::bridge::options::Declared::of::<$type>(
                        stringify!($key),
                        $crate::script::bridge::options::options!(@unit $($unit)?),
                        &[$($text),+],
                        $crate::script::bridge::options::options!(@default $type $(, $default)?),
                    )
                ),*];
                $( $( all.extend(
                    <$part_type as $crate::script::bridge::options::OptionTable>::declared(),
                ); )+ )?
                all
            }
            fn take(
                from: &mut $crate::script::bridge::options::Given,
            ) -> $crate::error::Result<Self> {
                Ok($name {
                    $( $key: from.value(
                        stringify!($key).trim_start_matches("r#"),
                        $crate::script::bridge::options::options!(@unit $($unit)?),
                        $crate::script::bridge::options::options!(@default $type $(, $default)?),
                    )?, )*
                    $( $( $part: $crate::script::bridge::options::OptionTable::take(from)?, )+ )?
                })
            }
        }
        impl $crate::script::bridge::value::FromScript for $name {
            fn expected() -> String { "a map of options".into() }
            fn from_script(value: &rhai::Dynamic) -> Option<Self> {
                let map = value.as_map_ref().ok()?.clone();
                <$name as $crate::script::bridge::options::OptionTable>::read_as(
                    <$name as $crate::script::bridge::options::OptionTable>::NAMES[0], map, None,
                ).ok()
            }
            fn read_option(
                what: &str,
                value: &rhai::Dynamic,
                _: &str,
                context: Option<&rhai::NativeCallContext>,
            ) -> $crate::error::Result<Self> {
                let map = $crate::script::bridge::value::read::<rhai::Map>(what, value)?;
                <$name as $crate::script::bridge::options::OptionTable>::read_as(
                    <$name as $crate::script::bridge::options::OptionTable>::NAMES[0], map, context,
                )
            }
            fn nested() -> Option<Vec<$crate::script::bridge::options::Declared>> {
                Some(<$name as $crate::script::bridge::options::OptionTable>::declared())
            }
        }
    };
    (@unit) => { "" };
    (@unit $unit:literal) => { $unit };
    (@default $type:ty) => { None::<fn() -> $type> };
    (@default $type:ty, $default:expr) => { Some((|| $default) as fn() -> $type) };
}
pub(crate) use options;

#[cfg(test)]
mod tests {
    use super::*;
    use rhai::Dynamic;

    options! {
        /// A line of a figure.
        struct LineOptions of "a line of f" {
            /// Its name.
            name: String = "a".into(),
            /// Its values.
            values: Vec<f64>,
        }
    }
    options! {
        /// What many functions take.
        struct Size of "size" {
            /// Width in pixels.
            width: usize = 800,
        }
    }
    options! {
        /// For the tests.
        struct F of "room::f", "g" with size: Size {
            /// How far it reaches.
            halo: f64 ["km"] = 800.0,
            /// Left out where () is given.
            correlation: Option<f64> = Some(0.7),
            /// Lines, each a map.
            lines: Vec<LineOptions> = Vec::new(),
            /// Only if wanted.
            label: Option<String>,
        }
    }

    fn map(pairs: &[(&str, Dynamic)]) -> Map {
        pairs
            .iter()
            .map(|(k, v)| ((*k).into(), v.clone()))
            .collect()
    }
    fn read(pairs: &[(&str, Dynamic)]) -> Result<F> {
        F::read_as("room::f", map(pairs), None)
    }
    fn text(t: &str) -> Dynamic {
        Dynamic::from(t.to_string())
    }
    fn refusal(pairs: &[(&str, Dynamic)]) -> String {
        read(pairs).err().map(|e| e.to_string()).unwrap_or_default()
    }

    #[test]
    fn what_is_not_given_has_its_default() {
        let f = read(&[]).unwrap();
        assert_eq!(
            (f.halo, f.correlation, f.size.width),
            (800.0, Some(0.7), 800)
        );
        assert!(f.lines.is_empty() && f.label.is_none());
        assert_eq!(
            read(&[("correlation", Dynamic::UNIT)]).unwrap().correlation,
            None
        );
    }

    #[test]
    fn integers_are_numbers_and_text_carries_its_unit() {
        assert_eq!(read(&[("halo", Dynamic::from(5_i64))]).unwrap().halo, 5.0);
        assert_eq!(read(&[("halo", text("800 m"))]).unwrap().halo, 0.8);
        assert!(refusal(&[("halo", text("8 ppm"))]).contains("unit of another kind"));
    }

    #[test]
    fn an_unknown_option_is_refused_with_the_nearest_name_and_the_list() {
        let said = refusal(&[("halos", Dynamic::from(800_i64))]);
        assert!(said.contains("no option \"halos\""), "{said}");
        assert!(
            said.contains("one of halo, correlation, lines, label, width"),
            "{said}"
        );
    }

    #[test]
    fn a_value_of_the_wrong_kind_says_what_was_expected_and_got() {
        let said = refusal(&[("width", text("many"))]);
        let wanted = "option \"width\" of room::f has the wrong type: expected a whole number, 0 or \
                      more, got text \"many\"";
        assert_eq!(said, wanted);
    }

    #[test]
    fn options_inside_options_are_read_and_refused_alike() {
        let line = |k: &str| Dynamic::from(map(&[(k, vec![Dynamic::from(1_i64)].into())]));
        let lines = |k: &str| Dynamic::from_array(vec![line(k)]);
        assert_eq!(
            read(&[("lines", lines("values"))]).unwrap().lines[0].values,
            [1.0]
        );
        assert_eq!(
            read(&[("lines", lines("values"))]).unwrap().lines[0].name,
            "a"
        );
        let said = refusal(&[("lines", lines("value"))]);
        assert!(
            said.contains("a line of f needs the option \"values\""),
            "{said}"
        );
        assert!(said.contains("values instead of value"), "{said}");
    }

    #[test]
    fn a_declaration_tells_kind_unit_default_and_sentence() {
        let all = F::declared();
        let keys: Vec<&str> = all.iter().map(|d| d.key.as_str()).collect();
        assert_eq!(keys, ["halo", "correlation", "lines", "label", "width"]);
        let halo = (
            all[0].kind.as_str(),
            all[0].unit.as_str(),
            all[0].default.as_str(),
        );
        assert_eq!(halo, ("number", "km", "800"));
        assert_eq!(all[0].text, "How far it reaches.");
        assert!(!all[3].required && all[3].default.is_empty());
        let Nested::Table(line) = &all[2].nested else {
            panic!("{:?}", all[2])
        };
        assert!(line[1].required && line[0].default == "\"a\"");
    }
}
