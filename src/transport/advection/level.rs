//! What the horizontal step of one level needs, formed once in double precision for all members.

use super::walk::WalkRow;
use crate::ensemble::Real;
use crate::error::{Error, Result};
use crate::meteorology::{Forcing, unite_polar_rows};
use ndarray::{Array2, Array3, ArrayView2, Axis};
use rayon::prelude::*;

/// One level. Arrays are row-major (lat, lon).
#[derive(Debug, Clone)]
pub struct LevelPlan<T> {
    pub n_lat: usize,
    pub n_lon: usize,
    /// Air through west faces in the step, eastward \[kg\].
    pub east: Vec<T>,
    /// Air through south faces, one row more, northward \[kg\].
    pub north: Vec<T>,
    /// 1 / air before the step \[kg-1\]. In a polar row: a quarter of that, for a slice of the cap is the tip of a
    /// cell as wide as the others, and the air next to its face spreads over four times the width.
    pub inverse_before: Vec<T>,
    /// 1 / air after the horizontal step; in a polar row that of the whole cap.
    pub inverse_after: Vec<T>,
    /// Rows where air crosses a whole cell or more.
    pub walks: Vec<Option<WalkRow<T>>>,
}

impl<T> LevelPlan<T> {
    /// Eastward air of a row.
    #[inline(always)]
    pub fn east_of(&self, j: usize) -> &[T] {
        &self.east[j * self.n_lon..(j + 1) * self.n_lon]
    }
    /// Inverse masses of a row before the step.
    #[inline(always)]
    pub fn inverse_before_of(&self, j: usize) -> &[T] {
        &self.inverse_before[j * self.n_lon..(j + 1) * self.n_lon]
    }
    /// Inverse masses of a row after the step.
    #[inline(always)]
    pub fn inverse_after_of(&self, j: usize) -> &[T] {
        &self.inverse_after[j * self.n_lon..(j + 1) * self.n_lon]
    }
}

/// All levels.
#[derive(Debug, Clone)]
pub struct HorizontalPlan<T> {
    /// From the surface up.
    pub levels: Vec<LevelPlan<T>>,
}

impl<T: Real> HorizontalPlan<T> {
    /// The plan of a step of `dt` seconds that starts with `before` (level, lat, lon) \[kg\] of air in each cell, and the
    /// air that the horizontal step leaves.
    ///
    /// # Errors
    /// A wind that empties a cell, or crosses one in latitude, within the step.
    pub fn new(forcing: &Forcing, before: &Array3<f64>, dt: f64) -> Result<(Self, Array3<f64>)> {
        let made: Vec<(LevelPlan<T>, Array2<f64>)> = (0..before.dim().0)
            .into_par_iter()
            .map(|k| {
                let level = |a: &Array3<f64>| a.index_axis(Axis(0), k).mapv(|f| f * dt);
                let (east, north) = (level(&forcing.east), level(&forcing.north));
                level_plan(before.index_axis(Axis(0), k), &east, &north).map_err(|e| e.at(format!("level {k}")).hint("a shorter step"))
            })
            .collect::<Result<_>>()?;
        let mut after = Array3::zeros(before.dim());
        let mut levels = Vec::with_capacity(made.len());
        for (k, (plan, left)) in made.into_iter().enumerate() {
            after.index_axis_mut(Axis(0), k).assign(&left);
            levels.push(plan);
        }
        Ok((HorizontalPlan { levels }, after))
    }
}

fn level_plan<T: Real>(before: ArrayView2<f64>, east: &Array2<f64>, north: &Array2<f64>) -> Result<(LevelPlan<T>, Array2<f64>)> {
    let (n_lat, n_lon) = before.dim();
    let mut after = Array2::from_shape_fn((n_lat, n_lon), |(j, i)| {
        before[[j, i]] + east[[j, i]] - east[[j, (i + 1) % n_lon]] + north[[j, i]] - north[[j + 1, i]]
    });
    unite_polar_rows(&mut after.view_mut());
    check(before, &after, north)?;
    let is_cap = |j: usize| j == 0 || j == n_lat - 1;
    let round = |values: Array2<f64>| values.iter().map(|v| T::from_f64(*v)).collect::<Vec<T>>();
    let per_row = |scale: f64, mass: ArrayView2<f64>| {
        round(Array2::from_shape_fn((n_lat, n_lon), |(j, i)| if is_cap(j) { scale / mass[[j, i]] } else { 1.0 / mass[[j, i]] }))
    };
    let walks = (0..n_lat)
        .map(|j| {
            let crosses = |i: usize| {
                let flux = east[[j, i]];
                let upwind = if flux > 0.0 { (i + n_lon - 1) % n_lon } else { i };
                flux.abs() >= 0.999 * before[[j, upwind]]
            };
            if (0..n_lon).any(crosses) { WalkRow::new(&east.row(j).to_vec(), &before.row(j).to_vec()).map(Some) } else { Ok(None) }
        })
        .collect::<Result<_>>()?;
    let plan = LevelPlan {
        n_lat,
        n_lon,
        inverse_before: per_row(0.25, before),
        inverse_after: per_row(1.0 / n_lon as f64, after.view()),
        east: round(east.clone()),
        north: round(north.clone()),
        walks,
    };
    Ok((plan, after))
}

fn check(before: ArrayView2<f64>, after: &Array2<f64>, north: &Array2<f64>) -> Result<()> {
    let (n_lat, n_lon) = before.dim();
    for j in 0..n_lat {
        let leaving = |i: usize| north[[j + 1, i]].max(0.0) - north[[j, i]].min(0.0);
        let cap = j == 0 || j == n_lat - 1;
        // All slices of a cap are one cell.
        let mean = if cap { (0..n_lon).map(leaving).sum::<f64>() / n_lon as f64 } else { 0.0 };
        for i in 0..n_lon {
            let leaving = if cap { mean } else { leaving(i) };
            if leaving.is_nan() || leaving >= before[[j, i]] {
                return Err(Error::new("the wind empties a cell in latitude within one step").at(format!("row {j}, column {i}")));
            }
            if after[[j, i]].is_nan() || after[[j, i]] < 0.01 * before[[j, i]] {
                return Err(Error::new("the wind takes all air of a cell within one step").at(format!("row {j}, column {i}")));
            }
        }
    }
    Ok(())
}
