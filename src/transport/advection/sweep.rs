//! One step along a line of cells, for all lanes: the sweep that all directions share.
//!
//! At position p the sweep knows the values of cells p, p + 1, p + 2 and, from the step before, the slope of
//! cell p and its first edge. It forms the slope of p + 1 and the edge between, and with them the parabola of p,
//! from which air leaves through the first face (`BACK`), the last one (`FORTH`), both or none.

use super::parabola::{Limiter, outflow};
use crate::ensemble::Real;
use crate::transport::lanes::fma;

/// How slopes and edges follow from cell means along a line.
pub trait Spacing<T>: Copy {
    /// The unlimited slope of the next cell from the differences before and after it.
    fn slope<const FMA: bool>(&self, before: T, after: T) -> T;
    /// The edge between this cell and the next: value and slope of this one, difference to and slope of the next.
    fn edge<const FMA: bool>(&self, here: T, slope: T, difference: T, next_slope: T) -> T;
}

/// Cells of equal width.
#[derive(Debug, Clone, Copy)]
pub struct Even;

impl<T: Real> Spacing<T> for Even {
    #[inline(always)]
    fn slope<const FMA: bool>(&self, before: T, after: T) -> T {
        T::from_f64(0.5) * (before + after)
    }
    #[inline(always)]
    fn edge<const FMA: bool>(&self, here: T, slope: T, difference: T, next_slope: T) -> T {
        let (half, sixth) = (T::from_f64(0.5), T::from_f64(1.0 / 6.0));
        fma::<T, FMA>(sixth, slope - next_slope, fma::<T, FMA>(half, difference, here))
    }
}

/// What a sweep carries from cell to cell: the slope of the cell and its first edge.
#[derive(Debug, Clone)]
pub struct Carried<T, const W: usize> {
    pub slope: [T; W],
    pub edge: [T; W],
}

impl<T: Real, const W: usize> Default for Carried<T, W> {
    fn default() -> Self {
        Carried { slope: [T::default(); W], edge: [T::default(); W] }
    }
}

/// Air that leaves a cell: mass fluxes through its two faces over the mass of the cell, positive forward.
#[derive(Debug, Clone, Copy)]
pub struct Courant<T> {
    pub first: T,
    pub last: T,
}

/// One position of the sweep. `back` and `forth` receive the values in the air that leaves the cell.
#[inline(always)]
pub fn sweep<T: Real, L: Limiter, S: Spacing<T>, const W: usize, const FMA: bool>(
    spacing: S,
    cells: [&[T; W]; 3],
    carried: &mut Carried<T, W>,
    courant: Courant<T>,
    back: &mut [T; W],
    forth: &mut [T; W],
) {
    let zero = T::default();
    match (courant.first < zero, courant.last > zero) {
        (false, false) => step::<T, L, S, W, FMA, false, false>(spacing, cells, carried, courant, back, forth),
        (false, true) => step::<T, L, S, W, FMA, false, true>(spacing, cells, carried, courant, back, forth),
        (true, false) => step::<T, L, S, W, FMA, true, false>(spacing, cells, carried, courant, back, forth),
        (true, true) => step::<T, L, S, W, FMA, true, true>(spacing, cells, carried, courant, back, forth),
    }
}

#[inline(always)]
fn step<T: Real, L: Limiter, S: Spacing<T>, const W: usize, const FMA: bool, const BACK: bool, const FORTH: bool>(
    spacing: S,
    [here, next, after]: [&[T; W]; 3],
    carried: &mut Carried<T, W>,
    courant: Courant<T>,
    back: &mut [T; W],
    forth: &mut [T; W],
) {
    let c_back = T::default() - courant.first;
    for m in 0..W {
        let (d1, d2) = (next[m] - here[m], after[m] - next[m]);
        let slope = L::slope(d1, d2, spacing.slope::<FMA>(d1, d2));
        let last = spacing.edge::<FMA>(here[m], carried.slope[m], d1, slope);
        if BACK || FORTH {
            let (l, r) = L::bound(carried.edge[m] - here[m], last - here[m], carried.slope[m]);
            if BACK {
                back[m] = outflow::<T, FMA>(here[m], l, r, c_back);
            }
            if FORTH {
                forth[m] = outflow::<T, FMA>(here[m], r, l, courant.last);
            }
        }
        carried.slope[m] = slope;
        carried.edge[m] = last;
    }
}

/// `out = old + c_in (inflow - old) - c_out (outflow - old)`, the change of a cell by the flow through two faces.
#[inline(always)]
pub fn exchange<T: Real, const W: usize, const FMA: bool>(out: &mut [T; W], old: &[T; W], first: (T, &[T; W]), last: (T, &[T; W])) {
    let less = T::default() - last.0;
    for m in 0..W {
        let gained = fma::<T, FMA>(first.0, first.1[m] - old[m], old[m]);
        out[m] = fma::<T, FMA>(less, last.1[m] - old[m], gained);
    }
}
