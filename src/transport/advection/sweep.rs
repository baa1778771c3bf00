//! One step along a line of cells, for all lanes: the sweep that all directions share.
//!
//! At position p the sweep knows the values of cells p, p + 1, p + 2 and, from the step before, the
//! slope of cell p and its first edge. It forms the slope of p + 1 and the edge between, and with
//! them the parabola of p, from which air leaves through the first face (`BACK`), the last one
//! (`FORTH`), both or none.

use super::parabola::{Limiter, Smooth, outflow};
use crate::ensemble::Real;
use crate::transport::lanes::fma;

/// How slopes and edges follow from cell means along a line.
pub trait Spacing<T>: Copy {
    /// The unlimited slope of the next cell from the differences before and after it.
    fn slope<const FMA: bool>(&self, before: T, after: T) -> T;
    /// The edge between this cell and the next: value and slope of this one, difference to and
    /// slope of the next.
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
        fma::<T, FMA>(
            sixth,
            slope - next_slope,
            fma::<T, FMA>(half, difference, here),
        )
    }
}

/// What a sweep carries from cell to cell: the slope of the cell and its first edge; for a limiter
/// that looks at curvature also the limited slope, second differences at the cell before and here,
/// and the range of the level.
#[derive(Debug, Clone)]
pub struct Carried<T, const W: usize> {
    pub slope: [T; W],
    pub edge: [T; W],
    limited: [T; W],
    bends: [[T; W]; 2],
    range: [[T; W]; 2],
}

impl<T: Real, const W: usize> Carried<T, W> {
    /// Sets the range that values are kept within.
    pub(crate) fn keep_within(&mut self, range: &[[T; W]; 2]) {
        self.range = *range;
    }
}

impl<T: Real, const W: usize> Default for Carried<T, W> {
    fn default() -> Self {
        let zero = [T::default(); W];
        Carried {
            slope: zero,
            edge: zero,
            limited: zero,
            bends: [zero; 2],
            range: [zero; 2],
        }
    }
}

/// Air that leaves a cell: mass fluxes through its two faces over the mass of the cell, positive
/// forward.
#[derive(Debug, Clone, Copy)]
pub struct Courant<T> {
    pub first: T,
    pub last: T,
    /// The same over all air that is left behind together: more than one where the cell is only a
    /// part of that.
    pub spread: T,
}

impl<T: Real> Courant<T> {
    /// Nothing leaves a cell of its own.
    #[inline(always)]
    pub fn none() -> Self {
        Courant {
            first: T::default(),
            last: T::default(),
            spread: T::from_f64(1.0),
        }
    }
}

/// One position of the sweep. `back` and `forth` receive the values in the air that leaves the
/// cell.
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
        (false, false) => {
            step::<T, L, S, W, FMA, false, false>(spacing, cells, carried, courant, back, forth)
        }
        (false, true) => {
            step::<T, L, S, W, FMA, false, true>(spacing, cells, carried, courant, back, forth)
        }
        (true, false) => {
            step::<T, L, S, W, FMA, true, false>(spacing, cells, carried, courant, back, forth)
        }
        (true, true) => {
            step::<T, L, S, W, FMA, true, true>(spacing, cells, carried, courant, back, forth)
        }
    }
}

#[inline(always)]
fn step<
    T: Real,
    L: Limiter,
    S: Spacing<T>,
    const W: usize,
    const FMA: bool,
    const BACK: bool,
    const FORTH: bool,
>(
    spacing: S,
    [here, next, after]: [&[T; W]; 3],
    carried: &mut Carried<T, W>,
    courant: Courant<T>,
    back: &mut [T; W],
    forth: &mut [T; W],
) {
    let c_back = T::default() - courant.first;
    if L::CURVED {
        return curved::<T, L, S, W, FMA, BACK, FORTH>(
            spacing,
            [here, next, after],
            carried,
            courant,
            back,
            forth,
        );
    }
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

/// The same under a limiter that looks at curvature.
#[inline(always)]
fn curved<
    T: Real,
    L: Limiter,
    S: Spacing<T>,
    const W: usize,
    const FMA: bool,
    const BACK: bool,
    const FORTH: bool,
>(
    spacing: S,
    [here, next, after]: [&[T; W]; 3],
    carried: &mut Carried<T, W>,
    courant: Courant<T>,
    back: &mut [T; W],
    forth: &mut [T; W],
) {
    let (zero, c_back) = (T::default(), T::default() - courant.first);
    let leaving = courant.spread
        * ((if BACK { c_back } else { zero }) + (if FORTH { courant.last } else { zero }));
    // Parts that stay for each that leaves; none where all seems to leave.
    let stays = T::from_f64(if BACK || FORTH {
        (1.0 / leaving.to_f64() - 1.0).clamp(0.0, 1e6)
    } else {
        0.0
    });
    for m in 0..W {
        let (d1, d2) = (next[m] - here[m], after[m] - next[m]);
        let (slope, bend) = (spacing.slope::<FMA>(d1, d2), d2 - d1);
        let [before, bent] = [carried.bends[0][m], carried.bends[1][m]];
        let last = Smooth::edge(
            spacing.edge::<FMA>(here[m], carried.slope[m], d1, slope),
            here[m],
            next[m],
            [bent, bend],
        );
        if BACK || FORTH {
            let reach = Smooth::reach(carried.limited[m], [before, bent, bend]);
            let (l, r) = L::bound(carried.edge[m] - here[m], last - here[m], reach);
            let (below, above) = (here[m] - carried.range[0][m], carried.range[1][m] - here[m]);
            if BACK {
                back[m] = here[m]
                    + Smooth::within(outflow::<T, FMA>(zero, l, r, c_back), below, above, stays);
            }
            if FORTH {
                forth[m] = here[m]
                    + Smooth::within(
                        outflow::<T, FMA>(zero, r, l, courant.last),
                        below,
                        above,
                        stays,
                    );
            }
        }
        carried.slope[m] = slope;
        carried.limited[m] = L::slope(d1, d2, slope);
        carried.edge[m] = last;
        carried.bends[0][m] = bent;
        carried.bends[1][m] = bend;
    }
}

/// `out = old + c_in (inflow - old) - c_out (outflow - old)`, the change of a cell by the flow
/// through two faces.
#[inline(always)]
pub fn exchange<T: Real, const W: usize, const FMA: bool>(
    out: &mut [T; W],
    old: &[T; W],
    first: (T, &[T; W]),
    last: (T, &[T; W]),
) {
    let less = T::default() - last.0;
    for m in 0..W {
        let gained = fma::<T, FMA>(first.0, first.1[m] - old[m], old[m]);
        out[m] = fma::<T, FMA>(less, last.1[m] - old[m], gained);
    }
}
