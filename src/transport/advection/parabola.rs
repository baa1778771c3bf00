//! The piecewise parabola of one cell (Colella and Woodward 1984) under a limiter.

use crate::ensemble::Real;
use crate::transport::lanes::fma;
use std::fmt;

/// How a parabola is kept from making new extrema.
pub trait Limiter: Copy + Send + Sync + fmt::Debug + 'static {
    /// The slope of a cell from the differences to the cell before and after it and their centred mean.
    fn slope<T: Real>(before: T, after: T, centred: T) -> T;
    /// The departures of the two edges from the cell mean, bounded by its slope.
    fn bound<T: Real>(left: T, right: T, slope: T) -> (T, T);
}

/// No new extremum: the slope vanishes at an extremum and is at most twice the lesser difference (van Leer
/// 1977); the edges depart from the mean by at most the slope (Lin 2004, Appendix B).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Monotone;

impl Limiter for Monotone {
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
        (left.lesser(most).greater(least), right.lesser(most).greater(least))
    }
}

/// Mean of the part of the parabola next to one edge that holds `fraction` of the cell's mass;
/// `near` and `far` are the departures of that edge and the other one from the mean.
#[inline(always)]
pub fn outflow<T: Real, const FMA: bool>(mean: T, near: T, far: T, fraction: T) -> T {
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
    fn a_straight_line_is_reconstructed_exactly() {
        assert_eq!(Spacing::<f64>::edge::<false>(&Even, 1.0, 1.0, 1.0, 1.0), 1.5);
        // Mean 1, edges 0.5 and 1.5: the right quarter has mean 1.375.
        assert_eq!(outflow::<f64, false>(1.0, 0.5, -0.5, 0.25), 1.375);
        assert_eq!(outflow::<f64, false>(1.0, 0.5, -0.5, 1.0), 1.0);
    }
}
