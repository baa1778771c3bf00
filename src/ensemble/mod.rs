//! Members in memory: the concentration fields of all members, and draws of correlated factors.

mod concentrations;
mod factors;

pub use concentrations::{Block, Concentrations, LANES, Real};
pub use factors::{
    FactorDraws, FactorForecast, Persistent, Reset, Smoothed, about, centred,
    exponential_covariance,
};
