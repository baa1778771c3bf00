//! Bias, RMSE and correlation with confidence intervals that count a series only for as much as it
//! is worth.
//!
//! bias: mean d ± t s_d / sqrt(n'), d model minus observed. RMSE: the mean of d^2 ± t s_{d^2} /
//! sqrt(n'), then the root, from 0. Correlation: Fisher's z = atanh r ± q / sqrt(n' - 3). n' is the
//! effective number of d, of d^2 and of the pairs; t has n' - 1 degrees of freedom, q is the normal
//! quantile. Where sites are pooled, n' counts the memory within each site: in the order of time a
//! value follows one of another site, of which it knows little.

use super::effective::{effective_pairs, effective_size};
use super::sequences::Sequences;
use super::{Scores, mean, variance};
use crate::error::{Error, Result};
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// A number and the interval that holds the true one with some confidence.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Interval {
    /// The estimate.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Number of independent values behind it.
    pub n_effective: f64,
}

/// Scores of n pairs in time order with their intervals, in the unit of the values.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct ScoreIntervals {
    /// Number of pairs.
    pub n: usize,
    /// Mean of model minus observation.
    pub bias: Interval,
    /// Root mean square of model minus observation.
    pub rmse: Interval,
    /// Pearson correlation.
    pub corr: Interval,
}

/// The mean of independent values; of one value it has no ends, which are not a number.
///
/// # Errors
/// No values, one that is not finite, a confidence outside 0 to 1.
pub fn interval_of_independent(values: &[f64], confidence: f64) -> Result<Interval> {
    super::finite("the values", values)?;
    let (value, n) = (mean(values), values.len() as f64);
    match values.len() {
        0 => Err(Error::new("a mean needs values")
            .expected("at least 1")
            .got(0)),
        1 => checked(confidence).map(|_| Interval {
            value,
            low: f64::NAN,
            high: f64::NAN,
            n_effective: n,
        }),
        _ => interval_of_mean(values, n, confidence),
    }
}

/// The mean of series, each in time order.
///
/// # Errors
/// Fewer than three values, one that is not finite, sequences of another number of values, a
/// confidence outside 0 to 1.
pub fn mean_interval(values: &[f64], sequences: &Sequences, confidence: f64) -> Result<Interval> {
    if values.len() < 3 {
        return Err(Error::new("a confidence interval needs values")
            .expected("at least 3")
            .got(values.len()));
    }
    interval_of_mean(values, effective_size(values, sequences)?, confidence)
}

/// `mean ± t s / sqrt(n)` with n - 1 degrees of freedom.
fn interval_of_mean(values: &[f64], n: f64, confidence: f64) -> Result<Interval> {
    let half = quantile_of_t(n - 1.0, confidence)? * (variance(values) / n).sqrt();
    let value = mean(values);
    Ok(Interval {
        value,
        low: value - half,
        high: value + half,
        n_effective: n,
    })
}

impl ScoreIntervals {
    /// Scores of `model` against `observed`, pairs of one or several series in time order, with
    /// intervals of this confidence (0.95).
    ///
    /// # Errors
    /// Fewer than four pairs, unequal lengths, numbers that are not finite, a confidence outside 0
    /// to 1.
    pub fn new(
        model: &[f64],
        observed: &[f64],
        sequences: &Sequences,
        confidence: f64,
    ) -> Result<Self> {
        let scores = Scores::new(model, observed)?;
        if scores.n < 4 {
            return Err(Error::new("intervals of scores need pairs")
                .expected("at least 4")
                .got(scores.n));
        }
        let d: Vec<f64> = model.iter().zip(observed).map(|(a, b)| a - b).collect();
        let squares: Vec<f64> = d.iter().map(|d| d * d).collect();
        let square = mean_interval(&squares, sequences, confidence)?;
        let rmse = Interval {
            value: scores.rmse,
            low: square.low.max(0.0).sqrt(),
            high: square.high.sqrt(),
            n_effective: square.n_effective,
        };
        let n = effective_pairs(model, observed, sequences)?;
        Ok(ScoreIntervals {
            n: scores.n,
            bias: mean_interval(&d, sequences, confidence)?,
            rmse,
            corr: correlation_interval(scores.corr, n, confidence)?,
        })
    }
}

/// Fisher's interval of a correlation of n independent pairs; the whole range where n is 3 or
/// fewer.
fn correlation_interval(r: f64, n: f64, confidence: f64) -> Result<Interval> {
    let normal = Normal::new(0.0, 1.0).expect("the standard normal distribution exists");
    let half = normal.inverse_cdf(0.5 + 0.5 * checked(confidence)?) / (n - 3.0).max(0.0).sqrt();
    let (low, high) = if half.is_finite() {
        ((r.atanh() - half).tanh(), (r.atanh() + half).tanh())
    } else {
        (-1.0, 1.0)
    };
    Ok(Interval {
        value: r,
        low,
        high,
        n_effective: n,
    })
}

