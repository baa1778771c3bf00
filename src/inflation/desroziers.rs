//! Factors by the fixed point of Desroziers and Ivanov (2001): `theta <- theta Jb / DFS`,
//! `mu_k <- mu_k Jo_k / (p_k - DFS_k)`. Its fixed point is the maximum of the likelihood; one pass is
//! cheaper and rougher, many are slower than Newton.

use super::{COLLAPSED, Factors, Fallback, Inflation, MINIMUM_OBSERVATIONS, MU_BOUNDS, THETA_BOUNDS};
use crate::error::{Error, Result, Warning};
use crate::innovation::Innovation;
use std::fmt;

/// The fixed point, at most `passes` times.
#[derive(Debug, Clone, PartialEq)]
pub struct Desroziers {
    passes: usize,
}

/// Passes enough for the fixed point to stand in the innovations met in practice.
const PASSES: usize = 500;
/// Change of every logarithm at which the fixed point stands.
const STANDS: f64 = 1e-8;

impl Default for Desroziers {
    fn default() -> Self {
        Desroziers { passes: PASSES }
    }
}

impl Desroziers {
    /// Until the factors stand.
    pub fn new() -> Self {
        Desroziers::default()
    }
    /// At most this many passes.
    ///
    /// # Errors
    /// No pass.
    pub fn with_passes(passes: usize) -> Result<Self> {
        match passes {
            0 => Err(Error::new("the fixed point needs a pass").expected("at least 1").got(0).hint("passes: 1")),
            _ => Ok(Desroziers { passes }),
        }
    }
}

impl Inflation for Desroziers {
    fn estimate(&self, innovation: &Innovation, fallback: &Fallback) -> Result<Factors> {
        let enough = |n: usize| n >= MINIMUM_OBSERVATIONS;
        let spread = innovation.relative_spread().unwrap_or(0.0);
        let moves = enough(innovation.n_obs()) && spread >= COLLAPSED;
        let mut warnings = vec![];
        if innovation.n_obs() > 0 && spread < COLLAPSED {
            warnings.push(Warning::new("collapsed_ensemble", "the members agree on every observation; theta is 1"));
        }
        let few = |s: &&crate::innovation::Source| !enough(s.n_obs());
        for s in innovation.sources().iter().filter(few) {
            let name = if s.n_obs() == 0 { "no_observations" } else { "few_observations" };
            warnings.push(Warning::new(name, format!("mu.{} has {} observations and falls back", s.name(), s.n_obs())));
        }
        let mut theta = if moves || innovation.n_obs() == 0 || spread < COLLAPSED { 1.0 } else { fallback.theta().0 };
        let mut mu: Vec<f64> = innovation.sources().iter().map(|s| if enough(s.n_obs()) { 1.0 } else { fallback.mu(s.name()).0 }).collect();
        let (mut iterations, mut converged) = (0, false);
        while iterations < self.passes && !converged {
            let at = innovation.likelihood(theta, &mu)?;
            let dfs: f64 = at.dfs.iter().sum();
            let mut change = 0.0f64;
            let mut set = |x: &mut f64, ratio: f64, (low, high): (f64, f64)| {
                let new = (*x * ratio).clamp(low, high);
                change = change.max((new / *x).ln().abs());
                *x = new;
            };
            if moves {
                set(&mut theta, at.jb / dfs, THETA_BOUNDS);
            }
            for (k, mu) in mu.iter_mut().enumerate().filter(|(k, _)| enough(at.n_obs[*k])) {
                set(mu, at.jo[k] / (at.n_obs[k] as f64 - at.dfs[k]), MU_BOUNDS);
            }
            iterations += 1;
            converged = change < STANDS;
        }
        let names = innovation.sources().iter().map(|s| s.name().to_string());
        let mut factors = Factors::given(theta, names.zip(mu.iter().copied()).collect())?;
        let ends = |x: f64, (low, high): (f64, f64)| x <= low || x >= high;
        let standing = std::iter::once(("theta".to_string(), theta, moves && ends(theta, THETA_BOUNDS)))
            .chain(innovation.sources().iter().zip(&mu).map(|(s, mu)| (format!("mu.{}", s.name()), *mu, enough(s.n_obs()) && ends(*mu, MU_BOUNDS))));
        for (name, value, _) in standing.filter(|s| s.2) {
            warnings.push(Warning::new("factor_at_bound", format!("{name} is {value:.4}, the end of its range")));
            factors.at_bound.push(name);
        }
        if !converged && self.passes == PASSES {
            warnings.push(Warning::new("not_converged", format!("the fixed point still moves after {PASSES} passes")));
        }
        factors.log_likelihood = -0.5 * innovation.likelihood(theta, &mu)?.value;
        (factors.iterations, factors.converged, factors.warnings) = (iterations, converged, warnings);
        Ok(factors)
    }
}

impl fmt::Display for Desroziers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.passes {
            PASSES => write!(f, "inflation::desroziers()"),
            passes => write!(f, "inflation::desroziers(#{{ passes: {passes} }})"),
        }
    }
}
