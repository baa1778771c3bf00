//! Additive inflation: fresh spread from a pool of perturbations, such as differences of a
//! climatology's dates, drawn anew every window. It reaches directions that the members have lost,
//! which no factor can.
//!
//! `X <- X + P' W`, `W = scale / sqrt(q-1) Xi (I - J)`: P' (n x q) the pool less its mean, Xi (q x
//! m) standard normal, so that the covariance added is `scale^2 cov(P)` on average (over m/(m-1));
//! centred over the members, so that the mean stays. Use it on the forecast before the innovation
//! is formed, or on the analysis before the next forecast.

use super::Draws;
use crate::ensemble::{Concentrations, LANES, Real};
use crate::error::{Error, Result};
use crate::random;
use ndarray::{Array1, Array2, Axis};
use std::fmt;

/// Additive inflation of a given strength.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Additive {
    scale: f64,
}

impl Additive {
    /// `scale`: standard deviation added, over that of the pool.
    ///
    /// # Errors
    /// A scale that is negative or not finite.
    pub fn new(scale: f64) -> Result<Self> {
        if !(scale.is_finite() && scale >= 0.0) {
            return Err(
                Error::new("the scale of additive inflation must not be negative")
                    .got(scale)
                    .hint("0.1"),
            );
        }
        Ok(Additive { scale })
    }

    /// W (q x m), of a pool of q; its rows and columns add up to nothing.
    ///
    /// # Errors
    /// A pool of fewer than two.
    pub fn weights(&self, pool: usize, members: usize, draws: &Draws) -> Result<Array2<f64>> {
        if pool < 2 {
            return Err(
                Error::new("a pool of perturbations needs states that differ")
                    .expected("at least 2")
                    .got(pool),
            );
        }
        let mut w = Array2::zeros((pool, members));
        for (k, mut column) in w.columns_mut().into_iter().enumerate() {
            let drawn = random::normals(
                &mut random::generator(draws.seed, &format!("{}/additive", draws.stream), k as u64),
                pool,
            );
            column.assign(&Array1::from(drawn));
        }
        w -= &w.mean_axis(Axis(1)).expect("members").insert_axis(Axis(1));
        w -= &w.mean_axis(Axis(0)).expect("a pool").insert_axis(Axis(0));
        Ok(w * (self.scale / ((pool - 1) as f64).sqrt()))
    }

    /// Rows (n x m) with perturbations of the pool's rows (n x q) added, in their unit.
    ///
    /// # Errors
    /// Another number of rows, or a pool of fewer than two.
    pub fn apply_rows(
        &self,
        rows: &Array2<f64>,
        pool: &Array2<f64>,
        draws: &Draws,
    ) -> Result<Array2<f64>> {
        if rows.nrows() != pool.nrows() {
            return Err(Error::new("the pool must have the state's rows")
                .expected(rows.nrows())
                .got(pool.nrows()));
        }
        Ok(rows + &pool.dot(&self.weights(pool.ncols(), rows.ncols(), draws)?))
    }

    /// Adds perturbations of the pool's members to every member of the concentrations.
    ///
    /// # Errors
    /// Another grid, or a pool of fewer than two.
    pub fn apply<T: Real>(
        &self,
        state: &mut Concentrations<T>,
        pool: &Concentrations<T>,
        draws: &Draws,
    ) -> Result<()> {
        if state.grid() != pool.grid() {
            return Err(Error::new("the pool must be on the state's grid")
                .expected(state.grid())
                .got(pool.grid()));
        }
        let (m, q) = (state.n_members(), pool.n_members());
        let w = self.weights(q, m, draws)?;
        let mut given = Array1::zeros(q);
        for cell in 0..state.grid().n_cells() {
            // Relative to one state, which the weights keep: no precision is lost to the
            // background.
            let reference = pool.get(cell, 0);
            given
                .iter_mut()
                .enumerate()
                .for_each(|(k, x)| *x = pool.get(cell, k) - reference);
            let added = given.dot(&w);
            for (block, added) in state
                .blocks_mut()
                .iter_mut()
                .zip(added.as_slice().expect("a fresh vector").chunks(LANES))
            {
                let values = &mut block.values[cell * block.width..][..added.len()];
                values
                    .iter_mut()
                    .zip(added)
                    .for_each(|(v, a)| *v += T::from_f64(*a));
            }
        }
        Ok(())
    }
}

impl fmt::Display for Additive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "analysis::additive({:?})", self.scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_mean_stays_and_the_pools_covariance_is_added() {
        let (pool, rows) = (
            array![[1.0, -1.0, 3.0], [0.0, 0.0, 0.0], [2.0, 4.0, 0.0]],
            Array2::zeros((3, 4000)),
        );
        let out = Additive::new(0.5)
            .unwrap()
            .apply_rows(&rows, &pool, &Draws::new(3, "w"))
            .unwrap();
        assert!(
            out.mean_axis(Axis(1))
                .unwrap()
                .iter()
                .all(|x| x.abs() < 1e-14)
        );
        let covariance = out.dot(&out.t()) / 4000.0;
        // cov of the pool: [[4, 0, -4], [0, 0, 0], [-4, 0, 4]], a quarter of it
        let expected = array![[1.0, 0.0, -1.0], [0.0, 0.0, 0.0], [-1.0, 0.0, 1.0]];
        assert!((covariance - expected).iter().all(|e: &f64| e.abs() < 0.06));
    }

    #[test]
    fn what_cannot_be_added_is_refused() {
        assert!(Additive::new(-0.1).is_err() && Additive::new(f64::NAN).is_err());
        let one = Additive::new(0.1).unwrap().apply_rows(
            &Array2::zeros((2, 5)),
            &Array2::zeros((2, 1)),
            &Draws::new(1, ""),
        );
        assert!(one.unwrap_err().to_string().contains("at least 2"));
        assert!(
            Additive::new(0.1)
                .unwrap()
                .apply_rows(
                    &Array2::zeros((2, 5)),
                    &Array2::zeros((3, 4)),
                    &Draws::new(1, "")
                )
                .is_err()
        );
    }
}
