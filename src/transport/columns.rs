//! Everything that happens inside a column, in one pass over memory: vertical advection, emission into the lowest
//! layer, turbulent mixing, convection.

use super::advection::{Limiter, Vertical, VerticalScratch, vertical};
use super::column_plan::ColumnPlan;
use super::convection::lift;
use super::diffusion::mix;
use super::lanes::{Kernel, Processor};
use super::scratch::Pool;
use crate::ensemble::{Block, Real};
use ndarray::parallel::prelude::*;
use ndarray::{ArrayViewMut2, Axis};
use std::marker::PhantomData;

/// Columns side by side in one tile.
pub const TILE: usize = 4;

impl<T: Real> ColumnPlan<T> {
    /// Does it all for a block. `emission` (cell, member) \[kg C m-2 s-1\] may be empty.
    pub fn apply<L: Limiter, const W: usize>(
        &self,
        _limiter: L,
        block: &mut Block<T>,
        emission: &[T],
        processor: Processor,
        pool: &Pool<TileScratch<T, W>>,
    ) {
        let cells = self.reach.len();
        let (values, _) = block.values.as_chunks_mut::<W>();
        let mut view = ArrayViewMut2::from_shape((self.n_levels, cells), values).expect("a block holds every cell");
        let (emission, _) = emission.as_chunks::<W>();
        // A few tiles at a time, so that scratch is fetched rarely.
        let group = 8 * TILE;
        view.axis_chunks_iter_mut(Axis(1), group).into_par_iter().enumerate().for_each(|(g, columns)| {
            pool.with(
                || TileScratch::new(self.n_levels),
                |scratch| processor.run(GroupKernel::<T, L, W> { plan: self, columns, first: g * group, emission, scratch, limiter: PhantomData }),
            );
        });
    }
}

/// Scratch of one thread for one tile.
pub struct TileScratch<T, const W: usize> {
    values: Vec<[T; W]>,
    change: Vec<[T; W]>,
    vertical: VerticalScratch<T, W>,
}

impl<T: Real, const W: usize> TileScratch<T, W> {
    fn new(n_levels: usize) -> Self {
        let levels = |n: usize| vec![[T::default(); W]; n];
        TileScratch { values: levels(n_levels * TILE), change: levels(n_levels + 1), vertical: VerticalScratch::new() }
    }
}

struct GroupKernel<'a, T, L, const W: usize> {
    plan: &'a ColumnPlan<T>,
    columns: ArrayViewMut2<'a, [T; W]>,
    first: usize,
    emission: &'a [[T; W]],
    scratch: &'a mut TileScratch<T, W>,
    limiter: PhantomData<L>,
}

impl<T: Real, L: Limiter, const W: usize> Kernel for GroupKernel<'_, T, L, W> {
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let GroupKernel { plan, mut columns, first, emission, scratch, .. } = self;
        for (t, mut tile) in columns.axis_chunks_iter_mut(Axis(1), TILE).enumerate() {
            let width = tile.ncols();
            for (row, here) in tile.rows().into_iter().zip(scratch.values.chunks_mut(width)) {
                here.copy_from_slice(row.to_slice().expect("cells of a level lie side by side"));
            }
            for column in 0..width {
                one_column::<T, L, W, FMA>(plan, first + t * TILE + column, column, width, emission, scratch);
            }
            for (mut row, here) in tile.rows_mut().into_iter().zip(scratch.values.chunks(width)) {
                row.as_slice_mut().expect("cells of a level lie side by side").copy_from_slice(here);
            }
        }
    }
}

#[inline(always)]
fn one_column<T: Real, L: Limiter, const W: usize, const FMA: bool>(
    plan: &ColumnPlan<T>,
    cell: usize,
    column: usize,
    width: usize,
    emission: &[[T; W]],
    scratch: &mut TileScratch<T, W>,
) {
    let TileScratch { values, change, vertical: v } = scratch;
    let (first, reach) = (cell * plan.n_levels, plan.reach[cell]);
    let rungs = &plan.rungs[first..first + plan.n_levels];
    vertical::<T, L, W, FMA>(values, width, column, Vertical { rungs, parts: reach.vertical_parts }, v);
    if let Some(flux) = emission.get(cell) {
        for (value, flux) in values[column].iter_mut().zip(flux) {
            *value += reach.emission * *flux;
        }
    }
    mix::<T, W, FMA>(values, width, column, &plan.mixing[first..first + reach.mixed_levels], change);
    lift::<T, W, FMA>(values, width, column, &plan.lifts[first..first + reach.lifted_levels], reach.lift_parts);
}
