//! From stored numbers to values: packing undone, missing and invalid ones NaN.
//!
//! value = stored * scale_factor + add_offset. Missing are `_FillValue`, `missing_value`, what the
//! library leaves where nothing was written, and what lies outside `valid_range` (or `valid_min`,
//! `valid_max`). These are of stored numbers, but for a range of floating-point numbers of a
//! variable that is packed into integers, which is of values (the NetCDF User's Guide, attribute
//! conventions). `_Unsigned` turns stored numbers and those of these attributes alike.

use super::attributes::{attribute, is_floating, numbers, text_attribute};
use netcdf::Variable;
use netcdf::types::{FloatType, IntType, NcVariableType};

/// What libnetcdf leaves in floating-point variables where nothing was written.
pub(super) const DEFAULT_FILL: f64 = 9.969_209_968_386_869e36;

/// How one variable is packed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Packing {
    scale: f64,
    offset: f64,
    missing: Vec<f64>,
    /// How integers marked `_Unsigned` are turned.
    wrap: Option<Wrap>,
    /// The least and the greatest that are valid, before or after unpacking.
    valid: Option<(f64, f64, bool)>,
}

impl Packing {
    /// Numbers as they are stored.
    pub fn none() -> Self {
        Packing {
            scale: 1.0,
            offset: 0.0,
            missing: Vec::new(),
            wrap: None,
            valid: None,
        }
    }

    /// From the attributes of a variable.
    pub fn of(variable: &Variable) -> Self {
        let all = |name: &str| attribute(variable, name).map(numbers).unwrap_or_default();
        let first = |name: &str| all(name).first().copied();
        let kind = variable.vartype();
        let wrap = Wrap::of(variable, &kind);
        let turned = |v: f64| wrap.map_or(v, |w| w.turn(v));
        let mut missing = [all("_FillValue"), all("missing_value")].concat();
        missing.extend(default_fill(&kind, all("_FillValue").is_empty()));
        let (scale, offset) = (first("scale_factor"), first("add_offset"));
        let (low, high) = match all("valid_range")[..] {
            [low, high] => (Some(low), Some(high)),
            _ => (first("valid_min"), first("valid_max")),
        };
        let packed = scale.is_some() || offset.is_some();
        let floating = ["valid_range", "valid_min", "valid_max"]
            .iter()
            .any(|name| attribute(variable, name).is_some_and(|a| is_floating(&a)));
        let unpacked = packed && matches!(kind, NcVariableType::Int(_)) && floating;
        let stored = |v: f64| if unpacked { v } else { turned(v) };
        let bound = |v: Option<f64>| v.filter(|v| !v.is_nan()).map(stored);
        let (low, high) = (bound(low), bound(high));
        let valid = (low.is_some() || high.is_some()).then(|| {
            (
                low.unwrap_or(f64::NEG_INFINITY),
                high.unwrap_or(f64::INFINITY),
                unpacked,
            )
        });
        Packing {
            scale: scale.unwrap_or(1.0),
            offset: offset.unwrap_or(0.0),
            missing,
            wrap,
            valid,
        }
    }

    /// Nothing but the sign that integers stand for: no number counts as missing, none is scaled.
    pub fn signs(variable: &Variable) -> Self {
        Packing {
            scale: 1.0,
            offset: 0.0,
            missing: vec![],
            wrap: Wrap::of(variable, &variable.vartype()),
            valid: None,
        }
    }

    /// The values of stored numbers, added to `out`.
    pub(crate) fn unpack<T: Copy>(
        &self,
        stored: &[T],
        number: impl Fn(T) -> f64,
        out: &mut Vec<f64>,
    ) {
        if self.wrap.is_some() || self.valid.is_some() || self.missing.len() > 4 {
            return out.extend(stored.iter().map(|s| self.value(number(*s))));
        }
        // Two comparisons for each missing value, without branches: a fill value is often in
        // another precision than the variable.
        let mut marks = [f64::NAN; 4];
        marks[..self.missing.len()].copy_from_slice(&self.missing);
        let near = marks.map(|m| if m == 0.0 { f32::NAN } else { m as f32 });
        let (scale, offset) = (self.scale, self.offset);
        out.extend(stored.iter().map(|s| {
            let v = number(*s);
            let single = v as f32;
            let mut gone = false;
            for k in 0..4 {
                gone |= (v == marks[k]) | (single == near[k]);
            }
            if gone { f64::NAN } else { v * scale + offset }
        }));
    }

    /// The value of a stored number.
    fn value(&self, stored: f64) -> f64 {
        let turned = self.wrap.map_or(stored, |w| w.turn(stored));
        if self.missing.iter().any(|m| {
            [stored, turned]
                .iter()
                .any(|v| m == v || (*m != 0.0 && *m as f32 == *v as f32))
        }) {
            return f64::NAN;
        }
        let value = turned * self.scale + self.offset;
        match self.valid {
            Some((low, high, unpacked))
                if !(low..=high).contains(if unpacked { &value } else { &turned }) =>
            {
                f64::NAN
            }
            _ => value,
        }
    }
}

/// How the numbers of one sign become those of the other.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Wrap {
    /// Negative ones are this much larger: signed integers that stand for unsigned ones.
    Unsigned(f64),
    /// Those of half of this or more are this much smaller: the other way round.
    Signed(f64),
}

