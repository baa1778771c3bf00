//! One step of all blocks of members, and the scratch it needs.

use super::advection::{Advection, LevelScratch, horizontal};
use super::columns::TileScratch;
use super::emission::Emission;
use super::lanes::Processor;
use super::plan::StepPlan;
use super::scratch::Pool;
use crate::ensemble::{Block, Concentrations, Real};

/// Scratch for blocks of one width.
struct Width<T, const W: usize> {
    levels: Pool<LevelScratch<T, W>>,
    tiles: Pool<TileScratch<T, W>>,
}

impl<T: Real, const W: usize> Width<T, W> {
    fn new() -> Self {
        Width { levels: Pool::new(), tiles: Pool::new() }
    }

    fn step(&self, scheme: Advection, block: &mut Block<T>, plan: &StepPlan<T>, emission: &[T], processor: Processor) {
        horizontal::<T, W>(scheme, block, &plan.horizontal, processor, &self.levels);
        let Advection::Monotone(limiter) = scheme;
        plan.columns.apply::<_, W>(limiter, block, emission, processor, &self.tiles);
    }
}

/// What stays from step to step within a run.
pub struct Workspace<T> {
    /// Width of each block.
    pub widths: Vec<usize>,
    processor: Processor,
    w16: Width<T, 16>,
    w32: Width<T, 32>,
    w48: Width<T, 48>,
    w64: Width<T, 64>,
}

impl<T: Real> Workspace<T> {
    /// For concentrations of these blocks; scratch is made when first used.
    pub fn new(c: &Concentrations<T>) -> Self {
        let widths = c.blocks().iter().map(|b| b.width).collect();
        Workspace { widths, processor: Processor::detect(), w16: Width::new(), w32: Width::new(), w48: Width::new(), w64: Width::new() }
    }

    /// Horizontal advection, then the columns.
    pub fn step(&self, scheme: Advection, c: &mut Concentrations<T>, plan: &StepPlan<T>, emission: &Emission<T>) {
        for (b, block) in c.blocks_mut().iter_mut().enumerate() {
            let flux = emission.block(b);
            match block.width {
                16 => self.w16.step(scheme, block, plan, flux, self.processor),
                32 => self.w32.step(scheme, block, plan, flux, self.processor),
                48 => self.w48.step(scheme, block, plan, flux, self.processor),
                _ => self.w64.step(scheme, block, plan, flux, self.processor),
            }
        }
    }
}
