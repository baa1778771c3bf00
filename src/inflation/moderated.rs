//! Moderation of outliers (Sakov and Sandery 2017): an observation's error is enlarged so that it
//! alone would move the analysis by no more than K standard deviations of the forecast.
//!
//! `r' = sqrt((s + r)^2 + s d^2 / K^2) - s`, with s = theta times the ensemble's variance of the
//! equivalent, r = mu times the stated error variance, d the departure. For small d it leaves r as
//! it is; an outlier is never rejected.
//!
//! theta and mu are here those of the last window, else 1; the scheme underneath then estimates
//! this window's from the moderated observations, and the factors r'/r go with them. Moderated by
//! its own estimate an outlier would first enlarge mu, and so mask itself.

use super::{Factors, Fallback, Inflation};
use crate::error::{Error, Result};
use crate::innovation::Innovation;
use std::fmt;
use std::sync::Arc;

/// A scheme whose observations are moderated.
#[derive(Debug, Clone)]
pub struct Moderated {
    scheme: Arc<dyn Inflation>,
    limit: f64,
}

impl Moderated {
    /// Moderates at `limit` (K) standard deviations of the forecast; 2 is usual.
    ///
    /// # Errors
    /// A limit that is not positive; an infinite one moderates nothing.
    pub fn new(scheme: Arc<dyn Inflation>, limit: f64) -> Result<Self> {
        if limit.is_nan() || limit <= 0.0 {
            return Err(Error::new("the limit of moderation must be positive")
                .got(limit)
                .hint("2.0"));
        }
        Ok(Moderated { scheme, limit })
    }

    /// r'/r of every observation that differs from 1, by number.
    fn factors_of(&self, innovation: &Innovation, last: Option<&Factors>) -> Vec<(usize, f64)> {
        let per_member = last.map_or(1.0, |f| f.theta) / (innovation.n_members() - 1) as f64;
        let mut out = vec![];
        for source in innovation.sources() {
            let mu = last.and_then(|f| f.mu_of(source.name())).unwrap_or(1.0);
            for (i, number) in source.observations().iter().enumerate() {
                let anomalies = source.anomalies(i);
                let (s, r) = (
                    per_member * anomalies.dot(&anomalies),
                    mu * source.error_variance(i),
                );
                let factor = moderation(s, r, source.departure(i), self.limit);
                if factor > 1.0 {
                    out.push((*number, factor));
                }
            }
        }
        out
    }
}

/// r'/r.
fn moderation(s: f64, r: f64, d: f64, limit: f64) -> f64 {
    // The difference of the root and s + r, written without cancellation.
    let excess = s * (d / limit).powi(2);
    1.0 + excess / (r * (((s + r).powi(2) + excess).sqrt() + s + r))
}

impl Inflation for Moderated {
    fn estimate(&self, innovation: &Innovation, fallback: &Fallback) -> Result<Factors> {
        let observations = self.factors_of(innovation, fallback.last.as_ref());
        let estimated = self
            .scheme
            .estimate(&innovation.moderated(&observations)?, fallback)?;
        Ok(Factors {
            observations,
            ..estimated
        })
    }
}

impl fmt::Display for Moderated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "inflation::moderated({}, {:?})", self.scheme, self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_moderated_error_is_that_of_the_formula() {
        // s = 4, r = 5, d = 12, K = 2: sqrt(81 + 144) - 4 = 11
        assert!((moderation(4.0, 5.0, 12.0, 2.0) - 11.0 / 5.0).abs() < 1e-15);
        assert_eq!(moderation(4.0, 5.0, 12.0, f64::INFINITY), 1.0);
        assert_eq!(
            (
                moderation(0.0, 5.0, 12.0, 2.0),
                moderation(4.0, 5.0, 0.0, 2.0)
            ),
            (1.0, 1.0)
        );
    }

    #[test]
    fn one_observation_moves_the_analysis_by_no_more_than_the_limit() {
        for (s, r, d) in [
            (1.0, 1.0, 10.0),
            (1.0, 0.01, 100.0),
            (9.0, 4.0, 1e4),
            (2.0, 50.0, 30.0),
        ] {
            let increment = s / (s + r * moderation(s, r, d, 2.0)) * d;
            assert!(increment <= 2.0 * f64::sqrt(s) + 1e-9, "{increment} of {s}");
        }
    }

    #[test]
    fn a_limit_that_is_none_is_refused() {
        assert!(Moderated::new(Arc::new(crate::inflation::Fixed::none()), 0.0).is_err());
        assert!(Moderated::new(Arc::new(crate::inflation::Fixed::none()), f64::NAN).is_err());
    }
}
