//! The diurnal boundary layer of the built-in meteorology.
//!
//! Over land the mixed layer grows from 250 m at night to 1-2 km in the afternoon with the sun's height two hours
//! before; over the ocean it stays at 700 m. Inside, the eddy diffusivity is K(z) = K_max (27/4) (z/h) (1 - z/h)^2
//! (O'Brien 1970, as used by Troen and Mahrt 1986) with K_max = velocity x h; above, a weak background
//! stands for clear-air turbulence and for the vertical motion that the non-divergent waves lack. All numbers are ours.

use crate::time::Time;
use std::f64::consts::TAU;

/// Night-time height over land \[m\].
const NIGHT_HEIGHT: f64 = 250.0;
/// Growth over land under an overhead sun \[m\].
const DAY_GROWTH: f64 = 1500.0;
/// Height over the ocean \[m\].
const OCEAN_HEIGHT: f64 = 700.0;
/// Velocity scales of mixing \[m s-1\]: over land at night, its growth under an overhead sun, over the ocean.
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
}

impl BoundaryLayer {
    /// The layer at a place (`lat`, `lon` in degrees, `land` fraction) and time; `mixing` multiplies its height
    /// (and with it the diffusivity).
    pub fn new(lat: f64, lon: f64, land: f64, time: Time, mixing: f64) -> Self {
        let sun = sun_height(lat, lon, time.plus(-3600.0 * LAG)).max(0.0);
        let over_land = (NIGHT_HEIGHT + DAY_GROWTH * sun, VELOCITY[0] + VELOCITY[1] * sun);
        let over_ocean = (OCEAN_HEIGHT, VELOCITY[2]);
        let blend = |a: f64, b: f64| land * a + (1.0 - land) * b;
        let height = mixing * blend(over_land.0, over_ocean.0);
        BoundaryLayer { height, diffusivity: mixing * blend(over_land.0 * over_land.1, over_ocean.0 * over_ocean.1) }
    }

    /// Diffusivity at a height above ground \[m2 s-1\].
    pub fn diffusivity_at(&self, z: f64, mixing: f64) -> f64 {
        let x = z / self.height;
        let inside = if x < 1.0 { self.diffusivity * 6.75 * x * (1.0 - x).powi(2) } else { 0.0 };
        inside + mixing * BACKGROUND * (1.0 - z / BACKGROUND_TOP).max(0.0)
    }
}

/// Sine of the sun's elevation; negative below the horizon.
pub fn sun_height(lat: f64, lon: f64, time: Time) -> f64 {
    let declination = -23.44f64.to_radians() * (TAU * (time.day_of_year() + 10.0) / 365.2425).cos();
    let hour_angle = TAU * (local_solar_hour(lon, time) - 12.0) / 24.0;
    let lat = lat.to_radians();
    lat.sin() * declination.sin() + lat.cos() * declination.cos() * hour_angle.cos()
}

/// Hour of the local solar day, 0 up to 24.
pub fn local_solar_hour(lon: f64, time: Time) -> f64 {
    (time.hour() + lon / 15.0).rem_euclid(24.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layer_is_deep_in_the_afternoon_and_shallow_at_night_over_land_only() {
        let at = |hour: f64, land| BoundaryLayer::new(10.0, 0.0, land, Time::from_date(2016, 4, 10).unwrap().plus(3600.0 * hour), 1.0).height;
        assert!(at(14.0, 1.0) > 1500.0 && at(14.0, 1.0) < 2000.0);
        assert_eq!(at(2.0, 1.0), 250.0);
        assert_eq!(at(2.0, 0.0), 700.0);
    }

    #[test]
    fn the_sun_is_overhead_at_noon_on_the_tropic_at_midsummer() {
        let noon = Time::from_date(2015, 6, 21).unwrap().plus(12.0 * 3600.0);
        assert!(sun_height(23.44, 0.0, noon) > 0.999);
        assert!(sun_height(-80.0, 0.0, noon) < 0.0);
    }
}
