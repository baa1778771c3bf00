//! What cannot be the covariance of errors is refused, with its row.

use super::{CovarianceBlock, ErrorCovariance};
use crate::error::{Error, Result};
use crate::linalg;
use ndarray::Array1;

impl ErrorCovariance {
    /// Refuses what cannot be the covariance of `n_obs` errors.
    pub(in crate::innovation) fn check(&self, n_obs: usize) -> Result<()> {
        match self {
            ErrorCovariance::Diagonal(variances) => check_diagonal(variances, n_obs),
            ErrorCovariance::Blocks(blocks) => check_blocks(blocks, n_obs),
        }
    }
}

fn check_diagonal(variances: &Array1<f64>, n_obs: usize) -> Result<()> {
    if variances.len() != n_obs {
        return Err(Error::new("every observation needs an error variance")
            .expected(n_obs)
            .got(variances.len()));
    }
    match variances.iter().position(|v| !v.is_finite() || *v <= 0.0) {
        None => Ok(()),
        Some(row) => Err(Error::new("an error variance must be positive and finite")
            .got(variances[row])
            .at(format!("row {row}"))
            .hint("a standard deviation above 0")),
    }
}

fn check_blocks(blocks: &[CovarianceBlock], n_obs: usize) -> Result<()> {
    let mut listed = vec![false; n_obs];
    for (number, block) in blocks.iter().enumerate() {
        let location = format!("error block {number}");
        for row in &block.rows {
            if *row >= n_obs || std::mem::replace(&mut listed[*row], true) {
                let what = format!("row {row} is in two error blocks, or is no observation");
                return Err(Error::new(what).at(location));
            }
        }
        check_block(block).map_err(|e| e.at(location))?;
    }
    match listed.iter().position(|s| !s) {
        None => Ok(()),
        Some(row) => Err(Error::new("every observation needs an error block")
            .got(format!("none for row {row}"))
            .hint("a block of one row")),
    }
}

/// Square, finite, symmetric and positive definite.
fn check_block(block: &CovarianceBlock) -> Result<()> {
    let (q, covariance) = (block.rows.len(), &block.covariance);
    if covariance.dim() != (q, q) {
        let got = format!("{} x {}", covariance.nrows(), covariance.ncols());
        return Err(Error::new("an error block must be square in its rows")
            .expected(format!("{q} x {q}"))
            .got(got));
    }
    let mut entries = covariance.indexed_iter();
    if let Some(((a, _), value)) = entries.find(|(_, v)| !v.is_finite()) {
        return Err(Error::new("an error covariance must be finite")
            .got(value)
            .at(format!("row {}", block.rows[a])));
    }
    let mut entries = covariance.indexed_iter();
    let unlike =
        |((a, b), v): &((usize, usize), &f64)| (*v - covariance[[*b, *a]]).abs() > 1e-10 * v.abs();
    if let Some(((a, b), _)) = entries.find(unlike) {
        return Err(Error::new("an error covariance must be symmetric")
            .at(format!("rows {} and {}", block.rows[a], block.rows[b])));
    }
    let first = block.rows.first().copied().unwrap_or(0);
    linalg::cholesky(covariance.view())
        .map(|_| ())
        .map_err(|e| e.at(format!("the rows from {first}")))
}
