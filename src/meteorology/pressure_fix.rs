//! Makes winds and surface pressure agree: after it, the column convergence of the mass fluxes is
//! the tendency of surface pressure, to rounding.
//!
//! The residual r of every column is removed by a gradient flux, the least change of the winds: div
//! grad phi = r on the cells of the grid (a polar row is one cell), solved by Fourier transform in
//! longitude and a tridiagonal system in latitude, and spread over the levels by the thickness of
//! b, as wind errors at the surface are (Rotman et al. 2004; Horowitz et al. 2003).

use super::forcing::air_mass;
use crate::constants::EARTH_RADIUS;
use crate::grid::Grid;
use ndarray::parallel::prelude::*;
use ndarray::{Array2, Array3, ArrayViewMut2, Axis, Zip};
use realfft::num_complex::Complex64;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::f64::consts::PI;
use std::fmt;
use std::sync::Arc;

/// The Poisson solver of one grid, to be used for every interval.
pub struct PressureFix {
    grid: Arc<Grid>,
    forward: Arc<dyn RealToComplex<f64>>,
    backward: Arc<dyn ComplexToReal<f64>>,
    /// Conductance of west faces by row and of south faces by edge.
    zonal: Vec<f64>,
    meridional: Vec<f64>,
}

impl fmt::Debug for PressureFix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PressureFix on {}", self.grid)
    }
}

impl PressureFix {
    /// Prepares the solver.
    pub fn new(grid: &Arc<Grid>) -> Self {
        let h = &grid.horizontal;
        let (n_lat, n_lon) = (h.n_lat(), h.n_lon());
        let mut planner = RealFftPlanner::<f64>::new();
        let d_lon = 2.0 * PI / n_lon as f64;
        let step = (h.lat()[2] - h.lat()[1]).to_radians();
        let inner = 1..n_lat - 1;
        PressureFix {
            grid: grid.clone(),
            forward: planner.plan_fft_forward(n_lon),
            backward: planner.plan_fft_inverse(n_lon),
            zonal: (0..n_lat)
                .map(|j| {
                    if inner.contains(&j) {
                        step / (h.lat()[j].to_radians().cos() * d_lon)
                    } else {
                        0.0
                    }
                })
                .collect(),
            meridional: (0..=n_lat)
                .map(|j| {
                    if j == 0 || j == n_lat {
                        0.0
                    } else {
                        h.lat_edges()[j].to_radians().cos() * d_lon / step
                    }
                })
                .collect(),
        }
    }

    /// Adjusts `east` (level, lat, lon) and `north` (level, lat + 1, lon) \[kg s-1\] to the surface
    /// pressure `tendency` (lat, lon) \[Pa s-1\]. Winds cannot change the global mean pressure: its
    /// tendency is left out and returned \[Pa s-1\].
    pub fn apply(
        &self,
        east: &mut Array3<f64>,
        north: &mut Array3<f64>,
        tendency: &Array2<f64>,
    ) -> f64 {
        let mean = self.global_mean(tendency);
        let potential = self.solve(self.residual(east, north, &(tendency - mean)));
        let b = self.grid.levels.b();
        let (n_lat, n_lon) = potential.dim();
        let spread = |k: usize| b[k] - b[k + 1];
        let westward = Array2::from_shape_fn((n_lat, n_lon), |(j, i)| {
            potential[[j, (i + n_lon - 1) % n_lon]] - potential[[j, i]]
        });
        let southward = Array2::from_shape_fn((n_lat + 1, n_lon), |(j, i)| {
            potential[[j.max(1) - 1, i]] - potential[[j.min(n_lat - 1), i]]
        });
        let levels = east
            .axis_iter_mut(Axis(0))
            .into_par_iter()
            .zip(north.axis_iter_mut(Axis(0)).into_par_iter());
        levels
            .enumerate()
            .filter(|(k, _)| spread(*k) != 0.0)
            .for_each(|(k, (mut east, mut north))| {
                add_rows(&mut east, &westward, |j| spread(k) * self.zonal[j]);
                add_rows(&mut north, &southward, |j| spread(k) * self.meridional[j]);
            });
        mean
    }

