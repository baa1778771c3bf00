//! Laws of the inflation schemes.

use crate::support::{Dense, centred, innovation, normals, simplex, three_sources};
use mcas::analysis::{Draws, Etkf, UpdateForm};
use mcas::inflation::{Desroziers, Factors, Fallback, Inflation, MaximumLikelihood, Theta, all};
use mcas::innovation::Innovation;
use ndarray::{Array1, Array2};

pub fn estimate(scheme: &dyn Inflation, innovation: &Innovation) -> Factors {
    scheme.estimate(innovation, &Fallback::none()).unwrap()
}

pub fn logs(f: &Factors) -> Vec<f64> {
    std::iter::once(f.theta.ln())
        .chain(f.mu.iter().map(|(_, v)| v.ln()))
        .collect()
}

#[track_caller]
fn same(a: &[f64], b: &[f64], tolerance: f64) {
    assert_eq!(a.len(), b.len());
    assert!(
        a.iter().zip(b).all(|(x, y)| (x - y).abs() <= tolerance),
        "{a:?} {b:?}"
    );
}

#[test]
fn the_optimum_is_that_of_an_independent_optimizer() {
    for seed in [11, 12, 13] {
        let it = innovation(&three_sources(seed));
        let wide = MaximumLikelihood::new()
            .with_theta(Theta::Estimated((0.01, 100.0)))
            .unwrap();
        let optimum = estimate(&wide, &it);
        assert!(
            optimum.converged && optimum.at_bound.is_empty(),
            "{optimum:?}"
        );
        let value = |x: &[f64]| {
            it.likelihood(
                x[0].exp(),
                &x[1..].iter().map(|l| l.exp()).collect::<Vec<_>>(),
            )
            .unwrap()
            .value
        };
        same(&logs(&optimum), &simplex(value, vec![0.0; 4]), 1e-6);
        let one = estimate(
            &MaximumLikelihood::one_mu()
                .with_theta(Theta::Estimated((0.01, 100.0)))
                .unwrap(),
            &it,
        );
        let tied = simplex(|x| value(&[x[0], x[1], x[1], x[1]]), vec![0.0; 2]);
        same(&logs(&one), &[tied[0], tied[1], tied[1], tied[1]], 1e-6);
    }
}

#[test]
fn newton_takes_few_steps_from_any_start() {
    let it = innovation(&three_sources(14));
    let wide = MaximumLikelihood::new()
        .with_theta(Theta::Estimated((0.01, 100.0)))
        .unwrap();
    let from_one = estimate(&wide, &it);
    assert!(from_one.iterations <= 10, "{}", from_one.iterations);
    for (theta, mu) in [(90.0, 0.02), (0.02, 90.0), (90.0, 90.0), (0.02, 0.02)] {
        let last = Factors::given(
            theta,
            it.sources().iter().map(|s| (s.name().into(), mu)).collect(),
        )
        .unwrap();
        let from_wide = wide
            .estimate(
                &it,
                &Fallback {
                    pooled: None,
                    last: Some(last),
                    ..Fallback::none()
                },
            )
            .unwrap();
        same(&logs(&from_wide), &logs(&from_one), 1e-7);
    }
}

#[test]
fn the_fixed_point_of_desroziers_is_the_maximum_of_the_likelihood() {
    for seed in [15, 16] {
        let it = innovation(&three_sources(seed));
        let (newton, fixed_point) = (
            estimate(&MaximumLikelihood::new(), &it),
            estimate(&Desroziers::new(), &it),
        );
        assert!(fixed_point.converged, "{fixed_point:?}");
        same(&logs(&newton), &logs(&fixed_point), 1e-5);
    }
}

/// Sources whose innovations are drawn from `theta Y Y' / (m-1) + mu R`.
fn drawn(seed: u64, theta: f64, sources: &[(&str, usize, f64)]) -> Innovation {
    let m = 40;
    let weights = normals(seed, "weights", m) * (theta / (m - 1) as f64).sqrt();
    let made: Vec<Dense> = sources
        .iter()
        .map(|(name, p, mu)| {
            let mut source = Dense::new(name, seed, *p, m, 30);
            let errors = normals(seed, &format!("true errors of {name}"), *p)
                * source.r.diag().mapv(|v: f64| (mu * v).sqrt());
            source.values = crate::support::mean(&source.equivalents)
                + centred(&source.equivalents).dot(&weights)
                + errors;
            source
        })
        .collect();
    innovation(&made)
}

