//! Members do not see each other, and neither threads nor pieces of a run change a bit.

use super::support::*;
use mcas::ensemble::Concentrations;
use mcas::time::{DAY, HOUR};
use mcas::transport::Advection;
use ndarray::Array2;

#[test]
fn permuting_members_permutes_the_results_bitwise() {
    let met = built_in(10.0, 15.0);
    let grid = met.grid().clone();
    let (order, turned) = ([0, 1, 2, 3, 4], [3, 0, 4, 2, 1]);
    let run = |order: &[usize]| {
        let mut c = blobs::<f32>(&grid, order);
        transport(&met, 1800.0)
            .advance(&mut c, start(), start().plus(3.0 * HOUR), None, &mut ())
            .unwrap();
        c
    };
    let (first, second) = (run(&order), run(&turned));
    for (member, origin) in turned.into_iter().enumerate() {
        for cell in 0..grid.n_cells() {
            let (one, other) = (second.get(cell, member), first.get(cell, origin));
            assert_eq!(one.to_bits(), other.to_bits());
        }
    }
}

#[test]
fn a_member_does_not_change_when_the_ensemble_grows() {
    let met = built_in(10.0, 15.0);
    let grid = met.grid().clone();
    for scheme in Advection::all() {
        let run = |n: usize| {
            let mut c = blobs::<f32>(&grid, &(0..n).collect::<Vec<_>>());
            with_scheme(&met, 1800.0, scheme)
                .advance(&mut c, start(), start().plus(1.0 * HOUR), None, &mut ())
                .unwrap();
            c
        };
        let small = run(2);
        for n in [20, 40, 64, 70] {
            let large = run(n);
            assert!(
                (0..grid.n_cells())
                    .all(|cell| small.get(cell, 1).to_bits() == large.get(cell, 1).to_bits()),
                "{n} members, {scheme}"
            );
        }
    }
}

#[test]
fn one_thread_gives_the_bits_of_two() {
    let met = built_in(10.0, 15.0);
    let grid = met.grid().clone();
    let flux = TwoHalves(grid.horizontal.n_lat(), grid.horizontal.n_lon());
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            let met = built_in(10.0, 15.0);
            let mut c = blobs::<f32>(&grid, &[0, 1, 2]);
            let factors = Array2::from_shape_fn((1, 3), |(_, m)| 0.5 + m as f64);
            let ledger = transport(&met, 1800.0)
                .advance(
                    &mut c,
                    start(),
                    start().plus(4.0 * HOUR),
                    Some((&flux, factors.view())),
                    &mut (),
                )
                .unwrap();
            (bits(&c), ledger)
        })
    };
    assert_eq!(run(1), run(2));
}

#[test]
fn a_run_in_pieces_is_the_run_in_one() {
    let met = built_in(10.0, 15.0);
    let grid = met.grid().clone();
    let flux = TwoHalves(grid.horizontal.n_lat(), grid.horizontal.n_lon());
    let factors = Array2::ones((1, 3));
    let run = |stops: &[f64]| {
        let mut c = blobs::<f32>(&grid, &[0, 1, 2]);
        for ends in stops.windows(2) {
            let [from, to] = [0, 1].map(|k: usize| start().plus(ends[k] * HOUR));
            transport(&met, 1800.0)
                .advance(&mut c, from, to, Some((&flux, factors.view())), &mut ())
                .unwrap();
        }
        bits(&c)
    };
    assert_eq!(run(&[0.0, 8.0]), run(&[0.0, 1.5, 3.0, 4.5, 8.0]));
}

#[test]
fn a_longer_step_gives_nearly_the_same_field() {
    let met = built_in(6.0, 7.5);
    let grid = met.grid().clone();
    let flux = TwoHalves(grid.horizontal.n_lat(), grid.horizontal.n_lon());
    let factors = Array2::ones((1, 1));
    let run = |step: f64| {
        let mut c = Concentrations::<f32>::uniform(&grid, 1, 400.0 * PPM).unwrap();
        transport(&met, step)
            .advance(
                &mut c,
                start(),
                start().plus(3.0 * DAY),
                Some((&flux, factors.view())),
                &mut (),
            )
            .unwrap();
        c
    };
    let (short, long) = (run(600.0), run(3600.0));
    let spread = |of: &dyn Fn(usize) -> f64| {
        (0..grid.n_cells())
            .map(|cell| of(cell).powi(2))
            .sum::<f64>()
            .sqrt()
    };
    let apart = spread(&|cell| short.get(cell, 0) - long.get(cell, 0))
        / spread(&|cell| short.get(cell, 0) - 400.0 * PPM);
    assert!(apart < 0.05, "{apart}");
}
