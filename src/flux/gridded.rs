//! Factors finer than eco-regions: one for the land and one for the sea of every cell of a grid, or
//! one for every part of an eco-region in a cell.

use super::eco_regions::{EcoRegions, Factor, Surface, located, one_degree, region_of_transcom};
use crate::data;
use crate::error::{Error, Result};
use crate::grid::LatLonGrid;
use ndarray::Array2;
use std::collections::BTreeMap;

/// Olson's ecosystem of inland seas, whose prior flux is zero.
const INLAND_SEA: usize = 19;

/// What a factor of a cell is named by: surface (land first), row and column of the grid, and the
/// eco-region, 0 where it does not matter.
type Key = (bool, usize, usize, usize);

impl EcoRegions {
    /// One factor for the land and one for the sea of every cell of `grid`, of those surfaces that
    /// are wanted. A 1 x 1 degree cell belongs to the cell its centre lies in; ice, polar desert
    /// and inland seas have no flux and no factor.
    ///
    /// # Errors
    /// No cell with flux.
    pub fn gridded(grid: &LatLonGrid, wanted: &[Surface]) -> Result<EcoRegions> {
        let key = |factor: &Factor, _, row, column| {
            let flux = factor.ecosystem != Some(INLAND_SEA) && wanted.contains(&factor.surface);
            flux.then_some((factor.surface == Surface::Ocean, row, column, 0))
        };
        keyed(grid, key)
    }

    /// One factor for every part of an eco-region in a cell of `grid`, its tiles.
    ///
    /// # Errors
    /// No cell with flux.
    pub fn tiled(grid: &LatLonGrid) -> Result<EcoRegions> {
        keyed(grid, |factor, number, row, column| {
            Some((factor.surface == Surface::Ocean, row, column, number + 1))
        })
    }

    /// The factor of `self` that each factor of a finer division lies in; none for one that lies
    /// in no factor or in several.
    pub fn parents(&self, finer: &EcoRegions) -> Vec<Option<usize>> {
        let mut parents: Vec<Option<Option<usize>>> = vec![None; finer.n_factors()];
        for (coarse, fine) in self.map().iter().zip(finer.map()) {
            if let Some(k) = fine {
                let alike = parents[*k].is_none_or(|known| known == *coarse);
                parents[*k] = Some(coarse.filter(|_| alike));
            }
        }
        parents.into_iter().map(Option::flatten).collect()
    }

    /// The cell of `grid` (row-major) that holds most of each factor's 1 x 1 degree cells' centres:
    /// for factors made by [`EcoRegions::gridded`] their own.
    pub fn cells(&self, grid: &LatLonGrid) -> Vec<usize> {
        let mut cells = vec![0; self.n_factors()];
        for ((j, i), factor) in self.map().indexed_iter() {
            if let Some(k) = factor {
                let (row, column) = cell_of(grid, j, i);
                cells[*k] = row * grid.n_lon() + column;
            }
        }
        cells
    }
}

fn cell_of(grid: &LatLonGrid, j: usize, i: usize) -> (usize, usize) {
    let fine = one_degree();
    (grid.row_of(fine.lat()[j]), grid.column_of(fine.lon()[i]))
}

/// The division of the eco-regions by a key, land first, then by rows and columns.
fn keyed(
    grid: &LatLonGrid,
    key: impl Fn(&Factor, usize, usize, usize) -> Option<Key>,
) -> Result<EcoRegions> {
    let eco = EcoRegions::carbontracker();
    let keys = Array2::from_shape_fn(eco.map().dim(), |(j, i)| {
        let number = eco.map()[[j, i]]?;
        let (row, column) = cell_of(grid, j, i);
        key(&eco.factors()[number], number, row, column)
    });
    let mut numbers: BTreeMap<Key, usize> = keys.iter().flatten().map(|k| (*k, 0)).collect();
    numbers.values_mut().enumerate().for_each(|(n, v)| *v = n);
    if numbers.is_empty() {
        return Err(Error::new("no cell of the grid has a flux to scale").got(grid));
    }
    let map = keys.mapv(|k| k.map(|k| numbers[&k]));
    let transcom = most_transcom(&map, numbers.len());
    let factors = located(&map, numbers.len())
        .into_iter()
        .zip(numbers.keys().zip(transcom))
        .enumerate()
        .map(|(n, ((centroid, area), (key, transcom)))| named(n, key, (centroid, area), transcom))
        .collect();
    Ok(EcoRegions::from_parts(factors, map))
}

fn named(n: usize, key: &Key, (centroid, area): ((f64, f64), f64), transcom: usize) -> Factor {
    let (at_sea, _, _, eco) = *key;
    let centre = format!("{:.1} N {:.1} E", centroid.0, centroid.1);
    let (surface, region) = if at_sea {
        (Surface::Ocean, 0)
    } else {
        (Surface::Land, region_of_transcom(transcom))
    };
    let of = match eco.checked_sub(1) {
        Some(number) => EcoRegions::carbontracker().factors()[number].name.clone(),
        None if at_sea => "sea".into(),
        None => "land".into(),
    };
    Factor {
        id: n + 1,
        name: format!("{of}, {centre}"),
        surface,
        transcom,
        ecosystem: None,
        region,
        centroid,
        area,
    }
}

/// The TransCom region that holds most 1 x 1 degree cells of each factor, the first of equals.
fn most_transcom(map: &Array2<Option<usize>>, n: usize) -> Vec<usize> {
    let mut counts = vec![[0usize; 24]; n];
    for (factor, transcom) in map.iter().zip(&data::world().transcom) {
        if let Some(k) = factor {
            counts[*k][usize::from(*transcom)] += 1;
        }
    }
    let most = |c: &[usize; 24]| (1..24).rev().max_by_key(|r| c[*r]).unwrap_or(1);
    counts.iter().map(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_with_flux_has_one_factor_for_each_surface() {
        let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
        let both = EcoRegions::gridded(&grid, &[Surface::Land, Surface::Ocean]).unwrap();
        let land = EcoRegions::gridded(&grid, &[Surface::Land]).unwrap();
        let sea = EcoRegions::gridded(&grid, &[Surface::Ocean]).unwrap();
        assert_eq!(both.n_factors(), land.n_factors() + sea.n_factors());
        assert!(
            both.factors()[..land.n_factors()]
                .iter()
                .all(|f| f.surface == Surface::Land)
        );
        let eco = EcoRegions::carbontracker();
        for (coarse, fine) in eco.map().iter().zip(both.map()) {
            let inland = coarse.is_some_and(|k| eco.factors()[k].ecosystem == Some(INLAND_SEA));
            assert_eq!(fine.is_some(), coarse.is_some() && !inland);
        }
        let area = |e: &EcoRegions| e.factors().iter().map(|f| f.area).sum::<f64>();
        assert!((area(&both) - area(&land) - area(&sea)).abs() < 1e-6 * area(&both));
        let cells = sea.cells(&grid);
        assert!(cells.windows(2).all(|p| p[0] < p[1]));
    }

    #[test]
    fn tiles_lie_in_one_eco_region_each() {
        let eco = EcoRegions::carbontracker();
        let tiles = EcoRegions::tiled(&LatLonGrid::geos(20.0, 30.0).unwrap()).unwrap();
        let parents = eco.parents(&tiles);
        assert!(tiles.n_factors() > 175 && parents.iter().all(Option::is_some));
        for (coarse, fine) in eco.map().iter().zip(tiles.map()) {
            assert_eq!(*coarse, fine.and_then(|k| parents[k]));
        }
    }
}
