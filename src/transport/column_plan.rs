//! What the columns of a step need, formed once in double precision for all members.

use super::advection::Rung;
use super::convection::Lift;
use super::diffusion::Mixing;
use super::lanes::{ABREAST, Abreast, Kernel, Processor};
use crate::ensemble::Real;
use crate::grid::Grid;
use crate::meteorology::Forcing;
use crate::units::{MOLAR_MASS_CARBON, MOLAR_MASS_DRY_AIR};
use ndarray::{Array3, Axis};
use rayon::prelude::*;

/// One column: how far up each process reaches, how often it is repeated, and what one kg C m-2 s-1 adds to the
/// mole fraction of the lowest layer in a step.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reach<T> {
    pub vertical_parts: usize,
    pub mixed_levels: usize,
    pub lifted_levels: usize,
    pub lift_parts: usize,
    pub emission: T,
}

/// The column processes of one step, (lat, lon, level).
#[derive(Debug, Clone)]
pub struct ColumnPlan<T> {
    pub n_levels: usize,
    pub rungs: Vec<Rung<T>>,
    pub mixing: Vec<Mixing<T>>,
    pub lifts: Vec<Lift<T>>,
    /// (lat, lon).
    pub reach: Vec<Reach<T>>,
}

impl<T: Real> ColumnPlan<T> {
    /// From the air (level, lat, lon) after the horizontal step and after the whole step \[kg\].
    pub fn new(grid: &Grid, forcing: &Forcing, before: &Array3<f64>, after: &Array3<f64>, dt: f64) -> Self {
        let (n, _, n_lon) = grid.shape();
        let cells = grid.horizontal.n_cells();
        let (mut rungs, mut mixing, mut lifts) =
            (vec![Rung::default(); n * cells], vec![Mixing::default(); n * cells], vec![Lift::default(); n * cells]);
        let mut reach = vec![Reach::default(); cells];
        let source = Source { before, after, forcing, mixed: highest(&forcing.exchange, n), lifted: highest(&forcing.updraft, n) };
        let processor = Processor::detect();
        let columns = rungs.par_chunks_mut(n * ABREAST).zip(mixing.par_chunks_mut(n * ABREAST)).zip(lifts.par_chunks_mut(n * ABREAST));
        columns.zip(reach.par_chunks_mut(ABREAST)).enumerate().with_min_len(8).for_each_init(
            || Work::new(n),
            |work, (group, (((rungs, mixing), lifts), reach))| {
                let first = group * ABREAST;
                let scale = std::array::from_fn(|c| dt * grid.horizontal.area((first + c).min(cells - 1) / n_lon));
                processor.run(Group { source: &source, first, scale, work, rungs, mixing, lifts, reach });
            },
        );
        ColumnPlan { n_levels: n, rungs, mixing, lifts, reach }
    }
}

/// Levels up to which a field at level edges is above zero anywhere.
fn highest(edges: &Array3<f64>, n: usize) -> usize {
    (1..n).rev().find(|k| edges.index_axis(Axis(0), *k).iter().any(|x| *x > 0.0)).map_or(0, |k| k + 1)
}

/// Where columns are read from, and how many levels are mixed and lifted anywhere.
struct Source<'a> {
    before: &'a Array3<f64>,
    after: &'a Array3<f64>,
    forcing: &'a Forcing,
    mixed: usize,
    lifted: usize,
}

/// Columns side by side in double precision: masses and, times dt and the area, the exchanges \[kg\].
struct Work {
    before: Vec<Abreast>,
    after: Vec<Abreast>,
    upward: Vec<Abreast>,
    exchange: Vec<Abreast>,
    updraft: Vec<Abreast>,
    detrainment: Vec<Abreast>,
}

impl Work {
    fn new(n: usize) -> Self {
        let zeros = |n: usize| vec![[0.0; ABREAST]; n];
        Work { before: zeros(n), after: zeros(n), upward: zeros(n + 1), exchange: zeros(n), updraft: zeros(n), detrainment: zeros(n) }
    }
}

/// The plan of columns side by side from the cell `first` on; the last group may be short.
struct Group<'a, T> {
    source: &'a Source<'a>,
    first: usize,
    scale: Abreast,
    work: &'a mut Work,
    rungs: &'a mut [Rung<T>],
    mixing: &'a mut [Mixing<T>],
    lifts: &'a mut [Lift<T>],
    reach: &'a mut [Reach<T>],
}

impl<T: Real> Kernel for Group<'_, T> {
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let Group { source: s, first, scale, work: w, rungs, mixing, lifts, reach } = self;
        let (n, one, f) = (w.before.len(), [1.0; ABREAST], s.forcing);
        read(s.before, first, &one, &mut w.before);
        read(s.after, first, &one, &mut w.after);
        read(&f.exchange, first, &scale, &mut w.exchange[..s.mixed]);
        read(&f.updraft, first, &scale, &mut w.updraft[..s.lifted]);
        read(&f.detrainment, first, &scale, &mut w.detrainment[..s.lifted]);
        let vertical_parts = Rung::columns(&w.before, &w.after, &mut w.upward, rungs);
        let mixed = Mixing::columns(&w.exchange[..s.mixed], &w.after, n, mixing);
        let lifted = Lift::columns(&w.updraft[..s.lifted], &w.detrainment[..s.lifted], &w.after, n, lifts);
        for (c, reach) in reach.iter_mut().enumerate() {
            let emission = T::from_f64(scale[c] / w.after[0][c] * MOLAR_MASS_DRY_AIR / MOLAR_MASS_CARBON);
            let (vertical_parts, mixed_levels, (lifted_levels, lift_parts)) = (vertical_parts[c], mixed[c], lifted[c]);
            *reach = Reach { vertical_parts, mixed_levels, lifted_levels, lift_parts, emission };
        }
    }
}

/// Reads columns of `from` (level, lat, lon) times `scale`; beyond the last cell it is repeated.
#[inline(always)]
fn read(from: &Array3<f64>, first: usize, scale: &Abreast, to: &mut [Abreast]) {
    for (k, to) in to.iter_mut().enumerate() {
        let level = from.index_axis(Axis(0), k);
        let cells = &level.to_slice().expect("levels are contiguous")[first..];
        match cells.first_chunk::<ABREAST>() {
            Some(cells) => (0..ABREAST).for_each(|c| to[c] = scale[c] * cells[c]),
            None => (0..ABREAST).for_each(|c| to[c] = scale[c] * cells[c.min(cells.len() - 1)]),
        }
    }
}
