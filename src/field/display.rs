//! How a field prints: name, dimensions, coordinates, unit and a summary of its values.

use super::{Dimension, Field, Reduction};
use std::fmt;

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = if self.unit.to_string().is_empty() {
            String::new()
        } else {
            format!(" [{}]", self.unit)
        };
        if self.dimensions().is_empty() {
            let value = self.data().iter().next().copied().unwrap_or(f64::NAN);
            return write!(f, "{}{unit}", significant(value, 6));
        }
        let sizes: Vec<String> = self
            .dimensions()
            .iter()
            .map(|d| format!("{}: {}", d.name, d.len()))
            .collect();
        writeln!(f, "<field \"{}\" ({}){unit}>", self.name, sizes.join(", "))?;
        for d in self.dimensions() {
            writeln!(f, "  {:<8} {}", d.name, labels(d))?;
        }
        let all = ndarray::Array1::from_iter(self.data().iter().copied());
        let missing = all.iter().filter(|v| v.is_nan()).count();
        write!(
            f,
            "  min {:.5}  mean {:.5}  max {:.5}",
            Short(Reduction::Min.of(all.view())),
            Short(Reduction::Mean.of(all.view())),
            Short(Reduction::Max.of(all.view()))
        )?;
        if missing > 0 {
            write!(f, "  missing {missing}")?;
        }
        for (key, value) in &self.attributes {
            write!(f, "\n  {key}: {value}")?;
        }
        Ok(())
    }
}

/// The labels of a dimension, of many the first two and the last.
fn labels(dimension: &Dimension) -> String {
    let (n, label) = (dimension.len(), |k| dimension.coordinate.label(k));
    match n {
        0 => "empty".into(),
        1..=6 => (0..n).map(label).collect::<Vec<_>>().join(" "),
        _ => format!("{} {} ... {}", label(0), label(1), label(n - 1)),
    }
}

/// A number in so many significant digits at most, without zeros at its end.
pub(super) fn significant(x: f64, digits: usize) -> String {
    if x == 0.0 || !x.is_finite() {
        return format!("{x}");
    }
    let written = format!("{x:.*e}", digits - 1);
    let (mantissa, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let trimmed = |text: &str| {
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_string()
        } else {
            text.to_string()
        }
    };
    if !(-4..digits as i32 + 3).contains(&exponent) {
        return format!("{}e{exponent}", trimmed(mantissa));
    }
    trimmed(&format!(
        "{x:.*}",
        (digits as i32 - 1 - exponent).max(0) as usize
    ))
}

/// A number in a few significant digits.
struct Short(f64);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.abs();
        if self.0 == 0.0 || (1e-3..1e6).contains(&size) {
            write!(f, "{:.4}", self.0)
        } else {
            write!(f, "{:.4e}", self.0)
        }
    }
}
