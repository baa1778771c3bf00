//! The rows of a source in parts whose errors are independent, and their whitening.

use super::{CovarianceBlock, ErrorCovariance};
use crate::error::Result;
use crate::linalg;
use ndarray::{Array2, ArrayView1, ArrayViewMut2, Axis, s};

/// Rows whose errors are independent of those of all other rows.
pub(in crate::innovation) enum Part<'a> {
    /// Independent of one another too: neighbours from row `first` on.
    Independent {
        first: usize,
        variances: ArrayView1<'a, f64>,
    },
    /// Correlated within blocks.
    Blocks(&'a [CovarianceBlock]),
}

impl Part<'_> {
    /// The rows, in the order of the part.
    pub(in crate::innovation) fn rows(&self) -> Vec<usize> {
        match self {
            Part::Independent { first, variances } => (*first..first + variances.len()).collect(),
            Part::Blocks(blocks) => blocks.iter().flat_map(|b| b.rows.iter().copied()).collect(),
        }
    }

    /// Replaces `values` (one line per row of the part, any columns) by `R^-1/2 values`, block by
    /// block with a Cholesky factor; gives the part's ln det R.
    pub(in crate::innovation) fn whiten(&self, mut values: ArrayViewMut2<f64>) -> Result<f64> {
        match self {
            Part::Independent { variances, .. } => {
                values
                    .outer_iter_mut()
                    .zip(variances)
                    .for_each(|(mut row, variance)| row *= 1.0 / variance.sqrt());
                Ok(variances.iter().map(|v| v.ln()).sum())
            }
            Part::Blocks(blocks) => {
                let (mut log_det, mut first) = (0.0, 0);
                for block in *blocks {
                    let lower = linalg::cholesky(block.covariance.view())?;
                    log_det += 2.0 * lower.diag().iter().map(|v| v.ln()).sum::<f64>();
                    let mut rows = values.slice_mut(s![first..first + block.rows.len(), ..]);
                    let whitened = linalg::solve_lower(lower.view(), rows.view())?;
                    rows.assign(&whitened);
                    first += block.rows.len();
                }
                Ok(log_det)
            }
        }
    }
}

impl ErrorCovariance {
    /// The rows in parts of about `size` whose errors are independent of those of other parts, in
    /// an order that is always the same.
    pub(in crate::innovation) fn parts(&self, size: usize) -> Vec<Part<'_>> {
        match self {
            ErrorCovariance::Diagonal(variances) => {
                let first = (0..variances.len()).step_by(size);
                first
                    .map(|first| Part::Independent {
                        first,
                        variances: variances.slice(s![first..variances.len().min(first + size)]),
                    })
                    .collect()
            }
            ErrorCovariance::Blocks(blocks) => {
                let mut held = 0;
                let full = |block: &CovarianceBlock| {
                    let before = held / size;
                    held += block.rows.len();
                    before
                };
                let number: Vec<usize> = blocks.iter().map(full).collect();
                (0..blocks.len())
                    .collect::<Vec<_>>()
                    .chunk_by(|a, b| number[*a] == number[*b])
                    .map(|c| Part::Blocks(&blocks[c[0]..c[0] + c.len()]))
                    .collect()
            }
        }
    }

    /// Replaces `values` (p x n) by `R^-1/2 values`.
    pub(in crate::innovation) fn whiten(&self, values: &mut Array2<f64>) -> Result<()> {
        for part in self.parts(usize::MAX) {
            let rows = part.rows();
            let mut whitened = values.select(Axis(0), &rows);
            part.whiten(whitened.view_mut())?;
            rows.iter()
                .zip(whitened.outer_iter())
                .for_each(|(row, new)| values.row_mut(*row).assign(&new));
        }
        Ok(())
    }
}
