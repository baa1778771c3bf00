//! The built-in meteorology: climatological winds with a seasonal cycle, travelling waves, a diurnal boundary
//! layer and convection, on any grid, made mass-consistent. Nothing is downloaded.
//!
//! The mean winds, temperature and surface are real (NCEP, January and June means, sinusoidal in between); the
//! waves and the mixing are synthetic. Dry surface pressure is constant in time and its mean is that of the
//! dry atmosphere, so that 1 ppm of CO2 is 2.124 PgC.

use super::boundary_layer::BoundaryLayer;
use super::climatology::{Climatology, centre_lats, horizontal};
use super::convection::Convection;
use super::forcing::{Forcing, unite_polar_rows};
use super::waves::{Shape, Waves, northern_summer};
use super::{Atmosphere, GAS_CONSTANT_DRY_AIR, GRAVITY, Meteorology, PressureFix};
use crate::error::{Error, Result};
use crate::grid::{EARTH_RADIUS, Grid};
use crate::time::{HOUR, Time};
use ndarray::parallel::prelude::*;
use ndarray::{Array2, Array3, Axis, Zip};
use std::fmt;
use std::sync::{Arc, Mutex};

/// Mean dry surface pressure \[Pa\] (Trenberth and Smith 2005: 983.05 hPa).
const MEAN_DRY_PRESSURE: f64 = 98_305.0;
/// Without a land mask, ground higher than this is land \[m\].
const LAND_HEIGHT: f64 = 60.0;

/// What can be varied, so that a truth run can differ from the model: 1 is the model itself.
#[derive(Debug, Clone, PartialEq)]
pub struct BuiltInOptions {
    /// Multiplies the travelling waves.
    pub waves: f64,
    /// Seed of the waves: another seed is other weather.
    pub seed: u64,
    /// Multiplies the climatological winds.
    pub wind: f64,
    /// Multiplies boundary-layer height and diffusivity.
    pub mixing: f64,
    /// Multiplies the convective updrafts.
    pub convection: f64,
    /// Length of one interval of constant winds \[s\]; must divide a day.
    pub interval: f64,
}

impl Default for BuiltInOptions {
    fn default() -> Self {
        BuiltInOptions { waves: 1.0, seed: 1, wind: 1.0, mixing: 1.0, convection: 1.0, interval: 3.0 * HOUR }
    }
}

impl BuiltInOptions {
    fn check(&self) -> Result<()> {
        for (name, value) in [("waves", self.waves), ("wind", self.wind), ("mixing", self.mixing), ("convection", self.convection)] {
            if !(0.0..=10.0).contains(&value) {
                return Err(Error::new(format!("the factor \"{name}\" of the built-in meteorology is out of range"))
                    .expected("0 to 10")
                    .got(value)
                    .hint(format!("{name}: 1.0")));
            }
        }
        if self.mixing == 0.0 {
            return Err(Error::new("the boundary layer needs a height").expected("mixing above 0").got(0));
        }
        if !(self.interval >= 60.0 && (86_400.0 / self.interval).fract() == 0.0) {
            return Err(Error::new("the interval of the meteorology must divide a day").got(format!("{} s", self.interval)).hint("10800.0"));
        }
        Ok(())
    }
}

/// The driver. Build it once per grid; forcings are made when asked for and the last ones kept.
pub struct BuiltIn {
    grid: Arc<Grid>,
    options: BuiltInOptions,
    land: Array2<f64>,
    surface_pressure: Array2<f64>,
    surface_height: Array2<f64>,
    /// Mass fluxes (east, north) of the January and June means \[kg s-1\].
    mean_fluxes: [(Array3<f64>, Array3<f64>); 2],
    /// January and June temperature of level middles \[K\].
    temperature: [Array3<f64>; 2],
    /// Height above ground of level edges in the annual mean \[m\].
    edge_height: Array3<f64>,
    /// Exchange per diffusivity at level edges \[kg m-4\].
    conductance: Array3<f64>,
    waves: Waves,
    fix: PressureFix,
    recent: Mutex<Vec<Arc<Forcing>>>,
}

