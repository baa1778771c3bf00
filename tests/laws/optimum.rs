//! The likelihood and its maximum where there is little to go by: few, no or repeated observations,
//! members that agree, correlated errors, many sources.

use crate::support::{Dense, direct_likelihood, innovation, simplex};
use mcas::inflation::{Fallback, Inflation, MaximumLikelihood, Theta};
use mcas::innovation::Innovation;
use ndarray::{Array2, Axis};

const BOUNDS: (f64, f64) = (0.01, 100.0);

/// Every case by name.
fn cases() -> Vec<(&'static str, Vec<Dense>)> {
    let m = 14;
    let repeated = {
        let once = Dense::new("a", 81, 8, m, 3);
        let rows: Vec<usize> = (0..40).map(|i| i % 8).collect();
        let mut many = once.rows(&rows, "a");
        // The same equivalents many times; the errors are independent all the same.
        many.r = Array2::from_diag(&many.r.diag().to_owned());
        many.values = &many.values + &(crate::support::normals(81, "repeats", 40) * 0.8);
        many
    };
    let mut agreeing = Dense::new("a", 82, 35, m, 5);
    agreeing.equivalents = Array2::from_shape_fn((35, m), |(i, _)| 3.0 + 0.1 * i as f64);
    vec![
        (
            "few observations",
            vec![Dense::new("a", 83, 3, m, 3), Dense::new("b", 83, 2, m, 3)],
        ),
        (
            "a source without observations",
            vec![
                Dense::new("a", 84, 30, m, 6),
                Dense::new("b", 84, 0, m, 6),
                Dense::new("c", 84, 25, m, 6),
            ],
        ),
        (
            "one direction only",
            vec![Dense::new("a", 85, 40, m, 1), Dense::new("b", 85, 30, m, 1)],
        ),
        (
            "repeated observations",
            vec![repeated, Dense::new("b", 81, 30, m, 3)],
        ),
        (
            "members that agree",
            vec![agreeing, Dense::new("b", 82, 33, m, 5)],
        ),
        (
            "correlated errors",
            vec![
                Dense::new("a", 86, 33, m, 6).correlated(),
                Dense::new("b", 86, 36, m, 6).correlated(),
            ],
        ),
        (
            "five sources",
            ["a", "b", "c", "d", "e"]
                .map(|n| Dense::new(n, 87, 32, m, 8))
                .to_vec(),
        ),
        (
            "more directions than members",
            vec![
                Dense::new("a", 88, 60, 5, 30),
                Dense::new("b", 88, 60, 5, 30),
            ],
        ),
    ]
}

#[test]
fn the_likelihood_equals_the_direct_one_where_there_is_little_to_go_by() {
    for (name, sources) in cases() {
        for (theta, factor) in [(1.0, 1.0), (3.0, 0.5), (1.5, 4.0)] {
            let mu: Vec<f64> = (0..sources.len())
                .map(|k| factor * (1.0 + 0.3 * k as f64))
                .collect();
            let (small, full) = (
                innovation(&sources).likelihood(theta, &mu).unwrap().value,
                direct_likelihood(&sources, theta, &mu),
            );
            assert!(
                (small - full).abs() <= 1e-12 * full.abs().max(1.0),
                "{name}: {small} {full}"
            );
        }
    }
}

#[test]
fn gradient_and_hessian_are_those_of_finite_differences_where_there_is_little_to_go_by() {
    for (name, sources) in cases() {
        let it = innovation(&sources);
        let at: Vec<f64> = (0..=sources.len()).map(|k| 0.3 - 0.2 * k as f64).collect();
        let likelihood = |x: &[f64]| {
            it.likelihood(
                x[0].exp(),
                &x[1..].iter().map(|l| l.exp()).collect::<Vec<_>>(),
            )
            .unwrap()
        };
        let here = likelihood(&at);
        for i in 0..at.len() {
            let moved = |by: f64| {
                let mut x = at.clone();
                x[i] += by;
                likelihood(&x)
            };
            let h = 1e-4;
            let slope = (8.0 * (moved(h).value - moved(-h).value)
                - (moved(2.0 * h).value - moved(-2.0 * h).value))
                / (12.0 * h);
            assert!(
                (slope - here.gradient[i]).abs() < 1e-7 * (1.0 + here.gradient[i].abs()),
                "{name} {i}: {slope} {}",
                here.gradient[i]
            );
            let row = (moved(1e-5).gradient - moved(-1e-5).gradient) / 2e-5;
            let apart = (&row - &here.observed_hessian.index_axis(Axis(0), i))
                .iter()
                .fold(0.0f64, |a, e| a.max(e.abs()));
            assert!(
                apart < 1e-6 * (1.0 + row.iter().fold(0.0f64, |a, e| a.max(e.abs()))),
                "{name} {i}: {apart}"
            );
        }
    }
}

/// -2 ln L at logarithms held within the bounds, and a slope back to them beyond, on which a
/// simplex does not get stuck.
fn bounded(it: &Innovation, x: &[f64]) -> f64 {
    let held = |l: &f64| l.clamp(BOUNDS.0.ln(), BOUNDS.1.ln());
    let at: Vec<f64> = x.iter().map(|l| held(l).exp()).collect();
    it.likelihood(at[0], &at[1..]).unwrap().value
        + x.iter().map(|l| (l - held(l)).abs()).sum::<f64>()
}

#[test]
fn the_optimum_is_that_of_an_independent_optimizer_where_there_is_little_to_go_by() {
    let scheme = MaximumLikelihood::new()
        .with_minimum_observations(0)
        .with_mu_bounds(BOUNDS)
        .unwrap();
    for (name, sources) in cases() {
        let it = innovation(&sources);
        // Members that agree say nothing of theta, and it stays at 1.
        let free = it.relative_spread().unwrap() > 1e-12;
        let theta = if free {
            Theta::Estimated(BOUNDS)
        } else {
            Theta::Fixed(1.0)
        };
        let factors = scheme
            .clone()
            .with_theta(theta)
            .unwrap()
            .estimate(&it, &Fallback::none())
            .unwrap();
        let logs: Vec<f64> = std::iter::once(factors.theta)
            .chain(factors.aligned(&it).unwrap())
            .map(f64::ln)
            .collect();
        let other = simplex(|x| bounded(&it, x), logs.iter().map(|_| 0.0).collect());
        let (ours, theirs) = (bounded(&it, &logs), bounded(&it, &other));
        assert!(
            ours <= theirs + 1e-9 * theirs.abs(),
            "{name}: {ours} is not below {theirs}"
        );
        for (k, (a, b)) in logs.iter().zip(&other).enumerate() {
            if k == 0 || sources[k - 1].n_obs() > 0 {
                assert!(
                    (a - b.clamp(BOUNDS.0.ln(), BOUNDS.1.ln())).abs() < 1e-6,
                    "{name} {k}: {a} {b}"
                );
            }
        }
    }
}
