//! Carbon closes after an analysis, and spread is added as stated.

use crate::support::{covariance, innovation, normal, three_sources};
use mcas::analysis::{Additive, Draws, Etkf, MassClosure, UpdateForm, apply};
use mcas::ensemble::{Concentrations, Real};
use mcas::grid::Grid;
use mcas::inflation::Factors;
use mcas::transport::global_mass;
use ndarray::{Array2, LinalgScalar};
use std::sync::Arc;

fn state<T: Real>(grid: &Arc<Grid>, m: usize, seed: u64) -> Concentrations<T> {
    let mut c = Concentrations::uniform(grid, m, 4e-4).unwrap();
    let values = normal(seed, "state", grid.n_cells(), m);
    values
        .indexed_iter()
        .for_each(|((cell, k), v)| c.set(cell, k, 4e-4 + 2e-6 * v));
    c
}

fn closes<T: Real + LinalgScalar>(tolerance: f64) {
    let grid = Grid::geos(30.0, 30.0).unwrap();
    let it = innovation(&three_sources(91));
    let m = it.n_members();
    let forecast = state::<T>(&grid, m, 91);
    let pressure = Array2::from_shape_fn((7, 12), |(j, i)| 98_000.0 + 300.0 * (j + i) as f64);
    let change: Vec<f64> = (0..m).map(|k| 1e11 * (k as f64 - 9.0)).collect();
    let mut analysis = forecast.clone();
    // Half of the globe is analysed.
    let weights = Array2::from_shape_fn((7, 12), |(j, _)| if j > 3 { 1.0 } else { 0.0 });
    let update = Etkf
        .matrices(&it, &Factors::none(&it), &Draws::new(1, ""))
        .unwrap();
    apply(&mut analysis, &[update], &[weights]).unwrap();
    let before = global_mass(&forecast, &pressure);
    for closure in [MassClosure::Uniform, MassClosure::ByIncrement] {
        let mut closed = analysis.clone();
        let correction = closure
            .apply(&mut closed, &forecast, &change, &pressure)
            .unwrap();
        assert!(
            correction.added().iter().any(|a| a.abs() > 1e10),
            "the analysis must have moved mass"
        );
        for (k, mass) in global_mass(&closed, &pressure).iter().enumerate() {
            assert!(
                (mass - before[k] - change[k]).abs() < tolerance * before[k],
                "{closure}, member {k}"
            );
            assert_eq!(correction.closed[k], *mass);
        }
        let cell = grid.cell(3, 1, 2);
        let moved = |k: usize| closed.get(cell, k) - analysis.get(cell, k);
        match closure {
            // The same everywhere, so gradients are the analysis's; or nothing where nothing was
            // analysed.
            MassClosure::Uniform => assert!(
                (moved(0) - (closed.get(0, 0) - analysis.get(0, 0))).abs() < 1e-12
                    && moved(0) != 0.0
            ),
            MassClosure::ByIncrement => assert!((0..m).all(|k| moved(k) == 0.0)),
        }
    }
}

#[test]
fn the_mass_of_every_member_closes_after_the_analysis() {
    closes::<f64>(1e-14);
    closes::<f32>(1e-9);
}

#[test]
fn a_closed_analysis_needs_no_correction_and_one_without_increment_is_closed_uniformly() {
    let grid = Grid::geos(30.0, 30.0).unwrap();
    let (forecast, pressure) = (state::<f64>(&grid, 4, 92), Array2::from_elem((7, 12), 1e5));
    let mut same = forecast.clone();
    let correction = MassClosure::Uniform
        .apply(&mut same, &forecast, &[0.0; 4], &pressure)
        .unwrap();
    assert!(correction.added().iter().all(|a| *a == 0.0) && same.get(5, 1) == forecast.get(5, 1));
    let correction = MassClosure::ByIncrement
        .apply(&mut same, &forecast, &[1e12; 4], &pressure)
        .unwrap();
    assert_eq!(correction.warnings[0].name, "no_increment");
    assert!(
        correction
            .closed
            .iter()
            .zip(&correction.wanted)
            .all(|(c, w)| (c / w - 1.0).abs() < 1e-13)
    );
    assert!(
        MassClosure::Uniform
            .apply(&mut same, &forecast, &[0.0; 3], &pressure)
            .is_err()
    );
    assert!(
        MassClosure::Uniform
            .apply(&mut same, &forecast, &[f64::NAN; 4], &pressure)
            .is_err()
    );
}

#[test]
fn additive_inflation_of_a_state_is_that_of_its_rows_and_reaches_lost_directions() {
    let grid = Grid::geos(30.0, 30.0).unwrap();
    let (mut c, pool) = (state::<f64>(&grid, 70, 93), state::<f64>(&grid, 5, 94));
    let rows = |c: &Concentrations<f64>| {
        Array2::from_shape_fn((30, c.n_members()), |(cell, k)| c.get(cell, k) - 4e-4)
    };
    let (additive, draws) = (Additive::new(0.3).unwrap(), Draws::new(2, "w"));
    let expected = additive
        .apply_rows(&rows(&c), &rows(&pool), &draws)
        .unwrap();
    let before = rows(&c);
    additive.apply(&mut c, &pool, &draws).unwrap();
    crate::support::close(&rows(&c), &expected, 1e-17);
    crate::support::close(
        &rows(&c)
            .mean_axis(ndarray::Axis(1))
            .unwrap()
            .insert_axis(ndarray::Axis(1)),
        &before
            .mean_axis(ndarray::Axis(1))
            .unwrap()
            .insert_axis(ndarray::Axis(1)),
        1e-17,
    );
    let collapsed = additive
        .apply_rows(&Array2::zeros((30, 40)), &rows(&pool), &draws)
        .unwrap();
    assert!(covariance(&collapsed).diag().iter().all(|v| *v > 0.0));
}
