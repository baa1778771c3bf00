//! Laws of the one pass over the state.

use crate::support::{innovation, normal, three_sources};
use mcas::analysis::{Draws, Etkf, Rtps, UpdateForm, UpdateMatrices, apply};
use mcas::ensemble::{Concentrations, Real};
use mcas::grid::{Grid, RegionMap};
use mcas::localization::{Localization, Regional};
use ndarray::{Array2, Axis, LinalgScalar};
use std::sync::Arc;

const BACKGROUND: f64 = 4e-4;

/// A state in which every member of every cell differs \[mol mol-1\].
fn state<T: Real>(grid: &Arc<Grid>, m: usize) -> Concentrations<T> {
    let mut c = Concentrations::uniform(grid, m, BACKGROUND).unwrap();
    for cell in 0..grid.n_cells() {
        for k in 0..m {
            c.set(
                cell,
                k,
                BACKGROUND + 1e-6 * (((cell * 31 + k * 17) % 101) as f64 + (k as f64).sin()),
            );
        }
    }
    c
}

/// Matrices of as many regions, each of its own, whose columns add up to one.
fn matrices(m: usize, n: usize) -> Vec<UpdateMatrices> {
    let one = |r: usize| {
        let raw = normal(r as u64, "matrix", m, m) * 0.1 + Array2::<f64>::eye(m);
        let b = &raw + &((1.0 - raw.sum_axis(Axis(0))) / m as f64);
        UpdateMatrices::new(b, Array2::eye(m)).unwrap()
    };
    (0..n).map(one).collect()
}

fn seams(grid: &Grid) -> Vec<Array2<f64>> {
    let map = RegionMap::from_function(&grid.horizontal, |lat, lon, _, _| {
        Ok(Some(format!("{} {}", lat > 0.0, lon > 20.0)))
    })
    .unwrap();
    let local = Regional::new(map, 2500.0, None).unwrap();
    (0..4).map(|r| local.weights(r).clone()).collect()
}

/// X B cell by cell, region by region, in double precision.
fn slow<T: Real>(
    before: &Concentrations<T>,
    matrices: &[UpdateMatrices],
    weights: &[Array2<f64>],
) -> Vec<f64> {
    let (n_lev, n_lat, n_lon) = before.grid().shape();
    let m = before.n_members();
    let mut out = vec![];
    for cell in 0..n_lev * n_lat * n_lon {
        let (j, i) = (cell / n_lon % n_lat, cell % n_lon);
        for k in 0..m {
            let regions = matrices
                .iter()
                .zip(weights)
                .map(|(b, w)| (b.concentration(), w[[j, i]]));
            let outside =
                before.get(cell, k) * (1.0 - weights.iter().map(|w| w[[j, i]]).sum::<f64>());
            out.push(
                outside
                    + regions
                        .map(|(b, w)| {
                            w * (0..m).map(|l| before.get(cell, l) * b[[l, k]]).sum::<f64>()
                        })
                        .sum::<f64>(),
            );
        }
    }
    out
}

fn compare<T: Real + LinalgScalar>(m: usize, tolerance: f64) {
    let grid = Grid::geos(30.0, 30.0).unwrap();
    let (matrices, mut weights) = (matrices(m, 4), seams(&grid));
    // A hole, and a cell where only half is analysed.
    weights.iter_mut().for_each(|w| {
        w[[2, 3]] = 0.0;
        w[[4, 5]] *= 0.5;
    });
    let mut c = state::<T>(&grid, m);
    let before = c.clone();
    let expected = slow(&c, &matrices, &weights);
    apply(&mut c, &matrices, &weights).unwrap();
    for (at, value) in expected.iter().enumerate() {
        let actual = c.get(at / m, at % m);
        assert!(
            (actual - value).abs() < tolerance,
            "cell {}, member {}: {actual} {value}",
            at / m,
            at % m
        );
    }
    let hole = grid.cell(5, 2, 3);
    assert!((0..m).all(|k| c.get(hole, k) == before.get(hole, k)));
}

#[test]
fn the_blended_update_equals_a_slow_reference() {
    compare::<f64>(5, 1e-15);
    compare::<f32>(16, 1e-9);
}

#[test]
fn members_spread_over_several_blocks_are_updated_together() {
    compare::<f64>(70, 1e-15);
}

