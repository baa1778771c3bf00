//! From fields at the centres of a file's cells to mass fluxes through the faces of the model's
//! cells, and to means over its cells.
//!
//! Across a face the field is interpolated linearly between the centres on either side. Along the
//! face it is integrated: over the file's cells where these are at least as fine, so that fluxes
//! through their faces add up; over the line through the centres of coarser ones.

use super::axes::Axes;
use super::weights::Weights;
use crate::constants::EARTH_RADIUS;
use crate::grid::Grid;
use ndarray::parallel::prelude::*;
use ndarray::{Array2, Array3, ArrayView2, Axis};
use std::sync::Arc;

/// The way from one file grid to one model grid.
#[derive(Debug)]
pub struct Faces {
    grid: Arc<Grid>,
    /// Of rows and columns, for west faces, south faces and cells.
    west: [Weights; 2],
    south: [Weights; 2],
    cells: [Weights; 2],
}

impl Faces {
    /// Prepares the weights.
    pub fn new(axes: &Axes, grid: &Arc<Grid>) -> Self {
        let h = &grid.horizontal;
        let (lats, lons) = (axes.lats(), axes.lons());
        let length = |x: f64| x;
        let along_lon = Weights::means(lons, h.lon_edges(), length);
        Faces {
            grid: grid.clone(),
            west: [
                Weights::means(lats, h.lat_edges(), length),
                Weights::at_points(lons, &h.lon_edges()[..h.n_lon()]),
            ],
            south: [Weights::at_points(lats, h.lat_edges()), along_lon.clone()],
            cells: [
                Weights::means(lats, h.lat_edges(), |x| x.to_radians().sin()),
                along_lon,
            ],
        }
    }

    /// Mass fluxes \[kg s-1\] through west faces (level, lat, lon) and south faces (level, lat + 1,
    /// lon) of eastward and northward momentum (level, lat, lon of the file) \[kg m-1 s-1\]; none
    /// through polar rows and poles.
    pub fn fluxes(&self, momentum: [&Array3<f64>; 2]) -> (Array3<f64>, Array3<f64>) {
        let h = &self.grid.horizontal;
        let (n_lat, n_lon) = (h.n_lat(), h.n_lon());
        let d_lon = 2.0 * std::f64::consts::PI / n_lon as f64;
        let height = |j: usize| {
            if j == 0 || j == n_lat - 1 {
                0.0
            } else {
                EARTH_RADIUS * (h.lat_edges()[j + 1] - h.lat_edges()[j]).to_radians()
            }
        };
        let width = |j: usize| {
            if j == 0 || j == n_lat {
                0.0
            } else {
                EARTH_RADIUS * h.lat_edges()[j].to_radians().cos() * d_lon
            }
        };
        (
            each_level(&self.west, momentum[0], height),
            each_level(&self.south, momentum[1], width),
        )
    }

    /// Means over cells of a (lat, lon) field.
    pub(crate) fn cell_means(&self, field: ArrayView2<f64>) -> Array2<f64> {
        contract(&self.cells, field, |_| 1.0)
    }

    /// Means over cells of every level of a (level, lat, lon) field.
    pub(crate) fn cell_means_of_levels(&self, field: &Array3<f64>) -> Array3<f64> {
        each_level(&self.cells, field, |_| 1.0)
    }
}

fn each_level(
    weights: &[Weights; 2],
    field: &Array3<f64>,
    scale: impl Fn(usize) -> f64 + Sync,
) -> Array3<f64> {
    let mut out = Array3::zeros((field.dim().0, weights[0].len(), weights[1].len()));
    out.axis_iter_mut(Axis(0))
        .into_par_iter()
        .zip(field.axis_iter(Axis(0)).into_par_iter())
        .for_each(|(mut out, level)| {
            out.assign(&contract(weights, level, &scale));
        });
    out
}

/// Applies the weights of columns, then those of rows, and a factor for each row.
fn contract(
    [rows, columns]: &[Weights; 2],
    field: ArrayView2<f64>,
    scale: impl Fn(usize) -> f64,
) -> Array2<f64> {
    let narrow = Array2::from_shape_fn((field.nrows(), columns.len()), |(j, i)| {
        columns
            .of(i)
            .iter()
            .map(|(s, w)| w * field[[j, *s]])
            .sum::<f64>()
    });
    let mut out = Array2::zeros((rows.len(), columns.len()));
    for (j, mut row) in out.rows_mut().into_iter().enumerate() {
        for (s, w) in rows.of(j) {
            row.scaled_add(w * scale(j), &narrow.row(*s));
        }
    }
    out
}
