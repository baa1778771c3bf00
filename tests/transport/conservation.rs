//! What is conserved: uniform tracers, the mass, what is emitted.

use super::support::*;
use mcas::constants::EARTH_RADIUS;
use mcas::ensemble::Concentrations;
use mcas::grid::Grid;
use mcas::meteorology::{Meteorology, PressureFix};
use mcas::time::{DAY, HOUR, Time};
use mcas::transport::{Advection, global_mass};
use ndarray::Array2;
use std::sync::Arc;

#[test]
fn a_uniform_tracer_stays_uniform() {
    let met = built_in(6.0, 7.5);
    let grid = met.grid().clone();
    let mut c = Concentrations::<f32>::uniform(&grid, 3, 400.0 * PPM).unwrap();
    for cell in 0..grid.n_cells() {
        c.set(cell, 1, 407.0 * PPM);
        c.set(cell, 2, 250.0 * PPM);
    }
    let before = bits(&c);
    for scheme in Advection::all() {
        with_scheme(&met, 1800.0, scheme)
            .advance(&mut c, start(), start().plus(6.0 * HOUR), None, &mut ())
            .unwrap();
        assert_eq!(before, bits(&c), "not one bit changes under {scheme}");
    }
}

#[test]
fn total_mass_is_conserved() {
    let met = built_in(6.0, 7.5);
    let grid = met.grid().clone();
    let steps = 12.0;
    for scheme in Advection::all() {
        let run = with_scheme(&met, 1800.0, scheme);
        let mut double = blobs::<f64>(&grid, &[0, 1, 2]);
        let ledger = run
            .advance(
                &mut double,
                start(),
                start().plus(steps * 1800.0),
                None,
                &mut (),
            )
            .unwrap();
        assert!(
            ledger.imbalance() < 1e-13 * steps,
            "{scheme}: {:e}",
            ledger.imbalance()
        );
        let mut single = blobs::<f32>(&grid, &[0, 1, 2]);
        let ledger = run
            .advance(
                &mut single,
                start(),
                start().plus(steps * 1800.0),
                None,
                &mut (),
            )
            .unwrap();
        assert!(
            ledger.imbalance() < 2e-9 * steps,
            "{scheme}: {:e}",
            ledger.imbalance()
        );
    }
}

#[test]
fn what_is_emitted_is_in_the_air() {
    let met = built_in(6.0, 7.5);
    let grid = met.grid().clone();
    let flux = TwoHalves(grid.horizontal.n_lat(), grid.horizontal.n_lon());
    let factors = Array2::from_shape_fn((1, 3), |(_, m)| m as f64);
    let mut c = Concentrations::<f32>::uniform(&grid, 3, 400.0 * PPM).unwrap();
    let end = start().plus(2.0 * DAY);
    let ledger = transport(&met, 3600.0)
        .advance(&mut c, start(), end, Some((&flux, factors.view())), &mut ())
        .unwrap();
    // Half the sphere emits 0.5 g C m-2 day-1, the other half that times 0, 2 and 4, but for the
    // row of the equator.
    let sphere = 4.0 * std::f64::consts::PI * EARTH_RADIUS * EARTH_RADIUS;
    let expected = 2.0 * 1e-3 * sphere * 0.25;
    assert!(
        (ledger.emitted[0] / expected - 1.0).abs() < 0.06,
        "{} {expected}",
        ledger.emitted[0]
    );
    assert!(ledger.emitted[2] > 4.5 * ledger.emitted[0]);
    for m in 0..3 {
        let gained = ledger.mass_after[m] - ledger.mass_before[m];
        assert!(
            (gained / ledger.emitted[m] - 1.0).abs() < 1e-4,
            "{gained} {}",
            ledger.emitted[m]
        );
    }
    assert!(ledger.imbalance() < 1e-6);
}

#[test]
fn one_ppm_is_two_point_one_two_four_petagrams() {
    let met = built_in(6.0, 7.5);
    let c = Concentrations::<f64>::uniform(met.grid(), 1, PPM).unwrap();
    let mass = global_mass(&c, &met.atmosphere(start()).unwrap().surface_pressure)[0];
    assert!((mass / 2.124e12 - 1.0).abs() < 0.005, "{mass:e}");
}

#[test]
fn changing_surface_pressure_keeps_a_constant_and_the_mass() {
    let grid = Grid::geos(10.0, 15.0).unwrap();
    let mut met = SolidBody::new(grid.clone(), 0.3, 10.0 * DAY);
    let mut forcing = (*met.forcing).clone();
    forcing.start = Time::from_seconds(0);
    forcing.end = Time::from_seconds(10_800);
    let (_, n_lat, _) = grid.shape();
    let mut change = Array2::from_shape_fn(forcing.surface_pressure[0].dim(), |(j, i)| {
        if j == 0 || j == n_lat - 1 {
            100.0
        } else {
            200.0 * ((i + j) as f64).sin()
        }
    });
    let mean =
        PressureFix::new(&grid).apply(&mut forcing.east, &mut forcing.north, &(&change / 10_800.0));
    change -= mean * 10_800.0;
    forcing.surface_pressure[1] = &forcing.surface_pressure[0] + &change;
    met.forcing = Arc::new(forcing);
    let met: Arc<dyn Meteorology> = Arc::new(met);
    let run = transport(&met, 1800.0);
    let (zero, end) = (Time::from_seconds(0), Time::from_seconds(10_800));
    let mut c = blobs::<f64>(&grid, &[0, 1]);
    let ledger = run.advance(&mut c, zero, end, None, &mut ()).unwrap();
    assert!(ledger.imbalance() < 1e-12, "{:e}", ledger.imbalance());
    let mut flat = Concentrations::<f32>::uniform(&grid, 1, 0.0).unwrap();
    (0..grid.n_cells()).for_each(|cell| flat.set(cell, 0, 3.0 * PPM));
    let before = bits(&flat);
    run.advance(&mut flat, zero, end, None, &mut ()).unwrap();
    assert_eq!(before, bits(&flat));
}
