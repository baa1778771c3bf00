//! Prescribed winds, and tracers to be moved by them.

use mcas::ensemble::{Concentrations, Real};
use mcas::error::Result;
use mcas::grid::{Grid, HybridLevels, LatLonGrid};
use mcas::meteorology::{Conditions, Flow, Meteorology, Prescribed};
use mcas::time::Time;
use mcas::transport::{Advection, Ledger, Transport, TransportOptions};
use std::sync::Arc;

/// A grid of `n` layers of equal thickness in height up to 12 km, of air with a scale height of
/// 8780 m.
pub fn layers(lat_step: f64, lon_step: f64, n: usize) -> Arc<Grid> {
    let b = (0..=n)
        .map(|k| (-12_000.0 * k as f64 / n as f64 / SCALE_HEIGHT).exp())
        .collect();
    let levels = HybridLevels::new(vec![0.0; n + 1], b).unwrap();
    Arc::new(Grid {
        horizontal: LatLonGrid::geos(lat_step, lon_step).unwrap(),
        levels,
    })
}

/// Of air at 300 K \[m\].
pub const SCALE_HEIGHT: f64 = 287.0 * 300.0 / 9.80616;

pub const ZERO: Time = Time::from_seconds(0);

/// What blows at an instant, in intervals of `interval` seconds.
pub fn blowing(
    grid: &Arc<Grid>,
    interval: f64,
    flows: impl Fn(Time) -> Vec<Flow> + Send + Sync + 'static,
) -> Arc<dyn Meteorology> {
    let conditions = move |time: Time| {
        Ok(Conditions {
            flows: flows(time),
            ..Conditions::default()
        })
    };
    Arc::new(Prescribed::new(grid, 1e5, interval, Box::new(conditions)).unwrap())
}

/// One member for each tracer, a function of (latitude, longitude \[degrees\], level).
pub fn tracers<T: Real>(
    grid: &Arc<Grid>,
    all: &[&dyn Fn(f64, f64, usize) -> f64],
) -> Concentrations<T> {
    let mut c = Concentrations::uniform(grid, all.len(), 0.0).unwrap();
    let h = &grid.horizontal;
    for k in 0..grid.levels.len() {
        for (j, i) in (0..h.n_lat()).flat_map(|j| (0..h.n_lon()).map(move |i| (j, i))) {
            let lon = if j == 0 || j == h.n_lat() - 1 {
                0.0
            } else {
                h.lon()[i]
            };
            all.iter()
                .enumerate()
                .for_each(|(m, tracer)| c.set(grid.cell(k, j, i), m, tracer(h.lat()[j], lon, k)));
        }
    }
    c
}

pub fn advance<T: Real>(
    met: &Arc<dyn Meteorology>,
    c: &mut Concentrations<T>,
    end: f64,
    step: f64,
    advection: Advection,
) -> Result<Ledger> {
    let options = TransportOptions {
        step,
        advection,
        ..TransportOptions::default()
    };
    Transport::new(met.clone(), options)?.advance(c, ZERO, ZERO.plus(end), None, &mut ())
}

/// Least and greatest value of a member.
pub fn extremes<T: Real>(c: &Concentrations<T>, member: usize) -> (f64, f64) {
    (0..c.grid().n_cells())
        .map(|cell| c.get(cell, member))
        .fold((f64::MAX, f64::MIN), |(a, b), v| (a.min(v), b.max(v)))
}
