//! The data the program carries, compact and embedded: regions, zonal fluxes, sites, kernels,
//! coastlines and the published tables. Sources and terms are in `src/data/files/CREDITS.md`.
//!
//! Grids are 1 x 1 degree, 180 x 360, from the south pole and from 180 degrees west.

mod tables;
mod world;

pub use tables::{
    Budget, Ecosystem, FireRegion, KernelLevel, MonthlyMean, Ocean, Published, Site, Transcom,
    ecosystems, fire_regions, global_budget, kernel_levels, mauna_loa, oceans, published, sites,
    tccon_sites, transcom,
};
pub use world::{World, coastlines, world};

/// The credits of everything embedded, as text.
pub fn credits() -> &'static str {
    include_str!("files/CREDITS.md")
}
