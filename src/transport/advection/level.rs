//! What the horizontal step of one level needs, formed once in double precision for all members.

use super::walk::WalkRow;
use crate::ensemble::Real;
use crate::error::{Error, Result};
use crate::meteorology::{Forcing, unite_polar_rows};
use ndarray::parallel::prelude::*;
use ndarray::{Array2, Array3, ArrayView1, ArrayView2, ArrayViewMut1, ArrayViewMut2, Axis, Zip};

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
        let (_, n_lat, n_lon) = before.dim();
        let mut after = Array3::zeros(before.dim());
        let levels = after
            .axis_iter_mut(Axis(0))
            .into_par_iter()
            .enumerate()
            .map_init(
                || LevelWork::new(n_lat, n_lon),
                |work, (k, mut after)| {
                    let level = |a: &Array3<f64>, out: &mut Array2<f64>| Zip::from(out).and(a.index_axis(Axis(0), k)).for_each(|f, a| *f = a * dt);
                    level(&forcing.east, &mut work.east);
                    level(&forcing.north, &mut work.north);
                    work.plan(before.index_axis(Axis(0), k), order, &mut after).map_err(|e| e.at(format!("level {k}")).hint("a shorter step"))
                },
            )
            .collect::<Result<_>>()?;
        Ok((HorizontalPlan { levels }, after))
    }
}

/// Arrays of one thread: the air through faces in the step, (lat, lon) and (lat + 1, lon), and the air between the directions \[kg\].
struct LevelWork {
    east: Array2<f64>,
    north: Array2<f64>,
    between: Array2<f64>,
}

impl LevelWork {
    fn new(n_lat: usize, n_lon: usize) -> Self {
        let zeros = |rows: usize| Array2::zeros((rows, n_lon));
        LevelWork { east: zeros(n_lat), north: zeros(n_lat + 1), between: zeros(n_lat) }
    }

    fn plan<T: Real>(&mut self, before: ArrayView2<f64>, order: Order, after: &mut ArrayViewMut2<f64>) -> Result<LevelPlan<T>> {
        let (n_lat, n_lon) = before.dim();
        for j in 0..n_lat {
            self.add_gains(j, before.row(j), order, after.row_mut(j));
        }
        unite_polar_rows(&mut self.between.view_mut());
        unite_polar_rows(after);
        let (after, between) = (after.view(), self.between.view());
        let (walked, crossed) = match order {
            Order::ZonalFirst => (before, between),
            Order::MeridionalFirst => (between, before),
        };
        check(before, between, after, crossed, self.north.view())?;
        let walks = self.east.rows().into_iter().zip(walked.rows()).map(|(flux, mass)| walk(slice(&flux), slice(&mass))).collect::<Result<_>>()?;
        let (tip, cap) = (0.25, 1.0 / n_lon as f64);
        let inverse = match order {
            Order::ZonalFirst => [invert(before, tip), invert(between, tip), invert(after, cap)],
            Order::MeridionalFirst => [invert(before, tip), invert(between, cap), invert(after, cap)],
        };
        let round = |values: &Array2<f64>| values.iter().map(|v| T::from_f64(*v)).collect();
        Ok(LevelPlan { n_lat, n_lon, order, east: round(&self.east), north: round(&self.north), inverse, walks })
    }

    /// The air of a row between the directions and `after` both; the same bits after either order.
    fn add_gains(&mut self, j: usize, before: ArrayView1<f64>, order: Order, mut after: ArrayViewMut1<f64>) {
        let (before, after) = (slice(&before), after.as_slice_mut().expect("rows are contiguous"));
        let (east, south, north) = (self.east.row(j), self.north.row(j), self.north.row(j + 1));
        let (east, south, north) = (slice(&east), slice(&south), slice(&north));
        let mut between = self.between.row_mut(j);
        let between = between.as_slice_mut().expect("rows are contiguous");
        let n = before.len();
        let mut cell = |i: usize, east_face: f64| {
            let (zonal, meridional) = (east[i] - east_face, south[i] - north[i]);
            after[i] = before[i] + (zonal + meridional);
            between[i] = before[i] + if order == Order::ZonalFirst { zonal } else { meridional };
        };
        (0..n - 1).for_each(|i| cell(i, east[i + 1]));
        cell(n - 1, east[0]);
    }
}

/// A row of an array in standard layout.
fn slice<'a>(row: &'a ArrayView1<f64>) -> &'a [f64] {
    row.as_slice().expect("rows are contiguous")
}

/// 1 / mass, in the polar rows times `pole`.
fn invert<T: Real>(mass: ArrayView2<f64>, pole: f64) -> Vec<T> {
    let last = mass.nrows() - 1;
    let share = |j: usize| if j == 0 || j == last { pole } else { 1.0 };
    let mut inverse = Vec::with_capacity(mass.len());
    mass.rows().into_iter().enumerate().for_each(|(j, row)| inverse.extend(slice(&row).iter().map(|m| T::from_f64(share(j) / m))));
    inverse
}

/// The walk of a row where air crosses a cell (almost) or more.
fn walk<T: Real>(flux: &[f64], mass: &[f64]) -> Result<Option<WalkRow<T>>> {
    let n = flux.len();
    let crosses = |flux: f64, west: f64, east: f64| flux.abs() >= 0.999 * if flux > 0.0 { west } else { east };
    let inside = flux[1..].iter().zip(&mass[..n - 1]).zip(&mass[1..]).fold(false, |any, ((f, west), east)| any | crosses(*f, *west, *east));
    if inside || crosses(flux[0], mass[n - 1], mass[0]) { WalkRow::new(flux, mass).map(Some) } else { Ok(None) }
}

/// Air must be left in every cell, and none must cross a whole cell in latitude. `crossed`: air before the meridional operator.
fn check(before: ArrayView2<f64>, between: ArrayView2<f64>, after: ArrayView2<f64>, crossed: ArrayView2<f64>, north: ArrayView2<f64>) -> Result<()> {
    let (n_lat, n_lon) = before.dim();
    for j in 0..n_lat {
        let (south, north) = (north.row(j), north.row(j + 1));
        let leaving = |i: usize| north[i].max(0.0) - south[i].min(0.0);
        let cap = j == 0 || j == n_lat - 1;
        // All slices of a cap are one cell.
        let mean = if cap { (0..n_lon).map(leaving).sum::<f64>() / n_lon as f64 } else { 0.0 };
        let (before, between, after, crossed) = (before.row(j), between.row(j), after.row(j), crossed.row(j));
        let crosses = |i: usize| exceeds(if cap { mean } else { leaving(i) }, crossed[i]);
        let empties = |i: usize| exceeds(0.01 * before[i], between[i]) | exceeds(0.01 * before[i], after[i]);
        if (0..n_lon).fold(false, |any, i| any | crosses(i) | empties(i)) {
            let i = (0..n_lon).find(|i| crosses(*i) || empties(*i)).unwrap_or(0);
            let what =
                if crosses(i) { "the wind empties a cell in latitude within one step" } else { "the wind takes all air of a cell within one step" };
            return Err(Error::new(what).at(format!("row {j}, column {i}")));
        }
    }
    Ok(())
}

/// Whether `x` reaches `limit`, or either is not a number.
fn exceeds(x: f64, limit: f64) -> bool {
    x.is_nan() | limit.is_nan() | (x >= limit)
}
