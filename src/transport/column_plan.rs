//! Coefficients of the columns of a step, formed once in double precision for all members.

use super::TransportOptions;
use super::advection::LayerFlux;
use super::convection::Updraft;
use super::diffusion::Mixing;
use super::lanes::{BATCH, ColumnBatch, Kernel, Processor};
use super::release::Release;
use crate::constants::GRAVITY;
use crate::ensemble::Real;
use crate::grid::Grid;
use crate::meteorology::Forcing;
use crate::units::{MOLAR_MASS_CARBON, MOLAR_MASS_DRY_AIR};
use ndarray::{Array2, Array3, Axis};
use rayon::prelude::*;

/// One column: how far up each process reaches, and how often it is repeated.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reach {
    pub vertical_parts: usize,
    pub released_levels: usize,
    pub mixed_levels: usize,
    pub lifted_levels: usize,
    pub lift_parts: usize,
}

/// The column processes of one step, (lat, lon, level).
#[derive(Debug, Clone, Default)]
pub struct ColumnPlan<T> {
    pub n_levels: usize,
    /// Parts of the step in which emission, mixing and convection take turns.
    pub parts: usize,
    pub layers: Vec<LayerFlux<T>>,
    pub mixing: Vec<Mixing<T>>,
    pub updrafts: Vec<Updraft<T>>,
    /// What one kg C m-2 s-1 adds to the mole fraction of a level in a part of the step; only of
    /// levels that are released into.
    pub release: Vec<T>,
    pub release_levels: usize,
    /// (lat, lon).
    pub reach: Vec<Reach>,
}

impl<T: Real> ColumnPlan<T> {
    /// The same memory for so many levels of columns, columns, and levels that are released into.
    fn resized(mut self, [levels, columns, released]: [usize; 3]) -> Self {
        self.layers.resize(levels, LayerFlux::default());
        self.mixing.resize(levels, Mixing::default());
        self.updrafts.resize(levels, Updraft::default());
        self.reach.resize(columns, Reach::default());
        self.release.resize(released, T::default());
        self
    }

    /// From the air (level, lat, lon) after the horizontal step and after the whole step \[kg\], of
    /// `dt` seconds; in the memory of a plan that is no longer needed.
    pub fn new(
        spare: Self,
        (grid, options): (&Grid, &TransportOptions),
        forcing: &Forcing,
        [before, after]: [&Array3<f64>; 2],
        dt: f64,
    ) -> Self {
        let parts = options.column_step.map_or(1.0, |step| (dt / step).ceil());
        let (n, cells) = (grid.shape().0, grid.horizontal.n_cells());
        let release_levels = if options.emission == Release::Surface {
            1
        } else {
            n
        };
        let mut plan = spare.resized([n * cells, cells, release_levels * cells]);
        plan.n_levels = n;
        plan.parts = parts as usize;
        plan.release_levels = release_levels;
        let source = Source::new(options, forcing, [before, after], dt / parts);
        plan.fill(grid, &source);
        plan
    }

    /// Forms the coefficients of all columns, groups of them side by side.
    fn fill(&mut self, grid: &Grid, source: &Source) {
        let (n, _, n_lon) = grid.shape();
        let cells = grid.horizontal.n_cells();
        let processor = Processor::detect();
        let columns = self
            .layers
            .par_chunks_mut(n * BATCH)
            .zip(self.mixing.par_chunks_mut(n * BATCH))
            .zip(self.updrafts.par_chunks_mut(n * BATCH));
        let released = self.release.par_chunks_mut(self.release_levels * BATCH);
        columns
            .zip(released)
            .zip(self.reach.par_chunks_mut(BATCH))
            .enumerate()
            .with_min_len(8)
            .for_each_init(
                || Work::new(n),
                |work, (group, ((((layers, mixing), updrafts), release), reach))| {
                    let first = group * BATCH;
                    let scale = std::array::from_fn(|c| {
                        source.dt * grid.horizontal.area((first + c).min(cells - 1) / n_lon)
                    });
                    processor.run(Group {
                        source,
                        first,
                        scale,
                        work,
                        layers,
                        mixing,
                        updrafts,
                        release,
                        reach,
                    });
                },
            );
    }
}

/// Levels up to which a field at level edges is above zero anywhere.
fn highest(edges: &Array3<f64>, n: usize) -> usize {
    (1..n)
        .rev()
        .find(|k| edges.index_axis(Axis(0), *k).iter().any(|x| *x > 0.0))
        .map_or(0, |k| k + 1)
}

/// Where columns are read from, whether air moves up and down, and how many levels are mixed and
/// lifted anywhere.
struct Source<'a> {
    before: &'a Array3<f64>,
    after: &'a Array3<f64>,
    forcing: &'a Forcing,
    moves: bool,
    mixed: usize,
    lifted: usize,
    release: Release,
    dt: f64,
}

