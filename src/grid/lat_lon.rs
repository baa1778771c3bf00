//! Regular latitude-longitude grids.

use crate::constants::EARTH_RADIUS;
use crate::error::{Error, Result};
use crate::field::{AxisLabels, CoordinateValues, Dimension, room_for};
use crate::units::Unit;
use std::fmt;

/// Cells between latitude edges and longitude edges \[degrees\], south to north, eastward.
/// Two are equal where their edges are the same labels ([`AxisLabels`]), as from files that round
/// them.
#[derive(Debug, Clone)]
pub struct LatLonGrid {
    lat_edges: Vec<f64>,
    lon_edges: Vec<f64>,
    lat: Vec<f64>,
    lon: Vec<f64>,
    areas: Vec<f64>,
}

impl PartialEq for LatLonGrid {
    fn eq(&self, other: &Self) -> bool {
        AxisLabels::of(&self.lat_edges).are(&other.lat_edges)
            && AxisLabels::of(&self.lon_edges).are(&other.lon_edges)
    }
}

impl LatLonGrid {
    /// The GEOS layout: centres at both poles (half-size polar cells) and at -180 degrees east.
    ///
    /// # Errors
    /// Steps that do not divide 180 and 360 degrees; more cells than fit into memory.
    pub fn geos(lat_step: f64, lon_step: f64) -> Result<Self> {
        let (n_lat, n_lon) = (divide(180.0, lat_step)? + 1, divide(360.0, lon_step)?);
        room_for(&[n_lat, n_lon])?;
        let mut edges: Vec<f64> = (0..=n_lat)
            .map(|j| -90.0 + (j as f64 - 0.5) * lat_step)
            .collect();
        edges[0] = -90.0;
        edges[n_lat] = 90.0;
        let lon_edges = (0..=n_lon)
            .map(|i| -180.0 + (i as f64 - 0.5) * lon_step)
            .collect();
        Ok(LatLonGrid::from_edges(edges, lon_edges))
    }

    /// Equal cells with edges at the poles and at -180 degrees east, as 1 x 1 degree flux files
    /// have.
    ///
    /// # Errors
    /// A step that does not divide the globe; more cells than fit into memory.
    pub fn regular(lat_step: f64, lon_step: f64) -> Result<Self> {
        let (n_lat, n_lon) = (divide(180.0, lat_step)?, divide(360.0, lon_step)?);
        room_for(&[n_lat, n_lon])?;
        let lat_edges = (0..=n_lat).map(|j| -90.0 + j as f64 * lat_step).collect();
        let lon_edges = (0..=n_lon).map(|i| -180.0 + i as f64 * lon_step).collect();
        Ok(LatLonGrid::from_edges(lat_edges, lon_edges))
    }

    /// From edges \[degrees\], both ascending, longitudes spanning 360 degrees.
    pub(crate) fn from_edges(lat_edges: Vec<f64>, lon_edges: Vec<f64>) -> Self {
        let centre = |e: &[f64]| {
            e.windows(2)
                .map(|w| 0.5 * (w[0] + w[1]))
                .collect::<Vec<_>>()
        };
        let areas = lat_edges
            .windows(2)
            .map(|w| {
                let band = w[1].to_radians().sin() - w[0].to_radians().sin();
                EARTH_RADIUS * EARTH_RADIUS * band * (lon_edges[1] - lon_edges[0]).to_radians()
            })
            .collect();
        LatLonGrid {
            lat: centre(&lat_edges),
            lon: centre(&lon_edges),
            areas,
            lat_edges,
            lon_edges,
        }
    }

    /// Number of latitude rows.
    pub fn n_lat(&self) -> usize {
        self.lat.len()
    }
    /// Number of longitudes.
    pub fn n_lon(&self) -> usize {
        self.lon.len()
    }
    /// Number of cells.
    pub fn n_cells(&self) -> usize {
        self.lat.len() * self.lon.len()
    }
    /// `lat` and `lon` of its cells as dimensions of a field, outermost first.
    pub fn dimensions(&self) -> [Dimension; 2] {
        let degrees = |name| Unit::parse(name).expect("degrees are known");
        let cells = |centres: &[f64], edges: &[f64]| CoordinateValues::from(centres).between(edges);
        let lat = cells(self.lat(), self.lat_edges());
        let lon = cells(self.lon(), self.lon_edges());
        [
            Dimension::numbers("lat", lat, degrees("degrees_north")),
            Dimension::numbers("lon", lon, degrees("degrees_east")),
        ]
    }
    /// Latitudes of cell centres \[degrees north\]; the middle of the half cell at a pole.
    pub fn lat(&self) -> &[f64] {
        &self.lat
    }
    /// Longitudes of cell centres \[degrees east\].
    pub fn lon(&self) -> &[f64] {
        &self.lon
    }
    /// Latitude edges \[degrees north\], one more than rows.
    pub fn lat_edges(&self) -> &[f64] {
        &self.lat_edges
    }
    /// Longitude edges \[degrees east\], one more than columns.
    pub fn lon_edges(&self) -> &[f64] {
        &self.lon_edges
    }
    /// Area of one cell in row `lat` \[m2\].
    pub fn area(&self, lat: usize) -> f64 {
        self.areas[lat]
    }
    /// The row that holds `latitude`.
    pub fn row_of(&self, latitude: f64) -> usize {
        self.lat_edges
            .partition_point(|e| *e <= latitude)
            .clamp(1, self.n_lat())
            - 1
    }
    /// The column that holds `longitude`, any number of turns away.
    pub fn column_of(&self, longitude: f64) -> usize {
        let step = 360.0 / self.n_lon() as f64;
        ((longitude - self.lon_edges[0]).rem_euclid(360.0) / step) as usize % self.n_lon()
    }
    /// The four cells around a point and their bilinear weights, as (row, column, weight).
    /// Beyond the outermost centres the pole row is used alone.
    pub fn bilinear(&self, latitude: f64, longitude: f64) -> [(usize, usize, f64); 4] {
        let n = self.n_lat();
        let north = self.lat.partition_point(|l| *l <= latitude).clamp(1, n - 1);
        let south = north - 1;
        let v =
            ((latitude - self.lat[south]) / (self.lat[north] - self.lat[south])).clamp(0.0, 1.0);
        let step = 360.0 / self.n_lon() as f64;
        let x = (longitude - self.lon[0]).rem_euclid(360.0) / step;
        let west = x.floor() as usize % self.n_lon();
        let east = (west + 1) % self.n_lon();
        let u = x - x.floor();
        [
            (south, west, (1.0 - v) * (1.0 - u)),
            (south, east, (1.0 - v) * u),
            (north, west, v * (1.0 - u)),
            (north, east, v * u),
        ]
    }
}

