//! Factors that maximize the likelihood of the innovation (Liang et al. 2012; Su et al. 2024), by damped,
//! projected Newton in their logarithms. The paper does not say how it maximizes; bounds, starting point and
//! the rule for few observations are ours.

use super::newton::{Derivatives, Minimum, minimize};
use super::{Bounds, COLLAPSED, Factors, Fallback, Inflation, MINIMUM_OBSERVATIONS, MU_BOUNDS, THETA_BOUNDS, check_bounds};
use crate::error::{Error, Result, Warning};
use crate::innovation::{Innovation, Likelihood};
use ndarray::{Array1, Array2};
use std::fmt;

/// How theta is found.
#[derive(Debug, Clone, PartialEq)]
pub enum Theta {
    /// By maximum likelihood within bounds.
    Estimated(Bounds),
    /// Given.
    Fixed(f64),
}

/// Which sources share a mu.
#[derive(Debug, Clone, PartialEq)]
pub enum Grouping {
    /// Every source has its own.
    Separate,
    /// All sources share one.
    Together,
    /// Every mu is 1.
    None,
    /// Sources named together share one; a source not named has its own.
    Groups(Vec<Vec<String>>),
}

/// The maximum likelihood scheme. Made by [`MaximumLikelihood::new`] (separate mu), [`MaximumLikelihood::one_mu`] or
/// [`MaximumLikelihood::theta_only`], and changed by the builders.
#[derive(Debug, Clone, PartialEq)]
pub struct MaximumLikelihood {
    theta: Theta,
    grouping: Grouping,
    mu_bounds: Bounds,
    minimum_observations: usize,
    prior_sd: Option<f64>,
}

impl Default for MaximumLikelihood {
    fn default() -> Self {
        MaximumLikelihood {
            theta: Theta::Estimated(THETA_BOUNDS),
            grouping: Grouping::Separate,
            mu_bounds: MU_BOUNDS,
            minimum_observations: MINIMUM_OBSERVATIONS,
            prior_sd: None,
        }
    }
}

impl MaximumLikelihood {
    /// theta and a mu for every source.
    pub fn new() -> Self {
        MaximumLikelihood::default()
    }
    /// theta and one mu for all sources.
    pub fn one_mu() -> Self {
        MaximumLikelihood { grouping: Grouping::Together, ..MaximumLikelihood::default() }
    }
    /// theta alone, every mu 1.
    pub fn theta_only() -> Self {
        MaximumLikelihood { grouping: Grouping::None, ..MaximumLikelihood::default() }
    }
    /// How theta is found.
    ///
    /// # Errors
    /// Bounds out of order, or a value that is not positive.
    pub fn with_theta(mut self, theta: Theta) -> Result<Self> {
        match theta {
            Theta::Estimated(bounds) => check_bounds("theta", bounds)?,
            Theta::Fixed(value) => check_bounds("theta", (value, value))?,
        };
        self.theta = theta;
        Ok(self)
    }
    /// The bounds of every mu.
    ///
    /// # Errors
    /// Bounds out of order or not positive.
    pub fn with_mu_bounds(mut self, bounds: Bounds) -> Result<Self> {
        self.mu_bounds = check_bounds("mu", bounds)?;
        Ok(self)
    }
    /// Which sources share a mu.
    ///
    /// # Errors
    /// A source in two groups.
    pub fn with_groups(mut self, groups: Vec<Vec<String>>) -> Result<Self> {
        let mut names: Vec<&String> = groups.iter().flatten().collect();
        names.sort();
        if let Some(twice) = names.windows(2).find(|w| w[0] == w[1]) {
            return Err(Error::new(format!("source \"{}\" is in two groups", twice[0])).expected("one mu for each source"));
        }
        self.grouping = Grouping::Groups(groups);
        Ok(self)
    }
    /// The number of observations below which a factor falls back instead of being estimated.
    pub fn with_minimum_observations(mut self, minimum: usize) -> Self {
        self.minimum_observations = minimum;
        self
    }
    /// A log-normal prior on every factor, with median 1 and this standard deviation of the logarithm.
    ///
    /// # Errors
    /// A standard deviation that is not positive.
    pub fn with_prior(mut self, sd: f64) -> Result<Self> {
        if !(sd.is_finite() && sd > 0.0) {
            return Err(Error::new("the standard deviation of the prior must be positive").got(sd).hint("prior_sd: 0.5"));
        }
        self.prior_sd = Some(sd);
        Ok(self)
    }

