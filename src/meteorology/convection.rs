//! Deep convection of the built-in meteorology: a profile of updraft mass flux for each column.
//!
//! Tropical: along a convergence zone that follows the sun (further over land), twice as strong in
//! the afternoon over land, detraining up to 130 hPa. Mid-latitude: synoptic ascent and convection,
//! over land in summer, over the ocean in winter, up to 300 hPa. Synthetic; strengths are of the
//! size of zonal means in reanalyses (about 0.02 kg m-2 s-1 at cloud base in the tropics, less than
//! half of it in the middle troposphere).

use super::waves::northern_summer;
use crate::grid::{Grid, sun};
use crate::time::Time;
use ndarray::parallel::prelude::*;
use ndarray::{Array2, Array3, Axis, Zip};
use std::f64::consts::TAU;

/// Cloud-base mass flux in the middle of the tropical zone \[kg m-2 s-1\].
const TROPICAL: f64 = 0.018;
/// Cloud-base mass flux of the mid-latitudes \[kg m-2 s-1\].
const MID_LATITUDE: f64 = 0.008;
/// Air exchanged between updraft and surroundings per unit of sigma, besides what the profile asks
/// for.
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
    /// Convection at a location (`lat`, `lon` in degrees, `land` fraction) and time, `swing` from
    /// -1 in northern winter to 1 in summer, multiplied by `strength`.
    fn new(lat: f64, lon: f64, land: f64, (time, swing): (Time, f64), strength: f64) -> Self {
        let zone = |centre: f64, width: f64| (-((lat - centre) / width).powi(2)).exp();
        let afternoon = 1.0 + 0.8 * (TAU * (sun::local_hour(lon, time) - 16.0) / 24.0).cos();
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
}

/// Relative updrafts (tropical, mid-latitude) through the surface sigma = p / ps.
fn profile(sigma: f64) -> [f64; 2] {
    let above = PROFILE
        .iter()
        .position(|p| p.0 < sigma)
        .unwrap_or(PROFILE.len() - 1)
        .max(1);
    let ((s0, t0, m0), (s1, t1, m1)) = (PROFILE[above - 1], PROFILE[above]);
    let w = ((s0 - sigma) / (s0 - s1)).clamp(0.0, 1.0);
    [t0 + w * (t1 - t0), m0 + w * (m1 - m0)]
}

/// Detrainment between two surfaces, given the updrafts through them and the lateral exchange \[kg
/// m-2 s-1\].
fn detrained(below: f64, above: f64, lateral: f64) -> f64 {
    (below - above).max(0.0) + lateral * below.min(above)
}

/// The profiles on the levels of one grid.
pub struct Profiles {
    /// Relative updrafts at level edges, tropical and mid-latitude (level + 1, lat, lon).
    updraft: [Array3<f64>; 2],
    /// Air exchanged with the surroundings in each level, per updraft (level, lat, lon).
    lateral: Array3<f64>,
    /// Edges up to here have an updraft somewhere.
    edges: usize,
}

impl Profiles {
    /// Over a surface pressure (lat, lon) that does not change \[Pa\].
    pub fn new(grid: &Grid, surface_pressure: &Array2<f64>) -> Self {
        let (n, n_lat, n_lon) = grid.shape();
        let sigma = |k: usize, j: usize, i: usize| {
            grid.levels.edge(k, surface_pressure[[j, i]]) / surface_pressure[[j, i]]
        };
        let updraft = [0, 1].map(|belt: usize| {
            Array3::from_shape_fn((n + 1, n_lat, n_lon), |(k, j, i)| {
                profile(sigma(k, j, i))[belt]
            })
        });
        let lateral = Array3::from_shape_fn((n, n_lat, n_lon), |(k, j, i)| {
            LATERAL * (sigma(k, j, i) - sigma(k + 1, j, i))
        });
        let rises = |k: &usize| {
            updraft
                .iter()
                .any(|u| u.index_axis(Axis(0), *k).iter().any(|u| *u > 0.0))
        };
        let edges = (0..=n).rev().find(rises).map_or(0, |k| k + 1);
        Profiles {
            updraft,
            lateral,
            edges,
        }
    }

    /// Updraft at level edges and detrainment in levels \[kg m-2 s-1\] over the `land` fraction
    /// (lat, lon).
    pub fn at(
        &self,
        grid: &Grid,
        land: &Array2<f64>,
        time: Time,
        strength: f64,
    ) -> (Array3<f64>, Array3<f64>) {
        let (h, when) = (&grid.horizontal, (time, 2.0 * northern_summer(time) - 1.0));
        let mut columns = Array2::from_shape_fn(land.dim(), |(j, i)| {
            Convection::new(h.lat()[j], h.lon()[i], land[[j, i]], when, strength)
        });
        for pole in [0, h.n_lat() - 1] {
            let first = columns[[pole, 0]];
            columns.row_mut(pole).fill(first);
        }
        let mut updraft = Array3::zeros(self.updraft[0].dim());
        updraft
            .axis_iter_mut(Axis(0))
            .into_par_iter()
            .enumerate()
            .take(self.edges)
            .for_each(|(k, mut level)| {
                let [tropical, mid_latitude] =
                    [0, 1].map(|belt: usize| self.updraft[belt].index_axis(Axis(0), k));
                Zip::from(&mut level)
                    .and(&columns)
                    .and(tropical)
                    .and(mid_latitude)
                    .for_each(|u, c, t, m| *u = c.tropical * t + c.mid_latitude * m);
            });
        let detrainment = self.detrainment(&updraft, self.edges);
        (updraft, detrainment)
    }

    /// What updrafts at level edges lose in the levels below the edge `edges`.
    pub fn detrainment(&self, updraft: &Array3<f64>, edges: usize) -> Array3<f64> {
        let mut detrainment = Array3::zeros(self.lateral.dim());
        detrainment
            .axis_iter_mut(Axis(0))
            .into_par_iter()
            .enumerate()
            .take(edges)
            .for_each(|(k, mut level)| {
                let (below, above, lateral) = (
                    updraft.index_axis(Axis(0), k),
                    updraft.index_axis(Axis(0), k + 1),
                    self.lateral.index_axis(Axis(0), k),
                );
                Zip::from(&mut level)
                    .and(below)
                    .and(above)
                    .and(lateral)
                    .for_each(|d, below, above, lateral| *d = detrained(*below, *above, *lateral));
            });
        detrainment
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn convection_follows_the_sun_and_peaks_in_the_afternoon_over_land() {
        let at = |lat: f64, land: f64, date: (i8, i8), hour: f64| {
            let time = Time::from_date(2016, date.0, date.1)
                .unwrap()
                .plus(3600.0 * hour);
            Convection::new(
                lat,
                0.0,
                land,
                (time, 2.0 * northern_summer(time) - 1.0),
                1.0,
            )
            .tropical
        };
        assert!(at(10.0, 1.0, (7, 15), 16.0) > 2.0 * at(10.0, 1.0, (1, 15), 16.0));
        assert!(at(10.0, 1.0, (7, 15), 16.0) > 2.0 * at(10.0, 1.0, (7, 15), 4.0));
        assert!((at(10.0, 0.0, (7, 15), 16.0) / at(10.0, 0.0, (7, 15), 4.0) - 1.0).abs() < 0.01);
    }

    #[test]
    fn there_is_no_updraft_at_the_ground_or_in_the_stratosphere() {
        assert_eq!((profile(1.0), profile(0.05)), ([0.0; 2], [0.0; 2]));
        assert_eq!(profile(0.9), [1.0; 2]);
    }
}