impl fmt::Display for LatLonGrid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (dlat, dlon) = (
            self.lat_edges[2] - self.lat_edges[1],
            self.lon_edges[1] - self.lon_edges[0],
        );
        write!(
            f,
            "{dlat} x {dlon} degrees ({} x {})",
            self.n_lat(),
            self.n_lon()
        )
    }
}

fn divide(span: f64, step: f64) -> Result<usize> {
    let n = (span / step).round();
    if step > 0.0 && n >= 2.0 && (n * step - span).abs() < 1e-9 {
        Ok(n as usize)
    } else {
        Err(
            Error::new(format!("a grid step must divide {span} degrees"))
                .got(format!("{step} degrees"))
                .hint("4 x 5 or 2 x 2.5"),
        )
    }
}

/// Distance along the surface between two points given in degrees \[km\].
pub fn great_circle_km(a: (f64, f64), b: (f64, f64)) -> f64 {
    let half = (chord_km(a, b) / (2e-3 * EARTH_RADIUS)).min(1.0);
    2e-3 * EARTH_RADIUS * half.asin()
}

/// Straight distance through the sphere between two points (lat, lon) given in degrees \[km\].
pub fn chord_km(a: (f64, f64), b: (f64, f64)) -> f64 {
    let point = |(lat, lon): (f64, f64)| {
        let (lat, lon) = (lat.to_radians(), lon.to_radians());
        [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
    };
    let (p, q) = (point(a), point(b));
    1e-3 * EARTH_RADIUS
        * p.iter()
            .zip(q)
            .map(|(x, y)| (x - y) * (x - y))
            .sum::<f64>()
            .sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cell_areas_add_up_to_the_sphere() {
        for grid in [
            LatLonGrid::geos(4.0, 5.0).unwrap(),
            LatLonGrid::geos(2.0, 2.5).unwrap(),
            LatLonGrid::regular(1.0, 1.0).unwrap(),
        ] {
            let total: f64 = (0..grid.n_lat())
                .map(|j| grid.area(j) * grid.n_lon() as f64)
                .sum();
            let sphere = 4.0 * std::f64::consts::PI * EARTH_RADIUS * EARTH_RADIUS;
            assert!((total / sphere - 1.0).abs() < 1e-14);
        }
    }

    #[test]
    fn the_geos_grids_have_their_known_sizes_and_half_polar_cells() {
        let g = LatLonGrid::geos(2.0, 2.5).unwrap();
        assert_eq!((g.n_lat(), g.n_lon()), (91, 144));
        assert_eq!((g.lat()[0], g.lat()[1], g.lon()[0]), (-89.5, -88.0, -180.0));
        assert!(LatLonGrid::geos(7.0, 5.0).is_err());
    }

    #[test]
    fn a_point_is_found_in_its_cell_on_any_turn() {
        let g = LatLonGrid::geos(4.0, 5.0).unwrap();
        assert_eq!(g.row_of(0.0), 23);
        assert_eq!(g.row_of(90.0), 45);
        assert_eq!(g.column_of(179.0), 0);
        assert_eq!(g.column_of(-3.0 + 720.0), g.column_of(-3.0));
    }

    #[test]
    fn bilinear_weights_add_to_one_and_reproduce_a_linear_field() {
        let g = LatLonGrid::geos(4.0, 5.0).unwrap();
        let corners = g.bilinear(37.3, 101.1);
        let value: f64 = corners
            .iter()
            .map(|(j, i, w)| w * (g.lat()[*j] + 2.0 * g.lon()[*i]))
            .sum();
        assert!((value - (37.3 + 202.2)).abs() < 1e-10);
        assert!((g.bilinear(90.0, 0.0).iter().map(|c| c.2).sum::<f64>() - 1.0).abs() < 1e-15);
    }

    #[test]
    fn distances_agree_with_hand_computed_ones() {
        assert!(
            (great_circle_km((0.0, 0.0), (0.0, 90.0)) - 6371.0 * std::f64::consts::FRAC_PI_2).abs()
                < 1e-6
        );
        assert!((chord_km((90.0, 0.0), (-90.0, 50.0)) - 2.0 * 6371.0).abs() < 1e-9);
    }
}
