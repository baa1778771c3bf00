//! Tests 1-1 and 1-2 of the Dynamical Core Model Intercomparison Project (Ullrich, Jablonowski,
//! Kent, Lauritzen, Nair and Taylor 2012, test case document, version 1.7; Kent, Ullrich and
//! Jablonowski 2014, QJRMS 140, 1279-1293) on coarse grids.

use crate::support::{SCALE_HEIGHT, advance, blowing, extremes, layers, tracers};
use mcas::constants::EARTH_RADIUS;
use mcas::constants::GRAVITY;
use mcas::ensemble::Concentrations;
use mcas::grid::Grid;
use mcas::meteorology::{Flow, Meteorology};
use mcas::time::DAY;
use mcas::transport::{Advection, Monotone, Smooth};
use ndarray::{Array2, Array3};
use std::f64::consts::PI;
use std::sync::Arc;

const P0: f64 = 1e5;

/// Relative l2 error of a member against what it was, by mass.
fn l2(now: &Concentrations<f64>, then: &Concentrations<f64>, member: usize) -> f64 {
    let grid = now.grid();
    let (n, n_lat, n_lon) = grid.shape();
    let (mut wrong, mut all) = (0.0, 0.0);
    for (k, j) in (0..n).flat_map(|k| (0..n_lat).map(move |j| (k, j))) {
        let weight = grid.levels.thickness(k, P0) * grid.horizontal.area(j);
        for i in 0..n_lon {
            let [now, then] = [now, then].map(|c| c.get(grid.cell(k, j, i), member));
            wrong += weight * (now - then).powi(2);
            all += weight * then * then;
        }
    }
    (wrong / all).sqrt()
}

/// Test 1-1: deformation that turns back after half of twelve days, on a rotation around the axis,
/// with air that rises and sinks. The divergent part of the eastward wind is averaged over the
/// layers, so that it brings no air to any column.
fn deformation(grid: &Arc<Grid>, interval: f64) -> Arc<dyn Meteorology> {
    let tau = 12.0 * DAY;
    let (a, top, b) = (EARTH_RADIUS, grid.levels.edge(grid.levels.len(), P0), 0.2);
    let (strength, omega) = (10.0 * a / tau, 23_000.0 * PI / tau);
    let s = move |p: f64| {
        1.0 + ((top - P0) / (b * top)).exp()
            - ((p - P0) / (b * top)).exp()
            - ((top - p) / (b * top)).exp()
    };
    let all = grid.clone();
    blowing(grid, interval, move |time| {
        let t = time.seconds() as f64;
        let (turned, h, levels) = (2.0 * PI * t / tau, &all.horizontal, &all.levels);
        let psi = Array2::from_shape_fn((h.n_lat() + 1, h.n_lon()), |(j, i)| {
            let (lat, lon) = (
                h.lat_edges()[j].to_radians(),
                h.lon_edges()[i].to_radians() - turned,
            );
            a * strength * lon.sin().powi(2) * lat.cos().powi(2) * (PI * t / tau).cos()
                - 2.0 * PI * a * a / tau * lat.sin()
        });
        let u = Array3::from_shape_fn(all.shape(), |(k, j, i)| {
            let (lat, lon) = (
                h.lat()[j].to_radians(),
                h.lon_edges()[i].to_radians() - turned,
            );
            let profile =
                (s(levels.edge(k, P0)) - s(levels.edge(k + 1, P0))) / levels.thickness(k, P0);
            omega * a * lon.cos() * lat.cos().powi(2) * (2.0 * PI * t / tau).cos() * profile
        });
        let v = Array2::zeros((h.n_lat() + 1, h.n_lon()));
        vec![
            Flow::Streamfunction(psi.into_dyn()),
            Flow::Winds(u.into_dyn(), v.into_dyn()),
        ]
    })
}

/// Height of the middle of a layer \[m\].
fn height(grid: &Grid, k: usize) -> f64 {
    -0.5 * SCALE_HEIGHT * (grid.levels.b()[k] * grid.levels.b()[k + 1]).ln()
}

/// Tracers 1 to 4 of test 1-1: cosine bells, a curved function of them, slotted ellipses, and what
/// makes 1 of all with 3/10 of the others.
fn bells(grid: &Grid, lat: f64, lon: f64, k: usize) -> [f64; 4] {
    let z = height(grid, k);
    let distances = [150.0, -150.0].map(|centre| {
        let r = mcas::grid::great_circle_km((lat, lon), (0.0, centre)) * 1e3 / (EARTH_RADIUS / 2.0);
        (r * r + ((z - 5000.0) / 1000.0).powi(2)).min(1.0)
    });
    let q1 = distances
        .iter()
        .map(|d| 0.5 * (1.0 + (PI * d).cos()))
        .sum::<f64>();
    let slot = z > 5000.0 && lat.to_radians().abs() < 0.125;
    let q3 = if distances.iter().any(|d| *d < 0.5) && !slot {
        1.0
    } else {
        0.1
    };
    let q2 = 0.9 - 0.8 * q1 * q1;
    [q1, q2, q3, 1.0 - 0.3 * (q1 + q2 + q3)]
}

