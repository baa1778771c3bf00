//! The CO2 fields of all members, member innermost.

use crate::error::{Error, Result};
use crate::grid::Grid;
use std::fmt;
use std::ops::{Add, AddAssign, Mul, Sub};
use std::sync::Arc;

/// Most members in one block of memory.
pub const LANES: usize = 64;
/// Widths are padded to a multiple of this.
const PAD: usize = 16;

/// The arithmetic of a run: `f32` for work, `f64` to verify the same source.
///
/// # Example
/// ```
/// use mcas::ensemble::Real;
///
/// fn mean<T: Real>(values: &[T]) -> f64 {
///     values.iter().map(|v| v.to_f64()).sum::<f64>() / values.len() as f64
/// }
///
/// assert_eq!(mean(&[f32::from_f64(0.25), 0.75]), 0.5);
/// ```
pub trait Real:
    Copy
    + Send
    + Sync
    + PartialOrd
    + fmt::Debug
    + Default
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + AddAssign
    + 'static
{
    /// Whether it is the one to work with, for which kernels of every width are worth their
    /// compilation.
    const WORKING: bool;
    /// Rounds once from double precision.
    fn from_f64(x: f64) -> Self;
    /// Exact widening.
    fn to_f64(self) -> f64;
    /// `self * factor + term` rounded once; quick only where the processor has the instruction.
    fn fused(self, factor: Self, term: Self) -> Self;
    /// The lesser of two numbers (by comparison: one instruction).
    #[inline(always)]
    fn lesser(self, other: Self) -> Self {
        if self < other { self } else { other }
    }
    /// The greater of two numbers (by comparison: one instruction).
    #[inline(always)]
    fn greater(self, other: Self) -> Self {
        if self > other { self } else { other }
    }
}

impl Real for f32 {
    const WORKING: bool = true;
    #[inline(always)]
    fn from_f64(x: f64) -> Self {
        x as f32
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
    #[inline(always)]
    fn fused(self, factor: Self, term: Self) -> Self {
        self.mul_add(factor, term)
    }
}

impl Real for f64 {
    const WORKING: bool = false;
    #[inline(always)]
    fn from_f64(x: f64) -> Self {
        x
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        self
    }
    #[inline(always)]
    fn fused(self, factor: Self, term: Self) -> Self {
        self.mul_add(factor, term)
    }
}

/// Mole fractions of CO2 in dry air \[mol mol-1\] of every member, stored as the anomaly from a
/// constant of its own so that single precision keeps mass. Members come in blocks of at most
/// [`LANES`]; a block's values are indexed (level, lat, lon, member), member fastest, padded with
/// zeros.
#[derive(Debug, Clone)]
pub struct Concentrations<T = f32> {
    grid: Arc<Grid>,
    n_members: usize,
    background: Vec<f64>,
    blocks: Vec<Block<T>>,
    synthetic: bool,
}

/// The values of up to [`LANES`] members.
#[derive(Debug, Clone)]
pub struct Block<T> {
    /// Members per cell in memory, a multiple of 16.
    pub width: usize,
    /// (level, lat, lon, member), member fastest; anomalies from the member's background \[mol
    /// mol-1\].
    pub values: Vec<T>,
}

impl<T: Real> Concentrations<T> {
    /// Every member everywhere at `background` \[mol mol-1\].
    ///
    /// # Errors
    /// No members, a background that is not finite.
    pub fn uniform(grid: &Arc<Grid>, n_members: usize, background: f64) -> Result<Self> {
        Concentrations::around(grid, vec![background; n_members])
    }

    /// Every member everywhere at its own background \[mol mol-1\]: best the value that most of its
    /// field will have.
    ///
    /// # Errors
    /// No members.
    pub fn around(grid: &Arc<Grid>, background: Vec<f64>) -> Result<Self> {
        let n_members = background.len();
        if n_members == 0 {
            return Err(Error::new("an ensemble needs members")
                .expected("at least 1")
                .got(0)
                .hint("members: 64"));
        }
        if let Some(bad) = background.iter().find(|b| !b.is_finite()) {
            return Err(
                Error::new("the mole fraction of uniform concentrations is not a number").got(bad),
            );
        }
        let blocks = (0..n_members.div_ceil(LANES))
            .map(|b| {
                let width = (n_members - b * LANES).min(LANES).next_multiple_of(PAD);
                Block {
                    width,
                    values: vec![T::default(); width * grid.n_cells()],
                }
            })
            .collect();
        Ok(Concentrations {
            grid: grid.clone(),
            n_members,
            background,
            blocks,
            synthetic: false,
        })
    }

    /// One member `n_members` times over.
    ///
    /// # Errors
    /// No members.
    pub fn repeated(&self, member: usize, n_members: usize) -> Result<Self> {
        let mut many = Concentrations::uniform(&self.grid, n_members, self.background[member])?;
        many.synthetic = self.synthetic;
        let (from, lane) = (&self.blocks[member / LANES], member % LANES);
        for (b, block) in many.blocks.iter_mut().enumerate() {
            let held = (n_members - b * LANES).min(LANES);
            for (cell, values) in block.values.chunks_mut(block.width).enumerate() {
                values[..held].fill(from.values[cell * from.width + lane]);
            }
        }
        Ok(many)
    }

    /// Whether made-up fluxes or winds have had a part in them.
    pub fn synthetic(&self) -> bool {
        self.synthetic
    }
    /// Notes that made-up fluxes or winds have had a part in them, if they had; it stays so.
    pub fn touched_by(&mut self, synthetic: bool) {
        self.synthetic |= synthetic;
    }

