//! Checks of regions given as masks, before a map is made of them: holes, overlaps, empty
//! regions and orphans.

use super::{LatLonGrid, RegionMap};
use crate::error::{Error, Result};
use ndarray::Array2;
use std::fmt;

/// A report on named masks (lat x lon) of a grid; cells are (row, column).
#[derive(Debug, Clone, PartialEq)]
pub struct MapCheck {
    grid: LatLonGrid,
    /// Cells in no region.
    pub holes: Vec<(usize, usize)>,
    /// Cells in more than one region, with the names of the first two.
    pub overlaps: Vec<((usize, usize), [String; 2])>,
    /// Regions without a cell.
    pub empty: Vec<String>,
    /// Cells none of whose neighbours, corners counted, is of their region; harmless, but often a
    /// slip.
    pub orphans: Vec<((usize, usize), String)>,
}

impl MapCheck {
    /// Of masks that should cover the grid once.
    ///
    /// # Errors
    /// A mask of another shape than the grid.
    pub(crate) fn of_masks(grid: &LatLonGrid, masks: &[(String, Array2<bool>)]) -> Result<Self> {
        for (name, mask) in masks {
            if mask.dim() != (grid.n_lat(), grid.n_lon()) {
                return Err(Error::new("a region must have the shape of the grid")
                    .expected(format!("{} x {}", grid.n_lat(), grid.n_lon()))
                    .got(format!("{} x {}", mask.nrows(), mask.ncols()))
                    .at(format!("region {name}")));
            }
        }
        let mut check = MapCheck {
            grid: grid.clone(),
            holes: vec![],
            overlaps: vec![],
            empty: vec![],
            orphans: vec![],
        };
        for cell in (0..grid.n_lat()).flat_map(|j| (0..grid.n_lon()).map(move |i| (j, i))) {
            let mut of = masks.iter().filter(|(_, mask)| mask[cell]);
            match (of.next(), of.next()) {
                (None, _) => check.holes.push(cell),
                (Some(a), Some(b)) => check.overlaps.push((cell, [a.0.clone(), b.0.clone()])),
                (Some((name, mask)), None) if is_alone(mask, cell) => {
                    check.orphans.push((cell, name.clone()))
                }
                _ => {}
            }
        }
        check.empty = masks
            .iter()
            .filter(|(_, mask)| !mask.iter().any(|m| *m))
            .map(|(name, _)| name.clone())
            .collect();
        Ok(check)
    }

    /// Of a map, which has neither holes nor overlaps nor empty regions.
    pub fn of_map(map: &RegionMap) -> Self {
        let masks: Vec<_> = map
            .names()
            .iter()
            .enumerate()
            .map(|(r, n)| (n.clone(), map.regions().mapv(|x| x == r)))
            .collect();
        MapCheck::of_masks(map.grid(), &masks).expect("a map has the shape of its grid")
    }

    /// Whether the masks make a map: no holes, overlaps or empty regions.
    pub(crate) fn is_sound(&self) -> bool {
        self.holes.is_empty() && self.overlaps.is_empty() && self.empty.is_empty()
    }

    fn location(&self, (j, i): (usize, usize)) -> String {
        format!("{} N {} E", self.grid.lat()[j], self.grid.lon()[i])
    }
}

/// Whether no neighbour is in the mask; around the globe, and across a pole not at all.
fn is_alone(mask: &Array2<bool>, (j, i): (usize, usize)) -> bool {
    let (n_lat, n_lon) = mask.dim();
    let rows = j.saturating_sub(1)..=(j + 1).min(n_lat - 1);
    !rows
        .flat_map(|k| [n_lon - 1, 0, 1].map(|s| (k, (i + s) % n_lon)))
        .any(|cell| cell != (j, i) && mask[cell])
}

impl RegionMap {
    /// From named masks (lat x lon) that cover every cell exactly once.
    ///
    /// # Errors
    /// What [`MapCheck`] finds, in words.
    pub fn from_masks(grid: &LatLonGrid, masks: &[(String, Array2<bool>)]) -> Result<Self> {
        let check = MapCheck::of_masks(grid, masks)?;
        if !check.is_sound() {
            return Err(Error::new("the regions do not make a map")
                .expected("every cell in exactly one region")
                .got(check));
        }
        let region = |cell| {
            masks
                .iter()
                .position(|(_, mask)| mask[cell])
                .unwrap_or(usize::MAX)
        };
        RegionMap::new(
            grid,
            masks.iter().map(|(n, _)| n.clone()).collect(),
            Array2::from_shape_fn((grid.n_lat(), grid.n_lon()), region),
        )
    }
}

impl fmt::Display for MapCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut faults = vec![];
        if let Some(first) = self.holes.first() {
            faults.push(format!(
                "{} cells without a region, the first at {}",
                self.holes.len(),
                self.location(*first)
            ));
        }
        if let Some((first, [a, b])) = self.overlaps.first() {
            faults.push(format!(
                "{} cells in more than one region, the first at {} in {a} and {b}",
                self.overlaps.len(),
                self.location(*first)
            ));
        }
        if !self.empty.is_empty() {
            faults.push(format!("no cells in {}", self.empty.join(", ")));
        }
        if let Some((first, name)) = self.orphans.first() {
            faults.push(format!(
                "{} lone cells, the first at {} of {name}",
                self.orphans.len(),
                self.location(*first)
            ));
        }
        if faults.is_empty() {
            write!(f, "every cell in exactly one region")
        } else {
            write!(f, "{}", faults.join("; "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_overlaps_empty_regions_and_lone_cells_are_found_with_their_places() {
        let grid = LatLonGrid::geos(30.0, 60.0).unwrap();
        let mask = |inside: &dyn Fn(usize, usize) -> bool| {
            Array2::from_shape_fn((7, 6), |(j, i)| inside(j, i))
        };
        let masks = vec![
            (
                "South".to_string(),
                mask(&|j, i| j <= 3 && (j, i) != (0, 0)),
            ),
            ("North".to_string(), mask(&|j, _| j >= 4)),
            ("Island".to_string(), mask(&|j, i| (j, i) == (2, 5))),
            ("None".to_string(), mask(&|_, _| false)),
        ];
        let check = MapCheck::of_masks(&grid, &masks).unwrap();
        assert_eq!(
            (
                check.holes.as_slice(),
                check.overlaps.len(),
                check.empty.as_slice()
            ),
            (&[(0, 0)][..], 1, &["None".to_string()][..])
        );
        let message = RegionMap::from_masks(&grid, &masks)
            .unwrap_err()
            .to_string();
        assert!(
            message.contains("South and Island")
                && message.contains("no cells in None")
                && message.contains("1 cells without"),
            "{message}"
        );
        let sound = vec![
            ("Rest".to_string(), mask(&|j, i| (j, i) != (2, 5))),
            masks[2].clone(),
        ];
        let map = RegionMap::from_masks(&grid, &sound).unwrap();
        let check = MapCheck::of_map(&map);
        assert!(
            check.is_sound() && check.orphans == [((2, 5), "Island".to_string())],
            "{check}"
        );
    }
}
