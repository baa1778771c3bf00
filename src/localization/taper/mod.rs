//! Tapers: how much an observation counts at a distance, for localization column by column.

mod boxcar;
mod gaspari_cohn;
mod product;
mod tabulated;

pub use boxcar::Boxcar;
pub use gaspari_cohn::{GaspariCohn, gaspari_cohn};
pub use product::TaperProduct;
pub use tabulated::Tabulated;

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