#[test]
fn the_bits_are_the_same_for_any_number_of_threads() {
    let grid = Grid::geos(30.0, 30.0).unwrap();
    let (matrices, weights) = (matrices(66, 4), seams(&grid));
    let run = |threads: usize| {
        let mut c = state::<f32>(&grid, 66);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| apply(&mut c, &matrices, &weights)).unwrap();
        c.blocks()
            .iter()
            .flat_map(|b| b.values.iter().map(|v| v.to_bits()).collect::<Vec<_>>())
            .collect::<Vec<u32>>()
    };
    assert_eq!(run(1), run(2));
    assert_eq!(run(1), run(3));
}

#[test]
fn what_all_members_agree_on_stays_bit_for_bit() {
    let grid = Grid::geos(30.0, 30.0).unwrap();
    let mut c = Concentrations::<f32>::uniform(&grid, 10, BACKGROUND).unwrap();
    (0..grid.n_cells()).for_each(|cell| {
        (0..10).for_each(|k| c.set(cell, k, BACKGROUND + 1e-7 * (cell % 13) as f64))
    });
    let before = c.clone();
    apply(&mut c, &matrices(10, 4), &seams(&grid)).unwrap();
    assert!(
        c.blocks()
            .iter()
            .zip(before.blocks())
            .all(|(a, b)| a.values == b.values)
    );
}

#[test]
fn regions_that_agree_leave_no_seam() {
    let grid = Grid::geos(30.0, 30.0).unwrap();
    let same = vec![matrices(8, 1)[0].clone(); 4];
    let (mut blended, mut single) = (state::<f64>(&grid, 8), state::<f64>(&grid, 8));
    apply(&mut blended, &same, &seams(&grid)).unwrap();
    apply(
        &mut single,
        &same[..1],
        &[Array2::ones((
            grid.horizontal.n_lat(),
            grid.horizontal.n_lon(),
        ))],
    )
    .unwrap();
    for cell in 0..grid.n_cells() {
        assert!((0..8).all(|k| (blended.get(cell, k) - single.get(cell, k)).abs() < 1e-17));
    }
}

#[test]
fn a_state_and_its_rows_are_updated_alike_with_relaxed_spread_too() {
    let grid = Grid::geos(30.0, 30.0).unwrap();
    let it = innovation(&three_sources(61));
    let factors = mcas::inflation::Factors::none(&it);
    let ones = Array2::ones((grid.horizontal.n_lat(), grid.horizontal.n_lon()));
    for form in [
        Arc::new(Etkf) as Arc<dyn UpdateForm>,
        Arc::new(Rtps::new(Arc::new(Etkf), 0.6).unwrap()),
    ] {
        let update = form.matrices(&it, &factors, &Draws::new(1, "")).unwrap();
        let mut c = state::<f64>(&grid, it.n_members());
        let rows = Array2::from_shape_fn((50, it.n_members()), |(cell, k)| c.get(cell, k));
        apply(
            &mut c,
            std::slice::from_ref(&update),
            std::slice::from_ref(&ones),
        )
        .unwrap();
        let expected = update.apply_concentration(&rows).unwrap();
        crate::support::close(
            &Array2::from_shape_fn(rows.dim(), |(cell, k)| c.get(cell, k)),
            &expected,
            1e-16,
        );
    }
}

#[test]
fn matrices_and_weights_that_do_not_fit_are_refused() {
    let grid = Grid::geos(30.0, 30.0).unwrap();
    let mut c = state::<f32>(&grid, 5);
    let mut message =
        |m: &[UpdateMatrices], w: &[Array2<f64>]| apply(&mut c, m, w).unwrap_err().to_string();
    let weights = seams(&grid);
    assert!(message(&matrices(5, 3), &weights).contains("expected 3 weights, got 4"));
    assert!(message(&matrices(6, 4), &weights).contains("expected 5, got 6"));
    assert!(
        message(
            &matrices(5, 4),
            &weights.iter().map(|w| w * 1.1).collect::<Vec<_>>()
        )
        .contains("more than one")
    );
    assert!(
        message(
            &matrices(5, 1),
            &[Array2::from_elem(weights[0].dim(), f64::NAN)]
        )
        .contains("finite")
    );
    assert!(message(&matrices(5, 1), &[Array2::ones((2, 2))]).contains("2 x 2"));
}