impl Wrap {
    fn of(variable: &Variable, kind: &NcVariableType) -> Option<Self> {
        use IntType as I;
        let NcVariableType::Int(kind) = kind else {
            return None;
        };
        let marked = text_attribute(variable, "_Unsigned")?.to_lowercase();
        let all = 2f64.powi(8 * NcVariableType::Int(*kind).size() as i32);
        let signed = matches!(kind, I::I8 | I::I16 | I::I32 | I::I64);
        match (marked.as_str(), signed) {
            ("true", true) => Some(Wrap::Unsigned(all)),
            ("false", false) => Some(Wrap::Signed(all)),
            _ => None,
        }
    }

    fn turn(self, v: f64) -> f64 {
        match self {
            Wrap::Unsigned(all) if v < 0.0 => v + all,
            Wrap::Signed(all) if v >= 0.5 * all => v - all,
            _ => v,
        }
    }
}

/// What an unwritten place holds; of integers of one byte every number may be meant.
fn default_fill(kind: &NcVariableType, unsaid: bool) -> Option<f64> {
    match kind {
        NcVariableType::Float(FloatType::F32 | FloatType::F64) => Some(DEFAULT_FILL),
        NcVariableType::Int(IntType::I16) if unsaid => Some(-32_767.0),
        NcVariableType::Int(IntType::U16) if unsaid => Some(65_535.0),
        NcVariableType::Int(IntType::I32) if unsaid => Some(-2_147_483_647.0),
        NcVariableType::Int(IntType::U32) if unsaid => Some(4_294_967_295.0),
        NcVariableType::Int(IntType::I64) if unsaid => Some(-9_223_372_036_854_775_806.0),
        NcVariableType::Int(IntType::U64) if unsaid => Some(18_446_744_073_709_551_614.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpacked(packing: &Packing, stored: &[f64]) -> Vec<f64> {
        let mut out = Vec::new();
        packing.unpack(stored, |v| v, &mut out);
        out
    }

    #[test]
    fn a_stored_number_is_scaled_unless_it_is_missing() {
        let packing = Packing {
            scale: 0.25,
            offset: 250.0,
            missing: vec![-32_768.0, f64::from(1e36f32)],
            wrap: None,
            valid: None,
        };
        let values = unpacked(&packing, &[40.0, -32_768.0, 1e36]);
        assert!(values[0] == 260.0 && values[1].is_nan() && values[2].is_nan());
        let double = Packing {
            scale: 1.0,
            offset: 0.0,
            missing: vec![-999.999, 0.0],
            wrap: Some(Wrap::Unsigned(256.0)),
            valid: None,
        };
        let values = unpacked(&double, &[f64::from(-999.999f32), -1.0, 1e-50]);
        assert!(values[0].is_nan() && values[1] == 255.0 && values[2] == 1e-50);
    }

    #[test]
    fn what_is_not_valid_is_missing() {
        let stored = Packing {
            scale: 0.5,
            offset: 0.0,
            missing: vec![],
            wrap: None,
            valid: Some((0.0, 10.0, false)),
        };
        assert!(unpacked(&stored, &[11.0])[0].is_nan() && unpacked(&stored, &[10.0])[0] == 5.0);
        let values = Packing {
            valid: Some((0.0, 10.0, true)),
            ..stored
        };
        assert!(unpacked(&values, &[21.0])[0].is_nan() && unpacked(&values, &[11.0])[0] == 5.5);
    }

    #[test]
    fn ranges_fill_values_and_text_are_taken_as_xarray_and_the_conventions_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("packed.nc");
        let mut file = netcdf::create(&path).unwrap();
        file.add_dimension("x", 4).unwrap();
        let mut lst = file.add_variable::<i16>("lst", &["x"]).unwrap();
        lst.set_fill_value(-1i16).unwrap();
        lst.put_attribute("_Unsigned", "true").unwrap();
        lst.put_attribute("scale_factor", 0.0025f32).unwrap();
        lst.put_attribute("add_offset", 190.0f32).unwrap();
        lst.put_attribute("valid_range", vec![0i16, -6]).unwrap();
        lst.put_values(&[1000i16, -25_536, -1, -536], ..).unwrap();
        let mut rh = file.add_variable::<i16>("rh", &["x"]).unwrap();
        rh.put_attribute("scale_factor", 0.01f32).unwrap();
        rh.put_attribute("valid_range", vec![0f32, 100.0]).unwrap();
        rh.put_values(&[5000i16, 9900, 100, 10_100], ..).unwrap();
        let mut stated = file.add_variable::<f32>("stated", &["x"]).unwrap();
        stated.put_attribute("scale_factor", "0.5").unwrap();
        stated.put_attribute("valid_range", "0, 100").unwrap();
        stated.put_attribute("missing_value", "-999.").unwrap();
        stated
            .put_values(&[100f32, 101.0, -999.0, 2.0], ..)
            .unwrap();
        file.close().unwrap();
        let read = |name: &str| crate::io::netcdf::read(&path, name).unwrap();
        let near = |name: &str, right: [f64; 4]| {
            let unpacked = read(name);
            let same = |(a, b): (&f64, f64)| (a.is_nan() && b.is_nan()) || (a - b).abs() < 1e-4;
            assert!(unpacked.data().iter().zip(right).all(same), "{unpacked}");
        };
        // netCDF4 1.7.5 and xarray
        near("lst", [192.5, 290.0, f64::NAN, 352.5]);
        near("rh", [50.0, 99.0, 1.0, f64::NAN]);
        near("stated", [50.0, f64::NAN, f64::NAN, 1.0]);
    }
}
