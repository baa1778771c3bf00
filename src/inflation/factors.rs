//! Factors estimated by a scheme, and their fallback.

use crate::error::{Error, Result, Warning, did_you_mean};
use crate::innovation::{About, Innovation};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Inflation factors of one region and window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Factors {
    /// Factor of the forecast error covariance.
    pub theta: f64,
    /// Factor of each source's error covariance, by name, in the innovation's order.
    pub mu: Vec<(String, f64)>,
    /// Factors of single observations' error variances on top of mu, as (observation number,
    /// factor); 1 for those not named. The update is made with [`Factors::moderated`].
    pub observations: Vec<(usize, f64)>,
    /// Factors that stand at a bound: `theta`, `mu.satellite`.
    pub at_bound: Vec<String>,
    /// Iterations taken.
    pub iterations: usize,
    /// Whether the scheme reached its condition; always so for one that does not iterate.
    pub converged: bool,
    /// ln L at the factors, without the constant `-p/2 ln 2 pi`.
    pub log_likelihood: f64,
    /// `factor_at_bound`, `few_observations`, `no_observations`, `collapsed_ensemble`,
    /// `not_converged`.
    pub warnings: Vec<Warning>,
}

impl Factors {
    /// Factors given from outside, such as by a script.
    ///
    /// # Errors
    /// A factor that is not positive and finite.
    pub fn given(theta: f64, mu: Vec<(String, f64)>) -> Result<Self> {
        let named =
            std::iter::once(("theta", theta)).chain(mu.iter().map(|(n, v)| (n.as_str(), *v)));
        for (name, value) in named {
            if !(value.is_finite() && value > 0.0) {
                let error = Error::new("an inflation factor must be positive and finite")
                    .got(value)
                    .at(format!("the factor of {name}"));
                return Err(error
                    .expected("a number above 0")
                    .hint("1.0 for no inflation"));
            }
        }
        Ok(Factors {
            theta,
            mu,
            observations: vec![],
            at_bound: vec![],
            iterations: 0,
            converged: true,
            log_likelihood: f64::NAN,
            warnings: vec![],
        })
    }

    /// theta 1 and every mu 1.
    pub fn none(innovation: &Innovation) -> Self {
        let mu = innovation
            .sources()
            .iter()
            .map(|s| (s.name().to_string(), 1.0))
            .collect();
        Factors::given(1.0, mu).expect("one is positive")
    }

    /// The mu of the source called `name`, if it has one.
    pub fn mu_of(&self, name: &str) -> Option<f64> {
        self.mu.iter().find(|(n, _)| n == name).map(|(_, v)| *v)
    }

    /// Whether theta stands at the lower end of its range: what an ensemble with enough spread
    /// gives, which is no fault.
    pub fn at_floor(&self) -> bool {
        let theta = |w: &Warning| w.name == "factor_at_bound" && w.message.starts_with("theta");
        self.at_bound.iter().any(|name| name == "theta") && !self.warnings.iter().any(theta)
    }

    /// The innovation with the errors of single observations as the factors have them.
    ///
    /// # Errors
    /// A factor that is not positive and finite.
    pub fn moderated<'a>(&self, innovation: &'a Innovation) -> Result<Cow<'a, Innovation>> {
        match self.observations.is_empty() {
            true => Ok(Cow::Borrowed(innovation)),
            false => innovation.moderated(&self.observations).map(Cow::Owned),
        }
    }

    /// The mu of each source of `innovation`, in its order.
    ///
    /// # Errors
    /// A source with observations has no mu.
    pub fn aligned(&self, innovation: &Innovation) -> Result<Vec<f64>> {
        let of = |name: &str, n_obs: usize| match self.mu_of(name) {
            Some(mu) => Ok(mu),
            None if n_obs == 0 => Ok(1.0),
            None => {
                let error = Error::new(format!("there is no factor mu for source \"{name}\""));
                Err(
                    match did_you_mean(name, self.mu.iter().map(|(n, _)| n.as_str())) {
                        Some(near) => error.hint(format!("naming \"{near}\" as \"{name}\"")),
                        None => error.hint(format!(
                            "mu: #{{ {name}: 1.0 }}, or one number for all sources, mu: 1.0"
                        )),
                    },
                )
            }
        };
        innovation
            .sources()
            .iter()
            .map(|s| of(s.name(), s.n_obs()))
            .collect()
    }
}

/// What stands in for a factor that too few observations would estimate: the pooled value of all
/// regions, else last window's; then the mu of all observations together where these are enough,
/// else 1.
#[derive(Debug, Clone, Default)]
pub struct Fallback {
    /// Factors of all regions together in this window.
    pub pooled: Option<Factors>,
    /// Factors of this region in the last window.
    pub last: Option<Factors>,
    /// Where in the run the factors are for.
    pub about: About,
}

impl Fallback {
    /// Nothing known: every factor falls back on 1.
    pub fn none() -> Self {
        Fallback::default()
    }
    /// The value to use for theta, and where it comes from.
    pub fn theta(&self) -> (f64, &'static str) {
        let known = self.first(|f| Some(f.theta));
        known.unwrap_or((1.0, "the default"))
    }
    /// The value to use for the mu of a source, and where it comes from.
    pub fn mu(&self, source: &str) -> (f64, &'static str) {
        self.known_mu(source).unwrap_or((1.0, "the default"))
    }
    /// The mu of a source that is known, and where it comes from.
    pub(super) fn known_mu(&self, source: &str) -> Option<(f64, &'static str)> {
        self.first(|f| f.mu_of(source))
    }
    fn first(&self, value: impl Fn(&Factors) -> Option<f64>) -> Option<(f64, &'static str)> {
        let of = |f: &Option<Factors>, origin| f.as_ref().and_then(&value).map(|v| (v, origin));
        of(&self.pooled, "the pooled estimate").or_else(|| of(&self.last, "the last window"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pooled_value_goes_before_last_windows_and_that_before_one() {
        let factors = |theta, mu: &[(&str, f64)]| {
            Factors::given(theta, mu.iter().map(|(n, v)| (n.to_string(), *v)).collect()).unwrap()
        };
        let both = Fallback {
            pooled: Some(factors(2.0, &[("a", 3.0)])),
            last: Some(factors(4.0, &[("a", 5.0), ("b", 6.0)])),
            ..Fallback::none()
        };
        assert_eq!(
            (
                both.theta().0,
                both.mu("a").0,
                both.mu("b").0,
                both.mu("c").0
            ),
            (2.0, 3.0, 6.0, 1.0)
        );
        assert_eq!(Fallback::none().theta(), (1.0, "the default"));
    }

    #[test]
    fn a_factor_that_is_not_positive_is_refused() {
        assert!(Factors::given(0.0, vec![]).is_err());
        assert!(
            Factors::given(1.0, vec![("a".into(), f64::NAN)])
                .unwrap_err()
                .to_string()
                .contains("factor of a")
        );
    }
}
