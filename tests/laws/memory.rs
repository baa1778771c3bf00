//! With factors that remember, and those of the last windows kept in the state, the cycle is the
//! Kalman filter of an autoregressive model and its fixed-lag smoother, as long as the ensemble
//! carries the whole covariance.

use crate::support::{close, covariance, mean, normal, normals};
use mcas::analysis::{Draws, Etkf, UpdateForm};
use mcas::ensemble::{Autoregressive, FactorForecast};
use mcas::inflation::Factors;
use mcas::innovation::{ErrorCovariance, Innovation, SourceData};
use mcas::linalg::{PositiveDefinite, cholesky};
use ndarray::{Array1, Array2, ArrayView1, Axis, concatenate, s};

const AIR: usize = 4;
const FACTORS: usize = 3;
const LAG: usize = 2;
const ALL: usize = AIR + (LAG + 1) * FACTORS;
const MEMBERS: usize = 40;
const OBSERVATIONS: usize = 3;

fn prior() -> Array2<f64> {
    let a = normal(3, "prior", FACTORS, FACTORS);
    a.dot(&a.t()) + Array2::<f64>::eye(FACTORS) * 0.1
}

/// Rows (n x m) with the sample covariance `p` (n x n) to the last digit, orthogonal to the rows of
/// `others` about their mean: draws that meet no earlier one by chance.
fn exact_draws(p: &Array2<f64>, others: &Array2<f64>, stream: &str) -> Array2<f64> {
    let m = others.ncols();
    let mut basis: Vec<Array1<f64>> = vec![];
    let mut add = |row: ArrayView1<f64>| {
        let size = row.dot(&row).sqrt();
        let mut row = row.to_owned();
        // Twice is enough (Kahan).
        for _ in 0..2 {
            for b in &basis {
                let along = b.dot(&row);
                row.scaled_add(-along, b);
            }
        }
        let left = row.dot(&row).sqrt();
        if left > 1e-10 * size {
            basis.push(row / left);
        }
    };
    add(Array1::ones(m).view());
    let about = others - &mean(others).insert_axis(Axis(1));
    about.rows().into_iter().for_each(&mut add);
    normal(7, stream, p.nrows(), m)
        .rows()
        .into_iter()
        .for_each(&mut add);
    let white = &basis[basis.len() - p.nrows()..];
    let white = Array2::from_shape_fn((p.nrows(), m), |(i, j)| white[i][j]);
    cholesky(p.view()).unwrap().dot(&white) * ((m - 1) as f64).sqrt()
}

/// The linear world: air relaxes and mixes, this window's factors feed it.
struct World {
    mixing: Array2<f64>,
    sources: Array2<f64>,
    operator: Array2<f64>,
}

fn world() -> World {
    World {
        mixing: normal(1, "mixing", AIR, AIR) * 0.1 + Array2::<f64>::eye(AIR) * 0.8,
        sources: normal(1, "sources", AIR, FACTORS) * 0.5,
        operator: normal(1, "sees", OBSERVATIONS, AIR),
    }
}

/// Air, then the factors of this window and of the LAG before it.
fn parts(state: &Array2<f64>) -> (Array2<f64>, Array2<f64>) {
    let (air, factors) = state.view().split_at(Axis(0), AIR);
    (air.to_owned(), factors.to_owned())
}

/// The next window of all members by the forecast of factors.
fn next(w: &World, forecast: &Autoregressive, members: &Array2<f64>, step: usize) -> Array2<f64> {
    let (air, factors) = parts(members);
    let last = factors.slice(s![..FACTORS, ..]).to_owned();
    let fresh = exact_draws(&prior(), members, &format!("step {step}"));
    let ones = Array1::ones(FACTORS);
    let (centre, perturbations) = if step == 0 {
        (ones, fresh)
    } else {
        let centre = forecast.mean(ones.view(), mean(&last).view()).unwrap();
        (centre, forecast.perturbations(last.view(), &fresh).unwrap())
    };
    let now = perturbations + centre.insert_axis(Axis(1));
    let air = w.mixing.dot(&air) + w.sources.dot(&now);
    let past = factors.slice(s![..LAG * FACTORS, ..]).to_owned();
    concatenate![Axis(0), air, now, past]
}

