//! Observations: a table of what was measured, operators that give the model's equivalents,
//! networks.

mod attributes;
mod below_surface;
mod errors;
pub mod files;
#[cfg(test)]
pub(crate) mod fixture;
mod from_table;
mod hold_out;
mod interval;
mod joining;
mod mismatch;
pub mod networks;
mod observations;
pub mod operator;
mod plan;
mod prior_columns;
mod property;
mod rejected;
mod repeated;
mod row;
mod scales;
pub mod select;
mod thinning;
mod to_table;
pub mod written;

pub use below_surface::below_surface;
pub use errors::TwinErrors;
pub use from_table::Columns;
pub use hold_out::{HoldOut, Parts, Unit};
pub use interval::{Interval, Stamp};
pub use joining::{Joining, SuperObservations};
pub use mismatch::Mismatch;
pub use observations::Observations;
pub use operator::{Column, ObservationOperator, Point};
pub use plan::Plan;
pub use property::Given;
pub use rejected::{Record, Rejected};
pub use row::Observation;
pub use thinning::Thinning;
