//! Observations: a table of what was measured, operators that give the model's equivalents, networks.

mod observations;
mod operator;

pub use observations::{ColumnRetrieval, Observation, Observations};
pub use operator::{ObservationOperator, Stencil};
