//! First-order loss: x(t + dt) = x(t) exp(-rate dt), exact for a step of any length.
//!
//! Half of a step's loss comes before its other processes and half after (Strang 1968), so that a
//! steady source meets its decay to second order in the step: mass = source / rate (1 - (rate dt)^2
//! / 24).

use crate::ensemble::{Concentrations, LANES, Real};
use crate::error::{Error, Result};
use crate::meteorology::air_masses;
use crate::units::{MOLAR_MASS_CARBON, MOLAR_MASS_DRY_AIR};
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
        if let Some((member, rate)) = rates
            .iter()
            .enumerate()
            .find(|(_, r)| !(r.is_finite() && **r >= 0.0))
        {
            return Err(Error::new("a loss rate must be a number, 0 or more")
                .got(format!("{rate} s-1"))
                .at(format!("member {member}")));
        }
        Ok(Decay(rates))
    }

    /// Refuses concentrations of another number of members.
    pub fn check(&self, n_members: usize) -> Result<()> {
        if self.0.is_empty() || self.0.len() == n_members {
            return Ok(());
        }
        Err(Error::new("every member needs its loss rate")
            .expected(n_members)
            .got(self.0.len()))
    }

    /// `dt` seconds of loss, under a surface pressure (lat, lon) \[Pa\]; what is lost is added to
    /// `lost` \[kg C\].
    pub fn apply<T: Real>(
        &self,
        c: &mut Concentrations<T>,
        surface_pressure: impl FnOnce() -> Array2<f64>,
        dt: f64,
        lost: &mut [f64],
    ) {
        if self.0.iter().all(|rate| *rate == 0.0) {
            return;
        }
        let air = air_masses(c.grid(), &surface_pressure());
        let air = air.as_slice().expect("freshly made arrays are contiguous");
        let (row, backgrounds) = (c.grid().horizontal.n_lon(), c.background().to_vec());
        let members = self
            .0
            .chunks(LANES)
            .zip(backgrounds.chunks(LANES))
            .zip(lost.chunks_mut(LANES));
        for (block, ((rates, backgrounds), lost)) in c.blocks_mut().iter_mut().zip(members) {
            let decaying: Vec<Loss> = (0..rates.len())
                .filter(|lane| rates[*lane] > 0.0)
                .map(|lane| Loss {
                    lane,
                    background: backgrounds[lane],
                    change: (-rates[lane] * dt).exp_m1(),
                })
                .collect();
            let width = block.width;
            let rows = block
                .values
                .par_chunks_mut(width * row)
                .zip(air.par_chunks(row));
            // Row sums first, then in order: the same bits for any number of threads.
            let gone: Vec<Vec<f64>> = rows
                .map(|(values, air)| shrink(values, air, width, &decaying))
                .collect();
            for (k, Loss { lane, .. }) in decaying.iter().enumerate() {
                lost[*lane] += gone.iter().map(|row| row[k]).sum::<f64>() * MOLAR_MASS_CARBON
                    / MOLAR_MASS_DRY_AIR;
            }
        }
    }
}

/// A member that decays: its place in the block, what its values are anomalies from, and the part
/// by which it changes.
struct Loss {
    lane: usize,
    background: f64,
    change: f64,
}

/// Changes the decaying members in some cells, each by its part; returns air times the loss of
/// each.
fn shrink<T: Real>(values: &mut [T], air: &[f64], width: usize, decaying: &[Loss]) -> Vec<f64> {
    let mut gone = vec![0.0; decaying.len()];
    for (cell, air) in values.chunks_mut(width).zip(air) {
        for (
            Loss {
                lane,
                background,
                change,
            },
            gone,
        ) in decaying.iter().zip(&mut gone)
        {
            let before = cell[*lane].to_f64();
            cell[*lane] = T::from_f64(before + change * (background + before));
            *gone += air * (before - cell[*lane].to_f64());
        }
    }
    gone
}
