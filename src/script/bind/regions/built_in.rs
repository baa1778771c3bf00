//! The region maps that come with the fluxes.

use crate::field::Field;
use crate::flux::{land_fraction, localization_regions, transcom_regions};
use crate::grid::{Grid, RegionMap};
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, attempt};
use crate::units::Unit;
use rhai::plugin::*;
use std::sync::Arc;

/// Binds more of `regions::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("regions", exported_module!(region_maps));
}

#[export_module]
mod region_maps {
    /// The seven localization regions of Su et al. (2024).
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    ///
    /// # Returns
    /// A region map.
    ///
    /// # Errors
    /// A grid so coarse that a region has no cell.
    ///
    /// # Example
    /// ```rhai
    /// assert(regions::seven(grid("4x5")).at(45, 90) == "Eurasia");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn seven(context: NativeCallContext, grid: Arc<Grid>) -> Fallible<Arc<RegionMap>> {
        attempt(&context, || {
            Ok(Arc::new(localization_regions(&grid.horizontal)?))
        })
    }

    /// The 22 TransCom regions, and cells that are not optimised.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    ///
    /// # Returns
    /// A region map.
    ///
    /// # Errors
    /// A grid so coarse that a region has no cell.
    ///
    /// # Example
    /// ```rhai
    /// assert(regions::transcom(grid("4x5")).names.len() == 23);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn transcom(context: NativeCallContext, grid: Arc<Grid>) -> Fallible<Arc<RegionMap>> {
        attempt(&context, || {
            Ok(Arc::new(transcom_regions(&grid.horizontal)?))
        })
    }

    /// Share of land in each cell.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    ///
    /// # Returns
    /// A field (lat, lon) from 0 to 1.
    ///
    /// # Example
    /// ```rhai
    /// assert(regions::land(grid("4x5")).sel(#{ lat: 22, lon: 10 }).value() == 1.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn land(context: NativeCallContext, grid: Arc<Grid>) -> Fallible<Field> {
        attempt(&context, || {
            let data = land_fraction(&grid.horizontal).into_dyn();
            Field::new(
                "land",
                Unit::none(),
                grid.horizontal.dimensions().to_vec(),
                data,
            )
        })
    }
}
