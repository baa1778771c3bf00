//! Stated error covariances R of one source: independent errors, or blocks of correlated ones.

mod check;
mod part;

pub(super) use part::Part;

use crate::error::{Error, Result};
use crate::linalg;
use ndarray::{Array1, Array2, ArrayViewMut2, Axis};

/// The stated error covariance R of a source with p observations, in the square of their unit.
#[derive(Debug, Clone, PartialEq)]
pub enum ErrorCovariance {
    /// Independent errors: p variances.
    Diagonal(Array1<f64>),
    /// Correlated within blocks, independent between them; every row is in exactly one block.
    Blocks(Vec<CovarianceBlock>),
}

/// Rows of a source whose errors are correlated.
#[derive(Debug, Clone, PartialEq)]
pub struct CovarianceBlock {
    /// Rows of the source.
    pub rows: Vec<usize>,
    /// Their covariance, rows x rows.
    pub covariance: Array2<f64>,
}

impl CovarianceBlock {
    /// The block of the rows that have a new `position`, if any has.
    fn of_rows(&self, position: &[Option<usize>]) -> Option<Self> {
        let inside: Vec<usize> = (0..self.rows.len())
            .filter(|a| position[self.rows[*a]].is_some())
            .collect();
        let rows: Vec<usize> = inside
            .iter()
            .filter_map(|a| position[self.rows[*a]])
            .collect();
        let covariance = &self.covariance;
        (!rows.is_empty()).then(|| CovarianceBlock {
            rows,
            covariance: covariance.select(Axis(0), &inside).select(Axis(1), &inside),
        })
    }
}

impl ErrorCovariance {
    /// Independent errors of the given standard deviations.
    pub fn independent(sd: &[f64]) -> Self {
        ErrorCovariance::Diagonal(sd.iter().map(|s| s * s).collect())
    }

    /// Rows that share a block number other than 0 have errors correlated by `correlation(i, j)`,
    /// such as `exp(-distance / length)` along a satellite's track; rows of block 0 are
    /// independent.
    ///
    /// # Errors
    /// Lists of different lengths.
    pub fn from_blocks(
        sd: &[f64],
        blocks: &[u32],
        correlation: impl Fn(usize, usize) -> f64,
    ) -> Result<Self> {
        if sd.len() != blocks.len() {
            return Err(Error::new("every observation needs a block number")
                .expected(sd.len())
                .got(blocks.len()));
        }
        let mut grouped: std::collections::BTreeMap<(u32, usize), Vec<usize>> = Default::default();
        for (row, block) in blocks.iter().enumerate() {
            grouped
                .entry((*block, if *block == 0 { row } else { 0 }))
                .or_default()
                .push(row);
        }
        let covariance = |rows: &[usize]| {
            Array2::from_shape_fn((rows.len(), rows.len()), |(a, b)| {
                let (i, j) = (rows[a], rows[b]);
                sd[i] * sd[j] * if i == j { 1.0 } else { correlation(i, j) }
            })
        };
        Ok(ErrorCovariance::Blocks(
            grouped
                .into_values()
                .map(|rows| CovarianceBlock {
                    covariance: covariance(&rows),
                    rows,
                })
                .collect(),
        ))
    }

    /// The covariance of the chosen rows, renumbered in their order.
    pub(super) fn of_rows(&self, rows: &[usize]) -> Self {
        match self {
            ErrorCovariance::Diagonal(variances) => {
                ErrorCovariance::Diagonal(variances.select(Axis(0), rows))
            }
            ErrorCovariance::Blocks(blocks) => {
                let all = blocks.iter().flat_map(|b| &b.rows);
                let mut position = vec![None; all.max().map_or(0, |r| r + 1)];
                let renumbered = rows.iter().enumerate();
                renumbered.for_each(|(new, old)| position[*old] = Some(new));
                ErrorCovariance::Blocks(
                    blocks.iter().filter_map(|b| b.of_rows(&position)).collect(),
                )
            }
        }
    }

    /// `S R S` for a diagonal S.
    pub(super) fn scaled(mut self, scale: &[f64]) -> Self {
        match &mut self {
            ErrorCovariance::Diagonal(variances) => variances
                .iter_mut()
                .zip(scale)
                .for_each(|(v, s)| *v *= s * s),
            ErrorCovariance::Blocks(blocks) => {
                for CovarianceBlock { rows, covariance } in blocks {
                    covariance
                        .indexed_iter_mut()
                        .for_each(|((a, b), v)| *v *= scale[rows[a]] * scale[rows[b]]);
                }
            }
        }
        self
    }

    /// The diagonal of R (p).
    pub(super) fn variances(&self) -> Array1<f64> {
        match self {
            ErrorCovariance::Diagonal(variances) => variances.clone(),
            ErrorCovariance::Blocks(blocks) => {
                let mut out = Array1::zeros(blocks.iter().map(|b| b.rows.len()).sum::<usize>());
                blocks.iter().for_each(|b| {
                    b.rows
                        .iter()
                        .zip(b.covariance.diag())
                        .for_each(|(row, v)| out[*row] = *v)
                });
                out
            }
        }
    }

