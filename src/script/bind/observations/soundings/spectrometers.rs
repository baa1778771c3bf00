//! Columns of ground-based spectrometers, and in OpenGHG's layout; the check of all of them against
//! their priors.

use super::{SoundingOptions, observations};
use crate::observation::files::columns::{OpenGhg, Scale, Tccon, TcconMip};
use crate::script::bind::observations::Observations;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::{Fallible, attempt};
use crate::table::Table;
use rhai::plugin::*;
use rhai::{Dynamic, Map};

/// Binds the readers of spectrometers.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("observations", exported_module!(functions));
    optional!(rooms, TcconOptions: "observations::from_tccon" = functions::from_tccon_token);
    optional!(rooms, SoundingOptions:
        "observations::from_tccon_mip" = functions::from_tccon_mip_token,
        "observations::from_openghg" = functions::from_openghg_token,
    );
}

options! {
    /// Which spectra of TCCON are taken.
    struct TcconOptions of "observations::from_tccon" with common: SoundingOptions {
        /// The largest zenith angle of the sun.
        highest_zenith: f64 ["degrees"] = 80.0,
        /// Whether spectra whose kernel lies far beyond its table are taken too.
        extrapolated: bool = false,
        /// The scale of the values, "X2007" or "X2019"; () for the later of those in the file.
        scale: Option<Scale>,
    }
}

#[export_module]
mod functions {
    /// Spectra of TCCON from the public files of GGG2020. The model is compared through the
    /// integration operator on the wet profile, and through the averaging kernel of each spectrum.
    ///
    /// Single spectra scatter by 0.5 to 1.3 ppm: join them with `thin`, or by `thinned`. For a
    /// station on a mountain `vertical: "pressure"` keeps the air below it out of its column.
    ///
    /// # Arguments
    /// - `files`: the path of a file, of a folder (its `*.public*.nc` are read), or an array of
    ///   paths.
    ///
    /// # Returns
    /// Observations in order of time; the site is the two letters of the file's name.
    ///
    /// # Errors
    /// A file that cannot be read or lacks a variable.
    ///
    /// # Example
    /// ```rhai
    /// // With files: let seen = observations::from_tccon("data/tccon", #{ scale: "X2019", thin: #{ grid: "2x2.5", hours: 1 } });
    /// try { observations::from_tccon("no/such/file.nc"); } catch (e) { assert(e.what == "there is no such file"); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_tccon(
        context: NativeCallContext,
        files: Dynamic,
        options: Map,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            let o = TcconOptions::read(&context, options)?;
            let format = Tccon {
                highest_zenith: o.highest_zenith,
                extrapolated: o.extrapolated,
                scale: o.scale,
            };
            observations(&context, &format, &files, o.common)
        })
    }

    /// The averages of TCCON of the OCO-2 model intercomparison project; the site is `tccon_` and
    /// the number of the station.
    ///
    /// # Arguments
    /// - `files`: the path of a file, of a folder (its `tccon_timeavg*.nc4` are read), or an array
    ///   of paths.
    ///
    /// # Returns
    /// Observations in order of time.
    ///
    /// # Errors
    /// A file that cannot be read or lacks a variable.
    ///
    /// # Example
    /// ```rhai
    /// // With files: let seen = observations::from_tccon_mip("data/tccon_timeaverages_R20250609");
    /// try { observations::from_tccon_mip("no/such/file.nc4"); } catch (e) { assert(e.what == "there is no such file"); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_tccon_mip(
        context: NativeCallContext,
        files: Dynamic,
        options: Map,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            let o = SoundingOptions::read(&context, options)?;
            observations(&context, &TcconMip, &files, o)
        })
    }

    /// Soundings of a satellite as OpenGHG stores them in its column files.
    ///
    /// # Arguments
    /// - `files`: the path of a file, of a folder (its `*column.nc` are read), or an array of
    ///   paths.
    ///
    /// # Returns
    /// Observations in order of time.
    ///
    /// # Errors
    /// A file that cannot be read or lacks a variable.
    ///
    /// # Example
    /// ```rhai
    /// // With files: let seen = observations::from_openghg("data/columns", #{ source: "oco2" });
    /// try { observations::from_openghg("no/such/file.nc"); } catch (e) { assert(e.what == "there is no such file"); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_openghg(
        context: NativeCallContext,
        files: Dynamic,
        options: Map,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            let o = SoundingOptions::read(&context, options)?;
            observations(&context, &OpenGhg, &files, o)
        })
    }

    /// What the operators of retrievals make of their own prior profiles, beside the prior columns
    /// that their files state: a check of a file, its units and the order of its levels in a line.
    ///
    /// # Returns
    /// A table, a row for each retrieval: source, site, time, from_profile (the weighted sum of the
    /// prior profile), stated and difference \[ppm\], weight (the sum of the weights, which is 1
    /// for weights of dry air). Where no prior column is stated, it is the weighted sum itself.
    ///
    /// # Errors
    /// None.
    ///
    /// # Example
    /// ```rhai
    /// let row = #{ time: date("2016-07-01T13:00"), latitude: 45, longitude: 10, value: 400.2, prior_column: 398.4,
    ///     pressure: "1000 700 400 100 hPa", kernel: "1 1 1 0.9", prior: "400 399 398 396 ppm", weight: "0.2 0.3 0.3 0.2" };
    /// let seen = observations::from_table(table([row]), #{
    ///     source: "satellite", operator: operator::column(), value: ["value", "ppm"], prior_column: ["prior_column", "ppm"] });
    /// let prior = seen.prior_columns();
    /// assert_near(prior[0].from_profile, 398.3, 1e-9);
    /// assert_near(prior[0].difference, -0.1, 1e-9);
    /// assert_near(prior[0].weight, 1, 1e-12);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn prior_columns(
        context: NativeCallContext,
        observations: &mut Observations,
    ) -> Fallible<Table> {
        attempt(&context, || observations.prior_columns())
    }
}