impl BuiltIn {
    /// The driver on `grid`; `land` is the land fraction (lat, lon), guessed from the height of the ground where not given.
    ///
    /// # Errors
    /// A land fraction of another shape or outside 0 to 1; an option out of range; a grid without cells at both
    /// poles or with an odd number of longitudes.
    pub fn new(grid: &Arc<Grid>, land: Option<Array2<f64>>, options: BuiltInOptions) -> Result<Self> {
        options.check()?;
        let climatology = Climatology::load()?;
        let h = &grid.horizontal;
        let (lat, lon) = (centre_lats(h), h.lon().to_vec());
        let surface_height = horizontal(climatology.surface_height.view(), &lat, &lon);
        let land = checked_land(land, &surface_height)?;
        let surface_pressure = dry_pressure(grid, horizontal(climatology.surface_pressure.view(), &lat, &lon));
        let middle = Array3::from_shape_fn(grid.shape(), |(k, j, i)| grid.levels.middle(k, surface_pressure[[j, i]]));
        let temperature = [0, 1].map(|s| climatology.at_points(climatology.temperature.index_axis(Axis(0), s), &lat, &lon, &middle));
        let mean_fluxes = [0, 1].map(|season| mean_fluxes(grid, &climatology, &surface_pressure, season));
        let annual = Zip::from(&temperature[0]).and(&temperature[1]).map_collect(|a, b| 0.5 * (a + b));
        let (edge_height, conductance) = vertical_structure(grid, &surface_pressure, &annual);
        let (waves, fix) = (Waves::new(options.seed, options.waves), PressureFix::new(grid));
        let (grid, recent) = (grid.clone(), Mutex::new(Vec::new()));
        Ok(BuiltIn { grid, options, land, surface_pressure, surface_height, mean_fluxes, temperature, edge_height, conductance, waves, fix, recent })
    }

    /// The land fraction in use (lat, lon).
    pub fn land(&self) -> &Array2<f64> {
        &self.land
    }

    fn make(&self, start: Time) -> Forcing {
        let end = start.plus(self.options.interval);
        let time = start.plus(0.5 * self.options.interval);
        let (mut east, mut north) = self.winds(time);
        let (_, n_lat, n_lon) = self.grid.shape();
        self.fix.apply(&mut east, &mut north, &Array2::zeros((n_lat, n_lon)));
        let (updraft, detrainment) = self.convection(time);
        let surface_pressure = [self.surface_pressure.clone(), self.surface_pressure.clone()];
        Forcing { start, end, surface_pressure, east, north, exchange: self.exchange(time), updraft, detrainment }
    }

    /// Mass fluxes before the fix: the seasonal mean and the waves.
    fn winds(&self, time: Time) -> (Array3<f64>, Array3<f64>) {
        let summer = northern_summer(time);
        let (cold, warm) = (self.options.wind * (1.0 - summer), self.options.wind * summer);
        let [january, june] = &self.mean_fluxes;
        let mut east = Zip::from(&january.0).and(&june.0).par_map_collect(|a, b| cold * a + warm * b);
        let mut north = Zip::from(&january.1).and(&june.1).par_map_collect(|a, b| cold * a + warm * b);
        let psi = Shape::ALL.map(|shape| (shape, self.waves.streamfunction(shape, &self.grid.horizontal, time)));
        east.axis_iter_mut(Axis(0)).into_par_iter().zip(north.axis_iter_mut(Axis(0)).into_par_iter()).enumerate().for_each(
            |(k, (mut east, mut north))| {
                let weight = |s: Shape, ps: f64| s.at(self.grid.levels.middle(k, ps)) * self.grid.levels.thickness(k, ps) / GRAVITY;
                let (n_lat, n_lon) = east.dim();
                for (shape, psi) in &psi {
                    for j in 1..n_lat {
                        for i in 0..n_lon {
                            let here = self.surface_pressure[[j, i]];
                            let west = 0.5 * (here + self.surface_pressure[[j, (i + n_lon - 1) % n_lon]]);
                            let south = 0.5 * (here + self.surface_pressure[[j - 1, i]]);
                            if j < n_lat - 1 {
                                east[[j, i]] -= weight(*shape, west) * (psi[[j + 1, i]] - psi[[j, i]]);
                            }
                            north[[j, i]] += weight(*shape, south) * (psi[[j, (i + 1) % n_lon]] - psi[[j, i]]);
                        }
                    }
                }
            },
        );
        (east, north)
    }

    /// Turbulent exchange at level edges \[kg m-2 s-1\].
    fn exchange(&self, time: Time) -> Array3<f64> {
        let h = &self.grid.horizontal;
        let layers =
            Array2::from_shape_fn(self.land.dim(), |(j, i)| BoundaryLayer::new(h.lat()[j], h.lon()[i], self.land[[j, i]], time, self.options.mixing));
        let mut exchange = Array3::zeros(self.edge_height.dim());
        let top = exchange.dim().0 - 1;
        exchange.axis_iter_mut(Axis(0)).into_par_iter().enumerate().filter(|(k, _)| *k > 0 && *k < top).for_each(|(k, mut level)| {
            for ((j, i), x) in level.indexed_iter_mut() {
                *x = self.conductance[[k, j, i]] * layers[[j, i]].diffusivity_at(self.edge_height[[k, j, i]], self.options.mixing);
            }
            unite_polar_rows(&mut level);
        });
        exchange
    }

