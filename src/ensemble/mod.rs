//! Members in memory: the concentration fields of all members, and draws of correlated factors.

mod concentrations;
mod factor_forecast;
mod factors;
pub mod files;
mod members;
mod saved;
mod sphere;

pub use concentrations::{Block, Concentrations, LANES, Real};
pub use factor_forecast::{Autoregressive, FactorForecast, Persistent, Reset, Smoothed};
pub use factors::{FactorDraws, about, centred, exponential_covariance};
pub use saved::SavedConcentrations;
pub use sphere::{SphereDraws, check_length};
