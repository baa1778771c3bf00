//! Carbon in the air, and the account of a run.

use crate::ensemble::{Concentrations, LANES, Real};
use crate::error::Warning;
use crate::meteorology::air_masses;
use crate::units::{MOLAR_MASS_CARBON, MOLAR_MASS_DRY_AIR};
use ndarray::Array2;
use rayon::prelude::*;

/// What went in and what is there, per member \[kg C\], and how the steps went. It closes: after - before - emitted is rounding.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ledger {
    /// Carbon emitted.
    pub emitted: Vec<f64>,
    /// Carbon in the air at the start.
    pub mass_before: Vec<f64>,
    /// Carbon in the air at the end.
    pub mass_after: Vec<f64>,
    /// Steps taken.
    pub steps: usize,
    /// Steps that were too long for the wind somewhere, and taken in parts there.
    pub divided_steps: usize,
}

impl Ledger {
    /// Greatest |after - before - emitted| of any member, relative to the mass before.
    pub fn imbalance(&self) -> f64 {
        let members = self.mass_after.iter().zip(&self.mass_before).zip(&self.emitted);
        members.map(|((after, before), emitted)| ((after - before - emitted) / before).abs()).fold(0.0, f64::max)
    }

    /// That steps were taken in parts, if some were.
    pub fn warning(&self) -> Option<Warning> {
        let message = format!("{} of {} steps were too long for the wind somewhere, and taken in parts there", self.divided_steps, self.steps);
        (self.divided_steps > 0).then(|| Warning::new("step_taken_in_parts", message))
    }
}

/// Carbon in the air of each member under a dry surface pressure (lat, lon) \[Pa\], in kg C.
pub fn global_mass<T: Real>(c: &Concentrations<T>, surface_pressure: &Array2<f64>) -> Vec<f64> {
    let air = air_masses(c.grid(), surface_pressure);
    let air = air.as_slice().expect("freshly made arrays are contiguous");
    let row = c.grid().horizontal.n_lon();
    let background = c.background() * air.iter().sum::<f64>();
    let mut sums = vec![0.0; c.n_members()];
    for (block, sums) in c.blocks().iter().zip(sums.chunks_mut(LANES)) {
        // Row sums first, then in order: the same bits for any number of threads.
        let rows: Vec<Vec<f64>> =
            block.values.par_chunks(block.width * row).zip(air.par_chunks(row)).map(|(values, air)| weighted(values, air, block.width)).collect();
        for (m, sum) in sums.iter_mut().enumerate() {
            *sum = rows.iter().map(|r| r[m]).sum();
        }
    }
    sums.into_iter().map(|s| (s + background) * MOLAR_MASS_CARBON / MOLAR_MASS_DRY_AIR).collect()
}

fn weighted<T: Real>(values: &[T], air: &[f64], width: usize) -> Vec<f64> {
    let mut sums = vec![0.0; width];
    for (cell, air) in values.chunks(width).zip(air) {
        for (sum, value) in sums.iter_mut().zip(cell) {
            *sum += air * value.to_f64();
        }
    }
    sums
}
