//! First-order loss: x(t + dt) = x(t) exp(-rate dt), exact for a step of any length.
//!
//! Half of a step's loss comes before its other processes and half after (Strang 1968), so that a steady source meets its decay
//! to second order in the step: mass = source / rate (1 - (rate dt)^2 / 24).

use super::ledger::global_mass;
use crate::ensemble::{Concentrations, LANES, Real};
use crate::error::{Error, Result};
use ndarray::Array2;
use rayon::prelude::*;

/// The loss rate of each member \[s-1\]; no rates: nothing decays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decay(Vec<f64>);

impl Decay {
    /// With a rate for each member \[s-1\].
    ///
    /// # Errors
    /// A rate below zero or that is not a number.
    pub fn new(rates: Vec<f64>) -> Result<Self> {
        if let Some((member, rate)) = rates.iter().enumerate().find(|(_, r)| !(r.is_finite() && **r >= 0.0)) {
            return Err(Error::new("a loss rate must be a number, 0 or more").got(format!("{rate} s-1")).at(format!("member {member}")));
        }
        Ok(Decay(rates))
    }

    /// Refuses concentrations of another number of members.
    pub fn check(&self, n_members: usize) -> Result<()> {
        if self.0.is_empty() || self.0.len() == n_members {
            return Ok(());
        }
        Err(Error::new("every member needs its loss rate").expected(n_members).got(self.0.len()))
    }

    /// `dt` seconds of loss, under a surface pressure (lat, lon) \[Pa\]; what is lost is added to `lost` \[kg C\].
    pub fn apply<T: Real>(&self, c: &mut Concentrations<T>, surface_pressure: impl FnOnce() -> Array2<f64>, dt: f64, lost: &mut [f64]) {
        if self.0.iter().all(|rate| *rate == 0.0) {
            return;
        }
        let changes: Vec<f64> = self.0.iter().map(|rate| (-rate * dt).exp_m1()).collect();
        let mass = global_mass(c, &surface_pressure());
        lost.iter_mut().zip(mass).zip(&changes).for_each(|((lost, mass), change)| *lost -= mass * change);
        let background = c.background();
        for (block, changes) in c.blocks_mut().iter_mut().zip(changes.chunks(LANES)) {
            block.values.par_chunks_mut(block.width).with_min_len(1024).for_each(|cell| {
                for (value, change) in cell.iter_mut().zip(changes) {
                    let x = value.to_f64();
                    *value = T::from_f64(x + change * (background + x));
                }
            });
        }
    }
}
