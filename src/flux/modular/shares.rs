//! To which factors and TransCom regions the cells of a module's own grid belong.

use super::FactorRegions;
use crate::data;
use crate::flux::{Module, one_degree};
use crate::grid::{ConservativeRegrid, LatLonGrid};
use std::collections::BTreeMap;

/// A factor of the module, if there is one, and a TransCom region, 0 to 22.
pub(super) type Pair = (Option<usize>, usize);

/// The shares of each cell in pairs of factor and TransCom region; those of a cell add up to one.
#[derive(Debug)]
pub(super) struct Shares {
    /// The pairs that some cell has a share in.
    pub pairs: Vec<Pair>,
    first: Vec<usize>,
    entries: Vec<(usize, f64)>,
}

impl Shares {
    /// Of the cells of `grid`. A cell that has factors within it belongs to them alone, in
    /// proportion to area; one without to no factor. Land fluxes stay on land and sea fluxes on sea
    /// where a cell has both.
    pub fn new(grid: &LatLonGrid, regions: Option<&FactorRegions>, of: Module) -> Self {
        let regrid = ConservativeRegrid::new(one_degree(), grid);
        let transcom = &data::world().transcom;
        let mut known: BTreeMap<Pair, usize> = BTreeMap::new();
        let mut shares = Shares {
            pairs: vec![],
            first: vec![0],
            entries: vec![],
        };
        for cell in 0..grid.n_cells() {
            let under = regrid.sources(cell / grid.n_lon(), cell % grid.n_lon());
            let all: Vec<(Pair, f64)> = under
                .map(|(j, i, share)| {
                    let factor = regions.and_then(|r| r.map()[[j, i]]);
                    ((factor, usize::from(transcom[[j, i]]) - 1), share)
                })
                .collect();
            for (pair, share) in preferred(all, of) {
                let n = known.len();
                let number = *known.entry(pair).or_insert(n);
                if number == n {
                    shares.pairs.push(pair);
                }
                shares.entries.push((number, share));
            }
            shares.first.push(shares.entries.len());
        }
        shares
    }

    /// The pairs of a cell by number, with its share in each.
    pub(crate) fn of_cell(&self, cell: usize) -> &[(usize, f64)] {
        &self.entries[self.first[cell]..self.first[cell + 1]]
    }
}

/// The parts of a cell that its flux belongs to, joined by pair, with shares that add up to one.
fn preferred(all: Vec<(Pair, f64)>, of: Module) -> Vec<(Pair, f64)> {
    let with_factor = |p: &Pair| p.0.is_some();
    let at_home = |p: &Pair| match of {
        Module::Nee | Module::Wildfire => p.1 < 11,
        Module::Ocean => (11..22).contains(&p.1),
        _ => true,
    };
    let choose = |test: &dyn Fn(&Pair) -> bool| all.iter().any(|(p, _)| test(p));
    let preferred = |p: &Pair| match (choose(&with_factor), choose(&at_home)) {
        (true, _) => with_factor(p),
        (false, true) => at_home(p),
        (false, false) => true,
    };
    let mut joined: BTreeMap<Pair, f64> = BTreeMap::new();
    let chosen = all.iter().filter(|(p, _)| preferred(p));
    chosen.for_each(|(pair, share)| *joined.entry(*pair).or_insert(0.0) += share);
    let total: f64 = joined.values().sum();
    joined
        .into_iter()
        .map(|(p, share)| (p, share / total))
        .collect()
}
