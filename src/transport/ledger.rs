//! Carbon in the air, and the carbon budget of a run.

use crate::ensemble::{Concentrations, LANES, Real};
use crate::error::{Error, Result, Warning};
use crate::meteorology::air_masses;
use crate::units::{MOLAR_MASS_CARBON, MOLAR_MASS_DRY_AIR};
use ndarray::Array2;
use rayon::prelude::*;

/// What went in, what decayed and what is there, per member \[kg C\], and how the steps went. It
/// closes: after - before - emitted + decayed is rounding. Of another gas than CO2, 12.011e-3 kg C
/// stand for a mole.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ledger {
    /// Carbon emitted.
    pub emitted: Vec<f64>,
    /// Carbon lost by decay.
    pub decayed: Vec<f64>,
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
    /// Appends the members of another run over the same time.
    pub fn extend(&mut self, other: Ledger) {
        self.emitted.extend(other.emitted);
        self.decayed.extend(other.decayed);
        self.mass_before.extend(other.mass_before);
        self.mass_after.extend(other.mass_after);
        self.steps = self.steps.max(other.steps);
        self.divided_steps = self.divided_steps.max(other.divided_steps);
    }

    /// What is not accounted for in a member, after - before - emitted + decayed \[kg C\].
    pub fn unaccounted(&self, member: usize) -> f64 {
        self.mass_after[member] - self.mass_before[member] - self.emitted[member]
            + self.decayed[member]
    }

    /// What is not accounted for, relative to the mass before or what was emitted, whichever is
    /// greater; the greatest of any member, NaN where one is not a number.
    pub fn imbalance(&self) -> f64 {
        let greater = |a: f64, b: f64| if a.is_nan() || a > b { a } else { b };
        (0..self.mass_after.len())
            .map(|m| self.imbalance_of(m))
            .fold(0.0, greater)
    }

    /// The same of one member; 0 where there was nothing.
    pub fn imbalance_of(&self, member: usize) -> f64 {
        let (before, emitted) = (self.mass_before[member].abs(), self.emitted[member].abs());
        match self.unaccounted(member).abs() {
            0.0 => 0.0,
            missing => missing / before.max(emitted),
        }
    }

    /// Refuses a run after which the air of some member is not a number any more.
    ///
    /// # Errors
    /// The first such member, with what was emitted.
    pub(super) fn check(&self) -> Result<()> {
        match self.mass_after.iter().position(|m| !m.is_finite()) {
            None => Ok(()),
            Some(member) => Err(Error::new("the air is not a number after the run")
                .expected("finite concentrations")
                .got(format!(
                    "{} kg C from {} kg C and {} kg C emitted",
                    self.mass_after[member], self.mass_before[member], self.emitted[member]
                ))
                .at(format!("member {member}"))
                .hint("a flux in its own unit, and concentrations without missing values")),
        }
    }

    /// That steps were taken in parts, if some were.
    pub fn warning(&self) -> Option<Warning> {
        let message = format!(
            "{} of {} steps were too long for the wind somewhere, and taken in parts there",
            self.divided_steps, self.steps
        );
        (self.divided_steps > 0).then(|| Warning::new("step_taken_in_parts", message))
    }
}

/// Carbon in the air of each member under a dry surface pressure (lat, lon) \[Pa\], in kg C.
pub fn global_mass<T: Real>(c: &Concentrations<T>, surface_pressure: &Array2<f64>) -> Vec<f64> {
    let air = air_masses(c.grid(), surface_pressure);
    let air = air.as_slice().expect("freshly made arrays are contiguous");
    let row = c.grid().horizontal.n_lon();
    let mass = air.iter().sum::<f64>();
    let mut sums = vec![0.0; c.n_members()];
    for (block, sums) in c.blocks().iter().zip(sums.chunks_mut(LANES)) {
        // Row sums first, then in order: the same bits for any number of threads.
        let rows: Vec<Vec<f64>> = block
            .values
            .par_chunks(block.width * row)
            .zip(air.par_chunks(row))
            .map(|(values, air)| weighted(values, air, block.width))
            .collect();
        for (m, sum) in sums.iter_mut().enumerate() {
            *sum = rows.iter().map(|r| r[m]).sum();
        }
    }
    sums.into_iter()
        .zip(c.background())
        .map(|(s, background)| (s + background * mass) * MOLAR_MASS_CARBON / MOLAR_MASS_DRY_AIR)
        .collect()
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
