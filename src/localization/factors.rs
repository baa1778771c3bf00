//! Which region a factor belongs to: the one that holds most of its area.

use super::Localization;
use crate::error::{Error, Result};

/// The region of each factor, whose `cells` are pairs of a cell's number (row-major, lat x lon) and
/// the area of the factor in it \[m2\]: the region that owns most of that area, the first of
/// equals.
///
/// # Errors
/// A factor without cells, or a cell that the localization does not have.
///
/// # Example
/// ```
/// use mcas::grid::{LatLonGrid, RegionMap};
/// use mcas::localization::{Regional, factor_regions};
/// let grid = LatLonGrid::geos(30.0, 30.0).unwrap();
/// let name = |lat: f64| if lat > 0.0 { "North" } else { "South" };
/// let map = RegionMap::from_function(&grid, |lat, _, _, _| Ok(Some(name(lat).into()))).unwrap();
/// let two = Regional::new(map, 800.0, None).unwrap();
/// // Cells 0 and 83 are the first of the southernmost and the last of the northernmost row.
/// let found = factor_regions(&two, &[vec![(0, 1.0)], vec![(0, 1.0), (83, 2.0)]]).unwrap();
/// assert_eq!(found, [0, 1]);
/// ```
pub fn factor_regions(
    localization: &dyn Localization,
    cells: &[Vec<(usize, f64)>],
) -> Result<Vec<usize>> {
    let n = localization.regions().len();
    let owners: Vec<usize> = localization.owners().iter().copied().collect();
    let owner = |cell: usize| {
        owners.get(cell).copied().ok_or_else(|| {
            Error::new("the factors are on another grid than the localization")
                .expected(format!("a cell below {}", owners.len()))
                .got(cell)
        })
    };
    let one = |(factor, cells): (usize, &Vec<(usize, f64)>)| {
        let mut area = vec![0.0; n];
        for (cell, part) in cells {
            area[owner(*cell)?] += part;
        }
        let most = (0..n).fold(0, |best, r| if area[r] > area[best] { r } else { best });
        if area[most] > 0.0 {
            Ok(most)
        } else {
            Err(Error::new("a factor has no cells").at(format!("factor {factor}")))
        }
    };
    cells.iter().enumerate().map(one).collect()
}
