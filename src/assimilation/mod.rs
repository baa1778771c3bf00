//! The cycle's native steps: an ensemble forecast that samples the observations on its way, and the
//! analysis of a window, region by region.

mod analyses;
mod blocks;
mod explain;
mod forecast;
mod sampler;
mod window;

pub use analyses::{Analyses, TOGETHER, analyse_factors};
pub use blocks::{forecast_in_blocks, grid_of_blocks};
pub use explain::{
    CellStory, Contribution, ObservationStory, ObservationUse, RegionAnalysis, explain_cell,
    explain_observation,
};
pub use forecast::{Forecast, Span, forecast};
pub use sampler::Sampler;
pub use window::{RegionResult, Window, WindowAnalysis};
