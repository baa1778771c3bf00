//! Observations from the files of networks and archives.

use crate::error::Result;
use crate::observation::files::{self, Format, Place, Reading};
use crate::script::bind::observations::{Observations, warn_of_rejected};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional, texts};
use crate::script::{Fallible, Host, attempt};
use crate::table::Table;
use crate::time::Time;
use crate::units::Unit;
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::path::PathBuf;
use std::sync::Arc;

/// Binds the readers of files of observations.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("observations", exported_module!(functions));
    optional!(rooms, FileOptions:
        "observations::from_obspack" = functions::from_obspack_token,
        "observations::from_noaa_text" = functions::from_noaa_text_token,
        "observations::from_wdcgg" = functions::from_wdcgg_token,
        "observations::from_icos" = functions::from_icos_token,
        "observations::from_aircraft_merge" = functions::from_aircraft_merge_token,
        "observations::from_cif_monitor" = functions::from_cif_monitor_token,
        "observations::from_geos_chem_obspack" = functions::from_geos_chem_obspack_token,
        "observations::from_gcwerks" = functions::from_gcwerks_token,
    );
}

options! {
    /// What is read of files of observations.
    struct FileOptions of "observations::from_obspack",
        "observations::from_noaa_text",
        "observations::from_wdcgg",
        "observations::from_icos",
        "observations::from_aircraft_merge",
        "observations::from_cif_monitor",
        "observations::from_geos_chem_obspack",
        "observations::from_gcwerks" {
        /// The name of the source.
        source: String = Reading::default().source,
        /// The first instant that is read; () for the first there is.
        start: Option<Time> = None,
        /// The instant before which records are read; () for all there are.
        end: Option<Time> = None,
        /// Whether records stay that their providers flagged as bad.
        flagged: bool = false,
        /// The unit of the values where a file does not say it.
        unit: Option<Unit> = None,
        /// The column of the values where a file has several; that of the format if it is empty.
        column: String = String::new(),
        /// Where it was measured, where a file does not say it (degrees north).
        latitude: Option<f64> = None,
        /// Likewise (degrees east).
        longitude: Option<f64> = None,
        /// Of the ground above sea level, where a file does not say it (m).
        elevation: Option<f64> = None,
        /// Of the intake above ground, where a file does not say it (m).
        intake_height: Option<f64> = None,
    }
}

fn paths(of: &Dynamic) -> Result<Vec<PathBuf>> {
    Ok(texts(of)?.into_iter().map(PathBuf::from).collect())
}

fn read(
    context: &NativeCallContext,
    format: Format,
    files: &Dynamic,
    options: Map,
) -> Result<Observations> {
    let o = FileOptions::read(context, options)?;
    let reading = Reading {
        source: o.source,
        start: o.start,
        end: o.end,
        flagged: o.flagged,
        unit: o.unit,
        column: o.column,
        place: Place {
            latitude: o.latitude,
            longitude: o.longitude,
            elevation: o.elevation,
            intake_height: o.intake_height,
        },
    };
    let (all, warnings) = files::read(format, &paths(files)?, &reading)?;
    warnings.into_iter().for_each(|w| Host::of(context).warn(w));
    warn_of_rejected(context, &all);
    Ok(Arc::new(all))
}

