//! On a linear problem whose ensemble carries the whole covariance the filter is the Kalman filter.

use crate::support::{close, covariance, mean, normal, normals};
use mcas::analysis::{Draws, Ensrf, Etkf, UpdateForm, UpdateMatrices};
use mcas::inflation::Factors;
use mcas::innovation::{ErrorCovariance, Innovation, SourceData};
use mcas::linalg::PositiveDefinite;
use ndarray::{Array1, Array2, Axis, concatenate, s};

const CONCENTRATIONS: usize = 6;
const FACTORS: usize = 3;
const N: usize = CONCENTRATIONS + FACTORS;

/// Mean and covariance, stepped by the textbook.
struct Exact {
    x: Array1<f64>,
    p: Array2<f64>,
}

impl Exact {
    fn forecast(&mut self, f: &Array2<f64>) {
        self.x = f.dot(&self.x);
        self.p = f.dot(&self.p).dot(&f.t());
    }
    /// Gives -2 ln of the likelihood of the observations, but for its constant.
    fn analyse(&mut self, h: &Array2<f64>, y: &Array1<f64>, r: &Array2<f64>, theta: f64) -> f64 {
        let root = Array1::from_shape_fn(N, |i| {
            if i < CONCENTRATIONS {
                theta.sqrt()
            } else {
                1.0
            }
        });
        let p = &self.p * &root.view().insert_axis(Axis(1)) * &root;
        let expected = PositiveDefinite::new(h.dot(&p).dot(&h.t()) + r).unwrap();
        let inverse = expected.inverse().unwrap();
        let gain = p.dot(&h.t()).dot(&inverse);
        let d = y - &h.dot(&self.x);
        self.x = &self.x + &gain.dot(&d);
        self.p = &p - &gain.dot(h).dot(&p);
        expected.log_det() + d.dot(&inverse.dot(&d))
    }
}

/// The linear model: concentrations relax and mix; factors persist and feed them.
fn model() -> Array2<f64> {
    let mut f = Array2::eye(N);
    f.slice_mut(s![..CONCENTRATIONS, ..CONCENTRATIONS]).assign(
        &(normal(1, "mixing", CONCENTRATIONS, CONCENTRATIONS) * 0.1
            + Array2::<f64>::eye(CONCENTRATIONS) * 0.8),
    );
    f.slice_mut(s![..CONCENTRATIONS, CONCENTRATIONS..])
        .assign(&(normal(1, "sources", CONCENTRATIONS, FACTORS) * 0.3));
    f
}

/// What each of two sources sees of the state.
fn sights() -> [Array2<f64>; 2] {
    [3, 2].map(|p| {
        let operator = normal(p as u64, "sees", p, CONCENTRATIONS);
        concatenate![Axis(1), operator, Array2::zeros((p, FACTORS))]
    })
}

/// The stated errors of the observations of the two.
const SD: [&[f64]; 2] = [&[0.3, 0.5, 0.4], &[0.2, 0.6]];

/// Their covariance, each source's times its factor.
fn errors(mu: [f64; 2]) -> Array2<f64> {
    let variances = (0..2).flat_map(|k| SD[k].iter().map(move |s| mu[k] * s * s));
    Array2::from_diag(&Array1::from_iter(variances))
}

/// Members after an update of their concentrations and of their factors.
fn updated(members: &Array2<f64>, update: &UpdateMatrices) -> Array2<f64> {
    let c = update
        .apply_concentration(&members.slice(s![..CONCENTRATIONS, ..]).to_owned())
        .unwrap();
    let l = update
        .apply_factor(&members.slice(s![CONCENTRATIONS.., ..]).to_owned())
        .unwrap();
    concatenate![Axis(0), c, l]
}

fn run(form: &dyn UpdateForm, theta: f64, mu: [f64; 2]) {
    let m = 14;
    let (f, h) = (model(), sights());
    let r = errors(mu);
    let mut truth = normals(1, "truth", N);
    let mut members = normal(1, "members", N, m);
    let mut exact = Exact {
        x: mean(&members),
        p: covariance(&members),
    };
    let factors = Factors::given(theta, vec![("a".into(), mu[0]), ("b".into(), mu[1])]).unwrap();
    for step in 0..30 {
        (truth, members) = (f.dot(&truth), f.dot(&members));
        exact.forecast(&f);
        let y: Vec<Array1<f64>> = (0..2)
            .map(|k| h[k].dot(&truth) + normals(step, ["error a", "error b"][k], SD[k].len()) * 0.4)
            .collect();
        let source = |k: usize, name| {
            SourceData::new(
                name,
                h[k].dot(&members).view(),
                y[k].view(),
                ErrorCovariance::independent(SD[k]),
            )
            .unwrap()
        };
        let innovation = Innovation::new(m, vec![source(0, "a"), source(1, "b")]).unwrap();
        let update = form
            .matrices(&innovation, &factors, &Draws::new(1, ""))
            .unwrap();
        members = updated(&members, &update);
        let likelihood = exact.analyse(
            &concatenate![Axis(0), h[0], h[1]],
            &concatenate![Axis(0), y[0], y[1]],
            &r,
            theta,
        );
        assert!(
            (innovation.likelihood(theta, &mu).unwrap().value - likelihood).abs()
                < 1e-9 * likelihood.abs().max(1.0),
            "step {step}"
        );
        assert!(
            (&mean(&members) - &exact.x).iter().all(|e| e.abs() < 1e-9),
            "step {step}"
        );
        close(&covariance(&members), &exact.p, 1e-9);
    }
}

#[test]
fn etkf_equals_the_kalman_filter_on_a_linear_problem() {
    run(&Etkf, 1.0, [1.0, 1.0]);
}

#[test]
fn etkf_with_inflation_equals_the_kalman_filter_with_inflated_covariances() {
    run(&Etkf, 1.5, [4.0, 0.25]);
}

#[test]
fn observations_one_by_one_equal_the_kalman_filter_with_all_at_once() {
    run(&Ensrf, 1.0, [1.0, 1.0]);
    run(&Ensrf, 1.5, [4.0, 0.25]);
}