/// The transition of the textbook's state, and the covariance of what is drawn.
fn textbook(w: &World, rho: f64, fresh: f64) -> (Array2<f64>, Array2<f64>) {
    let mut f = Array2::zeros((ALL, ALL));
    f.slice_mut(s![..AIR, ..AIR]).assign(&w.mixing);
    f.slice_mut(s![..AIR, AIR..AIR + FACTORS])
        .assign(&(&w.sources * rho));
    let keeps = Array2::<f64>::eye(FACTORS) * rho;
    f.slice_mut(s![AIR..AIR + FACTORS, AIR..AIR + FACTORS])
        .assign(&keeps);
    let shifts = Array2::<f64>::eye(LAG * FACTORS);
    f.slice_mut(s![AIR + FACTORS.., AIR..AIR + LAG * FACTORS])
        .assign(&shifts);
    let mut g = Array2::zeros((ALL, FACTORS));
    g.slice_mut(s![..AIR, ..]).assign(&w.sources);
    g.slice_mut(s![AIR..AIR + FACTORS, ..])
        .assign(&Array2::eye(FACTORS));
    let q = g.dot(&prior()).dot(&g.t()) * fresh;
    (f, q)
}

fn analysed(w: &World, members: &Array2<f64>, y: &Array1<f64>, sd: &[f64]) -> Array2<f64> {
    let (air, factors) = parts(members);
    let equivalents = w.operator.dot(&air);
    let errors = ErrorCovariance::independent(sd);
    let source = SourceData::new("a", equivalents.view(), y.view(), errors).unwrap();
    let innovation = Innovation::new(MEMBERS, vec![source]).unwrap();
    let none = Factors::none(&innovation);
    let update = Etkf
        .matrices(&innovation, &none, &Draws::new(1, ""))
        .unwrap();
    let air = update.apply_concentration(&air).unwrap();
    concatenate![Axis(0), air, update.apply_factor(&factors).unwrap()]
}

#[test]
fn factors_with_memory_and_lag_equal_the_kalman_filter_and_smoother() {
    let (w, sd) = (world(), [0.3, 0.4, 0.5]);
    let r = Array2::from_diag(&Array1::from_iter(sd.iter().map(|s| s * s)));
    for rho in [0.0, 0.85] {
        let forecast = Autoregressive::new(rho).unwrap();
        let mut members = Array2::ones((ALL, MEMBERS));
        let none = Array2::zeros((1, MEMBERS));
        let begun = exact_draws(&Array2::eye(AIR), &none, "air");
        members.slice_mut(s![..AIR, ..]).assign(&begun);
        // The textbook works with departures of the factors from 1, which the air feels too.
        let ones = Array1::ones(FACTORS);
        let mut x = mean(&members);
        let mut p = covariance(&members);
        let operator = concatenate![
            Axis(1),
            w.operator,
            Array2::zeros((OBSERVATIONS, ALL - AIR))
        ];
        for step in 0..12 {
            members = next(&w, &forecast, &members, step);
            let (f, q) = textbook(&w, rho, if step == 0 { 1.0 } else { 1.0 - rho * rho });
            let centre = (1.0 - rho) * &ones;
            x = f.dot(&x);
            x.slice_mut(s![..AIR])
                .scaled_add(1.0, &w.sources.dot(&centre));
            x.slice_mut(s![AIR..AIR + FACTORS]).scaled_add(1.0, &centre);
            p = f.dot(&p).dot(&f.t()) + q;
            let y = normals(step as u64, "observed", OBSERVATIONS) * 2.0;
            members = analysed(&w, &members, &y, &sd);
            let expected = PositiveDefinite::new(operator.dot(&p).dot(&operator.t()) + &r).unwrap();
            let gain = p.dot(&operator.t()).dot(&expected.inverse().unwrap());
            x = &x + &gain.dot(&(&y - &operator.dot(&x)));
            p = &p - &gain.dot(&operator).dot(&p);
            let apart = &mean(&members) - &x;
            assert!(apart.iter().all(|e| e.abs() < 1e-9), "step {step}: {apart}");
            close(&covariance(&members), &p, 1e-9);
        }
    }
}
