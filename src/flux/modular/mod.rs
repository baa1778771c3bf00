//! A prior made of modules: each a series of maps with factors of its own, or none, summed on the
//! model grid (Su et al. 2024, Eq. 1).
//!
//! A module keeps the grid of its data. What a cell of that grid emits goes to the factors and the
//! TransCom regions within it, in proportion to area, and to model cells first-order
//! conservatively,
//! so that totals are those of the data on any model grid.

mod cycle;
mod module;
mod part;
mod regions;
mod shares;
mod spread;
mod totals;

pub use cycle::Cycle;
pub use module::FluxModule;
pub use regions::FactorRegions;

use super::{FluxBasis, Footprint, Module, SurfaceFlux};
use crate::error::{Error, Result};
use crate::grid::LatLonGrid;
use crate::time::Time;
use ndarray::Array2;
use part::Part;
use std::fmt;

/// A factor of a prior made of modules.
#[derive(Debug, Clone, PartialEq)]
pub struct ModuleFactor {
    /// The module it scales.
    pub module: String,
    /// Its region, such as `Europe: Mixed Forest`.
    pub region: String,
    /// Prior standard deviation, as a part of the flux.
    pub sd: f64,
    /// Middle of its cells (lat, lon) \[degrees\].
    pub location: (f64, f64),
}

/// The sum of modules on a model grid. Factors are those of the first optimised module, then of the
/// next.
#[derive(Debug)]
pub struct ModulePrior {
    grid: LatLonGrid,
    parts: Vec<Part>,
    /// Where each cell's terms start, and the factor of each term, of all parts together.
    first: Vec<usize>,
    factor: Vec<usize>,
    footprints: Vec<Footprint>,
    factors: Vec<ModuleFactor>,
}

impl ModulePrior {
    /// The sum of `modules` on `grid`; those that are named in `optimised` have factors.
    ///
    /// # Errors
    /// No modules, two of one name, a name in `optimised` that is none, one without regions.
    pub fn new(grid: &LatLonGrid, modules: Vec<FluxModule>, optimised: &[String]) -> Result<Self> {
        check_names(&modules, optimised)?;
        let (mut parts, mut footprints, mut factors) = (vec![], vec![], vec![]);
        for module in modules {
            let chosen = optimised.contains(&module.name);
            let regions = if chosen {
                Some(module.regions()?.clone())
            } else {
                None
            };
            let part = Part::new(module, regions, factors.len(), grid);
            factors.extend(part.factors());
            footprints.extend(part.regions.iter().flat_map(FactorRegions::footprints));
            parts.push(part);
        }
        let (first, factor) = join(&mut parts, grid.n_cells());
        Ok(ModulePrior {
            grid: grid.clone(),
            parts,
            first,
            factor,
            footprints,
            factors,
        })
    }

    /// The model grid.
    pub fn grid(&self) -> &LatLonGrid {
        &self.grid
    }
    /// The modules.
    pub fn modules(&self) -> impl Iterator<Item = &FluxModule> {
        self.parts.iter().map(|p| &p.module)
    }
    /// The factors, in order.
    pub fn factors(&self) -> &[ModuleFactor] {
        &self.factors
    }

    /// The prior covariance of the factors (n_factors x n_factors): within a module the standard
    /// deviations times exp(-distance / length), none between modules.
    ///
    /// # Errors
    /// A correlation length that is not positive.
    pub fn covariance(&self) -> Result<Array2<f64>> {
        let n = self.factors.len();
        let mut covariance = Array2::zeros((n, n));
        for part in self.parts.iter().filter(|p| p.regions.is_some()) {
            let block = part.covariance()?;
            let rows = part.offset..part.offset + block.nrows();
            covariance
                .slice_mut(ndarray::s![rows.clone(), rows])
                .assign(&block);
        }
        Ok(covariance)
    }
}

fn check_names(modules: &[FluxModule], optimised: &[String]) -> Result<()> {
    let names: Vec<&str> = modules.iter().map(|m| m.name.as_str()).collect();
    if names.is_empty() {
        return Err(Error::new("there are no modules to sum").hint("flux::module_of(name, maps)"));
    }
    if let Some(k) = (1..names.len()).find(|k| names[..*k].contains(&names[*k])) {
        return Err(Error::new("two modules have one name").got(format!("\"{}\"", names[k])));
    }
    match optimised.iter().find(|o| !names.contains(&o.as_str())) {
        None => Ok(()),
        Some(other) => Err(Error::new("there is no such module to optimise")
            .expected(format!("one of {}", names.join(", ")))
            .got(format!("\"{other}\""))
            .near(other, names)),
    }
}

/// Terms of all parts cell by cell; tells each part where its own lie.
fn join(parts: &mut [Part], cells: usize) -> (Vec<usize>, Vec<usize>) {
    let (mut first, mut factor) = (vec![0], vec![]);
    for cell in 0..cells {
        for part in parts.iter_mut() {
            for k in part.spread.terms_of(cell) {
                part.index_of_term[k] = factor.len();
                factor.push(part.offset + part.spread.factor(k));
            }
        }
        first.push(factor.len());
    }
    (first, factor)
}

impl SurfaceFlux for ModulePrior {
    fn n_factors(&self) -> usize {
        self.factors.len()
    }

    fn synthetic(&self) -> bool {
        self.parts.iter().any(|p| p.module.series.synthetic())
    }

    fn covers(&self, start: Time, end: Time) -> Result<()> {
        self.parts.iter().try_for_each(|p| {
            let calendar = p.module.series.calendar();
            calendar
                .covers(start, end)
                .map_err(|e| e.at(format!("module \"{}\"", p.module.name)))
        })
    }

    fn between(&self, start: Time, end: Time, basis: &mut FluxBasis) -> Result<()> {
        basis.first.clone_from(&self.first);
        basis.factor.clone_from(&self.factor);
        basis.fixed.clear();
        basis.fixed.resize(self.grid.n_cells(), 0.0);
        basis.value.clear();
        basis.value.resize(self.factor.len(), 0.0);
        self.parts
            .iter()
            .try_for_each(|part| part.add(start, end, basis))
    }

    fn footprints(&self) -> Option<Vec<Footprint>> {
        Some(self.footprints.clone())
    }
}

impl fmt::Display for ModulePrior {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a prior of {} modules on {}",
            self.parts.len(),
            self.grid
        )?;
        for part in &self.parts {
            let n = part.regions.as_ref().map_or(0, |r| r.names().len());
            write!(f, "\n  {}, {n} factors", part.module)?;
        }
        Ok(())
    }
}

/// The module of Eq. 1 that a name stands for, where it is a usual one.
pub(super) fn usual(name: &str) -> Option<Module> {
    match name.to_lowercase().as_str() {
        "nee" | "bio" | "land" | "biosphere" | "terrestrial" | "ecosystem" => Some(Module::Nee),
        "ocean" | "ocn" | "sea" => Some(Module::Ocean),
        "fire" | "fires" | "wildfire" | "biomass_burning" => Some(Module::Wildfire),
        "fossil" | "ff" | "fossil_fuel" | "anthropogenic" => Some(Module::Fossil),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
