//! Prior uncertainty of the factors: P = D C D with C = exp(-d / L) between factors of one kind.
//!
//! Symbols: D the standard deviations (one for land, one for ocean), d the great-circle distance of
//! the centroids, L the length. None between land and ocean. The paper gives no numbers: sd 0.5 and
//! 0.3 and L = 2000 km are ours.

use super::eco_regions::{EcoRegions, Surface};
use crate::ensemble::exponential_covariance;
use crate::error::{Error, Result};
use ndarray::Array2;
use std::fmt;

/// Standard deviations and correlation length of the factors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FactorPrior {
    land_sd: f64,
    ocean_sd: f64,
    length_km: f64,
}

impl Default for FactorPrior {
    fn default() -> Self {
        FactorPrior {
            land_sd: 0.5,
            ocean_sd: 0.3,
            length_km: 2000.0,
        }
    }
}

impl FactorPrior {
    /// From the two standard deviations (dimensionless, 1 is 100 % of the prior flux) and the
    /// length \[km\].
    ///
    /// # Errors
    /// A standard deviation or a length that is not positive and finite.
    pub fn new(land_sd: f64, ocean_sd: f64, length_km: f64) -> Result<Self> {
        for (name, value) in [
            ("land_sd", land_sd),
            ("ocean_sd", ocean_sd),
            ("length_km", length_km),
        ] {
            if !(value > 0.0 && value.is_finite()) {
                return Err(
                    Error::new(format!("{name} of the factors' prior must be positive"))
                        .expected("a positive number")
                        .got(value),
                );
            }
        }
        Ok(FactorPrior {
            land_sd,
            ocean_sd,
            length_km,
        })
    }

    /// The standard deviation of factors of one kind.
    pub fn sd(&self, surface: Surface) -> f64 {
        match surface {
            Surface::Land => self.land_sd,
            Surface::Ocean => self.ocean_sd,
        }
    }

    /// The covariance (n_factors x n_factors); positive definite, because exp(-d/L) is on the
    /// sphere.
    pub fn covariance(&self, regions: &EcoRegions) -> Array2<f64> {
        let factors = regions.factors();
        let sd: Vec<f64> = factors.iter().map(|f| self.sd(f.surface)).collect();
        let locations: Vec<(f64, f64)> = factors.iter().map(|f| f.centroid).collect();
        let kinds: Vec<usize> = factors
            .iter()
            .map(|f| usize::from(f.surface == Surface::Ocean))
            .collect();
        exponential_covariance(&sd, &locations, &kinds, self.length_km)
            .expect("the lists are of one length, and the length was checked")
    }
}

impl fmt::Display for FactorPrior {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "flux::factor_prior(#{{ land_sd: {:?}, ocean_sd: {:?}, length_km: {:?} }})",
            self.land_sd, self.ocean_sd, self.length_km
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_covariance_is_positive_definite_with_the_stated_variances() {
        let regions = EcoRegions::carbontracker();
        let p = FactorPrior::default().covariance(regions);
        crate::linalg::cholesky(p.view()).unwrap();
        assert!((p[[0, 0]] - 0.25).abs() < 1e-15 && (p[[174, 174]] - 0.09).abs() < 1e-15);
        assert_eq!(p[[0, 174]], 0.0);
        assert!(FactorPrior::new(0.0, 0.3, 2000.0).is_err());
    }
}
