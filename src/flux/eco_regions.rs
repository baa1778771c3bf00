//! The eco-regions that carry scaling factors: 11 TransCom land regions x 19 Olson ecosystems,
//! those 145 that have cells, and 30 ocean regions (CarbonTracker; Peters et al. 2007).
//!
//! Cells of region 240 (ice, polar desert) have no factor. Ecosystem 19 (inland seas: the
//! Mediterranean, Black and Red Seas, great lakes) counts among the land regions there, and here;
//! its prior flux is zero.

use super::Footprint;
use crate::data;
use crate::grid::LatLonGrid;
use ndarray::Array2;
use std::sync::{Arc, LazyLock};

/// The paper's localization regions, in order.
pub const REGIONS: [&str; 7] = [
    "Ocean",
    "North America",
    "South America",
    "Africa",
    "Eurasia",
    "Tropical Asia",
    "Australasia",
];

/// Whether a factor scales land or ocean fluxes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Surface {
    /// Net ecosystem exchange.
    Land,
    /// Air-sea exchange.
    Ocean,
}

/// One factor.
#[derive(Debug, Clone, PartialEq)]
pub struct Factor {
    /// CarbonTracker's number, 1 to 239; of a finer division its place in the order, from 1.
    pub id: usize,
    /// Such as `Europe: Mixed Forest` or `South Pacific subtropics 1`.
    pub name: String,
    /// Land or ocean.
    pub surface: Surface,
    /// TransCom region, 1 to 22.
    pub transcom: usize,
    /// Olson ecosystem, 1 to 19, on land.
    pub ecosystem: Option<usize>,
    /// Localization region, an index into [`REGIONS`].
    pub region: usize,
    /// Middle of its cells by area (lat, lon) \[degrees\].
    pub centroid: (f64, f64),
    /// Area \[m2\].
    pub area: f64,
}

/// The factors and the cells they scale.
#[derive(Debug)]
pub struct EcoRegions {
    factors: Vec<Factor>,
    map: Array2<Option<usize>>,
}

impl EcoRegions {
    /// CarbonTracker's eco-regions on 1 x 1 degree.
    pub fn carbontracker() -> &'static Arc<EcoRegions> {
        static REGIONS: LazyLock<Arc<EcoRegions>> = LazyLock::new(|| Arc::new(EcoRegions::read()));
        &REGIONS
    }

    /// Factors and the cells they scale, as another division of the map gives them.
    pub(super) fn from_parts(factors: Vec<Factor>, map: Array2<Option<usize>>) -> Self {
        EcoRegions { factors, map }
    }

    fn read() -> Self {
        let ids = &data::world().eco_regions;
        let present: Vec<usize> = (1..240)
            .filter(|id| ids.iter().any(|c| usize::from(*c) == *id))
            .collect();
        let mut factor_of = [None; 241];
        for (k, id) in present.iter().enumerate() {
            factor_of[*id] = Some(k);
        }
        let map = ids.mapv(|id| factor_of[usize::from(id)]);
        let middles = located(&map, present.len());
        let factors = present
            .into_iter()
            .zip(middles)
            .map(|(id, (centroid, area))| factor(id, centroid, area))
            .collect();
        EcoRegions { factors, map }
    }

    /// Number of factors: 175.
    pub fn n_factors(&self) -> usize {
        self.factors.len()
    }
    /// The factors, land first.
    pub fn factors(&self) -> &[Factor] {
        &self.factors
    }
    /// The factor of each 1 x 1 degree cell (180 lat x 360 lon), if it has one.
    pub fn map(&self) -> &Array2<Option<usize>> {
        &self.map
    }
    /// Where each factor is: its 1 x 1 degree cells, and its middle.
    pub fn footprints(&self) -> Vec<Footprint> {
        let of = |f: &Factor| Footprint {
            parts: vec![],
            location: f.centroid,
        };
        let mut footprints: Vec<Footprint> = self.factors.iter().map(of).collect();
        let grid = one_degree();
        for ((j, i), factor) in self.map.indexed_iter() {
            if let Some(k) = factor {
                let part = (grid.lat()[j], grid.lon()[i], grid.area(j));
                footprints[*k].parts.push(part);
            }
        }
        footprints
    }
    /// Positions of the factors of a localization region (an index into [`REGIONS`]).
    pub fn factors_of_region(&self, region: usize) -> Vec<usize> {
        (0..self.factors.len())
            .filter(|k| self.factors[*k].region == region)
            .collect()
    }
}