    /// The variable (0 is theta) that holds each source's mu, and the number of variables.
    fn variables(&self, innovation: &Innovation) -> Result<(Vec<usize>, usize)> {
        let sources = innovation.sources();
        let separate = |names: &[Vec<String>]| {
            let mut next = 1 + names.len();
            let group = |name: &str| names.iter().position(|g| g.iter().any(|n| n == name));
            let of: Vec<usize> = sources
                .iter()
                .map(|s| match group(s.name()) {
                    Some(g) => 1 + g,
                    None => {
                        next += 1;
                        next - 1
                    }
                })
                .collect();
            (of, next)
        };
        Ok(match &self.grouping {
            Grouping::Separate => separate(&[]),
            Grouping::Together | Grouping::None => (vec![1; sources.len()], 2),
            Grouping::Groups(groups) => {
                groups.iter().flatten().try_for_each(|name| innovation.source(name).map(|_| ()))?;
                separate(groups)
            }
        })
    }

    /// Bounds and start of every variable in logarithms, with warnings for those that fall back.
    fn problem(&self, innovation: &Innovation, of: &[usize], n: usize, fallback: &Fallback) -> (Vec<Bounds>, Vec<f64>, Vec<Warning>) {
        let (mut bounds, mut start, mut warnings) = (vec![(0.0, 0.0); n], vec![0.0; n], vec![]);
        let collapsed = innovation.relative_spread().is_some_and(|s| s < COLLAPSED);
        let last = fallback.last.as_ref();
        (bounds[0], start[0]) = match self.theta {
            Theta::Fixed(value) => (logs((value, value)), value.ln()),
            Theta::Estimated(_) if innovation.n_obs() == 0 => {
                warnings.push(Warning::new("no_observations", "no source has observations; theta is 1"));
                ((0.0, 0.0), 0.0)
            }
            Theta::Estimated(_) if collapsed => {
                warnings.push(Warning::new("collapsed_ensemble", "the members agree on every observation; theta is 1"));
                ((0.0, 0.0), 0.0)
            }
            Theta::Estimated(limits) if innovation.n_obs() < self.minimum_observations => {
                warnings.push(self.few("theta", innovation.n_obs(), fallback.theta()));
                let value = fallback.theta().0.clamp(limits.0, limits.1);
                (logs((value, value)), value.ln())
            }
            Theta::Estimated(limits) => (logs(limits), last.map_or(0.0, |l| l.theta.ln())),
        };
        if self.grouping == Grouping::None {
            return (bounds, start, warnings);
        }
        for variable in 1..n {
            let members: Vec<_> = innovation.sources().iter().zip(of).filter(|(_, v)| **v == variable).map(|(s, _)| s).collect();
            let n_obs: usize = members.iter().map(|s| s.n_obs()).sum();
            let Some(first) = members.iter().find(|s| s.n_obs() > 0).or(members.first()) else { continue };
            if n_obs >= self.minimum_observations.max(1) {
                bounds[variable] = logs(self.mu_bounds);
                start[variable] = last.and_then(|l| l.mu_of(first.name())).map_or(0.0, f64::ln);
            } else {
                let value = fallback.mu(first.name());
                warnings.push(self.few(&format!("mu.{}", first.name()), n_obs, value));
                start[variable] = value.0.clamp(self.mu_bounds.0, self.mu_bounds.1).ln();
                bounds[variable] = (start[variable], start[variable]);
            }
        }
        (bounds, start, warnings)
    }

    fn few(&self, factor: &str, n_obs: usize, (value, origin): (f64, &str)) -> Warning {
        let name = if n_obs == 0 { "no_observations" } else { "few_observations" };
        let needed = self.minimum_observations;
        Warning::new(name, format!("{factor} has {n_obs} observations of the {needed} it needs; {value:.4} of {origin} is used"))
    }

