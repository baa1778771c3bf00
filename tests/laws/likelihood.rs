//! The likelihood in small matrices against the formulas in full.

use crate::support::{Dense, centred, direct_likelihood, innovation, mean, three_sources};
use ndarray::Array2;

const FACTORS: [(f64, [f64; 3]); 3] = [
    (1.0, [1.0, 1.0, 1.0]),
    (3.0, [4.0, 0.25, 1.5]),
    (10.0, [0.1, 10.0, 0.7]),
];

#[test]
fn the_likelihood_in_small_matrices_equals_the_direct_one() {
    let more_members_than_observations = vec![
        Dense::new("a", 9, 3, 20, 2),
        Dense::new("b", 9, 4, 20, 2).correlated(),
        Dense::new("c", 9, 1, 20, 2),
    ];
    for sources in [
        three_sources(1),
        three_sources(2),
        more_members_than_observations,
    ] {
        for (theta, mu) in FACTORS {
            let (small, full) = (
                innovation(&sources).likelihood(theta, &mu).unwrap().value,
                direct_likelihood(&sources, theta, &mu),
            );
            assert!((small - full).abs() <= 1e-12 * full.abs(), "{small} {full}");
        }
    }
}

#[test]
fn at_the_corners_of_the_bounds_the_two_agree_to_the_rounding_of_the_direct_one() {
    // There S has a condition number near 1e7, which costs the direct formula as many digits.
    let sources = three_sources(1);
    let (theta, mu) = (100.0, [0.01, 100.0, 0.5]);
    let (small, full) = (
        innovation(&sources).likelihood(theta, &mu).unwrap().value,
        direct_likelihood(&sources, theta, &mu),
    );
    assert!((small - full).abs() <= 1e-10 * full.abs(), "{small} {full}");
}

#[test]
fn the_gradient_is_that_of_finite_differences() {
    let it = innovation(&three_sources(3));
    for (theta, mu) in FACTORS {
        let value = |x: &[f64]| {
            it.likelihood(x[0].exp(), &[x[1].exp(), x[2].exp(), x[3].exp()])
                .unwrap()
                .value
        };
        let at = [theta.ln(), mu[0].ln(), mu[1].ln(), mu[2].ln()];
        let gradient = it.likelihood(theta, &mu).unwrap().gradient;
        for i in 0..4 {
            let h = 1e-4;
            let moved = |by: f64| {
                let mut x = at;
                x[i] += by;
                value(&x)
            };
            // Fourth-order central difference.
            let slope =
                (8.0 * (moved(h) - moved(-h)) - (moved(2.0 * h) - moved(-2.0 * h))) / (12.0 * h);
            assert!(
                (slope - gradient[i]).abs() < 1e-7 * (1.0 + gradient[i].abs()),
                "{i}: {slope} {}",
                gradient[i]
            );
        }
    }
}

#[test]
fn the_observed_hessian_is_that_of_finite_differences() {
    let it = innovation(&three_sources(4));
    for (theta, mu) in FACTORS {
        let at = [theta.ln(), mu[0].ln(), mu[1].ln(), mu[2].ln()];
        let gradient = |x: &[f64]| {
            it.likelihood(x[0].exp(), &[x[1].exp(), x[2].exp(), x[3].exp()])
                .unwrap()
                .gradient
        };
        let hessian = it.likelihood(theta, &mu).unwrap().observed_hessian;
        for i in 0..4 {
            let h = 1e-5;
            let (mut up, mut down) = (at, at);
            up[i] += h;
            down[i] -= h;
            let row = (gradient(&up) - gradient(&down)) / (2.0 * h);
            for j in 0..4 {
                assert!(
                    (row[j] - hessian[[i, j]]).abs() < 1e-6 * (1.0 + hessian[[i, j]].abs()),
                    "{i} {j}: {} {}",
                    row[j],
                    hessian[[i, j]]
                );
            }
        }
    }
}

#[test]
fn the_expected_hessian_is_the_mean_of_the_observed_one() {
    // Innovations drawn from S itself; 400 of them leave about 5 % of noise.
    let (theta, mu, m) = (2.0, [0.5, 3.0], 20);
    let base = [Dense::new("a", 5, 40, m, 8), Dense::new("b", 5, 50, m, 8)];
    let mut sum = Array2::<f64>::zeros((3, 3));
    let mut expected = sum.clone();
    for draw in 0..400 {
        let weights = crate::support::normals(draw, "weights", m);
        let mut sources = base.clone();
        for (k, source) in sources.iter_mut().enumerate() {
            let signal =
                centred(&source.equivalents).dot(&weights) * (theta / (m - 1) as f64).sqrt();
            let noise = crate::support::normals(draw, &format!("noise {k}"), source.n_obs())
                * source.r.diag().mapv(|v: f64| (mu[k] * v).sqrt());
            source.values = mean(&source.equivalents) + signal + noise;
        }
        let at = innovation(&sources).likelihood(theta, &mu).unwrap();
        sum += &(at.observed_hessian / 400.0);
        expected = at.expected_hessian;
    }
    for ((i, j), e) in expected.indexed_iter() {
        assert!(
            (sum[[i, j]] - e).abs() < 0.1 * (expected[[i, i]] * expected[[j, j]]).sqrt(),
            "{i} {j}: {} {e}",
            sum[[i, j]]
        );
    }
}

#[test]
fn at_the_optimum_every_self_check_is_one() {
    use mcas::inflation::{Fallback, Inflation, MaximumLikelihood, Theta};
    let it = innovation(&three_sources(6));
    let scheme = MaximumLikelihood::new()
        .with_theta(Theta::Estimated((1e-3, 1e3)))
        .unwrap();
    let factors = scheme.estimate(&it, &Fallback::none()).unwrap();
    assert!(factors.converged && factors.at_bound.is_empty());
    let check = it
        .self_check(factors.theta, &factors.aligned(&it).unwrap())
        .unwrap();
    assert!((check.background - 1.0).abs() < 1e-8, "{check:?}");
    assert!(
        check
            .sources
            .iter()
            .all(|(_, ratio)| (ratio - 1.0).abs() < 1e-8),
        "{check:?}"
    );
    // The conditions add up to chi-square one.
    assert!(
        (it.chi_square(factors.theta, &factors.aligned(&it).unwrap())
            .unwrap()
            - 1.0)
            .abs()
            < 1e-9
    );
}

#[test]
fn the_likelihood_refuses_factors_that_are_none() {
    let it = innovation(&three_sources(1));
    assert!(it.likelihood(0.0, &[1.0; 3]).is_err());
    assert!(
        it.likelihood(1.0, &[1.0, f64::NAN, 1.0])
            .unwrap_err()
            .to_string()
            .contains("oco2")
    );
    assert!(
        it.likelihood(1.0, &[1.0; 2])
            .unwrap_err()
            .to_string()
            .contains("expected 3, got 2")
    );
}
