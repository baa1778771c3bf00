//! Divergent flow: test case 3 of Nair and Lauritzen (2010, J. Comput. Phys. 229, 8868-8887), in
//! which surface pressure follows the winds.

use crate::support::{ZERO, advance, extremes, tracers};
use mcas::constants::EARTH_RADIUS;
use mcas::ensemble::Concentrations;
use mcas::grid::{Grid, HybridLevels, LatLonGrid};
use mcas::meteorology::{Conditions, Flow, Meteorology, Prescribed};
use mcas::time::{DAY, Time};
use mcas::transport::{Advection, Monotone, Smooth};
use ndarray::Array2;
use std::f64::consts::PI;
use std::sync::Arc;

const WHOLE: f64 = 12.0 * DAY;

/// Three layers of which surface pressure takes its part, so that all of a column moves alike.
fn grid(lat_step: f64, lon_step: f64) -> Arc<Grid> {
    let levels = HybridLevels::new(vec![0.0; 4], vec![1.0, 0.7, 0.3, 0.0]).unwrap();
    Arc::new(Grid {
        horizontal: LatLonGrid::geos(lat_step, lon_step).unwrap(),
        levels,
    })
}

/// u = -(5 R / T) sin^2(lon / 2) sin(2 lat) cos^2(lat) cos(pi t / T), v = (5 R / 2 T) sin(lon)
/// cos^3(lat) cos(pi t / T).
fn converging(grid: &Arc<Grid>, interval: f64) -> Prescribed {
    let h = grid.horizontal.clone();
    let k = 5.0 * EARTH_RADIUS / WHOLE;
    let u = Array2::from_shape_fn((h.n_lat(), h.n_lon()), |(j, i)| {
        let (lat, lon) = (h.lat()[j].to_radians(), h.lon_edges()[i].to_radians());
        -k * (0.5 * lon).sin().powi(2) * (2.0 * lat).sin() * lat.cos().powi(2)
    });
    let v = Array2::from_shape_fn((h.n_lat() + 1, h.n_lon()), |(j, i)| {
        let (lat, lon) = (h.lat_edges()[j].to_radians(), h.lon()[i].to_radians());
        0.5 * k * lon.sin() * lat.cos().powi(3)
    });
    let conditions = move |time: Time| {
        let now = (PI * time.seconds() as f64 / WHOLE).cos();
        Ok(Conditions {
            flows: vec![Flow::Winds((now * &u).into_dyn(), (now * &v).into_dyn())],
            ..Conditions::default()
        })
    };
    Prescribed::new(grid, 1e5, interval, Box::new(conditions))
        .unwrap()
        .with_free_pressure(ZERO)
        .unwrap()
}

/// Two cosine bells at 135 degrees east and west.
fn bells(lat: f64, lon: f64, _: usize) -> f64 {
    let r = [135.0, -135.0]
        .map(|centre| mcas::grid::great_circle_km((lat, lon), (0.0, centre)) * 1e3 / EARTH_RADIUS);
    r.iter()
        .filter(|r| **r < 0.5)
        .map(|r| 0.45 * (1.0 + (2.0 * PI * r).cos()))
        .sum::<f64>()
        + 0.1
}

fn l2(now: &Concentrations<f64>, then: &Concentrations<f64>) -> f64 {
    let h = &now.grid().horizontal;
    let (mut wrong, mut all) = (0.0, 0.0);
    for (cell, area) in (0..h.n_cells()).map(|cell| (cell, h.area(cell / h.n_lon()))) {
        let [now, then] = [now, then].map(|c| c.get(cell, 1));
        wrong += area * (now - then).powi(2);
        all += area * then * then;
    }
    (wrong / all).sqrt()
}