    /// Replaces white noise (p x n) by `R^1/2 noise`.
    pub(super) fn colour(&self, mut noise: ArrayViewMut2<f64>) -> Result<()> {
        match self {
            ErrorCovariance::Diagonal(variances) => {
                noise
                    .outer_iter_mut()
                    .zip(variances)
                    .for_each(|(mut row, variance)| row *= variance.sqrt());
                Ok(())
            }
            ErrorCovariance::Blocks(blocks) => blocks.iter().try_for_each(|block| {
                let coloured = linalg::cholesky(block.covariance.view())?
                    .dot(&noise.select(Axis(0), &block.rows));
                block
                    .rows
                    .iter()
                    .zip(coloured.outer_iter())
                    .for_each(|(row, new)| noise.row_mut(*row).assign(&new));
                Ok(())
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_whitened_block_has_the_inverse_covariance_in_its_square() {
        let covariance = array![[4.0, 1.0], [1.0, 2.0]];
        let r = ErrorCovariance::Blocks(vec![
            CovarianceBlock {
                rows: vec![2, 0],
                covariance: covariance.clone(),
            },
            CovarianceBlock {
                rows: vec![1],
                covariance: array![[9.0]],
            },
        ]);
        r.check(3).unwrap();
        let mut unit = Array2::eye(3);
        r.whiten(&mut unit).unwrap();
        let log_det: f64 = r
            .parts(1)
            .iter()
            .map(|part| {
                part.whiten(Array2::zeros((part.rows().len(), 2)).view_mut())
                    .unwrap()
            })
            .sum();
        // The inverse of [[4, 1], [1, 2]] is [[2, -1], [-1, 4]] / 7, rows in the order 2, 0.
        let inverse = unit.t().dot(&unit);
        let expected = array![
            [4.0 / 7.0, 0.0, -1.0 / 7.0],
            [0.0, 1.0 / 9.0, 0.0],
            [-1.0 / 7.0, 0.0, 2.0 / 7.0]
        ];
        assert!((inverse - expected).iter().all(|e| e.abs() < 1e-15));
        assert!((log_det - 63f64.ln()).abs() < 1e-14);
    }

    #[test]
    fn colouring_undoes_whitening_and_rows_can_be_chosen() {
        let r = ErrorCovariance::from_blocks(&[1.0, 2.0, 3.0, 4.0], &[7, 0, 7, 7], |i, j| {
            (-(i.abs_diff(j) as f64)).exp()
        })
        .unwrap();
        let values = Array2::from_shape_fn((4, 3), |(i, j)| (i * 3 + j) as f64);
        let mut there = values.clone();
        r.whiten(&mut there).unwrap();
        r.colour(there.view_mut()).unwrap();
        assert!((&there - &values).iter().all(|e: &f64| e.abs() < 1e-13));
        let ErrorCovariance::Blocks(some) = r.of_rows(&[3, 1, 0]) else {
            panic!("blocks stay blocks")
        };
        assert_eq!(
            some.iter().map(|b| b.rows.clone()).collect::<Vec<_>>(),
            [vec![1], vec![2, 0]]
        );
        assert!((some[1].covariance[[0, 1]] - 4.0 * (-3f64).exp()).abs() < 1e-15);
    }

    #[test]
    fn parts_hold_every_row_once_and_no_block_in_two() {
        let blocks =
            ErrorCovariance::from_blocks(&[1.0; 7], &[3, 0, 3, 5, 3, 5, 0], |_, _| 0.5).unwrap();
        for (r, count) in [(blocks, 3), (ErrorCovariance::independent(&[1.0; 7]), 4)] {
            let parts = r.parts(2);
            let mut rows: Vec<usize> = parts.iter().flat_map(Part::rows).collect();
            rows.sort_unstable();
            assert_eq!((rows, parts.len()), ((0..7).collect::<Vec<_>>(), count));
        }
    }

    #[test]
    fn a_covariance_that_is_none_is_refused_with_its_row() {
        let message = |r: ErrorCovariance, n| r.check(n).unwrap_err().to_string();
        assert!(message(ErrorCovariance::Diagonal(array![1.0, 0.0]), 2).contains("row 1"));
        assert!(message(ErrorCovariance::Diagonal(array![1.0]), 2).contains("expected 2"));
        let block = |covariance| {
            ErrorCovariance::Blocks(vec![CovarianceBlock {
                rows: vec![0, 1],
                covariance,
            }])
        };
        assert!(
            message(block(array![[1.0, 2.0], [2.0, 1.0]]), 2).contains("not positive definite")
        );
        assert!(message(block(array![[1.0, 0.0], [0.5, 1.0]]), 2).contains("symmetric"));
        assert!(message(block(array![[1.0, 0.0], [0.0, 1.0]]), 3).contains("none for row 2"));
        assert!(message(block(array![[1.0, f64::NAN], [0.0, 1.0]]), 2).contains("finite"));
    }
}
