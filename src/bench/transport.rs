//! How long the transport takes on this machine, beside what the machine itself can do, measured in
//! the same run.

use super::machine::{bandwidth, milliseconds, multiply_adds, peak_memory};
use crate::ensemble::{Concentrations, Real};
use crate::error::{Error, Result};
use crate::flux::{PriorFlux, Product, SurfaceFlux, land_fraction};
use crate::grid::Grid;
use crate::meteorology::{BuiltIn, BuiltInOptions, Meteorology};
use crate::time::{DAY, HOUR, Time};
use crate::transport::kernel::{Emission, StepPlan, Workspace, prepare};
use crate::transport::{Processes, Transport, TransportOptions};
use ndarray::Array2;
use rayon::prelude::*;
use serde::Serialize;
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

/// What is measured.
#[derive(Debug, Clone)]
pub struct TransportCost {
    /// Cells in degrees (lat, lon), on 47 levels.
    pub cells: (f64, f64),
    /// Number of members.
    pub members: usize,
    /// How it steps.
    pub options: TransportOptions,
}

/// What was measured. Times are of all threads together by the clock; a member-step is one member
/// moved by one step.
#[derive(Debug, Clone, Serialize)]
pub struct TransportTimings {
    /// `f32` or `f64`.
    pub precision: &'static str,
    /// Number of members.
    pub members: usize,
    /// Threads at work.
    pub threads: usize,
    /// Cells (level, lat, lon).
    pub shape: (usize, usize, usize),
    /// Step of advection \[s\].
    pub dt_s: f64,
    /// Longest step of emission, mixing and convection \[s\].
    pub column_dt_s: f64,
    /// The whole model, meteorology and fluxes included.
    pub seconds_per_day: f64,
    /// Horizontal and vertical advection.
    pub advection_ms_per_member_step: f64,
    /// Horizontal advection alone.
    pub horizontal_ms_per_member_step: f64,
    /// Emission, mixing and convection.
    pub columns_ms_per_member_step: f64,
    /// One forcing of the built-in meteorology, of 3 hours.
    pub forcing_ms: f64,
    /// What the members share in one step: the plan.
    pub plan_ms: f64,
    /// Memory bandwidth of the machine: a = b + s c \[GB s-1\].
    pub bandwidth_gb_s: f64,
    /// Multiply-add rate of the machine in this precision \[GFLOP s-1\].
    pub fma_gflop_s: f64,
    /// Most memory the program held while the whole model ran.
    pub peak_rss_mb: f64,
}

impl TransportCost {
    /// Measures in the precision of `T`.
    ///
    /// # Errors
    /// A grid, number of members or step that the transport refuses.
    pub fn measure<T: Real>(&self) -> Result<TransportTimings> {
        let grid = Grid::geos(self.cells.0, self.cells.1)?;
        let met = BuiltIn::new(
            &grid,
            Some(land_fraction(&grid.horizontal)),
            BuiltInOptions::default(),
        )?;
        let met: Arc<dyn Meteorology> = Arc::new(met);
        let start = Time::from_date(2016, 7, 1)?;
        let mut c = varied::<T>(&grid, self.members)?;
        let seconds_per_day = self.seconds_of_day(&met, &mut c, start)?;
        // Here, for the plans side by side and the arrays that follow are those of the measurement.
        let peak_rss_mb = peak_memory();
        let forcing_ms = milliseconds(3, |k| {
            met.forcing(start.plus((10 + k) as f64 * 3.0 * HOUR))
                .map(|_| ())
        })?;
        let [horizontal, vertical, all] = self.parts(&grid, &met, &mut c, start)?;
        let plan_ms = self
            .plan::<T>(&grid, &met, start, Processes::default())
            .map(|x| x.1)?;
        let member = |ms: f64| ms / self.members as f64;
        Ok(TransportTimings {
            precision: if size_of::<T>() == 4 { "f32" } else { "f64" },
            members: self.members,
            threads: rayon::current_num_threads(),
            shape: grid.shape(),
            dt_s: self.options.step,
            column_dt_s: self.options.column_step.unwrap_or(self.options.step),
            seconds_per_day,
            advection_ms_per_member_step: member(horizontal + vertical),
            horizontal_ms_per_member_step: member(horizontal),
            columns_ms_per_member_step: member((all - vertical).max(0.0)),
            forcing_ms,
            plan_ms,
            bandwidth_gb_s: bandwidth(),
            fma_gflop_s: multiply_adds::<T>(),
            peak_rss_mb,
        })
    }

