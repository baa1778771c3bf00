//! One step of all blocks of members, and the scratch it needs.

use super::advection::{Advection, LevelScratch, Limiter, horizontal};
use super::columns::TileScratch;
use super::emission::Emission;
use super::lanes::Processor;
use super::plan::StepPlan;
use super::scratch::Pool;
use crate::ensemble::{Block, Concentrations, Real};

/// Scratch for kernels of one width.
struct Width<T, const W: usize> {
    levels: Pool<LevelScratch<T, W>>,
    tiles: Pool<TileScratch<T, W>>,
}

impl<T: Real, const W: usize> Width<T, W> {
    fn new() -> Self {
        Width {
            levels: Pool::new(),
            tiles: Pool::new(),
        }
    }

    fn step<L: Limiter>(
        &self,
        block: &mut Block<T>,
        plan: &StepPlan<T>,
        emission: &[T],
        processor: Processor,
    ) {
        if let Some(plan) = &plan.horizontal {
            horizontal::<T, L, W>(block, plan, processor, &self.levels);
        }
        plan.columns
            .apply::<L::Strict, W>(block, emission, processor, &self.tiles);
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
        Workspace {
            widths,
            processor: Processor::detect(),
            w16: Width::new(),
            w32: Width::new(),
            w48: Width::new(),
            w64: Width::new(),
        }
    }

    /// Horizontal advection, then the columns.
    pub fn step(
        &self,
        scheme: Advection,
        c: &mut Concentrations<T>,
        plan: &StepPlan<T>,
        emission: &Emission<T>,
    ) {
        for (b, block) in c.blocks_mut().iter_mut().enumerate() {
            let flux = emission.block(b);
            match scheme {
                Advection::Monotone(limiter) => self.block(limiter, block, plan, flux),
                Advection::Smooth(limiter) => self.block(limiter, block, plan, flux),
                Advection::Linear(limiter) => self.block(limiter, block, plan, flux),
            }
        }
    }

    /// Kernels as wide as the block where there are such, else of 16 members at a time: the same
    /// bits, only slower.
    fn block<L: Limiter>(&self, _: L, block: &mut Block<T>, plan: &StepPlan<T>, emission: &[T]) {
        let p = self.processor;
        let fits = p.takes((block.width, block.width * size_of::<T>()));
        if fits && block.width == 64 && L::WIDE && (T::WORKING || L::EVERY_WIDTH) {
            return self.w64.step::<L>(block, plan, emission, p);
        }
        if fits && L::EVERY_WIDTH && T::WORKING {
            match block.width {
                48 => return self.w48.step::<L>(block, plan, emission, p),
                32 => return self.w32.step::<L>(block, plan, emission, p),
                _ => {}
            }
        }
        self.w16.step::<L>(block, plan, emission, p);
    }
}
