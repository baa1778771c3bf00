//! The modules on a target grid as fixed flux plus one term per (cell, factor), month by month.

use super::eco_regions::{EcoRegions, Surface, one_degree};
use super::modules::Modules;
use super::months::SLOTS;
use crate::grid::{ConservativeRegrid, LatLonGrid};
use rayon::prelude::*;
use std::sync::Arc;

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
    /// What layers of factors leave out or count twice, of each cell: F (1 - number of factors),
    /// empty where every flux has one factor.
    beside: Vec<Vec<(Surface, Source)>>,
}

impl Layout {
    pub fn new(grid: &LatLonGrid, layers: &[Arc<EcoRegions>]) -> Self {
        let regrid = ConservativeRegrid::new(one_degree(), grid);
        let mut layout = Layout {
            first: vec![0],
            factor: vec![],
            surface: vec![],
            sources: vec![],
            cells: vec![],
            beside: vec![],
        };
        let plain = layers.len() == 1 && Arc::ptr_eq(&layers[0], EcoRegions::carbontracker());
        for row in 0..grid.n_lat() {
            for column in 0..grid.n_lon() {
                let sources: Vec<Source> = regrid.sources(row, column).collect();
                let mut offset = 0;
                for layer in layers {
                    for (factor, sources) in by_factor(layer, &sources) {
                        layout.surface.push(layer.factors()[factor].surface);
                        layout.factor.push(offset + factor);
                        layout.sources.push(sources);
                    }
                    offset += layer.n_factors();
                }
                layout.first.push(layout.factor.len());
                if !plain {
                    layout.beside.push(beside(layers, &sources));
                }
                layout.cells.push(sources);
            }
        }
        layout
    }

    /// Terms in month `m` and slot `s`, 3-hour means \[kg C m-2 s-1\].
    fn slot(&self, modules: &Modules, m: usize, s: usize) -> Vec<f64> {
        self.surface
            .iter()
            .zip(&self.sources)
            .map(|(k, sources)| {
                sources
                    .iter()
                    .map(|x| slot_mean(modules, m, s, *k, *x))
                    .sum()
            })
            .collect()
    }

    /// Of each cell what no factor scales or several do, in month `m` and slot `s`, 3-hour means
    /// \[kg C m-2 s-1\]; empty where every flux has one factor.
    fn beside_slot(&self, modules: &Modules, m: usize, s: usize) -> Vec<f64> {
        let of = |cell: &Vec<(Surface, Source)>| {
            cell.iter()
                .map(|(k, x)| slot_mean(modules, m, s, *k, *x))
                .sum()
        };
        self.beside.iter().map(of).collect()
    }

    /// The same of land and of the sea as daily means, of cell number `cell`.
    pub fn beside_month(&self, modules: &Modules, m: usize, cell: usize) -> (f64, f64) {
        let (mut land, mut sea) = (0.0, 0.0);
        for (surface, (j, i, share)) in self.beside.get(cell).into_iter().flatten() {
            match surface {
                Surface::Land => land += share * modules.nee[[m, *j, *i]],
                Surface::Ocean => sea += share * modules.ocean[[m, *j, *i]],
            }
        }
        (land, sea)
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

/// A source cell's flux of month `m` in slot `s`, a 3-hour mean.
fn slot_mean(modules: &Modules, m: usize, s: usize, surface: Surface, source: Source) -> f64 {
    let (j, i, share) = source;
    match surface {
        Surface::Ocean => share * modules.ocean[[m, j, i]],
        Surface::Land => {
            share
                * (modules.nee[[m, j, i]]
                    - modules.gpp[[m, j, i]] * (modules.daylight.shape(m, j, i, s) - 1.0))
        }
    }
}

/// The factors of a layer that touch a cell, ascending, with the source cells of each.
fn by_factor(layer: &EcoRegions, sources: &[Source]) -> Vec<(usize, Vec<Source>)> {
    let mut here: Vec<(usize, Vec<Source>)> = Vec::new();
    for (j, i, share) in sources.iter().copied() {
        if let Some(factor) = layer.map()[[j, i]] {
            match here.iter_mut().find(|(f, _)| *f == factor) {
                Some((_, sources)) => sources.push((j, i, share)),
                None => here.push((factor, vec![(j, i, share)])),
            }
        }
    }
    here.sort_by_key(|(factor, _)| *factor);
    here
}

/// The source cells of a cell that have no factor, or several, with 1 - their number as weight.
fn beside(layers: &[Arc<EcoRegions>], sources: &[Source]) -> Vec<(Surface, Source)> {
    let eco = EcoRegions::carbontracker();
    let one = |(j, i, share): &Source| {
        let surface = eco.factors()[eco.map()[[*j, *i]]?].surface;
        let factors = layers
            .iter()
            .filter(|l| l.map()[[*j, *i]].is_some())
            .count();
        (factors != 1).then(|| (surface, (*j, *i, share * (1.0 - factors as f64))))
    };
    sources.iter().filter_map(one).collect()
}

/// Everything [`super::PriorFlux`] needs at run time, computed once.
#[derive(Debug)]
pub(super) struct MonthlyBasis {
    pub layout: Layout,
    /// Fossil and fire of each cell, by month.
    pub fixed: Vec<Vec<f64>>,
    /// Terms by month and slot: index month * 8 + slot.
    pub terms: Vec<Vec<f64>>,
    /// What layers of factors leave out or count twice, by month and slot; empty where every flux
    /// has one factor.
    pub beside: Vec<Vec<f64>>,
}

impl MonthlyBasis {
    pub fn new(grid: &LatLonGrid, modules: &Modules, layers: &[Arc<EcoRegions>]) -> Self {
        let layout = Layout::new(grid, layers);
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
        let beside = if layout.beside.is_empty() {
            0
        } else {
            12 * SLOTS
        };
        let beside = (0..beside)
            .into_par_iter()
            .map(|k| layout.beside_slot(modules, k / SLOTS, k % SLOTS))
            .collect();
        MonthlyBasis {
            layout,
            fixed,
            terms,
            beside,
        }
    }
}
