//! A taper from a table, such as a function of one's own.

use super::{Taper, positive};
use crate::error::{Error, Result};
use std::fmt;

/// Weights given at equal steps of distance, linear between them, 0 beyond the last.
#[derive(Debug, Clone, PartialEq)]
pub struct Tabulated {
    step_km: f64,
    weights: Vec<f64>,
}

impl Tabulated {
    /// From the weights at distance 0, `step_km`, twice that and so on.
    ///
    /// # Errors
    /// A step that is not positive, no weights, one that is negative, above 1 or not finite.
    pub fn new(step_km: f64, weights: Vec<f64>) -> Result<Self> {
        if weights.is_empty() {
            return Err(Error::new("a taper needs weights")
                .expected("at least 1")
                .got(0));
        }
        if let Some((k, bad)) = weights
            .iter()
            .enumerate()
            .find(|(_, w)| !(0.0..=1.0).contains(*w))
        {
            return Err(Error::new("a taper gives weights")
                .expected("from 0 to 1")
                .got(bad)
                .at(format!("{} km", k as f64 * step_km)));
        }
        positive("step", step_km).map(|step_km| Tabulated { step_km, weights })
    }
}

impl Taper for Tabulated {
    fn weight(&self, distance_km: f64) -> f64 {
        let position = distance_km / self.step_km;
        let at = |k: usize| self.weights.get(k).copied().unwrap_or(0.0);
        let below = position.floor();
        at(below as usize) + (position - below) * (at(below as usize + 1) - at(below as usize))
    }
    fn reach_km(&self) -> f64 {
        self.step_km * self.weights.len() as f64
    }
}

impl fmt::Display for Tabulated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "localization::taper(a function)")
    }
}