#[export_module]
mod functions {
    /// What datasets ObsPack files hold, from their names and attributes alone: a package of
    /// hundreds of files is listed in seconds.
    ///
    /// # Arguments
    /// - `files`: the path of a folder or file, or an array of them.
    ///
    /// # Returns
    /// A table in order of name: name, site, site_name, lab, type (`surface-flask`,
    /// `tower-insitu`, `aircraft-pfp`, ...), method (`flask`, `insitu`, `pfp`), selection, gas,
    /// scale, first, last, count, latitude, longitude, elevation \[m\], intake_height \[m above
    /// ground\], file. The rows chosen are read by `observations::from_obspack(t.file)`.
    ///
    /// # Errors
    /// A path that is not there, a folder without NetCDF files.
    ///
    /// # Example
    /// ```rhai
    /// let value = field("value", [4e-4, 4.1e-4], #{
    ///     dims: ["time"], coords: #{ time: dates("2016-07-01", "2016-07-03", 1) }, unit: "mol mol-1",
    /// });
    /// let path = write_netcdf(output("co2_lef_tower-insitu_1_allvalid-396magl.nc"), "synthetic", [value]);
    /// let t = observations::obspack_catalogue(path);
    /// assert(t[0].site == "LEF" && t[0].method == "insitu" && t[0].count == 2.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn obspack_catalogue(context: NativeCallContext, files: Dynamic) -> Fallible<Table> {
        attempt(&context, || {
            let (table, warnings) = files::obspack_catalogue(&paths(&files)?)?;
            warnings
                .into_iter()
                .for_each(|w| Host::of(&context).warn(w));
            Ok(table)
        })
    }

    /// ObsPack NetCDF: datasets of NOAA's GLOBALVIEWplus and ICOS's GVeu, and the daily files of
    /// the OCO-2 MIP.
    ///
    /// Each observation has the height of its intake above ground and the elevation of the ground,
    /// from which its operator chooses (see `operator::point`); aircraft and ships their altitude.
    /// Values in an averaging interval are means. Kept as attributes are dataset, type, lab,
    /// selection, scale, obs_flag, qc_flag, ct_assim, ct_mdm, value_unc, value_std_dev, nvalue,
    /// intake_height and others that the files have; none of them is taken as an error.
    ///
    /// # Arguments
    /// - `files`: the path of a file or folder, or an array of them.
    ///
    /// # Returns
    /// Observations in order of time, with warnings where records are none, are there twice, or
    /// are of several scales of calibration.
    ///
    /// # Errors
    /// A file that cannot be read or is of another layout, values without a unit.
    ///
    /// # Example
    /// ```rhai
    /// let of = |name, unit, values| field(name, values, #{
    ///     dims: ["time"], coords: #{ time: dates("2016-07-01", "2016-07-03", 1) }, unit: unit,
    /// });
    /// let path = write_netcdf(output("co2_mlo_surface-flask_1_representative.nc"), "synthetic", [
    ///     of.call("value", "mol mol-1", [4.041e-4, -1.0]), of.call("altitude", "m", [3402, 3402]),
    ///     of.call("latitude", "degrees_north", [19.5, 19.5]),
    ///     of.call("longitude", "degrees_east", [-155.6, -155.6]),
    /// ]);
    /// let observed = observations::from_obspack(path);
    /// assert(observed.len == 1 && observed.site == ["MLO"] && observed.kind == ["flask"]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_obspack(
        context: NativeCallContext,
        files: Dynamic,
        options: Map,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            read(&context, Format::ObsPack, &files, options)
        })
    }

    /// Text of the NOAA Global Monitoring Laboratory: flask events, hours, days and months.
    ///
    /// Flasks are instants, means intervals from their time stamp on. Kept as attributes are scale,
    /// lab, type, qc_flag, method, value_unc, value_std_dev, nvalue and intake_height.
    ///
    /// # Arguments
    /// - `files`: the path of a file or folder, or an array of them.
    ///
    /// # Returns
    /// Observations in order of time, with warnings where records are none, are there twice, or
    /// are of several scales of calibration.
    ///
    /// # Errors
    /// A file that cannot be read or is of another layout, values without a unit.
    ///
    /// # Example
    /// ```rhai
    /// try { observations::from_noaa_text([]); } catch (e) { assert(e.what.contains("no files")); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_noaa_text(
        context: NativeCallContext,
        files: Dynamic,
        options: Map,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            read(&context, Format::NoaaText, &files, options)
        })
    }

    /// Files of the World Data Centre for Greenhouse Gases: text of the layouts before and since
    /// 2018, and NetCDF.
    ///
    /// Times in another zone are turned to UTC where the header says the offset, with a warning
    /// where it names a zone that is none. Kept as attributes are scale, lab, wdcgg_flag and
    /// others.
    ///
    /// # Arguments
    /// - `files`: the path of a file or folder, or an array of them.
    ///
    /// # Returns
    /// Observations in order of time, with warnings where records are none, are there twice, or
    /// are of several scales of calibration.
    ///
    /// # Errors
    /// A file that cannot be read or is of another layout, values without a unit.
    ///
    /// # Example
    /// ```rhai
    /// try { observations::from_wdcgg([]); } catch (e) { assert(e.what.contains("no files")); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_wdcgg(
        context: NativeCallContext,
        files: Dynamic,
        options: Map,
    ) -> Fallible<Observations> {
        attempt(&context, || read(&context, Format::Wdcgg, &files, options))
    }

    /// Text of the ICOS Atmosphere Thematic Centre: hours of a station and height.
    ///
    /// Times are UTC and mark the start of the hour. Flags O, U and R are good, kept as qc_flag.
    ///
    /// # Arguments
    /// - `files`: the path of a file or folder, or an array of them.
    ///
    /// # Returns
    /// Observations in order of time, with warnings where records are none, are there twice, or
    /// are of several scales of calibration.
    ///
    /// # Errors
    /// A file that cannot be read or is of another layout, values without a unit.
    ///
    /// # Example
    /// ```rhai
    /// try { observations::from_icos([]); } catch (e) { assert(e.what.contains("no files")); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_icos(
        context: NativeCallContext,
        files: Dynamic,
        options: Map,
    ) -> Fallible<Observations> {
        attempt(&context, || read(&context, Format::Icos, &files, options))
    }

    /// Merges of aircraft campaigns (HIPPO, ORCAS, ATom) as text, a line each 10 s, or as NetCDF.
    ///
    /// Flights of a campaign are sampling units, held out together. Kept as attributes are flight,
    /// air_pressure, prof, theta and strat (1 in the stratosphere).
    ///
    /// # Arguments
    /// - `files`: the path of a file or folder, or an array of them.
    ///
    /// # Returns
    /// Observations in order of time, with warnings where records are none, are there twice, or
    /// are of several scales of calibration.
    ///
    /// # Errors
    /// A file that cannot be read or is of another layout, values without a unit.
    ///
    /// # Example
    /// ```rhai
    /// let path = table([#{ year: 2016, mon: 7, day: 29, hour: 18, min: 0, sec: 10, camp: "ATom-1",
    ///     flt: 1, lat: 34.5, lon: -118.0, alt: 1500, pressure: 850.5, co2: 401.5 }]).write("merge.csv");
    /// let observed = observations::from_aircraft_merge(path);
    /// assert(observed.site == ["ATom-1"] && observed.altitude.max().value() == 1500.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_aircraft_merge(
        context: NativeCallContext,
        files: Dynamic,
        options: Map,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            read(&context, Format::Aircraft, &files, options)
        })
    }

    /// Monitor files of the Community Inversion Framework, of the older and the newer layout, as
    /// NetCDF or CSV.
    ///
    /// `obserror` is the stated error where it is positive, `date` the start of the interval. Kept
    /// as attributes are network, sim and incr.
    ///
    /// # Arguments
    /// - `files`: the path of a file or folder, or an array of them.
    ///
    /// # Returns
    /// Observations in order of time, with warnings where records are none, are there twice, or
    /// are of several scales of calibration.
    ///
    /// # Errors
    /// A file that cannot be read or is of another layout, values without a unit.
    ///
    /// # Example
    /// ```rhai
    /// let of = |name, unit, values| field(name, values, #{
    ///     dims: ["time"], coords: #{ time: [date("2016-07-01")] }, unit: unit,
    /// });
    /// let path = write_netcdf(output("monitor.nc"), "synthetic", [
    ///     of.call("obs", "ppm", [404]), of.call("obserror", "ppm", [1.5]), of.call("duration", "h", [1]),
    ///     of.call("lat", "degrees_north", [10]), of.call("lon", "degrees_east", [20]),
    ///     of.call("alt", "m", [30]),
    /// ]);
    /// assert_near(observations::from_cif_monitor(path).error.to("ppm").max().value(), 1.5, 1e-9);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_cif_monitor(
        context: NativeCallContext,
        files: Dynamic,
        options: Map,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            read(&context, Format::CifMonitor, &files, options)
        })
    }

    /// What GEOS-Chem's ObsPack diagnostic sampled: the values of the model, by the identifiers of
    /// the observations they are compared with.
    ///
    /// The table of these joins with that of the observations by `id`:
    /// `observed.full_table().join(sampled.full_table(), "id")`.
    ///
    /// # Arguments
    /// - `files`: the path of a file or folder, or an array of them.
    ///
    /// # Returns
    /// Observations in order of time, with warnings where records are none, are there twice, or
    /// are of several scales of calibration.
    ///
    /// # Errors
    /// A file that cannot be read or is of another layout, values without a unit.
    ///
    /// # Example
    /// ```rhai
    /// try { observations::from_geos_chem_obspack([]); } catch (e) { assert(e.what.contains("no files")); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_geos_chem_obspack(
        context: NativeCallContext,
        files: Dynamic,
        options: Map,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            read(&context, Format::GeosChem, &files, options)
        })
    }

    /// Text of an instrument: what GCWerks writes of a spectrometer, with two lines of names, or an
    /// hourly table of one line of names, `yy mm dd hh mm ss co2`.
    ///
    /// Such files do not say where they were measured: latitude, longitude and elevation are told.
    /// The name of the file says the site, the length of the means and the height of the intake
    /// (`xyz.picarro.1minute.108m.dat`). What is not of air (standards, targets) is left out.
    ///
    /// # Arguments
    /// - `files`: the path of a file or folder, or an array of them.
    ///
    /// # Returns
    /// Observations in order of time, with warnings where records are none, are there twice, or
    /// are of several scales of calibration.
    ///
    /// # Errors
    /// A file that cannot be read or is of another layout.
    ///
    /// # Example
    /// ```rhai
    /// try { observations::from_gcwerks([]); } catch (e) { assert(e.what.contains("no files")); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_gcwerks(
        context: NativeCallContext,
        files: Dynamic,
        options: Map,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            read(&context, Format::Gcwerks, &files, options)
        })
    }
}
