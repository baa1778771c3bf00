//! Geometry: the horizontal grid, the hybrid levels, distances, conservative regridding and
//! region maps.

mod areas;
mod cells;
mod doors;
mod edges;
mod fields;
mod geojson;
mod lat_lon;
mod levels;
mod map_check;
mod map_layout;
mod place;
mod polygon;
mod region_map;
mod region_points;
mod regrid;
pub mod sun;

pub use areas::{area_weights, cell_areas, layer_masses};
pub(crate) use cells::{lat_cells, lon_cells};
pub use doors::{at_points, on_grid, surface_first};
pub use edges::{edges_of, evenly_spaced, lat_edges_of};
pub use fields::{bilinear, by_region, conservative};
pub use lat_lon::{LatLonGrid, chord_km, great_circle_km};
pub use levels::HybridLevels;
pub use map_check::MapCheck;
pub use map_layout::MapLayout;
pub use place::check_place;
pub use polygon::Polygon;
pub use region_map::RegionMap;
pub use regrid::ConservativeRegrid;

use crate::error::Result;
use std::fmt;
use std::sync::Arc;

/// A model grid: horizontal cells times hybrid levels. Cells are indexed (level, lat, lon), level 0
/// at the surface, latitude from the south pole, longitude eastward.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// The horizontal cells.
    pub horizontal: LatLonGrid,
    /// The vertical levels.
    pub levels: HybridLevels,
}

impl Grid {
    /// The GEOS grid of `lat_step` x `lon_step` degrees with half-size polar cells and 47 levels.
    ///
    /// # Errors
    /// A step that does not divide the globe.
    pub fn geos(lat_step: f64, lon_step: f64) -> Result<Arc<Self>> {
        Ok(Arc::new(Grid {
            horizontal: LatLonGrid::geos(lat_step, lon_step)?,
            levels: HybridLevels::geos_47(),
        }))
    }
    /// (levels, lats, lons).
    pub fn shape(&self) -> (usize, usize, usize) {
        (
            self.levels.len(),
            self.horizontal.n_lat(),
            self.horizontal.n_lon(),
        )
    }
    /// Number of cells in three dimensions.
    pub fn n_cells(&self) -> usize {
        self.levels.len() * self.horizontal.n_cells()
    }
    /// Position of (level, lat, lon) in level-major order.
    pub fn cell(&self, level: usize, lat: usize, lon: usize) -> usize {
        (level * self.horizontal.n_lat() + lat) * self.horizontal.n_lon() + lon
    }
}

impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} levels", self.horizontal, self.levels.len())
    }
}
