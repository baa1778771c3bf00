//! One pass over the state: `X_a = X B`, with the matrices of overlapping regions blended column by
//! column (Su et al. 2024, Eq. 6): `B(g) = I + sum_r w_r(g) (B_r - I)`, the weights adding up to
//! one where regions meet.

use super::UpdateMatrices;
use crate::ensemble::{Concentrations, LANES, Real};
use crate::error::{Error, Result};
use crate::linalg;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView1, ArrayView2, ArrayViewMut1, ArrayViewMut2, LinalgScalar, s};
use rayon::prelude::*;

/// Cells multiplied at once where neighbours share their matrix.
const RUN: usize = 8;

/// `X B` for rows (n x m) of any unit; the spread of each row goes back by `spread_relaxation` of
/// the way.
///
/// # Errors
/// Another number of columns than members.
pub(crate) fn transformed(
    rows: &Array2<f64>,
    b: &Array2<f64>,
    spread_relaxation: f64,
) -> Result<Array2<f64>> {
    linalg::use_one_blas_thread();
    if rows.ncols() != b.nrows() {
        return Err(Error::new("the rows of a state need one value per member")
            .expected(b.nrows())
            .got(rows.ncols()));
    }
    let reference = rows.slice(s![.., ..1]);
    let given = (rows - &reference).as_standard_layout().into_owned();
    let mut out = Array2::zeros(given.dim());
    multiply(given.view(), b.view(), out.view_mut(), spread_relaxation);
    Ok(out + reference)
}

/// Updates the concentrations in place. `matrices[r]` and `weights[r]` (lat x lon) belong to region
/// r; a cell without weight is left as it is. The bits do not depend on the number of threads.
///
/// # Errors
/// Shapes that do not fit, or weights that are negative, not finite, or add up to more than one.
pub fn apply<T: Real + LinalgScalar>(
    state: &mut Concentrations<T>,
    matrices: &[UpdateMatrices],
    weights: &[Array2<f64>],
) -> Result<()> {
    check(state, matrices, weights)?;
    let m = state.n_members();
    let minus_identity = matrices
        .iter()
        .map(|u| (&u.concentration - &Array2::<f64>::eye(m)).mapv(T::from_f64))
        .collect();
    column_by_column(
        state,
        &Blend {
            matrices,
            minus_identity,
            weights,
        },
    )
}

/// Where the update of a column of the atmosphere comes from.
pub(super) trait Columns<T>: Sync {
    /// Writes B of the column at (lat, lon); gives the relaxation of its spread, none for a column
    /// that stays as it is.
    fn matrix(&self, lat: usize, lon: usize, b: &mut Array2<T>) -> Result<Option<f64>>;
    /// Whether two columns of one latitude have the same update.
    fn alike(&self, lat: usize, lon: usize, other: usize) -> bool;
}

/// One pass over the state, latitudes in parallel.
pub(super) fn column_by_column<T: Real + LinalgScalar>(
    state: &mut Concentrations<T>,
    columns: &impl Columns<T>,
) -> Result<()> {
    linalg::use_one_blas_thread();
    let (n_lev, n_lat, n_lon) = state.grid().shape();
    let m = state.n_members();
    state.share_background();
    let rows = rows_by_latitude(state, n_lat, n_lon);
    rows.into_par_iter().enumerate().try_for_each_init(
        || Scratch::new(m, n_lev),
        |scratch, (j, mut row)| {
            let mut i = 0;
            while i < n_lon {
                let alike = (i..n_lon.min(i + RUN))
                    .take_while(|k| *k == i || columns.alike(j, i, *k))
                    .count();
                if let Some(relaxation) = columns.matrix(j, i, &mut scratch.b)? {
                    scratch.gather(&row, i, alike);
                    scratch.multiply(alike * n_lev, relaxation);
                    scratch.scatter(&mut row, i, alike);
                }
                i += alike;
            }
            Ok(())
        },
    )
}

