//! Maps on a module's own grid as fixed flux and terms of factors on the cells of another grid.

use super::shares::Shares;
use crate::grid::{ConservativeRegrid, LatLonGrid};
use std::ops::Range;

/// A sum over cells of the module's grid: (cell, weight), one after the other.
#[derive(Debug, Default)]
struct Sums {
    first: Vec<usize>,
    parts: Vec<(usize, f64)>,
}

impl Sums {
    fn push(&mut self, parts: impl IntoIterator<Item = (usize, f64)>) {
        if self.first.is_empty() {
            self.first.push(0);
        }
        self.parts.extend(parts);
        self.first.push(self.parts.len());
    }

    fn of(&self, map: &[f64]) -> Vec<f64> {
        let sum = |w: &[usize]| {
            self.parts[w[0]..w[1]]
                .iter()
                .map(|(k, w)| w * map[*k])
                .sum()
        };
        self.first.windows(2).map(sum).collect()
    }
}

/// What each cell of a target grid takes from the cells of a module's grid, by factor.
#[derive(Debug)]
pub(super) struct Spread {
    /// Where each cell's terms start; one more than cells.
    first: Vec<usize>,
    factor: Vec<usize>,
    terms: Sums,
    fixed: Sums,
}

impl Spread {
    pub fn new(from: &LatLonGrid, to: &LatLonGrid, shares: &Shares) -> Self {
        let regrid = ConservativeRegrid::new(from, to);
        let mut spread = Spread {
            first: vec![0],
            factor: vec![],
            terms: Sums::default(),
            fixed: Sums::default(),
        };
        for cell in 0..to.n_cells() {
            let mut here: Vec<(usize, Vec<(usize, f64)>)> = vec![];
            let mut fixed = vec![];
            for (j, i, weight) in regrid.sources(cell / to.n_lon(), cell % to.n_lon()) {
                let source = j * from.n_lon() + i;
                for (pair, share) in shares.of_cell(source) {
                    let part = (source, weight * share);
                    match shares.pairs[*pair].0 {
                        None => fixed.push(part),
                        Some(f) => match here.iter_mut().find(|(known, _)| *known == f) {
                            Some((_, parts)) => parts.push(part),
                            None => here.push((f, vec![part])),
                        },
                    }
                }
            }
            here.sort_by_key(|(factor, _)| *factor);
            for (factor, parts) in here {
                spread.factor.push(factor);
                spread.terms.push(parts);
            }
            spread.fixed.push(fixed);
            spread.first.push(spread.factor.len());
        }
        spread
    }

    /// The terms of a cell.
    pub(crate) fn terms_of(&self, cell: usize) -> Range<usize> {
        self.first[cell]..self.first[cell + 1]
    }
    /// The factor of a term, a number of the module.
    pub fn factor(&self, term: usize) -> usize {
        self.factor[term]
    }
    /// Number of terms.
    pub(crate) fn n_terms(&self) -> usize {
        self.factor.len()
    }

    /// The fixed flux of each cell, and the value of each term, of a map.
    pub fn of(&self, map: &[f64]) -> (Vec<f64>, Vec<f64>) {
        (self.fixed.of(map), self.terms.of(map))
    }
}
