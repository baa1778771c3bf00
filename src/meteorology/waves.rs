//! Travelling waves of the built-in meteorology: synoptic eddies that never repeat exactly.
//!
//! Synthetic. A sum of non-divergent waves with streamfunction
//!   psi = A(t) S(p) E(lat) cos(m lon + tilt(lat) - m c t / (R cos lat0) + phase)      \[m2 s-1\],
//! u = -dpsi/dy, v = dpsi/dx: mid-latitude planetary and synoptic waves of either hemisphere
//! (equivalent barotropic, strongest in winter, S greatest at 250 hPa) and weaker westward waves of
//! the tropics. Amplitude A of each wave wanders by two incommensurate periods; wavenumbers,
//! speeds, latitudes and phases are drawn from a seed.

use crate::constants::EARTH_RADIUS;
use crate::constants::{DAYS_PER_YEAR, GRAVITY};
use crate::grid::{Grid, LatLonGrid};
use crate::random::generator;
use crate::time::{DAY, Time};
use ndarray::parallel::prelude::*;
use ndarray::{Array2, Array3, ArrayViewMut2, Axis, Zip};
use rand_distr::{Distribution, Uniform};
use std::f64::consts::TAU;

/// Vertical structures of the waves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// Mid-latitude eddies: greatest at the jet.
    Synoptic,
    /// Easterly waves: greatest in the lower troposphere and at 200 hPa.
    Tropical,
}

impl Shape {
    /// All of them.
    pub const ALL: [Shape; 2] = [Shape::Synoptic, Shape::Tropical];

    /// Relative amplitude at a pressure \[Pa\], linear between the listed values.
    pub fn at(self, pressure: f64) -> f64 {
        let table: &[(f64, f64)] = match self {
            Shape::Synoptic => &[
                (1e5, 0.45),
                (8.5e4, 0.55),
                (5e4, 0.75),
                (2.5e4, 1.0),
                (1e4, 0.45),
                (5e3, 0.25),
                (1e3, 0.2),
                (0.0, 0.2),
            ],
            Shape::Tropical => &[
                (1e5, 0.6),
                (8.5e4, 0.8),
                (6e4, 0.8),
                (4e4, 0.6),
                (2e4, 1.0),
                (1e4, 0.3),
                (0.0, 0.1),
            ],
        };
        let above = table
            .iter()
            .position(|(p, _)| *p < pressure)
            .unwrap_or(table.len() - 1)
            .max(1);
        let ((p0, s0), (p1, s1)) = (table[above - 1], table[above]);
        s0 + (s1 - s0) * ((p0 - pressure) / (p0 - p1)).clamp(0.0, 1.0)
    }
}

/// One wave.
#[derive(Debug, Clone)]
struct Wave {
    shape: Shape,
    wavenumber: f64,
    /// Centre and e-folding half width \[degrees\].
    centre: f64,
    width: f64,
    /// Phase per degree of latitude from the centre.
    tilt: f64,
    phase: f64,
    /// Angular speed of the phase \[s-1\].
    frequency: f64,
    /// Streamfunction amplitude \[m2 s-1\].
    amplitude: f64,
    /// Periods \[s\] and phases of the wandering amplitude.
    wander: [(f64, f64); 2],
}

/// The waves of one seed.
#[derive(Debug, Clone)]
pub struct Waves(Vec<Wave>);

/// Meridional wind of a mid-latitude wave at its centre and at 250 hPa, winter, over the cosine of
/// its latitude \[m s-1\].
const MID_LATITUDE: f64 = 12.0;
/// The same of a tropical wave at 200 hPa. These waves stir air across the equator, and their
/// strength sets the interhemispheric exchange time of a tracer emitted on northern land: with this
/// value 1.0 years by hemispheric means and 1.6 by surface means (first year, 4 x 5 degrees, steps
/// of 3600 s); on coarser levels 1.3 and 2.1 without them, 0.6 and 1.1 with 2.2 m s-1. Mid-latitude
/// waves matter less, convection hardly.
const TROPICAL: f64 = 0.68;

