//! All column processes, in one pass over memory: vertical advection, then, in
//! one or more parts of the step, emission, turbulent mixing and convection.

use super::advection::{Limiter, Vertical, VerticalScratch, vertical};
use super::column_plan::ColumnPlan;
use super::convection::lift;
use super::diffusion::mix;
use super::lanes::{Kernel, Processor, fetch_ahead};
use super::scratch::Pool;
use crate::ensemble::{Block, Real};
use ndarray::parallel::prelude::*;
use ndarray::{ArrayView2, ArrayViewMut2, ArrayViewMut3, Axis, s};
use std::marker::PhantomData;

/// Columns side by side in one tile.
pub(crate) const TILE: usize = 4;

impl<T: Real> ColumnPlan<T> {
    /// Does it all for a block, W members at a time. `emission` (cell, member) \[kg C m-2 s-1\] may
    /// be empty.
    pub fn apply<L: Limiter, const W: usize>(
        &self,
        block: &mut Block<T>,
        emission: &[T],
        processor: Processor,
        pool: &Pool<TileScratch<T, W>>,
    ) {
        let (cells, parts) = (self.reach.len(), block.width / W);
        let (values, _) = block.values.as_chunks_mut::<W>();
        let mut view = ArrayViewMut3::from_shape((self.n_levels, cells, parts), values)
            .expect("a block holds every cell");
        let (emission, _) = emission.as_chunks::<W>();
        // A few tiles at a time, so that scratch is fetched rarely.
        let group = 8 * TILE;
        view.axis_chunks_iter_mut(Axis(1), group)
            .into_par_iter()
            .enumerate()
            .for_each(|(g, columns)| {
                pool.with(
                    || TileScratch::new(self.n_levels),
                    |scratch| {
                        processor.run(GroupKernel::<T, L, W> {
                            plan: self,
                            columns,
                            first: g * group,
                            emission,
                            scratch,
                            limiter: PhantomData,
                        })
                    },
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
        TileScratch {
            values: levels(n_levels * TILE),
            change: levels(n_levels + 1),
            vertical: VerticalScratch::new(),
        }
    }
}

/// Columns side by side (level, cell, part of the members).
struct GroupKernel<'a, T, L, const W: usize> {
    plan: &'a ColumnPlan<T>,
    columns: ArrayViewMut3<'a, [T; W]>,
    first: usize,
    emission: &'a [[T; W]],
    scratch: &'a mut TileScratch<T, W>,
    limiter: PhantomData<L>,
}

impl<T: Real, L: Limiter, const W: usize> Kernel for GroupKernel<'_, T, L, W> {
    const WIDTH: (usize, usize) = (W, size_of::<[T; W]>());

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let GroupKernel {
            plan,
            mut columns,
            first,
            emission,
            scratch,
            ..
        } = self;
        let (_, cells, parts) = columns.dim();
        for part in 0..parts {
            let mut columns = columns.index_axis_mut(Axis(2), part);
            for start in (0..cells).step_by(TILE) {
                let width = TILE.min(cells - start);
                let tile = columns.slice(s![.., start..start + width]);
                gather(tile, width, &mut scratch.values);
                for column in 0..width {
                    // The next tile comes while this one is worked on.
                    let levels =
                        column * plan.n_levels / width..(column + 1) * plan.n_levels / width;
                    let next = start + width..(start + width + TILE).min(cells);
                    for row in columns.slice(s![levels, next]).rows() {
                        row.iter().for_each(|cell| fetch_ahead(cell));
                    }
                    let cell = first + start + column;
                    one_column::<T, L, W, FMA>(
                        plan,
                        cell,
                        (column, width),
                        emission.get(cell * parts + part),
                        scratch,
                    );
                }
                let tile = columns.slice_mut(s![.., start..start + width]);
                scatter(&scratch.values, width, tile);
            }
        }
    }
}

/// A tile of columns in one piece, level by level.
#[inline(always)]
fn gather<T: Real, const W: usize>(tile: ArrayView2<[T; W]>, width: usize, values: &mut [[T; W]]) {
    for (row, here) in tile.rows().into_iter().zip(values.chunks_mut(width)) {
        here.iter_mut()
            .zip(row)
            .for_each(|(here, cell)| *here = *cell);
    }
}

/// The tile back where it came from.
#[inline(always)]
fn scatter<T: Real, const W: usize>(
    values: &[[T; W]],
    width: usize,
    mut tile: ArrayViewMut2<[T; W]>,
) {
    for (row, here) in tile.rows_mut().into_iter().zip(values.chunks(width)) {
        row.into_iter()
            .zip(here)
            .for_each(|(cell, here)| *cell = *here);
    }
}

#[inline(always)]
fn one_column<T: Real, L: Limiter, const W: usize, const FMA: bool>(
    plan: &ColumnPlan<T>,
    cell: usize,
    (column, width): (usize, usize),
    emission: Option<&[T; W]>,
    scratch: &mut TileScratch<T, W>,
) {
    let TileScratch {
        values,
        change,
        vertical: v,
    } = scratch;
    let (first, reach) = (cell * plan.n_levels, plan.reach[cell]);
    let layers = &plan.layers[first..first + plan.n_levels];
    vertical::<T, L, W, FMA>(
        values,
        width,
        column,
        Vertical {
            layers,
            parts: reach.vertical_parts,
        },
        v,
    );
    for _ in 0..plan.parts {
        if let Some(flux) = emission {
            for (k, part) in plan.release[cell * plan.release_levels..][..reach.released_levels]
                .iter()
                .enumerate()
            {
                for (value, flux) in values[k * width + column].iter_mut().zip(flux) {
                    *value += *part * *flux;
                }
            }
        }
        mix::<T, W, FMA>(
            values,
            width,
            column,
            &plan.mixing[first..first + reach.mixed_levels],
            change,
        );
        lift::<T, W, FMA>(
            values,
            width,
            column,
            &plan.updrafts[first..first + reach.lifted_levels],
            reach.lift_parts,
        );
    }
}
