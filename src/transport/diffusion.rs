//! Turbulent mixing in a column: implicit diffusion (backward Euler), solved for the change so that a constant stays exact.
//!
//! M_k d_k = dt [X_(k+1) (q'_(k+1) - q'_k) - X_k (q'_k - q'_(k-1))], q' = q + d, with M the air of a layer and X the
//! turbulent exchange through its lower edge; elimination from the surface up, shared by all members.

use crate::ensemble::Real;
use crate::transport::lanes::fma;

/// Eliminated coefficients of one level.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mixing<T> {
    /// dt X / M with the lower and the upper edge's exchange.
    below: T,
    above: T,
    pivot: T,
}

impl<T: Real> Mixing<T> {
    /// From the exchange through lower edges times dt and the area \[kg\] and the masses \[kg\], surface first. Returns
    /// the number of levels that take part.
    pub fn column(exchange: &[f64], mass: &[f64], out: &mut [Mixing<T>]) -> usize {
        let n = mass.len();
        let levels = (1..n).rev().find(|k| exchange[*k] > 0.0).map_or(0, |k| k + 1);
        let mut ratio = 0.0;
        for k in 0..levels {
            let below = if k == 0 { 0.0 } else { exchange[k] / mass[k] };
            let above = if k + 1 == levels { 0.0 } else { exchange[k + 1] / mass[k] };
            let pivot = 1.0 / (1.0 + below + above - below * ratio);
            ratio = above * pivot;
            out[k] = Mixing { below: T::from_f64(below), above: T::from_f64(above), pivot: T::from_f64(pivot) };
        }
        levels
    }
}

/// Mixes one of the columns side by side in `values` (level, column); `change` is scratch of one level more.
#[inline(always)]
pub fn mix<T: Real, const W: usize, const FMA: bool>(values: &mut [[T; W]], stride: usize, column: usize, plan: &[Mixing<T>], change: &mut [[T; W]]) {
    let n = plan.len();
    let at = |k: usize| k * stride + column;
    // Level k lies at k + 1 of the scratch; below the surface nothing changes.
    change[0] = [T::default(); W];
    for (k, c) in plan.iter().enumerate() {
        let cells = [&values[at(k.max(1) - 1)], &values[at(k)], &values[at((k + 1).min(n - 1))]];
        let [before, here] = change.get_disjoint_mut([k, k + 1]).expect("two levels");
        eliminate::<T, W, FMA>(c, cells, before, here);
    }
    let mut above = [T::default(); W];
    for (k, c) in plan.iter().enumerate().rev() {
        substitute::<T, W, FMA>(c.above * c.pivot, &change[k + 1], &mut above, &mut values[at(k)]);
    }
}

#[inline(always)]
fn eliminate<T: Real, const W: usize, const FMA: bool>(c: &Mixing<T>, [under, here, over]: [&[T; W]; 3], before: &[T; W], change: &mut [T; W]) {
    for m in 0..W {
        let from_below = c.below * (before[m] - (here[m] - under[m]));
        change[m] = c.pivot * fma::<T, FMA>(c.above, over[m] - here[m], from_below);
    }
}

#[inline(always)]
fn substitute<T: Real, const W: usize, const FMA: bool>(ratio: T, change: &[T; W], above: &mut [T; W], value: &mut [T; W]) {
    for m in 0..W {
        above[m] = fma::<T, FMA>(ratio, above[m], change[m]);
        value[m] += above[m];
    }
}