/// The 1 x 1 degree grid of the eco-regions.
pub fn one_degree() -> &'static LatLonGrid {
    static GRID: LazyLock<LatLonGrid> =
        LazyLock::new(|| LatLonGrid::regular(1.0, 1.0).expect("one degree divides the globe"));
    &GRID
}

/// The localization region of a TransCom region, an index into [`REGIONS`]: 1-2 North America, 3-4
/// South America, 5-6 Africa, 7, 8 and 11 Eurasia, 9 Tropical Asia, 10 Australasia, 12-22 Ocean.
pub fn region_of_transcom(transcom: usize) -> usize {
    match transcom {
        1 | 2 => 1,
        3 | 4 => 2,
        5 | 6 => 3,
        7 | 8 | 11 => 4,
        9 => 5,
        10 => 6,
        _ => 0,
    }
}

fn factor(id: usize, centroid: (f64, f64), area: f64) -> Factor {
    let (surface, transcom, ecosystem, name) = if id < 210 {
        let (transcom, ecosystem) = ((id - 1) / 19 + 1, (id - 1) % 19 + 1);
        let name = format!(
            "{}: {}",
            data::transcom()[transcom - 1].name,
            data::ecosystems()[ecosystem - 1].name
        );
        (Surface::Land, transcom, Some(ecosystem), name)
    } else {
        let ocean = &data::oceans()[id - 210];
        (Surface::Ocean, ocean.transcom, None, ocean.name.clone())
    };
    Factor {
        id,
        name,
        surface,
        transcom,
        ecosystem,
        region: region_of_transcom(transcom),
        centroid,
        area,
    }
}

/// Centroid (direction of the mean position vector) and area of each factor.
pub(super) fn located(map: &Array2<Option<usize>>, n: usize) -> Vec<((f64, f64), f64)> {
    let grid = one_degree();
    let mut sums = vec![[0.0; 4]; n];
    for ((j, i), factor) in map.indexed_iter() {
        if let Some(k) = factor {
            let (lat, lon, area) = (
                grid.lat()[j].to_radians(),
                grid.lon()[i].to_radians(),
                grid.area(j),
            );
            let vector = [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin(), 1.0];
            sums[*k]
                .iter_mut()
                .zip(vector)
                .for_each(|(s, v)| *s += area * v);
        }
    }
    sums.into_iter()
        .map(|[x, y, z, area]| {
            (
                (z.atan2(x.hypot(y)).to_degrees(), y.atan2(x).to_degrees()),
                area,
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_145_land_and_30_ocean_factors() {
        let eco = EcoRegions::carbontracker();
        let land = eco
            .factors()
            .iter()
            .filter(|f| f.surface == Surface::Land)
            .count();
        assert_eq!((land, eco.n_factors() - land), (145, 30));
    }

    #[test]
    fn every_factor_has_cells_and_is_in_exactly_one_region() {
        let eco = EcoRegions::carbontracker();
        let mut counts = vec![0; eco.n_factors()];
        for region in 0..REGIONS.len() {
            let inside = eco.factors_of_region(region);
            assert!(!inside.is_empty());
            inside.into_iter().for_each(|k| counts[k] += 1);
        }
        assert!(counts.iter().all(|n| *n == 1));
        assert!(
            eco.factors()
                .iter()
                .all(|f| f.area > 0.0 && (f.surface == Surface::Ocean) == (f.region == 0))
        );
    }

    #[test]
    fn centroids_lie_in_their_part_of_the_world() {
        let eco = EcoRegions::carbontracker();
        let of = |name: &str| {
            eco.factors()
                .iter()
                .find(|f| f.name == name)
                .unwrap()
                .centroid
        };
        let (lat, lon) = of("South American Tropical: Tropical Forest");
        assert!(
            (-12.0..3.0).contains(&lat) && (-72.0..-52.0).contains(&lon),
            "{lat} {lon}"
        );
        assert!(of("Arctic Ocean").0 > 70.0);
    }
}
