//! A sharp edge: every observation inside a radius counts fully.

use super::{Taper, positive};
use crate::error::Result;
use std::fmt;

/// 1 inside a radius, 0 outside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Boxcar {
    radius_km: f64,
}

impl Boxcar {
    /// Of a radius \[km\]; an infinite one tapers nothing.
    ///
    /// # Errors
    /// A radius that is not positive.
    pub fn new(radius_km: f64) -> Result<Self> {
        positive("radius", radius_km).map(|radius_km| Boxcar { radius_km })
    }
}

impl Taper for Boxcar {
    fn weight(&self, distance_km: f64) -> f64 {
        if distance_km < self.radius_km {
            1.0
        } else {
            0.0
        }
    }
    fn reach_km(&self) -> f64 {
        self.radius_km
    }
}

impl fmt::Display for Boxcar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "localization::boxcar({:?})", self.radius_km)
    }
}
