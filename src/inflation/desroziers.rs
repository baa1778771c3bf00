//! Factors by the fixed point of Desroziers and Ivanov (2001): `theta <- theta Jb / DFS`, `mu_k <-
//! mu_k Jo_k / (p_k - DFS_k)`. Its fixed point is the maximum of the likelihood; one pass is
//! cheaper and rougher.

use super::newton::{TOLERANCE, projected};
use super::rules::Slot;
use super::{
    Bounds, Factors, Fallback, Inflation, MINIMUM_OBSERVATIONS, MU_BOUNDS, MaximumLikelihood,
    THETA_BOUNDS, Theta, rules,
};
use crate::error::{Error, Result};
use crate::innovation::Innovation;
use std::fmt;

/// The fixed point, within the default bounds.
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
            0 => Err(Error::new("the fixed point needs a pass")
                .expected("at least 1")
                .got(0)
                .hint("passes: 1")),
            _ => Ok(Desroziers { passes }),
        }
    }
}

impl Inflation for Desroziers {
    fn estimate(&self, innovation: &Innovation, fallback: &Fallback) -> Result<Factors> {
        let mut warnings = vec![];
        let slot = rules::theta(
            innovation,
            &Theta::Estimated(THETA_BOUNDS),
            MINIMUM_OBSERVATIONS,
            fallback,
            &mut warnings,
        );
        let mut theta = (slot.start, slot);
        let mut mu: Vec<(f64, Slot)> = vec![];
        for source in innovation.sources() {
            let slot = rules::mu(
                &[source],
                MU_BOUNDS,
                MINIMUM_OBSERVATIONS,
                (fallback, &|| MaximumLikelihood::new().together(innovation)),
                &mut warnings,
            );
            mu.push((slot.start, slot));
        }
        let (mut iterations, mut converged) = (0, false);
        while iterations < self.passes && !converged {
            let at = innovation.likelihood(theta.0, &mu.iter().map(|m| m.0).collect::<Vec<_>>())?;
            let mut change = scale(&mut theta, at.jb / at.dfs.iter().sum::<f64>());
            for (k, factor) in mu.iter_mut().enumerate() {
                change = change.max(scale(factor, at.jo[k] / (at.n_obs[k] as f64 - at.dfs[k])));
            }
            iterations += 1;
            converged = change < STANDS;
        }
        let gradient = projected_gradient(innovation, &theta, &mu)?;
        if self.passes == PASSES {
            warnings.extend(rules::not_converged(iterations, gradient));
        }
        Ok(Factors {
            iterations,
            converged: gradient < TOLERANCE,
            ..rules::finish(innovation, theta, &mu, warnings)?
        })
    }
}

/// Largest component of the likelihood's gradient, projected on the bounds.
fn projected_gradient(
    innovation: &Innovation,
    theta: &(f64, Slot),
    mu: &[(f64, Slot)],
) -> Result<f64> {
    let at = innovation.likelihood(theta.0, &mu.iter().map(|m| m.0).collect::<Vec<_>>())?;
    let (logs, bounds): (Vec<f64>, Vec<Bounds>) = std::iter::once(theta)
        .chain(mu)
        .map(|(value, slot)| (value.ln(), slot.logs()))
        .unzip();
    Ok(projected(&logs, &at.gradient, &bounds))
}

/// Multiplies a factor that moves, within its bounds; gives the change of its logarithm.
fn scale((value, slot): &mut (f64, Slot), ratio: f64) -> f64 {
    if !slot.moves() {
        return 0.0;
    }
    let new = (*value * ratio).clamp(slot.bounds.0, slot.bounds.1);
    (std::mem::replace(value, new) / new).ln().abs()
}

impl fmt::Display for Desroziers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.passes {
            PASSES => write!(f, "inflation::desroziers()"),
            passes => write!(f, "inflation::desroziers(#{{ passes: {passes} }})"),
        }
    }
}
