//! The cycle's native steps: an ensemble forecast that samples the observations on its way.

mod forecast;
mod sampler;

pub use forecast::{Forecast, Span, forecast};
pub use sampler::Sampler;
