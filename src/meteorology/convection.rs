//! Deep convection of the built-in meteorology: a profile of updraft mass flux for each column.
//!
//! Tropical: along a convergence zone that follows the sun (further over land), twice as strong in the afternoon over land,
//! detraining up to 130 hPa. Mid-latitude: synoptic ascent and convection, over land in summer, over the
//! ocean in winter, up to 300 hPa. Synthetic; strengths are of the size of zonal means in reanalyses
//! (about 0.02 kg m-2 s-1 at cloud base in the tropics, less than half of it in the middle troposphere).

use super::boundary_layer::local_solar_hour;
use super::waves::northern_summer;
use crate::time::Time;
use std::f64::consts::TAU;

/// Cloud-base mass flux in the middle of the tropical zone \[kg m-2 s-1\].
const TROPICAL: f64 = 0.018;
/// Cloud-base mass flux of the mid-latitudes \[kg m-2 s-1\].
const MID_LATITUDE: f64 = 0.008;
/// Air exchanged between updraft and surroundings per unit of sigma, besides what the profile asks for.
const LATERAL: f64 = 0.8;
/// Relative updraft by sigma = p / ps, linear between: (sigma, tropical, mid-latitude).
const PROFILE: [(f64, f64, f64); 9] = [
    (1.0, 0.0, 0.0),
    (0.9, 1.0, 1.0),
    (0.7, 0.55, 0.65),
    (0.5, 0.45, 0.45),
    (0.35, 0.38, 0.15),
    (0.28, 0.32, 0.0),
    (0.2, 0.15, 0.0),
    (0.13, 0.0, 0.0),
    (0.0, 0.0, 0.0),
];

/// Cloud-base mass fluxes of one column \[kg m-2 s-1\].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Convection {
    tropical: f64,
    mid_latitude: f64,
}

impl Convection {
    /// Convection at a place (`lat`, `lon` in degrees, `land` fraction) and time, multiplied by `strength`.
    pub fn new(lat: f64, lon: f64, land: f64, time: Time, strength: f64) -> Self {
        let swing = 2.0 * northern_summer(time) - 1.0;
        let zone = |centre: f64, width: f64| (-((lat - centre) / width).powi(2)).exp();
        let afternoon = 1.0 + 0.8 * (TAU * (local_solar_hour(lon, time) - 16.0) / 24.0).cos();
        let over_land = zone(1.0 + 11.0 * swing, 10.0) * afternoon;
        let over_ocean = zone(2.5 + 5.0 * swing, 8.0);
        let summer = 0.5 + 0.5 * swing * lat.signum();
        let belt = (-((lat.abs() - 45.0) / 14.0).powi(2)).exp();
        let blend = |a: f64, b: f64| strength * (land * a + (1.0 - land) * b);
        Convection {
            tropical: TROPICAL * blend(over_land, over_ocean),
            mid_latitude: MID_LATITUDE * belt * blend(0.4 + 1.0 * summer, 1.2 - 0.5 * summer),
        }
    }

    /// Updraft through the surface sigma = p / ps \[kg m-2 s-1\].
    pub fn updraft(&self, sigma: f64) -> f64 {
        let above = PROFILE.iter().position(|p| p.0 < sigma).unwrap_or(PROFILE.len() - 1).max(1);
        let ((s0, t0, m0), (s1, t1, m1)) = (PROFILE[above - 1], PROFILE[above]);
        let w = ((s0 - sigma) / (s0 - s1)).clamp(0.0, 1.0);
        self.tropical * (t0 + w * (t1 - t0)) + self.mid_latitude * (m0 + w * (m1 - m0))
    }

    /// Detrainment between two sigma surfaces, given the updrafts through them \[kg m-2 s-1\].
    pub fn detrainment(below: f64, above: f64, thickness: f64) -> f64 {
        (below - above).max(0.0) + LATERAL * thickness * below.min(above)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn convection_follows_the_sun_and_peaks_in_the_afternoon_over_land() {
        let at = |lat: f64, land: f64, date: (i8, i8), hour: f64| {
            let time = Time::from_date(2016, date.0, date.1).unwrap().plus(3600.0 * hour);
            Convection::new(lat, 0.0, land, time, 1.0).updraft(0.5)
        };
        assert!(at(10.0, 1.0, (7, 15), 16.0) > 2.0 * at(10.0, 1.0, (1, 15), 16.0));
        assert!(at(10.0, 1.0, (7, 15), 16.0) > 2.0 * at(10.0, 1.0, (7, 15), 4.0));
        assert!((at(10.0, 0.0, (7, 15), 16.0) / at(10.0, 0.0, (7, 15), 4.0) - 1.0).abs() < 0.01);
    }

    #[test]
    fn there_is_no_updraft_at_the_ground_or_in_the_stratosphere() {
        let c = Convection { tropical: 1.0, mid_latitude: 1.0 };
        assert_eq!((c.updraft(1.0), c.updraft(0.05)), (0.0, 0.0));
        assert_eq!(c.updraft(0.9), 2.0);
    }
}
