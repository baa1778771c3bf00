//! Advection along latitude circles.

use super::LevelPlan;
use super::parabola::{Limiter, edge};
use super::sweep::{Carried, Courant, exchange, sweep};
use super::walk::WalkRow;
use crate::ensemble::Real;

/// Scratch of the zonal operator: rows.
pub struct ZonalScratch<T, const W: usize> {
    slopes: Vec<[T; W]>,
    edges: Vec<[T; W]>,
    faces: Vec<[T; W]>,
}

impl<T: Real, const W: usize> ZonalScratch<T, W> {
    pub fn new(n_lon: usize) -> Self {
        let row = || vec![[T::default(); W]; n_lon + 2];
        ZonalScratch { slopes: row(), edges: row(), faces: row() }
    }
}

/// Moves the level `from` in longitude, into `to`; the caps stay.
#[inline(always)]
pub fn zonal<T: Real, L: Limiter, const W: usize, const FMA: bool>(from: &[[T; W]], to: &mut [[T; W]], plan: &LevelPlan<T>, s: &mut ZonalScratch<T, W>) {
    let n = plan.n_lon;
    let [before, after] = plan.zonal();
    for j in 0..plan.n_lat {
        let cells = j * n..(j + 1) * n;
        let (row, out) = (&from[cells.clone()], &mut to[cells.clone()]);
        if j == 0 || j == plan.n_lat - 1 {
            out.copy_from_slice(row);
            continue;
        }
        let flux = &plan.east[cells.clone()];
        match &plan.walks[j] {
            None => faces_by_sweep::<T, L, W, FMA>(row, flux, &before[cells.clone()], s),
            Some(walk) => faces_by_walk::<T, L, W, FMA>(row, walk, s),
        }
        let inverse = &after[cells];
        for i in 0..n {
            let (west, east) = (flux[i] * inverse[i], flux[(i + 1) % n] * inverse[i]);
            exchange::<T, W, FMA>(&mut out[i], &row[i], (west, &s.faces[i]), (east, &s.faces[i + 1]));
        }
    }
}

/// Sweeps from cell -3, so that cells from -1 on have their parabolas, to cell n.
#[inline(always)]
fn faces_by_sweep<T: Real, L: Limiter, const W: usize, const FMA: bool>(row: &[[T; W]], flux: &[T], inverse: &[T], s: &mut ZonalScratch<T, W>) {
    let (n, zero) = (row.len(), T::default());
    let mut carried = Carried::default();
    let (mut unused, mut unused_too) = ([zero; W], [zero; W]);
    for e in 0..n + 4 {
        let at = |by: usize| (e + by + n - 3) % n;
        let (i, next) = (at(0), at(1));
        let cells = [&row[i], &row[next], &row[at(2)]];
        let mut courant = Courant { first: flux[i] * inverse[i], last: flux[next] * inverse[i] };
        match e {
            0 | 1 => {
                courant = Courant { first: zero, last: zero };
                sweep::<T, L, W, FMA>(cells, &mut carried, courant, &mut unused, &mut unused_too);
            }
            // Cell -1 gives to face 0 only, cell n to face n only.
            2 => {
                courant.first = zero;
                sweep::<T, L, W, FMA>(cells, &mut carried, courant, &mut unused, &mut s.faces[0]);
            }
            _ => {
                if e == n + 3 {
                    courant.last = zero;
                }
                let [back, forth] = s.faces.get_disjoint_mut([e - 3, e - 2]).expect("two faces");
                sweep::<T, L, W, FMA>(cells, &mut carried, courant, back, forth);
            }
        }
    }
}

#[inline(always)]
fn faces_by_walk<T: Real, L: Limiter, const W: usize, const FMA: bool>(row: &[[T; W]], walk: &WalkRow<T>, s: &mut ZonalScratch<T, W>) {
    let (n, half) = (row.len(), T::from_f64(0.5));
    for i in 0..n {
        let (west, here, east) = (&row[(i + n - 1) % n], &row[i], &row[(i + 1) % n]);
        for m in 0..W {
            let (d1, d2) = (here[m] - west[m], east[m] - here[m]);
            s.slopes[i][m] = L::slope(d1, d2, half * (d1 + d2));
        }
    }
    for i in 0..n {
        let west = (i + n - 1) % n;
        for m in 0..W {
            s.edges[i][m] = edge::<T, FMA>(row[west][m], row[i][m], s.slopes[west][m], s.slopes[i][m]);
        }
    }
    s.edges[n] = s.edges[0];
    for i in 0..n {
        walk.face::<L, W, FMA>(i, row, &s.slopes, &s.edges, &mut s.faces[i]);
    }
    s.faces[n] = s.faces[0];
}
