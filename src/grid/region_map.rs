//! A partition of the horizontal grid into named regions, checked when it is made.

use super::LatLonGrid;
use crate::error::{Error, Result};
use ndarray::Array2;
use std::fmt;

/// Every cell of a grid belongs to exactly one named region.
#[derive(Debug, Clone, PartialEq)]
pub struct RegionMap {
    grid: LatLonGrid,
    names: Vec<String>,
    region: Array2<usize>,
}

impl RegionMap {
    /// From a region number per cell (lat x lon), each an index into `names`.
    ///
    /// # Errors
    /// A shape other than the grid's, a number outside `names` (a hole), or a name without a cell.
    pub fn new(grid: &LatLonGrid, names: Vec<String>, region: Array2<usize>) -> Result<Self> {
        if region.dim() != (grid.n_lat(), grid.n_lon()) {
            return Err(Error::new("a region map must have the shape of its grid")
                .expected(format!("{} x {}", grid.n_lat(), grid.n_lon()))
                .got(format!("{} x {}", region.nrows(), region.ncols())));
        }
        if let Some(((j, i), _)) = region.indexed_iter().find(|(_, r)| **r >= names.len()) {
            let holes = region.iter().filter(|r| **r >= names.len()).count();
            return Err(Error::new("the region map has holes")
                .expected("a region for every cell")
                .got(format!("{holes} cells without one, the first at {} N {} E", grid.lat()[j], grid.lon()[i]))
                .hint("a last region that takes every other cell"));
        }
        if let Some(orphan) = (0..names.len()).find(|r| !region.iter().any(|x| x == r)) {
            return Err(Error::new(format!("region \"{}\" has no cells", names[orphan])).at(format!("a map of {} regions", names.len())));
        }
        Ok(RegionMap { grid: grid.clone(), names, region })
    }

    /// From a function of (latitude, longitude, row, column) that names each cell's region, or says
    /// `None` for a hole. Regions are numbered in the order they are first met.
    pub fn from_function(grid: &LatLonGrid, mut name: impl FnMut(f64, f64, usize, usize) -> Result<Option<String>>) -> Result<Self> {
        let mut names: Vec<String> = Vec::new();
        let mut region = Array2::from_elem((grid.n_lat(), grid.n_lon()), usize::MAX);
        for ((j, i), slot) in region.indexed_iter_mut() {
            if let Some(found) = name(grid.lat()[j], grid.lon()[i], j, i)? {
                *slot = names.iter().position(|n| *n == found).unwrap_or_else(|| {
                    names.push(found);
                    names.len() - 1
                });
            }
        }
        RegionMap::new(grid, names, region)
    }

    /// One region called `name` for the whole globe.
    pub fn single(grid: &LatLonGrid, name: &str) -> Self {
        RegionMap { grid: grid.clone(), names: vec![name.to_string()], region: Array2::zeros((grid.n_lat(), grid.n_lon())) }
    }

    /// The grid the map is on.
    pub fn grid(&self) -> &LatLonGrid {
        &self.grid
    }
    /// Region names in order of their number.
    pub fn names(&self) -> &[String] {
        &self.names
    }
    /// Region number of each cell (lat x lon).
    pub fn regions(&self) -> &Array2<usize> {
        &self.region
    }
    /// The number of the region called `name`.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|n| n == name)
    }
}

impl fmt::Display for RegionMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} regions on {}: {}", self.names.len(), self.grid, self.names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_with_holes_is_refused_with_their_number_and_place() {
        let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
        let message = RegionMap::from_function(&grid, |lat, _, _, _| Ok((lat > 0.0).then(|| "North".into()))).unwrap_err().to_string();
        assert!(message.contains("holes") && message.contains("1656 cells"), "{message}");
        let whole = RegionMap::from_function(&grid, |lat, _, _, _| Ok(Some(if lat > 0.0 { "North" } else { "South" }.into()))).unwrap();
        assert_eq!(whole.names(), ["South", "North"]);
    }
}