#[test]
fn misstated_errors_are_recovered_from_simulated_innovations() {
    for seed in 0..4 {
        let factors = estimate(
            &MaximumLikelihood::new(),
            &drawn(
                seed,
                2.0,
                &[("in_situ", 2000, 4.0), ("satellite", 2000, 0.25)],
            ),
        );
        // The standard error of a mu from 2000 observations is about 3 %.
        for (name, truth) in [("in_situ", 4.0), ("satellite", 0.25)] {
            let mu = factors.mu_of(name).unwrap();
            assert!((mu / truth - 1.0).abs() < 0.12, "{name}: {mu} for {truth}");
        }
    }
}

#[test]
fn scaling_a_stated_covariance_divides_its_mu_and_leaves_the_analysis() {
    let sources = three_sources(17);
    let mut scaled = sources.clone();
    scaled[1].r *= 5.0;
    let (a, b) = (innovation(&sources), innovation(&scaled));
    let (f, g) = (
        estimate(&MaximumLikelihood::new(), &a),
        estimate(&MaximumLikelihood::new(), &b),
    );
    let expected = [f.theta, f.mu[0].1, f.mu[1].1 / 5.0, f.mu[2].1].map(f64::ln);
    same(&logs(&g), &expected, 1e-8);
    let draws = Draws::new(1, "w");
    let (before, after) = (
        Etkf.matrices(&a, &f, &draws).unwrap(),
        Etkf.matrices(&b, &g, &draws).unwrap(),
    );
    crate::support::close(before.concentration(), after.concentration(), 1e-8);
}

#[test]
fn the_order_of_observations_does_not_matter() {
    let sources = three_sources(18);
    let turned: Vec<Dense> = sources
        .iter()
        .map(|s| {
            if s.blocks {
                s.clone()
            } else {
                s.rows(
                    &(0..s.n_obs())
                        .map(|i| (i * 7 + 3) % s.n_obs())
                        .collect::<Vec<_>>(),
                    &s.name,
                )
            }
        })
        .collect();
    let scheme = MaximumLikelihood::new();
    same(
        &logs(&estimate(&scheme, &innovation(&sources))),
        &logs(&estimate(&scheme, &innovation(&turned))),
        1e-9,
    );
}

#[test]
fn a_source_split_in_two_with_tied_factors_changes_nothing() {
    let sources = three_sources(19);
    let n = sources[0].n_obs();
    let (first, second): (Vec<usize>, Vec<usize>) = (0..n).partition(|i| i % 3 == 0);
    let halves = [
        sources[0].rows(&first, "a"),
        sources[0].rows(&second, "b"),
        sources[1].clone(),
        sources[2].clone(),
    ];
    let (unsplit, split) = (innovation(&sources), innovation(&halves));
    let tied = MaximumLikelihood::new()
        .with_groups(vec![vec!["a".into(), "b".into()]])
        .unwrap();
    let (f, g) = (
        estimate(&MaximumLikelihood::new(), &unsplit),
        estimate(&tied, &split),
    );
    same(
        &logs(&g),
        &[f.theta, f.mu[0].1, f.mu[0].1, f.mu[1].1, f.mu[2].1].map(f64::ln),
        1e-9,
    );
    let draws = Draws::new(1, "w");
    let (a, b) = (
        Etkf.matrices(&unsplit, &f, &draws).unwrap(),
        Etkf.matrices(&split, &g, &draws).unwrap(),
    );
    crate::support::close(a.concentration(), b.concentration(), 1e-9);
}

#[test]
fn an_empty_source_equals_an_absent_one() {
    let sources = three_sources(20);
    let mut with_empty = sources.clone();
    with_empty.insert(1, sources[0].rows(&[], "none"));
    let (a, b) = (innovation(&sources), innovation(&with_empty));
    for scheme in all() {
        let (f, g) = (estimate(scheme.as_ref(), &a), estimate(scheme.as_ref(), &b));
        let expected: Vec<f64> = std::iter::once(g.theta)
            .chain(g.mu.iter().filter(|(n, _)| n != "none").map(|(_, v)| *v))
            .map(f64::ln)
            .collect();
        same(&logs(&f), &expected, 1e-12);
        let draws = Draws::new(1, "w");
        for form in mcas::analysis::all() {
            let (x, y) = (
                form.matrices(&a, &f, &draws).unwrap(),
                form.matrices(&b, &g, &draws).unwrap(),
            );
            crate::support::close(x.concentration(), y.concentration(), 1e-10);
        }
    }
}

