//! The modules on a target grid as fixed flux plus one term per (cell, factor), month by month.

use super::eco_regions::{EcoRegions, Surface, one_degree};
use super::modules::Modules;
use super::months::SLOTS;
use crate::grid::{ConservativeRegrid, LatLonGrid};
use rayon::prelude::*;

/// One source cell's part in a term: (row, column, share of the target cell's area).
type Source = (usize, usize, f64);

/// Which factors touch which cell of a grid, and through which 1 x 1 degree cells.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// Where each cell's terms start; one more than cells.
    pub first: Vec<usize>,
    /// Factor of each term.
    pub factor: Vec<usize>,
    /// Kind of flux each term scales.
    pub surface: Vec<Surface>,
    /// What each term is made of.
    sources: Vec<Vec<Source>>,
    /// What each cell is made of, factors or not.
    cells: Vec<Vec<Source>>,
}

impl Layout {
    pub fn new(grid: &LatLonGrid) -> Self {
        let eco = EcoRegions::carbontracker();
        let regrid = ConservativeRegrid::new(one_degree(), grid);
        let mut layout = Layout {
            first: vec![0],
            factor: vec![],
            surface: vec![],
            sources: vec![],
            cells: vec![],
        };
        for row in 0..grid.n_lat() {
            for column in 0..grid.n_lon() {
                let mut here: Vec<(usize, Vec<Source>)> = Vec::new();
                for (j, i, share) in regrid.sources(row, column) {
                    if let Some(factor) = eco.map()[[j, i]] {
                        match here.iter_mut().find(|(f, _)| *f == factor) {
                            Some((_, sources)) => sources.push((j, i, share)),
                            None => here.push((factor, vec![(j, i, share)])),
                        }
                    }
                }
                here.sort_by_key(|(factor, _)| *factor);
                for (factor, sources) in here {
                    layout.surface.push(eco.factors()[factor].surface);
                    layout.factor.push(factor);
                    layout.sources.push(sources);
                }
                layout.first.push(layout.factor.len());
                layout.cells.push(regrid.sources(row, column).collect());
            }
        }
        layout
    }

    /// Terms in month `m` and slot `s`, 3-hour means \[kg C m-2 s-1\].
    fn slot(&self, modules: &Modules, m: usize, s: usize) -> Vec<f64> {
        let flux = |surface: Surface, (j, i, share): Source| match surface {
            Surface::Ocean => share * modules.ocean[[m, j, i]],
            Surface::Land => {
                share
                    * (modules.nee[[m, j, i]]
                        - modules.gpp[[m, j, i]] * (modules.daylight.shape(m, j, i, s) - 1.0))
            }
        };
        self.surface
            .iter()
            .zip(&self.sources)
            .map(|(k, sources)| sources.iter().map(|x| flux(*k, *x)).sum())
            .collect()
    }

    /// Terms in month `m`, daily means \[kg C m-2 s-1\].
    pub fn month(&self, modules: &Modules, m: usize) -> Vec<f64> {
        let flux = |surface: Surface, (j, i, share): Source| match surface {
            Surface::Ocean => share * modules.ocean[[m, j, i]],
            Surface::Land => share * modules.nee[[m, j, i]],
        };
        self.surface
            .iter()
            .zip(&self.sources)
            .map(|(k, sources)| sources.iter().map(|x| flux(*k, *x)).sum())
            .collect()
    }

    /// Fossil of each cell \[kg C m-2 s-1\].
    pub fn fossil(&self, modules: &Modules) -> Vec<f64> {
        self.cells
            .iter()
            .map(|c| {
                c.iter()
                    .map(|(j, i, share)| share * modules.fossil[[*j, *i]])
                    .sum()
            })
            .collect()
    }

    /// Fire of each cell in month `m` \[kg C m-2 s-1\].
    pub fn fire(&self, modules: &Modules, m: usize) -> Vec<f64> {
        self.cells
            .iter()
            .map(|c| {
                c.iter()
                    .map(|(j, i, share)| share * modules.fire[[m, *j, *i]])
                    .sum()
            })
            .collect()
    }
}

/// Everything [`super::PriorFlux`] needs at run time, computed once.
#[derive(Debug)]
pub(super) struct MonthlyBasis {
    pub layout: Layout,
    /// Fossil and fire of each cell, by month.
    pub fixed: Vec<Vec<f64>>,
    /// Terms by month and slot: index month * 8 + slot.
    pub terms: Vec<Vec<f64>>,
}

impl MonthlyBasis {
    pub fn new(grid: &LatLonGrid, modules: &Modules) -> Self {
        let layout = Layout::new(grid);
        let fossil = layout.fossil(modules);
        let fixed = (0..12)
            .into_par_iter()
            .map(|m| {
                layout
                    .fire(modules, m)
                    .iter()
                    .zip(&fossil)
                    .map(|(a, b)| a + b)
                    .collect()
            })
            .collect();
        let terms = (0..12 * SLOTS)
            .into_par_iter()
            .map(|k| layout.slot(modules, k / SLOTS, k % SLOTS))
            .collect();
        MonthlyBasis {
            layout,
            fixed,
            terms,
        }
    }
}
