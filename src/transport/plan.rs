//! Everything of a step that the members share, formed once for all of them.

use super::advection::{HorizontalPlan, Order};
use super::column_plan::ColumnPlan;
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
    pub columns: Arc<ColumnPlan<T>>,
    forcing: Arc<Forcing>,
    start: Time,
    dt: f64,
}

impl<T: Real> StepPlan<T> {
    /// The plan from `start` for `dt` seconds within one forcing; the columns may come from the plan of the other order.
    fn new(grid: &Grid, forcing: &Arc<Forcing>, start: Time, dt: f64, columns: Option<Arc<ColumnPlan<T>>>) -> Result<Self> {
        let before = air_masses(grid, &forcing.surface_pressure_at(start));
        let (horizontal, between) = HorizontalPlan::new(forcing, &before, dt, order(start, dt))?;
        let columns = columns.unwrap_or_else(|| {
            let [first, last] = &forcing.surface_pressure;
            let after = (first != last).then(|| air_masses(grid, &forcing.surface_pressure_at(start.plus(dt))));
            Arc::new(ColumnPlan::new(grid, forcing, &between, after.as_ref().unwrap_or(&before), dt))
        });
        Ok(StepPlan { horizontal, columns, forcing: forcing.clone(), start, dt })
    }

    /// Whether its columns serve another step: the same forcing and length and, where surface pressure changes, the same start.
    fn columns_serve(&self, forcing: &Arc<Forcing>, start: Time, dt: f64) -> bool {
        let [first, last] = &forcing.surface_pressure;
        Arc::ptr_eq(&self.forcing, forcing) && self.dt == dt && (self.start == start || first == last)
    }

    /// Whether it serves another step: its columns do, and the same direction goes first.
    fn serves(&self, forcing: &Arc<Forcing>, start: Time, dt: f64) -> bool {
        self.columns_serve(forcing, start, dt) && order(self.start, dt) == order(start, dt)
    }
}

/// The direction that goes first in the step from `start`: by the clock, so that a run in pieces is the run in one.
fn order(start: Time, dt: f64) -> Order {
    if start.seconds().div_euclid(dt as i64) % 2 == 0 { Order::ZonalFirst } else { Order::MeridionalFirst }
}

/// Brings the plan of a step to the front of `plans`, making it if none there serves. Two are kept: one for each order of directions.
pub fn find<T: Real>(plans: &mut Vec<StepPlan<T>>, grid: &Grid, forcing: &Arc<Forcing>, start: Time, dt: f64) -> Result<()> {
    match plans.iter().position(|p| p.serves(forcing, start, dt)) {
        Some(place) => plans.swap(0, place),
        None => {
            plans.truncate(1);
            let columns = plans.iter().find(|p| p.columns_serve(forcing, start, dt)).map(|p| p.columns.clone());
            plans.insert(0, StepPlan::new(grid, forcing, start, dt, columns)?);
        }
    }
    Ok(())
}
