//! Advection along meridians, through the poles, of values half advanced in longitude.
//!
//! A meridian continues beyond a pole as the opposite one; the polar cap is one cell of it, as wide as the others.

use super::LevelPlan;
use super::parabola::Limiter;
use super::sweep::{Carried, Courant, exchange, mix, sweep};
use crate::ensemble::Real;
use crate::transport::lanes::fma;

/// Meridians that are swept together, so that the scratch stays in the first cache.
const STRIP: usize = 8;

/// Scratch of the meridional operator.
pub struct MeridionalScratch<T, const W: usize> {
    values: [Vec<[T; W]>; 4],
    carried: Vec<Carried<T, W>>,
    faces: [Vec<[T; W]>; 3],
    caps: [[T; W]; 2],
}

impl<T: Real, const W: usize> MeridionalScratch<T, W> {
    pub fn new() -> Self {
        let row = || vec![[T::default(); W]; STRIP];
        MeridionalScratch {
            values: [row(), row(), row(), row()],
            carried: vec![Carried::default(); STRIP],
            faces: [row(), row(), row()],
            caps: [[T::default(); W]; 2],
        }
    }
}

/// Adds the meridional transport of the level `old` to `out`, which holds the zonal one.
#[inline(always)]
pub fn meridional<T: Real, L: Limiter, const W: usize, const FMA: bool>(
    old: &[[T; W]],
    out: &mut [[T; W]],
    plan: &LevelPlan<T>,
    s: &mut MeridionalScratch<T, W>,
) {
    s.caps = [[T::default(); W]; 2];
    for first in (0..plan.n_lon).step_by(STRIP) {
        let strip = first..(first + STRIP).min(plan.n_lon);
        sweep_strip::<T, L, W, FMA>(old, out, strip, plan, s);
    }
    let last = (plan.n_lat - 1) * plan.n_lon;
    for (cap, row) in s.caps.iter().zip([0, last]) {
        let inverse = plan.inverse_after[row];
        let mut value = old[row];
        for m in 0..W {
            value[m] = fma::<T, FMA>(inverse, cap[m], value[m]);
        }
        out[row..row + plan.n_lon].fill(value);
    }
}

/// Rows are loaded from two beyond one pole to two beyond the other; the cell two rows behind the loading is swept,
/// and the one behind it updated.
#[inline(always)]
fn sweep_strip<T: Real, L: Limiter, const W: usize, const FMA: bool>(
    old: &[[T; W]],
    out: &mut [[T; W]],
    strip: std::ops::Range<usize>,
    plan: &LevelPlan<T>,
    s: &mut MeridionalScratch<T, W>,
) {
    let (n, n_lat) = (plan.n_lon, plan.n_lat);
    let zero = T::default();
    // The row loaded is `r - 2`.
    for r in 0..n_lat + 4 {
        let slot = r % 4;
        for (x, i) in strip.clone().enumerate() {
            half_advance::<T, W, FMA>(&mut s.values[slot][x], old, r, i, plan);
        }
        if r < 2 {
            continue;
        }
        // Cells of rows -2 and -1 (r = 2, 3) only start the slopes and edges.
        let swept = r as isize - 4;
        let [back, forth] = s.faces.get_disjoint_mut([(r + 1) % 3, (r + 2) % 3]).expect("two rows");
        for (x, i) in strip.clone().enumerate() {
            let mut courant = Courant { first: zero, last: zero };
            if swept >= 0 {
                let cell = swept as usize * n + i;
                let inverse = plan.inverse_before[cell];
                courant = Courant { first: plan.north[cell] * inverse, last: plan.north[cell + n] * inverse };
            }
            let cells = [&s.values[(r + 2) % 4][x], &s.values[(r + 3) % 4][x], &s.values[slot][x]];
            sweep::<T, L, W, FMA>(cells, &mut s.carried[x], courant, &mut back[x], &mut forth[x]);
        }
        if swept >= 1 {
            let swept = swept as usize;
            for (x, i) in strip.clone().enumerate() {
                finish_row::<T, W, FMA>(old, out, swept, i, plan, [&s.faces[r % 3][x], &s.faces[(r + 1) % 3][x]], &mut s.caps);
            }
        }
    }
}

/// The row behind the swept one has both its faces: update it, or gather what a cap gains.
#[inline(always)]
fn finish_row<T: Real, const W: usize, const FMA: bool>(
    old: &[[T; W]],
    out: &mut [[T; W]],
    swept: usize,
    i: usize,
    plan: &LevelPlan<T>,
    [south, north]: [&[T; W]; 2],
    caps: &mut [[T; W]; 2],
) {
    let n = plan.n_lon;
    let cell = (swept - 1) * n + i;
    let through = plan.north[cell + n];
    if swept == 1 {
        for m in 0..W {
            caps[0][m] = fma::<T, FMA>(T::default() - through, north[m] - old[cell][m], caps[0][m]);
        }
    } else {
        let inverse = plan.inverse_after[cell];
        let base = out[cell];
        let first = (plan.north[cell] * inverse, south);
        exchange::<T, W, FMA>(&mut out[cell], &base, &old[cell], first, (through * inverse, north));
    }
    if swept == plan.n_lat - 1 {
        for m in 0..W {
            caps[1][m] = fma::<T, FMA>(through, north[m] - old[cell + n][m], caps[1][m]);
        }
    }
}

/// Half a first-order upwind (semi-Lagrangian) step in longitude of the loaded row `r - 2` at longitude `i`.
#[inline(always)]
fn half_advance<T: Real, const W: usize, const FMA: bool>(value: &mut [T; W], old: &[[T; W]], r: usize, i: usize, plan: &LevelPlan<T>) {
    let (n, n_lat) = (plan.n_lon, plan.n_lat);
    let opposite = || (i + n / 2) % n;
    let (j, i) = match r {
        0 | 1 => (2 - r, opposite()),
        r if r < n_lat + 2 => (r - 2, i),
        r => (2 * n_lat - r, opposite()),
    };
    let row = &old[j * n..(j + 1) * n];
    if j == 0 || j == n_lat - 1 {
        *value = row[i];
        return;
    }
    let (flux, half) = (plan.east_of(j), T::from_f64(0.5));
    let courant = half * (flux[i] + flux[(i + 1) % n]) * plan.inverse_before[j * n + i];
    let one = T::from_f64(1.0);
    let (size, eastward) = if courant > T::default() { (courant, true) } else { (T::default() - courant, false) };
    let upwind = |by: usize| if eastward { (i + n - by % n) % n } else { (i + by) % n };
    if size < one {
        mix::<T, W, FMA>(value, &row[i], &row[upwind(1)], half * size);
        return;
    }
    let whole = size.to_f64().floor();
    let fraction = size - T::from_f64(whole);
    let (near, far, here) = (&row[upwind(whole as usize)], &row[upwind(whole as usize + 1)], &row[i]);
    for m in 0..W {
        let arrived = fma::<T, FMA>(fraction, far[m] - near[m], near[m]);
        value[m] = fma::<T, FMA>(half, arrived - here[m], here[m]);
    }
}
