//! The forcing of the transport over one interval of the meteorology.

use crate::constants::GRAVITY;
use crate::grid::Grid;
use crate::time::Time;
use ndarray::parallel::prelude::*;
use ndarray::{Array2, Array3, Axis, Zip, s};

/// Air mass fluxes and mixing, constant over an interval. Surface pressure goes linearly from its
/// first value to its second, so the air mass of every cell does too, and the column convergence of
/// the fluxes equals its tendency. Every field is the same in all cells of a polar row: they are
/// one cell.
#[derive(Debug, Clone)]
pub struct Forcing {
    /// First instant.
    pub start: Time,
    /// Last instant.
    pub end: Time,
    /// Dry surface pressure (lat, lon) at the start and at the end \[Pa\].
    pub surface_pressure: [Array2<f64>; 2],
    /// Eastward mass flux through the west face of each cell (level, lat, lon) \[kg s-1\]; zero in
    /// polar rows.
    pub east: Array3<f64>,
    /// Northward mass flux through the south face of each row (level, lat + 1, lon) \[kg s-1\];
    /// zero at the poles.
    pub north: Array3<f64>,
    /// Depth of the boundary layer (lat, lon) \[Pa\]; zero where none is known.
    pub layer_depth: Array2<f64>,
    /// The greatest part of a surface flux that the eddies of the whole layer carry, beside what is
    /// exchanged from level to level (lat, lon), 0 to 1.
    pub nonlocal: Array2<f64>,
    /// Turbulent exchange through level edges (level + 1, lat, lon) \[kg m-2 s-1\].
    pub exchange: Array3<f64>,
    /// Convective updraft through level edges (level + 1, lat, lon) \[kg m-2 s-1\].
    pub updraft: Array3<f64>,
    /// Detrainment from the updraft in each level (level, lat, lon) \[kg m-2 s-1\].
    pub detrainment: Array3<f64>,
}

/// Of a [`Forcing`] what is not wind or pressure.
pub(super) struct Mixing {
    pub layer_depth: Array2<f64>,
    pub nonlocal: Array2<f64>,
    pub exchange: Array3<f64>,
    pub updraft: Array3<f64>,
    pub detrainment: Array3<f64>,
}

impl Mixing {
    /// The forcing of an interval with these winds and this pressure at its start and end.
    pub fn forcing(
        self,
        (start, end): (Time, Time),
        surface_pressure: [Array2<f64>; 2],
        (east, north): (Array3<f64>, Array3<f64>),
    ) -> Forcing {
        Forcing {
            start,
            end,
            surface_pressure,
            east,
            north,
            layer_depth: self.layer_depth,
            nonlocal: self.nonlocal,
            exchange: self.exchange,
            updraft: self.updraft,
            detrainment: self.detrainment,
        }
    }
}

impl Forcing {
    /// Surface pressure at an instant of the interval \[Pa\].
    pub fn surface_pressure_at(&self, time: Time) -> Array2<f64> {
        let part = time.since(self.start) / self.end.since(self.start);
        let [first, last] = &self.surface_pressure;
        if part == 0.0 || first == last {
            first.clone()
        } else {
            first + &((last - first) * part)
        }
    }
}

/// Depth \[Pa\] of layers of a height above ground (lat, lon) \[m\] under a surface pressure
/// \[Pa\], from the height of level edges (level + 1, lat, lon) \[m\]; ln p is linear in height
/// within a level.
pub fn layer_depth(
    height: &Array2<f64>,
    edge_height: &Array3<f64>,
    grid: &Grid,
    surface_pressure: &Array2<f64>,
) -> Array2<f64> {
    let mut depth = Array2::zeros(height.dim());
    Zip::indexed(&mut depth)
        .and(height)
        .and(surface_pressure)
        .for_each(|(j, i), depth, height, ps| {
            let edges = edge_height.slice(s![.., j, i]);
            let above = (1..edges.len() - 1)
                .find(|k| edges[*k] > *height)
                .unwrap_or(edges.len() - 2);
            let part =
                ((height - edges[above - 1]) / (edges[above] - edges[above - 1])).clamp(0.0, 1.0);
            let [low, high] = [above - 1, above].map(|k| grid.levels.edge(k, *ps).ln());
            *depth = ps - (low + part * (high - low)).exp();
        });
    unite_polar_rows(&mut depth.view_mut());
    depth
}

/// Makes the outer rows of a (lat, lon) field uniform: a polar row is one cell.
pub fn unite_polar_rows(field: &mut ndarray::ArrayViewMut2<f64>) {
    let last = field.nrows() - 1;
    for j in [0, last] {
        let mean = field.row(j).mean().unwrap_or(0.0);
        field.row_mut(j).fill(mean);
    }
}

/// Mass of a pressure thickness \[Pa\] over an area \[m2\], in kg.
pub fn air_mass(thickness: f64, area: f64) -> f64 {
    thickness * area / GRAVITY
}

/// Air mass of every cell (level, lat, lon) \[kg\] under a surface pressure \[Pa\].
pub fn air_masses(grid: &Grid, surface_pressure: &Array2<f64>) -> Array3<f64> {
    let mut air = Array3::zeros(grid.shape());
    air.axis_iter_mut(Axis(0))
        .into_par_iter()
        .enumerate()
        .for_each(|(k, mut level)| {
            for (j, (air, pressure)) in level
                .rows_mut()
                .into_iter()
                .zip(surface_pressure.rows())
                .enumerate()
            {
                let area = grid.horizontal.area(j);
                Zip::from(air)
                    .and(pressure)
                    .for_each(|air, p| *air = air_mass(grid.levels.thickness(k, *p), area));
            }
        });
    air
}
