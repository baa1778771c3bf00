//! A schedule of observations: positions and times without values.

use super::{Observation, Observations};
use crate::error::{Error, Result};
use crate::time::Time;

/// Observations to be made. Operators work on its rows; their value and error are zero until
/// [`Plan::with_values`] makes observations of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan(Observations);

impl Plan {
    /// The plan of one source, put in order of time.
    pub fn new(source: &str, rows: Vec<Observation>) -> Self {
        let mut table = Observations {
            sources: vec![source.to_string()],
            rows,
            ..Observations::default()
        };
        table.sort();
        Plan(table)
    }
    /// A plan to observe again where and when these observations were made.
    pub(crate) fn of_observations(observations: Observations) -> Self {
        Plan(observations)
    }
    /// Its rows as observations whose value and error are zero, for a forecast to sample.
    pub fn observations(&self) -> &Observations {
        &self.0
    }
    /// Several plans in one; sources of one name are one source.
    pub fn merge(plans: impl IntoIterator<Item = Plan>) -> Self {
        Plan(Observations::merge(plans.into_iter().map(|p| p.0)))
    }
    /// Names of the sources.
    pub fn sources(&self) -> &[String] {
        &self.0.sources
    }
    /// Positions, times and operators, in order of time.
    pub fn rows(&self) -> &[Observation] {
        &self.0.rows
    }
    /// Number of observations to be made.
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// Number of observations of each source and kind.
    pub fn counts(&self) -> Vec<(String, String, usize)> {
        self.0.counts()
    }
    /// From `start` up to but not at `end`.
    pub fn between(&self, start: Time, end: Time) -> Self {
        Plan(self.0.between(start, end))
    }
    /// The same plan of a source of another name.
    pub fn as_source(&self, name: &str) -> Self {
        Plan(self.0.as_source(name))
    }
    /// Those at some positions.
    pub fn take(&self, positions: &[usize]) -> Self {
        Plan(self.0.take(positions))
    }
    /// The observations, from a value and a stated error for each row \[mol mol-1\].
    ///
    /// # Errors
    /// Another number of values than rows, a value that is not finite, an error that is not
    /// positive.
    pub fn with_values(&self, values: &[f64], errors: &[f64]) -> Result<Observations> {
        if values.len() != self.len() || errors.len() != self.len() {
            return Err(
                Error::new("a plan needs a value and an error for each observation")
                    .expected(self.len())
                    .got(format!(
                        "{} values and {} errors",
                        values.len(),
                        errors.len()
                    )),
            );
        }
        let mut table = self.0.clone();
        for (row, (value, error)) in table.rows.iter_mut().zip(values.iter().zip(errors)) {
            let sound = value.is_finite() && error.is_finite() && *error > 0.0;
            if !sound {
                return Err(
                    Error::new("an observation needs a finite value and a positive error")
                        .got(format!("{value} and {error}"))
                        .at(format!("site {} at {}", row.site, row.time)),
                );
            }
            (row.value, row.error) = (*value, *error);
        }
        Ok(table)
    }
}
