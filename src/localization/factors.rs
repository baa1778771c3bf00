//! Which region a factor belongs to: the one that holds most of its area.

use super::Localization;
use crate::error::{Error, Result};
use crate::flux::Footprint;
use crate::grid::LatLonGrid;

/// The region of each factor, from where it is: the region that holds most of its area, the first
/// of equals. `grid` is that of the localization.
///
/// # Errors
/// A factor without area.
///
/// # Example
/// ```
/// use mcas::flux::Footprint;
/// use mcas::grid::{LatLonGrid, RegionMap};
/// use mcas::localization::{Regional, factor_regions};
/// let grid = LatLonGrid::geos(30.0, 30.0).unwrap();
/// let name = |lat: f64| if lat > 0.0 { "North" } else { "South" };
/// let map = RegionMap::from_function(&grid, |lat, _, _, _| Ok(Some(name(lat).into()))).unwrap();
/// let two = Regional::new(map, 800.0, None).unwrap();
/// let factor = |parts: &[(f64, f64, f64)]| Footprint {
///     parts: parts.to_vec(),
///     location: (0.0, 0.0),
/// };
/// let south = factor(&[(-60.0, 0.0, 1.0)]);
/// let mostly_north = factor(&[(-60.0, 0.0, 1.0), (60.0, 0.0, 2.0)]);
/// assert_eq!(factor_regions(&two, &grid, &[south, mostly_north]).unwrap(), [0, 1]);
/// ```
pub fn factor_regions(
    localization: &dyn Localization,
    grid: &LatLonGrid,
    factors: &[Footprint],
) -> Result<Vec<usize>> {
    let n = localization.regions().len();
    let one = |(factor, footprint): (usize, &Footprint)| {
        let mut areas = vec![0.0; n];
        for (lat, lon, area) in &footprint.parts {
            areas[localization.region_at(grid, *lat, *lon)] += area;
        }
        let larger = |best, r| if areas[r] > areas[best] { r } else { best };
        let most = (0..n).fold(0, larger);
        if areas[most] > 0.0 {
            Ok(most)
        } else {
            Err(Error::new("a factor has no area").at(format!("factor {factor}")))
        }
    };
    factors.iter().enumerate().map(one).collect()
}