    /// Updraft at level edges and detrainment in levels \[kg m-2 s-1\].
    fn convection(&self, time: Time) -> (Array3<f64>, Array3<f64>) {
        let h = &self.grid.horizontal;
        let mut columns = Array2::from_shape_fn(self.land.dim(), |(j, i)| {
            Convection::new(h.lat()[j], h.lon()[i], self.land[[j, i]], time, self.options.convection)
        });
        for pole in [0, h.n_lat() - 1] {
            let first = columns[[pole, 0]];
            columns.row_mut(pole).fill(first);
        }
        let levels = &self.grid.levels;
        let sigma = |k: usize, j: usize, i: usize| levels.edge(k, self.surface_pressure[[j, i]]) / self.surface_pressure[[j, i]];
        let mut updraft = Array3::zeros(self.edge_height.dim());
        updraft.axis_iter_mut(Axis(0)).into_par_iter().enumerate().for_each(|(k, mut level)| {
            level.indexed_iter_mut().for_each(|((j, i), u)| *u = columns[[j, i]].updraft(sigma(k, j, i)));
        });
        let mut detrainment = Array3::zeros(self.grid.shape());
        detrainment.axis_iter_mut(Axis(0)).into_par_iter().enumerate().for_each(|(k, mut level)| {
            level.indexed_iter_mut().for_each(|((j, i), d)| {
                *d = Convection::detrainment(updraft[[k, j, i]], updraft[[k + 1, j, i]], sigma(k, j, i) - sigma(k + 1, j, i));
            });
        });
        (updraft, detrainment)
    }
}

impl Meteorology for BuiltIn {
    fn grid(&self) -> &Arc<Grid> {
        &self.grid
    }

    fn atmosphere(&self, time: Time) -> Result<Atmosphere> {
        let summer = northern_summer(time);
        let mut height = Array3::zeros(self.grid.shape());
        let columns = height.lanes_mut(Axis(0));
        Zip::indexed(columns).par_for_each(|(j, i), mut column| {
            let ps = self.surface_pressure[[j, i]];
            let mut edge = self.surface_height[[j, i]];
            for (k, middle) in column.iter_mut().enumerate() {
                let warmth = (1.0 - summer) * self.temperature[0][[k, j, i]] + summer * self.temperature[1][[k, j, i]];
                let (lower, upper) = half_layers(&self.grid, k, ps, warmth);
                *middle = edge + lower;
                edge += lower + upper;
            }
        });
        let (surface_pressure, surface_height) = (self.surface_pressure.clone(), self.surface_height.clone());
        Ok(Atmosphere { grid: self.grid.clone(), surface_pressure, surface_height, height })
    }

    fn forcing(&self, time: Time) -> Result<Arc<Forcing>> {
        let length = self.options.interval as i64;
        let start = Time::from_seconds(time.seconds().div_euclid(length) * length);
        let mut recent = self.recent.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(found) = recent.iter().find(|f| f.start == start) {
            return Ok(found.clone());
        }
        let made = Arc::new(self.make(start));
        if recent.len() == 2 {
            recent.remove(0);
        }
        recent.push(made.clone());
        Ok(made)
    }
}

impl fmt::Display for BuiltIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let o = &self.options;
        write!(
            f,
            "meteorology::built_in(grid, #{{ waves: {:?}, seed: {}, wind: {:?}, mixing: {:?}, convection: {:?}, interval: {:?} }})",
            o.waves, o.seed, o.wind, o.mixing, o.convection, o.interval
        )
    }
}

impl fmt::Debug for BuiltIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} on {}", self.grid)
    }
}

fn checked_land(land: Option<Array2<f64>>, surface_height: &Array2<f64>) -> Result<Array2<f64>> {
    let Some(land) = land else {
        return Ok(surface_height.mapv(|z| if z > LAND_HEIGHT { 1.0 } else { 0.0 }));
    };
    if land.dim() != surface_height.dim() {
        return Err(Error::new("the land fraction has another shape than the grid")
            .expected(format!("{:?}", surface_height.dim()))
            .got(format!("{:?}", land.dim())));
    }
    match land.iter().find(|f| !(0.0..=1.0).contains(*f)) {
        Some(bad) => Err(Error::new("a land fraction is out of range").expected("0 to 1").got(bad)),
        None => Ok(land),
    }
}

