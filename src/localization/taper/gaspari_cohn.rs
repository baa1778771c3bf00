//! The compactly supported correlation function of Gaspari and Cohn (1999, Eq. 4.10).

use super::{Taper, positive};
use crate::error::Result;
use std::fmt;

/// The function of Gaspari and Cohn (1999): 5/24 at the half width, 0 from two half widths on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GaspariCohn {
    half_width_km: f64,
}

impl GaspariCohn {
    /// Of a half width \[km\]; an infinite one tapers nothing.
    ///
    /// # Errors
    /// A half width that is not positive.
    pub fn new(half_width_km: f64) -> Result<Self> {
        positive("half width", half_width_km).map(|half_width_km| GaspariCohn { half_width_km })
    }
}

impl Taper for GaspariCohn {
    fn weight(&self, distance_km: f64) -> f64 {
        gaspari_cohn(distance_km, self.half_width_km)
    }
    fn reach_km(&self) -> f64 {
        2.0 * self.half_width_km
    }
}

impl fmt::Display for GaspariCohn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "localization::gaspari_cohn({:?})", self.half_width_km)
    }
}

/// Taper at `distance_km` for a half width of `half_width_km`: 1 at 0, 5/24 at one half width, 0
/// from two on; an infinite half width tapers nothing.
pub fn gaspari_cohn(distance_km: f64, half_width_km: f64) -> f64 {
    if half_width_km.is_infinite() {
        return 1.0;
    }
    let r = distance_km.abs() / half_width_km;
    if r <= 1.0 {
        1.0 + r * r * (-5.0 / 3.0 + r * (5.0 / 8.0 + r * (0.5 - 0.25 * r)))
    } else if r < 2.0 {
        (4.0 - 5.0 * r + r * r * (5.0 / 3.0 + r * (5.0 / 8.0 + r * (-0.5 + r / 12.0)))
            - 2.0 / (3.0 * r))
            .max(0.0)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_taper_has_its_known_values_and_falls_without_a_jump() {
        assert_eq!(
            (
                gaspari_cohn(0.0, 800.0),
                gaspari_cohn(1600.0, 800.0),
                gaspari_cohn(1e9, f64::INFINITY)
            ),
            (1.0, 0.0, 1.0)
        );
        assert!((gaspari_cohn(800.0, 800.0) - 5.0 / 24.0).abs() < 1e-15);
        assert!((gaspari_cohn(1200.0, 800.0) - 19.0 / 1152.0).abs() < 1e-14);
        let taper: Vec<f64> = (0..2000).map(|d| gaspari_cohn(d as f64, 800.0)).collect();
        assert!(taper.windows(2).all(|w| w[1] <= w[0] && w[0] - w[1] < 2e-3));
    }
}
