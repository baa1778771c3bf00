//! Eq. 3 of Su et al. (2024) as printed: each member moves by the gain times its own innovation
//! `y - yhat_i`, without perturbed observations and on base members that are not inflated. The
//! mean is that of the Kalman filter, the spread is too small: `1/(1+s)^2` of the prior
//! variance where it should be `1/(1+s)`. We read the first block's root of C as `sqrt(theta)
//! C`: only that equals cov(x,y) cov(y)^-1.
//!
//! `B = J + (I-J) (I + theta W (b 1' - G))` for concentration rows, with `sqrt(theta)` for factor
//! rows.

use super::{Draws, UpdateForm, UpdateMatrices, Weighted, on_members, plus_column};
use crate::error::Result;
use crate::inflation::Factors;
use crate::innovation::Innovation;
use ndarray::Array2;
use std::fmt;

/// The form of the paper's Eq. 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Literal;

impl UpdateForm for Literal {
    fn matrices(
        &self,
        innovation: &Innovation,
        factors: &Factors,
        _: &Draws,
    ) -> Result<UpdateMatrices> {
        let it = Weighted::new(innovation, factors)?;
        let moves = it.gain_weights()?.dot(&plus_column(&it.b, -&it.gram));
        let b = |scale: f64| on_members(&(&moves * scale + Array2::<f64>::eye(it.b.len())));
        UpdateMatrices::new(b(it.theta), b(it.theta.sqrt()))
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "analysis::literal()")
    }
}
