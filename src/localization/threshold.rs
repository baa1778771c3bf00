//! How large a sample correlation must be before an observation outside a region counts as related
//! to its factors.
//!
//! Over m members, two unrelated Gaussian quantities have a correlation r with `t = r
//! sqrt((m-2)/(1-r^2))` of Student's t with m-2 degrees of freedom, so that `|r| > t/sqrt(m-2+t^2)`
//! has a known probability. An observation is tried against every factor of the region; the
//! probability stated is that of the observation, `1 - (1-a)^n` for n factors independent of each
//! other (Sidak 1967), less where factors are correlated. The paper states 0.7 and no probability.

use crate::error::{Error, Result};
use statrs::distribution::{ContinuousCDF, StudentsT};
use std::fmt;

/// A threshold of |Pearson r|.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold(Kind);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Correlation(f64),
    FalsePositives(f64),
}

impl Threshold {
    /// A given correlation, whatever the number of members.
    ///
    /// # Errors
    /// Outside 0 to 1.
    pub fn correlation(r: f64) -> Result<Self> {
        match (0.0..=1.0).contains(&r) {
            true => Ok(Threshold(Kind::Correlation(r))),
            false => Err(
                Error::new("a correlation threshold must lie between 0 and 1")
                    .expected("0 to 1")
                    .got(r)
                    .hint("correlation: 0.7"),
            ),
        }
    }

    /// The correlation that an observation related to nothing exceeds with any of a region's
    /// factors at this rate.
    ///
    /// # Errors
    /// Not between 0 and 1.
    pub fn false_positives(rate: f64) -> Result<Self> {
        match rate > 0.0 && rate < 1.0 {
            true => Ok(Threshold(Kind::FalsePositives(rate))),
            false => Err(
                Error::new("a rate of false positives must lie between 0 and 1")
                    .expected("between 0 and 1")
                    .got(rate)
                    .hint("false_positives: 0.01"),
            ),
        }
    }

    /// The threshold for so many members and factors.
    ///
    /// # Errors
    /// Fewer than 3 members.
    pub fn value(&self, n_members: usize, n_factors: usize) -> Result<f64> {
        match self.0 {
            Kind::Correlation(r) => Ok(r),
            // ln1p and expm1 keep the digits of a small rate.
            Kind::FalsePositives(rate) => correlation_threshold(
                -((-rate).ln_1p() / n_factors.max(1) as f64).exp_m1(),
                n_members,
            ),
        }
    }

    /// Whether it is stricter for a small ensemble by itself.
    pub(super) fn grows_with_few_members(&self) -> bool {
        matches!(self.0, Kind::FalsePositives(_))
    }
}

/// The |r| that a pair of unrelated quantities exceeds at `rate` over `n_members`.
///
/// # Errors
/// Fewer than 3 members, or a rate not between 0 and 1.
pub fn correlation_threshold(rate: f64, n_members: usize) -> Result<f64> {
    if n_members < 3 {
        return Err(Error::new("a correlation needs members")
            .expected("at least 3")
            .got(n_members));
    }
    if !(rate > 0.0 && rate < 1.0) {
        return Err(
            Error::new("a rate of false positives must lie between 0 and 1")
                .expected("between 0 and 1")
                .got(rate),
        );
    }
    let degrees = (n_members - 2) as f64;
    let distribution = StudentsT::new(0.0, 1.0, degrees)
        .map_err(|e| Error::new("Student's t has no distribution").got(e))?;
    // The lower tail, which keeps the digits of a small rate.
    let t = distribution.inverse_cdf(0.5 * rate);
    Ok(t.abs() / (degrees + t * t).sqrt())
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Kind::Correlation(r) => write!(f, "correlation: {r:?}"),
            Kind::FalsePositives(rate) => write!(f, "false_positives: {rate:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_those_of_the_tables() {
        // Critical values of Pearson's r, two-sided: 10 pairs at 5 % and 1 %, 102 pairs at 5 %.
        for (rate, n, r) in [(0.05, 10, 0.6319), (0.01, 10, 0.7646), (0.05, 102, 0.1946)] {
            assert!(
                (correlation_threshold(rate, n).unwrap() - r).abs() < 1e-4,
                "{rate} {n}"
            );
        }
        // With 3 members t is Cauchy's: r = sin(pi/2 (1 - rate)).
        let r = correlation_threshold(0.2, 3).unwrap();
        assert!(
            (r - (std::f64::consts::FRAC_PI_2 * 0.8).sin()).abs() < 1e-9,
            "{r}"
        );
    }

    #[test]
    fn more_factors_ask_for_more_correlation() {
        let threshold = Threshold::false_positives(0.05).unwrap();
        assert!(
            (threshold.value(64, 1).unwrap() - correlation_threshold(0.05, 64).unwrap()).abs()
                < 1e-9
        );
        assert!(threshold.value(64, 30).unwrap() > threshold.value(64, 2).unwrap());
        assert_eq!(
            Threshold::correlation(0.7).unwrap().value(64, 30).unwrap(),
            0.7
        );
    }

    #[test]
    fn what_is_no_rate_is_refused() {
        assert!(
            Threshold::false_positives(0.0).is_err()
                && Threshold::false_positives(f64::NAN).is_err()
        );
        assert!(Threshold::correlation(1.5).is_err() && correlation_threshold(0.05, 2).is_err());
    }
}
