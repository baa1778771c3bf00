//! The diurnal boundary layer of the built-in meteorology.
//!
//! Over land the mixed layer grows from 250 m at night to 1-2 km in the afternoon with the sun's
//! height two hours before; over the ocean it stays at 700 m. Inside, the eddy diffusivity is K(z)
//! = K_max (27/4) (z/h) (1 - z/h)^2 (O'Brien 1970, as used by Troen and Mahrt 1986) with K_max =
//! velocity x h; above, a weak background stands for clear-air turbulence and for the vertical
//! motion that the non-divergent waves lack. All numbers are ours.

use super::unite_polar_rows;
use crate::grid::{LatLonGrid, sun};
use crate::time::{HOUR, Time};
use ndarray::parallel::prelude::*;
use ndarray::{Array2, Array3, Axis, Zip};
use std::f64::consts::TAU;

/// Night-time height over land \[m\].
const NIGHT_HEIGHT: f64 = 250.0;
/// Growth over land under an overhead sun \[m\].
const DAY_GROWTH: f64 = 1500.0;
/// Height over the ocean \[m\].
const OCEAN_HEIGHT: f64 = 700.0;
/// Velocity scales of mixing \[m s-1\]: over land at night, its growth under an overhead sun, over
/// the ocean.
const VELOCITY: [f64; 3] = [0.02, 0.08, 0.04];
/// The layer follows the sun by this much \[hours\].
const LAG: f64 = 2.0;
/// Background diffusivity of the lower free troposphere \[m2 s-1\], falling to none at 14 km.
const BACKGROUND: f64 = 3.0;
const BACKGROUND_TOP: f64 = 14_000.0;

/// The mixed layer of one column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoundaryLayer {
    /// Height above ground \[m\].
    pub height: f64,
    /// Greatest diffusivity \[m2 s-1\].
    pub diffusivity: f64,
    /// Part of the mixing that the warmth of the ground drives, 0 to 1: so much of a surface flux
    /// the eddies of the layer carry.
    pub convective: f64,
}

impl BoundaryLayer {
    /// The layer at a location (`lat`, `lon` in degrees, `land` fraction) under the sun of [`LAG`]
    /// hours before; `mixing` multiplies its height (and with it the diffusivity).
    fn new(lat: f64, lon: f64, land: f64, sun: &Sun, mixing: f64) -> Self {
        let sun = sun.height(lat, lon).max(0.0);
        let warmed = VELOCITY[1] * sun;
        let over_land = (NIGHT_HEIGHT + DAY_GROWTH * sun, VELOCITY[0] + warmed);
        let over_ocean = (OCEAN_HEIGHT, VELOCITY[2]);
        let blend = |a: f64, b: f64| land * a + (1.0 - land) * b;
        let height = mixing * blend(over_land.0, over_ocean.0);
        let diffusivity = mixing * blend(over_land.0 * over_land.1, over_ocean.0 * over_ocean.1);
        BoundaryLayer {
            height,
            diffusivity,
            convective: blend(warmed / over_land.1, 0.0),
        }
    }

    /// The same of another height \[m\], stirred as fast.
    pub(crate) fn of_height(&self, height: f64) -> Self {
        BoundaryLayer {
            height,
            diffusivity: self.diffusivity * height / self.height,
            ..*self
        }
    }

    /// Diffusivity at a height above ground \[m2 s-1\].
    fn diffusivity_at(&self, z: f64, mixing: f64) -> f64 {
        let x = z / self.height;
        let inside = if x < 1.0 {
            self.diffusivity * 6.75 * x * (1.0 - x).powi(2)
        } else {
            0.0
        };
        inside + mixing * BACKGROUND * (1.0 - z / BACKGROUND_TOP).max(0.0)
    }
}

/// The layers of all columns (lat, lon), from their land fraction.
pub fn layers(
    grid: &LatLonGrid,
    land: &Array2<f64>,
    time: Time,
    mixing: f64,
) -> Array2<BoundaryLayer> {
    let sun = Sun::new(time.plus(-HOUR * LAG));
    Array2::from_shape_fn(land.dim(), |(j, i)| {
        BoundaryLayer::new(grid.lat()[j], grid.lon()[i], land[[j, i]], &sun, mixing)
    })
}

