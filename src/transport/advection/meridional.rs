//! Advection along meridians, through the poles.
//!
//! A meridian continues beyond a pole as the opposite one; the polar cap is one cell of it, as wide
//! as the others.

use super::LevelPlan;
use super::parabola::Limiter;
use super::sweep::{Carried, Courant, Even, exchange, sweep};
use crate::ensemble::Real;
use crate::transport::lanes::fma;
use std::ops::Range;

/// Meridians that are swept together, so that the scratch stays in the first cache.
const STRIP: usize = 8;

/// Scratch of the meridional operator.
pub struct MeridionalScratch<T, const W: usize> {
    carried: Vec<Carried<T, W>>,
    faces: [Vec<[T; W]>; 3],
    caps: [[T; W]; 2],
}

impl<T: Real, const W: usize> MeridionalScratch<T, W> {
    pub fn new() -> Self {
        let row = || vec![[T::default(); W]; STRIP];
        MeridionalScratch {
            carried: vec![Carried::default(); STRIP],
            faces: [row(), row(), row()],
            caps: [[T::default(); W]; 2],
        }
    }

    /// Sets the range that values are kept within.
    pub(crate) fn keep_within(&mut self, range: &[[T; W]; 2]) {
        self.carried.iter_mut().for_each(|c| c.keep_within(range));
    }
}

/// Moves the level `from` in latitude, into `to`.
#[inline(always)]
pub fn meridional<T: Real, L: Limiter, const W: usize, const FMA: bool>(
    from: &[[T; W]],
    to: &mut [[T; W]],
    plan: &LevelPlan<T>,
    s: &mut MeridionalScratch<T, W>,
) {
    s.caps = [[T::default(); W]; 2];
    for first in (0..plan.n_lon).step_by(STRIP) {
        let strip = first..(first + STRIP).min(plan.n_lon);
        sweep_strip::<T, L, W, FMA>(from, to, strip, plan, s);
    }
    let [_, after] = plan.meridional();
    for (cap, row) in s.caps.iter().zip([0, (plan.n_lat - 1) * plan.n_lon]) {
        let mut value = from[row];
        for m in 0..W {
            value[m] = fma::<T, FMA>(after[row], cap[m], value[m]);
        }
        to[row..row + plan.n_lon].fill(value);
    }
}

/// Sweeps rows -2 and -1, which only start the slopes and edges, then all others; the row before
/// the swept one is finished.
#[inline(always)]
fn sweep_strip<T: Real, L: Limiter, const W: usize, const FMA: bool>(
    from: &[[T; W]],
    to: &mut [[T; W]],
    strip: Range<usize>,
    plan: &LevelPlan<T>,
    s: &mut MeridionalScratch<T, W>,
) {
    let n = plan.n_lon;
    let [before, _] = plan.meridional();
    for r in 0..plan.n_lat + 2 {
        // Faces of row r - 2; the last third is finished with.
        let [back, forth] = s
            .faces
            .get_disjoint_mut([r % 3, (r + 1) % 3])
            .expect("two rows");
        for (x, i) in strip.clone().enumerate() {
            let mut courant = Courant::none();
            if r >= 2 {
                let cell = (r - 2) * n + i;
                // The tip of a cap is a quarter of its slice.
                let spread = T::from_f64(if r == 2 || r == plan.n_lat + 1 {
                    4.0
                } else {
                    1.0
                });
                courant = Courant {
                    first: plan.north[cell] * before[cell],
                    last: plan.north[cell + n] * before[cell],
                    spread,
                };
            }
            let cells = [0, 1, 2].map(|by| &from[beyond_poles(r + by, i, plan)]);
            sweep::<T, L, Even, W, FMA>(
                Even,
                cells,
                &mut s.carried[x],
                courant,
                &mut back[x],
                &mut forth[x],
            );
        }
        if r >= 3 {
            for (x, i) in strip.clone().enumerate() {
                finish::<T, W, FMA>(
                    from,
                    to,
                    (r - 3, i),
                    plan,
                    [&s.faces[(r + 2) % 3][x], &s.faces[r % 3][x]],
                    &mut s.caps,
                );
            }
        }
    }
}

/// The cell in row `r - 2` of the meridian at longitude `i`.
#[inline(always)]
fn beyond_poles<T>(r: usize, i: usize, plan: &LevelPlan<T>) -> usize {
    let (n, n_lat) = (plan.n_lon, plan.n_lat);
    match r {
        0 | 1 => (2 - r) * n + (i + n / 2) % n,
        r if r < n_lat + 2 => (r - 2) * n + i,
        r => (2 * n_lat - r) * n + (i + n / 2) % n,
    }
}

/// A row with both its faces: updates it; gathers what a cap next to it gains.
#[inline(always)]
fn finish<T: Real, const W: usize, const FMA: bool>(
    from: &[[T; W]],
    to: &mut [[T; W]],
    (j, i): (usize, usize),
    plan: &LevelPlan<T>,
    [south, north]: [&[T; W]; 2],
    caps: &mut [[T; W]; 2],
) {
    let (n, cell) = (plan.n_lon, j * plan.n_lon + i);
    let [_, after] = plan.meridional();
    let (entering, leaving) = (plan.north[cell], plan.north[cell + n]);
    let old = &from[cell];
    if j == 0 {
        for m in 0..W {
            caps[0][m] = fma::<T, FMA>(T::default() - leaving, north[m] - old[m], caps[0][m]);
        }
        return;
    }
    exchange::<T, W, FMA>(
        &mut to[cell],
        old,
        (entering * after[cell], south),
        (leaving * after[cell], north),
    );
    if j == plan.n_lat - 2 {
        for m in 0..W {
            caps[1][m] = fma::<T, FMA>(leaving, north[m] - from[cell + n][m], caps[1][m]);
        }
    }
}
