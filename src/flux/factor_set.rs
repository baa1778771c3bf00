//! Which factors a flux has, and their prior: eco-regions, the cells of a grid, parts of
//! eco-regions, or eco-regions with a gridded residual.

use super::eco_regions::{EcoRegions, Surface};
use super::factor_prior::FactorPrior;
use crate::ensemble::{FactorDraws, SphereDraws, check_length, exponential_covariance};
use crate::error::{Error, Result, Warning};
use crate::grid::LatLonGrid;
use ndarray::{Array2, ArrayView1};
use std::fmt;
use std::sync::Arc;

/// Most factors whose covariance is kept as a matrix.
const MOST_IN_A_MATRIX: usize = 4000;

/// Layers of factors and the distribution they are drawn from. With several layers the flux is F (1
/// + sum over layers of (lambda - 1)): eco-region factors and a residual within them.
#[derive(Debug, Clone)]
pub struct FactorSet {
    layers: Vec<Arc<EcoRegions>>,
    draws: FactorDraws,
    /// Standard deviations of the first layer on land and at sea; none where it has no factor.
    sd: [Option<f64>; 2],
    name: String,
}

/// Standard deviations and correlation length of factors of a grid; none for no factors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Uncertainty {
    /// On land, as a part of the flux.
    pub land: Option<f64>,
    /// At sea.
    pub ocean: Option<f64>,
    /// The distance at which correlations have fallen to 1/e \[km\].
    pub length_km: f64,
}

impl Uncertainty {
    fn check(&self) -> Result<()> {
        check_length(self.length_km)?;
        let given = [("land", self.land), ("ocean", self.ocean)];
        for (name, sd) in given.iter().filter_map(|(n, sd)| sd.map(|sd| (n, sd))) {
            if !(sd > 0.0 && sd.is_finite()) {
                return Err(Error::new(format!(
                    "the standard deviation of factors ({name}) must be positive"
                ))
                .expected("a positive number")
                .got(sd)
                .hint("surfaces: \"land\" or \"ocean\", to leave one out"));
            }
        }
        Ok(())
    }

    fn of(&self, surface: Surface) -> Option<f64> {
        match surface {
            Surface::Land => self.land,
            Surface::Ocean => self.ocean,
        }
    }
}

impl FactorSet {
    /// The eco-regions of CarbonTracker, the paper's factors.
    ///
    /// # Errors
    /// A prior that is no covariance.
    pub fn eco_regions(prior: FactorPrior) -> Result<Self> {
        let eco = EcoRegions::carbontracker().clone();
        Ok(FactorSet {
            draws: FactorDraws::new(&prior.covariance(&eco))?,
            sd: [Surface::Land, Surface::Ocean].map(|s| Some(prior.sd(s))),
            name: format!("eco-regions, {prior}"),
            layers: vec![eco],
        })
    }

    /// A factor for the land and one for the sea of every cell of `grid` that has such a flux;
    /// correlated over the sphere, land and sea independent. Drawing takes memory n_lat^2 n_lon /
    /// 2, the analysis time and memory in proportion to the number of factors.
    ///
    /// # Errors
    /// A standard deviation that is not positive, a length that is not one on the sphere.
    pub fn gridded(grid: &LatLonGrid, prior: Uncertainty) -> Result<Self> {
        prior.check()?;
        let surfaces = [Surface::Land, Surface::Ocean];
        let wanted: Vec<Surface> = surfaces
            .into_iter()
            .filter(|s| prior.of(*s).is_some())
            .collect();
        let sphere = Arc::new(SphereDraws::new(grid.lat(), grid.n_lon(), prior.length_km)?);
        let draws = wanted.iter().map(|surface| {
            let cells = EcoRegions::gridded(grid, &[*surface])?.cells(grid);
            let sd = prior.of(*surface).unwrap_or_default();
            Ok(FactorDraws::on_sphere(sphere.clone(), cells, sd))
        });
        let draws = draws.collect::<Result<Vec<_>>>()?;
        Ok(FactorSet {
            layers: vec![Arc::new(EcoRegions::gridded(grid, &wanted)?)],
            draws: FactorDraws::joined(draws),
            sd: [prior.land, prior.ocean],
            name: format!("cells of {grid}, {prior}"),
        })
    }

