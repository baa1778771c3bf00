//! Region maps and land fraction on any grid, from the 1 x 1 degree eco-regions.
//!
//! What has no factor is placed so that no cell is left out: Greenland and the Canadian ice with
//! North America, Iceland, Svalbard and the Russian Arctic islands with Eurasia, Antarctica with
//! the Ocean around it.

use super::eco_regions::{REGIONS, one_degree, region_of_transcom};
use crate::data;
use crate::error::Result;
use crate::grid::{ConservativeRegrid, LatLonGrid, RegionMap};
use ndarray::Array2;

const NOT_OPTIMISED: u8 = 23;
const WATER: u8 = 19;

/// Share of land in each cell (lat, lon), 0 to 1; inland seas are not land, ice sheets are.
pub fn land_fraction(grid: &LatLonGrid) -> Array2<f64> {
    share(grid, |id| id == ICE || has_soil(id))
}

/// Share of land without ice or polar desert in each cell (lat, lon), 0 to 1.
pub(crate) fn ice_free_land(grid: &LatLonGrid) -> Array2<f64> {
    share(grid, has_soil)
}

/// Eco-region of ice and polar desert.
const ICE: u8 = 240;

fn has_soil(id: u8) -> bool {
    (1..=209).contains(&id) && (id - 1) % 19 + 1 != WATER
}

/// Share of each cell in the eco-regions that are chosen.
fn share(grid: &LatLonGrid, chosen: impl Fn(u8) -> bool) -> Array2<f64> {
    let ones = data::world()
        .eco_regions
        .mapv(|id| if chosen(id) { 1.0 } else { 0.0 });
    // The parts of a cell add up to one but for rounding.
    ConservativeRegrid::new(one_degree(), grid)
        .density(ones.view())
        .mapv(|share| share.min(1.0))
}

/// Where land takes a cell: from this share of the cell's area.
const LAND_SHARE: f64 = 0.5;

/// The seven localization regions of Su et al. (2024) on `grid`. A cell at least half covered by
/// land regions goes to the land region with most of it, any other cell to the Ocean.
///
/// # Errors
/// A grid so coarse that a region has no cell.
pub fn localization_regions(grid: &LatLonGrid) -> Result<RegionMap> {
    let region_at = |j: usize, i: usize| {
        let transcom = data::world().transcom[[j, i]];
        if transcom == NOT_OPTIMISED {
            ice(one_degree().lat()[j], one_degree().lon()[i])
        } else {
            region_of_transcom(usize::from(transcom))
        }
    };
    map_of(grid, REGIONS.map(String::from).to_vec(), region_at)
}

/// The 22 TransCom regions and `Not optimised` on `grid`, by the same rule.
///
/// # Errors
/// A grid so coarse that a region has no cell.
pub fn transcom_regions(grid: &LatLonGrid) -> Result<RegionMap> {
    let names: Vec<String> = data::transcom().iter().map(|t| t.name.clone()).collect();
    let region_at = |j, i| usize::from(data::world().transcom[[j, i]]) - 1;
    map_of(grid, names, region_at)
}

/// The map on `grid` of regions that are given on 1 x 1 degree, which it goes on to know: a coast
/// finer than the grid belongs to its land.
fn map_of(
    grid: &LatLonGrid,
    names: Vec<String>,
    region_at: impl Fn(usize, usize) -> usize,
) -> Result<RegionMap> {
    let region = majority(grid, names.len(), &region_at);
    let fine = one_degree();
    let finer = Array2::from_shape_fn((fine.n_lat(), fine.n_lon()), |(j, i)| region_at(j, i));
    RegionMap::new(grid, names, region)?.with_finer(fine, finer)
}

/// The localization region of a location without a factor.
fn ice(lat: f64, lon: f64) -> usize {
    match (lat, lon) {
        (lat, _) if lat < 0.0 => 0,
        (_, lon) if lon < -30.0 => 1,
        (lat, lon) if lat > 70.0 && lon < -10.0 => 1,
        _ => 4,
    }
}