impl Waves {
    /// Draws the waves; `strength` multiplies all amplitudes.
    pub fn new(seed: u64, strength: f64) -> Self {
        let mut waves = Vec::new();
        for (belt, hemisphere) in [1.0, -1.0].into_iter().enumerate() {
            for copy in 0..2 {
                for m in 3..=9 {
                    waves.push(Wave::draw(
                        seed,
                        (belt * 2 + copy) * 16 + m,
                        m,
                        hemisphere * 47.0,
                        strength * MID_LATITUDE,
                        Shape::Synoptic,
                    ));
                }
            }
        }
        for m in 3..=8 {
            waves.push(Wave::draw(
                seed,
                64 + m,
                m,
                0.0,
                strength * TROPICAL,
                Shape::Tropical,
            ));
        }
        Waves(waves)
    }

    /// Streamfunction of one shape at the cell corners (lat edge, lon edge without the last) \[m2
    /// s-1\], where its vertical structure is 1.
    pub fn streamfunction(&self, shape: Shape, grid: &LatLonGrid, time: Time) -> Array2<f64> {
        let mut psi = Array2::zeros((grid.n_lat() + 1, grid.n_lon()));
        let waves: Vec<(&Wave, f64)> = self
            .0
            .iter()
            .filter(|w| w.shape == shape)
            .map(|w| (w, w.amplitude_at(time)))
            .collect();
        psi.axis_iter_mut(Axis(0))
            .into_par_iter()
            .enumerate()
            .for_each(|(j, mut row)| {
                let row = row.as_slice_mut().expect("rows are contiguous");
                waves.iter().for_each(|(wave, amplitude)| {
                    wave.add(
                        row,
                        (grid.lat_edges()[j], grid.lon_edges()),
                        *amplitude,
                        time,
                    )
                });
            });
        // One value at each pole: no wind crosses it.
        for pole in [0, grid.n_lat()] {
            let mean = psi.row(pole).mean().unwrap_or(0.0);
            psi.row_mut(pole).fill(mean);
        }
        psi
    }
}

impl Wave {
    fn draw(seed: u64, k: usize, m: usize, centre: f64, speed: f64, shape: Shape) -> Self {
        let mut rng = generator(seed, "meteorology waves", k as u64);
        let mut between = |a: f64, b: f64| {
            Uniform::new(a, b)
                .expect("the range is in order")
                .sample(&mut rng)
        };
        let tropical = shape == Shape::Tropical;
        let centre = centre + between(-9.0, 9.0);
        let width = if tropical {
            between(10.0, 16.0)
        } else {
            between(12.0, 20.0)
        };
        let travel = if tropical {
            between(-9.0, -3.0)
        } else {
            between(0.8, 1.2) * (1.0 + 1.4 * m as f64)
        };
        let radius = EARTH_RADIUS * centre.to_radians().cos();
        Wave {
            shape,
            wavenumber: m as f64,
            centre,
            width,
            tilt: between(-1.0, 1.0) * 1.5 / width,
            phase: between(0.0, TAU),
            frequency: m as f64 * travel / radius,
            amplitude: speed * radius / m as f64
                * if tropical {
                    1.0
                } else {
                    1.0 - 0.06 * (m as f64 - 6.0).abs()
                },
            wander: [
                (between(6.0, 11.0) * DAY, between(0.0, TAU)),
                (between(17.0, 31.0) * DAY, between(0.0, TAU)),
            ],
        }
    }

    /// Streamfunction amplitude at an instant \[m2 s-1\].
    fn amplitude_at(&self, time: Time) -> f64 {
        let t = time.seconds() as f64;
        let wander: f64 = self
            .wander
            .iter()
            .map(|(period, phase)| 0.35 * (TAU * (t / period).fract() + phase).sin())
            .sum();
        self.amplitude * (1.0 + wander) * self.season(time)
    }

    /// Adds the wave along one latitude at the longitudes of `psi`.
    fn add(&self, psi: &mut [f64], (lat, lon): (f64, &[f64]), amplitude: f64, time: Time) {
        let running = (self.frequency * time.seconds() as f64).rem_euclid(TAU);
        let envelope = amplitude
            * (-((lat - self.centre) / self.width).powi(2)).exp()
            * lat.to_radians().cos();
        let phase = self.phase + self.tilt * (lat - self.centre) - running;
        for (psi, lon) in psi.iter_mut().zip(lon) {
            *psi += envelope * (self.wavenumber * lon.to_radians() + phase).cos();
        }
    }

    /// Winter waves are stronger; in the south hardly so.
    fn season(&self, time: Time) -> f64 {
        let summer = northern_summer(time);
        match self.shape {
            Shape::Tropical => 1.0,
            Shape::Synoptic if self.centre > 0.0 => 1.0 - 0.4 * summer,
            Shape::Synoptic => 0.85 + 0.15 * summer,
        }
    }
}

