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

/// An attribute as numbers, also where they are written as text, `"0 100"`; none if it is other
/// text.
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
        A::Str(text) => written(&text),
        A::Strs(texts) => written(&texts.join(" ")),
    }
}

/// The numbers of a text; none if anything in it is no number.
fn written(text: &str) -> Vec<f64> {
    text.split([' ', ',', ';', '\t'])
        .filter(|part| !part.is_empty())
        // Suffixes of types as in CDL: 0b, -999.f.
        .map(|part| {
            part.trim_end_matches(['b', 's', 'f', 'd', 'L'])
                .parse()
                .ok()
        })
        .collect::<Option<Vec<f64>>>()
        .unwrap_or_default()
}

/// Whether an attribute is of floating-point numbers.
pub(super) fn is_floating(value: &AttributeValue) -> bool {
    use AttributeValue as A;
    match value {
        A::Float(_) | A::Double(_) | A::Floats(_) | A::Doubles(_) => true,
        A::Str(text) => written(text).iter().any(|v| v.fract() != 0.0) || text.contains('.'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_written_as_text_are_numbers() {
        let of = |text: &str| numbers(AttributeValue::Str(text.into()));
        assert_eq!(of("0, 100"), [0.0, 100.0]);
        assert_eq!(of("-999.f"), [-999.0]);
        assert!(of("none").is_empty() && of("").is_empty());
        assert!(is_floating(&AttributeValue::Str("0. 100.".into())));
        assert!(!is_floating(&AttributeValue::Str("0 100".into())));
    }
}
