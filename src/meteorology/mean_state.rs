//! The part of the built-in meteorology that does not change from day to day: surface, mean winds,
//! temperature, heights.

use super::climatology::{Climatology, centre_lats, horizontal};
use super::forcing::unite_polar_rows;
use crate::constants::EARTH_RADIUS;
use crate::constants::{GAS_CONSTANT_DRY_AIR, GRAVITY};
use crate::error::{Error, Result};
use crate::grid::Grid;
use ndarray::{Array2, Array3, Axis, Zip};

/// Mean dry surface pressure \[Pa\] (Trenberth and Smith 2005: 983.05 hPa).
pub(super) const MEAN_DRY_PRESSURE: f64 = 98_305.0;
/// Without a land mask, ground higher than this is land \[m\].
const LAND_HEIGHT: f64 = 60.0;

/// The mean state on one grid.
pub struct MeanState {
    /// Land fraction (lat, lon).
    pub land: Array2<f64>,
    /// Dry surface pressure (lat, lon) \[Pa\], constant in time.
    pub surface_pressure: Array2<f64>,
    /// Height of the ground (lat, lon) \[m\].
    pub surface_height: Array2<f64>,
    /// Mass fluxes through west and south faces by the January and June mean winds \[kg s-1\].
    pub fluxes: [(Array3<f64>, Array3<f64>); 2],
    /// January and June temperature of level middles \[K\].
    pub temperature: [Array3<f64>; 2],
    /// Thickness per kelvin of the lower and the upper half of each layer (hypsometric equation)
    /// \[m K-1\].
    pub half_layers: [Array3<f64>; 2],
    /// Height above ground of level edges in the annual mean \[m\].
    pub edge_height: Array3<f64>,
    /// Exchange per diffusivity at level edges \[kg m-4\].
    pub conductance: Array3<f64>,
}

impl MeanState {
    /// Interpolates the climatology to `grid`; `land` is guessed from the height of the ground
    /// where not given.
    ///
    /// # Errors
    /// A land fraction of another shape or outside 0 to 1.
    pub fn new(grid: &Grid, land: Option<Array2<f64>>) -> Result<Self> {
        let climatology = Climatology::load()?;
        let h = &grid.horizontal;
        let (lat, lon) = (centre_lats(h), h.lon().to_vec());
        let surface_height = horizontal(climatology.surface_height.view(), &lat, &lon);
        let land = checked_land(land, &surface_height)?;
        let mut surface_pressure = horizontal(climatology.surface_pressure.view(), &lat, &lon);
        scale_to_dry_mean(grid, &mut surface_pressure);
        let middle = Array3::from_shape_fn(grid.shape(), |(k, j, i)| {
            grid.levels.middle(k, surface_pressure[[j, i]])
        });
        let temperature = [0, 1].map(|s| {
            climatology.at_points(
                climatology.temperature.index_axis(Axis(0), s),
                &lat,
                &lon,
                &middle,
            )
        });
        let fluxes =
            [0, 1].map(|season| mean_fluxes(grid, &climatology, &surface_pressure, season));
        let annual = Zip::from(&temperature[0])
            .and(&temperature[1])
            .map_collect(|a, b| 0.5 * (a + b));
        let half_layers = half_layers(grid, &surface_pressure);
        let (edge_height, conductance) =
            vertical_structure(grid, &surface_pressure, &annual, &half_layers);
        Ok(MeanState {
            land,
            surface_pressure,
            surface_height,
            fluxes,
            temperature,
            half_layers,
            edge_height,
            conductance,
        })
    }
}

fn checked_land(land: Option<Array2<f64>>, surface_height: &Array2<f64>) -> Result<Array2<f64>> {
    let Some(land) = land else {
        return Ok(surface_height.mapv(|z| if z > LAND_HEIGHT { 1.0 } else { 0.0 }));
    };
    if land.dim() != surface_height.dim() {
        return Err(
            Error::new("the land fraction has another shape than the grid")
                .expected(format!("{:?}", surface_height.dim()))
                .got(format!("{:?}", land.dim())),
        );
    }
    match land.iter().find(|f| !(0.0..=1.0).contains(*f)) {
        Some(bad) => Err(Error::new("a land fraction is out of range")
            .expected("0 to 1")
            .got(bad)),
        None => Ok(land),
    }
}

/// Makes the polar rows of a surface pressure on the model's grid uniform and its global mean that
/// of the dry atmosphere, whose total mass is fixed; files drift by tenths of a pascal. Returns the
/// factor that did it.
pub(super) fn scale_to_dry_mean(grid: &Grid, pressure: &mut Array2<f64>) -> f64 {
    unite_polar_rows(&mut pressure.view_mut());
    let h = &grid.horizontal;
    let weighted: f64 = pressure
        .rows()
        .into_iter()
        .enumerate()
        .map(|(j, row)| h.area(j) * row.sum())
        .sum();
    let area: f64 = (0..h.n_lat()).map(|j| h.area(j) * h.n_lon() as f64).sum();
    let factor = MEAN_DRY_PRESSURE * area / weighted;
    pressure.mapv_inplace(|p| p * factor);
    factor
}

