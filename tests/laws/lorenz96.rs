//! The filter on the model of Lorenz (1996), synthetic: errors of published size.

use crate::support::{mean, normal, normals};
use mcas::analysis::{Draws, Ensrf, Etkf, Letkf, Perturbed, UpdateForm, rotation};
use mcas::inflation::{EnkfN, Factors, Fallback, Fixed, Inflation, MaximumLikelihood};
use mcas::innovation::{ErrorCovariance, Innovation, SourceData};
use mcas::localization::{Tabulated, gaspari_cohn};
use ndarray::{Array1, Array2, Axis};
use std::f64::consts::PI;
use std::sync::Arc;

const VARIABLES: usize = 40;
const FORCING: f64 = 8.0;
const STEP: f64 = 0.05;
const SPIN_UP: usize = 400;
const CYCLES: usize = 2000;

/// `dx_i/dt = (x_{i+1} - x_{i-2}) x_{i-1} - x_i + F` of every column.
fn tendency(x: &Array2<f64>, forcing: f64) -> Array2<f64> {
    let n = x.nrows();
    let mut out = Array2::zeros(x.dim());
    for i in 0..n {
        let (next, last, before_last) = (
            x.row((i + 1) % n),
            x.row((i + n - 1) % n),
            x.row((i + n - 2) % n),
        );
        out.row_mut(i)
            .assign(&((&next - &before_last) * last - x.row(i) + forcing));
    }
    out
}

/// One step of the classical Runge-Kutta scheme.
fn step(x: &Array2<f64>, forcing: f64) -> Array2<f64> {
    let a = tendency(x, forcing);
    let b = tendency(&(x + &(&a * (0.5 * STEP))), forcing);
    let c = tendency(&(x + &(&b * (0.5 * STEP))), forcing);
    let d = tendency(&(x + &(&c * STEP)), forcing);
    x + &((a + (b + c) * 2.0 + d) * (STEP / 6.0))
}

/// That of the members' mean over all variables.
fn root_mean_square_error(members: &Array2<f64>, truth: &Array2<f64>) -> f64 {
    let error = mean(members).insert_axis(Axis(1)) - truth;
    (error.iter().map(|e| e * e).sum::<f64>() / VARIABLES as f64).sqrt()
}

/// Mean over the cycles of the analysis's root mean square error, all variables observed with
/// error 1.
fn rmse_of(
    m: usize,
    inflation: &dyn Inflation,
    analyse: impl Fn(&Innovation, &Factors, &Array2<f64>, &Draws) -> Array2<f64>,
) -> f64 {
    let seed = 20;
    let mut truth = normal(seed, "truth", VARIABLES, 1) + FORCING;
    (0..500).for_each(|_| truth = step(&truth, FORCING));
    let mut members = &truth + &normal(seed, "members", VARIABLES, m);
    let r = ErrorCovariance::Diagonal(Array1::ones(VARIABLES));
    let mut sum = 0.0;
    for cycle in 0..SPIN_UP + CYCLES {
        (truth, members) = (step(&truth, FORCING), step(&members, FORCING));
        let y = &truth.column(0) + &normals(seed, &format!("errors {cycle}"), VARIABLES);
        let source = SourceData::new("all", members.view(), y.view(), r.clone()).unwrap();
        let innovation = Innovation::new(m, vec![source]).unwrap();
        let factors = inflation.estimate(&innovation, &Fallback::none()).unwrap();
        members = analyse(
            &innovation,
            &factors,
            &members,
            &Draws::new(seed, &cycle.to_string()),
        );
        if cycle >= SPIN_UP {
            sum += root_mean_square_error(&members, &truth);
        }
    }
    sum / CYCLES as f64
}

/// The same of an update form with 40 members.
fn rmse(form: &dyn UpdateForm, inflation: &dyn Inflation) -> f64 {
    rmse_of(40, inflation, |innovation, factors, members, draws| {
        form.matrices(innovation, factors, draws)
            .unwrap()
            .apply_concentration(members)
            .unwrap()
    })
}

#[test]
fn the_local_filter_follows_lorenz_96_with_seven_members() {
    let locations: Vec<(f64, f64)> = (0..VARIABLES).map(|k| (0.0, 9.0 * k as f64)).collect();
    // Gaspari and Cohn's taper by sites along the ring, which the chord tells.
    let by_sites = |km: f64| {
        gaspari_cohn(
            VARIABLES as f64 / PI * (km / 2.0 / 6371.0).min(1.0).asin(),
            4.0 * 1.82,
        )
    };
    let filter = Letkf::new(Arc::new(
        Tabulated::new(
            10.0,
            (0..=1275).map(|k| by_sites(10.0 * k as f64)).collect(),
        )
        .unwrap(),
    ));
    let rmse = rmse_of(
        7,
        &fixed(1.04 * 1.04),
        |innovation, factors, members, draws| {
            let analysed = filter
                .prepare(innovation, factors, &locations)
                .unwrap()
                .apply_rows(members, &locations)
                .unwrap();
            rotation(7, draws)
                .unwrap()
                .apply_concentration(&analysed)
                .unwrap()
        },
    );
    assert!((rmse - 0.22).abs() <= 0.02, "{rmse}");
}

