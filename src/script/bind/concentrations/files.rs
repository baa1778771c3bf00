//! Concentrations from files of other models.

use crate::ensemble::files::{ModelFile, from_model};
use crate::grid::Grid;
use crate::script::bind::concentrations::Concentrations;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::{Fallible, attempt};
use crate::time::Time;
use rhai::Map;
use rhai::plugin::*;
use std::path::Path;
use std::sync::Arc;

/// Binds the readers of `concentrations::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("concentrations", exported_module!(functions));
    optional!(rooms, ModelOptions:
        "concentrations::from_geos_chem" = functions::from_geos_chem_token,
        "concentrations::from_carbontracker" = functions::from_carbontracker_token,
        "concentrations::from_cams" = functions::from_cams_token,
    );
}

options! {
    /// What is read of a file.
    struct ModelOptions of "concentrations::from_geos_chem", "concentrations::from_carbontracker",
        "concentrations::from_cams" {
        /// The species, as the file names it.
        species: String = "CO2".into(),
        /// The date of the record, within half a day; not needed where there is only one.
        time: Option<Time>,
    }
}

fn read(
    context: &NativeCallContext,
    grid: &Arc<Grid>,
    (path, of): (&str, ModelFile),
    options: Map,
) -> Fallible<Concentrations> {
    attempt(context, || {
        let o = ModelOptions::read(context, options)?;
        Ok(Arc::new(from_model(
            grid,
            Path::new(path),
            of,
            &o.species,
            o.time,
        )?))
    })
}

#[export_module]
mod functions {
    /// Concentrations from a restart or history file of GEOS-Chem, on 47 or 72 levels, brought to
    /// the grid with their dry mass.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    /// - `path`: a file with SpeciesRst_CO2, SpeciesConcVV_CO2 or SpeciesConc_CO2, hyai and hybi.
    ///   Without a surface pressure in the file it is taken as 1000 hPa.
    ///
    /// # Returns
    /// Concentrations of one member.
    ///
    /// # Errors
    /// No such species or record, a unit that is no mole fraction, missing values.
    ///
    /// # Example
    /// ```rhai
    /// try { concentrations::from_geos_chem(grid("30x30"), "no/such/file.nc4"); } catch (e) { print(e.what); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_geos_chem(
        context: NativeCallContext,
        grid: Arc<Grid>,
        path: &str,
        options: Map,
    ) -> Fallible<Concentrations> {
        read(&context, &grid, (path, ModelFile::GeosChem), options)
    }

    /// Concentrations from CarbonTracker's mole fractions, `CT20xx.molefrac_glb3x2_YYYY-MM-DD.nc`,
    /// brought to the grid with their mass.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    /// - `path`: a file with co2 and pressure at the boundaries of levels.
    ///
    /// # Returns
    /// Concentrations of one member.
    ///
    /// # Errors
    /// As `concentrations::from_geos_chem`.
    ///
    /// # Example
    /// ```rhai
    /// try { concentrations::from_carbontracker(grid("30x30"), "no/such/file.nc"); } catch (e) { print(e.what); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_carbontracker(
        context: NativeCallContext,
        grid: Arc<Grid>,
        path: &str,
        options: Map,
    ) -> Fallible<Concentrations> {
        read(&context, &grid, (path, ModelFile::CarbonTracker), options)
    }

    /// Concentrations from a greenhouse gas inversion of CAMS, brought to the grid with their mass.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    /// - `path`: a file with CO2, ap, bp and Psurf.
    ///
    /// # Returns
    /// Concentrations of one member.
    ///
    /// # Errors
    /// As `concentrations::from_geos_chem`.
    ///
    /// # Example
    /// ```rhai
    /// try { concentrations::from_cams(grid("30x30"), "no/such/file.nc"); } catch (e) { print(e.what); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_cams(
        context: NativeCallContext,
        grid: Arc<Grid>,
        path: &str,
        options: Map,
    ) -> Fallible<Concentrations> {
        read(&context, &grid, (path, ModelFile::Cams), options)
    }
}