    /// Root mean square of the winds that fluxes amount to, by mass, eastward and northward \[m
    /// s-1\]: of a difference of fluxes, the change of the winds.
    pub(crate) fn rms_winds(
        &self,
        east: &Array3<f64>,
        north: &Array3<f64>,
        surface_pressure: &Array2<f64>,
    ) -> [f64; 2] {
        let (h, levels) = (&self.grid.horizontal, &self.grid.levels);
        let (n_lat, n_lon) = (h.n_lat(), h.n_lon());
        let d_lon = 2.0 * PI / n_lon as f64;
        let (mut sums, mut mass) = ([0.0; 2], 0.0);
        for k in 0..levels.len() {
            for j in 1..n_lat - 1 {
                let height = EARTH_RADIUS * (h.lat_edges()[j + 1] - h.lat_edges()[j]).to_radians();
                let width = EARTH_RADIUS * h.lat_edges()[j].to_radians().cos() * d_lon;
                for i in 0..n_lon {
                    let depth = air_mass(levels.thickness(k, surface_pressure[[j, i]]), 1.0);
                    sums[0] += depth * h.area(j) * (east[[k, j, i]] / (depth * height)).powi(2);
                    sums[1] += depth * h.area(j) * (north[[k, j, i]] / (depth * width)).powi(2);
                    mass += depth * h.area(j);
                }
            }
        }
        sums.map(|s| (s / mass).sqrt())
    }

    /// Area mean of a (lat, lon) field.
    fn global_mean(&self, field: &Array2<f64>) -> f64 {
        let h = &self.grid.horizontal;
        let (sum, area) =
            field
                .rows()
                .into_iter()
                .enumerate()
                .fold((0.0, 0.0), |(s, a), (j, row)| {
                    let weight = h.area(j);
                    (s + weight * row.sum(), a + weight * row.len() as f64)
                });
        sum / area
    }

    /// What the column convergence lacks of the tendency (lat, lon) \[kg s-1\]; a polar row is
    /// united.
    fn residual(
        &self,
        east: &Array3<f64>,
        north: &Array3<f64>,
        tendency: &Array2<f64>,
    ) -> Array2<f64> {
        let (east, north) = (east.sum_axis(Axis(0)), north.sum_axis(Axis(0)));
        let (_, n_lat, n_lon) = self.grid.shape();
        let mut residual = Array2::from_shape_fn((n_lat, n_lon), |(j, i)| {
            let inflow =
                east[[j, i]] - east[[j, (i + 1) % n_lon]] + north[[j, i]] - north[[j + 1, i]];
            air_mass(tendency[[j, i]], self.grid.horizontal.area(j)) - inflow
        });
        super::forcing::unite_polar_rows(&mut residual.view_mut());
        residual
    }

    /// The potential whose gradient fluxes converge by `residual`.
    fn solve(&self, mut residual: Array2<f64>) -> Array2<f64> {
        let (n_lat, n_lon) = residual.dim();
        let modes = n_lon / 2 + 1;
        let mut spectrum = vec![Complex64::default(); modes * n_lat];
        for (mut row, out) in residual
            .rows_mut()
            .into_iter()
            .zip(spectrum.chunks_mut(modes))
        {
            self.forward
                .process(row.as_slice_mut().expect("rows are contiguous"), out)
                .expect("lengths fit");
        }
        for m in 0..modes {
            self.solve_mode(m, modes, &mut spectrum);
        }
        let mut row = vec![0.0; n_lon];
        for (j, spectrum) in spectrum.chunks_mut(modes).enumerate() {
            spectrum[0].im = 0.0;
            if n_lon.is_multiple_of(2) {
                spectrum[modes - 1].im = 0.0;
            }
            self.backward
                .process(spectrum, &mut row)
                .expect("lengths fit");
            residual
                .row_mut(j)
                .iter_mut()
                .zip(&row)
                .for_each(|(r, v)| *r = v / n_lon as f64);
        }
        residual
    }

