//! Attributes of variables as text, numbers and units.

use netcdf::{AttributeValue, Variable};

/// The value of an attribute.
pub(super) fn attribute(variable: &Variable, name: &str) -> Option<AttributeValue> {
    variable.attribute_value(name).and_then(Result::ok)
}

/// The value of an attribute, if it is text.
pub(super) fn text_attribute(variable: &Variable, name: &str) -> Option<String> {
    match attribute(variable, name)? {
        AttributeValue::Str(text) => Some(text),
        AttributeValue::Strs(texts) => texts.into_iter().next(),
        _ => None,
    }
}

/// An attribute as text, whatever its type.
pub(super) fn as_text(value: AttributeValue) -> String {
    match value {
        AttributeValue::Str(text) => text,
        AttributeValue::Strs(texts) => texts.join(" "),
        other => numbers(other)
            .iter()
            .map(f64::to_string)
            .collect::<Vec<_>>()
            .join(" "),
    }
}

/// An attribute as numbers; none if it is text.
pub(super) fn numbers(value: AttributeValue) -> Vec<f64> {
    use AttributeValue as A;
    fn all<T: Copy>(values: Vec<T>, to: impl Fn(T) -> f64) -> Vec<f64> {
        values.into_iter().map(to).collect()
    }
    match value {
        A::Uchar(v) => vec![v.into()],
        A::Schar(v) => vec![v.into()],
        A::Ushort(v) => vec![v.into()],
        A::Short(v) => vec![v.into()],
        A::Uint(v) => vec![v.into()],
        A::Int(v) => vec![v.into()],
        A::Ulonglong(v) => vec![v as f64],
        A::Longlong(v) => vec![v as f64],
        A::Float(v) => vec![v.into()],
        A::Double(v) => vec![v],
        A::Uchars(v) => all(v, f64::from),
        A::Schars(v) => all(v, f64::from),
        A::Ushorts(v) => all(v, f64::from),
        A::Shorts(v) => all(v, f64::from),
        A::Uints(v) => all(v, f64::from),
        A::Ints(v) => all(v, f64::from),
        A::Ulonglongs(v) => all(v, |x| x as f64),
        A::Longlongs(v) => all(v, |x| x as f64),
        A::Floats(v) => all(v, f64::from),
        A::Doubles(v) => v,
        A::Str(_) | A::Strs(_) => vec![],
    }
}