    /// The grid.
    pub fn grid(&self) -> &Arc<Grid> {
        &self.grid
    }
    /// Number of members.
    pub fn n_members(&self) -> usize {
        self.n_members
    }
    /// The constant that each member's stored values are anomalies from \[mol mol-1\].
    pub fn background(&self) -> &[f64] {
        &self.background
    }
    /// Makes the background of the first member that of all, as mixing their values asks for.
    /// Members that have it already keep their bits.
    pub fn share_background(&mut self) {
        let common = self.background[0];
        for (block, backgrounds) in self
            .blocks
            .iter_mut()
            .zip(self.background.chunks_mut(LANES))
        {
            if backgrounds.iter().all(|b| *b == common) {
                continue;
            }
            for values in block.values.chunks_mut(block.width) {
                let others = values
                    .iter_mut()
                    .zip(backgrounds.iter())
                    .filter(|(_, b)| **b != common);
                others.for_each(|(v, b)| *v = T::from_f64(v.to_f64() + (b - common)));
            }
            backgrounds.fill(common);
        }
    }
    /// The blocks of memory, members 0..64 first.
    pub fn blocks(&self) -> &[Block<T>] {
        &self.blocks
    }
    /// The blocks of memory, to be changed.
    pub fn blocks_mut(&mut self) -> &mut [Block<T>] {
        &mut self.blocks
    }
    /// Mole fraction of one member in one cell (position from [`Grid::cell`]) \[mol mol-1\].
    pub fn get(&self, cell: usize, member: usize) -> f64 {
        let block = &self.blocks[member / LANES];
        self.background[member] + block.values[cell * block.width + member % LANES].to_f64()
    }
    /// Sets the mole fraction of one member in one cell \[mol mol-1\].
    pub fn set(&mut self, cell: usize, member: usize, value: f64) {
        let anomaly = T::from_f64(value - self.background[member]);
        let block = &mut self.blocks[member / LANES];
        block.values[cell * block.width + member % LANES] = anomaly;
    }
    /// All mole fractions times `factor`: the background and the anomalies from it.
    pub fn scaled(&self, factor: f64) -> Self {
        let mut scaled = self.clone();
        scaled.background.iter_mut().for_each(|b| *b *= factor);
        let by = T::from_f64(factor);
        scaled
            .blocks
            .iter_mut()
            .flat_map(|b| &mut b.values)
            .for_each(|v| *v = by * *v);
        scaled
    }
    /// Weighted sum over cells for every member at once: `sum(weight * x)` \[mol mol-1\], added to
    /// `out`.
    pub fn accumulate(&self, stencil: &[(usize, f64)], out: &mut [f64]) {
        for (cell, weight) in stencil {
            let backgrounds = self.background.chunks(LANES);
            for ((block, background), out) in self
                .blocks
                .iter()
                .zip(backgrounds)
                .zip(out.chunks_mut(LANES))
            {
                let values = &block.values[cell * block.width..][..out.len()];
                for ((o, v), background) in out.iter_mut().zip(values).zip(background) {
                    *o += weight * (background + v.to_f64());
                }
            }
        }
    }
}

impl<T: Real> fmt::Display for Concentrations<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes: usize = self
            .blocks
            .iter()
            .map(|b| size_of_val(b.values.as_slice()))
            .sum();
        write!(
            f,
            "mole fractions of {} member{} on {} ({:.0} MB)",
            self.n_members,
            if self.n_members == 1 { "" } else { "s" },
            self.grid,
            bytes as f64 / 1e6
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_set_is_read_back_for_any_member() {
        let grid = Grid::geos(4.0, 5.0).unwrap();
        let mut c = Concentrations::<f64>::uniform(&grid, 70, 4e-4).unwrap();
        assert_eq!(
            c.blocks().iter().map(|b| b.width).collect::<Vec<_>>(),
            [64, 16]
        );
        let cell = grid.cell(3, 2, 1);
        c.set(cell, 69, 4.1e-4);
        assert!((c.get(cell, 69) - 4.1e-4).abs() < 1e-18);
        let mut sum = vec![0.0; 70];
        c.accumulate(&[(cell, 2.0), (0, -1.0)], &mut sum);
        assert!((sum[69] - 4.2e-4).abs() < 1e-18 && (sum[0] - 4e-4).abs() < 1e-18);
        assert!(Concentrations::<f32>::uniform(&grid, 0, 4e-4).is_err());
    }

    #[test]
    fn members_of_different_backgrounds_keep_their_values_around_a_common_one() {
        let grid = Grid::geos(20.0, 30.0).unwrap();
        let backgrounds: Vec<f64> = (0..70).map(|m| 1e-6 * f64::from(m % 3)).collect();
        let mut c = Concentrations::<f32>::around(&grid, backgrounds).unwrap();
        (0..70).for_each(|m| c.set(5, m, 1e-7 * m as f64));
        let values = |c: &Concentrations<f32>| {
            (0..70)
                .flat_map(|m| [c.get(5, m), c.get(6, m)])
                .collect::<Vec<_>>()
        };
        let (before, bits) = (values(&c), c.blocks()[0].values[5 * 64 + 3].to_bits());
        c.share_background();
        assert!(c.background().iter().all(|b| *b == 0.0));
        assert!(
            values(&c)
                .iter()
                .zip(&before)
                .all(|(a, b)| (a - b).abs() < 1e-12)
        );
        assert_eq!(c.blocks()[0].values[5 * 64 + 3].to_bits(), bits);
        let twice = c.repeated(69, 2).unwrap();
        assert_eq!(twice.get(5, 1), c.get(5, 69));
    }
}