impl<'a> Source<'a> {
    fn new(
        options: &TransportOptions,
        forcing: &'a Forcing,
        [before, after]: [&'a Array3<f64>; 2],
        dt: f64,
    ) -> Self {
        let (n, on) = (before.dim().0, options.processes);
        let levels = |on: bool, of: &Array3<f64>| if on { highest(of, n) } else { 0 };
        Source {
            before,
            after,
            forcing,
            moves: on.advection,
            mixed: levels(on.mixing, &forcing.exchange),
            lifted: levels(on.convection, &forcing.updraft),
            release: options.emission,
            dt,
        }
    }
}

impl Source<'_> {
    /// What one kg C m-2 s-1 adds to the levels of a column, from dt times the area and the air of
    /// a level \[kg\]; returns how many levels take part.
    #[inline(always)]
    fn spread<T: Real>(
        &self,
        cell: usize,
        scale: f64,
        air: impl Fn(usize) -> f64,
        release: &mut [T],
    ) -> usize {
        let of = |field: &Array2<f64>| {
            field
                .as_slice()
                .expect("freshly made arrays are contiguous")[cell]
        };
        // In kg, as the air is.
        let (depth, beta) = (
            of(&self.forcing.layer_depth) * (scale / self.dt) / GRAVITY,
            of(&self.forcing.nonlocal),
        );
        let (mut below, mut entering) = (0.0, 1.0);
        for (k, release) in release.iter_mut().enumerate() {
            below += air(k);
            let passing = if below < depth {
                self.release.passing(below / depth, beta)
            } else {
                0.0
            };
            *release = T::from_f64(
                (entering - passing) * (scale / air(k)) * (MOLAR_MASS_DRY_AIR / MOLAR_MASS_CARBON),
            );
            if below >= depth || self.release == Release::Surface {
                return k + 1;
            }
            entering = passing;
        }
        release.len()
    }
}

/// Columns side by side in double precision: masses and, times dt and the area, the exchanges
/// \[kg\].
struct Work {
    before: Vec<ColumnBatch>,
    after: Vec<ColumnBatch>,
    upward: Vec<ColumnBatch>,
    exchange: Vec<ColumnBatch>,
    updraft: Vec<ColumnBatch>,
    detrainment: Vec<ColumnBatch>,
}

impl Work {
    fn new(n: usize) -> Self {
        let zeros = |n: usize| vec![[0.0; BATCH]; n];
        Work {
            before: zeros(n),
            after: zeros(n),
            upward: zeros(n + 1),
            exchange: zeros(n),
            updraft: zeros(n),
            detrainment: zeros(n),
        }
    }
    /// Reads the columns from the cell `first` on.
    #[inline(always)]
    fn read(&mut self, s: &Source, first: usize, scale: &ColumnBatch) {
        let (one, f) = ([1.0; BATCH], s.forcing);
        let (mixed, lifted) = (s.mixed, s.lifted);
        read(s.before, first, &one, &mut self.before);
        read(s.after, first, &one, &mut self.after);
        read(&f.exchange, first, scale, &mut self.exchange[..mixed]);
        read(&f.updraft, first, scale, &mut self.updraft[..lifted]);
        read(
            &f.detrainment,
            first,
            scale,
            &mut self.detrainment[..lifted],
        );
    }
}

/// The plan of columns side by side from the cell `first` on; the last group may be short.
struct Group<'a, T> {
    source: &'a Source<'a>,
    first: usize,
    scale: ColumnBatch,
    work: &'a mut Work,
    layers: &'a mut [LayerFlux<T>],
    mixing: &'a mut [Mixing<T>],
    updrafts: &'a mut [Updraft<T>],
    release: &'a mut [T],
    reach: &'a mut [Reach],
}

impl<T: Real> Kernel for Group<'_, T> {
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let Group {
            source: s,
            first,
            scale,
            work: w,
            layers,
            mixing,
            updrafts,
            release,
            reach,
        } = self;
        let n = w.before.len();
        w.read(s, first, &scale);
        let vertical_parts = if s.moves {
            LayerFlux::columns(&w.before, &w.after, &mut w.upward, layers)
        } else {
            [0; BATCH]
        };
        let mixed = Mixing::columns(&w.exchange[..s.mixed], &w.after, n, mixing);
        let lifted = Updraft::columns(
            &w.updraft[..s.lifted],
            &w.detrainment[..s.lifted],
            &w.after,
            n,
            updrafts,
        );
        let stride = release.len() / reach.len();
        for (c, (reach, release)) in reach.iter_mut().zip(release.chunks_mut(stride)).enumerate() {
            let released_levels = s.spread(first + c, scale[c], |k| w.after[k][c], release);
            let (vertical_parts, mixed_levels, (lifted_levels, lift_parts)) =
                (vertical_parts[c], mixed[c], lifted[c]);
            *reach = Reach {
                vertical_parts,
                released_levels,
                mixed_levels,
                lifted_levels,
                lift_parts,
            };
        }
    }
}

/// Reads columns of `from` (level, lat, lon) times `scale`; beyond the last cell it is repeated.
#[inline(always)]
fn read(from: &Array3<f64>, first: usize, scale: &ColumnBatch, to: &mut [ColumnBatch]) {
    for (k, to) in to.iter_mut().enumerate() {
        let level = from.index_axis(Axis(0), k);
        let cells = &level.to_slice().expect("levels are contiguous")[first..];
        match cells.first_chunk::<BATCH>() {
            Some(cells) => (0..BATCH).for_each(|c| to[c] = scale[c] * cells[c]),
            None => (0..BATCH).for_each(|c| to[c] = scale[c] * cells[c.min(cells.len() - 1)]),
        }
    }
}
