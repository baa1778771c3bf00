//! The ensemble Kalman filter with perturbed observations (Burgers et al. 1998): the same gain on
//! inflated anomalies, member i's innovation `y + eps_i - ybar - sqrt(theta) Y_i`, `eps_i ~ N(0, mu
//! R)` centred.
//!
//! `B = J + (I-J) (sqrt(theta) I + theta W (b 1' + E - sqrt(theta) G))` for concentration rows,
//! `B = J + (I-J) (I + sqrt(theta) W (b 1' + E - sqrt(theta) G))` for factor rows,
//! `E = sum_k Y_k' R_k^-1 eps_k / sqrt(mu_k)` for draws eps_k ~ N(0, R_k).

use super::{Draws, UpdateForm, UpdateMatrices, Weighted, on_members, plus_column};
use crate::error::Result;
use crate::inflation::Factors;
use crate::innovation::Innovation;
use ndarray::Array2;
use std::fmt;

/// The perturbed-observations form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Perturbed;

impl UpdateForm for Perturbed {
    fn matrices(
        &self,
        innovation: &Innovation,
        factors: &Factors,
        draws: &Draws,
    ) -> Result<UpdateMatrices> {
        let it = Weighted::new(innovation, factors)?;
        let innovation = factors.moderated(innovation)?;
        let (m, root) = (it.b.len(), it.theta.sqrt());
        let mut moves = plus_column(&it.b, &it.gram * -root);
        for (source, mu) in innovation
            .sources()
            .iter()
            .zip(&it.mu)
            .filter(|(s, _)| s.n_obs() > 0)
        {
            let errors = source.perturbations(draws.seed, &draws.stream)?;
            moves.scaled_add(1.0 / mu.sqrt(), &source.whitened()?.0.t().dot(&errors));
        }
        let moves = it.gain_weights()?.dot(&moves);
        let eye = Array2::<f64>::eye(m);
        UpdateMatrices::new(
            on_members(&(&eye * root + &moves * it.theta)),
            on_members(&(eye + moves * root)),
        )
    }
}

impl fmt::Display for Perturbed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "analysis::perturbed()")
    }
}
