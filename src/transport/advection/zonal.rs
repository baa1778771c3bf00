//! Advection along latitude circles.

use super::LevelPlan;
use super::integer_courant::IntegerCourant;
use super::parabola::Limiter;
use super::sweep::{Carried, Courant, Even, Spacing, exchange, sweep};
use crate::ensemble::Real;

/// Scratch of the zonal operator: what a sweep carries and its last three faces; whole rows
/// where the Courant number is above 1.
pub struct ZonalScratch<T, const W: usize> {
    carried: Carried<T, W>,
    recent: [[T; W]; 3],
    slopes: Vec<[T; W]>,
    edges: Vec<[T; W]>,
    faces: Vec<[T; W]>,
}

impl<T: Real, const W: usize> ZonalScratch<T, W> {
    pub fn new(n_lon: usize) -> Self {
        let row = || vec![[T::default(); W]; n_lon + 1];
        ZonalScratch {
            carried: Carried::default(),
            recent: [[T::default(); W]; 3],
            slopes: row(),
            edges: row(),
            faces: row(),
        }
    }

    /// Sets the range that values are kept within.
    pub(crate) fn keep_within(&mut self, range: &[[T; W]; 2]) {
        self.carried.keep_within(range);
    }
}

/// A row: its values, the air through west faces and the inverse air before and after.
struct Row<'a, T, const W: usize> {
    values: &'a [[T; W]],
    flux: &'a [T],
    before: &'a [T],
    after: &'a [T],
}

/// Moves the level `from` in longitude, into `to`; the caps stay.
#[inline(always)]
pub fn zonal<T: Real, L: Limiter, const W: usize, const FMA: bool>(
    from: &[[T; W]],
    to: &mut [[T; W]],
    plan: &LevelPlan<T>,
    s: &mut ZonalScratch<T, W>,
) {
    let n = plan.n_lon;
    let [before, after] = plan.zonal();
    for j in 0..plan.n_lat {
        let cells = j * n..(j + 1) * n;
        let row = Row {
            values: &from[cells.clone()],
            flux: &plan.east[cells.clone()],
            before: &before[cells.clone()],
            after: &after[cells.clone()],
        };
        let out = &mut to[cells];
        match &plan.integer_courant[j] {
            _ if j == 0 || j == plan.n_lat - 1 => out.copy_from_slice(row.values),
            None => by_sweep::<T, L, W, FMA>(&row, out, s),
            Some(courant) => by_integer_courant::<T, L::Strict, W, FMA>(&row, out, courant, s),
        }
    }
}

/// Sweeps from cell -3, so that cells from -1 on have their parabolas, to cell n; the cell before
/// the swept one is finished.
#[inline(always)]
fn by_sweep<T: Real, L: Limiter, const W: usize, const FMA: bool>(
    row: &Row<T, W>,
    out: &mut [[T; W]],
    s: &mut ZonalScratch<T, W>,
) {
    let n = out.len();
    let around = |x: usize| {
        if x < 3 {
            x + n - 3
        } else if x < n + 3 {
            x - 3
        } else {
            x - n - 3
        }
    };
    for e in 0..n + 4 {
        let (i, next, after) = (around(e), around(e + 1), around(e + 2));
        let cells = [&row.values[i], &row.values[next], &row.values[after]];
        let courant = if e < 2 {
            Courant::none()
        } else {
            Courant {
                first: row.flux[i] * row.before[i],
                last: row.flux[next] * row.before[i],
                ..Courant::none()
            }
        };
        let [back, forth] = s
            .recent
            .get_disjoint_mut([e % 3, (e + 1) % 3])
            .expect("two faces");
        sweep::<T, L, Even, W, FMA>(Even, cells, &mut s.carried, courant, back, forth);
        if e >= 4 {
            let done = e - 4;
            let (west, east) = (
                row.flux[done] * row.after[done],
                row.flux[i] * row.after[done],
            );
            exchange::<T, W, FMA>(
                &mut out[done],
                &row.values[done],
                (west, &s.recent[(e + 2) % 3]),
                (east, &s.recent[e % 3]),
            );
        }
    }
}

#[inline(always)]
fn by_integer_courant<T: Real, L: Limiter, const W: usize, const FMA: bool>(
    row: &Row<T, W>,
    out: &mut [[T; W]],
    courant: &IntegerCourant<T>,
    s: &mut ZonalScratch<T, W>,
) {
    let (n, values) = (out.len(), row.values);
    for i in 0..n {
        let (west, here, east) = (&values[(i + n - 1) % n], &values[i], &values[(i + 1) % n]);
        for m in 0..W {
            let (d1, d2) = (here[m] - west[m], east[m] - here[m]);
            s.slopes[i][m] = L::slope(d1, d2, Even.slope::<FMA>(d1, d2));
        }
    }
    for i in 0..n {
        let west = (i + n - 1) % n;
        let (before, here) = (&values[west], &values[i]);
        for (m, edge) in s.edges[i].iter_mut().enumerate() {
            *edge = Even.edge::<FMA>(
                before[m],
                s.slopes[west][m],
                here[m] - before[m],
                s.slopes[i][m],
            );
        }
    }
    s.edges[n] = s.edges[0];
    for i in 0..n {
        courant.face::<L, W, FMA>(i, values, &s.slopes, &s.edges, &mut s.faces[i]);
    }
    s.faces[n] = s.faces[0];
    for i in 0..n {
        let (west, east) = (
            row.flux[i] * row.after[i],
            row.flux[(i + 1) % n] * row.after[i],
        );
        exchange::<T, W, FMA>(
            &mut out[i],
            &values[i],
            (west, &s.faces[i]),
            (east, &s.faces[i + 1]),
        );
    }
}