/// The relative l2 error of bells that went there and back, and the greatest change of surface
/// pressure.
fn error(lat_step: f64, lon_step: f64, step: f64, scheme: Advection) -> [f64; 2] {
    let grid = grid(lat_step, lon_step);
    let met: Arc<dyn Meteorology> = Arc::new(converging(&grid, step));
    let start = tracers::<f64>(&grid, &[&|_, _, _| 0.7, &bells]);
    let mut c = start.clone();
    let half = met
        .atmosphere(ZERO.plus(0.5 * WHOLE))
        .unwrap()
        .surface_pressure;
    let (least, most) = half
        .iter()
        .fold((f64::MAX, 0.0f64), |(a, b), p| (a.min(*p), b.max(*p)));
    assert!(
        least < 0.5e5 && most > 2e5,
        "the air gathers: {least} to {most} Pa"
    );
    let ledger = advance(&met, &mut c, WHOLE, step, scheme).unwrap();
    assert_eq!(
        extremes(&c, 0),
        extremes(&start, 0),
        "a uniform tracer stays uniform to the bit"
    );
    let ((least, most), (low, high)) = (extremes(&c, 1), extremes(&start, 1));
    assert!(
        least > low - 1e-12 && most < high + 1e-12,
        "{least} to {most}"
    );
    assert!(
        ledger.imbalance() < 1e-13 * ledger.steps as f64,
        "{:e}",
        ledger.imbalance()
    );
    let end = met
        .forcing(ZERO.plus(WHOLE - 1.0))
        .unwrap()
        .surface_pressure[1]
        .clone();
    let back = end
        .iter()
        .fold(0.0f64, |worst, p| worst.max((p / 1e5 - 1.0).abs()));
    [l2(&c, &start), back]
}

#[test]
fn bells_in_a_divergent_flow_come_back_and_so_does_the_air() {
    let coarse = error(6.0, 7.5, 7200.0, Advection::Monotone(Monotone));
    let fine = error(3.0, 3.75, 3600.0, Advection::Monotone(Monotone));
    let smooth = error(3.0, 3.75, 3600.0, Advection::Smooth(Smooth));
    eprintln!(
        "relative l2 error of the bells and greatest change of pressure: {coarse:.3?}, {fine:.3?}; smooth {smooth:.3?}"
    );
    assert!(
        coarse[0] < 0.4 && fine[0] < 0.6 * coarse[0] && smooth[0] < fine[0],
        "{coarse:?} {fine:?} {smooth:?}"
    );
    assert!(
        fine[1] < 0.04 && fine[1] < 0.6 * coarse[1],
        "{coarse:?} {fine:?}"
    );
}

#[test]
fn a_free_surface_pressure_does_not_depend_on_what_was_asked_before() {
    let grid = grid(10.0, 15.0);
    let at = |met: &Prescribed, days: f64| {
        met.forcing(ZERO.plus(days * DAY))
            .unwrap()
            .surface_pressure
            .clone()
    };
    let (one, other) = (converging(&grid, 7200.0), converging(&grid, 7200.0));
    let (late, early) = (at(&one, 3.0), at(&one, 1.0));
    assert_eq!([early, late], [at(&other, 1.0), at(&other, 3.0)]);
    assert_eq!(one.span(), (Some(ZERO), None));
    let error = one
        .covers(ZERO.plus(-7200.0), ZERO)
        .unwrap_err()
        .to_string();
    assert!(error.contains("begins later"), "{error}");
    let within = Prescribed::new(&grid, 1e5, 7200.0, Box::new(|_| Ok(Conditions::default())))
        .unwrap()
        .with_free_pressure(ZERO.plus(600.0));
    assert!(
        within
            .unwrap_err()
            .to_string()
            .contains("begin with an interval")
    );
}

#[test]
fn winds_that_empty_the_columns_are_refused_with_the_place() {
    let grid = grid(10.0, 15.0);
    let v = Array2::from_shape_fn(
        (grid.horizontal.n_lat() + 1, grid.horizontal.n_lon()),
        |(j, _)| if j == 9 { -60.0 } else { 0.0 },
    );
    let u = Array2::zeros((grid.horizontal.n_lat(), grid.horizontal.n_lon()));
    let conditions = move |_| {
        Ok(Conditions {
            flows: vec![Flow::Winds(u.clone().into_dyn(), v.clone().into_dyn())],
            ..Conditions::default()
        })
    };
    let met = Prescribed::new(&grid, 1e5, 86_400.0, Box::new(conditions))
        .unwrap()
        .with_free_pressure(ZERO)
        .unwrap();
    let message = met
        .check(ZERO, ZERO.plus(5.0 * DAY))
        .unwrap_err()
        .to_string();
    for part in [
        "surface pressure that no atmosphere has",
        "10 to 10000 hPa",
        "0 north",
        "1970-01-0",
    ] {
        assert!(message.contains(part), "\"{part}\" is not in\n{message}");
    }
}
