//! A vertical axis on which equal ratios have equal lengths.

use super::frame::Axis;
use super::style::Sizes;
use super::ticks::{Tick, number};

/// The leading digits that are marked, from many to few.
const LEADS: [&[f64]; 4] = [
    &[1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0],
    &[1.0, 1.5, 2.0, 3.0, 5.0, 7.0],
    &[1.0, 2.0, 5.0],
    &[1.0],
];

/// An axis in decimal logarithms around positive numbers, marked with the numbers themselves.
pub(super) fn log_axis(label: String, (low, high): (f64, f64), height: f64, sizes: &Sizes) -> Axis {
    let most = ((height / (2.2 * sizes.tick)) as usize).clamp(2, 10);
    let fits = |leads: &&[f64]| between(low, high, leads).len() <= most + 1;
    let leads = LEADS.iter().copied().find(fits).unwrap_or(LEADS[3]);
    let marks = between(low, high, leads);
    let (first, last) = (marks[0], marks[marks.len() - 1]);
    // Of very many decades every few are marked.
    let skip = marks.len().div_ceil(most + 1);
    Axis {
        low: first.log10(),
        high: last.log10(),
        ticks: marks
            .iter()
            .step_by(skip)
            .map(|v| Tick {
                at: v.log10(),
                label: plain(*v),
            })
            .collect(),
        label,
        upward: false,
    }
}

/// The marks from the last at or below `low` to the first at or above `high`, two at least.
fn between(low: f64, high: f64, leads: &[f64]) -> Vec<f64> {
    let decades = low.log10().floor() as i32 - 1..=high.log10().floor() as i32 + 1;
    let all: Vec<f64> = decades
        .flat_map(|d| leads.iter().map(move |l| l * 10f64.powi(d)))
        .collect();
    let first = all.iter().rposition(|v| *v <= low * (1.0 + 1e-9));
    let last = all.iter().position(|v| *v >= high * (1.0 - 1e-9));
    let (mut first, mut last) = (first.unwrap_or(0), last.unwrap_or(all.len() - 1));
    if first == last {
        (first, last) = (first.saturating_sub(1), (last + 1).min(all.len() - 1));
    }
    all[first..=last].to_vec()
}

/// A mark of two figures at most.
fn plain(value: f64) -> String {
    let power = 10f64.powf((value.log10() + 1e-9).floor());
    let integer = (value / power).fract().abs() < 1e-6 || (value / power).fract() > 1.0 - 1e-6;
    number(value, if integer { power } else { 0.1 * power })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logarithmic_axis_is_marked_with_its_numbers() {
        let sizes = Sizes::of(1200.0, 1200.0);
        let axis = log_axis("factor".into(), (0.11, 14.0), 300.0, &sizes);
        let labels: Vec<&str> = axis.ticks.iter().map(|t| t.label.as_str()).collect();
        assert_eq!(
            labels,
            ["0.1", "0.2", "0.5", "1", "2", "5", "10", "20"],
            "{labels:?}"
        );
        assert!((axis.low + 1.0).abs() < 1e-12 && (axis.high - 20f64.log10()).abs() < 1e-12);
        let same = log_axis(String::new(), (1.0, 1.0), 300.0, &sizes);
        assert!(same.low < 0.0 && same.high > 0.0);
        let wide = log_axis(String::new(), (1e-30, 1e30), 300.0, &sizes);
        assert!(wide.ticks.len() <= 10);
    }
}
