//! One set of factors for all regions: those of all observations together, where they are known.

use super::{Factors, Fallback, Inflation};
use crate::error::Result;
use crate::innovation::Innovation;
use std::fmt;
use std::sync::Arc;

/// A scheme whose factors are global: a region takes the pooled factors as they are.
#[derive(Debug, Clone)]
pub struct Pooled {
    scheme: Arc<dyn Inflation>,
}

impl Pooled {
    /// Shares what `scheme` estimates from all observations.
    pub fn new(scheme: Arc<dyn Inflation>) -> Self {
        Pooled { scheme }
    }
}

impl Inflation for Pooled {
    fn estimate(&self, innovation: &Innovation, fallback: &Fallback) -> Result<Factors> {
        match &fallback.pooled {
            // Their warnings were given where they were estimated.
            Some(pooled) => Ok(Factors {
                warnings: vec![],
                ..pooled.clone()
            }),
            None => self.scheme.estimate(innovation, fallback),
        }
    }
}

impl fmt::Display for Pooled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "inflation::pooled({})", self.scheme)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inflation::Fixed;
    use crate::innovation::{ErrorCovariance, SourceData};
    use ndarray::array;

    #[test]
    fn a_region_takes_the_pooled_factors_and_all_together_their_own() {
        let data = SourceData::new(
            "a",
            array![[1.0, 2.0, 4.0]].view(),
            array![3.0].view(),
            ErrorCovariance::independent(&[1.0]),
        )
        .unwrap();
        let innovation = Innovation::new(3, vec![data]).unwrap();
        let shared = Pooled::new(Arc::new(Fixed::new(2.0, vec![("a".into(), 3.0)]).unwrap()));
        assert_eq!(
            shared
                .estimate(&innovation, &Fallback::none())
                .unwrap()
                .theta,
            2.0
        );
        let pooled = Factors::given(5.0, vec![("a".into(), 6.0)]).unwrap();
        let factors = shared
            .estimate(
                &innovation,
                &Fallback {
                    pooled: Some(pooled),
                    ..Fallback::none()
                },
            )
            .unwrap();
        assert_eq!((factors.theta, factors.mu_of("a")), (5.0, Some(6.0)));
        assert!(
            shared
                .to_string()
                .starts_with("inflation::pooled(inflation::fixed(")
        );
    }
}
