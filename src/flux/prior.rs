//! Eq. 1: F(s, t) = sum over factors of lambda_r F_r(s, t) + fossil + fire.

use super::basis::MonthlyBasis;
use super::eco_regions::EcoRegions;
use super::modules::Modules;
use super::months::{SLOTS, shares};
use super::product::Product;
use super::{Budget, FactorWindow, FluxBasis, FluxMaps, Footprint, Module, SurfaceFlux, flux_maps};
use crate::error::Result;
use crate::grid::LatLonGrid;
use crate::time::Time;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// A flux with factors whose parts are known: totals and maps of modules with given factors.
pub trait Prior: SurfaceFlux {
    /// The names of its factors, in order.
    fn factor_names(&self) -> Vec<String>;

    /// The same flux scaled by layers of other factors: F (1 + sum over the layers of (lambda -
    /// 1)), where a layer without a factor adds nothing.
    ///
    /// # Errors
    /// A flux whose factors are not to be chosen anew.
    fn scaled_by(&self, layers: &[Arc<EcoRegions>]) -> Result<Arc<dyn Prior>>;

    /// Totals with the factors of `windows`, in the periods between `edges`.
    ///
    /// # Errors
    /// Windows with gaps or unlike shapes, or that do not cover the periods; maps that cannot be
    /// read.
    fn budget(&self, windows: &[FactorWindow], edges: &[Time]) -> Result<Budget>;

    /// Maps of a module on a grid, averaged over the periods between `edges`.
    ///
    /// # Errors
    /// As [`Prior::budget`].
    fn maps(
        &self,
        windows: &[FactorWindow],
        module: Module,
        edges: &[Time],
        grid: &LatLonGrid,
    ) -> Result<FluxMaps>;
}

/// A synthetic flux product on a model grid, with a scaling factor on every eco-region's land or
/// ocean flux. Monthly values hold through their month; land is 3-hourly.
#[derive(Debug, Clone)]
pub struct PriorFlux {
    grid: LatLonGrid,
    product: Product,
    modules: Arc<OnceLock<Modules>>,
    layers: Vec<Arc<EcoRegions>>,
    basis: Arc<MonthlyBasis>,
}

impl PriorFlux {
    /// The fluxes of `product` on `grid`, first-order conservative from 1 x 1 degree.
    pub fn new(grid: &LatLonGrid, product: Product) -> Self {
        let layers = vec![EcoRegions::carbontracker().clone()];
        let basis = Arc::new(MonthlyBasis::new(grid, &Modules::new(&product), &layers));
        PriorFlux {
            grid: grid.clone(),
            product,
            modules: Arc::default(),
            layers,
            basis,
        }
    }

    /// The grid.
    pub fn grid(&self) -> &LatLonGrid {
        &self.grid
    }
    /// What it is made of.
    pub fn product(&self) -> &Product {
        &self.product
    }
    /// The four modules on 1 x 1 degree, made on first use: a run needs only what they are
    /// on its grid.
    pub fn modules(&self) -> &Modules {
        self.modules.get_or_init(|| Modules::new(&self.product))
    }
    /// The layers of its factors, one after the other; by default the eco-regions alone.
    pub fn layers(&self) -> &[Arc<EcoRegions>] {
        &self.layers
    }
    /// The eco-regions its factors belong to, the first of its layers.
    pub fn regions(&self) -> &EcoRegions {
        &self.layers[0]
    }
}

impl SurfaceFlux for PriorFlux {
    fn n_factors(&self) -> usize {
        self.layers.iter().map(|l| l.n_factors()).sum()
    }

    fn synthetic(&self) -> bool {
        true
    }

    fn between(&self, start: Time, end: Time, basis: &mut FluxBasis) -> Result<()> {
        let layout = &self.basis.layout;
        basis.first.clone_from(&layout.first);
        basis.factor.clone_from(&layout.factor);
        basis.fixed.clear();
        basis.fixed.resize(self.grid.n_cells(), 0.0);
        basis.value.clear();
        basis.value.resize(layout.factor.len(), 0.0);
        for (month, slot, share) in shares(start, end)? {
            add(&mut basis.fixed, share, &self.basis.fixed[month]);
            add(
                &mut basis.value,
                share,
                &self.basis.terms[month * SLOTS + slot],
            );
            if let Some(beside) = self.basis.beside.get(month * SLOTS + slot) {
                add(&mut basis.fixed, share, beside);
            }
        }
        Ok(())
    }

    fn footprints(&self) -> Option<Vec<Footprint>> {
        Some(self.layers.iter().flat_map(|l| l.footprints()).collect())
    }
}

impl Prior for PriorFlux {
    fn factor_names(&self) -> Vec<String> {
        let factors = self.layers.iter().flat_map(|l| l.factors());
        factors.map(|f| f.name.clone()).collect()
    }