/// The region with most of each cell's area, among land regions where these cover half of it.
/// Regions of land are distinguished from those of sea by whether the source cell has land or an
/// inland sea.
fn majority(
    grid: &LatLonGrid,
    n: usize,
    region_at: impl Fn(usize, usize) -> usize,
) -> Array2<usize> {
    let regrid = ConservativeRegrid::new(one_degree(), grid);
    let ids = &data::world().eco_regions;
    Array2::from_shape_fn((grid.n_lat(), grid.n_lon()), |(row, column)| {
        let (mut land, mut sea) = (vec![0.0; n], vec![0.0; n]);
        for (j, i, share) in regrid.sources(row, column) {
            let is_land = ids[[j, i]] < 210 || ids[[j, i]] == 240;
            if is_land {
                land[region_at(j, i)] += share
            } else {
                sea[region_at(j, i)] += share
            }
        }
        let shares = if land.iter().sum::<f64>() >= LAND_SHARE {
            land
        } else {
            sea
        };
        // The first of equals, so that the answer does not depend on the order of comparison.
        (0..n)
            .rev()
            .max_by(|a, b| shares[*a].total_cmp(&shares[*b]))
            .expect("there are regions")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_factor_belongs_to_the_region_of_its_transcom_region_on_any_grid() {
        let eco = crate::flux::EcoRegions::carbontracker();
        for grid in [LatLonGrid::geos(4.0, 5.0), LatLonGrid::geos(2.0, 2.5)] {
            let map = localization_regions(&grid.unwrap()).unwrap();
            for (factor, footprint) in eco.factors().iter().zip(eco.footprints()) {
                let parts = footprint.parts.iter();
                let inside =
                    parts.filter(|(lat, lon, _)| map.region_at(*lat, *lon) == factor.region);
                let area: f64 = inside.map(|(_, _, area)| area).sum();
                assert!(area > 0.5 * factor.area, "{}", factor.name);
            }
        }
    }

    #[test]
    fn the_seven_regions_hold_the_places_they_are_named_for() {
        for grid in [
            LatLonGrid::geos(4.0, 5.0).unwrap(),
            LatLonGrid::geos(2.0, 2.5).unwrap(),
        ] {
            let map = localization_regions(&grid).unwrap();
            let at = |lat: f64, lon: f64| {
                map.names()[map.regions()[[grid.row_of(lat), grid.column_of(lon)]]].as_str()
            };
            assert_eq!(at(40.0, -100.0), "North America");
            assert_eq!(at(-5.0, -62.0), "South America");
            assert_eq!(at(20.0, 10.0), "Africa");
            assert_eq!(at(60.0, 100.0), "Eurasia");
            assert_eq!(at(48.0, 10.0), "Eurasia");
            assert_eq!(at(0.0, 114.0), "Tropical Asia");
            assert_eq!(at(-25.0, 134.0), "Australasia");
            assert_eq!(at(0.0, -150.0), "Ocean");
            assert_eq!(at(-80.0, 0.0), "Ocean");
            assert_eq!(at(72.0, -40.0), "North America");
        }
    }

    #[test]
    fn transcom_regions_have_cells_on_both_model_grids() {
        for grid in [
            LatLonGrid::geos(4.0, 5.0).unwrap(),
            LatLonGrid::geos(2.0, 2.5).unwrap(),
        ] {
            assert_eq!(transcom_regions(&grid).unwrap().names().len(), 23);
        }
    }

    #[test]
    fn land_covers_the_known_share_of_the_globe_on_any_grid() {
        let share = |grid: &LatLonGrid| {
            let land = land_fraction(grid);
            let (mut total, mut all) = (0.0, 0.0);
            for j in 0..grid.n_lat() {
                total += grid.area(j) * land.row(j).sum();
                all += grid.area(j) * grid.n_lon() as f64;
            }
            total / all
        };
        let one = share(one_degree());
        assert!((0.27..0.31).contains(&one), "{one}");
        assert!((share(&LatLonGrid::geos(4.0, 5.0).unwrap()) - one).abs() < 1e-12);
    }
}
