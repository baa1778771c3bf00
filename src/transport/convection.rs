//! Convection in a column by an entraining and detraining updraft with compensating sinking, as
//! GEOS-Chem uses CMFMC and DTRAIN (Wu et al. 2007, Eqs. 1-2).
//!
//! Going up with updraft flux U through lower edges, entrainment E = U_(k+1) - U_k + D_k and
//! detrainment D: the updraft takes u_k = u_(k-1) + E / (U_k + E) (q_k - u_(k-1)), and M_k dq_k/dt
//! = U_k (u_(k-1) - q_k) - U_(k+1) (u_k - q_(k+1)).

use crate::ensemble::Real;
use crate::transport::lanes::{BATCH, ColumnBatch, fma};

/// One level of one column.
#[derive(Debug, Clone, Copy, Default)]
pub struct Updraft<T> {
    /// Updraft through the lower and the upper edge in one part of the step, over the mass of the
    /// level.
    into: T,
    out: T,
    /// Part of the updraft above that was entrained here.
    entrained: T,
}

impl<T: Real> Updraft<T> {
    /// For columns side by side, from updrafts through lower edges and detrainment in levels, both
    /// times dt and the area \[kg\] (as many levels as any of them lifts), and the masses \[kg\],
    /// surface first. Returns the number of levels that take part and of parts the step must have.
    /// `updrafts` are column by column, of `n` levels.
    #[inline(always)]
    pub fn columns(
        updraft: &[ColumnBatch],
        detrainment: &[ColumnBatch],
        mass: &[ColumnBatch],
        n: usize,
        updrafts: &mut [Updraft<T>],
    ) -> [(usize, usize); BATCH] {
        let (none, mut levels, mut parts) = ([0.0; BATCH], [0; BATCH], [0.0f64; BATCH]);
        // Nothing rises through the ground.
        let edge = |k: usize| {
            if k == 0 {
                &none
            } else {
                updraft.get(k).unwrap_or(&none)
            }
        };
        for (k, mass) in mass.iter().enumerate().take(updraft.len()) {
            for c in 0..BATCH {
                parts[c] = parts[c].greater((edge(k)[c] + edge(k + 1)[c]) / mass[c]);
                levels[c] = if edge(k)[c] > 0.0 { k + 1 } else { levels[c] };
            }
        }
        parts = parts.map(|most| (most / 0.8).ceil().greater(1.0));
        for k in 0..updraft.len() {
            let (below, above) = (edge(k), edge(k + 1));
            let (mut into, mut out, mut share) = (none, none, none);
            for c in 0..BATCH {
                // What leaves is at most what came in and what is entrained.
                let entrained = (above[c] - below[c] + detrainment[k][c]).greater(0.0);
                share[c] = if below[c] + entrained > 0.0 {
                    entrained / (below[c] + entrained)
                } else {
                    0.0
                };
                into[c] = below[c] / parts[c] / mass[k][c];
                out[c] = above[c] / parts[c] / mass[k][c];
            }
            for (c, column) in updrafts.chunks_mut(n).enumerate() {
                column[k] = Updraft {
                    into: T::from_f64(into[c]),
                    out: T::from_f64(out[c]),
                    entrained: T::from_f64(share[c]),
                };
            }
        }
        std::array::from_fn(|c| (levels[c], parts[c] as usize))
    }
}

/// Lifts one of the columns side by side in `values` (level, column).
#[inline(always)]
pub(crate) fn lift<T: Real, const W: usize, const FMA: bool>(
    values: &mut [[T; W]],
    stride: usize,
    column: usize,
    plan: &[Updraft<T>],
    parts: usize,
) {
    let (n, at) = (plan.len(), |k: usize| k * stride + column);
    if n < 2 {
        return;
    }
    for _ in 0..parts {
        let mut updraft = values[at(0)];
        for (k, lift) in plan[..n - 1].iter().enumerate() {
            let [here, over] = values
                .get_disjoint_mut([at(k), at(k + 1)])
                .expect("two levels");
            level::<T, W, FMA>(lift, here, over, &mut updraft);
        }
        // Nothing leaves through the top of the highest level.
        let highest = [T::default(); W];
        level::<T, W, FMA>(&plan[n - 1], &mut values[at(n - 1)], &highest, &mut updraft);
    }
}

#[inline(always)]
fn level<T: Real, const W: usize, const FMA: bool>(
    c: &Updraft<T>,
    here: &mut [T; W],
    over: &[T; W],
    updraft: &mut [T; W],
) {
    let less = T::default() - c.out;
    for m in 0..W {
        let rising = fma::<T, FMA>(c.entrained, here[m] - updraft[m], updraft[m]);
        let gained = fma::<T, FMA>(c.into, updraft[m] - here[m], here[m]);
        here[m] = fma::<T, FMA>(less, rising - over[m], gained);
        updraft[m] = rising;
    }
}
