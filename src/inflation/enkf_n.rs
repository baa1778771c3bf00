//! The finite-size filter EnKF-N (Bocquet 2011; dual form of Bocquet, Raanes and Hannart 2015): the
//! factor theta that accounts for the sampling error of m members, without a parameter to tune.
//! Every mu is 1.
//!
//! With `S(theta) = theta Y Y'/(m-1) + R`, minimize over theta
//!
//! `f(theta) = d' S^-1 d + (m-1) e / theta + (m-1) c ln theta`, `e = (m+1)/m`, `c = (m+g)/(m-1)`,
//!
//! which is twice the dual function of zeta = (m-1)/theta; g = 0 with members drawn about an
//! unknown mean. In ln theta, `f' = -Jb - (m-1) e/theta + (m-1) c` and `f'' = Jb - 2 gT z'Tz +
//! (m-1) e/theta` with the gain `gT = theta/(m-1)`. Of weak observations the mode of the
//! prior, e/c, is brought toward 1 (their Eq. 36): e is divided and c multiplied by `(e/c)^(k/2)`,
//! k the mean over directions of the analysed over the forecast variance. Both may be multiplied by
//! a certainty: 1 is theirs, more trusts the ensemble more, as weakly nonlinear models allow.
//!
//! Deviations: theta may fall below 1, because the filter balances both ways; the correction of the
//! posterior's Hessian is left out, so that any update form can follow.

use super::newton::{Derivatives, minimize_from};
use super::rules::{self, Slot};
use super::{Bounds, Factors, Fallback, Inflation, Theta};
use crate::error::{Error, Result};
use crate::innovation::Innovation;
use ndarray::{Array1, Array2};
use std::fmt;

/// Bounds of theta: wide, only to keep a hopeless innovation finite.
const BOUNDS: Bounds = (0.1, 100.0);

/// Where the search starts again if the way from 1 was not direct.
const OTHERS: (f64, f64) = (0.3, 10.0);

/// The finite-size scheme.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EnkfN {
    certainty: f64,
}

impl Default for EnkfN {
    fn default() -> Self {
        EnkfN { certainty: 1.0 }
    }
}

impl EnkfN {
    /// The scheme as published.
    pub fn new() -> Self {
        EnkfN::default()
    }
    /// With another certainty of the ensemble's covariance.
    ///
    /// # Errors
    /// Not positive or not finite.
    pub fn with_certainty(certainty: f64) -> Result<Self> {
        match certainty.is_finite() && certainty > 0.0 {
            true => Ok(EnkfN { certainty }),
            false => Err(
                Error::new("the certainty of the finite-size scheme must be positive")
                    .got(certainty)
                    .hint("certainty: 1.0"),
            ),
        }
    }
}

/// `(m-1) e` and `(m-1) c` with the mode corrected; `kept` is the mean of analysed over forecast
/// variance.
fn hyperprior(n_members: usize, degrees: f64) -> (f64, f64) {
    let m = n_members as f64;
    let (e, c) = ((m + 1.0) / m, m / (m - 1.0));
    let correction = (e / c).powf(0.5 * degrees);
    ((m - 1.0) * e / correction, (m - 1.0) * c * correction)
}

impl Inflation for EnkfN {
    fn estimate(&self, innovation: &Innovation, fallback: &Fallback) -> Result<Factors> {
        let (m, ones) = (
            innovation.n_members(),
            vec![1.0; innovation.sources().len()],
        );
        let mut warnings = vec![];
        let slot = rules::theta(
            innovation,
            &Theta::Estimated(BOUNDS),
            1,
            fallback,
            &mut warnings,
        );
        let degrees = innovation.likelihood(1.0, &ones)?.transform.diag().sum() / m as f64;
        let (e, c) = hyperprior(m, degrees);
        let (e, c) = (e * self.certainty, c * self.certainty);
        let f = |x: &[f64]| {
            let at = innovation.likelihood(x[0].exp(), &ones)?;
            let prior = e / at.theta;
            let ztz = at.z.dot(&at.transform.dot(&at.z)) * at.theta / (m - 1) as f64;
            Ok(Derivatives {
                value: at.jb + at.jo.iter().sum::<f64>() + prior + c * x[0],
                gradient: Array1::from_elem(1, c - at.jb - prior),
                observed: Array2::from_elem((1, 1), at.jb - 2.0 * ztz + prior),
                expected: Array2::from_elem((1, 1), at.jb + prior),
            })
        };
        // Curvature differs much between the sides of the minimum: start from 1 always, for the
        // same answer every time.
        let start = if slot.moves() { 0.0 } else { slot.start.ln() };
        let others = [vec![OTHERS.0.ln()], vec![OTHERS.1.ln()]];
        let optimum = minimize_from(f, vec![start], &others, &[slot.logs()])?;
        warnings.extend(rules::not_converged(optimum.iterations, optimum.gradient));
        let held: Vec<(f64, Slot)> = ones.iter().map(|one| (*one, Slot::held(*one))).collect();
        let factors = rules::finish(innovation, (optimum.at[0].exp(), slot), &held, warnings)?;
        Ok(Factors {
            iterations: optimum.iterations,
            converged: optimum.converged(),
            ..factors
        })
    }
}

impl fmt::Display for EnkfN {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.certainty {
            1.0 => write!(f, "inflation::enkf_n()"),
            certainty => write!(f, "inflation::enkf_n(#{{ certainty: {certainty:?} }})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::innovation::{ErrorCovariance, SourceData};
    use ndarray::array;

    fn one(d: f64) -> Innovation {
        let made = SourceData::new(
            "a",
            array![[1.0, 2.0, 3.0]].view(),
            array![2.0 + d].view(),
            ErrorCovariance::independent(&[1.0]),
        );
        Innovation::new(3, vec![made.unwrap()]).unwrap()
    }

    #[test]
    fn theta_solves_the_condition_of_the_dual_function() {
        // One observation of variance 1 and spread 1: d'S^-1 d = d^2 / (1 + theta), so d^2
        // theta/(1+theta)^2 + e/theta = c.
        for d in [0.0, 1.0, 5.0] {
            let theta = EnkfN::new()
                .estimate(&one(d), &Fallback::none())
                .unwrap()
                .theta;
            // G has one eigenvalue, 2: the variances kept are 1/2, 1 and 1.
            let (e, c) = hyperprior(3, 2.5 / 3.0);
            assert!(
                (d * d * theta / (1.0 + theta).powi(2) + e / theta - c).abs() < 1e-8,
                "{d}: {theta}"
            );
        }
    }

    #[test]
    fn larger_innovations_ask_for_more() {
        let theta = |d| {
            EnkfN::new()
                .estimate(&one(d), &Fallback::none())
                .unwrap()
                .theta
        };
        assert!(theta(0.0) < theta(2.0) && theta(2.0) < theta(6.0));
    }

    #[test]
    fn certainty_holds_theta_near_the_mode_of_its_prior() {
        let theta = |certainty| {
            EnkfN::with_certainty(certainty)
                .unwrap()
                .estimate(&one(6.0), &Fallback::none())
                .unwrap()
                .theta
        };
        let (e, c) = hyperprior(3, 2.5 / 3.0);
        assert!(theta(0.5) > theta(1.0) && theta(1.0) > theta(4.0));
        assert!((theta(1e6) - e / c).abs() < 1e-4, "{}", theta(1e6));
        assert!(EnkfN::with_certainty(0.0).is_err());
    }
}