/// The regions' matrices, blended.
struct Blend<'a, T> {
    matrices: &'a [UpdateMatrices],
    minus_identity: Vec<Array2<T>>,
    weights: &'a [Array2<f64>],
}

impl<T: Real + LinalgScalar> Columns<T> for Blend<'_, T> {
    fn matrix(&self, lat: usize, lon: usize, b: &mut Array2<T>) -> Result<Option<f64>> {
        let (mut any, mut relaxation) = (false, 0.0);
        for (r, matrix) in self.minus_identity.iter().enumerate() {
            let weight = self.weights[r][[lat, lon]];
            if weight > 0.0 {
                relaxation += weight * self.matrices[r].spread_relaxation;
                let weight = T::from_f64(weight);
                if any {
                    b.scaled_add(weight, matrix)
                } else {
                    b.zip_mut_with(matrix, |b, a| *b = weight * *a)
                }
                any = true;
            }
        }
        if any {
            b.diag_mut().mapv_inplace(|x| x + T::one());
        }
        Ok(any.then_some(relaxation))
    }
    fn alike(&self, lat: usize, lon: usize, other: usize) -> bool {
        self.weights
            .iter()
            .all(|w| w[[lat, lon]] == w[[lat, other]])
    }
}

/// One latitude of one block of members: the levels' rows in memory, and the members per cell.
struct BlockRow<'a, T> {
    width: usize,
    levels: Vec<&'a mut [T]>,
}

/// The state cut into latitudes, each with its rows of every block.
fn rows_by_latitude<T: Real>(
    state: &mut Concentrations<T>,
    n_lat: usize,
    n_lon: usize,
) -> Vec<Vec<BlockRow<'_, T>>> {
    let mut rows: Vec<Vec<BlockRow<T>>> = (0..n_lat).map(|_| Vec::new()).collect();
    for block in state.blocks_mut() {
        let width = block.width;
        rows.iter_mut().for_each(|r| {
            r.push(BlockRow {
                width,
                levels: vec![],
            })
        });
        for (k, chunk) in block.values.chunks_mut(n_lon * width).enumerate() {
            rows[k % n_lat]
                .last_mut()
                .expect("a block was pushed")
                .levels
                .push(chunk);
        }
    }
    rows
}

/// What one thread needs: a matrix and a few columns of the state, before and after.
struct Scratch<T> {
    b: Array2<T>,
    reference: Vec<T>,
    before: Array2<T>,
    after: Array2<T>,
}

impl<T: Real + LinalgScalar> Scratch<T> {
    fn new(members: usize, n_lev: usize) -> Self {
        let buffer = || Array2::zeros((n_lev * RUN, members));
        Scratch {
            b: Array2::zeros((members, members)),
            reference: vec![T::zero(); n_lev * RUN],
            before: buffer(),
            after: buffer(),
        }
    }

    /// Takes `count` columns from longitude `i` on: a row per level and column, the members of all
    /// blocks side by side, relative to the first member. B keeps constants, so this costs no
    /// precision where the members differ little, and members that agree stay bit for bit.
    fn gather(&mut self, row: &[BlockRow<T>], i: usize, count: usize) {
        let rows = self
            .before
            .outer_iter_mut()
            .zip(self.reference.iter_mut())
            .take(row[0].levels.len() * count);
        for (r, (mut to, reference)) in rows.enumerate() {
            let to = to.as_slice_mut().expect("rows are contiguous");
            let (level, cell) = (r / count, i + r % count);
            *reference = row[0].levels[level][cell * row[0].width];
            for (block, to) in row.iter().zip(to.chunks_mut(LANES)) {
                let from = &block.levels[level][cell * block.width..][..to.len()];
                to.iter_mut()
                    .zip(from)
                    .for_each(|(t, f)| *t = *f - *reference);
            }
        }
    }

    fn multiply(&mut self, n_rows: usize, spread_relaxation: f64) {
        let rows = s![..n_rows, ..];
        multiply(
            self.before.slice(rows),
            self.b.view(),
            self.after.slice_mut(rows),
            spread_relaxation,
        );
    }

