//! Embedded data: regions, zonal fluxes, sites, kernels,
//! coastlines and the published tables. Sources and terms are in `src/data/files/CREDITS.md`.
//!
//! Grids are 1 x 1 degree, 180 x 360, from the south pole and from 180 degrees west.

mod tables;
mod world;
mod years;

pub use tables::{
    Budget, Ecosystem, FireRegion, KernelLevel, MonthlyMean, Ocean, Published, Site, Transcom,
    ecosystems, fire_regions, global_budget, kernel_levels, mauna_loa, oceans, published, sites,
    tccon_sites, transcom,
};
pub use world::{World, coastlines, world};
pub use years::{Years, years};

/// The credits of everything embedded, as text.
pub fn credits() -> &'static str {
    include_str!("files/CREDITS.md")
}

/// Edges of the 47 levels of GEOS, surface to 0.01 hPa, as CSV: number, a \[hPa\], b.
pub fn levels_47() -> &'static str {
    include_str!("files/levels_47.csv")
}

/// Edges of the 72 levels of MERRA-2 and GEOS-FP, as [`levels_47`].
pub fn levels_72() -> &'static str {
    include_str!("files/levels_72.csv")
}

/// The monthly mean winds, temperature and pressure, as a NumPy archive.
pub fn winds() -> &'static [u8] {
    include_bytes!("files/winds.npz")
}
