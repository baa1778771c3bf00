//! Concentrations from files of other models, brought to a grid with their dry mass.
//!
//! - **GEOS-Chem** restart and history: `SpeciesRst_CO2`, `SpeciesConc_CO2`, `SpeciesConcVV_CO2`
//!   (time,
//!   lev, lat, lon) \[mol mol-1 dry\], 47 or 72 levels from the surface, edges `hyai` \[hPa\] +
//!   `hybi`
//!   PS; without PS in the file a surface pressure of 1000 hPa.
//! - **CarbonTracker** `CT20xx.molefrac_glb3x2_YYYY-MM-DD.nc`: `co2` (time, level, lat, lon)
//!   \[micromol mol-1\], level 1 at the surface, dates in the middle of 3 hours, `pressure` \[Pa\]
//!   at
//!   the boundaries of levels.
//! - **CAMS** greenhouse gas inversions: `CO2` (time, level, lat, lon), edges `ap` + `bp` `Psurf`.
//!
//! Which end of the levels is the ground is decided from pressure. Cells are first joined
//! horizontally,
//! level by level, weighted by area and thickness, which keeps the mass of each level under the
//! mean
//! pressure of its edges; then each level of the grid takes its part of those that it overlaps in
//! pressure, under the same surface pressure. Above the top of the file its last value holds.

mod column;
mod reading;

pub use reading::{ModelFile, from_model};

#[cfg(test)]
mod tests;
