//! How a field prints: name, dimensions, coordinates, unit and a summary of its values.

use super::{Dimension, Field, Reduction};
use ndarray::{ArrayViewD, Axis};
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
        for label in self.taken() {
            writeln!(f, "  {} (taken)", label.described())?;
        }
        for line in value_lines(self.data().view()) {
            writeln!(f, "  {line}")?;
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

/// Of a dimension longer than twice as many, the values shown at each end.
const EDGE: usize = 3;

/// Values as numpy shows them, the first and the last: those of two dimensions in rows, those of
/// more in one line.
fn value_lines(values: ArrayViewD<f64>) -> Vec<String> {
    if values.is_empty() {
        return vec![];
    }
    if values.ndim() != 2 {
        return vec![ends(values.iter(), values.len())];
    }
    let row = |k: usize| ends(values.index_axis(Axis(0), k).iter(), values.len_of(Axis(1)));
    match values.len_of(Axis(0)) {
        n if n > 2 * EDGE => {
            let last = (n - EDGE..n).map(row);
            let first = (0..EDGE).map(row);
            first.chain(["...".to_string()]).chain(last).collect()
        }
        n => (0..n).map(row).collect(),
    }
}

fn ends<'a>(values: impl Iterator<Item = &'a f64>, count: usize) -> String {
    let mut shown = Vec::new();
    for (k, value) in values.enumerate() {
        match count > 2 * EDGE {
            true if k == EDGE => shown.push("...".to_string()),
            true if (EDGE..count - EDGE).contains(&k) => {}
            _ => shown.push(significant(*value, 5)),
        }
    }
    format!("[{}]", shown.join(" "))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_last_values_are_shown() {
        let line = |n: usize| {
            let values = ndarray::Array1::from_iter((0..n).map(|k| k as f64)).into_dyn();
            value_lines(values.view())
        };
        assert_eq!(line(3), ["[0 1 2]"]);
        assert_eq!(line(100), ["[0 1 2 ... 97 98 99]"]);
        assert!(line(0).is_empty());
        let rows = ndarray::Array2::from_shape_fn((7, 2), |(i, j)| (10 * i + j) as f64);
        assert_eq!(
            value_lines(rows.into_dyn().view()),
            [
                "[0 1]", "[10 11]", "[20 21]", "...", "[40 41]", "[50 51]", "[60 61]"
            ]
        );
    }
}