#[test]
fn observations_one_by_one_have_the_known_error_of_the_serial_filter() {
    let rmse = rmse_of(
        28,
        &fixed(1.02 * 1.02),
        |innovation, factors, members, draws| {
            let analysed = Ensrf
                .matrices(innovation, factors, draws)
                .unwrap()
                .apply_concentration(members)
                .unwrap();
            rotation(28, draws)
                .unwrap()
                .apply_concentration(&analysed)
                .unwrap()
        },
    );
    assert!((rmse - 0.18).abs() <= 0.015, "{rmse}");
}

#[test]
fn the_finite_size_filter_has_its_known_error_with_24_members() {
    let rmse = rmse_of(24, &EnkfN::new(), |innovation, factors, members, draws| {
        let analysed = Etkf
            .matrices(innovation, factors, draws)
            .unwrap()
            .apply_concentration(members)
            .unwrap();
        rotation(24, draws)
            .unwrap()
            .apply_concentration(&analysed)
            .unwrap()
    });
    assert!((rmse - 0.21).abs() <= 0.025, "{rmse}");
}

fn fixed(theta: f64) -> Fixed {
    Fixed::new(theta, vec![]).unwrap()
}

#[test]
fn etkf_has_its_known_error_on_lorenz_96() {
    let error = rmse(&Etkf, &fixed(1.01 * 1.01));
    assert!((error - 0.175).abs() <= 0.012, "{error}");
}

#[test]
fn perturbed_observations_have_their_known_error_on_lorenz_96() {
    let error = rmse(&Perturbed, &fixed(1.06 * 1.06));
    assert!((error - 0.219).abs() <= 0.015, "{error}");
}

#[test]
fn the_finite_size_filter_needs_no_tuning() {
    // Its error is that of the best fixed factor, which must be searched for; without inflation the
    // filter diverges.
    let (untuned, tuned) = (rmse(&Etkf, &EnkfN::new()), rmse(&Etkf, &fixed(1.01 * 1.01)));
    assert!(untuned < 1.08 * tuned, "{untuned}, tuned {tuned}");
}

/// What source a sees, every second variable, and source b, 40 means of five.
fn two_sources() -> [Array2<f64>; 2] {
    let a = Array2::from_shape_fn((20, VARIABLES), |(i, j)| if j == 2 * i { 1.0 } else { 0.0 });
    let b = Array2::from_shape_fn((40, VARIABLES), |(i, j)| {
        if (j + VARIABLES - i) % VARIABLES < 5 {
            0.2
        } else {
            0.0
        }
    });
    [a, b]
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of[of.len() / 2]
}

/// Analysis of two sources with misstated errors by a model with a wrong forcing: the error, and
/// the median factors. Source a: every second variable, true variance 1, stated 0.25. Source b: 40
/// means of five, true 0.25, stated 1.
fn misstated(scheme: &dyn Inflation, seed: u64) -> (f64, Vec<f64>) {
    let (m, cycles) = (40, 500);
    let [a, b] = two_sources();
    let mut truth = normal(seed, "truth", VARIABLES, 1) + FORCING;
    (0..500).for_each(|_| truth = step(&truth, FORCING));
    let mut members = &truth + &normal(seed, "members", VARIABLES, m);
    let (mut sum, mut mus, mut last) = (0.0, vec![], None);
    for cycle in 0..100 + cycles {
        (truth, members) = (step(&truth, FORCING), step(&members, 10.0));
        let source = |name: &str, h: &Array2<f64>, true_sd: f64, stated_sd: f64| {
            let y = h.dot(&truth.column(0))
                + normals(seed, &format!("errors {name} {cycle}"), h.nrows()) * true_sd;
            SourceData::new(
                name,
                h.dot(&members).view(),
                y.view(),
                ErrorCovariance::independent(&vec![stated_sd; h.nrows()]),
            )
            .unwrap()
        };
        let innovation = Innovation::new(
            m,
            vec![source("a", &a, 1.0, 0.5), source("b", &b, 0.5, 1.0)],
        )
        .unwrap();
        let factors = scheme
            .estimate(
                &innovation,
                &Fallback {
                    last,
                    ..Fallback::none()
                },
            )
            .unwrap();
        members = Etkf
            .matrices(&innovation, &factors, &Draws::new(seed, ""))
            .unwrap()
            .apply_concentration(&members)
            .unwrap();
        if cycle >= 100 {
            sum += root_mean_square_error(&members, &truth) / cycles as f64;
            mus.push([factors.mu[0].1, factors.mu[1].1]);
        }
        last = Some(factors);
    }
    let medians = (0..2).map(|k| median(mus.iter().map(|f: &[f64; 2]| f[k]).collect()));
    (sum, medians.collect())
}

#[test]
fn separate_factors_find_misstated_errors_and_beat_one_factor_and_none() {
    let few = |scheme: MaximumLikelihood| scheme.with_minimum_observations(10);
    let run = |scheme: MaximumLikelihood| misstated(&few(scheme), 3);
    let (separate, mu) = run(MaximumLikelihood::new());
    let (theta, _) = run(MaximumLikelihood::theta_only());
    let (one, _) = run(MaximumLikelihood::one_mu());
    assert!(
        (mu[0] / 4.0 - 1.0).abs() < 0.15 && (mu[1] / 0.25 - 1.0).abs() < 0.15,
        "{mu:?}"
    );
    assert!(
        separate < 0.75 && theta > 1.2 * separate && one > 1.2 * separate,
        "separate {separate}, theta only {theta}, one mu {one}"
    );
}
