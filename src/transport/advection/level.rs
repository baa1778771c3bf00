//! What the horizontal step of one level needs, formed once in double precision for all members.

use super::walk::WalkRow;
use crate::ensemble::Real;
use crate::error::{Error, Result};
use crate::meteorology::{Forcing, unite_polar_rows};
use ndarray::{Array2, Array3, ArrayView2, Axis};
use rayon::prelude::*;

/// Which direction goes first; the two alternate from step to step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    ZonalFirst,
    MeridionalFirst,
}

/// One level. Arrays are row-major (lat, lon).
#[derive(Debug, Clone)]
pub struct LevelPlan<T> {
    pub n_lat: usize,
    pub n_lon: usize,
    pub order: Order,
    /// Air through west faces in the step, eastward \[kg\].
    pub east: Vec<T>,
    /// Air through south faces, one row more, northward \[kg\].
    pub north: Vec<T>,
    /// 1 / air before the step, between the two directions and after both \[kg-1\]. The polar rows hold what the meridional operator
    /// needs: before it a quarter of the slice's, for a slice of the cap is the tip of a cell as wide as the others and the air next to
    /// its face spreads over four times the width; after it that of the whole cap.
    inverse: [Vec<T>; 3],
    /// Rows where air crosses a whole cell or more.
    pub walks: Vec<Option<WalkRow<T>>>,
}

impl<T> LevelPlan<T> {
    /// 1 / air before and after the zonal operator.
    #[inline(always)]
    pub fn zonal(&self) -> [&[T]; 2] {
        let first = (self.order == Order::MeridionalFirst) as usize;
        [&self.inverse[first], &self.inverse[first + 1]]
    }
    /// 1 / air before and after the meridional operator.
    #[inline(always)]
    pub fn meridional(&self) -> [&[T]; 2] {
        let first = (self.order == Order::ZonalFirst) as usize;
        [&self.inverse[first], &self.inverse[first + 1]]
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
    pub fn new(forcing: &Forcing, before: &Array3<f64>, dt: f64, order: Order) -> Result<(Self, Array3<f64>)> {
        let made: Vec<(LevelPlan<T>, Array2<f64>)> = (0..before.dim().0)
            .into_par_iter()
            .map(|k| {
                let level = |a: &Array3<f64>| a.index_axis(Axis(0), k).mapv(|f| f * dt);
                let (east, north) = (level(&forcing.east), level(&forcing.north));
                level_plan(before.index_axis(Axis(0), k), &east, &north, order).map_err(|e| e.at(format!("level {k}")).hint("a shorter step"))
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

fn level_plan<T: Real>(before: ArrayView2<f64>, east: &Array2<f64>, north: &Array2<f64>, order: Order) -> Result<(LevelPlan<T>, Array2<f64>)> {
    let (n_lat, n_lon) = before.dim();
    let zonal = |j: usize, i: usize| east[[j, i]] - east[[j, (i + 1) % n_lon]];
    let meridional = |j: usize, i: usize| north[[j, i]] - north[[j + 1, i]];
    let plus = |gain: &dyn Fn(usize, usize) -> f64| {
        let mut air = Array2::from_shape_fn((n_lat, n_lon), |(j, i)| before[[j, i]] + gain(j, i));
        unite_polar_rows(&mut air.view_mut());
        air
    };
    // The same bits for either order.
    let after = plus(&|j, i| zonal(j, i) + meridional(j, i));
    let between = match order {
        Order::ZonalFirst => plus(&zonal),
        Order::MeridionalFirst => plus(&meridional),
    };
    let (walked, crossed) = match order {
        Order::ZonalFirst => (before, between.view()),
        Order::MeridionalFirst => (between.view(), before),
    };
    check(before, &between, &after, crossed, north)?;
    let walks = (0..n_lat).map(|j| walk(&east.row(j).to_vec(), &walked.row(j).to_vec())).collect::<Result<_>>()?;
    let (tip, cap) = (0.25, 1.0 / n_lon as f64);
    let inverse = match order {
        Order::ZonalFirst => [invert(before, tip), invert(between.view(), tip), invert(after.view(), cap)],
        Order::MeridionalFirst => [invert(before, tip), invert(between.view(), cap), invert(after.view(), cap)],
    };
    let round = |values: &Array2<f64>| values.iter().map(|v| T::from_f64(*v)).collect();
    Ok((LevelPlan { n_lat, n_lon, order, east: round(east), north: round(north), inverse, walks }, after))
}

/// 1 / mass, in the polar rows times `pole`.
fn invert<T: Real>(mass: ArrayView2<f64>, pole: f64) -> Vec<T> {
    let last = mass.nrows() - 1;
    mass.indexed_iter().map(|((j, _), m)| T::from_f64(if j == 0 || j == last { pole / m } else { 1.0 / m })).collect()
}

/// The walk of a row where air crosses a cell (almost) or more.
fn walk<T: Real>(flux: &[f64], mass: &[f64]) -> Result<Option<WalkRow<T>>> {
    let n = flux.len();
    let crosses = |i: usize| flux[i].abs() >= 0.999 * mass[if flux[i] > 0.0 { (i + n - 1) % n } else { i }];
    if (0..n).any(crosses) { WalkRow::new(flux, mass).map(Some) } else { Ok(None) }
}

/// Air must be left in every cell, and none must cross a whole cell in latitude. `crossed`: air before the meridional operator.
fn check(before: ArrayView2<f64>, between: &Array2<f64>, after: &Array2<f64>, crossed: ArrayView2<f64>, north: &Array2<f64>) -> Result<()> {
    let (n_lat, n_lon) = before.dim();
    for j in 0..n_lat {
        let leaving = |i: usize| north[[j + 1, i]].max(0.0) - north[[j, i]].min(0.0);
        let cap = j == 0 || j == n_lat - 1;
        // All slices of a cap are one cell.
        let mean = if cap { (0..n_lon).map(leaving).sum::<f64>() / n_lon as f64 } else { 0.0 };
        for i in 0..n_lon {
            let leaving = if cap { mean } else { leaving(i) };
            if leaving.is_nan() || leaving >= crossed[[j, i]] {
                return Err(Error::new("the wind empties a cell in latitude within one step").at(format!("row {j}, column {i}")));
            }
            let least = between[[j, i]].min(after[[j, i]]);
            if least.is_nan() || after[[j, i]].is_nan() || least < 0.01 * before[[j, i]] {
                return Err(Error::new("the wind takes all air of a cell within one step").at(format!("row {j}, column {i}")));
            }
        }
    }
    Ok(())
}
