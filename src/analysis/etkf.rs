//! The ensemble transform Kalman filter with the symmetric square root (Bishop et al. 2001; Hunt et
//! al. 2007): mean and covariance of the analysis are those of the Kalman filter.
//!
//! `w = sqrt(theta) W b`, `B = J + (I-J) sqrt(theta) (w 1' + T^1/2)` for concentration rows,
//! `B = J + (I-J) (w 1' + T^1/2)` for factor rows, which theta never inflates.

use super::{Draws, UpdateForm, UpdateMatrices, Weighted, on_members, plus_column};
use crate::error::Result;
use crate::inflation::Factors;
use crate::innovation::Innovation;
use crate::linalg;
use ndarray::{Array2, Axis};
use std::fmt;

/// The symmetric square root form; the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Etkf;

impl UpdateForm for Etkf {
    fn matrices(
        &self,
        innovation: &Innovation,
        factors: &Factors,
        _: &Draws,
    ) -> Result<UpdateMatrices> {
        square_root(&Weighted::new(innovation, factors)?)
    }
}

/// The matrices of given G and b.
pub(super) fn square_root(it: &Weighted) -> Result<UpdateMatrices> {
    let (eigenvalues, vectors) = linalg::symmetric_eigen((&it.gram * it.g()).view())?;
    // G has no negative eigenvalues; what rounding makes of its zeros is cut.
    let shrink = eigenvalues.mapv(|s| 1.0 / (1.0 + s.max(0.0)));
    let scaled = |power: f64| -> Array2<f64> {
        &vectors * &shrink.mapv(|t| t.powf(power)).insert_axis(Axis(0))
    };
    let root = scaled(0.5).dot(&vectors.t());
    let w = scaled(1.0).dot(&vectors.t().dot(&it.b)) * (it.theta.sqrt() / (it.b.len() - 1) as f64);
    let weights = plus_column(&w, root);
    UpdateMatrices::new(
        on_members(&(&weights * it.theta.sqrt())),
        on_members(&weights),
    )
}

impl fmt::Display for Etkf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "analysis::etkf()")
    }
}
