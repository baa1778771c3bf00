//! Tapers: how much an observation counts at a distance, for localization column by column.

use super::gaspari_cohn;
use crate::error::{Error, Result};
use std::fmt;
use std::sync::Arc;

/// A weight that falls with distance.
///
/// # Example
/// ```
/// use mcas::localization::Taper;
/// use std::fmt;
///
/// /// Falls linearly to 0 at 1000 km.
/// #[derive(Debug)]
/// struct Cone;
///
/// impl Taper for Cone {
///     fn weight(&self, distance_km: f64) -> f64 {
///         (1.0 - distance_km / 1000.0).max(0.0)
///     }
///     fn reach_km(&self) -> f64 {
///         1000.0
///     }
/// }
/// impl fmt::Display for Cone {
///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         f.write_str("cone")
///     }
/// }
///
/// assert_eq!([0.0, 250.0, 2000.0].map(|d| Cone.weight(d)), [1.0, 0.75, 0.0]);
/// ```
pub trait Taper: fmt::Display + fmt::Debug + Send + Sync {
    /// The weight at `distance_km`, 1 at 0 and never negative.
    fn weight(&self, distance_km: f64) -> f64;
    /// The distance from which on the weight is 0 \[km\]; infinite for none.
    fn reach_km(&self) -> f64;
}

/// One of each built-in taper, reaching `reach_km`.
///
/// # Errors
/// A reach that is not positive.
pub fn tapers(reach_km: f64) -> Result<Vec<Box<dyn Taper>>> {
    let (smooth, sharp) = (GaspariCohn::new(0.5 * reach_km)?, Boxcar::new(reach_km)?);
    Ok(vec![
        Box::new(smooth),
        Box::new(sharp),
        Box::new(TaperProduct(Arc::new(smooth), Arc::new(sharp))),
    ])
}

/// The function of Gaspari and Cohn (1999): 5/24 at the half width, 0 from two half widths on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GaspariCohn {
    half_width_km: f64,
}

/// 1 inside a radius, 0 outside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Boxcar {
    radius_km: f64,
}

/// Weights given at equal steps of distance, linear between them, 0 beyond the last.
#[derive(Debug, Clone, PartialEq)]
pub struct Tabulated {
    step_km: f64,
    weights: Vec<f64>,
}

impl Tabulated {
    /// From the weights at distance 0, `step_km`, twice that and so on.
    ///
    /// # Errors
    /// A step that is not positive, no weights, one that is negative, above 1 or not finite.
    pub fn new(step_km: f64, weights: Vec<f64>) -> Result<Self> {
        if weights.is_empty() {
            return Err(Error::new("a taper needs weights")
                .expected("at least 1")
                .got(0));
        }
        if let Some((k, bad)) = weights
            .iter()
            .enumerate()
            .find(|(_, w)| !(0.0..=1.0).contains(*w))
        {
            return Err(Error::new("a taper gives weights")
                .expected("from 0 to 1")
                .got(bad)
                .at(format!("{} km", k as f64 * step_km)));
        }
        positive("step", step_km).map(|step_km| Tabulated { step_km, weights })
    }
}

impl Taper for Tabulated {
    fn weight(&self, distance_km: f64) -> f64 {
        let place = distance_km / self.step_km;
        let at = |k: usize| self.weights.get(k).copied().unwrap_or(0.0);
        let below = place.floor();
        at(below as usize) + (place - below) * (at(below as usize + 1) - at(below as usize))
    }
    fn reach_km(&self) -> f64 {
        self.step_km * self.weights.len() as f64
    }
}

impl fmt::Display for Tabulated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "localization::taper(a function)")
    }
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

impl Boxcar {
    /// Of a radius \[km\]; an infinite one tapers nothing.
    ///
    /// # Errors
    /// A radius that is not positive.
    pub fn new(radius_km: f64) -> Result<Self> {
        positive("radius", radius_km).map(|radius_km| Boxcar { radius_km })
    }
}

fn positive(name: &str, value: f64) -> Result<f64> {
    if value > 0.0 {
        Ok(value)
    } else {
        Err(
            Error::new(format!("the {name} of a taper must be positive"))
                .got(format!("{value} km"))
                .hint("1000.0"),
        )
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

impl fmt::Display for GaspariCohn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "localization::gaspari_cohn({:?})", self.half_width_km)
    }
}

impl fmt::Display for Boxcar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "localization::boxcar({:?})", self.radius_km)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_taper_falls_from_one_to_nothing_at_its_reach() {
        for taper in tapers(1000.0).unwrap() {
            let weights: Vec<f64> = (0..=1100).map(|d| taper.weight(d as f64)).collect();
            assert_eq!(
                (weights[0], weights[1000], weights[1100]),
                (1.0, 0.0, 0.0),
                "{taper}"
            );
            assert!(weights.windows(2).all(|w| w[1] <= w[0]) && weights[999] >= 0.0);
            assert_eq!(taper.reach_km(), 1000.0);
        }
        for taper in tapers(f64::INFINITY).unwrap() {
            assert_eq!(taper.weight(2e4), 1.0, "{taper}");
        }
        assert!(tapers(0.0).is_err() && tapers(f64::NAN).is_err());
    }
}