/// The waves on the levels of one grid.
pub struct Stirring {
    waves: Waves,
    /// Air per area times the vertical structure of each shape, at west faces and at south faces
    /// (level, lat, lon) \[kg m-2\].
    weights: [[Array3<f64>; 2]; 2],
}

impl Stirring {
    /// Over a surface pressure (lat, lon) that does not change \[Pa\].
    pub fn new(waves: Waves, grid: &Grid, ps: &Array2<f64>) -> Self {
        let (_, _, n_lon) = grid.shape();
        let weights = Shape::ALL.map(|shape| {
            let weight = |k: usize, ps: f64| {
                shape.at(grid.levels.middle(k, ps)) * grid.levels.thickness(k, ps) / GRAVITY
            };
            let west = Array3::from_shape_fn(grid.shape(), |(k, j, i)| {
                weight(k, 0.5 * (ps[[j, i]] + ps[[j, (i + n_lon - 1) % n_lon]]))
            });
            let south = Array3::from_shape_fn(grid.shape(), |(k, j, i)| {
                weight(k, 0.5 * (ps[[j, i]] + ps[[j.max(1) - 1, i]]))
            });
            [west, south]
        });
        Stirring { waves, weights }
    }

    /// Adds the mass fluxes of the waves to `east` (level, lat, lon) and `north` (level, lat + 1,
    /// lon) \[kg s-1\].
    pub fn add(
        &self,
        east: &mut Array3<f64>,
        north: &mut Array3<f64>,
        grid: &LatLonGrid,
        time: Time,
    ) {
        let (n_lat, n_lon) = (grid.n_lat(), grid.n_lon());
        let differences = Shape::ALL.map(|shape| {
            let psi = self.waves.streamfunction(shape, grid, time);
            let northward =
                Array2::from_shape_fn((n_lat, n_lon), |(j, i)| psi[[j + 1, i]] - psi[[j, i]]);
            let eastward = Array2::from_shape_fn((n_lat, n_lon), |(j, i)| {
                psi[[j, (i + 1) % n_lon]] - psi[[j, i]]
            });
            [northward, eastward]
        });
        let levels = east
            .axis_iter_mut(Axis(0))
            .into_par_iter()
            .zip(north.axis_iter_mut(Axis(0)).into_par_iter());
        levels.enumerate().for_each(|(k, (mut east, mut north))| {
            for ([west, south], [northward, eastward]) in self.weights.iter().zip(&differences) {
                let rows = |level: &mut ArrayViewMut2<f64>,
                            rows: std::ops::Range<usize>,
                            weight: &Array3<f64>,
                            difference: &Array2<f64>,
                            sign: f64| {
                    let part = ndarray::s![rows, ..];
                    let weight = weight.index_axis(Axis(0), k);
                    Zip::from(level.slice_mut(part))
                        .and(weight.slice(part))
                        .and(difference.slice(part))
                        .for_each(|f, w, d| *f += sign * w * d);
                };
                rows(&mut east, 1..n_lat - 1, west, northward, -1.0);
                rows(&mut north, 1..n_lat, south, eastward, 1.0);
            }
        });
    }
}

/// 0 in the middle of January, 1 in the middle of July, sinusoidal between.
pub(crate) fn northern_summer(time: Time) -> f64 {
    0.5 - 0.5 * (TAU * (time.day_of_year() - 14.5) / DAYS_PER_YEAR).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waves_of_a_seed_are_the_same_again_and_of_another_differ() {
        let grid = LatLonGrid::geos(10.0, 15.0).unwrap();
        let time = Time::from_date(2016, 1, 5).unwrap();
        let psi = |seed, t| Waves::new(seed, 1.0).streamfunction(Shape::Synoptic, &grid, t);
        assert_eq!(psi(1, time), psi(1, time));
        assert_ne!(psi(1, time), psi(2, time));
        assert_ne!(psi(1, time), psi(1, time.plus(DAY)));
    }

    #[test]
    fn the_vertical_structure_peaks_at_the_jet() {
        assert_eq!(Shape::Synoptic.at(2.5e4), 1.0);
        assert!((Shape::Synoptic.at(9.25e4) - 0.5).abs() < 1e-12);
        assert_eq!(Shape::Synoptic.at(1.1e5), 0.45);
        assert!(Shape::Synoptic.at(1.0) > 0.19);
    }
}
