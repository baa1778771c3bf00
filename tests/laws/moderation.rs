//! Laws of moderated outliers and of chains.

use crate::support::{Dense, close, innovation, three_sources};
use mcas::analysis::{Draws, all};
use mcas::inflation::{Chain, Factors, Fallback, Fixed, Inflation, MaximumLikelihood, Moderated};
use std::sync::Arc;

fn fixed(theta: f64) -> Arc<dyn Inflation> {
    Arc::new(Fixed::new(theta, vec![]).unwrap())
}

#[test]
fn an_infinite_limit_moderates_nothing() {
    let it = innovation(&three_sources(71));
    let plain = MaximumLikelihood::new()
        .estimate(&it, &Fallback::none())
        .unwrap();
    let moderated = Moderated::new(Arc::new(MaximumLikelihood::new()), f64::INFINITY).unwrap();
    assert_eq!(moderated.estimate(&it, &Fallback::none()).unwrap(), plain);
}

#[test]
fn moderated_errors_are_those_of_a_larger_stated_covariance() {
    // One source with correlated errors, one without.
    let mut sources = three_sources(72);
    sources[0].values[4] += 50.0;
    sources[1].values[7] -= 40.0;
    let it = innovation(&sources);
    let f = Moderated::new(fixed(1.4), 2.0)
        .unwrap()
        .estimate(&it, &Fallback::none())
        .unwrap();
    let factor = |o: usize| {
        f.observations
            .iter()
            .find(|(n, _)| *n == o)
            .map_or(1.0, |(_, f)| *f)
    };
    assert!(
        factor(4) > 5.0 && factor(33 + 7) > 5.0,
        "{:?}",
        f.observations
    );
    let mut stated = sources.clone();
    let mut first = 0;
    for s in &mut stated {
        let n = s.n_obs();
        s.r.indexed_iter_mut()
            .for_each(|((i, j), v)| *v *= (factor(first + i) * factor(first + j)).sqrt());
        first += n;
    }
    let (plain, draws) = (
        Factors {
            observations: vec![],
            ..f.clone()
        },
        Draws::new(1, "w"),
    );
    for form in all() {
        let (a, b) = (
            form.matrices(&it, &f, &draws).unwrap(),
            form.matrices(&innovation(&stated), &plain, &draws).unwrap(),
        );
        close(a.concentration(), b.concentration(), 1e-10);
        close(a.factor(), b.factor(), 1e-10);
    }
}

#[test]
fn a_subset_of_moderated_observations_stays_moderated() {
    let it = innovation(&three_sources(73));
    let moderated = it.moderated(&[(3, 4.0), (40, 9.0), (999, 2.0)]).unwrap();
    let (some, rows) = (
        moderated.subset(&[3, 5, 40, 41]).unwrap(),
        it.subset(&[3, 5, 40, 41]).unwrap(),
    );
    assert!(
        (some.sources()[0].c - rows.moderated(&[(3, 4.0)]).unwrap().sources()[0].c).abs() < 1e-12
    );
    close(
        &some.sources()[1].gram,
        &rows.moderated(&[(40, 9.0)]).unwrap().sources()[1].gram,
        1e-12,
    );
    assert!(
        it.moderated(&[(3, 0.0)])
            .unwrap_err()
            .to_string()
            .contains("observation 3")
    );
}

#[test]
fn an_outlier_moves_the_factors_less_when_moderated() {
    let mut sources = three_sources(74);
    let clean = MaximumLikelihood::new()
        .estimate(&innovation(&sources), &Fallback::none())
        .unwrap();
    sources[0].values[4] += 200.0;
    let it = innovation(&sources);
    let plain = MaximumLikelihood::new()
        .estimate(&it, &Fallback::none())
        .unwrap();
    let held = Moderated::new(Arc::new(MaximumLikelihood::new()), 2.0)
        .unwrap()
        .estimate(&it, &Fallback::none())
        .unwrap();
    let away = |f: &Factors| (f.mu[0].1 / clean.mu[0].1).ln().abs();
    assert!(
        away(&held) < 0.5 * away(&plain),
        "{} {}",
        away(&held),
        away(&plain)
    );
}

#[test]
fn a_chain_of_one_is_its_scheme_and_a_longer_one_falls_back_on_what_came_before() {
    let it = innovation(&[
        Dense::new("many", 75, 60, 20, 8),
        Dense::new("few", 75, 9, 20, 8),
    ]);
    let (one, separate): (Arc<dyn Inflation>, Arc<dyn Inflation>) = (
        Arc::new(MaximumLikelihood::one_mu()),
        Arc::new(MaximumLikelihood::new()),
    );
    let estimate = |schemes: Vec<Arc<dyn Inflation>>| {
        Chain::new(schemes)
            .unwrap()
            .estimate(&it, &Fallback::none())
            .unwrap()
    };
    assert_eq!(
        estimate(vec![separate.clone()]),
        separate.estimate(&it, &Fallback::none()).unwrap()
    );
    let shared = one.estimate(&it, &Fallback::none()).unwrap();
    let chained = estimate(vec![one, separate]);
    assert!((chained.mu_of("few").unwrap() / shared.mu_of("few").unwrap() - 1.0).abs() < 1e-12);
    assert!(chained.mu_of("many").unwrap() != shared.mu_of("many").unwrap());
}
