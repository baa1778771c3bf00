//! The piecewise parabola of one cell (Colella and Woodward 1984) under a limiter.

use crate::ensemble::Real;
use crate::transport::lanes::fma;
use std::fmt;

/// How a parabola is kept from making new extrema.
pub trait Limiter: Copy + Send + Sync + fmt::Debug + 'static {
    /// The limiter where a sweep is not followed: in columns, and in rows near the poles that air
    /// crosses with a Courant number above 1.
    type Strict: Limiter;
    /// Whether curvature and the range of the level say how far edges may depart: `Smooth::edge`
    /// and `Smooth::reach` are used.
    const CURVED: bool = false;
    /// Whether kernels of 64 members are compiled, not only of 16.
    const WIDE: bool = true;
    /// Whether those of 32 and 48 are, too.
    const EVERY_WIDTH: bool = false;
    /// The slope of a cell from the differences to the cell before and after it and their centred
    /// mean.
    fn slope<T: Real>(before: T, after: T, centred: T) -> T;
    /// The departures of the two edges from the cell mean, bounded by its slope.
    fn bound<T: Real>(left: T, right: T, slope: T) -> (T, T);
}

/// No new extremum: the slope vanishes at an extremum and is at most twice the lesser difference
/// (van Leer 1977); the edges depart from the mean by at most the slope (Lin 2004, Appendix B).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Monotone;

impl Limiter for Monotone {
    type Strict = Monotone;
    const EVERY_WIDTH: bool = true;
    #[inline(always)]
    fn slope<T: Real>(before: T, after: T, centred: T) -> T {
        let (before, after, zero) = (before + before, after + after, T::default());
        let rising = before.lesser(after).lesser(centred).greater(zero);
        let falling = before.greater(after).greater(centred).lesser(zero);
        rising + falling
    }
    #[inline(always)]
    fn bound<T: Real>(left: T, right: T, slope: T) -> (T, T) {
        let most = slope.greater(T::default() - slope);
        let least = T::default() - most;
        (
            left.lesser(most).greater(least),
            right.lesser(most).greater(least),
        )
    }
}

/// No new extremum in any level, and smooth extrema are kept: edges may leave the interval of the
/// two means beside them, and the parabola the bounds of [`Monotone`], by as much as second
/// differences of one sign on either side allow (after Colella and Sekora 2008, without their
/// branches); what leaves a cell and what stays is then kept within the range that each member has
/// in the level (after Zhang and Shu 2010).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Smooth;

impl Limiter for Smooth {
    type Strict = Monotone;
    const CURVED: bool = true;
    #[inline(always)]
    fn slope<T: Real>(before: T, after: T, centred: T) -> T {
        Monotone::slope(before, after, centred)
    }
    #[inline(always)]
    fn bound<T: Real>(left: T, right: T, slope: T) -> (T, T) {
        Monotone::bound(left, right, slope)
    }
}

impl Smooth {
    /// An edge may leave the interval of the means beside it by this part of the lesser second
    /// difference; a parabola does by 1/6.
    const EDGE: f64 = 0.25;
    /// An edge may depart from its own mean by this part of the least second difference; a parabola
    /// does by at most 1/3.
    const DEPARTURE: f64 = 0.5;

    /// The edge between two means with the second differences `bends` there.
    #[inline(always)]
    pub fn edge<T: Real>(edge: T, here: T, next: T, bends: [T; 2]) -> T {
        let by = T::from_f64(Smooth::EDGE) * size(common(bends[0], bends[1]));
        edge.greater(here.lesser(next) - by)
            .lesser(here.greater(next) + by)
    }

    /// How far edges may depart from the mean of a cell: as far as [`Monotone`] lets them, or by
    /// its curvature.
    #[inline(always)]
    pub fn reach<T: Real>(slope: T, [before, here, after]: [T; 3]) -> T {
        let curved = T::from_f64(Smooth::DEPARTURE) * size(common(common(before, after), here));
        size(slope).greater(curved)
    }