    /// The way back of [`Scratch::gather`].
    fn scatter(&self, row: &mut [BlockRow<T>], i: usize, count: usize) {
        let n_rows = row[0].levels.len() * count;
        for (r, (from, reference)) in self
            .after
            .outer_iter()
            .zip(&self.reference)
            .take(n_rows)
            .enumerate()
        {
            let from = from.to_slice().expect("rows are contiguous");
            let (level, cell) = (r / count, i + r % count);
            for (block, from) in row.iter_mut().zip(from.chunks(LANES)) {
                let to = &mut block.levels[level][cell * block.width..][..from.len()];
                to.iter_mut()
                    .zip(from)
                    .for_each(|(t, f)| *t = *f + *reference);
            }
        }
    }
}

/// `after = before B`, then the spread of each row as far back as asked.
fn multiply<T: Real + LinalgScalar>(
    before: ArrayView2<T>,
    b: ArrayView2<T>,
    mut after: ArrayViewMut2<T>,
    spread_relaxation: f64,
) {
    general_mat_mul(T::one(), &before, &b, T::zero(), &mut after);
    if spread_relaxation > 0.0 {
        before
            .outer_iter()
            .zip(after.outer_iter_mut())
            .for_each(|(b, a)| relax_spread(b, a, spread_relaxation));
    }
}

/// Scales the anomalies of `after` to the standard deviation `(1-alpha) sd_after + alpha
/// sd_before`.
fn relax_spread<T: Real>(before: ArrayView1<T>, mut after: ArrayViewMut1<T>, alpha: f64) {
    let moments = |row: ArrayView1<T>| {
        let mean = row.iter().map(|x| x.to_f64()).sum::<f64>() / row.len() as f64;
        (
            mean,
            row.iter()
                .map(|x| (x.to_f64() - mean).powi(2))
                .sum::<f64>()
                .sqrt(),
        )
    };
    let ((_, spread_before), (mean, spread)) = (moments(before), moments(after.view()));
    if spread > 0.0 {
        let scale = 1.0 - alpha + alpha * spread_before / spread;
        after.mapv_inplace(|x| T::from_f64(mean + scale * (x.to_f64() - mean)));
    }
}

fn check<T: Real>(
    state: &Concentrations<T>,
    matrices: &[UpdateMatrices],
    weights: &[Array2<f64>],
) -> Result<()> {
    let (_, n_lat, n_lon) = state.grid().shape();
    if matrices.len() != weights.len() {
        return Err(Error::new("every region needs matrices and weights")
            .expected(format!("{} weights", matrices.len()))
            .got(weights.len()));
    }
    for (r, (update, weight)) in matrices.iter().zip(weights).enumerate() {
        let location = format!("region {r}");
        if update.n_members() != state.n_members() {
            return Err(Error::new("update matrices must fit the ensemble")
                .expected(state.n_members())
                .got(update.n_members())
                .at(location));
        }
        if weight.dim() != (n_lat, n_lon) {
            let shape = format!("{} x {}", weight.nrows(), weight.ncols());
            return Err(Error::new("weights must have the shape of the grid")
                .expected(format!("{n_lat} x {n_lon}"))
                .got(shape)
                .at(location));
        }
        if let Some((cell, bad)) = weight
            .indexed_iter()
            .find(|(_, w)| !(w.is_finite() && **w >= 0.0))
        {
            return Err(Error::new("a weight must be finite and not negative")
                .got(bad)
                .at(format!("cell {cell:?}"))
                .at(location));
        }
    }
    let over = |j: usize, i: usize| weights.iter().map(|w| w[[j, i]]).sum::<f64>();
    let cells = || (0..n_lat).flat_map(|j| (0..n_lon).map(move |i| (j, i)));
    match cells().find(|(j, i)| over(*j, *i) > 1.0 + 1e-9) {
        Some((j, i)) => Err(
            Error::new("the weights of the regions add up to more than one")
                .got(over(j, i))
                .at(format!("cell ({j}, {i})")),
        ),
        None => Ok(()),
    }
}
