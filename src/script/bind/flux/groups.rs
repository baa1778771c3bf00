//! The two groups of priors of Su et al. (2024) from folders.

use crate::error::Result;
use crate::flux::files::{GfedStep, GroupOptions, group_1_from, group_2_from};
use crate::grid::Grid;
use crate::script::bind::flux::Flux;
use crate::script::bind::flux::modules::{SeriesOptions, cycle_of, flux_of, warn_of};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::{Fallible, attempt};
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::path::Path;
use std::sync::Arc;

/// Binds the groups of priors.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("flux", exported_module!(functions));
    optional!(rooms, FolderOptions:
        "flux::group_1_from" = functions::group_1_from_folder_token,
        "flux::group_2_from" = functions::group_2_from_folder_token,
    );
}

options! {
    /// A group of priors from a folder.
    struct FolderOptions of "flux::group_1_from", "flux::group_2_from" with series: SeriesOptions {
        /// The prior standard deviation of factors on land, as a part of the flux.
        land_sd: f64 = 0.5,
        /// The same of the ocean.
        ocean_sd: f64 = 0.3,
        /// The distance at which correlations between factors have fallen to 1/e.
        length_km: f64 ["km"] = 2000.0,
        /// How finely fires of GFED4.1s are told apart: `"month"`, `"day"` or `"3 h"`.
        fire_step: GfedStep = GfedStep::Month,
        /// A cycle within the day that is added to land fluxes of whole days or months, as of
        /// `flux::module_of`; () for none.
        diurnal: Dynamic = Dynamic::from("production".to_string()),
    }
}

impl FolderOptions {
    fn group(&self) -> Result<GroupOptions> {
        Ok(GroupOptions {
            sd: [self.land_sd, self.ocean_sd],
            length_km: self.length_km,
            step: self.fire_step,
            cycle: cycle_of(Some(&self.diurnal), self.series.molar_mass)?,
            reading: self.series.reading(),
        })
    }
}

#[export_module]
mod functions {
    /// The first group of priors of Su et al. (2024) from a folder: CDIAC, GFED4.1s fire and land,
    /// Ocean Inversion Fluxes.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    /// - `folder`: with `cdiac/gridcar.YYYY`, `gfed4.1s/GFED4.1s_YYYY.hdf5` and, for land fluxes of
    ///   less than a month, `gfed4.1s/*nee*.nc`, `oif/*.nc`. Ocean maps of some years stand for
    ///   others
    ///   too.
    ///
    /// # Returns
    /// A flux with 175 factors, 145 of land and 30 of the ocean.
    ///
    /// # Errors
    /// Files that are missing, all named with where they are obtained; what the readers refuse.
    ///
    /// # Example
    /// ```rhai
    /// try { flux::group_1_from(grid("30x30"), "no/such/folder"); } catch (e) { print(e.what); }
    /// ```
    #[rhai_fn(name = "group_1_from", return_raw)]
    pub fn group_1_from_folder(
        context: NativeCallContext,
        grid: Arc<Grid>,
        folder: &str,
        options: Map,
    ) -> Fallible<Flux> {
        let prior = attempt(&context, || {
            let o = FolderOptions::read_as("flux::group_1_from", options, Some(&context))?;
            group_1_from(&grid.horizontal, Path::new(folder), &o.group()?)
        })?;
        prior.modules().for_each(|m| warn_of(&context, &m.series));
        Ok(flux_of(prior))
    }

    /// The second group of priors of Su et al. (2024) from a folder: ODIAC, GFED_CMS fire and land,
    /// pCO2-Clim.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    /// - `folder`: with `odiac/odiac*_1x1d_YYYY.nc`, `gfed_cms/*fire*.nc`, `gfed_cms/*nee*.nc`,
    ///   `pco2_clim/*.nc`. Ocean maps of some years stand for others too.
    ///
    /// # Returns
    /// A flux with 175 factors, 145 of land and 30 of the ocean.
    ///
    /// # Errors
    /// As `flux::group_1_from`.
    ///
    /// # Example
    /// ```rhai
    /// try { flux::group_2_from(grid("30x30"), "no/such/folder"); } catch (e) { print(e.what); }
    /// ```
    #[rhai_fn(name = "group_2_from", return_raw)]
    pub fn group_2_from_folder(
        context: NativeCallContext,
        grid: Arc<Grid>,
        folder: &str,
        options: Map,
    ) -> Fallible<Flux> {
        let prior = attempt(&context, || {
            let o = FolderOptions::read_as("flux::group_2_from", options, Some(&context))?;
            group_2_from(&grid.horizontal, Path::new(folder), &o.group()?)
        })?;
        prior.modules().for_each(|m| warn_of(&context, &m.series));
        Ok(flux_of(prior))
    }
}