/// The factor of Student's t for a two-sided interval.
pub(super) fn quantile_of_t(degrees: f64, confidence: f64) -> Result<f64> {
    let distribution = StudentsT::new(0.0, 1.0, degrees)
        .map_err(|e| Error::new("too few values for an interval").got(e))?;
    Ok(distribution.inverse_cdf(0.5 + 0.5 * checked(confidence)?))
}

pub(super) fn checked(confidence: f64) -> Result<f64> {
    if confidence > 0.0 && confidence < 1.0 {
        return Ok(confidence);
    }
    Err(Error::new("a confidence lies between 0 and 1")
        .got(confidence)
        .hint("0.95"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{generator, normals};

    fn series(values: &[f64], confidence: f64) -> Result<Interval> {
        mean_interval(values, &Sequences::one(values.len()), confidence)
    }

    #[test]
    fn the_interval_of_a_mean_of_a_hand_computed_case() {
        // 1, 3, 2, 2: r = -0.5 counts as 0; sd sqrt(2/3), t(3) = 3.1824
        let i = series(&[1.0, 3.0, 2.0, 2.0], 0.95).unwrap();
        assert!(
            (i.high - (2.0 + 3.182_446 * (2.0f64 / 3.0 / 4.0).sqrt())).abs() < 1e-5
                && i.n_effective == 4.0
        );
        assert!(series(&[1.0, 2.0], 0.95).is_err() && series(&[1.0, 2.0, 4.0], 95.0).is_err());
    }

    #[test]
    fn the_interval_of_a_mean_is_that_of_the_tables() {
        // Mean 2, standard error 1/sqrt(3), t of 2 degrees at 95 %: 4.3027.
        let i = interval_of_independent(&[1.0, 2.0, 3.0], 0.95).unwrap();
        assert!(
            i.value == 2.0
                && i.n_effective == 3.0
                && (i.high - 2.0 - 4.302653 / 3f64.sqrt()).abs() < 1e-5
                && (i.high + i.low - 4.0).abs() < 1e-12
        );
        assert!(interval_of_independent(&[1.0], 0.95).unwrap().low.is_nan());
        assert!(
            interval_of_independent(&[], 0.95).is_err()
                && interval_of_independent(&[1.0, 2.0], 1.0).is_err()
                && interval_of_independent(&[f64::NAN], 0.9).is_err()
        );
    }

    #[test]
    fn intervals_of_a_series_that_remembers_hold_the_truth_as_often_as_they_say() {
        let held = (0..400)
            .filter(|k| {
                let mut last = 0.0;
                let series: Vec<f64> = normals(&mut generator(3, "noise", *k), 300)
                    .iter()
                    .map(|e| {
                        last = 0.6 * last + e;
                        last
                    })
                    .collect();
                let i = super::mean_interval(&series, &Sequences::one(300), 0.9).unwrap();
                i.low <= 0.0 && 0.0 <= i.high
            })
            .count();
        // 0.9 of 400 with a standard error of 6; without the effective size some 0.59 would hold
        // it.
        assert!((340..=380).contains(&held), "{held}");
    }

    #[test]
    fn scores_lie_inside_their_intervals() {
        let (a, b) = (
            normals(&mut generator(1, "a", 0), 50),
            normals(&mut generator(1, "b", 0), 50),
        );
        let model: Vec<f64> = a.iter().zip(&b).map(|(x, y)| x + 0.5 * y + 0.3).collect();
        let s = ScoreIntervals::new(&model, &a, &Sequences::one(50), 0.95).unwrap();
        for i in [s.bias, s.rmse, s.corr] {
            assert!(i.low < i.value && i.value < i.high, "{i:?}");
        }
        assert!(s.bias.low < 0.3 && 0.3 < s.bias.high);
    }

    #[test]
    fn intervals_of_pooled_sites_hold_the_truth_as_often_as_they_say() {
        let sites: Vec<String> = (0..400).map(|k| format!("site {}", k % 8)).collect();
        let within = Sequences::by(&sites, None).unwrap();
        let held = |sequences: &Sequences| {
            let one = |k: &u64| {
                let mut last = [0.0; 8];
                let values: Vec<f64> = normals(&mut generator(6, "sites", *k), 400)
                    .iter()
                    .enumerate()
                    .map(|(k, e)| {
                        last[k % 8] = 0.7 * last[k % 8] + e;
                        last[k % 8]
                    })
                    .collect();
                let i = mean_interval(&values, sequences, 0.9).unwrap();
                i.low <= 0.0 && 0.0 <= i.high
            };
            (0..300).filter(one).count()
        };
        // 0.9 of 300 with a standard error of 5; in the order of time the half-width is too small
        // by a factor of 2.4, and half of them hold it.
        let (pooled, mixed) = (held(&within), held(&Sequences::one(400)));
        assert!((245..=292).contains(&pooled), "{pooled}");
        assert!(mixed < 200, "{mixed}");
    }
}
