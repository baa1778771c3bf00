//! Convection in a column by an entraining and detraining updraft with compensating sinking, as GEOS-Chem
//! uses CMFMC and DTRAIN (Wu et al. 2007, Eqs. 1-2).
//!
//! Going up with updraft flux U through lower edges, entrainment E = U_(k+1) - U_k + D_k and detrainment D: the updraft takes
//! u_k = u_(k-1) + E / (U_k + E) (q_k - u_(k-1)), and M_k dq_k/dt = U_k (u_(k-1) - q_k) - U_(k+1) (u_k - q_(k+1)).

use crate::ensemble::Real;
use crate::transport::lanes::fma;

/// One level of one column.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lift<T> {
    /// Updraft through the lower and the upper edge in one part of the step, over the mass of the level.
    into: T,
    out: T,
    /// Part of the updraft above that was entrained here.
    entrained: T,
}

impl<T: Real> Lift<T> {
    /// From updrafts through lower edges and detrainment in levels, both times dt and the area \[kg\], and the masses
    /// \[kg\], surface first. Returns the number of levels that take part and of parts the step must have.
    pub fn column(updraft: &[f64], detrainment: &[f64], mass: &[f64], out: &mut [Lift<T>]) -> (usize, usize) {
        let n = mass.len();
        let levels = (1..n).rev().find(|k| updraft[*k] > 0.0).map_or(0, |k| k + 1);
        let edge = |k: usize| if k == 0 || k >= levels { 0.0 } else { updraft[k] };
        let most = (0..levels).map(|k| (edge(k) + edge(k + 1)) / mass[k]).fold(0.0, f64::max);
        let parts = (most / 0.8).ceil().max(1.0);
        for k in 0..levels {
            let (below, above) = (edge(k), edge(k + 1));
            // What leaves is at most what came in and what is entrained.
            let entrained = (above - below + detrainment[k]).max(0.0);
            let part = if below + entrained > 0.0 { entrained / (below + entrained) } else { 0.0 };
            let share = |x: f64| T::from_f64(x / parts / mass[k]);
            out[k] = Lift { into: share(below), out: share(above), entrained: T::from_f64(part) };
        }
        (levels, parts as usize)
    }
}

/// Lifts one of the columns side by side in `values` (level, column).
#[inline(always)]
pub fn lift<T: Real, const W: usize, const FMA: bool>(values: &mut [[T; W]], stride: usize, column: usize, plan: &[Lift<T>], parts: usize) {
    let (n, at) = (plan.len(), |k: usize| k * stride + column);
    if n < 2 {
        return;
    }
    for _ in 0..parts {
        let mut updraft = values[at(0)];
        for (k, lift) in plan[..n - 1].iter().enumerate() {
            let [here, over] = values.get_disjoint_mut([at(k), at(k + 1)]).expect("two levels");
            level::<T, W, FMA>(lift, here, over, &mut updraft);
        }
        // Nothing leaves through the top of the highest level.
        let highest = [T::default(); W];
        level::<T, W, FMA>(&plan[n - 1], &mut values[at(n - 1)], &highest, &mut updraft);
    }
}

#[inline(always)]
fn level<T: Real, const W: usize, const FMA: bool>(c: &Lift<T>, here: &mut [T; W], over: &[T; W], updraft: &mut [T; W]) {
    let less = T::default() - c.out;
    for m in 0..W {
        let rising = fma::<T, FMA>(c.entrained, here[m] - updraft[m], updraft[m]);
        let gained = fma::<T, FMA>(c.into, updraft[m] - here[m], here[m]);
        here[m] = fma::<T, FMA>(less, rising - over[m], gained);
        updraft[m] = rising;
    }
}
