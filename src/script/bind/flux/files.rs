//! Readers of flux files.

use crate::error::{Error, Result};
use crate::flux::Series;
use crate::flux::files::{
    CarbonTrackerPart, CfFlux, GfedPart, GfedStep, files_of, from_carbontracker, from_cdiac,
    from_cf, from_gcp, from_gfed, from_odiac,
};
use crate::flux::{Beyond, MapStamp};
use crate::script::bind::flux::modules::{SeriesOptions, warn_of};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::choice;
use crate::script::{Fallible, attempt, read};
use crate::table::Table;
use crate::units::{MOLAR_MASS_CO2, Unit};
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::path::{Path, PathBuf};

/// Binds the readers of `flux::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("flux", exported_module!(functions));
    optional!(rooms, NetcdfOptions:
        "flux::from_netcdf" = functions::from_netcdf_token,
        "flux::from_hemco" = functions::from_hemco_token,
    );
    optional!(rooms, CarbonTrackerOptions:
        "flux::from_carbontracker" = functions::from_carbontracker_token);
    optional!(rooms, BeyondOptions: "flux::from_cdiac" = functions::from_cdiac_token);
    optional!(rooms, OdiacOptions: "flux::from_odiac" = functions::from_odiac_token);
    optional!(rooms, GfedOptions: "flux::from_gfed" = functions::from_gfed_token);
}

choice!(CarbonTrackerPart, "part of CarbonTracker's fluxes", {
    "bio" => CarbonTrackerPart::Biosphere,
    "ocean" => CarbonTrackerPart::Ocean,
    "fire" => CarbonTrackerPart::Fire,
    "fossil" => CarbonTrackerPart::Fossil,
    "total" => CarbonTrackerPart::Total,
});

choice!(GfedPart, "part of GFED4.1s", {
    "fire" => GfedPart::Fire,
    "land" => GfedPart::Land,
});

choice!(GfedStep, "step of GFED4.1s", {
    "month" => GfedStep::Month,
    "day" => GfedStep::Day,
    "3 h" => GfedStep::ThreeHours,
});

options! {
    /// How fluxes of NetCDF files are read.
    struct NetcdfOptions of "flux::from_netcdf", "flux::from_hemco" with series: SeriesOptions {
        /// The variable, or an array of those to add; where not given the only one that is a flux.
        variable: Option<Dynamic>,
        /// The unit in place of the file's.
        unit: Option<Unit>,
    }
}

options! {
    /// How CarbonTracker's fluxes are read.
    struct CarbonTrackerOptions of "flux::from_carbontracker" with series: SeriesOptions {
        /// `"bio"`, `"ocean"`, `"fire"`, `"fossil"`, or `"total"` for their sum.
        part: CarbonTrackerPart = CarbonTrackerPart::Total,
    }
}

options! {
    /// What holds where no map is given.
    struct BeyondOptions of "flux::from_cdiac" {
        /// What holds before the first and after the last map: `"refuse"` nothing, `"hold"` the
        /// nearest map, `"repeat"` the maps of the same month of the nearest year.
        beyond: Beyond = Beyond::Refuse,
    }
}

options! {
    /// How ODIAC is read.
    struct OdiacOptions of "flux::from_odiac" with beyond: BeyondOptions {
        /// Whether international bunkers are added to land.
        bunkers: bool = true,
        /// The unit in place of the file's.
        unit: Option<Unit>,
    }
}

options! {
    /// How GFED4.1s is read.
    struct GfedOptions of "flux::from_gfed" with beyond: BeyondOptions {
        /// `"fire"`, or `"land"` for net ecosystem exchange, respiration less net production.
        part: GfedPart = GfedPart::Fire,
        /// `"month"`, `"day"` or `"3 h"`, for fires since 2003.
        step: GfedStep = GfedStep::Month,
    }
}

/// The files that a path, or an array of paths, stands for.
fn paths(value: &Dynamic, wanted: &str, fits: fn(&str) -> bool) -> Result<Vec<PathBuf>> {
    let all: Vec<String> = match value.as_array_ref() {
        Ok(_) => read("the files", value)?,
        Err(_) => vec![read("the file", value)?],
    };
    let files_of_each = all.iter().map(|p| files_of(Path::new(p), wanted, fits));
    let files = files_of_each.collect::<Result<Vec<_>>>()?.concat();
    match files.is_empty() {
        true => Err(Error::new("there are no files of fluxes to read").expected(wanted)),
        false => Ok(files),
    }
}

