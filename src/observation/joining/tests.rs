//! Tests of means of observations.

use super::*;
use crate::observation::fixture::{point, series};

fn ppm(sd: &[f64]) -> Observations {
    let mut all = series("a", &(0..sd.len() as i64).collect::<Vec<_>>());
    for (k, (o, sd)) in all.rows.iter_mut().zip(sd).enumerate() {
        (o.error, o.value) = (sd * 1e-6, (400.0 + k as f64) * 1e-6);
    }
    all
}

fn error(joining: Joining, all: &Observations) -> f64 {
    let joined = joining.apply(all, [(0..all.len()).collect()]).unwrap();
    joined.observations.rows[0].error * 1e6
}

#[test]
fn the_error_of_a_mean_follows_its_law() {
    let all = ppm(&[1.0, 1.0, 2.0, 2.0]);
    let constant = |correlation| Joining {
        correlation,
        ..Joining::default()
    };
    // Sum of squares 10, square of the sum 36, over n^2 = 16.
    for (c, variance) in [(0.0, 10.0), (1.0, 36.0), (0.5, 23.0)] {
        let of_mean = error(constant(c), &all);
        assert!(
            (of_mean - (variance / 16.0_f64).sqrt()).abs() < 1e-12,
            "{c} {of_mean}"
        );
    }
    // Equal errors s: s sqrt((1 + (n - 1) c) / n), never below s sqrt(c).
    let equal = ppm(&[3.0; 9]);
    assert!((error(constant(0.25), &equal) - 3.0 * (3.0_f64 / 9.0).sqrt()).abs() < 1e-12);
    // Weights 1, 1, 1/4, 1/4 of independent errors: variance 1 / sum of weights.
    let weighted = Joining {
        weighted: true,
        ..Joining::default()
    };
    assert!((error(weighted, &all) - 0.4_f64.sqrt()).abs() < 1e-12);
    let joined = weighted.apply(&all, [vec![0, 1, 2, 3]]).unwrap();
    let mean = (400.0 + 401.0 + (402.0 + 403.0) / 4.0) / 2.5;
    assert!((joined.observations.rows[0].value * 1e6 - mean).abs() < 1e-9);
}

#[test]
fn an_exponential_correlation_falls_with_the_distance() {
    let mut all = ppm(&[1.0, 1.0]);
    all.rows[1].latitude = 20.0 / 111.194_93; // 20 km north on a sphere of 6371 km
    let joining = Joining {
        length_km: Some(20.0),
        ..Joining::default()
    };
    let variance = (2.0 + 2.0 * (-1.0_f64).exp()) / 4.0;
    assert!((error(joining, &all) - variance.sqrt()).abs() < 1e-7);
    let both = Joining {
        correlation: 0.5,
        ..joining
    };
    let variance = (2.0 + 2.0 * (0.5 + 0.5 * (-1.0_f64).exp())) / 4.0;
    assert!((error(both, &all) - variance.sqrt()).abs() < 1e-7);
}

#[test]
fn representation_is_added_after_the_mean_and_the_floor_last() {
    let all = ppm(&[4.0; 16]);
    let joining = Joining {
        representation: 0.75e-6,
        ..Joining::default()
    };
    assert!((error(joining, &all) - 1.25).abs() < 1e-12);
    let floored = Joining {
        floor: 2e-6,
        ..joining
    };
    assert!((error(floored, &all) - 2.0).abs() < 1e-12);
    assert!(error(floored, &ppm(&[1.0, f64::NAN])).is_nan());
    let wrong = Joining {
        length_km: Some(f64::NAN),
        ..joining
    };
    assert!(wrong.check().is_err() && joining.check().is_ok());
}

#[test]
fn duplicates_count_once_and_small_groups_are_left_out() {
    let all = ppm(&[1.0; 5]);
    let twice = Observations::merge([all.clone(), all.clone()]);
    let one = |all: &Observations| {
        let groups = vec![(0..all.len()).collect::<Vec<_>>()];
        Joining::default().apply(all, groups).unwrap()
    };
    let (once, again) = (one(&all), one(&twice));
    assert_eq!((once.duplicates, again.duplicates), (0, 5));
    assert_eq!(once.observations.rows, again.observations.rows);
    let minimum = Joining {
        minimum: 3,
        ..Joining::default()
    };
    let few = minimum.apply(&all, [vec![0, 1], vec![2, 3, 4]]).unwrap();
    assert_eq!((few.observations.len(), few.too_few), (1, 2));
}

#[test]
fn means_of_means_name_what_they_are_made_of() {
    let mut all = ppm(&[1.0; 4]);
    for (k, o) in all.rows.iter_mut().enumerate().take(3) {
        o.id = Some(format!("s{k}").into());
    }
    let join = |all: &Observations, groups: &[Vec<usize>]| {
        let joined = Joining::default().apply(all, groups.to_vec()).unwrap();
        joined.observations
    };
    let first = join(&all, &[vec![0, 1], vec![2], vec![3]]);
    let text = |o: &Observations| o.attribute("joined").unwrap().clone();
    assert_eq!(text(&first), Column::text(["s0 s1", "", ""]));
    let second = join(&first, &[vec![0, 1, 2]]);
    assert_eq!(
        text(&second),
        Column::text(["s0 s1 s2 a@1970-01-01T00:00:03Z"])
    );
    assert_eq!(second.attributes.numbers("n_joined").unwrap(), [4.0]);
}

#[test]
fn a_mean_over_its_interval_reaches_from_the_first_to_the_last() {
    let all = ppm(&[1.0; 3]);
    let joining = Joining {
        over_interval: true,
        ..Joining::default()
    };
    let joined = joining.apply(&all, [vec![0, 1, 2]]).unwrap().observations;
    let interval = joined.rows[0].interval.unwrap();
    assert_eq!(
        (interval.seconds(), joined.rows[0].time.seconds()),
        (2.0, 1)
    );
    let sites = [point(0.0, 179.0, 0.0), point(0.0, -179.0, 0.0)];
    let all = Observations {
        sources: vec!["a".into()],
        rows: sites
            .into_iter()
            .zip(["B", "A"])
            .map(|(o, s)| Observation {
                site: s.into(),
                ..o
            })
            .collect(),
        ..Observations::default()
    };
    let joined = joining.apply(&all, [vec![0, 1]]).unwrap().observations;
    assert_eq!(&*joined.rows[0].site, "A+B");
    assert!(joined.rows[0].longitude.abs() > 179.9); // across the date line
}
