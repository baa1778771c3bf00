//! Winds that cross more than a cell, or take more than its air, in one step: the step is taken in
//! parts.

use crate::support::{ZERO, advance, blowing, extremes, layers, tracers};
use mcas::constants::EARTH_RADIUS;
use mcas::constants::GRAVITY;
use mcas::ensemble::Concentrations;
use mcas::grid::Grid;
use mcas::meteorology::{Flow, Meteorology};
use mcas::time::HOUR;
use mcas::transport::{Advection, Ledger, Monotone, Smooth};
use ndarray::{Array2, Array3};
use std::f64::consts::PI;
use std::sync::Arc;

/// Rotation over the poles, by `courant` cells of latitude in an hour.
fn over_the_poles(grid: &Arc<Grid>, courant: f64) -> Arc<dyn Meteorology> {
    let h = grid.horizontal.clone();
    let speed = courant * EARTH_RADIUS * (h.lat()[2] - h.lat()[1]).to_radians() / HOUR;
    let psi = Array2::from_shape_fn((h.n_lat() + 1, h.n_lon()), |(j, i)| {
        let (lat, lon) = (h.lat_edges()[j].to_radians(), h.lon_edges()[i].to_radians());
        EARTH_RADIUS * speed * (lon - 0.3).cos() * lat.cos()
    });
    blowing(grid, 6.0 * HOUR, move |_| {
        vec![Flow::Streamfunction(psi.clone().into_dyn())]
    })
}

/// Air that leaves the cells of a row in the lowest level to the north and the south, `part` of it
/// in an hour, comes back higher up.
fn parting(grid: &Arc<Grid>, part: f64) -> Arc<dyn Meteorology> {
    let (n_lev, n_lat, n_lon) = grid.shape();
    let middle = n_lat / 2;
    let air = grid.levels.thickness(0, 1e5) / GRAVITY * grid.horizontal.area(middle);
    let north = Array3::from_shape_fn((n_lev, n_lat + 1, n_lon), |(k, j, i)| {
        let strength =
            part * air / HOUR / 2.0 * (0.6 + 0.4 * (2.0 * PI * i as f64 / n_lon as f64).sin());
        let outward = if j <= middle { -1.0 } else { 1.0 };
        match k {
            0 if (middle - 2..middle + 4).contains(&j) => outward * strength,
            1 if (middle - 2..middle + 4).contains(&j) => -outward * strength,
            _ => 0.0,
        }
    });
    let east = Array3::zeros((n_lev, n_lat, n_lon));
    blowing(grid, 6.0 * HOUR, move |_| {
        vec![Flow::Fluxes(
            east.clone().into_dyn(),
            north.clone().into_dyn(),
        )]
    })
}

fn spots(lat: f64, lon: f64, k: usize) -> f64 {
    if ((lat / 7.0 + k as f64).sin() * (lon.to_radians() * 3.0).sin()) > 0.2 {
        410e-6
    } else {
        400e-6
    }
}

fn two() -> [&'static dyn Fn(f64, f64, usize) -> f64; 2] {
    [&|_, _, _| 407e-6, &spots]
}

/// A uniform member and one with spots after six hours in steps of one; all laws hold, and the
/// account says that steps were divided.
fn keeps_every_law(met: &Arc<dyn Meteorology>, scheme: Advection) -> Ledger {
    let grid = met.grid().clone();
    let mut c = tracers::<f64>(&grid, &two());
    let ledger = advance(met, &mut c, 6.0 * HOUR, HOUR, scheme).unwrap();
    let uniform = extremes(&tracers::<f64>(&grid, &two()), 0);
    assert_eq!(extremes(&c, 0), uniform, "{scheme}");
    let (least, most) = extremes(&c, 1);
    assert!(
        least > 400e-6 - 1e-15 && most < 410e-6 + 1e-15,
        "{scheme}: {least} to {most}"
    );
    assert!(
        ledger.imbalance() < 1e-12,
        "{scheme}: {:e}",
        ledger.imbalance()
    );
    assert!(ledger.steps == 6 && ledger.divided_steps == 6, "{ledger:?}");
    assert!(
        ledger
            .warning()
            .unwrap()
            .message
            .starts_with("6 of 6 steps")
    );
    ledger
}

#[test]
fn air_may_cross_several_cells_of_a_meridian_in_a_step() {
    let grid = layers(6.0, 7.5, 4);
    for courant in [1.5, 2.2, 3.0] {
        for scheme in [Advection::Monotone(Monotone), Advection::Smooth(Smooth)] {
            keeps_every_law(&over_the_poles(&grid, courant), scheme);
        }
    }
}

#[test]
fn a_cell_may_lose_more_than_its_air_in_a_step() {
    let grid = layers(6.0, 7.5, 4);
    for part in [1.2, 2.5, 6.0] {
        keeps_every_law(&parting(&grid, part), Advection::default());
    }
}

#[test]
fn a_step_taken_in_parts_is_a_run_of_shorter_steps() {
    let grid = layers(6.0, 7.5, 4);
    // Half a step takes both: 1.2 of the air of a cell beside the cap, which is narrow there, and
    // 1.5 of a cell.
    for met in [over_the_poles(&grid, 0.9), parting(&grid, 1.5)] {
        let run = |step: f64| {
            let mut c = tracers::<f64>(&grid, &two());
            let ledger = advance(&met, &mut c, 6.0 * HOUR, step, Advection::default()).unwrap();
            (c, ledger.divided_steps)
        };
        let ((full, divided), (halves, none)) = (run(HOUR), run(0.5 * HOUR));
        assert_eq!((divided, none), (6, 0));
        let apart = (0..grid.n_cells())
            .map(|cell| (full.get(cell, 1) - halves.get(cell, 1)).abs())
            .fold(0.0, f64::max);
        assert!(apart < 1e-15, "{apart:e}");
    }
}

#[test]
fn one_thread_gives_the_bits_of_two_and_a_run_in_pieces_is_the_run_in_one_when_steps_are_divided() {
    let grid = layers(6.0, 7.5, 4);
    for met in [over_the_poles(&grid, 2.2), parting(&grid, 2.5)] {
        let run = |threads: usize, stops: &[f64]| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            let mut c = tracers::<f32>(&grid, &two());
            let options = mcas::transport::TransportOptions {
                step: HOUR,
                ..Default::default()
            };
            let model = mcas::transport::Transport::new(met.clone(), options).unwrap();
            let [mut from, mut to] = [ZERO; 2];
            for hours in stops {
                (from, to) = (to, ZERO.plus(hours * HOUR));
                pool.install(|| model.advance(&mut c, from, to, None, &mut ()))
                    .unwrap();
            }
            let _ = from;
            bits(&c)
        };
        let once = run(1, &[6.0]);
        assert_eq!(once, run(2, &[6.0]));
        assert_eq!(once, run(2, &[1.0, 3.0, 6.0]));
    }
}

fn bits(c: &Concentrations<f32>) -> Vec<u32> {
    c.blocks()
        .iter()
        .flat_map(|b| b.values.iter().map(|v| v.to_bits()))
        .collect()
}

#[test]
fn a_wind_that_no_step_can_take_is_an_error_that_says_where() {
    let grid = layers(12.0, 15.0, 3);
    let mut c = tracers::<f64>(&grid, &two());
    let met = over_the_poles(&grid, 1e6);
    let message = advance(&met, &mut c, HOUR, HOUR, Advection::default())
        .unwrap_err()
        .to_string();
    for part in ["out of range", "north", "east", "level", "1970-01-01"] {
        assert!(message.contains(part), "\"{part}\" is not in\n{message}");
    }
}
