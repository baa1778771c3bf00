//! The meteorology of one instant, for display: winds in m/s and not the mass fluxes that drive the
//! transport.
//!
//! A wind is the mean momentum through the two faces of a cell over the mass between them, u =
//! (E_west + E_east) g / (2 dp dy). What goes up through a level edge follows from the budget
//! of the cells below it, the same that the transport closes: omega = -(g / A) sum over them of
//! inflow - dM/dt.

use super::{Atmosphere, Forcing, Meteorology};
use crate::constants::EARTH_RADIUS;
use crate::constants::GRAVITY;
use crate::error::Result;
use crate::grid::Grid;
use crate::time::Time;
use ndarray::{Array2, Array3};
use std::f64::consts::PI;

/// All fields of a meteorology at an instant. Fluxes are means over the interval of the
/// meteorology that holds it.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// First and last instant of the interval.
    pub interval: (Time, Time),
    /// Dry surface pressure and heights.
    pub atmosphere: Atmosphere,
    /// Eastward and northward wind (level, lat, lon) \[m s-1\]; a polar row is one cell and has
    /// none: NaN.
    pub winds: [Array3<f64>; 2],
    /// Vertical motion through level edges (level + 1, lat, lon) \[Pa s-1\], downward positive.
    pub omega: Array3<f64>,
    /// Turbulent diffusivity at level edges (level + 1, lat, lon) \[m2 s-1\].
    pub diffusivity: Array3<f64>,
    /// Convective updraft through level edges (level + 1, lat, lon) \[kg m-2 s-1\].
    pub updraft: Array3<f64>,
    /// Detrainment (level, lat, lon) \[kg m-2 s-1\].
    pub detrainment: Array3<f64>,
    /// Height of the boundary layer above the ground (lat, lon) \[m\], where the meteorology has
    /// one.
    pub boundary_layer: Option<Array2<f64>>,
}

impl Snapshot {
    /// The fields of `meteorology` at an instant; at its last one, the interval that ends there.
    ///
    /// # Errors
    /// A time it does not hold, values that no atmosphere has.
    pub fn new(meteorology: &dyn Meteorology, time: Time) -> Result<Self> {
        meteorology.covers(time, time)?;
        let within = if meteorology.span().1 == Some(time) {
            time.plus(-1.0)
        } else {
            time
        };
        let (forcing, atmosphere) = (meteorology.forcing(within)?, meteorology.atmosphere(time)?);
        let pressure =
            forcing.surface_pressure_at(forcing.start.plus(0.5 * forcing.end.since(forcing.start)));
        Ok(Snapshot {
            interval: (forcing.start, forcing.end),
            winds: winds(&atmosphere.grid, &forcing, &pressure),
            omega: omega(&atmosphere.grid, &forcing),
            diffusivity: diffusivity(&atmosphere, &forcing),
            updraft: forcing.updraft.clone(),
            detrainment: forcing.detrainment.clone(),
            boundary_layer: meteorology.boundary_layer(within)?,
            atmosphere,
        })
    }
}

/// Winds of the cells under the surface pressure of the middle of the interval.
fn winds(grid: &Grid, f: &Forcing, pressure: &Array2<f64>) -> [Array3<f64>; 2] {
    let h = &grid.horizontal;
    let (n_lat, n_lon) = (h.n_lat(), h.n_lon());
    let edges: Vec<f64> = h.lat_edges().iter().map(|lat| lat.to_radians()).collect();
    let width = |j: usize| EARTH_RADIUS * edges[j].cos() * 2.0 * PI / n_lon as f64;
    let column =
        |k: usize, j: usize, i: usize| 2.0 * grid.levels.thickness(k, pressure[[j, i]]) / GRAVITY;
    let inside = |j: usize| j > 0 && j < n_lat - 1;
    let east = |(k, j, i): (usize, usize, usize)| {
        let height = EARTH_RADIUS * (edges[j + 1] - edges[j]);
        (f.east[[k, j, i]] + f.east[[k, j, (i + 1) % n_lon]]) / (column(k, j, i) * height)
    };
    let north = |(k, j, i): (usize, usize, usize)| {
        (f.north[[k, j, i]] / width(j) + f.north[[k, j + 1, i]] / width(j + 1)) / column(k, j, i)
    };
    let blown = |of: &dyn Fn((usize, usize, usize)) -> f64| {
        Array3::from_shape_fn(
            grid.shape(),
            |at| if inside(at.1) { of(at) } else { f64::NAN },
        )
    };
    [blown(&east), blown(&north)]
}

/// Downward motion of air through level edges, from the ground up.
fn omega(grid: &Grid, f: &Forcing) -> Array3<f64> {
    let (n, n_lat, n_lon) = grid.shape();
    let tendency = (&f.surface_pressure[1] - &f.surface_pressure[0]) / f.end.since(f.start);
    let mut omega = Array3::zeros((n + 1, n_lat, n_lon));
    for k in 0..n {
        let share = grid.levels.thickness(k, 1.0) - grid.levels.thickness(k, 0.0);
        for j in 0..n_lat {
            let inflow = |i: usize| {
                let along = f.east[[k, j, i]] - f.east[[k, j, (i + 1) % n_lon]];
                along + f.north[[k, j, i]] - f.north[[k, j + 1, i]]
            };
            let polar = j == 0 || j == n_lat - 1;
            let of_cap = if polar {
                (0..n_lon).map(inflow).sum::<f64>() / n_lon as f64
            } else {
                0.0
            };
            for i in 0..n_lon {
                let gain =
                    if polar { of_cap } else { inflow(i) } * GRAVITY / grid.horizontal.area(j);
                omega[[k + 1, j, i]] = omega[[k, j, i]] - (gain - share * tendency[[j, i]]);
            }
        }
    }
    omega
}

/// Diffusivity that exchanges as much between the middles of two levels.
fn diffusivity(air: &Atmosphere, f: &Forcing) -> Array3<f64> {
    let levels = &air.grid.levels;
    Array3::from_shape_fn(f.exchange.dim(), |(k, j, i)| {
        if k == 0 || k == levels.len() {
            return 0.0;
        }
        let ps = air.surface_pressure[[j, i]];
        let rise = air.height[[k, j, i]] - air.height[[k - 1, j, i]];
        f.exchange[[k, j, i]] * GRAVITY * rise * rise
            / (levels.middle(k - 1, ps) - levels.middle(k, ps))
    })
}
