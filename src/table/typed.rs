//! What the texts of a column are: numbers, dates or text.
//!
//! What would change by being read as a number stays text: an identifier with leading zeros
//! (`0012`) or of more digits than a number holds, and a code that only looks like one (`12E3`,
//! `INF`).

use super::{Column, Layout};
use crate::time::Time;
use crate::units::Unit;

/// Whole numbers above this are not all distinct in an f64: 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The column of these texts.
pub(super) fn typed(values: &[&str], unit: Unit, layout: &Layout) -> Column {
    let number = |v: &&str| {
        if is_missing(v) {
            return Some((f64::NAN, false));
        }
        let value = parsed(v, layout.decimal)?;
        match layout.missing.contains(&value) {
            true => Some((f64::NAN, false)),
            false => Some((value, is_identifier(v, value))),
        }
    };
    if let Some(numbers) = values.iter().map(number).collect::<Option<Vec<_>>>() {
        return match numbers.iter().any(|(_, identifier)| *identifier) {
            true => Column::text(values),
            false => Column::Numbers(numbers.into_iter().map(|(x, _)| x).collect(), unit),
        };
    }
    let times: Option<Vec<Time>> = values.iter().map(|v| v.parse().ok()).collect();
    match times {
        Some(times) => Column::Times(times),
        None => Column::text(values),
    }
}

/// Whether a text is a number, as in a header that is a row of values.
pub(super) fn is_number(text: &str) -> bool {
    parsed(text, '.').is_some() || parsed(text, ',').is_some()
}

fn is_missing(text: &str) -> bool {
    matches!(text, "" | "NA" | "NaN" | "nan" | "NAN")
}

fn parsed(text: &str, decimal: char) -> Option<f64> {
    match decimal {
        '.' => text.parse().ok(),
        _ if text.contains('.') => None,
        other => text.replace(other, ".").parse().ok(),
    }
}

/// Whether a text that reads as a number says more than the number does. Two digits with a leading
/// zero are the part of a date or time, `07`.
fn is_identifier(text: &str, value: f64) -> bool {
    let digits = text.trim_start_matches(['-', '+']);
    let integer = digits.bytes().all(|b| b.is_ascii_digit());
    let zeros =
        digits.len() > 2 && digits.starts_with('0') && digits.as_bytes()[1].is_ascii_digit();
    let code = digits.split_once('E').is_some_and(|(a, b)| {
        [a, b]
            .iter()
            .all(|part| part.bytes().all(|b| b.is_ascii_digit()))
    });
    (integer && (zeros || value.abs() > EXACT)) || code || text == "INF"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_text(values: &[&str]) -> bool {
        matches!(
            typed(values, Unit::none(), &Layout::default()),
            Column::Text(_)
        )
    }

    #[test]
    fn what_a_number_would_change_stays_text() {
        assert!(is_text(&["0012", "0120"]));
        assert!(is_text(&["2016070112345678901", "2016070112345678902"]));
        assert!(is_text(&["12E3", "4E1"]) && is_text(&["INF"]) && is_text(&["MLO", "12"]));
    }

    #[test]
    fn numbers_of_every_form_stay_numbers() {
        for values in [
            &["2016070112345678", "", "NA"][..],
            &["0.5", "-0.25", "0", "00", "007.5"],
            &["07", "08", "12"],
            &["1e5", "1.5E5", "1E-5", "4e+02", "inf"],
            &["9007199254740992", "-9007199254740992"],
        ] {
            assert!(!is_text(values), "{values:?}");
        }
        let layout = Layout {
            missing: vec![-1e20],
            ..Layout::default()
        };
        let marked = typed(&["-100000000000000000000", "1"], Unit::none(), &layout);
        assert!(matches!(marked, Column::Numbers(v, _) if v[0].is_nan() && v[1] == 1.0));
    }
}
