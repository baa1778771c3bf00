//! Observations: a table of what was measured, operators that give the model's equivalents,
//! networks.

mod column;
mod errors;
#[cfg(test)]
mod fixture;
mod hold_out;
pub mod networks;
mod observations;
mod operator;
mod plan;
mod point;
mod rows;
mod thinning;

pub use column::{Column, LayerMean, LevelSampling, LinearInPressure};
pub use errors::TwinErrors;
pub use hold_out::HoldOut;
pub use observations::{ColumnRetrieval, Observation, Observations};
pub use operator::{ByKind, ObservationOperator, Stencil};
pub use plan::Plan;
pub use point::Point;
pub use rows::Row;
pub use thinning::{SuperObservations, Thinning};
