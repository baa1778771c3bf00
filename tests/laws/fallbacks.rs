//! What the factors are where observations are few or none.

use crate::factors::{estimate, logs, two};
use crate::support::{Dense, innovation};
use mcas::analysis::Draws;
use mcas::inflation::{Desroziers, Factors, Fallback, Inflation, MaximumLikelihood, all};
use ndarray::Array2;

#[test]
fn few_observations_fall_back_on_the_pooled_value_then_last_windows_then_that_of_all() {
    let sources = [
        Dense::new("many", 21, 60, 20, 8),
        Dense::new("few", 21, 29, 20, 8),
    ];
    let it = innovation(&sources);
    let given = |theta, few| {
        Some(Factors::given(theta, vec![("many".into(), 1.0), ("few".into(), few)]).unwrap())
    };
    for scheme in [
        &MaximumLikelihood::new() as &dyn Inflation,
        &Desroziers::new(),
    ] {
        let few = |fallback: &Fallback| {
            let f = scheme.estimate(&it, fallback).unwrap();
            assert!(
                f.warnings
                    .iter()
                    .any(|w| w.name == "few_observations" && w.message.contains("few"))
            );
            f.mu_of("few").unwrap()
        };
        assert!(
            (few(&Fallback {
                pooled: given(1.0, 2.5),
                last: given(1.0, 7.0),
                ..Fallback::none()
            }) - 2.5)
                .abs()
                < 1e-12
        );
        assert!(
            (few(&Fallback {
                pooled: None,
                last: given(1.0, 7.0),
                ..Fallback::none()
            }) - 7.0)
                .abs()
                < 1e-12
        );
        let all = estimate(&MaximumLikelihood::one_mu(), &it);
        assert!((few(&Fallback::none()) - all.mu_of("few").unwrap()).abs() < 1e-6);
    }
    let one_more = MaximumLikelihood::new()
        .with_minimum_observations(29)
        .estimate(&it, &Fallback::none())
        .unwrap();
    assert!(one_more.mu_of("few").unwrap() != 1.0);
}

#[test]
fn without_observations_there_is_no_inflation() {
    let it = two(0, |_, _| 0.0, |_| 0.0);
    for scheme in all() {
        let f = estimate(scheme.as_ref(), &it);
        assert_eq!(logs(&f), [0.0; 3]);
        for form in mcas::analysis::all() {
            let b = form.matrices(&it, &f, &Draws::new(1, "w")).unwrap();
            crate::support::close(b.concentration(), &Array2::eye(10), 1e-14);
            crate::support::close(b.factor(), &Array2::eye(10), 1e-14);
        }
    }
}