/// Turbulent exchange at level edges \[kg m-2 s-1\], from the height of the edges above ground
/// \[m\] and the exchange per diffusivity there \[kg m-4\], all (level + 1, lat, lon).
pub fn exchange(
    layers: &Array2<BoundaryLayer>,
    height: &Array3<f64>,
    conductance: &Array3<f64>,
    mixing: f64,
) -> Array3<f64> {
    let mut exchange = Array3::zeros(height.dim());
    let top = height.dim().0 - 1;
    let highest = layers
        .iter()
        .fold(BACKGROUND_TOP, |most, layer| most.max(layer.height));
    let levels = exchange
        .axis_iter_mut(Axis(0))
        .into_par_iter()
        .zip(height.axis_iter(Axis(0)))
        .zip(conductance.axis_iter(Axis(0)));
    levels
        .enumerate()
        .filter(|(k, ((_, height), _))| *k > 0 && *k < top && height.iter().any(|z| *z < highest))
        .for_each(|(_, ((mut level, height), conductance))| {
            Zip::from(&mut level)
                .and(height)
                .and(conductance)
                .and(layers)
                .for_each(|x, z, c, layer| *x = c * layer.diffusivity_at(*z, mixing));
            unite_polar_rows(&mut level);
        });
    exchange
}

/// The sun at one instant.
struct Sun {
    declination: (f64, f64),
    time: Time,
}

impl Sun {
    fn new(time: Time) -> Self {
        Sun {
            declination: sun::declination(time.day_of_year()).sin_cos(),
            time,
        }
    }

    /// Sine of the sun's elevation; negative below the horizon.
    fn height(&self, lat: f64, lon: f64) -> f64 {
        let hour_angle = TAU * (sun::local_hour(lon, self.time) - 12.0) / 24.0;
        let (lat, (sine, cosine)) = (lat.to_radians(), self.declination);
        lat.sin() * sine + lat.cos() * cosine * hour_angle.cos()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layer_is_deep_in_the_afternoon_and_shallow_at_night_over_land_only() {
        let sun = |hour: f64| {
            Sun::new(
                Time::from_date(2016, 4, 10)
                    .unwrap()
                    .plus(3600.0 * (hour - LAG)),
            )
        };
        let at = |hour: f64, land| BoundaryLayer::new(10.0, 0.0, land, &sun(hour), 1.0).height;
        assert!(at(14.0, 1.0) > 1500.0 && at(14.0, 1.0) < 2000.0);
        assert_eq!(at(2.0, 1.0), 250.0);
        let convective =
            |hour: f64, land| BoundaryLayer::new(10.0, 0.0, land, &sun(hour), 1.0).convective;
        assert!(
            convective(14.0, 1.0) > 0.7
                && convective(2.0, 1.0) == 0.0
                && convective(14.0, 0.0) == 0.0
        );
        assert_eq!(at(2.0, 0.0), 700.0);
    }

    #[test]
    fn the_sun_is_that_of_the_grid() {
        let noon = Time::from_date(2015, 6, 21).unwrap().plus(12.0 * HOUR);
        for (lat, lon) in [(23.44, 0.0), (-80.0, 0.0), (40.0, 75.0)] {
            assert!(
                (Sun::new(noon).height(lat, lon) - sun::cos_zenith(lat, lon, noon)).abs() < 1e-15
            );
        }
    }

    #[test]
    fn nothing_is_mixed_through_the_ground_nor_above_both_the_layer_and_the_background() {
        let layer = BoundaryLayer {
            height: 1000.0,
            diffusivity: 40.0,
            convective: 0.0,
        };
        let layers = Array2::from_elem((2, 2), layer);
        let height =
            Array3::from_shape_fn((4, 2, 2), |(k, _, _)| [0.0, 500.0, 15_000.0, 20_000.0][k]);
        let x = exchange(&layers, &height, &Array3::from_elem((4, 2, 2), 2.0), 1.0);
        // 40 x 27/4 x 1/2 x 1/4 and the background, times two.
        let expected = 2.0 * (33.75 + 3.0 * (1.0 - 500.0 / 14_000.0));
        assert_eq!(
            x.index_axis(Axis(0), 0).sum()
                + x.index_axis(Axis(0), 2).sum()
                + x.index_axis(Axis(0), 3).sum(),
            0.0
        );
        assert!(
            x.index_axis(Axis(0), 1)
                .iter()
                .all(|v| (v - expected).abs() < 1e-12),
            "{x}"
        );
    }
}
