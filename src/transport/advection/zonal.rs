//! Advection along a latitude circle of values half advanced in latitude.

use super::LevelPlan;
use super::parabola::Limiter;
use super::sweep::{Carried, Courant, exchange, mix, sweep};
use super::walk::WalkRow;
use crate::ensemble::Real;

/// Scratch of the zonal operator: a row with three cells more at either end.
pub struct ZonalScratch<T, const W: usize> {
    values: Vec<[T; W]>,
    slopes: Vec<[T; W]>,
    edges: Vec<[T; W]>,
    faces: Vec<[T; W]>,
}

/// Cells a row is extended by at either end.
pub const HALO: usize = 3;

impl<T: Real, const W: usize> ZonalScratch<T, W> {
    pub fn new(n_lon: usize) -> Self {
        let row = |n: usize| vec![[T::default(); W]; n];
        ZonalScratch { values: row(n_lon + 2 * HALO), slopes: row(n_lon + 2 * HALO), edges: row(n_lon + 2 * HALO), faces: row(n_lon + 2) }
    }
}

/// Row `j` of the level `old` moved in longitude, written to `out`; the flux is that of values half advanced in latitude.
#[inline(always)]
pub fn zonal<T: Real, L: Limiter, const W: usize, const FMA: bool>(
    old: &[[T; W]],
    out: &mut [[T; W]],
    j: usize,
    plan: &LevelPlan<T>,
    s: &mut ZonalScratch<T, W>,
) {
    let n = plan.n_lon;
    for i in 0..n {
        half_advance::<T, W, FMA>(&mut s.values[i + HALO], old, j, i, plan);
    }
    for i in 0..HALO {
        s.values[i] = s.values[i + n];
        s.values[n + HALO + i] = s.values[HALO + i];
    }
    match &plan.walks[j] {
        None => faces_by_sweep::<T, L, W, FMA>(j, plan, s),
        Some(walk) => faces_by_walk::<T, L, W, FMA>(walk, n, s),
    }
    let (flux, inverse, row) = (plan.east_of(j), plan.inverse_after_of(j), &old[j * n..(j + 1) * n]);
    for i in 0..n {
        let (west, east) = (flux[i] * inverse[i], flux[(i + 1) % n] * inverse[i]);
        exchange::<T, W, FMA>(&mut out[i], &row[i], &row[i], (west, &s.faces[i]), (east, &s.faces[i + 1]));
    }
}

/// Half a first-order upwind step in latitude.
#[inline(always)]
fn half_advance<T: Real, const W: usize, const FMA: bool>(value: &mut [T; W], old: &[[T; W]], j: usize, i: usize, plan: &LevelPlan<T>) {
    let n = plan.n_lon;
    let cell = j * n + i;
    let quarter = T::from_f64(0.25);
    let half_courant = quarter * (plan.north[cell] + plan.north[cell + n]) * plan.inverse_before[cell];
    let (upwind, weight) = if half_courant > T::default() { (cell - n, half_courant) } else { (cell + n, T::default() - half_courant) };
    mix::<T, W, FMA>(value, &old[cell], &old[upwind], weight);
}

#[inline(always)]
fn faces_by_sweep<T: Real, L: Limiter, const W: usize, const FMA: bool>(j: usize, plan: &LevelPlan<T>, s: &mut ZonalScratch<T, W>) {
    let n = plan.n_lon;
    let (flux, inverse) = (plan.east_of(j), plan.inverse_before_of(j));
    let mut carried = Carried::default();
    let (mut unused, mut unused_too) = ([T::default(); W], [T::default(); W]);
    let still = Courant { first: T::default(), last: T::default() };
    // Cells -3 and -2 only start the slopes and edges.
    for e in 0..2 {
        let cells = [&s.values[e], &s.values[e + 1], &s.values[e + 2]];
        sweep::<T, L, W, FMA>(cells, &mut carried, still, &mut unused, &mut unused_too);
    }
    for e in 2..n + 4 {
        let i = (e + n - HALO) % n;
        let mut courant = Courant { first: flux[i] * inverse[i], last: flux[(i + 1) % n] * inverse[i] };
        let cells = [&s.values[e], &s.values[e + 1], &s.values[e + 2]];
        // Cell -1 gives to face 0 only, cell n to face n only.
        if e == 2 {
            courant.first = T::default();
            sweep::<T, L, W, FMA>(cells, &mut carried, courant, &mut unused, &mut s.faces[0]);
        } else {
            if e == n + 3 {
                courant.last = T::default();
            }
            let [back, forth] = s.faces.get_disjoint_mut([e - HALO, e + 1 - HALO]).expect("two faces");
            sweep::<T, L, W, FMA>(cells, &mut carried, courant, back, forth);
        }
    }
}

#[inline(always)]
fn faces_by_walk<T: Real, L: Limiter, const W: usize, const FMA: bool>(walk: &WalkRow<T>, n: usize, s: &mut ZonalScratch<T, W>) {
    let half = T::from_f64(0.5);
    let length = n + 2 * HALO;
    for e in 1..length - 1 {
        for m in 0..W {
            let (d1, d2) = (s.values[e][m] - s.values[e - 1][m], s.values[e + 1][m] - s.values[e][m]);
            s.slopes[e][m] = L::slope(d1, d2, half * (d1 + d2));
        }
    }
    for e in 2..length - 1 {
        for m in 0..W {
            s.edges[e][m] = super::parabola::edge::<T, FMA>(s.values[e - 1][m], s.values[e][m], s.slopes[e - 1][m], s.slopes[e][m]);
        }
    }
    for i in 0..n {
        let (values, slopes, edges) = (&s.values[HALO..], &s.slopes[HALO..], &s.edges[HALO..]);
        walk.face::<L, W, FMA>(i, values, slopes, edges, &mut s.faces[i]);
    }
    s.faces[n] = s.faces[0];
}