fn netcdf(name: &str) -> bool {
    [".nc", ".nc4", ".nc3", ".hdf5", ".h5"]
        .iter()
        .any(|e| name.ends_with(e))
}

/// Reads a series and says what is suspicious of it.
fn said(context: &NativeCallContext, work: impl FnOnce() -> Result<Series>) -> Fallible<Series> {
    let series = attempt(context, work)?;
    warn_of(context, &series);
    Ok(series)
}

impl NetcdfOptions {
    fn series(self, path: &Dynamic, stamp: Option<MapStamp>, co2: bool) -> Result<Series> {
        let files = paths(path, "files of NetCDF, *.nc", netcdf)?;
        let variables = match &self.variable {
            None => vec![],
            Some(many) if many.is_array() => read("the variables", many)?,
            Some(one) => vec![read::<String>("the variable", one)?],
        };
        let mut reading = self.series.reading();
        if co2 {
            reading.molar_mass = reading.molar_mass.or(Some(MOLAR_MASS_CO2));
        }
        let name = variables.first().cloned().unwrap_or_else(|| "flux".into());
        let what = CfFlux {
            variables,
            unit: self.unit,
            reading,
            stamp,
        };
        from_cf(&name, &files, &what)
    }
}

#[export_module]
mod functions {
    /// A flux of any CF or COARDS file, read map by map when it is needed.
    ///
    /// # Arguments
    /// - `path`: a file, a folder of files, a path with `*`, or an array of them; dates of all
    ///   files
    ///   are read together.
    ///
    /// # Returns
    /// A series, for `flux::module_of`. A flux by square metre in a file with areas of cells keeps
    /// the
    /// file's totals. Missing values count as no flux, with a warning.
    ///
    /// # Errors
    /// No such file or variable, several fluxes to choose from, a unit that is no flux, dates that
    /// do not say where in their intervals they lie.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let file = write_netcdf(output("even.nc"), "An even flux", field(g, |lat, lon| 1.0).with_unit("gC m-2 d-1").named("nee"));
    /// let s = flux::from_netcdf(file, #{ variable: "nee" });
    /// assert_near(s.emitted("2015-01-01", "2015-01-02").value(), 0.510, 0.001); // PgC
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_netcdf(
        context: NativeCallContext,
        path: Dynamic,
        options: Map,
    ) -> Fallible<Series> {
        said(&context, || {
            NetcdfOptions::read(&context, options)?.series(&path, None, false)
        })
    }

