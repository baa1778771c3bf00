//! Advection of all members by the same winds.
//!
//! Flux form, piecewise parabolic, semi-Lagrangian in longitude (Lin and Rood 1996). One direction after the other, in turns of
//! zonal first and meridional first, each with the air that the one before has left (Easter 1993): so every part of the
//! step, and with it the whole, is strictly monotone, which the cross terms of Lin and Rood are not. Every update is in delta form,
//! q += sum(F / M*) (q_face - q), with F the air through a face in a step and M* the air left in the cell \[kg\],
//! so that a constant survives to the last bit.

mod level;
mod meridional;
mod parabola;
mod sweep;
mod vertical;
mod walk;
mod zonal;

pub use level::{HorizontalPlan, LevelPlan, Order};
pub use parabola::{Limiter, Monotone};
pub use vertical::{Rung, Vertical, VerticalScratch, vertical};

use crate::ensemble::{Block, Real};
use crate::transport::lanes::{Kernel, Processor};
use crate::transport::scratch::Pool;
use rayon::prelude::*;
use std::fmt;

/// An advection scheme: how the parabolas are limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advection {
    /// Piecewise parabolic, no new extremum (Lin 2004).
    Monotone(Monotone),
}

impl Default for Advection {
    fn default() -> Self {
        Advection::Monotone(Monotone)
    }
}

impl fmt::Display for Advection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Advection::Monotone(_) => f.write_str("advection::monotone()"),
        }
    }
}

/// Scratch of one thread for one level.
pub struct LevelScratch<T, const W: usize> {
    between: Vec<[T; W]>,
    zonal: zonal::ZonalScratch<T, W>,
    meridional: meridional::MeridionalScratch<T, W>,
}

/// The horizontal step of one level.
struct LevelKernel<'a, T, L, const W: usize> {
    values: &'a mut [[T; W]],
    plan: &'a LevelPlan<T>,
    scratch: &'a mut LevelScratch<T, W>,
    limiter: std::marker::PhantomData<L>,
}

impl<T: Real, L: Limiter, const W: usize> Kernel for LevelKernel<'_, T, L, W> {
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let LevelKernel { values, plan, scratch, .. } = self;
        let LevelScratch { between, zonal: z, meridional: m } = scratch;
        for pole in [0, (plan.n_lat - 1) * plan.n_lon] {
            unite::<T, W>(&mut values[pole..pole + plan.n_lon]);
        }
        match plan.order {
            Order::ZonalFirst => {
                zonal::zonal::<T, L, W, FMA>(values, between, plan, z);
                meridional::meridional::<T, L, W, FMA>(between, values, plan, m);
            }
            Order::MeridionalFirst => {
                meridional::meridional::<T, L, W, FMA>(values, between, plan, m);
                zonal::zonal::<T, L, W, FMA>(between, values, plan, z);
            }
        }
    }
}

/// The cells of a polar row, equal in mass, take their mean; equal values keep their bits.
#[inline(always)]
fn unite<T: Real, const W: usize>(row: &mut [[T; W]]) {
    let first = row[0];
    let share = T::from_f64(1.0 / row.len() as f64);
    let mut mean = [T::default(); W];
    for cell in row.iter() {
        for m in 0..W {
            mean[m] += cell[m] - first[m];
        }
    }
    for m in 0..W {
        mean[m] = first[m] + share * mean[m];
    }
    row.fill(mean);
}

/// Moves every level of a block horizontally, in place.
pub fn horizontal<T: Real, const W: usize>(
    scheme: Advection,
    block: &mut Block<T>,
    plan: &HorizontalPlan<T>,
    processor: Processor,
    pool: &Pool<LevelScratch<T, W>>,
) {
    let Advection::Monotone(limiter) = scheme;
    levels::<T, _, W>(limiter, block, plan, processor, pool);
}

fn levels<T: Real, L: Limiter, const W: usize>(
    _limiter: L,
    block: &mut Block<T>,
    plan: &HorizontalPlan<T>,
    processor: Processor,
    pool: &Pool<LevelScratch<T, W>>,
) {
    let (values, _) = block.values.as_chunks_mut::<W>();
    let n_cells = values.len() / plan.levels.len();
    values.par_chunks_mut(n_cells).zip(&plan.levels).with_max_len(1).for_each(|(values, plan)| {
        let make = || LevelScratch {
            between: vec![[T::default(); W]; n_cells],
            zonal: zonal::ZonalScratch::new(plan.n_lon),
            meridional: meridional::MeridionalScratch::new(),
        };
        pool.with(make, |scratch| processor.run(LevelKernel::<T, L, W> { values, plan, scratch, limiter: std::marker::PhantomData }));
    });
}
