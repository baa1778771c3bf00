//! Turbulent mixing in a column: implicit diffusion (backward Euler), solved for the change so that
//! a constant stays exact.
//!
//! M_k d_k = dt [X_(k+1) (q'_(k+1) - q'_k) - X_k (q'_k - q'_(k-1))], q' = q + d, with M the air of
//! a layer and X the turbulent exchange through its lower edge; elimination from the surface up,
//! shared by all members.

use crate::ensemble::Real;
use crate::transport::lanes::{BATCH, ColumnBatch, fma};

/// Eliminated coefficients of one level.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mixing<T> {
    /// dt X / M with the lower and the upper edge's exchange.
    below: T,
    above: T,
    pivot: T,
}

impl<T: Real> Mixing<T> {
    /// For columns side by side, from the exchange through lower edges times dt and the area \[kg\]
    /// (as many levels as any of them mixes) and the masses \[kg\], surface first. Returns the
    /// number of levels that take part. `mixing` is column by column, of `n` levels.
    #[inline(always)]
    pub fn columns(
        exchange: &[ColumnBatch],
        mass: &[ColumnBatch],
        n: usize,
        mixing: &mut [Mixing<T>],
    ) -> [usize; BATCH] {
        let mut levels = [0; BATCH];
        let mut ratio = [0.0; BATCH];
        for (k, through) in exchange.iter().enumerate() {
            let over = exchange.get(k + 1).unwrap_or(&NONE);
            let (mut below, mut above, mut pivot) = (NONE, NONE, NONE);
            for c in 0..BATCH {
                below[c] = if k == 0 { 0.0 } else { through[c] / mass[k][c] };
                above[c] = over[c] / mass[k][c];
                pivot[c] = 1.0 / (1.0 + below[c] + above[c] - below[c] * ratio[c]);
                ratio[c] = above[c] * pivot[c];
            }
            for (c, column) in mixing.chunks_mut(n).enumerate() {
                column[k] = Mixing {
                    below: T::from_f64(below[c]),
                    above: T::from_f64(above[c]),
                    pivot: T::from_f64(pivot[c]),
                };
                if k > 0 && through[c] > 0.0 {
                    levels[c] = k + 1;
                }
            }
        }
        levels
    }
}

const NONE: ColumnBatch = [0.0; BATCH];

/// Mixes one of the columns side by side in `values` (level, column); `change` is scratch of one
/// level more.
#[inline(always)]
pub fn mix<T: Real, const W: usize, const FMA: bool>(
    values: &mut [[T; W]],
    stride: usize,
    column: usize,
    plan: &[Mixing<T>],
    change: &mut [[T; W]],
) {
    let n = plan.len();
    let at = |k: usize| k * stride + column;
    // Level k lies at k + 1 of the scratch; below the surface nothing changes.
    change[0] = [T::default(); W];
    for (k, c) in plan.iter().enumerate() {
        let cells = [
            &values[at(k.max(1) - 1)],
            &values[at(k)],
            &values[at((k + 1).min(n - 1))],
        ];
        let [before, here] = change.get_disjoint_mut([k, k + 1]).expect("two levels");
        eliminate::<T, W, FMA>(c, cells, before, here);
    }
    let mut above = [T::default(); W];
    for (k, c) in plan.iter().enumerate().rev() {
        substitute::<T, W, FMA>(
            c.above * c.pivot,
            &change[k + 1],
            &mut above,
            &mut values[at(k)],
        );
    }
}

#[inline(always)]
fn eliminate<T: Real, const W: usize, const FMA: bool>(
    c: &Mixing<T>,
    [under, here, over]: [&[T; W]; 3],
    before: &[T; W],
    change: &mut [T; W],
) {
    for m in 0..W {
        let from_below = c.below * (before[m] - (here[m] - under[m]));
        change[m] = c.pivot * fma::<T, FMA>(c.above, over[m] - here[m], from_below);
    }
}

#[inline(always)]
fn substitute<T: Real, const W: usize, const FMA: bool>(
    ratio: T,
    change: &[T; W],
    above: &mut [T; W],
    value: &mut [T; W],
) {
    for m in 0..W {
        above[m] = fma::<T, FMA>(ratio, above[m], change[m]);
        value[m] += above[m];
    }
}