    /// A factor for every part of an eco-region in a cell of `grid`; correlated with the distance
    /// of their centres, land and sea independent.
    ///
    /// # Errors
    /// A standard deviation that is not positive, a length that is not one on the sphere, so many
    /// parts that their covariance is no matrix to keep.
    pub fn tiled(grid: &LatLonGrid, prior: Uncertainty) -> Result<Self> {
        prior.check()?;
        let layer = EcoRegions::tiled(grid)?;
        let n = layer.n_factors();
        if n > MOST_IN_A_MATRIX {
            return Err(
                Error::new("there are too many tiles for a covariance matrix")
                    .expected(format!("at most {MOST_IN_A_MATRIX} factors"))
                    .got(n)
                    .hint("larger tiles, or factors::gridded(grid, #{ ... })"),
            );
        }
        let factors = layer.factors();
        let sd: Vec<f64> = factors
            .iter()
            .map(|f| prior.of(f.surface).unwrap_or_default())
            .collect();
        let locations: Vec<(f64, f64)> = factors.iter().map(|f| f.centroid).collect();
        let kinds: Vec<usize> = factors
            .iter()
            .map(|f| usize::from(f.surface == Surface::Ocean))
            .collect();
        let covariance = exponential_covariance(&sd, &locations, &kinds, prior.length_km)?;
        Ok(FactorSet {
            draws: FactorDraws::new(&covariance)?,
            layers: vec![Arc::new(layer)],
            sd: [prior.land, prior.ocean],
            name: format!("eco-regions by tiles of {grid}, {prior}"),
        })
    }

    /// These factors and, added to them, those of a residual: what a factor of a region cannot
    /// represent within it, the aggregation error.
    ///
    /// # Errors
    /// A residual whose standard deviation is not below its parent's.
    pub fn with_residual(&self, residual: &FactorSet) -> Result<Self> {
        for (k, surface) in ["land", "sea"].into_iter().enumerate() {
            if let (Some(parent), Some(of_residual)) = (self.sd[k], residual.sd[k])
                && of_residual >= parent
            {
                return Err(Error::new(format!(
                    "the residual of factors ({surface}) is not smaller than its parent"
                ))
                .expected(format!("a standard deviation below {parent}"))
                .got(of_residual)
                .hint(
                    "a residual of half the parent's standard deviation, or factors::gridded alone",
                ));
            }
        }
        let layers = self.layers.iter().chain(&residual.layers);
        Ok(FactorSet {
            layers: layers.cloned().collect(),
            draws: FactorDraws::joined([self.draws.clone(), residual.draws.clone()]),
            sd: self.sd,
            name: format!("{} and a residual of {}", self.name, residual.name),
        })
    }

    /// The layers, one after the other.
    pub fn layers(&self) -> &[Arc<EcoRegions>] {
        &self.layers
    }
    /// The distribution of perturbations.
    pub fn draws(&self) -> &FactorDraws {
        &self.draws
    }
    /// Number of factors of all layers.
    pub fn n_factors(&self) -> usize {
        self.draws.n_factors()
    }

    /// What the flux is scaled by on 1 x 1 degree (180 x 360), for factors (n); missing where there
    /// is no factor.
    ///
    /// # Errors
    /// Another number of factors.
    pub fn map(&self, factors: ArrayView1<f64>) -> Result<Array2<f64>> {
        if factors.len() != self.n_factors() {
            return Err(Error::new("the factors do not fit the set")
                .expected(format!("{} factors", self.n_factors()))
                .got(factors.len()));
        }
        let mut map = Array2::from_elem(self.layers[0].map().dim(), f64::NAN);
        let mut offset = 0;
        for layer in &self.layers {
            for (value, factor) in map.iter_mut().zip(layer.map()) {
                if let Some(k) = factor {
                    let before = if value.is_nan() { 1.0 } else { *value };
                    *value = before + (factors[offset + k] - 1.0);
                }
            }
            offset += layer.n_factors();
        }
        Ok(map)
    }

