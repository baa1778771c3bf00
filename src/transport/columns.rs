//! Everything that happens inside a column, in one pass over memory: vertical advection, emission into the lowest
//! layer, turbulent mixing, convection.

use super::advection::{Limiter, Rung, Vertical, VerticalScratch, vertical};
use super::convection::{Lift, lift};
use super::diffusion::{Mixing, mix};
use super::lanes::{Kernel, Processor};
use super::scratch::Pool;
use crate::ensemble::{Block, Real};
use crate::grid::Grid;
use crate::meteorology::Forcing;
use crate::units::{MOLAR_MASS_CARBON, MOLAR_MASS_DRY_AIR};
use ndarray::parallel::prelude::*;
use ndarray::{Array3, ArrayViewMut2, Axis};
use rayon::slice::ParallelSliceMut;
use std::marker::PhantomData;

/// Columns side by side in one tile.
pub const TILE: usize = 4;

/// One column: how far up each process reaches, how often it is repeated, and what one kg C m-2 s-1 adds to the
/// mole fraction of the lowest layer in a step.
#[derive(Debug, Clone, Copy, Default)]
struct Reach<T> {
    vertical_parts: usize,
    mixed_levels: usize,
    lifted_levels: usize,
    lift_parts: usize,
    emission: T,
}

/// The column processes of one step, (lat, lon, level).
#[derive(Debug, Clone)]
pub struct ColumnPlan<T> {
    n_levels: usize,
    rungs: Vec<Rung<T>>,
    mixing: Vec<Mixing<T>>,
    lifts: Vec<Lift<T>>,
    reach: Vec<Reach<T>>,
}

impl<T: Real> ColumnPlan<T> {
    /// From the air (level, lat, lon) after the horizontal step and after the whole step \[kg\].
    pub fn new(grid: &Grid, forcing: &Forcing, before: &Array3<f64>, after: &Array3<f64>, dt: f64) -> Self {
        let (n, _, n_lon) = grid.shape();
        let cells = grid.horizontal.n_cells();
        let (mut rungs, mut mixing, mut lifts) =
            (vec![Rung::default(); n * cells], vec![Mixing::default(); n * cells], vec![Lift::default(); n * cells]);
        let mut reach = vec![Reach::default(); cells];
        let columns = rungs.par_chunks_mut(n).zip(mixing.par_chunks_mut(n)).zip(lifts.par_chunks_mut(n)).zip(reach.par_iter_mut());
        columns.enumerate().with_min_len(64).for_each_init(
            || Work::new(n),
            |work, (cell, (((rungs, mixing), lifts), reach))| {
                let (j, i) = (cell / n_lon, cell % n_lon);
                work.read(forcing, before, after, (j, i), dt * grid.horizontal.area(j));
                *reach = work.plan(rungs, mixing, lifts, dt * grid.horizontal.area(j));
            },
        );
        ColumnPlan { n_levels: n, rungs, mixing, lifts, reach }
    }

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

/// A column in double precision: masses and, times dt and the area, the exchanges \[kg\].
struct Work {
    before: Vec<f64>,
    after: Vec<f64>,
    exchange: Vec<f64>,
    updraft: Vec<f64>,
    detrainment: Vec<f64>,
}

impl Work {
    fn new(n: usize) -> Self {
        let zeros = || vec![0.0; n];
        Work { before: zeros(), after: zeros(), exchange: zeros(), updraft: zeros(), detrainment: zeros() }
    }

    fn read(&mut self, forcing: &Forcing, before: &Array3<f64>, after: &Array3<f64>, (j, i): (usize, usize), scale: f64) {
        for k in 0..self.before.len() {
            self.before[k] = before[[k, j, i]];
            self.after[k] = after[[k, j, i]];
            self.exchange[k] = scale * forcing.exchange[[k, j, i]];
            self.updraft[k] = scale * forcing.updraft[[k, j, i]];
            self.detrainment[k] = scale * forcing.detrainment[[k, j, i]];
        }
    }

    fn plan<T: Real>(&self, rungs: &mut [Rung<T>], mixing: &mut [Mixing<T>], lifts: &mut [Lift<T>], scale: f64) -> Reach<T> {
        let vertical_parts = Rung::column(&self.before, &self.after, rungs);
        let mixed_levels = Mixing::column(&self.exchange, &self.after, mixing);
        let (lifted_levels, lift_parts) = Lift::column(&self.updraft, &self.detrainment, &self.after, lifts);
        let emission = T::from_f64(scale / self.after[0] * MOLAR_MASS_DRY_AIR / MOLAR_MASS_CARBON);
        Reach { vertical_parts, mixed_levels, lifted_levels, lift_parts, emission }
    }
}