    /// Thomas algorithm for one zonal wavenumber; the polar cells take part in wavenumber 0 only,
    /// and there the south pole is held at zero.
    fn solve_mode(&self, m: usize, modes: usize, spectrum: &mut [Complex64]) {
        let (n_lat, n_lon) = (self.zonal.len(), self.grid.horizontal.n_lon());
        let eigenvalue = 2.0 - 2.0 * (2.0 * PI * m as f64 / n_lon as f64).cos();
        let last = if m == 0 { n_lat - 1 } else { n_lat - 2 };
        let mut ratio = vec![0.0; n_lat];
        spectrum[m] = Complex64::default();
        for j in 1..=last {
            let (south, north) = (self.meridional[j], self.meridional[j + 1]);
            let diagonal = -self.zonal[j] * eigenvalue - south - north;
            let pivot = 1.0 / (diagonal - south * ratio[j - 1]);
            ratio[j] = north * pivot;
            spectrum[j * modes + m] =
                (spectrum[j * modes + m] - spectrum[(j - 1) * modes + m] * south) * pivot;
        }
        if last < n_lat - 1 {
            spectrum[(n_lat - 1) * modes + m] = Complex64::default();
        }
        for j in (1..last).rev() {
            let above = spectrum[(j + 1) * modes + m];
            spectrum[j * modes + m] -= above * ratio[j];
        }
    }
}

/// Adds a difference of the potential times the conductance of its row.
fn add_rows(
    flux: &mut ArrayViewMut2<f64>,
    difference: &Array2<f64>,
    conductance: impl Fn(usize) -> f64,
) {
    for (j, (flux, difference)) in flux
        .rows_mut()
        .into_iter()
        .zip(difference.rows())
        .enumerate()
    {
        let scale = conductance(j);
        Zip::from(flux)
            .and(difference)
            .for_each(|f, d| *f += scale * d);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_convergence_becomes_the_pressure_tendency() {
        let grid = Grid::geos(10.0, 15.0).unwrap();
        let (n_lev, n_lat, n_lon) = grid.shape();
        let noise =
            |k: usize, j: usize, i: usize| 1e9 * (((k * 31 + j * 17 + i * 7) % 23) as f64 - 11.0);
        let mut east = Array3::from_shape_fn(grid.shape(), |(k, j, i)| {
            if j == 0 || j == n_lat - 1 {
                0.0
            } else {
                noise(k, j, i)
            }
        });
        let mut north = Array3::from_shape_fn((n_lev, n_lat + 1, n_lon), |(k, j, i)| {
            if j == 0 || j == n_lat {
                0.0
            } else {
                noise(k, j, 2 * i)
            }
        });
        let mut tendency =
            Array2::from_shape_fn((n_lat, n_lon), |(j, i)| 0.01 * ((j * 5 + i * 3) % 7) as f64);
        crate::meteorology::forcing::unite_polar_rows(&mut tendency.view_mut());
        let fix = PressureFix::new(&grid);
        let mean = fix.apply(&mut east, &mut north, &tendency);
        assert!(mean > 0.0);
        let scale = noise(0, 0, 0).abs() * n_lev as f64;
        let left = fix.residual(&east, &north, &(tendency - mean));
        assert!(left.iter().all(|r| r.abs() < 1e-12 * scale), "{left}");
    }

    #[test]
    fn fluxes_that_already_agree_are_left_alone() {
        let grid = Grid::geos(10.0, 15.0).unwrap();
        let (n_lev, n_lat, n_lon) = grid.shape();
        let mut east = Array3::from_shape_fn(grid.shape(), |(k, j, _)| {
            if j == 0 || j == n_lat - 1 {
                0.0
            } else {
                (k * j) as f64
            }
        });
        let mut north = Array3::zeros((n_lev, n_lat + 1, n_lon));
        let before = east.clone();
        PressureFix::new(&grid).apply(&mut east, &mut north, &Array2::zeros((n_lat, n_lon)));
        assert!(
            (&east - &before)
                .iter()
                .chain(&north)
                .all(|d| d.abs() < 1e-12)
        );
    }
}
