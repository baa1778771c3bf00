//! Laws of the update forms.

use crate::support::{close, covariance, innovation, largest, mean, normal, three_sources};
use mcas::analysis::{
    Draws, Ensrf, Etkf, Literal, Perturbed, Rtpp, Rtps, UpdateForm, UpdateMatrices, all,
};
use mcas::inflation::Factors;
use mcas::innovation::Innovation;
use mcas::linalg::symmetric_eigen;
use ndarray::{Array2, Axis};
use std::sync::Arc;

fn factors(theta: f64, mu: f64) -> Factors {
    Factors::given(
        theta,
        ["in_situ", "oco2", "gosat"]
            .map(|n| (n.to_string(), mu))
            .to_vec(),
    )
    .unwrap()
}

fn matrices(form: &dyn UpdateForm, innovation: &Innovation, factors: &Factors) -> UpdateMatrices {
    form.matrices(innovation, factors, &Draws::new(7, "window 1"))
        .unwrap()
}

#[test]
fn all_forms_share_the_mean() {
    let (it, f) = (innovation(&three_sources(41)), factors(2.5, 0.6));
    let x = normal(41, "state", 12, it.n_members());
    let of = |form: &dyn UpdateForm| {
        let b = matrices(form, &it, &f);
        (
            mean(&b.apply_concentration(&x).unwrap()),
            mean(&b.apply_factor(&x).unwrap()),
        )
    };
    let (c, l) = of(&Etkf);
    assert!(
        largest(&c - &mean(&x)) > 0.1,
        "the analysis must move something"
    );
    for form in all() {
        let (other_c, other_l) = of(form.as_ref());
        assert!(
            largest(&c - &other_c) < 1e-12 && largest(&l - &other_l) < 1e-12,
            "{form}"
        );
    }
}

#[test]
fn the_increment_is_covariance_over_innovation_covariance() {
    // cov(x, y) cov(y)^-1 d in full, with x inflated by sqrt(theta) for concentrations and not at
    // all for factors.
    let sources = three_sources(42);
    let (it, theta, mu) = (innovation(&sources), 2.5, 0.6);
    let m = it.n_members();
    let x = normal(42, "state", 5, m);
    let y = ndarray::concatenate(
        Axis(0),
        &sources
            .iter()
            .map(|s| s.equivalents.view())
            .collect::<Vec<_>>(),
    )
    .unwrap();
    let values = ndarray::concatenate(
        Axis(0),
        &sources.iter().map(|s| s.values.view()).collect::<Vec<_>>(),
    )
    .unwrap();
    let p = values.len();
    let mut r = Array2::zeros((p, p));
    let mut at = 0;
    for s in &sources {
        let end = at + s.n_obs();
        r.slice_mut(ndarray::s![at..end, at..end])
            .assign(&(&s.r * mu));
        at = end;
    }
    let inverse = mcas::linalg::PositiveDefinite::new(covariance(&y) * theta + r)
        .unwrap()
        .inverse()
        .unwrap();
    let cross = crate::support::centred(&x).dot(&crate::support::centred(&y).t()) / (m - 1) as f64;
    let increment = cross.dot(&inverse.dot(&(values - mean(&y))));
    let b = matrices(&Etkf, &it, &factors(theta, mu));
    assert!(
        largest(mean(&b.apply_concentration(&x).unwrap()) - mean(&x) - &increment * theta) < 1e-10
    );
    assert!(
        largest(mean(&b.apply_factor(&x).unwrap()) - mean(&x) - &increment * theta.sqrt()) < 1e-10
    );
}

/// Eigen-directions of g G that the ensemble has, as rows of anomalies, with s.
fn directions(it: &Innovation, theta: f64, mu: f64) -> Vec<(f64, Array2<f64>)> {
    let g = theta / (it.n_members() - 1) as f64;
    let (s, v) = symmetric_eigen((it.weighted(&[mu; 3]).0 * g).view()).unwrap();
    let resolved = (0..s.len()).filter(|i| s[*i] > 1e-6);
    resolved
        .map(|i| (s[i], v.column(i).to_owned().insert_axis(Axis(0))))
        .collect()
}

#[test]
fn the_posterior_variance_in_every_direction_is_that_of_the_theory() {
    let (theta, mu) = (2.5, 0.6);
    let it = innovation(&three_sources(43));
    let f = factors(theta, mu);
    let serial = matrices(&Ensrf, &it, &f);
    let (etkf, literal) = (matrices(&Etkf, &it, &f), matrices(&Literal, &it, &f));
    for (s, row) in directions(&it, theta, mu) {
        let over_prior = |x: Array2<f64>| covariance(&x)[[0, 0]] / covariance(&row)[[0, 0]];
        let close = |a: f64, b: f64| assert!((a / b - 1.0).abs() < 1e-8, "{a} {b} at s = {s}");
        close(
            over_prior(etkf.apply_concentration(&row).unwrap()),
            theta / (1.0 + s),
        );
        close(
            over_prior(etkf.apply_factor(&row).unwrap()),
            1.0 / (1.0 + s),
        );
        close(
            over_prior(serial.apply_concentration(&row).unwrap()),
            theta / (1.0 + s),
        );
        close(
            over_prior(serial.apply_factor(&row).unwrap()),
            1.0 / (1.0 + s),
        );
        close(
            over_prior(literal.apply_concentration(&row).unwrap()),
            1.0 / (1.0 + s).powi(2),
        );
        close(
            over_prior(literal.apply_factor(&row).unwrap()),
            (1.0 - s / theta.sqrt() / (1.0 + s)).powi(2),
        );
    }
}

