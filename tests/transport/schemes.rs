//! Advection schemes: what a limiter prevents, linearity, and the error of a bell in solid
//! rotation.

use super::support::*;
use mcas::ensemble::Concentrations;
use mcas::grid::Grid;
use mcas::meteorology::Meteorology;
use mcas::time::{DAY, HOUR, Time};
use mcas::transport::{Advection, Linear, Monotone, Smooth};
use std::sync::Arc;

#[test]
fn no_new_extremum_appears() {
    let met = built_in(6.0, 7.5);
    let grid = met.grid().clone();
    for scheme in [Advection::Monotone(Monotone), Advection::Smooth(Smooth)] {
        let mut c = blobs::<f64>(&grid, &[0, 1]);
        with_scheme(&met, 1800.0, scheme)
            .advance(&mut c, start(), start().plus(12.0 * HOUR), None, &mut ())
            .unwrap();
        for (member, top) in [(0, 410.0), (1, 411.0)] {
            let values = || (0..grid.n_cells()).map(|cell| c.get(cell, member) / PPM);
            let (least, most) = (
                values().fold(f64::MAX, f64::min),
                values().fold(0.0, f64::max),
            );
            assert!(
                least > 400.0 - 1e-9 && most < top + 1e-9,
                "{scheme}: {least} to {most}"
            );
        }
    }
}

#[test]
fn without_a_limiter_the_sum_of_two_tracers_is_moved_as_their_sum() {
    let met = built_in(6.0, 7.5);
    let grid = met.grid().clone();
    let mut c = blobs::<f64>(&grid, &[0, 3, 0, 3]);
    for cell in 0..grid.n_cells() {
        c.set(cell, 2, 2.0 * c.get(cell, 0) - 0.5 * c.get(cell, 1));
    }
    let mut limited = c.clone();
    let sum_is_kept = |c: &Concentrations<f64>| {
        (0..grid.n_cells())
            .map(|cell| (c.get(cell, 2) - 2.0 * c.get(cell, 0) + 0.5 * c.get(cell, 1)).abs())
            .fold(0.0, f64::max)
            / PPM
    };
    let span = |scheme: Advection, c: &mut Concentrations<f64>| {
        with_scheme(&met, 1800.0, scheme)
            .advance(c, start(), start().plus(12.0 * HOUR), None, &mut ())
            .unwrap();
    };
    span(Advection::Linear(Linear), &mut c);
    assert!(sum_is_kept(&c) < 1e-9, "{:e}", sum_is_kept(&c));
    span(Advection::Monotone(Monotone), &mut limited);
    assert!(sum_is_kept(&limited) > 1e-3, "a limiter is not linear");
}

/// Relative l2 error of a cosine bell (Williamson et al. 1992, case 1) after one turn.
fn bell_error(grid: &Arc<Grid>, tilt: f64, step: f64, scheme: Advection) -> f64 {
    let met: Arc<dyn Meteorology> = Arc::new(SolidBody::new(grid.clone(), tilt, 12.0 * DAY));
    let h = &grid.horizontal;
    let mut c = Concentrations::<f64>::uniform(grid, 1, 0.0).unwrap();
    let bell = |lat: f64, lon: f64| {
        let r = mcas::grid::great_circle_km((lat, lon), (0.0, -90.0)) / 6371.0;
        if r < 1.0 / 3.0 {
            0.5 * (1.0 + (3.0 * std::f64::consts::PI * r).cos())
        } else {
            0.0
        }
    };
    let (n_lev, n_lat, n_lon) = grid.shape();
    for k in 0..n_lev {
        for j in 0..n_lat {
            for i in 0..n_lon {
                c.set(grid.cell(k, j, i), 0, bell(h.lat()[j], h.lon()[i]));
            }
        }
    }
    let first = c.clone();
    let zero = Time::from_seconds(0);
    with_scheme(&met, step, scheme)
        .advance(&mut c, zero, zero.plus(12.0 * DAY), None, &mut ())
        .unwrap();
    let (mut wrong, mut all) = (0.0, 0.0);
    for j in 0..n_lat {
        for i in 0..n_lon {
            let (now, then) = (
                c.get(grid.cell(1, j, i), 0),
                first.get(grid.cell(1, j, i), 0),
            );
            wrong += h.area(j) * (now - then).powi(2);
            all += h.area(j) * then.powi(2);
        }
    }
    (wrong / all).sqrt()
}

#[test]
fn a_bell_goes_over_both_poles_about_as_well_as_round_the_equator() {
    let grid = three_levels(4.0, 5.0);
    let round = bell_error(&grid, 0.0, 3600.0, Advection::default());
    let over = bell_error(
        &grid,
        std::f64::consts::FRAC_PI_2 - 0.05,
        3600.0,
        Advection::default(),
    );
    eprintln!("relative l2 error: round the equator {round:.4}, over the poles {over:.4}");
    assert!(round < 0.35 && over < 0.22, "{round} {over}");
}

#[test]
fn a_scheme_that_keeps_smooth_extrema_moves_a_bell_better() {
    let grid = three_levels(4.0, 5.0);
    let [monotone, smooth] = [Advection::Monotone(Monotone), Advection::Smooth(Smooth)]
        .map(|s| bell_error(&grid, 0.8, 3600.0, s));
    assert!(smooth < 0.9 * monotone, "{smooth} {monotone}");
}

#[test]
fn air_may_cross_more_than_a_cell_of_a_row_in_a_step() {
    // Once around 72 cells in two days: 1.5 cells of any row in an hour.
    let grid = three_levels(4.0, 5.0);
    let met: Arc<dyn Meteorology> = Arc::new(SolidBody::new(grid.clone(), 0.0, 2.0 * DAY));
    let mut c = blobs::<f64>(&grid, &[0]);
    let run = transport(&met, 3600.0);
    let zero = Time::from_seconds(0);
    let ledger = run
        .advance(&mut c, zero, zero.plus(2.0 * DAY), None, &mut ())
        .unwrap();
    assert!(ledger.imbalance() < 1e-12);
    let values = (0..grid.n_cells()).map(|cell| c.get(cell, 0) / PPM);
    assert!(
        values.clone().fold(f64::MAX, f64::min) > 400.0 - 1e-9
            && values.fold(0.0, f64::max) < 410.0 + 1e-9
    );
}
