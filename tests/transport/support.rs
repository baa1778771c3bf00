//! Drivers, tracers and sources that the laws of the transport share.

use mcas::constants::EARTH_RADIUS;
use mcas::constants::GRAVITY;
use mcas::ensemble::{Concentrations, Real};
use mcas::error::Result;
use mcas::flux::{FluxBasis, SurfaceFlux};
use mcas::grid::{Grid, HybridLevels, LatLonGrid};
use mcas::meteorology::{Atmosphere, BuiltIn, BuiltInOptions, Forcing, Meteorology};
use mcas::time::{DAY, Time};
use mcas::transport::{Advection, Transport, TransportOptions};
use ndarray::{Array2, Array3};
use std::fmt;
use std::sync::Arc;

pub const PPM: f64 = 1e-6;

pub fn start() -> Time {
    Time::from_date(2016, 1, 10).unwrap()
}

pub fn built_in(lat_step: f64, lon_step: f64) -> Arc<dyn Meteorology> {
    let grid = Grid::geos(lat_step, lon_step).unwrap();
    Arc::new(BuiltIn::new(&grid, None, BuiltInOptions::default()).unwrap())
}

pub fn transport(met: &Arc<dyn Meteorology>, step: f64) -> Transport {
    Transport::new(
        met.clone(),
        TransportOptions {
            step,
            ..TransportOptions::default()
        },
    )
    .unwrap()
}

pub fn with_scheme(met: &Arc<dyn Meteorology>, step: f64, advection: Advection) -> Transport {
    Transport::new(
        met.clone(),
        TransportOptions {
            step,
            advection,
            ..TransportOptions::default()
        },
    )
    .unwrap()
}

/// Blobs of different shapes, one per member, on a background of 400 ppm; a member with index
/// `order[m]`.
pub fn blobs<T: Real>(grid: &Arc<Grid>, order: &[usize]) -> Concentrations<T> {
    let mut c = Concentrations::uniform(grid, order.len(), 400.0 * PPM).unwrap();
    let (n_lev, n_lat, n_lon) = grid.shape();
    for (member, shape) in order.iter().enumerate() {
        for k in 0..n_lev {
            for j in 0..n_lat {
                for i in 0..n_lon {
                    let column = if j == 0 || j == n_lat - 1 { 0 } else { i };
                    let inside = (k + j * (shape + 1) + column * 3 + shape) % 11 < 4;
                    c.set(
                        grid.cell(k, j, i),
                        member,
                        (400.0 + if inside { 10.0 + *shape as f64 } else { 0.0 }) * PPM,
                    );
                }
            }
        }
    }
    c
}

pub fn bits<T: Real>(c: &Concentrations<T>) -> Vec<u64> {
    c.blocks()
        .iter()
        .flat_map(|b| b.values.iter().map(|v| v.to_f64().to_bits()))
        .collect()
}

/// 1 g C m-2 day-1 times factor 0 in the north, the fixed half of it in the south.
pub struct TwoHalves(pub usize, pub usize);

impl SurfaceFlux for TwoHalves {
    fn n_factors(&self) -> usize {
        1
    }
    fn between(&self, _: Time, _: Time, basis: &mut FluxBasis) -> Result<()> {
        let cells = self.0 * self.1;
        let north = |cell: usize| cell / self.1 > self.0 / 2;
        let flux = 1e-3 / DAY;
        basis.fixed = (0..cells)
            .map(|c| if north(c) { 0.0 } else { 0.5 * flux })
            .collect();
        basis.first = vec![0];
        basis.factor.clear();
        basis.value.clear();
        for cell in 0..cells {
            if north(cell) {
                basis.factor.push(0);
                basis.value.push(flux);
            }
            basis.first.push(basis.value.len());
        }
        Ok(())
    }
}

/// Solid-body rotation about an axis tilted by `tilt` from the earth's, once around in `period`;
/// nothing is mixed.
#[derive(Debug)]
pub struct SolidBody {
    grid: Arc<Grid>,
    pub forcing: Arc<Forcing>,
}

impl SolidBody {
    pub fn new(grid: Arc<Grid>, tilt: f64, period: f64) -> Self {
        let h = &grid.horizontal;
        let (n_lev, n_lat, n_lon) = grid.shape();
        let speed = 2.0 * std::f64::consts::PI * EARTH_RADIUS / period;
        let ps = 1e5;
        let psi = |lat: f64, lon: f64| {
            let (lat, lon) = (lat.to_radians(), lon.to_radians());
            -EARTH_RADIUS * speed * (lat.sin() * tilt.cos() - lon.cos() * lat.cos() * tilt.sin())
        };
        let corner = |j: usize, i: usize| psi(h.lat_edges()[j], h.lon_edges()[i % n_lon]);
        let air = |k: usize| grid.levels.thickness(k, ps) / GRAVITY;
        let inside = |j: usize| j > 0 && j < n_lat - 1;
        let east = Array3::from_shape_fn((n_lev, n_lat, n_lon), |(k, j, i)| {
            if inside(j) {
                -air(k) * (corner(j + 1, i) - corner(j, i))
            } else {
                0.0
            }
        });
        let north = Array3::from_shape_fn((n_lev, n_lat + 1, n_lon), |(k, j, i)| {
            if j == 0 || j == n_lat {
                0.0
            } else {
                air(k) * (corner(j, i + 1) - corner(j, i))
            }
        });
        let pressure = Array2::from_elem((n_lat, n_lon), ps);
        let edges = Array3::zeros((n_lev + 1, n_lat, n_lon));
        let forcing = Forcing {
            start: Time::from_seconds(0),
            end: Time::from_seconds(1 << 40),
            surface_pressure: [pressure.clone(), pressure],
            east,
            north,
            layer_depth: Array2::zeros((n_lat, n_lon)),
            nonlocal: Array2::zeros((n_lat, n_lon)),
            exchange: edges.clone(),
            updraft: edges,
            detrainment: Array3::zeros(grid.shape()),
        };
        SolidBody {
            grid,
            forcing: Arc::new(forcing),
        }
    }
}

impl fmt::Display for SolidBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("solid body rotation")
    }
}

impl Meteorology for SolidBody {
    fn grid(&self) -> &Arc<Grid> {
        &self.grid
    }
    fn atmosphere(&self, _: Time) -> Result<Atmosphere> {
        let (_, n_lat, n_lon) = self.grid.shape();
        let surface_pressure = self.forcing.surface_pressure[0].clone();
        Ok(Atmosphere {
            grid: self.grid.clone(),
            surface_pressure,
            surface_height: Array2::zeros((n_lat, n_lon)),
            height: Array3::zeros(self.grid.shape()),
        })
    }
    fn forcing(&self, _: Time) -> Result<Arc<Forcing>> {
        Ok(self.forcing.clone())
    }
}

pub fn three_levels(lat_step: f64, lon_step: f64) -> Arc<Grid> {
    let levels = HybridLevels::new(vec![0.0; 4], vec![1.0, 0.7, 0.4, 0.1]).unwrap();
    Arc::new(Grid {
        horizontal: LatLonGrid::geos(lat_step, lon_step).unwrap(),
        levels,
    })
}