pub fn two(
    p: usize,
    equivalents: impl Fn(usize, usize) -> f64,
    d: impl Fn(usize) -> f64,
) -> Innovation {
    let m = 10;
    let make = |name: &str| Dense {
        name: name.into(),
        equivalents: Array2::from_shape_fn((p, m), |(i, j)| equivalents(i, j)),
        values: Array1::zeros(p),
        r: Array2::eye(p),
        blocks: false,
    };
    let mut sources = [make("a"), make("b")];
    for s in &mut sources {
        s.values = crate::support::mean(&s.equivalents) + Array1::from_shape_fn(p, &d);
    }
    innovation(&sources)
}

#[test]
fn members_that_agree_leave_theta_at_one() {
    let it = two(40, |i, _| i as f64 * 0.1, |i| ((i * 37) % 11) as f64 - 5.0);
    for scheme in all() {
        let f = estimate(scheme.as_ref(), &it);
        assert_eq!(f.theta, 1.0);
        if !scheme.to_string().contains("none") {
            assert!(
                f.warnings.iter().any(|w| w.name == "collapsed_ensemble"),
                "{scheme}"
            );
        }
    }
    // Without spread mu is the mean square of the innovation.
    let f = estimate(&MaximumLikelihood::new(), &it);
    let square = (0..40)
        .map(|i| (((i * 37) % 11) as f64 - 5.0).powi(2))
        .sum::<f64>()
        / 40.0;
    assert!(
        (f.mu[0].1 / square - 1.0).abs() < 1e-8,
        "{} {square}",
        f.mu[0].1
    );
}

#[test]
fn no_innovation_drives_every_factor_to_its_lower_bound() {
    let it = two(40, |i, j| ((i * 13 + j * 29) % 17) as f64, |_| 0.0);
    for scheme in [
        &MaximumLikelihood::new() as &dyn Inflation,
        &Desroziers::new(),
    ] {
        let f = estimate(scheme, &it);
        assert_eq!(f.theta, 1.0);
        assert!(
            f.mu.iter().all(|(_, mu)| (mu - 0.01).abs() < 1e-12),
            "{f:?}"
        );
        assert_eq!(f.at_bound, ["theta", "mu.a", "mu.b"]);
        assert_eq!(
            f.warnings
                .iter()
                .filter(|w| w.name == "factor_at_bound")
                .count(),
            2,
            "the floor of theta is no fault"
        );
        assert!(f.at_floor());
    }
}

#[test]
fn theta_stays_at_its_floor_and_at_a_fixed_value() {
    // Innovations smaller than the spread ask for theta below 1.
    let it = drawn(30, 0.05, &[("a", 400, 1.0)]);
    let f = estimate(&MaximumLikelihood::new(), &it);
    assert_eq!(
        (f.theta, f.at_bound.as_slice()),
        (1.0, &["theta".to_string()][..])
    );
    let free = MaximumLikelihood::new()
        .with_theta(Theta::Estimated((0.01, 100.0)))
        .unwrap();
    assert!(estimate(&free, &it).theta < 0.5);
    let fixed = MaximumLikelihood::new()
        .with_theta(Theta::Fixed(1.7))
        .unwrap();
    assert!((estimate(&fixed, &it).theta - 1.7).abs() < 1e-12);
}

#[test]
fn a_sharp_prior_holds_the_factors_and_a_vague_one_leaves_them() {
    let it = drawn(31, 3.0, &[("a", 300, 4.0), ("b", 300, 0.25)]);
    let free = estimate(&MaximumLikelihood::new(), &it);
    let held = estimate(&MaximumLikelihood::new().with_prior(1e-4).unwrap(), &it);
    assert!(logs(&held).iter().all(|l| l.abs() < 1e-4), "{held:?}");
    let vague = estimate(&MaximumLikelihood::new().with_prior(1e4).unwrap(), &it);
    same(&logs(&vague), &logs(&free), 1e-6);
}

#[test]
fn a_better_model_of_the_errors_has_the_higher_likelihood() {
    let it = drawn(32, 2.0, &[("a", 300, 4.0), ("b", 300, 0.25)]);
    let by = |scheme: MaximumLikelihood| estimate(&scheme, &it).log_likelihood;
    let (separate, one, theta) = (
        by(MaximumLikelihood::new()),
        by(MaximumLikelihood::one_mu()),
        by(MaximumLikelihood::theta_only()),
    );
    assert!(separate > one && one > theta, "{separate} {one} {theta}");
}
