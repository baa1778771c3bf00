//! Where the winds of a prescribed meteorology are given: faces and corners of cells, to make
//! fields of.

use crate::grid::Grid;
use crate::script::bridge::rooms::Rooms;
use rhai::plugin::*;
use rhai::{Array, Dynamic, Map};
use std::sync::Arc;

/// Binds the places of a grid.
pub fn bind(rooms: &mut Rooms) {
    rooms.global(exported_module!(functions));
}

/// What `field` takes as the places of a field (lat, lon).
fn coordinates(lat: &[f64], lon: &[f64]) -> Map {
    let numbers =
        |values: &[f64]| Dynamic::from(values.iter().map(|v| Dynamic::from(*v)).collect::<Array>());
    let coords = Map::from_iter([("lat".into(), numbers(lat)), ("lon".into(), numbers(lon))]);
    let dims: Array = vec!["lat".into(), "lon".into()];
    Map::from_iter([
        ("dims".into(), dims.into()),
        ("coords".into(), coords.into()),
    ])
}

#[export_module]
mod functions {
    /// The corners of a grid's cells, where a streamfunction is given: from the south pole to the
    /// north pole, those to the south-west of each cell.
    ///
    /// # Returns
    /// A map for `field(places, |lat, lon| ...)`, one row more than the grid.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let psi = field(g.corners, |lat, lon| -6.371e6 * 20.0 * sin(lat * PI() / 180.0));
    /// assert(psi.shape == [g.n_lat + 1, g.n_lon]);
    /// ```
    #[rhai_fn(get = "corners")]
    pub fn corners(grid: &mut Arc<Grid>) -> Map {
        let h = &grid.horizontal;
        coordinates(h.lat_edges(), &h.lon_edges()[..h.n_lon()])
    }

    /// The middles of the west faces of a grid's cells, where an eastward wind is given.
    ///
    /// # Returns
    /// A map for `field(places, |lat, lon| ...)`.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// assert(field(g.west_faces, |lat, lon| 20.0 * cos(lat * PI() / 180.0)).shape == [g.n_lat, g.n_lon]);
    /// ```
    #[rhai_fn(get = "west_faces")]
    pub fn west_faces(grid: &mut Arc<Grid>) -> Map {
        let h = &grid.horizontal;
        coordinates(h.lat(), &h.lon_edges()[..h.n_lon()])
    }

    /// The middles of the south faces of a grid's cells and the poles, where a northward wind is
    /// given.
    ///
    /// # Returns
    /// A map for `field(places, |lat, lon| ...)`, one row more than the grid.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let calm = field(g.south_faces, |lat, lon| 0.0);
    /// let westerly = field(g.west_faces, |lat, lon| 20.0 * cos(lat * PI() / 180.0));
    /// let met = meteorology::prescribed(g, |date| #{ u: westerly, v: calm });
    /// assert_near(met.at("2016-07-01").u.max().value(), 20, 1e-6);
    /// ```
    #[rhai_fn(get = "south_faces")]
    pub fn south_faces(grid: &mut Arc<Grid>) -> Map {
        let h = &grid.horizontal;
        coordinates(h.lat_edges(), h.lon())
    }
}
