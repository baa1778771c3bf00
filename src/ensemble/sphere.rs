//! Correlated draws on a grid of equal steps in longitude: exact, in memory n_lat^2 n_lon / 2.
//!
//! With the same covariance between any two cells as far apart in longitude, the covariance of the
//! grid is block circulant: cosines of longitude part it into a matrix of latitudes for each wave
//! number (Dietrich and Newsam 1997, on the sphere), whose roots are all a draw needs.

use crate::error::{Error, Result};
use crate::grid::great_circle_km;
use crate::{linalg, random};
use ndarray::{Array1, Array2, ArrayView2, Axis};
use rayon::prelude::*;
use std::f64::consts::TAU;

/// Half of the circumference of the Earth \[km\], the farthest that two places are apart.
const FARTHEST_KM: f64 = 20_016.0;

/// Draws of unit variance whose correlation falls as exp(-distance / length).
#[derive(Debug, Clone, PartialEq)]
pub struct SphereDraws {
    n_lon: usize,
    /// For each wave number 0 to n_lon / 2 a root of the covariance of latitudes.
    roots: Vec<Array2<f64>>,
}

/// Refuses a correlation length that is no length on the sphere.
///
/// # Errors
/// Not positive, or longer than half of the circumference.
pub fn check_length(length_km: f64) -> Result<()> {
    if length_km > 0.0 && length_km <= FARTHEST_KM {
        return Ok(());
    }
    let what = if length_km > FARTHEST_KM {
        "a correlation length is longer than the sphere"
    } else {
        "a correlation length must be positive"
    };
    Err(Error::new(what)
        .expected(format!("more than 0 and at most {FARTHEST_KM} km"))
        .got(format!("{length_km} km"))
        .hint("length_km: 500"))
}

impl SphereDraws {
    /// For the cells of `lat` \[degrees\] and `n_lon` equal steps of longitude.
    ///
    /// # Errors
    /// A length that is not positive or longer than the sphere.
    pub fn new(lat: &[f64], n_lon: usize, length_km: f64) -> Result<Self> {
        check_length(length_km)?;
        let step = 360.0 / n_lon as f64;
        let correlation = |a: f64, b: f64, s: usize| {
            (-great_circle_km((a, 0.0), (b, step * s as f64)) / length_km).exp()
        };
        let apart: Vec<Array2<f64>> = (0..n_lon)
            .map(|s| {
                Array2::from_shape_fn((lat.len(), lat.len()), |(i, j)| {
                    correlation(lat[i], lat[j], s)
                })
            })
            .collect();
        let root = |wave: usize| {
            let mut spectrum = Array2::zeros((lat.len(), lat.len()));
            for (s, c) in apart.iter().enumerate() {
                let turn = (wave * s % n_lon) as f64 / n_lon as f64;
                spectrum.scaled_add((TAU * turn).cos(), c);
            }
            symmetric_root(spectrum.view())
        };
        let waves: Vec<usize> = (0..=n_lon / 2).collect();
        let roots = waves.into_par_iter().map(root).collect::<Result<_>>()?;
        Ok(SphereDraws { n_lon, roots })
    }

    /// The draw (lat x lon) of member `k`, which depends on (seed, stream, k) only.
    pub fn draw(&self, seed: u64, stream: &str, k: usize) -> Array2<f64> {
        let (n, n_lat) = (self.n_lon, self.roots[0].nrows());
        let mut rng = random::generator(seed, stream, k as u64);
        let mut field = Array2::zeros((n_lat, n));
        for (wave, root) in self.roots.iter().enumerate() {
            let mut white = || Array1::from(random::normals(&mut rng, n_lat));
            let (cosine, sine) = (root.dot(&white()), root.dot(&white()));
            // The first wave number and, of an even number of cells, the last have no partner.
            let alone = wave == 0 || 2 * wave == n;
            let size = (if alone { 1.0 } else { 2.0 } / n as f64).sqrt();
            for (i, mut column) in field.columns_mut().into_iter().enumerate() {
                let angle = TAU * (wave * i % n) as f64 / n as f64;
                column.scaled_add(size * angle.cos(), &cosine);
                if !alone {
                    column.scaled_add(size * angle.sin(), &sine);
                }
            }
        }
        field
    }
}

/// The symmetric square root of a covariance that may be singular.
fn symmetric_root(covariance: ArrayView2<f64>) -> Result<Array2<f64>> {
    let (values, vectors) = linalg::symmetric_eigen(covariance)?;
    let roots = values.mapv(|v| v.max(0.0).sqrt());
    Ok((&vectors * &roots.insert_axis(Axis(0))).dot(&vectors.t()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_have_unit_variance_and_the_correlation_of_their_distance() {
        let lat = [-75.0, -45.0, -15.0, 15.0, 45.0, 75.0];
        let draws = SphereDraws::new(&lat, 12, 3000.0).unwrap();
        let n = 4000;
        let fields: Vec<Array2<f64>> = (0..n).map(|k| draws.draw(1, "x", k)).collect();
        let mean = |a: (usize, usize), b: (usize, usize)| {
            fields.iter().map(|f| f[a] * f[b]).sum::<f64>() / n as f64
        };
        let location = |c: (usize, usize)| (lat[c.0], 30.0 * c.1 as f64);
        let pairs = [
            ((0, 0), (0, 0)),
            ((3, 11), (3, 11)),
            ((3, 11), (3, 0)),
            ((4, 2), (5, 2)),
            ((0, 1), (5, 7)),
            ((1, 5), (2, 6)),
        ];
        for (a, b) in pairs {
            let wanted = (-great_circle_km(location(a), location(b)) / 3000.0).exp();
            assert!(
                (mean(a, b) - wanted).abs() < 0.06,
                "{a:?} {b:?} {}",
                mean(a, b)
            );
        }
        assert_eq!(fields[7], draws.draw(1, "x", 7));
    }

    #[test]
    fn the_roots_rebuild_the_covariance_exactly() {
        // Sum over wave numbers of what a draw adds, by hand.
        let (lat, n_lon) = ([-60.0, 0.0, 50.0], 5);
        let draws = SphereDraws::new(&lat, n_lon, 800.0).unwrap();
        for (i, j, s) in [(0, 0, 0), (0, 1, 2), (2, 1, 4), (2, 2, 1)] {
            let mut sum = 0.0;
            for (wave, root) in draws.roots.iter().enumerate() {
                let alone = wave == 0 || 2 * wave == n_lon;
                let weight = if alone { 1.0 } else { 2.0 } / n_lon as f64;
                let angle = TAU * (wave * s) as f64 / n_lon as f64;
                sum += weight * root.row(i).dot(&root.row(j)) * angle.cos();
            }
            let apart = great_circle_km((lat[i], 0.0), (lat[j], 72.0 * s as f64));
            assert!((sum - (-apart / 800.0).exp()).abs() < 1e-12, "{i} {j} {s}");
        }
    }

    #[test]
    fn a_length_longer_than_the_sphere_is_refused() {
        for length in [0.0, -1.0, 30_000.0, f64::NAN] {
            assert!(SphereDraws::new(&[0.0], 4, length).is_err());
        }
    }
}