    /// A flux of HEMCO's input: COARDS, kilograms of CO2 a square metre and second, dates at the
    /// start of their intervals, unless options or bounds say otherwise.
    ///
    /// # Arguments
    /// - `path`: as for `flux::from_netcdf`.
    ///
    /// # Returns
    /// A series, for `flux::module_of`.
    ///
    /// # Errors
    /// As `flux::from_netcdf`.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let even = field(g, |lat, lon| 1e-9).with_unit("kg m-2 s-1").named("CO2_SRCE");
    /// let s = flux::from_hemco(write_netcdf(output("hemco.nc"), "Even", even));
    /// assert_near(s.mean("2015-01-01", "2015-02-01").max().value() / 1e-9, 12.011 / 44.009, 1e-9);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_hemco(context: NativeCallContext, path: Dynamic, options: Map) -> Fallible<Series> {
        said(&context, || {
            let o = NetcdfOptions::read(&context, options)?;
            o.series(&path, Some(MapStamp::Start), true)
        })
    }

    /// CarbonTracker's fluxes on 1 x 1 degree, `CT20xx.flux1x1.*.nc`, 3-hourly or monthly, with
    /// dates in the middle of their intervals.
    ///
    /// # Arguments
    /// - `path`: a file, a folder of files, a path with `*`, or an array of them.
    ///
    /// # Returns
    /// A series, for `flux::module_of`.
    ///
    /// # Errors
    /// A file without that part; as `flux::from_netcdf`.
    ///
    /// # Example
    /// ```rhai
    /// try { flux::from_carbontracker("no/such/file.nc"); } catch (e) { print(e.what); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_carbontracker(
        context: NativeCallContext,
        path: Dynamic,
        options: Map,
    ) -> Fallible<Series> {
        said(&context, || {
            let o = CarbonTrackerOptions::read(&context, options)?;
            let files = paths(&path, "CT20xx.flux1x1.*.nc", netcdf)?;
            super::from_carbontracker(&files, o.part, o.series.reading())
        })
    }

    /// Fossil CO2 of CDIAC, `gridcar.YYYY`: text of 1 x 1 degree, a year a file.
    ///
    /// # Arguments
    /// - `path`: a file, a folder of files, a path with `*`, or an array of them.
    ///
    /// # Returns
    /// A series, for `flux::module_of`.
    ///
    /// # Errors
    /// A name without a year, other than 64,800 numbers, a negative one, a compressed file.
    ///
    /// # Example
    /// ```rhai
    /// try { flux::from_cdiac("no/such/gridcar.2013"); } catch (e) { print(e.what); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_cdiac(context: NativeCallContext, path: Dynamic, options: Map) -> Fallible<Series> {
        said(&context, || {
            let o = BeyondOptions::read(&context, options)?;
            let files = paths(&path, "gridcar.YYYY", |n| n.starts_with("gridcar."))?;
            super::from_cdiac(&files, o.beyond)
        })
    }

    /// Fossil CO2 of ODIAC on 1 x 1 degree, `odiac20xx_1x1d_YYYY.nc`: land and bunkers by month.
    ///
    /// # Arguments
    /// - `path`: a file, a folder of files, a path with `*`, or an array of them.
    ///
    /// # Returns
    /// A series, for `flux::module_of`.
    ///
    /// # Errors
    /// A name without a year, another layout, a unit that is no flux.
    ///
    /// # Example
    /// ```rhai
    /// try { flux::from_odiac("no/such/file.nc"); } catch (e) { print(e.what); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_odiac(context: NativeCallContext, path: Dynamic, options: Map) -> Fallible<Series> {
        said(&context, || {
            let o = OdiacOptions::read(&context, options)?;
            let files = paths(&path, "odiac*_1x1d_YYYY.nc", netcdf)?;
            super::from_odiac(&files, o.bunkers, o.unit.as_ref(), o.beyond.beyond)
        })
    }

    /// Fires or net ecosystem exchange of GFED4.1s, `GFED4.1s_YYYY.hdf5`.
    ///
    /// # Arguments
    /// - `path`: a file, a folder of files, a path with `*`, or an array of them.
    ///
    /// # Returns
    /// A series, for `flux::module_of`.
    ///
    /// # Errors
    /// A name without a year, another layout, days or hours of the land.
    ///
    /// # Example
    /// ```rhai
    /// try { flux::from_gfed("no/such/file.hdf5"); } catch (e) { print(e.what); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_gfed(context: NativeCallContext, path: Dynamic, options: Map) -> Fallible<Series> {
        said(&context, || {
            let o = GfedOptions::read(&context, options)?;
            let files = paths(&path, "GFED4.1s_YYYY.hdf5", netcdf)?;
            super::from_gfed(&files, o.part, o.step, o.beyond.beyond)
        })
    }

    /// A table of the Global Carbon Budget as CSV, sources and sinks positive.
    ///
    /// # Arguments
    /// - `path`: the file.
    ///
    /// # Returns
    /// A table: year, fossil, land_use, growth, ocean_sink, land_sink, imbalance \[PgC/yr\]; of
    /// fossil fuel by category, year, category, value \[TgC/yr\].
    ///
    /// # Errors
    /// An unreadable file, one without a column of years.
    ///
    /// # Example
    /// ```rhai
    /// let file = output("budget.csv");
    /// table(#{ Year: [2015], "Fossil-Fuel-And-Industry": [9.618], "Ocean-Sink": [2.64] }).write(file);
    /// assert(flux::from_gcp(file).ocean_sink[0] == 2.64);
    /// ```
    #[rhai_fn(name = "from_gcp", return_raw)]
    pub fn from_gcp_table(context: NativeCallContext, path: &str) -> Fallible<Table> {
        attempt(&context, || from_gcp(Path::new(path)))
    }
}
