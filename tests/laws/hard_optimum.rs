//! The likelihood's maximum where it is hard to reach: members that spread far beyond the stated
//! errors, so that a factor mu lies flat at a bound while theta has far to go, or more than one
//! maximum stands.

use crate::support::{normal, normals};
use mcas::inflation::{
    Desroziers, Factors, Fallback, Inflation, MU_BOUNDS, MaximumLikelihood, THETA_BOUNDS,
    UNCONVERGED,
};
use mcas::innovation::{ErrorCovariance, Innovation, SourceData};
use ndarray::{Array1, Array2, array};

/// The scheme that estimates from any number of observations.
fn scheme() -> MaximumLikelihood {
    MaximumLikelihood::new().with_minimum_observations(0)
}

fn source(name: &str, equivalents: Array2<f64>, values: Array1<f64>) -> SourceData {
    let r = ErrorCovariance::independent(&vec![1.0; values.len()]);
    SourceData::new(name, equivalents.view(), values.view(), r).unwrap()
}

/// Two sources of 30 observations by 64 members that spread `ratio` times the stated error. Of four
/// cases, one has its truth among the members' signals with errors of a variance of 4 and 1/4, and
/// the others have values apart from them by 1, 3 and 0.01 of the spread.
fn case(seed: u64, ratio: f64) -> Innovation {
    let (p, m) = (30, 64);
    let sources = [("a", 2.0), ("b", 0.5)].map(|(name, error)| {
        let y = normal(seed, name, p, m) * ratio;
        let noise = normals(seed, &format!("errors of {name}"), p);
        let values = match seed % 4 {
            0 => y.dot(&normals(seed, "truth", m)) / (m as f64).sqrt() * 1.4 + noise * error,
            1 => noise * ratio,
            2 => noise * (3.0 * ratio),
            _ => noise * 0.3,
        };
        source(name, y, values)
    });
    Innovation::new(m, sources.to_vec()).unwrap()
}

/// Largest component of the gradient at the factors, projected on the default bounds.
fn projected_gradient(it: &Innovation, factors: &Factors) -> f64 {
    let values: Vec<f64> = std::iter::once(factors.theta)
        .chain(factors.mu.iter().map(|m| m.1))
        .collect();
    let gradient = it.likelihood(values[0], &values[1..]).unwrap().gradient;
    let bounds = std::iter::once(THETA_BOUNDS).chain(factors.mu.iter().map(|_| MU_BOUNDS));
    let part = |((value, g), (low, high)): ((&f64, &f64), (f64, f64))| {
        ((value.ln() - g).clamp(low.ln(), high.ln()) - value.ln()).abs()
    };
    values
        .iter()
        .zip(&gradient)
        .zip(bounds)
        .map(part)
        .fold(0.0, f64::max)
}

fn warned(factors: &Factors) -> bool {
    factors.warnings.iter().any(|w| w.name == UNCONVERGED)
}

fn from(theta: f64, a: f64, b: f64) -> Fallback {
    let last = Factors::given(theta, vec![("a".into(), a), ("b".into(), b)]).unwrap();
    Fallback {
        pooled: None,
        last: Some(last),
        ..Fallback::none()
    }
}

#[test]
fn a_mu_that_is_flat_at_its_bound_does_not_hold_theta() {
    let a = source("a", array![[1.0, 2.0, 1.0, 1.0, 0.7]], array![-5.6]);
    let b = source("b", array![[1.6, 1.1, -2.1, 0.5, 1.4]], array![-4.6]);
    let it = Innovation::new(5, vec![a, b]).unwrap();
    let factors = scheme().estimate(&it, &Fallback::none()).unwrap();
    // By scipy 1.17: the lowest of L-BFGS-B from 1000 starts on ln det S + d' S^-1 d.
    assert!((factors.theta - 11.379).abs() < 1e-3, "{}", factors.theta);
    assert!(
        (factors.mu_of("a").unwrap() - 40.192).abs() < 1e-3 && factors.mu_of("b") == Some(0.01)
    );
    assert!((-2.0 * factors.log_likelihood - 9.0192).abs() < 1e-4);
    assert!(factors.converged && !warned(&factors));
}

#[test]
fn four_hundred_hard_cases_reach_an_optimum_or_say_that_they_did_not() {
    let mut missed = 0;
    for seed in 0..400 {
        let it = case(seed, [10.0, 20.0, 30.0, 15.0][seed as usize / 100]);
        let factors = scheme().estimate(&it, &Fallback::none()).unwrap();
        let gradient = projected_gradient(&it, &factors);
        assert_eq!(factors.converged, !warned(&factors), "{seed}");
        assert!(gradient < 1e-6 || warned(&factors), "{seed}: {gradient:e}");
        missed += usize::from(warned(&factors));
    }
    assert!(missed <= 2, "{missed} of 400");
}

#[test]
fn no_other_start_finds_a_higher_likelihood_in_hard_cases() {
    let mut local = 0;
    for seed in (0..400).step_by(4) {
        let it = case(seed, [10.0, 20.0, 30.0, 15.0][seed as usize / 100]);
        let best = scheme().estimate(&it, &Fallback::none()).unwrap();
        let higher = [
            (1.0, 0.01, 100.0),
            (1.0, 100.0, 0.01),
            (30.0, 1.0, 1.0),
            (3.0, 10.0, 0.1),
            (3.0, 0.1, 10.0),
            (100.0, 100.0, 100.0),
        ]
        .iter()
        .any(|(theta, a, b)| {
            let other = scheme().estimate(&it, &from(*theta, *a, *b)).unwrap();
            other.log_likelihood > best.log_likelihood + 0.01
        });
        local += usize::from(higher);
    }
    assert!(local <= 1, "{local} of 100");
}

#[test]
fn a_fixed_point_that_stands_is_an_optimum_or_says_that_it_is_none() {
    for seed in (0..400).step_by(20) {
        let it = case(seed, 20.0);
        let factors = Desroziers::new().estimate(&it, &Fallback::none()).unwrap();
        let gradient = projected_gradient(&it, &factors);
        assert!(gradient < 1e-6 || warned(&factors), "{seed}: {gradient:e}");
    }
}
