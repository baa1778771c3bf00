//! The serial ensemble square root filter (Whitaker and Hamill 2002) as weights: observations of
//! independent errors one after another, so no matrix is inverted or diagonalized; mean and
//! covariance are those of the Kalman filter.
//!
//! The state of the loop is w (m) and A (m x m), from 0 and I; with a whitened observation's
//! inflated anomalies y (m) and departure d,
//!
//! `y <- A'y`, `d <- d - w'y0`, `v = y'y/(m-1)`, `k = A y/(m-1)/(v+1)`,
//! `w <- w + k d`, `A <- A - a k y'`, `a = 1/(1 + sqrt(1/(v+1)))`,
//!
//! and the matrices are `B = J + (I-J) sqrt(theta) (w 1' + A)` and, for factor rows, `B = J + (I-J)
//! (w 1' + A)`. Correlated errors are whitened block by block first, which makes them independent.
//! A is not symmetric and depends on the order of the observations, while mean and covariance do
//! not.

use super::{Draws, UpdateForm, UpdateMatrices, on_members, plus_column};
use crate::error::Result;
use crate::inflation::Factors;
use crate::innovation::Innovation;
use ndarray::{Array1, Array2, Axis, linalg::general_mat_vec_mul};
use std::fmt;

/// The serial square root form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ensrf;

impl UpdateForm for Ensrf {
    fn matrices(
        &self,
        innovation: &Innovation,
        factors: &Factors,
        _: &Draws,
    ) -> Result<UpdateMatrices> {
        let innovation = factors.moderated(innovation)?;
        let (m, root) = (innovation.n_members(), factors.theta.sqrt());
        let mut weights = Serial {
            mean: Array1::zeros(m),
            anomalies: Array2::eye(m),
            now: Array1::zeros(m),
            moved: Array1::zeros(m),
        };
        for (source, mu) in innovation
            .sources()
            .iter()
            .zip(factors.aligned(&innovation)?)
        {
            let (y, departures) = source.whitened()?;
            for (row, d) in y.outer_iter().zip(departures) {
                weights.assimilate(&(&row * (root / mu.sqrt())), d / mu.sqrt());
            }
        }
        let weights = plus_column(&weights.mean, weights.anomalies);
        UpdateMatrices::new(on_members(&(&weights * root)), on_members(&weights))
    }
}

struct Serial {
    mean: Array1<f64>,
    anomalies: Array2<f64>,
    now: Array1<f64>,
    moved: Array1<f64>,
}

impl Serial {
    /// One observation of error variance 1: its anomalies in the forecast, and its departure from
    /// the forecast's mean.
    fn assimilate(&mut self, anomalies: &Array1<f64>, departure: f64) {
        let n = (anomalies.len() - 1) as f64;
        general_mat_vec_mul(1.0, &self.anomalies.t(), anomalies, 0.0, &mut self.now);
        let variance = self.now.dot(&self.now) / n;
        general_mat_vec_mul(
            1.0 / (n * (variance + 1.0)),
            &self.anomalies,
            &self.now,
            0.0,
            &mut self.moved,
        );
        let departure = departure - self.mean.dot(anomalies);
        self.mean.scaled_add(departure, &self.moved);
        let part = 1.0 / (1.0 + (1.0 / (variance + 1.0)).sqrt());
        for (mut row, k) in self.anomalies.axis_iter_mut(Axis(0)).zip(&self.moved) {
            row.scaled_add(-part * k, &self.now);
        }
    }
}

impl fmt::Display for Ensrf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "analysis::ensrf()")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::innovation::{ErrorCovariance, SourceData};
    use ndarray::array;

    #[test]
    fn one_observation_as_good_as_the_forecast_moves_the_mean_half_way() {
        let data = SourceData::new(
            "a",
            array![[1.0, 2.0, 3.0]].view(),
            array![3.0].view(),
            ErrorCovariance::independent(&[1.0]),
        )
        .unwrap();
        let innovation = Innovation::new(3, vec![data]).unwrap();
        let update = Ensrf
            .matrices(&innovation, &Factors::none(&innovation), &Draws::new(1, ""))
            .unwrap();
        // variance 1 of both: mean 2.5, anomalies over sqrt(2)
        let half = 0.5f64.sqrt();
        let expected = array![2.5 - half, 2.5, 2.5 + half];
        let members = update
            .apply_concentration(&array![[1.0, 2.0, 3.0]])
            .unwrap();
        assert!(
            (members.row(0).to_owned() - expected)
                .iter()
                .all(|e| e.abs() < 1e-14),
            "{members}"
        );
    }
}
