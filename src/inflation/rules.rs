//! Rules common to the estimating schemes: the number of observations that a factor needs, its
//! fallback, and its bounds.

use super::newton::TOLERANCE;
use super::{Bounds, Factors, Fallback, Theta, UNCONVERGED};
use crate::error::{Result, Warning};
use crate::innovation::{Innovation, Source};

/// An ensemble whose variance is less than this part of the error variance, averaged over the
/// observations, has collapsed.
const COLLAPSED: f64 = 1e-12;

/// A factor to be estimated: its first guess and its bounds; equal bounds fix it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Slot {
    pub start: f64,
    pub bounds: Bounds,
}

impl Slot {
    /// A fixed factor.
    pub fn held(value: f64) -> Self {
        Slot {
            start: value,
            bounds: (value, value),
        }
    }
    /// A factor estimated within bounds.
    pub fn free(start: f64, bounds: Bounds) -> Self {
        Slot {
            start: start.clamp(bounds.0, bounds.1),
            bounds,
        }
    }
    pub fn moves(&self) -> bool {
        self.bounds.0 < self.bounds.1
    }
    /// The bounds in logarithms.
    pub fn logs(&self) -> Bounds {
        (self.bounds.0.ln(), self.bounds.1.ln())
    }
}

/// theta: estimated from `minimum` observations of all sources on, if the members differ.
pub(super) fn theta(
    innovation: &Innovation,
    theta: &Theta,
    minimum: usize,
    fallback: &Fallback,
    warnings: &mut Vec<Warning>,
) -> Slot {
    let bounds = match theta {
        Theta::Fixed(value) => return Slot::held(*value),
        Theta::Estimated(bounds) => *bounds,
    };
    match innovation.relative_spread() {
        None => {
            warnings.push(Warning::new(
                "no_observations",
                "no source has observations; theta is 1",
            ));
            Slot::held(1.0)
        }
        Some(spread) if spread < COLLAPSED => {
            let message =
                format!("the members' variance is {spread:.1e} of the error variance; theta is 1");
            warnings.push(Warning::new("collapsed_ensemble", message));
            Slot::held(1.0)
        }
        Some(_) if innovation.n_obs() < minimum => {
            let value = fallback.theta();
            warnings.push(few("theta", innovation.n_obs(), minimum, value));
            Slot::held(value.0.clamp(bounds.0, bounds.1))
        }
        Some(_) => Slot::free(fallback.last.as_ref().map_or(1.0, |f| f.theta), bounds),
    }
}

/// The mu of one source, or of several that share it: estimated from `minimum` observations on.
/// Fewer take the pooled value of the source, then of another that shares its mu, then the one of
/// all observations `together`, which is estimated only if it is asked for.
pub(super) fn mu(
    sources: &[&Source],
    bounds: Bounds,
    minimum: usize,
    (fallback, together): (&Fallback, &dyn Fn() -> Option<f64>),
    warnings: &mut Vec<Warning>,
) -> Slot {
    let Some(first) = sources.iter().find(|s| s.n_obs() > 0).or(sources.first()) else {
        return Slot::held(1.0);
    };
    let n_obs: usize = sources.iter().map(|s| s.n_obs()).sum();
    if n_obs >= minimum.max(1) {
        let last = fallback.last.as_ref().and_then(|f| f.mu_of(first.name()));
        return Slot::free(last.unwrap_or(1.0), bounds);
    }
    let known = std::iter::once(first)
        .chain(sources)
        .find_map(|s| fallback.known_mu(s.name()));
    let of_all = || Some((together()?, "all observations together"));
    let value = known
        .or_else(|| (n_obs > 0).then(of_all)?)
        .unwrap_or((1.0, "the default"));
    warnings.push(few(&format!("mu.{}", first.name()), n_obs, minimum, value));
    Slot::held(value.0.clamp(bounds.0, bounds.1))
}

fn few(factor: &str, n_obs: usize, minimum: usize, (value, origin): (f64, &str)) -> Warning {
    let name = if n_obs == 0 {
        "no_observations"
    } else {
        "few_observations"
    };
    Warning::new(
        name,
        format!(
            "{factor} has {n_obs} observations of the {minimum} it needs; {value:.4} of {origin} is used"
        ),
    )
}

/// The warning of factors at which the gradient, projected on the bounds, is not 0.
pub(super) fn not_converged(iterations: usize, gradient: f64) -> Option<Warning> {
    (gradient >= TOLERANCE || gradient.is_nan()).then(|| {
        Warning::new(
            UNCONVERGED,
            format!(
                "the factors are no optimum after {iterations} iterations: the gradient \
                 projected on the bounds is {gradient:.1e}, and less than {TOLERANCE:.0e} is asked"
            ),
        )
    })
}

/// The estimated factors, set exactly to a bound that they reach, with those bounds and the
/// likelihood. `theta` and `mu` are given with their slots, mu in the order of the sources.
pub(super) fn finish(
    innovation: &Innovation,
    theta: (f64, Slot),
    mu: &[(f64, Slot)],
    warnings: Vec<Warning>,
) -> Result<Factors> {
    let exact = |(value, slot): (f64, Slot)| {
        let (low, high) = slot.bounds;
        // exp(ln(bound)) differs from the bound by rounding.
        if value <= low * (1.0 + 1e-12) {
            (low, slot.moves())
        } else if value >= high * (1.0 - 1e-12) {
            (high, slot.moves())
        } else {
            (value, false)
        }
    };
    let names = innovation.sources().iter().map(|s| s.name().to_string());
    let mut factors = Factors::given(
        exact(theta).0,
        names.zip(mu).map(|(name, m)| (name, exact(*m).0)).collect(),
    )?;
    factors.warnings = warnings;
    let mut note = |name: String, (value, at_bound): (f64, bool)| {
        if at_bound {
            // The floor of theta is what an ensemble with enough spread gives, and no fault.
            if name != "theta" || value > theta.1.bounds.0 {
                let message = format!("{name} is {value:.4}, the end of its range");
                let warning = Warning::new("factor_at_bound", message);
                factors.warnings.push(warning);
            }
            factors.at_bound.push(name);
        }
    };
    note("theta".to_string(), exact(theta));
    innovation
        .sources()
        .iter()
        .zip(mu)
        .for_each(|(s, m)| note(format!("mu.{}", s.name()), exact(*m)));
    factors.log_likelihood = -0.5
        * innovation
            .likelihood(factors.theta, &factors.aligned(innovation)?)?
            .value;
    Ok(factors)
}
