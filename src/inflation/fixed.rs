//! Prescribed, constant factors.

use super::{Factors, Fallback, Inflation, script_map};
use crate::error::Result;
use crate::innovation::Innovation;
use std::fmt;

/// theta, and mu of the sources named; other sources have mu 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Fixed {
    theta: f64,
    mu: Vec<(String, f64)>,
}

impl Fixed {
    /// The given factors.
    ///
    /// # Errors
    /// A factor that is not positive and finite.
    pub fn new(theta: f64, mu: Vec<(String, f64)>) -> Result<Self> {
        Factors::given(theta, mu.clone())?;
        Ok(Fixed { theta, mu })
    }
    /// No inflation: every factor 1.
    pub fn none() -> Self {
        Fixed {
            theta: 1.0,
            mu: vec![],
        }
    }
}

impl Inflation for Fixed {
    fn estimate(&self, innovation: &Innovation, _: &Fallback) -> Result<Factors> {
        for (name, _) in &self.mu {
            innovation
                .source(name)
                .map_err(|e| e.at("inflation::fixed"))?;
        }
        let of = |name: &str| {
            self.mu
                .iter()
                .find(|(n, _)| n == name)
                .map_or(1.0, |(_, v)| *v)
        };
        let mu: Vec<(String, f64)> = innovation
            .sources()
            .iter()
            .map(|s| (s.name().to_string(), of(s.name())))
            .collect();
        let mut factors = Factors::given(self.theta, mu)?;
        factors.log_likelihood = -0.5
            * innovation
                .likelihood(factors.theta, &factors.aligned(innovation)?)?
                .value;
        Ok(factors)
    }
}

impl fmt::Display for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.mu.is_empty() && self.theta == 1.0 {
            return write!(f, "inflation::none()");
        }
        write!(
            f,
            "inflation::fixed(#{{ theta: {:?}, mu: #{{ {} }} }})",
            self.theta,
            script_map(&self.mu)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_factors_print_as_the_call_that_makes_them() {
        let fixed = Fixed::new(1.5, vec![("in_situ".into(), 4.0)]).unwrap();
        assert_eq!(
            fixed.to_string(),
            "inflation::fixed(#{ theta: 1.5, mu: #{ \"in_situ\": 4.0 } })"
        );
        assert_eq!(Fixed::none().to_string(), "inflation::none()");
        assert!(Fixed::new(-1.0, vec![]).is_err());
    }
}
