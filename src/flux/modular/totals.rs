//! Totals and maps of a prior of modules with the factors of windows.

use super::part::Part;
use super::spread::Spread;
use super::{ModuleFactor, ModulePrior};
use crate::error::{Error, Result};
use crate::flux::budget::{Emission, check_windows};
use crate::flux::maps::labelled;
use crate::flux::{Budget, EcoRegions, FactorWindow, FluxMaps, Module, Prior, SurfaceFlux};
use crate::grid::LatLonGrid;
use crate::time::Time;
use ndarray::{Array2, Axis};
use std::sync::Arc;

impl Part {
    /// What it emits in an interval, by pairs of factor and TransCom region. A cycle within the day
    /// adds nothing over whole days, and is left out.
    fn emissions(&self, start: Time, end: Time) -> Result<Vec<Emission>> {
        let rates = self.rates(&self.module.series.mean(start, end)?);
        let pairs = self.shares.pairs.iter().zip(rates);
        let of = |((factor, transcom), rate): (&(Option<usize>, usize), f64)| Emission {
            of: self.module.of,
            transcom: *transcom,
            factor: factor.map(|f| self.offset + f),
            mass: rate * end.since(start),
        };
        Ok(pairs.map(of).collect())
    }

    /// Rates of each pair \[kg C s-1\] of a map on its own grid.
    fn rates(&self, map: &[f64]) -> Vec<f64> {
        let grid = self.module.series.grid();
        let mut rates = vec![0.0; self.shares.pairs.len()];
        for (cell, value) in map.iter().enumerate() {
            let rate = value * grid.area(cell / grid.n_lon());
            for (pair, share) in self.shares.of_cell(cell) {
                rates[*pair] += share * rate;
            }
        }
        rates
    }
}

/// The mean over an interval of one part on some grid, member by member.
struct Mapped<'a> {
    part: &'a Part,
    spread: Spread,
}

impl Mapped<'_> {
    /// Adds `share` of the mean over an interval (cell, member), with the factors of a window.
    fn add(
        &self,
        span: [Time; 2],
        share: f64,
        window: &FactorWindow,
        sum: &mut Array2<f64>,
    ) -> Result<()> {
        let (fixed, terms) = self
            .spread
            .of(&self.part.module.series.mean(span[0], span[1])?);
        for (cell, mut members) in sum.axis_iter_mut(Axis(0)).enumerate() {
            members += share * fixed[cell];
            for k in self.spread.terms_of(cell) {
                let factor = self.part.offset + self.spread.factor(k);
                members.scaled_add(share * terms[k], &window.factors.row(factor));
            }
        }
        Ok(())
    }
}

impl Prior for ModulePrior {
    fn factor_names(&self) -> Vec<String> {
        let name = |f: &ModuleFactor| format!("{}: {}", f.module, f.region);
        self.factors.iter().map(name).collect()
    }

    fn scaled_by(&self, _: &[Arc<EcoRegions>]) -> Result<Arc<dyn Prior>> {
        Err(
            Error::new("a prior made of modules has the factors that its modules were given")
                .got(self)
                .hint("flux::module_of(name, maps, #{ regions: map }), of finer regions"),
        )
    }

    fn budget(&self, windows: &[FactorWindow], edges: &[Time]) -> Result<Budget> {
        let emitted = |start, end| {
            let parts = self.parts.iter().map(|p| p.emissions(start, end));
            Ok(parts.collect::<Result<Vec<_>>>()?.concat())
        };
        Budget::of_emissions(self.n_factors(), emitted, windows, edges, self.synthetic())
    }

    fn maps(
        &self,
        windows: &[FactorWindow],
        module: Module,
        edges: &[Time],
        grid: &LatLonGrid,
    ) -> Result<FluxMaps> {
        let members = check_windows(self.n_factors(), windows, edges)?;
        let chosen = self.parts.iter().filter(|p| module.holds(p.module.of));
        let mapped: Vec<Mapped> = chosen
            .map(|part| Mapped {
                spread: Spread::new(part.module.series.grid(), grid, &part.shares),
                part,
            })
            .collect();
        let (mut mean, mut spread) = (vec![], vec![]);
        for period in edges.windows(2) {
            let mut sum = Array2::zeros((grid.n_cells(), members));
            for window in windows {
                let span = [window.start.max(period[0]), window.end.min(period[1])];
                if span[1] > span[0] {
                    let share = span[1].since(span[0]) / period[1].since(period[0]);
                    mapped
                        .iter()
                        .try_for_each(|m| m.add(span, share, window, &mut sum))?;
                }
            }
            for members in sum.outer_iter() {
                mean.push(members.mean().unwrap_or(0.0));
                spread.push(if members.len() > 1 {
                    members.std(1.0)
                } else {
                    0.0
                });
            }
        }
        labelled(module, edges, grid, [mean, spread], self.synthetic())
    }
}
