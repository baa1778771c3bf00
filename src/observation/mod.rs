//! Observations: a table of what was measured, operators that give the model's equivalents,
//! networks.

mod errors;
#[cfg(test)]
mod fixture;
mod hold_out;
pub mod networks;
mod observation;
mod observations;
pub mod operator;
mod plan;
mod thinning;

pub use errors::TwinErrors;
pub use hold_out::HoldOut;
pub use observation::Observation;
pub use observations::Observations;
pub use operator::{Column, ObservationOperator, Point};
pub use plan::Plan;
pub use thinning::{SuperObservations, Thinning};