    fn scaled_by(&self, layers: &[Arc<EcoRegions>]) -> Result<Arc<dyn Prior>> {
        Ok(Arc::new(PriorFlux {
            basis: Arc::new(MonthlyBasis::new(&self.grid, self.modules(), layers)),
            layers: layers.to_vec(),
            ..self.clone()
        }))
    }

    fn budget(&self, windows: &[FactorWindow], edges: &[Time]) -> Result<Budget> {
        Budget::new(self, windows, edges)
    }

    fn maps(
        &self,
        windows: &[FactorWindow],
        module: Module,
        edges: &[Time],
        grid: &LatLonGrid,
    ) -> Result<FluxMaps> {
        flux_maps(self, windows, module, edges, grid)
    }
}

fn add(sum: &mut [f64], share: f64, values: &[f64]) {
    sum.iter_mut()
        .zip(values)
        .for_each(|(s, v)| *s += share * v);
}

impl fmt::Display for PriorFlux {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "flux::prior({}) on {} (synthetic)",
            self.product, self.grid
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::YEAR;

    fn total(flux: &PriorFlux, basis: &FluxBasis, factor: impl Fn(usize) -> f64) -> f64 {
        let n_lon = flux.grid().n_lon();
        let cell = |s: usize| {
            let terms = (basis.first[s]..basis.first[s + 1])
                .map(|k| basis.value[k] * factor(basis.factor[k]))
                .sum::<f64>();
            flux.grid().area(s / n_lon) * (basis.fixed[s] + terms)
        };
        (0..flux.grid().n_cells()).map(cell).sum::<f64>() * YEAR / 1e12
    }

    #[test]
    fn totals_are_kept_from_one_degree_to_the_model_grids() {
        let (start, end): (Time, Time) =
            ("2015-07-01".parse().unwrap(), "2015-08-01".parse().unwrap());
        let totals: Vec<f64> = [
            LatLonGrid::geos(4.0, 5.0).unwrap(),
            LatLonGrid::regular(1.0, 1.0).unwrap(),
        ]
        .iter()
        .map(|grid| {
            let flux = PriorFlux::new(grid, Product::group_1());
            let mut basis = FluxBasis::default();
            flux.between(start, end, &mut basis).unwrap();
            total(&flux, &basis, |_| 1.0)
        })
        .collect();
        let zonal = Product::group_1().zonal;
        let wanted = 9.8 + zonal.index_axis(ndarray::Axis(1), 6).sum();
        assert!(
            (totals[0] - wanted).abs() < 1e-9 && (totals[1] - wanted).abs() < 1e-9,
            "{totals:?} {wanted}"
        );
    }

    #[test]
    fn three_hour_means_add_up_to_the_day_and_differ_within_it() {
        let flux = PriorFlux::new(&LatLonGrid::geos(4.0, 5.0).unwrap(), Product::group_2());
        let start: Time = "2016-06-15".parse().unwrap();
        let at = |hours: f64| start.plus(hours * 3600.0);
        let mut day = FluxBasis::default();
        flux.between(at(0.0), at(24.0), &mut day).unwrap();
        let mut sum = vec![0.0; day.value.len()];
        let mut slots = Vec::new();
        for s in 0..8 {
            let mut slot = FluxBasis::default();
            flux.between(at(3.0 * s as f64), at(3.0 * s as f64 + 3.0), &mut slot)
                .unwrap();
            add(&mut sum, 0.125, &slot.value);
            slots.push(slot.value);
        }
        let size = day.value.iter().fold(0.0_f64, |a, b| a.max(b.abs()));
        assert!(
            sum.iter()
                .zip(&day.value)
                .all(|(a, b)| (a - b).abs() < 1e-12 * size)
        );
        assert!(
            slots[0]
                .iter()
                .zip(&slots[4])
                .any(|(a, b)| (a - b).abs() > size)
        );
    }

    #[test]
    fn a_factor_scales_its_own_flux_and_nothing_else() {
        let flux = PriorFlux::new(&LatLonGrid::geos(4.0, 5.0).unwrap(), Product::group_1());
        let mut basis = FluxBasis::default();
        flux.between(
            "2015-01-01".parse().unwrap(),
            "2015-01-02".parse().unwrap(),
            &mut basis,
        )
        .unwrap();
        let one = total(&flux, &basis, |_| 1.0);
        let by_factor: f64 = (0..flux.n_factors())
            .map(|f| total(&flux, &basis, |k| if k == f { 2.0 } else { 1.0 }) - one)
            .sum();
        let none = total(&flux, &basis, |_| 0.0);
        assert!((one - none - by_factor).abs() < 1e-9);
    }
}
