//! Laws of the small matrices.

use crate::support::{Dense, close, innovation, normal, three_sources};
use mcas::innovation::Innovation;
use ndarray::{Array2, Axis};

/// R^-1 by the book, to compare with whitening.
fn direct(source: &Dense) -> (Array2<f64>, Array2<f64>, f64) {
    let inverse = mcas::linalg::PositiveDefinite::new(source.r.clone())
        .unwrap()
        .inverse()
        .unwrap();
    let y = crate::support::centred(&source.equivalents);
    let d = &source.values - &crate::support::mean(&source.equivalents);
    (
        y.t().dot(&inverse).dot(&y),
        y.t().dot(&inverse.dot(&d)).insert_axis(Axis(1)),
        d.dot(&inverse.dot(&d)),
    )
}

#[test]
fn whitening_gives_the_products_with_the_inverse_covariance() {
    let sources = three_sources(51);
    for (made, dense) in innovation(&sources).sources().iter().zip(&sources) {
        let (gram, b, c) = direct(dense);
        close(&made.gram, &gram, 1e-10);
        close(&made.b.clone().insert_axis(Axis(1)), &b, 1e-10);
        assert!((made.c - c).abs() < 1e-10);
    }
}

#[test]
fn a_subset_is_the_innovation_made_of_its_observations_alone() {
    // Rows 3, 4 and 8 cut through the blocks of three correlated errors.
    let source = Dense::new("a", 52, 12, 20, 6).correlated();
    let some = innovation(std::slice::from_ref(&source))
        .subset(&[3, 4, 8])
        .unwrap();
    let (gram, _, c) = direct(&source.rows(&[3, 4, 8], "a"));
    close(&some.sources()[0].gram, &gram, 1e-11);
    assert!((some.sources()[0].c - c).abs() < 1e-11);
}

#[test]
fn pooling_counts_an_observation_of_two_regions_once() {
    let globe = innovation(&three_sources(53));
    let (a, b) = (
        globe.subset(&(0..60).collect::<Vec<_>>()).unwrap(),
        globe.subset(&(40..109).collect::<Vec<_>>()).unwrap(),
    );
    let pooled = Innovation::pooled(&[&a, &b]).unwrap();
    assert_eq!(pooled.n_obs(), globe.n_obs());
    close(&pooled.sources()[1].gram, &globe.sources()[1].gram, 1e-12);
    let stranger = innovation(&three_sources(53));
    assert!(
        Innovation::pooled(&[&a, &stranger])
            .unwrap_err()
            .to_string()
            .contains("subsets of one innovation")
    );
}

#[test]
fn drawn_errors_have_the_stated_covariance_in_a_subset_too() {
    // Whitened they are independent and of variance one.
    let source = Dense::new("a", 54, 9, 20, 6).correlated();
    let some = innovation(&[source]).subset(&[1, 2, 3, 7, 8]).unwrap();
    let mut sum = Array2::<f64>::zeros((5, 5));
    for seed in 0..500 {
        let draws = some.sources()[0].perturbations(seed, "w").unwrap();
        sum += &(draws.dot(&draws.t()) / (19.0 * 500.0));
    }
    close(&sum, &Array2::eye(5), 0.05);
}

#[test]
fn many_observations_are_summed_alike_by_any_number_of_threads() {
    let sources = [
        Dense::new("a", 56, 1300, 12, 6),
        Dense::new("b", 56, 1100, 12, 6).correlated(),
    ];
    let on = |threads: usize| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
            .install(|| innovation(&sources))
    };
    let (one, three) = (on(1), on(3));
    for ((a, b), dense) in one.sources().iter().zip(three.sources()).zip(&sources) {
        assert!(
            a.gram == b.gram && a.b == b.b && a.c == b.c && a.log_det_r == b.log_det_r,
            "{}",
            a.name()
        );
        // The parts that threads share out add up to the whole.
        let (y, d) = a.whitened().unwrap();
        let scale = a.gram.diag().sum();
        close(&a.gram, &y.t().dot(&y), 1e-13 * scale);
        assert!((a.c - d.dot(&d)).abs() < 1e-13 * a.c && a.n_obs() == dense.n_obs());
    }
}

#[test]
fn a_members_drawn_errors_do_not_change_when_the_ensemble_grows() {
    let few = Dense::new("a", 57, 9, 10, 6).correlated();
    let many = Dense {
        equivalents: Dense::new("a", 57, 9, 14, 6).equivalents,
        ..few.clone()
    };
    let draws = |source: Dense| {
        innovation(&[source]).sources()[0]
            .perturbations(3, "w")
            .unwrap()
    };
    let (few, many) = (draws(few), draws(many));
    // Draws are centred over the members, so that the difference of two members is what must stay.
    for k in 1..10 {
        let apart = (&few.column(k) - &few.column(0)) - (&many.column(k) - &many.column(0));
        assert!(apart.iter().all(|e| e.abs() < 1e-13), "member {k}");
    }
}

#[test]
fn a_shift_of_everything_changes_nothing() {
    let source = Dense::new("a", 55, 30, 20, 6);
    let mut shifted = source.clone();
    let shift = normal(55, "shift", 30, 1);
    shifted.equivalents = &shifted.equivalents + &shift;
    shifted.values = &shifted.values + &shift.column(0);
    let (a, b) = (innovation(&[source]), innovation(&[shifted]));
    close(&a.sources()[0].gram, &b.sources()[0].gram, 1e-11);
}
