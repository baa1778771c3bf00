//! From stored numbers to values: packing undone, missing values as NaN, units understood where they can be.

use crate::units::Unit;
use netcdf::{AttributeValue, Variable};

/// What libnetcdf leaves in floating-point variables where nothing was written.
pub(super) const DEFAULT_FILL: f64 = 9.969_209_968_386_869e36;

/// How one variable is packed.
pub(super) struct Packing {
    scale: f64,
    offset: f64,
    missing: Vec<f64>,
    /// Added to negative numbers of integers marked `_Unsigned`.
    wrap: Option<f64>,
}

impl Packing {
    /// From the attributes of a variable; `_FillValue` and `missing_value` are both in force, in stored numbers.
    pub fn of(variable: &Variable) -> Self {
        let numbers = |name: &str| attribute(variable, name).map(numbers).unwrap_or_default();
        let first = |name: &str, default: f64| numbers(name).first().copied().unwrap_or(default);
        let mut missing = [numbers("_FillValue"), numbers("missing_value")].concat();
        missing.push(DEFAULT_FILL);
        let unsigned = text_attribute(variable, "_Unsigned").is_some_and(|t| t.eq_ignore_ascii_case("true"));
        let wrap = unsigned.then(|| 2f64.powi(8 * variable.vartype().size() as i32));
        Packing { scale: first("scale_factor", 1.0), offset: first("add_offset", 0.0), missing, wrap }
    }

    /// The value of a stored number.
    pub fn value(&self, stored: f64) -> f64 {
        // A fill value is often given in another precision than the variable has.
        if self.missing.iter().any(|m| *m == stored || (*m != 0.0 && *m as f32 == stored as f32)) {
            return f64::NAN;
        }
        let whole = match self.wrap {
            Some(wrap) if stored < 0.0 => stored + wrap,
            _ => stored,
        };
        if self.scale == 1.0 && self.offset == 0.0 { whole } else { whole * self.scale + self.offset }
    }
}

/// The unit a text names; where it is not understood there is none, and the text is kept by the caller.
pub(super) fn unit_of(text: &str) -> Option<Unit> {
    let plain = text.trim();
    let usual = match plain {
        "dimensionless" | "unitless" | "-" => "1",
        "1e-6" | "1.e-6" | "1E-6" => "ppm",
        "1e-9" | "1.e-9" | "1E-9" => "ppb",
        "degrees north" | "degree north" | "degrees_N" | "degree_N" | "degreesN" => "degrees_north",
        "degrees east" | "degree east" | "degrees_E" | "degree_E" | "degreesE" => "degrees_east",
        other => other,
    };
    // Powers may be written as ECMWF does: m s**-1.
    Unit::parse(&usual.replace("**", "").replace("nanomol", "nmol").replace("micromol", "umol")).ok()
}

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
        other => numbers(other).iter().map(f64::to_string).collect::<Vec<_>>().join(" "),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_number_is_scaled_unless_it_is_missing() {
        let packing = Packing { scale: 0.25, offset: 250.0, missing: vec![-32_768.0, f64::from(1e36f32)], wrap: None };
        assert_eq!(packing.value(40.0), 260.0);
        assert!(packing.value(-32_768.0).is_nan() && packing.value(1e36).is_nan());
        let double = Packing { scale: 1.0, offset: 0.0, missing: vec![-999.999], wrap: Some(256.0) };
        assert!(double.value(f64::from(-999.999f32)).is_nan());
        assert_eq!(double.value(-1.0), 255.0);
    }

    #[test]
    fn usual_spellings_of_units_are_understood() {
        assert_eq!(unit_of("degrees north").unwrap().to_string(), "degrees_north");
        assert_eq!(unit_of("nanomol mol-1").unwrap(), Unit::parse("ppb").unwrap());
        assert_eq!(unit_of("m s**-1").unwrap(), Unit::parse("m/s").unwrap());
        assert!(unit_of("dimensionless").unwrap().is_none());
        assert!(unit_of("furlongs").is_none());
    }
}
