//! Meteorology from files.

use crate::error::Result;
use crate::flux::land_fraction;
use crate::grid::Grid;
use crate::meteorology::{BuiltIn, BuiltInOptions, GeosChem, LevelsFile, LevelsFileOptions};
use crate::script::bind::meteorology::{Meteorology, MixingFactors};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional, texts};
use crate::script::{Fallible, attempt, read};
use crate::time::Time;
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Adds the drivers that read files to `meteorology::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("meteorology", exported_module!(meteorology));
    optional!(rooms, FromFileOptions: "meteorology::from_file" = meteorology::from_file_token);
    optional!(rooms, GeosChemOptions: "meteorology::geos_chem" = meteorology::geos_chem_token);
}

options! {
    /// Options of winds from files.
    struct FromFileOptions of "meteorology::from_file" with factors: MixingFactors {
        /// The longest interval of constant winds, which divides a day.
        interval: f64 ["s"] = LevelsFileOptions::default().interval,
        /// The instant at which the first record is put, for winds that have no date.
        start: Option<Time> = LevelsFileOptions::default().start,
        /// The calendar month of each record, such as `[1, 6]`, if the records are a climatology.
        months: Vec<usize> = LevelsFileOptions::default().months,
    }
}

options! {
    /// Options of the files of GEOS-Chem.
    struct GeosChemOptions of "meteorology::geos_chem" with factors: MixingFactors {}
}

/// The built-in meteorology that lends what files lack.
fn lender(grid: &Arc<Grid>, factors: &MixingFactors) -> Result<BuiltIn> {
    let options = BuiltInOptions {
        mixing: factors.mixing,
        convection: factors.convection,
        ..BuiltInOptions::default()
    };
    BuiltIn::new(grid, Some(land_fraction(&grid.horizontal)), options)
}

#[export_module]
mod meteorology {
    /// Winds from CF NetCDF files on pressure, sigma or hybrid levels, in the layouts of NCEP/NCAR
    /// reanalysis, ERA5 and SPEEDY: global, regular or Gaussian latitudes from either pole,
    /// longitudes from any meridian, packed or not.
    ///
    /// The winds become mass fluxes through the faces of the model's cells, changed by the least
    /// that makes every column gain the air its surface pressure says (tenths of a metre a second).
    /// Surface pressure, specific humidity, temperature, the height of the ground, the height of
    /// the boundary layer and convective updrafts are used where the files have them; what they
    /// lack is built in, and the value says so when it is printed. The next interval is read while
    /// the model runs.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    /// - `files`: a path or an array of them; variables may lie in different files, and go on from
    ///   file to file.
    ///
    /// # Returns
    /// A meteorology.
    ///
    /// # Errors
    /// A file that is not there, cut off or lacks a variable; units, levels or latitudes that are
    /// not understood; a gap or overlap in time; values no atmosphere has, such as winds beyond 200
    /// m/s. A run the files do not cover is refused before it starts.
    ///
    /// # Example
    /// ```rhai
    /// // A file to read: a westerly jet on three sigma levels, synthetic.
    /// let at = #{ dims: ["time", "sigma", "lat", "lon"], coords: #{
    ///     time: [date("2016-07-01"), date("2016-07-02")], sigma: [0.2, 0.5, 0.9], lat: [-60, -20, 20, 60], lon: [0, 90, 180, 270] } };
    /// let u = field(at, |time, sigma, lat, lon| 30 * cos(lat * PI() / 180)).with_unit("m s-1").named("u");
    /// let file = write_netcdf(output("jet.nc"), "A jet", [u, (0 * u).named("v")]);
    /// let winds = meteorology::from_file(grid("30x30"), file, #{ interval: "6 h" });
    /// let run = transport::model(winds, #{ step: "1 h" }).run(concentrations::uniform(grid("30x30"), 1, 400), (), "2016-07-01", "2016-07-02");
    /// assert_near(run.concentrations.column_mean().to("ppm").max().value(), 400, 1e-4);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_file(
        context: NativeCallContext,
        grid: Arc<Grid>,
        files: Dynamic,
        options: Map,
    ) -> Fallible<Meteorology> {
        attempt(&context, || {
            let o = FromFileOptions::read(&context, options)?;
            let lender = lender(&grid, &o.factors)?;
            let options = LevelsFileOptions {
                interval: o.interval,
                start: o.start,
                months: o.months,
            };
            let files = texts(&files)?.iter().map(PathBuf::from).collect();
            Ok(Meteorology(Arc::new(LevelsFile::new(
                lender, files, options,
            )?)))
        })
    }

    /// Reads all that a run will need, and says what is wrong with it before the run instead of
    /// during it. Opening the files checks their axes, dates, levels and units and the values of
    /// the first and last record; those of the others are checked when they are read, here or in a
    /// run. This takes as long as the meteorology takes in a run.
    ///
    /// # Arguments
    /// - `start`, `end`: dates.
    ///
    /// # Returns
    /// The number of intervals of constant winds.
    ///
    /// # Errors
    /// Files that do not reach from start to end; a value that is missing or that no atmosphere
    /// has, with file, variable, time and cell.
    ///
    /// # Example
    /// ```rhai
    /// assert(meteorology::built_in(grid("30x30")).check("2016-07-01", "2016-07-02") == 8);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn check(
        context: NativeCallContext,
        meteorology: &mut Meteorology,
        start: Dynamic,
        end: Dynamic,
    ) -> Fallible<i64> {
        attempt(&context, || {
            Ok(meteorology
                .0
                .check(read("the start", &start)?, read("the end", &end)?)? as i64)
        })
    }

    /// MERRA-2 or GEOS-FP winds, boundary layer and convection from the global NetCDF files
    /// GEOS-Chem uses: collections A1, A3dyn, A3mstE and I3, a file for each day, anywhere below a
    /// folder.
    ///
    /// 72 levels are lumped to the model's 47, and files on a finer grid than the model's regridded
    /// as mass fluxes, so that what goes through the faces of the model is what goes through those
    /// of the files. Air is dry. The next interval is read while the model runs.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    /// - `folder`: with files such as `MERRA2.20160102.A3dyn.2x25.nc4`, in it or in folders of
    ///   years and months.
    ///
    /// # Returns
    /// A meteorology.
    ///
    /// # Errors
    /// A collection, variable or day that is missing; the files of a region; values no atmosphere
    /// has. A run the files do not cover (surface pressure is needed at its end) is refused before
    /// it starts.
    ///
    /// # Example
    /// ```rhai
    /// // With files: let winds = meteorology::geos_chem(grid("2x2.5"), "data/GEOS_2x2.5/MERRA2");
    /// try { meteorology::geos_chem(grid("4x5"), "no/such/folder"); } catch (e) { assert(e.what == "the folder cannot be read"); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn geos_chem(
        context: NativeCallContext,
        grid: Arc<Grid>,
        folder: &str,
        options: Map,
    ) -> Fallible<Meteorology> {
        attempt(&context, || {
            let o = GeosChemOptions::read(&context, options)?;
            let lender = lender(&grid, &o.factors)?;
            Ok(Meteorology(Arc::new(GeosChem::new(
                lender,
                Path::new(folder),
            )?)))
        })
    }
}