    /// The likelihood's derivatives in the variables, with the prior.
    fn derivatives(&self, at: &Likelihood, of: &[usize], x: &[f64]) -> Derivatives {
        let variable = |i: usize| if i == 0 { 0 } else { of[i - 1] };
        let mut gradient = Array1::zeros(x.len());
        let (mut observed, mut expected) = (Array2::zeros((x.len(), x.len())), Array2::zeros((x.len(), x.len())));
        for i in 0..at.gradient.len() {
            gradient[variable(i)] += at.gradient[i];
            for j in 0..at.gradient.len() {
                observed[[variable(i), variable(j)]] += at.observed_hessian[[i, j]];
                expected[[variable(i), variable(j)]] += at.expected_hessian[[i, j]];
            }
        }
        let mut value = at.value;
        if let Some(sd) = self.prior_sd {
            for (i, x) in x.iter().enumerate() {
                value += (x / sd).powi(2);
                gradient[i] += 2.0 * x / (sd * sd);
                observed[[i, i]] += 2.0 / (sd * sd);
                expected[[i, i]] += 2.0 / (sd * sd);
            }
        }
        Derivatives { value, gradient, observed, expected }
    }
}

impl Inflation for MaximumLikelihood {
    fn estimate(&self, innovation: &Innovation, fallback: &Fallback) -> Result<Factors> {
        let (of, n) = self.variables(innovation)?;
        let (bounds, start, mut warnings) = self.problem(innovation, &of, n, fallback);
        let mu_at = |x: &[f64]| of.iter().map(|v| x[*v].exp()).collect::<Vec<_>>();
        let f = |x: &[f64]| Ok(self.derivatives(&innovation.likelihood(x[0].exp(), &mu_at(x))?, &of, x));
        let found: Minimum = minimize(f, start, &bounds)?;
        let mu = mu_at(&found.at);
        let value = innovation.likelihood(found.at[0].exp(), &mu)?.value;
        let mut at_bound = vec![];
        let names =
            std::iter::once(("theta".to_string(), 0)).chain(innovation.sources().iter().zip(&of).map(|(s, v)| (format!("mu.{}", s.name()), *v)));
        for (name, v) in names {
            let (low, high) = bounds[v];
            if low < high && (found.at[v] <= low || found.at[v] >= high) {
                warnings.push(Warning::new("factor_at_bound", format!("{name} is {:.4}, the end of its range", found.at[v].exp())));
                at_bound.push(name);
            }
        }
        if !found.converged {
            let message = format!("the likelihood's maximum was not reached in {} iterations", found.iterations);
            warnings.push(Warning::new("not_converged", message));
        }
        Ok(Factors {
            theta: found.at[0].exp(),
            mu: innovation.sources().iter().map(|s| s.name().to_string()).zip(mu).collect(),
            at_bound,
            iterations: found.iterations,
            converged: found.converged,
            log_likelihood: -0.5 * value,
            warnings,
        })
    }
}

impl fmt::Display for MaximumLikelihood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut options = vec![];
        match self.theta {
            Theta::Estimated(THETA_BOUNDS) => {}
            Theta::Estimated((low, high)) => options.push(format!("theta: [{low:?}, {high:?}]")),
            Theta::Fixed(value) => options.push(format!("theta: {value:?}")),
        }
        if self.mu_bounds != MU_BOUNDS {
            options.push(format!("mu: [{:?}, {:?}]", self.mu_bounds.0, self.mu_bounds.1));
        }
        if let Grouping::Groups(groups) = &self.grouping {
            options.push(format!("groups: {groups:?}"));
        }
        if self.minimum_observations != MINIMUM_OBSERVATIONS {
            options.push(format!("minimum_observations: {}", self.minimum_observations));
        }
        if let Some(sd) = self.prior_sd {
            options.push(format!("prior_sd: {sd:?}"));
        }
        let name = match self.grouping {
            Grouping::Separate | Grouping::Groups(_) => "maximum_likelihood",
            Grouping::Together => "one_mu",
            Grouping::None => "theta_only",
        };
        match options.is_empty() {
            true => write!(f, "inflation::{name}()"),
            false => write!(f, "inflation::{name}(#{{ {} }})", options.join(", ")),
        }
    }
}

fn logs((low, high): Bounds) -> Bounds {
    (low.ln(), high.ln())
}
