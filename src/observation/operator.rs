//! From a model state to what an instrument would see of it.

use super::Observation;
use crate::error::Result;
use crate::meteorology::Atmosphere;

/// A linear observation operator at one place and instant: equivalent = offset + sum(weight *
/// c(cell)).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stencil {
    /// The part that does not depend on the model \[mol mol-1\].
    pub offset: f64,
    /// Cells (from [`crate::grid::Grid::cell`]) and weights.
    pub cells: Vec<(usize, f64)>,
}

/// A kind of observation: which cells it sees, and how.
pub trait ObservationOperator: Send + Sync {
    /// The stencil of one observation in the air of its instant.
    ///
    /// # Errors
    /// A place outside the grid, or numbers that are not finite.
    fn stencil(&self, observation: &Observation, atmosphere: &Atmosphere) -> Result<Stencil>;
}

impl Stencil {
    /// Adds a cell, unless its weight is zero.
    pub fn add(&mut self, cell: usize, weight: f64) {
        if weight != 0.0 {
            self.cells.push((cell, weight));
        }
    }
}

/// Sends columns to one operator and points to another.
#[derive(Debug, Default)]
pub struct ByKind {
    /// For observations without a retrieval.
    pub point: super::Point,
    /// For observations with one.
    pub column: super::Column,
}

impl ObservationOperator for ByKind {
    fn stencil(&self, observation: &Observation, atmosphere: &Atmosphere) -> Result<Stencil> {
        match observation.column {
            Some(_) => self.column.stencil(observation, atmosphere),
            None => self.point.stencil(observation, atmosphere),
        }
    }
}
