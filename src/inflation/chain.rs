//! Schemes in sequence: the factors of one are the first guess of the next, and its fallback where
//! it has too few observations; the last scheme's factors are used.
//!
//! So `chain([one_mu, maximum_likelihood])` gives a source with few observations the mu of all
//! sources together, where one scheme alone would give it 1. The factors are not multiplied: every
//! scheme estimates them anew.

use super::{Factors, Fallback, Inflation};
use crate::error::{Error, Result};
use crate::innovation::Innovation;
use std::fmt;
use std::sync::Arc;

/// Schemes in order.
#[derive(Debug, Clone)]
pub struct Chain {
    schemes: Vec<Arc<dyn Inflation>>,
}

impl Chain {
    /// The schemes, first to last.
    ///
    /// # Errors
    /// No scheme.
    pub fn new(schemes: Vec<Arc<dyn Inflation>>) -> Result<Self> {
        if schemes.is_empty() {
            return Err(Error::new("a chain needs schemes")
                .expected("at least 1")
                .got(0));
        }
        Ok(Chain { schemes })
    }
}

impl Inflation for Chain {
    fn estimate(&self, innovation: &Innovation, fallback: &Fallback) -> Result<Factors> {
        let mut latest: Option<Factors> = None;
        for (position, scheme) in self.schemes.iter().enumerate() {
            let before = latest.clone().map(|f| Fallback {
                pooled: Some(f.clone()),
                last: Some(f),
                about: fallback.about.clone(),
            });
            let next = scheme.estimate(innovation, before.as_ref().unwrap_or(fallback));
            latest =
                Some(next.map_err(|e| e.at(format!("scheme {position} of a chain, {scheme}")))?);
        }
        Ok(latest.expect("a chain has a scheme"))
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schemes: Vec<String> = self.schemes.iter().map(|s| s.to_string()).collect();
        write!(f, "inflation::chain([{}])", schemes.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inflation::Fixed;

    #[test]
    fn a_chain_prints_as_the_call_that_makes_it_and_needs_a_link() {
        let chain = Chain::new(vec![
            Arc::new(Fixed::none()),
            Arc::new(Fixed::new(2.0, vec![]).unwrap()),
        ])
        .unwrap();
        assert_eq!(
            chain.to_string(),
            "inflation::chain([inflation::none(), inflation::fixed(#{ theta: 2.0, mu: #{  } })])"
        );
        assert!(Chain::new(vec![]).is_err());
    }
}