    /// A warning of cells of `grid` that have no flux to scale, and so no factor.
    pub fn without_flux(&self, grid: &LatLonGrid) -> Option<Warning> {
        let layer = self.layers.last()?;
        let mut cells = layer.cells(grid);
        cells.sort_unstable();
        cells.dedup();
        let missing = grid.n_cells() - cells.len();
        (missing > 0).then(|| {
            let text = format!(
                "{missing} of the {} cells of the grid hold no flux that a factor could scale (ice, inland seas, surfaces left out); they have none",
                grid.n_cells()
            );
            Warning::new("cells_without_flux", text)
        })
    }
}

impl fmt::Display for Uncertainty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sd = |sd: Option<f64>| sd.map_or("none".to_string(), |sd| format!("{sd:?}"));
        let (land, ocean) = (sd(self.land), sd(self.ocean));
        write!(
            f,
            "sd {land} on land and {ocean} at sea, length {:?} km",
            self.length_km
        )
    }
}

impl fmt::Display for FactorSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} factors: {}", self.n_factors(), self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flux::{Budget, FactorWindow, FluxBasis, Prior, PriorFlux, Product};
    use crate::time::Time;
    use ndarray::{Array1, Axis};

    fn uncertainty(sd: f64) -> Uncertainty {
        Uncertainty {
            land: Some(sd),
            ocean: Some(sd),
            length_km: 1000.0,
        }
    }

    fn prior() -> PriorFlux {
        PriorFlux::new(&LatLonGrid::geos(20.0, 30.0).unwrap(), Product::group_1())
    }

    /// Flux of every cell in a 3-hour slot of July.
    fn flux(model: &dyn Prior, factors: &Array1<f64>) -> Vec<f64> {
        let at = |text: &str| text.parse::<Time>().unwrap();
        let mut basis = FluxBasis::default();
        model
            .between(at("2015-07-03T12:00"), at("2015-07-03T15:00"), &mut basis)
            .unwrap();
        let terms = |s: usize| basis.first[s]..basis.first[s + 1];
        let sum = |s: usize| {
            let one = terms(s).map(|k| basis.value[k] * factors[basis.factor[k]]);
            basis.fixed[s] + one.sum::<f64>()
        };
        (0..basis.fixed.len()).map(sum).collect()
    }

    fn budget(model: &dyn Prior, factors: &Array1<f64>) -> Budget {
        let at = |text: &str| text.parse::<Time>().unwrap();
        let window = FactorWindow {
            start: at("2015-07-01"),
            end: at("2015-07-15"),
            factors: factors.clone().insert_axis(Axis(1)),
        };
        let edges = [window.start, window.end];
        model.budget(&[window], &edges).unwrap()
    }

    fn near(a: &[f64], b: &[f64]) {
        let size = b.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
        assert!(a.iter().zip(b).all(|(x, y)| (x - y).abs() < 1e-11 * size));
    }

    #[test]
    fn finer_factors_that_are_alike_within_eco_regions_are_the_eco_regions_factors() {
        let eco = EcoRegions::carbontracker();
        let coarse = Array1::from_shape_fn(175, |k| 0.4 + (k % 11) as f64 / 10.0);
        let grid = LatLonGrid::geos(20.0, 30.0).unwrap();
        let tiles = FactorSet::tiled(&grid, uncertainty(0.5)).unwrap();
        let one_degree = LatLonGrid::regular(1.0, 1.0).unwrap();
        let every = EcoRegions::gridded(&one_degree, &[Surface::Land, Surface::Ocean]).unwrap();
        let model = prior();
        for layer in [tiles.layers()[0].clone(), Arc::new(every)] {
            let parents = eco.parents(&layer);
            let fine: Array1<f64> = parents.iter().map(|p| coarse[p.unwrap()]).collect();
            let scaled = model.scaled_by(&[layer]).unwrap();
            near(&flux(&*scaled, &fine), &flux(&model, &coarse));
            let rate = |b: &Budget| b.field(crate::flux::Module::Global).unwrap().data().clone();
            let wanted = rate(&budget(&model, &coarse));
            near(
                rate(&budget(&*scaled, &fine)).as_slice().unwrap(),
                wanted.as_slice().unwrap(),
            );
        }
    }

    #[test]
    fn a_residual_adds_to_its_parent_and_is_nothing_where_it_is_one() {
        let grid = LatLonGrid::geos(20.0, 30.0).unwrap();
        let parent = FactorSet::eco_regions(FactorPrior::default()).unwrap();
        let land = Uncertainty {
            ocean: None,
            ..uncertainty(0.2)
        };
        let set = parent
            .with_residual(&FactorSet::gridded(&grid, land).unwrap())
            .unwrap();
        let (model, n) = (prior(), set.n_factors());
        let scaled = model.scaled_by(set.layers()).unwrap();
        assert_eq!((scaled.n_factors(), set.draws().n_factors()), (n, n));
        let coarse = Array1::from_shape_fn(175, |k| 0.4 + (k % 11) as f64 / 10.0);
        let mut all = Array1::ones(n);
        all.slice_mut(ndarray::s![..175]).assign(&coarse);
        near(&flux(&*scaled, &all), &flux(&model, &coarse));
        // A residual of 1.2 everywhere on land adds a fifth of the prior's land flux.
        all.slice_mut(ndarray::s![175..]).fill(1.2);
        let mut raised = coarse;
        let eco = EcoRegions::carbontracker().factors();
        for (value, factor) in raised.iter_mut().zip(eco) {
            *value += if factor.surface == Surface::Land {
                0.2
            } else {
                0.0
            };
        }
        near(&flux(&*scaled, &all), &flux(&model, &raised));
        let nee = |b: &Budget| b.totals(crate::flux::Module::Nee)[0];
        let (with, by_hand) = (nee(&budget(&*scaled, &all)), nee(&budget(&model, &raised)));
        assert!((with - by_hand).abs() < 1e-9, "{with} {by_hand}");
        let map = set.map(all.view()).unwrap();
        let europe = map[[140, 190]];
        let factor = eco_at(140, 190);
        assert!((europe - raised[factor]).abs() < 1e-12);
    }

    fn eco_at(j: usize, i: usize) -> usize {
        EcoRegions::carbontracker().map()[[j, i]].unwrap()
    }

    #[test]
    fn fluxes_without_a_factor_stay_the_prior() {
        let grid = LatLonGrid::geos(20.0, 30.0).unwrap();
        let sea = Uncertainty {
            land: None,
            ..uncertainty(0.5)
        };
        let set = FactorSet::gridded(&grid, sea).unwrap();
        let model = prior();
        let scaled = model.scaled_by(set.layers()).unwrap();
        let (ones, all) = (Array1::ones(set.n_factors()), Array1::ones(175));
        near(&flux(&*scaled, &ones), &flux(&model, &all));
        assert!(set.without_flux(&grid).is_some());
    }

    #[test]
    fn the_eco_regions_draw_as_their_covariance_alone() {
        let set = FactorSet::eco_regions(FactorPrior::default()).unwrap();
        let covariance = FactorPrior::default().covariance(EcoRegions::carbontracker());
        let alone = FactorDraws::new(&covariance).unwrap();
        assert_eq!(set.draws().draw(1, "week 1", 3), alone.draw(1, "week 1", 3));
    }

    #[test]
    fn what_is_no_prior_is_refused() {
        let grid = LatLonGrid::geos(20.0, 30.0).unwrap();
        assert!(FactorSet::gridded(&grid, uncertainty(0.0)).is_err());
        let far = Uncertainty {
            length_km: 1e5,
            ..uncertainty(0.5)
        };
        assert!(FactorSet::tiled(&grid, far).is_err());
        let parent = FactorSet::eco_regions(FactorPrior::default()).unwrap();
        let large = FactorSet::gridded(&grid, uncertainty(0.6)).unwrap();
        let message = parent.with_residual(&large).unwrap_err().to_string();
        assert!(message.contains("not smaller than its parent"), "{message}");
    }
}
