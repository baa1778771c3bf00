//! What the horizontal step of one level needs, formed once in double precision for all members.
//!
//! Where air would cross a whole cell in latitude, or more than a circle of latitude holds, or
//! leave none between the two directions, the step of that level is taken in equal parts. The other
//! levels are not touched by it.

use super::integer_courant::IntegerCourant;
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

impl Order {
    /// Of the step of this number.
    pub(crate) fn of_step(number: i64) -> Self {
        if number.rem_euclid(2) == 0 {
            Order::ZonalFirst
        } else {
            Order::MeridionalFirst
        }
    }

    /// Of one of the `n` parts of a step of this order: as if the steps were shorter by that.
    fn of_part(self, part: i64, n: i64) -> Self {
        Order::of_step(n * (self as i64) + part)
    }
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
    /// 1 / air before the step, between the two directions and after both \[kg-1\]. The polar rows
    /// hold what the meridional operator needs: before it a quarter of the slice's, for a slice of
    /// the cap is the tip of a cell as wide as the others and the air next to its face spreads over
    /// four times the width; after it that of the whole cap.
    inverse: [Vec<T>; 3],
    /// Rows where air crosses a whole cell or more.
    pub integer_courant: Vec<Option<IntegerCourant<T>>>,
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

/// Most parts that the step of a level is taken in.
const MOST_PARTS: i64 = 8;

/// All levels.
#[derive(Debug, Clone)]
pub struct HorizontalPlan<T> {
    /// From the surface up; of each the equal parts of its step, in order.
    pub levels: Vec<Vec<LevelPlan<T>>>,
}

impl<T: Real> HorizontalPlan<T> {
    /// The plan of a step of `dt` seconds that starts with `before` (level, lat, lon) \[kg\] of air
    /// in each cell, and the air that the horizontal step leaves.
    ///
    /// # Errors
    /// A step that is too long: it takes all air of a cell, or crosses one in latitude in each of
    /// many parts.
    pub fn new(
        forcing: &Forcing,
        before: &Array3<f64>,
        dt: f64,
        order: Order,
    ) -> Result<(Self, Array3<f64>)> {
        let (_, n_lat, n_lon) = before.dim();
        let mut after = Array3::zeros(before.dim());
        let levels = after
            .axis_iter_mut(Axis(0))
            .into_par_iter()
            .enumerate()
            .map_init(
                || LevelWork::new(n_lat, n_lon),
                |work, (k, mut after)| {
                    let faces = [&forcing.east, &forcing.north].map(|f| f.index_axis(Axis(0), k));
                    work.step(faces, dt, before.index_axis(Axis(0), k), order, &mut after)
                        .map_err(|e| e.at(format!("level {k}")).hint("a shorter step"))
                },
            )
            .collect::<Result<_>>()?;
        Ok((HorizontalPlan { levels }, after))
    }

    /// Whether some level is taken in parts.
    pub fn divided(&self) -> bool {
        self.levels.iter().any(|parts| parts.len() > 1)
    }
}

/// Arrays of one thread: the air through faces in the step, (lat, lon) and (lat + 1, lon), and the
/// air between the directions \[kg\].
struct LevelWork {
    east: Array2<f64>,
    north: Array2<f64>,
    between: Array2<f64>,
}

impl LevelWork {
    fn new(n_lat: usize, n_lon: usize) -> Self {
        let zeros = |rows: usize| Array2::zeros((rows, n_lon));
        LevelWork {
            east: zeros(n_lat),
            north: zeros(n_lat + 1),
            between: zeros(n_lat),
        }
    }

    /// The parts of the step, as few as it takes; `faces`: the air through them \[kg s-1\]. The air
    /// after the step has the same bits whatever the order of directions and the number of parts.
    fn step<T: Real>(
        &mut self,
        faces: [ArrayView2<f64>; 2],
        dt: f64,
        before: ArrayView2<f64>,
        order: Order,
        after: &mut ArrayViewMut2<f64>,
    ) -> Result<Vec<LevelPlan<T>>> {
        self.blow(faces, dt);
        let unsplit = self.plan(before, order, after);
        leaves_air(before, after.view())?;
        match unsplit {
            Ok(plan) => Ok(vec![plan]),
            Err(_) => self.in_parts(faces, dt, before, order),
        }
    }

    /// More than one part.
    fn in_parts<T: Real>(
        &mut self,
        faces: [ArrayView2<f64>; 2],
        dt: f64,
        before: ArrayView2<f64>,
        order: Order,
    ) -> Result<Vec<LevelPlan<T>>> {
        let mut n = 2;
        loop {
            self.blow(faces, dt / n as f64);
            let (mut now, mut next) = (before.to_owned(), before.to_owned());
            let parts = (0..n).map(|part| {
                let plan = self.plan(now.view(), order.of_part(part, n), &mut next.view_mut());
                std::mem::swap(&mut now, &mut next);
                plan
            });
            match parts.collect() {
                Err(_) if n < MOST_PARTS => n += 1,
                parts => return parts,
            }
        }
    }

    /// Sets the air through faces in `dt` seconds.
    fn blow(&mut self, [east, north]: [ArrayView2<f64>; 2], dt: f64) {
        Zip::from(&mut self.east)
            .and(east)
            .for_each(|f, a| *f = a * dt);
        Zip::from(&mut self.north)
            .and(north)
            .for_each(|f, a| *f = a * dt);
    }