    /// Seconds for a day of the whole model with the prior fluxes, from six hours after three.
    fn seconds_of_day<T: Real>(
        &self,
        met: &Arc<dyn Meteorology>,
        c: &mut Concentrations<T>,
        start: Time,
    ) -> Result<f64> {
        let transport = Transport::new(met.clone(), self.options.clone())?;
        let flux = PriorFlux::new(&met.grid().horizontal, Product::group_1());
        let factors = Array2::ones((flux.n_factors(), self.members));
        let mut run = |from: f64, to: f64| {
            let begun = Instant::now();
            transport.advance(
                c,
                start.plus(from * HOUR),
                start.plus(to * HOUR),
                Some((&flux, factors.view())),
                &mut (),
            )?;
            Ok(begun.elapsed().as_secs_f64())
        };
        run(0.0, 3.0)?;
        Ok(run(3.0, 9.0)? * DAY / (6.0 * HOUR))
    }

    /// Milliseconds of one step: horizontal; columns with vertical advection only; columns with
    /// everything.
    fn parts<T: Real>(
        &self,
        grid: &Arc<Grid>,
        met: &Arc<dyn Meteorology>,
        c: &mut Concentrations<T>,
        start: Time,
    ) -> Result<[f64; 3]> {
        let none = Processes {
            advection: true,
            emission: false,
            mixing: false,
            convection: false,
        };
        let (moving, _) = self.plan::<T>(grid, met, start, none)?;
        let (everything, _) = self.plan::<T>(grid, met, start, Processes::default())?;
        let workspace = Workspace::new(c);
        let emission = Emission::new();
        let mut time = |plan: &StepPlan<T>| {
            milliseconds(5, |_| {
                workspace.step(self.options.advection, c, plan, &emission);
                Ok(())
            })
        };
        let (both, vertical, all) = (
            time(&moving)?,
            time(&moving.columns_only())?,
            time(&everything.columns_only())?,
        );
        Ok([(both - vertical).max(0.0), vertical, all])
    }

    /// The plan of a step, and the milliseconds it took.
    fn plan<T: Real>(
        &self,
        grid: &Arc<Grid>,
        met: &Arc<dyn Meteorology>,
        start: Time,
        processes: Processes,
    ) -> Result<(StepPlan<T>, f64)> {
        let options = TransportOptions {
            processes,
            ..self.options.clone()
        };
        let forcing = met.forcing(start)?;
        let mut plans = Vec::new();
        // Every turn a step of another length, so that none serves the next.
        let ms = milliseconds(3, |turn| {
            prepare(
                &mut plans,
                (grid, &options),
                &forcing,
                start,
                options.step - (turn % 2) as f64,
            )
        })?;
        plans
            .into_iter()
            .next()
            .map(|plan| (plan, ms))
            .ok_or_else(|| Error::new("no plan was made"))
    }
}

/// Fields that differ from cell to cell and from member to member.
fn varied<T: Real>(grid: &Arc<Grid>, members: usize) -> Result<Concentrations<T>> {
    let mut c = Concentrations::uniform(grid, members, 4e-4)?;
    for block in c.blocks_mut() {
        let width = block.width;
        block
            .values
            .par_chunks_mut(width)
            .enumerate()
            .for_each(|(cell, values)| {
                values
                    .iter_mut()
                    .enumerate()
                    .for_each(|(m, v)| *v = T::from_f64(1e-6 * ((cell * 31 + m * 17) % 97) as f64));
            });
    }
    Ok(c)
}

impl fmt::Display for TransportTimings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (levels, lats, lons) = self.shape;
        writeln!(
            f,
            "{lons} x {lats} x {levels} cells, {} members, {}, {} threads",
            self.members, self.precision, self.threads
        )?;
        writeln!(
            f,
            "advection at {} s, columns at {} s",
            self.dt_s, self.column_dt_s
        )?;
        writeln!(
            f,
            "  whole model        {:8.2} s a simulated day",
            self.seconds_per_day
        )?;
        writeln!(
            f,
            "  advection          {:8.3} ms a member-step, {:.3} of them horizontal",
            self.advection_ms_per_member_step, self.horizontal_ms_per_member_step
        )?;
        writeln!(
            f,
            "  emission, mixing, convection {:.3} ms a member-step",
            self.columns_ms_per_member_step
        )?;
        writeln!(
            f,
            "  shared by members  {:8.2} ms a forcing, {:.2} ms a plan",
            self.forcing_ms, self.plan_ms
        )?;
        writeln!(
            f,
            "  this machine       {:8.1} GB/s, {:.0} GFLOP/s",
            self.bandwidth_gb_s, self.fma_gflop_s
        )?;
        write!(f, "  most memory        {:8.0} MB", self.peak_rss_mb)
    }
}