#[test]
fn bells_deformed_in_three_dimensions_come_back() {
    let grid = layers(4.0, 5.0, 20);
    let met = deformation(&grid, 7200.0);
    let of = |n: usize| {
        let grid = grid.clone();
        move |lat: f64, lon: f64, k: usize| bells(&grid, lat, lon, k)[n]
    };
    let start = tracers::<f64>(&grid, &[&of(0), &of(1), &of(2), &of(3), &|_, _, _| 1.0]);
    let errors = [Advection::Monotone(Monotone), Advection::Smooth(Smooth)].map(|scheme| {
        let mut c = start.clone();
        let ledger = advance(&met, &mut c, 12.0 * DAY, 7200.0, scheme).unwrap();
        assert!(
            ledger.imbalance() < 144.0 * 1e-13,
            "{:e}",
            ledger.imbalance()
        );
        for m in 0..5 {
            let ((least, most), (low, high)) = (extremes(&c, m), extremes(&start, m));
            assert!(
                least > low - 1e-12 && most < high + 1e-12,
                "{scheme}, tracer {m}: {least} to {most}, at the start {low} to {high}"
            );
        }
        let sum = (0..grid.n_cells()).map(|cell| {
            (0.3 * (0..3).map(|m| c.get(cell, m)).sum::<f64>() + c.get(cell, 3) - 1.0).abs()
        });
        let apart = sum.fold(0.0, f64::max);
        let errors = [0, 1, 2, 3].map(|m| l2(&c, &start, m));
        eprintln!(
            "{scheme}: relative l2 {errors:.3?}, the sum of the tracers is at most {apart:.3} off"
        );
        assert!(apart < 0.02, "{apart}");
        errors
    });
    for (error, gate) in errors[0].iter().zip([0.78, 0.04, 0.42, 0.03]) {
        assert!(*error < gate, "{error} {gate}");
    }
}

/// Test 1-2: cells of rising and sinking air from pole to pole that turn back after half a day, in
/// a westerly wind.
fn overturning(grid: &Arc<Grid>, interval: f64) -> Arc<dyn Meteorology> {
    let (a, tau, w0, cells) = (EARTH_RADIUS, DAY, 0.15, 5.0);
    let density = P0 / (GRAVITY * SCALE_HEIGHT);
    let all = grid.clone();
    blowing(grid, interval, move |time| {
        let (h, levels, n) = (&all.horizontal, &all.levels, all.levels.len() as f64);
        let now = (PI * time.seconds() as f64 / tau).cos();
        let v = Array3::from_shape_fn((levels.len(), h.n_lat() + 1, h.n_lon()), |(k, j, _)| {
            let lat = h.lat_edges()[j].to_radians();
            let rise = |edge: usize| (PI * edge as f64 / n).sin();
            let air = levels.thickness(k, P0) / GRAVITY;
            -a * w0 * density / cells * lat.cos() * (cells * lat).sin() * (rise(k + 1) - rise(k))
                / air
                * now
        });
        let psi = Array2::from_shape_fn((h.n_lat() + 1, h.n_lon()), |(j, _)| {
            -a * 40.0 * h.lat_edges()[j].to_radians().sin()
        });
        let u = Array3::zeros(all.shape());
        vec![
            Flow::Streamfunction(psi.into_dyn()),
            Flow::Winds(u.into_dyn(), v.into_dyn()),
        ]
    })
}

#[test]
fn a_layer_lifted_and_sunk_by_cells_of_overturning_comes_back() {
    let error = |lat_step: f64, lon_step: f64, n: usize, step: f64| {
        let grid = layers(lat_step, lon_step, n);
        let met = overturning(&grid, step);
        let layer = |_: f64, _: f64, k: usize| {
            let z = height(&grid, k);
            if (2000.0..5000.0).contains(&z) {
                0.5 * (1.0 + (2.0 * PI * (z - 3500.0) / 3000.0).cos())
            } else {
                0.0
            }
        };
        let start = tracers::<f64>(&grid, &[&layer]);
        let mut c = start.clone();
        advance(&met, &mut c, DAY, step, Advection::default()).unwrap();
        let ((least, most), (_, high)) = (extremes(&c, 0), extremes(&start, 0));
        assert!(least > -1e-12 && most < high + 1e-12, "{least} to {most}");
        l2(&c, &start, 0)
    };
    let (coarse, fine) = (error(4.0, 5.0, 30, 3600.0), error(2.0, 5.0, 60, 1800.0));
    let order = (coarse / fine).log2();
    eprintln!(
        "relative l2 error {coarse:.3} with 30 layers and {fine:.3} with 60, order {order:.2}"
    );
    assert!(coarse < 0.4 && order > 1.0, "{coarse} {fine}");
}
