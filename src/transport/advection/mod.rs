//! Advection of all members by the same winds.
//!
//! Flux form, piecewise parabolic, semi-Lagrangian in longitude (Lin and Rood 1996). One direction
//! after the other, in turns of zonal first and meridional first, each with the air that the one
//! before has left (Easter 1993): so every part of the step, and with it the whole, is as monotone
//! as its parabolas are limited, which the cross terms of Lin and Rood are not. Every update is in
//! delta form, q += sum(F / M*) (q_face - q), with F the air through a face in a step and M* the
//! air left in the cell \[kg\], so that a constant survives to the last bit.

mod integer_courant;
mod level;
mod meridional;
mod parabola;
mod sweep;
mod vertical;
mod zonal;

pub use level::{HorizontalPlan, LevelPlan, Order};
pub use parabola::{Limiter, Linear, Monotone, Smooth};
pub use vertical::{LayerFlux, Vertical, VerticalScratch, vertical};

use crate::ensemble::{Block, Real};
use crate::transport::lanes::{Kernel, Processor};
use crate::transport::scratch::Pool;
use rayon::prelude::*;
use std::fmt;
use std::marker::PhantomData;

/// An advection scheme: how the parabolas are limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advection {
    /// No new extremum (Lin 2004).
    Monotone(Monotone),
    /// No new extremum of a level, and smooth extrema kept.
    Smooth(Smooth),
    /// Not limited.
    Linear(Linear),
}

impl Advection {
    /// One of each.
    pub fn all() -> [Advection; 3] {
        [
            Advection::Monotone(Monotone),
            Advection::Smooth(Smooth),
            Advection::Linear(Linear),
        ]
    }
}

impl Default for Advection {
    fn default() -> Self {
        Advection::Monotone(Monotone)
    }
}

impl fmt::Display for Advection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Advection::Monotone(_) => "advection::monotone()",
            Advection::Smooth(_) => "advection::smooth()",
            Advection::Linear(_) => "advection::linear()",
        })
    }
}

/// Scratch of one thread for one level.
pub struct LevelScratch<T, const W: usize> {
    /// The level, where the members in memory are more than the kernel takes.
    part: Vec<[T; W]>,
    between: Vec<[T; W]>,
    zonal: zonal::ZonalScratch<T, W>,
    meridional: meridional::MeridionalScratch<T, W>,
}

/// The horizontal step of one level, of `parts` times W members; `plans`: the parts of the step.
struct LevelKernel<'a, T, L, const W: usize> {
    values: &'a mut [[T; W]],
    parts: usize,
    plans: &'a [LevelPlan<T>],
    scratch: &'a mut LevelScratch<T, W>,
    limiter: PhantomData<L>,
}

impl<T: Real, L: Limiter, const W: usize> Kernel for LevelKernel<'_, T, L, W> {
    const WIDTH: (usize, usize) = (W, size_of::<[T; W]>());

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let LevelKernel {
            values,
            parts,
            plans,
            scratch,
            ..
        } = self;
        let mut part = std::mem::take(&mut scratch.part);
        for p in 0..parts {
            if parts > 1 {
                part.iter_mut()
                    .zip(values.iter().skip(p).step_by(parts))
                    .for_each(|(to, from)| *to = *from);
            }
            for plan in plans {
                one_level::<T, L, W, FMA>(
                    if parts > 1 { &mut part } else { &mut *values },
                    plan,
                    scratch,
                );
            }
            if parts > 1 {
                values
                    .iter_mut()
                    .skip(p)
                    .step_by(parts)
                    .zip(&part)
                    .for_each(|(to, from)| *to = *from);
            }
        }
        scratch.part = part;
    }
}

#[inline(always)]
fn one_level<T: Real, L: Limiter, const W: usize, const FMA: bool>(
    values: &mut [[T; W]],
    plan: &LevelPlan<T>,
    scratch: &mut LevelScratch<T, W>,
) {
    let LevelScratch {
        between,
        zonal: z,
        meridional: m,
        ..
    } = scratch;
    for pole in [0, (plan.n_lat - 1) * plan.n_lon] {
        unite::<T, W>(&mut values[pole..pole + plan.n_lon]);
    }
    if L::CURVED {
        let range = range::<T, W>(values);
        z.keep_within(&range);
        m.keep_within(&range);
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

/// Least and greatest value of each member.
#[inline(always)]
fn range<T: Real, const W: usize>(values: &[[T; W]]) -> [[T; W]; 2] {
    let [mut least, mut most] = [values[0]; 2];
    for cell in values {
        for m in 0..W {
            least[m] = cell[m].lesser(least[m]);
            most[m] = cell[m].greater(most[m]);
        }
    }
    [least, most]
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

/// Moves every level of a block horizontally, in place, W members at a time.
pub fn horizontal<T: Real, L: Limiter, const W: usize>(
    block: &mut Block<T>,
    plan: &HorizontalPlan<T>,
    processor: Processor,
    pool: &Pool<LevelScratch<T, W>>,
) {
    let parts = block.width / W;
    let (values, _) = block.values.as_chunks_mut::<W>();
    let n_cells = values.len() / plan.levels.len() / parts;
    values
        .par_chunks_mut(n_cells * parts)
        .zip(&plan.levels)
        .with_max_len(1)
        .for_each(|(values, plans)| {
            let make = || LevelScratch {
                part: vec![[T::default(); W]; if parts > 1 { n_cells } else { 0 }],
                between: vec![[T::default(); W]; n_cells],
                zonal: zonal::ZonalScratch::new(plans[0].n_lon),
                meridional: meridional::MeridionalScratch::new(),
            };
            pool.with(make, |scratch| {
                // A narrow last block may have made it.
                scratch
                    .part
                    .resize(if parts > 1 { n_cells } else { 0 }, [T::default(); W]);
                processor.run(LevelKernel::<T, L, W> {
                    values,
                    parts,
                    plans,
                    scratch,
                    limiter: PhantomData,
                });
            });
        });
}