#[test]
fn perturbed_observations_give_the_exact_variance_on_average() {
    let (theta, mu) = (2.0, 0.6);
    let it = innovation(&three_sources(44));
    let f = factors(theta, mu);
    let draws: Vec<UpdateMatrices> = (0..600)
        .map(|k| {
            Perturbed
                .matrices(&it, &f, &Draws::new(k, "window"))
                .unwrap()
        })
        .collect();
    for (s, row) in directions(&it, theta, mu) {
        let variance =
            |x: Array2<f64>| covariance(&x)[[0, 0]] / covariance(&row)[[0, 0]] / draws.len() as f64;
        let c: f64 = draws
            .iter()
            .map(|b| variance(b.apply_concentration(&row).unwrap()))
            .sum();
        let l: f64 = draws
            .iter()
            .map(|b| variance(b.apply_factor(&row).unwrap()))
            .sum();
        assert!((c * (1.0 + s) / theta - 1.0).abs() < 0.05, "{c} at s = {s}");
        assert!((l * (1.0 + s) - 1.0).abs() < 0.05, "{l} at s = {s}");
    }
}

#[test]
fn renaming_the_members_renames_the_analysis() {
    let sources = three_sources(45);
    let m = sources[0].equivalents.ncols();
    let order: Vec<usize> = (0..m).map(|i| (i * 7 + 3) % m).collect();
    let mut renamed = sources.clone();
    renamed
        .iter_mut()
        .for_each(|s| s.equivalents = s.equivalents.select(Axis(1), &order));
    for form in [&Etkf as &dyn UpdateForm, &Literal] {
        let (a, b) = (
            matrices(form, &innovation(&sources), &factors(1.5, 2.0)),
            matrices(form, &innovation(&renamed), &factors(1.5, 2.0)),
        );
        close(
            &a.concentration()
                .select(Axis(0), &order)
                .select(Axis(1), &order),
            b.concentration(),
            1e-12,
        );
    }
}

#[test]
fn errors_stated_infinite_leave_the_forecast() {
    let mut sources = three_sources(46);
    sources.iter_mut().for_each(|s| s.r *= 1e16);
    let it = innovation(&sources);
    for form in all() {
        close(
            matrices(form.as_ref(), &it, &factors(1.0, 1.0)).concentration(),
            &Array2::eye(it.n_members()),
            1e-6,
        );
    }
}

#[test]
fn a_scheme_that_forgets_a_source_is_told_its_name() {
    let it = innovation(&three_sources(47));
    let short = Factors::given(
        1.0,
        vec![
            ("in_situ".into(), 1.0),
            ("oco_2".into(), 1.0),
            ("gosat".into(), 1.0),
        ],
    )
    .unwrap();
    let message = Etkf
        .matrices(&it, &short, &Draws::new(1, ""))
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("\"oco2\"") && message.contains("oco_2"),
        "{message}"
    );
}

#[test]
fn relaxation_goes_from_the_analysis_to_the_forecast() {
    let (it, f) = (innovation(&three_sources(48)), factors(1.0, 1.0));
    let x = normal(48, "state", 6, it.n_members());
    let plain = matrices(&Etkf, &it, &f).apply_concentration(&x).unwrap();
    let form: Arc<dyn UpdateForm> = Arc::new(Etkf);
    let sd = |x: &Array2<f64>| covariance(x).diag().mapv(f64::sqrt);
    for alpha in [0.0, 0.3, 1.0] {
        let perturbations = matrices(&Rtpp::new(form.clone(), alpha).unwrap(), &it, &f)
            .apply_concentration(&x)
            .unwrap();
        let expected = crate::support::centred(&plain) * (1.0 - alpha)
            + crate::support::centred(&x) * alpha
            + mean(&plain).insert_axis(Axis(1));
        close(&perturbations, &expected, 1e-12);
        let spread = matrices(&Rtps::new(form.clone(), alpha).unwrap(), &it, &f)
            .apply_concentration(&x)
            .unwrap();
        assert!(largest(sd(&spread) - (sd(&plain) * (1.0 - alpha) + sd(&x) * alpha)) < 1e-12);
        assert!(largest(mean(&spread) - mean(&plain)) < 1e-12);
    }
    assert!(Rtpp::new(form.clone(), 1.5).is_err() && Rtps::new(form.clone(), f64::NAN).is_err());
    assert_eq!(
        Rtps::new(form, 0.5).unwrap().to_string(),
        "analysis::rtps(analysis::etkf(), 0.5)"
    );
}
