//! Everything of a step that the members share, formed once for all of them.

use super::advection::HorizontalPlan;
use super::columns::ColumnPlan;
use crate::ensemble::Real;
use crate::error::Result;
use crate::grid::Grid;
use crate::meteorology::{Forcing, air_masses};
use crate::time::Time;
use std::sync::Arc;

/// The plan of one step.
pub struct StepPlan<T> {
    /// The horizontal step.
    pub horizontal: HorizontalPlan<T>,
    /// The columns after it.
    pub columns: ColumnPlan<T>,
    forcing: Arc<Forcing>,
    start: Time,
    dt: f64,
}

impl<T: Real> StepPlan<T> {
    /// The plan from `start` for `dt` seconds within one forcing.
    pub fn new(grid: &Grid, forcing: &Arc<Forcing>, start: Time, dt: f64) -> Result<Self> {
        let [before, after] = [start, start.plus(dt)].map(|t| air_masses(grid, &forcing.surface_pressure_at(t)));
        let (horizontal, between) = HorizontalPlan::new(forcing, &before, dt)?;
        let columns = ColumnPlan::new(grid, forcing, &between, &after, dt);
        Ok(StepPlan { horizontal, columns, forcing: forcing.clone(), start, dt })
    }

    /// Whether it serves another step: the same forcing and length and, where surface pressure changes, the same start.
    pub fn serves(&self, forcing: &Arc<Forcing>, start: Time, dt: f64) -> bool {
        let [first, last] = &forcing.surface_pressure;
        Arc::ptr_eq(&self.forcing, forcing) && self.dt == dt && (self.start == start || first == last)
    }
}
