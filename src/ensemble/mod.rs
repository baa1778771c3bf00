//! Members in memory: the concentration fields of all members, and draws of correlated factors.

mod concentrations;

pub use concentrations::{Block, Concentrations, LANES, Real};