    fn plan<T: Real>(
        &mut self,
        before: ArrayView2<f64>,
        order: Order,
        after: &mut ArrayViewMut2<f64>,
    ) -> Result<LevelPlan<T>> {
        let (n_lat, n_lon) = before.dim();
        for j in 0..n_lat {
            self.add_gains(j, before.row(j), order, after.row_mut(j));
        }
        unite_polar_rows(&mut self.between.view_mut());
        unite_polar_rows(after);
        let (after, between) = (after.view(), self.between.view());
        let (zonal, crossed) = match order {
            Order::ZonalFirst => (before, between),
            Order::MeridionalFirst => (between, before),
        };
        check(before, between, after, crossed, self.north.view())?;
        let integer_courant = self
            .east
            .rows()
            .into_iter()
            .zip(zonal.rows())
            .map(|(flux, mass)| integer_courant(slice(&flux), slice(&mass)))
            .collect::<Result<_>>()?;
        let (tip, cap) = (0.25, 1.0 / n_lon as f64);
        let inverse = match order {
            Order::ZonalFirst => [
                invert(before, tip),
                invert(between, tip),
                invert(after, cap),
            ],
            Order::MeridionalFirst => [
                invert(before, tip),
                invert(between, cap),
                invert(after, cap),
            ],
        };
        let round = |values: &Array2<f64>| values.iter().map(|v| T::from_f64(*v)).collect();
        Ok(LevelPlan {
            n_lat,
            n_lon,
            order,
            east: round(&self.east),
            north: round(&self.north),
            inverse,
            integer_courant,
        })
    }

    /// The air of a row between the directions and `after` both; the same bits after either order.
    fn add_gains(
        &mut self,
        j: usize,
        before: ArrayView1<f64>,
        order: Order,
        mut after: ArrayViewMut1<f64>,
    ) {
        let (before, after) = (
            slice(&before),
            after.as_slice_mut().expect("rows are contiguous"),
        );
        let (east, south, north) = (self.east.row(j), self.north.row(j), self.north.row(j + 1));
        let (east, south, north) = (slice(&east), slice(&south), slice(&north));
        let mut between = self.between.row_mut(j);
        let between = between.as_slice_mut().expect("rows are contiguous");
        let n = before.len();
        let mut cell = |i: usize, east_face: f64| {
            let (zonal, meridional) = (east[i] - east_face, south[i] - north[i]);
            after[i] = before[i] + (zonal + meridional);
            between[i] = before[i]
                + if order == Order::ZonalFirst {
                    zonal
                } else {
                    meridional
                };
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
    mass.rows()
        .into_iter()
        .enumerate()
        .for_each(|(j, row)| inverse.extend(slice(&row).iter().map(|m| T::from_f64(share(j) / m))));
    inverse
}

/// The integer part of the Courant number of a row where air crosses a cell (almost) or more.
fn integer_courant<T: Real>(flux: &[f64], mass: &[f64]) -> Result<Option<IntegerCourant<T>>> {
    let n = flux.len();
    let crosses = |flux: f64, west: f64, east: f64| {
        flux.abs() >= 0.999 * if flux > 0.0 { west } else { east }
    };
    let inside = flux[1..]
        .iter()
        .zip(&mass[..n - 1])
        .zip(&mass[1..])
        .fold(false, |any, ((f, west), east)| {
            any | crosses(*f, *west, *east)
        });
    if inside || crosses(flux[0], mass[n - 1], mass[0]) {
        IntegerCourant::new(flux, mass).map(Some)
    } else {
        Ok(None)
    }
}

/// The step must leave air in every cell.
fn leaves_air(before: ArrayView2<f64>, after: ArrayView2<f64>) -> Result<()> {
    let empties = |b: f64, a: f64| exceeds(0.01 * b, a);
    if Zip::from(before)
        .and(after)
        .fold(false, |any, b, a| any | empties(*b, *a))
    {
        let cell = before
            .indexed_iter()
            .zip(after)
            .find(|((_, b), a)| empties(**b, **a))
            .map_or((0, 0), |((cell, _), _)| cell);
        return Err(
            Error::new("the wind takes all air of a cell within one step").at(cell_name(cell)),
        );
    }
    Ok(())
}

/// Air must be left in every cell between the directions, and none must cross a whole cell in
/// latitude. `crossed`: air before the meridional operator.
fn check(
    before: ArrayView2<f64>,
    between: ArrayView2<f64>,
    after: ArrayView2<f64>,
    crossed: ArrayView2<f64>,
    north: ArrayView2<f64>,
) -> Result<()> {
    let (n_lat, n_lon) = before.dim();
    for j in 0..n_lat {
        let (south, north) = (north.row(j), north.row(j + 1));
        let leaving = |i: usize| north[i].max(0.0) - south[i].min(0.0);
        let cap = j == 0 || j == n_lat - 1;
        // All slices of a cap are one cell.
        let mean = if cap {
            (0..n_lon).map(leaving).sum::<f64>() / n_lon as f64
        } else {
            0.0
        };
        let (before, between, after, crossed) =
            (before.row(j), between.row(j), after.row(j), crossed.row(j));
        let crosses = |i: usize| exceeds(if cap { mean } else { leaving(i) }, crossed[i]);
        let empties =
            |i: usize| exceeds(0.01 * before[i], between[i]) | exceeds(0.01 * before[i], after[i]);
        if (0..n_lon).fold(false, |any, i| any | crosses(i) | empties(i)) {
            let i = (0..n_lon).find(|i| crosses(*i) || empties(*i)).unwrap_or(0);
            let what = if crosses(i) {
                "the wind empties a cell in latitude within one step"
            } else {
                "the wind takes all air of a cell within one step"
            };
            return Err(Error::new(what).at(cell_name((j, i))));
        }
    }
    Ok(())
}

fn cell_name((row, column): (usize, usize)) -> String {
    format!("row {row}, column {column}")
}

/// Whether `x` reaches `limit`, or either is not a number.
fn exceeds(x: f64, limit: f64) -> bool {
    x.is_nan() | limit.is_nan() | (x >= limit)
}