    /// The departure of what leaves a cell, of which `part` is left behind for each part that
    /// leaves, such that both lie within the range.
    #[inline(always)]
    pub fn within<T: Real>(departure: T, below: T, above: T, part: T) -> T {
        departure
            .lesser(above.lesser(part * below))
            .greater(T::default() - below.lesser(part * above))
    }
}

#[inline(always)]
fn size<T: Real>(x: T) -> T {
    x.greater(T::default() - x)
}

/// The lesser of two numbers of one sign, else 0.
#[inline(always)]
fn common<T: Real>(a: T, b: T) -> T {
    let zero = T::default();
    a.lesser(b).greater(zero) + a.greater(b).lesser(zero)
}

/// The parabola as it is: makes new extrema, and treats the sum of two fields as the sum of what it
/// makes of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Linear;

impl Limiter for Linear {
    type Strict = Linear;
    const WIDE: bool = false;
    #[inline(always)]
    fn slope<T: Real>(_: T, _: T, centred: T) -> T {
        centred
    }
    #[inline(always)]
    fn bound<T: Real>(left: T, right: T, _: T) -> (T, T) {
        (left, right)
    }
}

/// Mean of the part of the parabola next to one edge that holds `fraction` of the cell's mass;
/// `near` and `far` are the departures of that edge and the other one from the mean.
#[inline(always)]
pub(crate) fn outflow<T: Real, const FMA: bool>(mean: T, near: T, far: T, fraction: T) -> T {
    let rest = T::from_f64(1.0) - fraction;
    let curved = fma::<T, FMA>(T::default() - fraction, near + far, near);
    fma::<T, FMA>(rest, curved, mean)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::advection::sweep::{Even, Spacing};

    #[test]
    fn the_slope_vanishes_at_an_extremum_and_is_centred_on_a_line() {
        assert_eq!(Monotone::slope(1.0, -2.0, -0.5), 0.0);
        assert_eq!(Monotone::slope(1.0, 1.0, 1.0), 1.0);
        assert_eq!(Monotone::slope(0.1, 3.0, 1.55), 0.2);
        assert_eq!(Monotone::slope(-0.1, -3.0, -1.55), -0.2);
    }

    #[test]
    fn a_smooth_peak_keeps_its_parabola_and_a_step_does_not() {
        // Means of x^2 over unit cells at -1, 0, 1: 13/12, 1/12, 13/12; second differences 2; edges
        // depart by 1/6.
        assert_eq!(Smooth::reach(0.0, [2.0, 2.0, 2.0]), 1.0);
        assert_eq!(Smooth::edge(0.0, 1.0 / 3.0, 1.0 / 3.0, [2.0, 2.0]), 0.0);
        assert_eq!(Smooth::reach(0.0, [0.0, -1.0, 1.0]), 0.0);
        assert_eq!(Smooth::edge(1.1, 0.0, 1.0, [1.0, -1.0]), 1.0);
    }

    #[test]
    fn neither_what_leaves_nor_what_stays_goes_beyond_the_range() {
        // Mean 0.9 in a range of 0 to 1; a quarter leaves, so three parts stay for each that
        // leaves.
        assert_eq!(Smooth::within(0.5f64, 0.9, 1.0 - 0.9, 3.0), 1.0 - 0.9);
        assert!((Smooth::within(-0.5f64, 0.9, 0.1, 3.0) + 0.3).abs() < 1e-15);
    }

    #[test]
    fn a_straight_line_is_reconstructed_exactly() {
        assert_eq!(
            Spacing::<f64>::edge::<false>(&Even, 1.0, 1.0, 1.0, 1.0),
            1.5
        );
        // Mean 1, edges 0.5 and 1.5: the right quarter has mean 1.375.
        assert_eq!(outflow::<f64, false>(1.0, 0.5, -0.5, 0.25), 1.375);
        assert_eq!(outflow::<f64, false>(1.0, 0.5, -0.5, 1.0), 1.0);
    }
}