/// Mass fluxes through west and south faces of one season's mean winds \[kg s-1\].
fn mean_fluxes(
    grid: &Grid,
    climatology: &Climatology,
    ps: &Array2<f64>,
    season: usize,
) -> (Array3<f64>, Array3<f64>) {
    let h = &grid.horizontal;
    let (n_lev, n_lat, n_lon) = grid.shape();
    let d_lon = 2.0 * std::f64::consts::PI / n_lon as f64;
    let winds = climatology.wind.index_axis(Axis(0), season);
    let west = Array2::from_shape_fn((n_lat, n_lon), |(j, i)| {
        0.5 * (ps[[j, i]] + ps[[j, (i + n_lon - 1) % n_lon]])
    });
    let south = Array2::from_shape_fn((n_lat + 1, n_lon), |(j, i)| {
        0.5 * (ps[[j.min(n_lat - 1), i]] + ps[[j.max(1) - 1, i]])
    });
    let middle = |p: &Array2<f64>| {
        Array3::from_shape_fn((n_lev, p.nrows(), n_lon), |(k, j, i)| {
            grid.levels.middle(k, p[[j, i]])
        })
    };
    let mut east = climatology.at_points(
        winds.index_axis(Axis(0), 0),
        h.lat(),
        &h.lon_edges()[..n_lon],
        &middle(&west),
    );
    let mut north = climatology.at_points(
        winds.index_axis(Axis(0), 1),
        h.lat_edges(),
        h.lon(),
        &middle(&south),
    );
    for ((k, j, i), flux) in east.indexed_iter_mut() {
        let width = if j == 0 || j == n_lat - 1 {
            0.0
        } else {
            EARTH_RADIUS * (h.lat_edges()[j + 1] - h.lat_edges()[j]).to_radians()
        };
        *flux *= width * grid.levels.thickness(k, west[[j, i]]) / GRAVITY;
    }
    for ((k, j, i), flux) in north.indexed_iter_mut() {
        let width = if j == 0 || j == n_lat {
            0.0
        } else {
            EARTH_RADIUS * h.lat_edges()[j].to_radians().cos() * d_lon
        };
        *flux *= width * grid.levels.thickness(k, south[[j, i]]) / GRAVITY;
    }
    (east, north)
}

/// Thickness per kelvin of the lower and the upper half of each layer (hypsometric equation) \[m
/// K-1\].
pub(super) fn half_layers(grid: &Grid, ps: &Array2<f64>) -> [Array3<f64>; 2] {
    let scale = GAS_CONSTANT_DRY_AIR / GRAVITY;
    let levels = &grid.levels;
    let lower = |k: usize, ps: f64| scale * (levels.edge(k, ps) / levels.middle(k, ps)).ln();
    // A top at zero pressure has no height: it is put at 0.1 Pa.
    let upper =
        |k: usize, ps: f64| scale * (levels.middle(k, ps) / levels.edge(k + 1, ps).max(0.1)).ln();
    [
        Array3::from_shape_fn(grid.shape(), |(k, j, i)| lower(k, ps[[j, i]])),
        Array3::from_shape_fn(grid.shape(), |(k, j, i)| upper(k, ps[[j, i]])),
    ]
}

/// Heights of level edges above ground \[m\], and density over the distance of level middles there
/// \[kg m-4\].
pub(super) fn vertical_structure(
    grid: &Grid,
    ps: &Array2<f64>,
    temperature: &Array3<f64>,
    half_layers: &[Array3<f64>; 2],
) -> (Array3<f64>, Array3<f64>) {
    let (n_lev, n_lat, n_lon) = grid.shape();
    let mut height = Array3::zeros((n_lev + 1, n_lat, n_lon));
    let mut conductance = Array3::zeros((n_lev + 1, n_lat, n_lon));
    for k in 0..n_lev {
        for j in 0..n_lat {
            for i in 0..n_lon {
                let t = temperature[[k, j, i]];
                let [lower, upper] = [0, 1].map(|half: usize| t * half_layers[half][[k, j, i]]);
                let below = if k == 0 {
                    0.0
                } else {
                    temperature[[k - 1, j, i]] * half_layers[1][[k - 1, j, i]]
                };
                let density = grid.levels.edge(k, ps[[j, i]]) / (GAS_CONSTANT_DRY_AIR * t);
                conductance[[k, j, i]] = density / (lower + below);
                height[[k + 1, j, i]] = height[[k, j, i]] + lower + upper;
            }
        }
    }
    (height, conductance)
}