/// The pattern of a moist surface pressure with the mean of the dry atmosphere, polar rows united \[Pa\].
fn dry_pressure(grid: &Grid, mut pressure: Array2<f64>) -> Array2<f64> {
    unite_polar_rows(&mut pressure.view_mut());
    let h = &grid.horizontal;
    let weighted: f64 = pressure.rows().into_iter().enumerate().map(|(j, row)| h.area(j) * row.sum()).sum();
    let area: f64 = (0..h.n_lat()).map(|j| h.area(j) * h.n_lon() as f64).sum();
    pressure * (MEAN_DRY_PRESSURE * area / weighted)
}

/// Mass fluxes through west and south faces of one season's mean winds \[kg s-1\].
fn mean_fluxes(grid: &Grid, climatology: &Climatology, ps: &Array2<f64>, season: usize) -> (Array3<f64>, Array3<f64>) {
    let h = &grid.horizontal;
    let (n_lev, n_lat, n_lon) = grid.shape();
    let d_lon = 2.0 * std::f64::consts::PI / n_lon as f64;
    let winds = climatology.wind.index_axis(Axis(0), season);
    let west = Array2::from_shape_fn((n_lat, n_lon), |(j, i)| 0.5 * (ps[[j, i]] + ps[[j, (i + n_lon - 1) % n_lon]]));
    let south = Array2::from_shape_fn((n_lat + 1, n_lon), |(j, i)| 0.5 * (ps[[j.min(n_lat - 1), i]] + ps[[j.max(1) - 1, i]]));
    let middle = |p: &Array2<f64>| Array3::from_shape_fn((n_lev, p.nrows(), n_lon), |(k, j, i)| grid.levels.middle(k, p[[j, i]]));
    let mut east = climatology.at_points(winds.index_axis(Axis(0), 0), h.lat(), &h.lon_edges()[..n_lon], &middle(&west));
    let mut north = climatology.at_points(winds.index_axis(Axis(0), 1), h.lat_edges(), h.lon(), &middle(&south));
    for ((k, j, i), flux) in east.indexed_iter_mut() {
        let width = if j == 0 || j == n_lat - 1 { 0.0 } else { EARTH_RADIUS * (h.lat_edges()[j + 1] - h.lat_edges()[j]).to_radians() };
        *flux *= width * grid.levels.thickness(k, west[[j, i]]) / GRAVITY;
    }
    for ((k, j, i), flux) in north.indexed_iter_mut() {
        let width = if j == 0 || j == n_lat { 0.0 } else { EARTH_RADIUS * h.lat_edges()[j].to_radians().cos() * d_lon };
        *flux *= width * grid.levels.thickness(k, south[[j, i]]) / GRAVITY;
    }
    (east, north)
}

/// Thickness of the lower and upper half of a layer by the hypsometric equation \[m\].
fn half_layers(grid: &Grid, k: usize, ps: f64, temperature: f64) -> (f64, f64) {
    let scale = GAS_CONSTANT_DRY_AIR * temperature / GRAVITY;
    let (bottom, middle, top) = (grid.levels.edge(k, ps), grid.levels.middle(k, ps), grid.levels.edge(k + 1, ps));
    (scale * (bottom / middle).ln(), scale * (middle / top.max(0.1)).ln())
}

/// Heights of level edges above ground \[m\], and density over the distance of level middles there \[kg m-4\].
fn vertical_structure(grid: &Grid, ps: &Array2<f64>, temperature: &Array3<f64>) -> (Array3<f64>, Array3<f64>) {
    let (n_lev, n_lat, n_lon) = grid.shape();
    let mut height = Array3::zeros((n_lev + 1, n_lat, n_lon));
    let mut conductance = Array3::zeros((n_lev + 1, n_lat, n_lon));
    for j in 0..n_lat {
        for i in 0..n_lon {
            let mut upper_below = 0.0;
            for k in 0..n_lev {
                let t = temperature[[k, j, i]];
                let (lower, upper) = half_layers(grid, k, ps[[j, i]], t);
                let density = grid.levels.edge(k, ps[[j, i]]) / (GAS_CONSTANT_DRY_AIR * t);
                conductance[[k, j, i]] = density / (lower + upper_below);
                height[[k + 1, j, i]] = height[[k, j, i]] + lower + upper;
                upper_below = upper;
            }
        }
    }
    (height, conductance)
}
