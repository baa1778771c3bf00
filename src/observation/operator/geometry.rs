//! The numbers of an operator under their names, as a row of a table holds them.

use crate::error::{Error, Result};
use std::sync::Arc;

/// Named numbers, or profiles of numbers, in the operator's own order and in SI units.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Geometry(Vec<(Arc<str>, Vec<f64>)>);

impl Geometry {
    /// With one more column.
    pub fn with(mut self, name: impl Into<Arc<str>>, values: impl Into<Vec<f64>>) -> Self {
        self.0.push((name.into(), values.into()));
        self
    }
    /// Names and values.
    pub fn columns(&self) -> &[(Arc<str>, Vec<f64>)] {
        &self.0
    }
    /// Whether there are no numbers.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// The values called `name`, if there are any.
    pub fn find(&self, name: &str) -> Option<&[f64]> {
        let entry = self.0.iter().find(|(n, _)| **n == *name);
        entry.map(|(_, values)| values.as_slice())
    }
    /// The profile called `name`.
    ///
    /// # Errors
    /// There is none.
    pub fn profile(&self, name: &str) -> Result<&[f64]> {
        self.find(name)
            .ok_or_else(|| Error::new(format!("the geometry of an observation lacks its {name}")))
    }
    /// The one finite number called `name`.
    ///
    /// # Errors
    /// There is none, several, or one that is not finite.
    pub fn number(&self, name: &str) -> Result<f64> {
        match self.profile(name)? {
            [x] if x.is_finite() => Ok(*x),
            other => Err(
                Error::new(format!("the {name} of an observation is not a number"))
                    .expected("one finite number")
                    .got(format!("{other:?}")),
            ),
        }
    }
    /// The mean of several, number by number, with weights that add up to one; they have the same
    /// columns, all of one length.
    pub fn mean(all: &[Geometry], weights: &[f64]) -> Geometry {
        let mean = |c: usize, j: usize| {
            let parts = all.iter().zip(weights).map(|(g, w)| w * g.0[c].1[j]);
            parts.sum::<f64>()
        };
        let column = |(c, (name, values)): (usize, &(Arc<str>, Vec<f64>))| {
            let values = (0..values.len()).map(|j| mean(c, j)).collect();
            (name.clone(), values)
        };
        let first = all.first().map_or(&[][..], |g| &g.0);
        Geometry(first.iter().enumerate().map(column).collect())
    }
}
