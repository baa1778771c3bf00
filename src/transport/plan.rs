//! Cached coefficients of a step that all members share, formed once.

use super::TransportOptions;
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
    /// The horizontal step, if air moves.
    pub horizontal: Option<HorizontalPlan<T>>,
    /// The columns after it.
    pub columns: Arc<ColumnPlan<T>>,
    forcing: Arc<Forcing>,
    start: Time,
    dt: f64,
}

impl<T: Real> StepPlan<T> {
    /// The plan from `start` for `dt` seconds within one forcing; the columns may come from the
    /// plan of the other order, or else their memory from a plan that is no longer needed.
    fn new(
        (grid, options): (&Grid, &TransportOptions),
        forcing: &Arc<Forcing>,
        start: Time,
        dt: f64,
        columns: Columns<T>,
    ) -> Result<Self> {
        let [first, last] = &forcing.surface_pressure;
        let before = air_masses(grid, &forcing.surface_pressure_at(start));
        let after =
            (first != last).then(|| air_masses(grid, &forcing.surface_pressure_at(start.plus(dt))));
        let (horizontal, between) = if options.processes.advection {
            let (plan, between) = HorizontalPlan::new(forcing, &before, dt, order(start, dt))?;
            (Some(plan), Some(between))
        } else {
            (None, None)
        };
        let columns = match columns {
            Columns::Reuse(columns) => columns,
            Columns::Form(recycled) => {
                let after = after.as_ref().unwrap_or(&before);
                Arc::new(ColumnPlan::new(
                    recycled,
                    (grid, options),
                    forcing,
                    [between.as_ref().unwrap_or(after), after],
                    dt,
                ))
            }
        };
        Ok(StepPlan {
            horizontal,
            columns,
            forcing: forcing.clone(),
            start,
            dt,
        })
    }

    /// The same without the horizontal step.
    pub fn columns_only(&self) -> Self {
        StepPlan {
            horizontal: None,
            columns: self.columns.clone(),
            forcing: self.forcing.clone(),
            start: self.start,
            dt: self.dt,
        }
    }

    /// Whether the horizontal step of some level is taken in parts.
    pub fn divided(&self) -> bool {
        self.horizontal
            .as_ref()
            .is_some_and(HorizontalPlan::divided)
    }

    /// Whether its columns serve another step: the same forcing and length and, where surface
    /// pressure changes, the same start.
    fn columns_serve(&self, forcing: &Arc<Forcing>, start: Time, dt: f64) -> bool {
        let [first, last] = &forcing.surface_pressure;
        Arc::ptr_eq(&self.forcing, forcing)
            && self.dt == dt
            && (self.start == start || first == last)
    }

    /// Whether it serves another step: its columns do, and the same direction goes first.
    fn serves(&self, forcing: &Arc<Forcing>, start: Time, dt: f64) -> bool {
        self.columns_serve(forcing, start, dt) && order(self.start, dt) == order(start, dt)
    }
}

/// The columns of a plan: those of another plan, or memory in which to form them.
enum Columns<T> {
    Reuse(Arc<ColumnPlan<T>>),
    Form(ColumnPlan<T>),
}

/// Drops all plans but the memory of their columns.
fn recycled<T: Real>(plans: &mut Vec<StepPlan<T>>) -> ColumnPlan<T> {
    plans
        .drain(..)
        .filter_map(|p| Arc::into_inner(p.columns))
        .next()
        .unwrap_or_default()
}

/// The direction that goes first in the step from `start`: by the clock, so that a run in pieces is
/// the run in one.
fn order(start: Time, dt: f64) -> Order {
    Order::of_step(start.seconds().div_euclid(dt as i64))
}

/// Puts the plan of a step first in `plans`: a cached one if it serves, else a new one. Two are
/// cached, one for each order of directions.
///
/// # Errors
/// A step that is too long for the wind.
pub fn prepare<T: Real>(
    plans: &mut Vec<StepPlan<T>>,
    model: (&Grid, &TransportOptions),
    forcing: &Arc<Forcing>,
    start: Time,
    dt: f64,
) -> Result<()> {
    match plans.iter().position(|p| p.serves(forcing, start, dt)) {
        Some(position) => plans.swap(0, position),
        None => {
            plans.truncate(1);
            let serving = plans
                .iter()
                .find(|p| p.columns_serve(forcing, start, dt))
                .map(|p| p.columns.clone());
            // They are large: what serves no more goes before the next is made, which takes its
            // memory.
            let columns = serving.map_or_else(|| Columns::Form(recycled(plans)), Columns::Reuse);
            plans.insert(0, StepPlan::new(model, forcing, start, dt, columns)?);
        }
    }
    Ok(())
}
