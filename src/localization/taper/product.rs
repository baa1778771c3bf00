//! Two tapers at once.

use super::Taper;
use std::fmt;
use std::sync::Arc;

/// Two tapers at once: their weights multiplied.
#[derive(Debug, Clone)]
pub struct TaperProduct(pub Arc<dyn Taper>, pub Arc<dyn Taper>);

impl Taper for TaperProduct {
    fn weight(&self, distance_km: f64) -> f64 {
        self.0.weight(distance_km) * self.1.weight(distance_km)
    }
    fn reach_km(&self) -> f64 {
        self.0.reach_km().min(self.1.reach_km())
    }
}

impl fmt::Display for TaperProduct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "localization::product({}, {})", self.0, self.1)
    }
}
