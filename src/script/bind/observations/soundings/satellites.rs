//! Soundings of satellites.

use super::{SoundingOptions, observations};
use crate::observation::files::columns::{
    AcosL2, Assimilate, Experiment, GosatOcpr, Lite, LiteOf, Mip, Scale,
};
use crate::script::bind::observations::Observations;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::choice;
use crate::script::{Fallible, attempt};
use rhai::plugin::*;
use rhai::{Dynamic, Map};

/// Binds the readers of satellites.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("observations", exported_module!(functions));
    optional!(rooms, LiteOptions:
        "observations::from_oco2_lite" = functions::from_oco2_lite_token,
        "observations::from_acos_lite" = functions::from_acos_lite_token,
    );
    optional!(rooms, RetrievalOptions:
        "observations::from_gosat_ocpr" = functions::from_gosat_ocpr_token,
        "observations::from_acos_l2" = functions::from_acos_l2_token,
    );
    optional!(rooms, MipOptions: "observations::from_oco2_mip" = functions::from_oco2_mip_token);
}

/// Whether a flag of quality counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quality {
    /// What is flagged good.
    Good,
    /// Everything.
    Any,
}
choice!(Quality, "quality of soundings", { "good" => Quality::Good, "any" => Quality::Any });

choice!(Experiment, "experiment of the OCO-2 MIP", {
    "LNLG" => Experiment::Lnlg,
    "LNLGIS" => Experiment::Lnlg,
    "OG" => Experiment::Og,
    "LNLGOG" => Experiment::LnlgOg,
    "LNLGOGIS" => Experiment::LnlgOg,
    "IS" => Experiment::Is,
    "all" => Experiment::All,
});
choice!(Assimilate, "flag of assimilation", {
    "assimilated" => Assimilate::Yes,
    "withheld" => Assimilate::Withheld,
    "any" => Assimilate::Any,
});

options! {
    /// Which soundings of a Lite file are taken.
    struct LiteOptions of "observations::from_oco2_lite", "observations::from_acos_lite"
    with common: SoundingOptions {
        /// "good" for those that are flagged good, "any" for all.
        quality: Quality = Quality::Good,
        /// Mode and surface of the soundings, such as "nadir_land"; none for nadir_land, glint_land
        /// and glint_ocean.
        kinds: Vec<String> = vec![],
        /// The scale of the values, "X2007" or "X2019"; () for the later of those in the file.
        scale: Option<Scale>,
    }
}

options! {
    /// Which soundings are taken.
    struct RetrievalOptions of "observations::from_gosat_ocpr", "observations::from_acos_l2"
    with common: SoundingOptions {
        /// "good" for those that are flagged good, "any" for all.
        quality: Quality = Quality::Good,
    }
}

options! {
    /// Which averages of the OCO-2 MIP are taken.
    struct MipOptions of "observations::from_oco2_mip" with common: SoundingOptions {
        /// The experiment of the project: LNLG or LNLGIS (land nadir and glint), OG (ocean glint),
        /// LNLGOG or LNLGOGIS (both), IS (none), or all.
        experiment: Experiment = Experiment::LnlgOg,
        /// What the flag of assimilation must say: "assimilated", "withheld" or "any".
        assimilate: Assimilate = Assimilate::Yes,
        /// The scale of the values, "X2007" or "X2019"; () for the later of those in the file.
        scale: Option<Scale>,
    }
}

#[export_module]
mod functions {
    /// Soundings of OCO-2 or OCO-3 from Lite files (version 10 and later): bias-corrected XCO2 with
    /// its kernel, prior and weights.
    ///
    /// The kind of each is its mode and surface: nadir_land, glint_land, glint_ocean, ... Flags and
    /// positions are read first, and the rest only of what is kept; with `thin` the soundings of a
    /// file are joined before the next is read, so that a year fits into memory.
    ///
    /// # Arguments
    /// - `files`: the path of a file, of a folder (its `oco*Lt*.nc4` are read), or an array of
    ///   paths.
    ///
    /// # Returns
    /// Observations in order of time, with the attributes quality_flag, solar_zenith_angle, orbit,
    /// footprint and scale where the files have them.
    ///
    /// # Errors
    /// A file that cannot be read or lacks a variable.
    ///
    /// # Example
    /// ```rhai
    /// // With files: let seen = observations::from_oco2_lite("data/oco2/2016", #{ thin: #{ grid: "2x2.5", hours: 1 } });
    /// try { observations::from_oco2_lite("no/such/file.nc4"); } catch (e) { assert(e.what == "there is no such file"); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_oco2_lite(
        context: NativeCallContext,
        files: Dynamic,
        options: Map,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            let o = LiteOptions::read(&context, options)?;
            let format = Lite::new(LiteOf::Oco, o.quality == Quality::Any, o.kinds, o.scale)?;
            observations(&context, &format, &files, o.common)
        })
    }

    /// Soundings of GOSAT from the Lite files of ACOS, which are laid out as those of OCO-2; of the
    /// kinds nadir_land and glint_ocean.
    ///
    /// # Arguments
    /// - `files`: the path of a file, of a folder (its `acos*Lt*.nc4` are read), or an array of
    ///   paths.
    ///
    /// # Returns
    /// Observations in order of time, with the attribute gain ("H" or "M").
    ///
    /// # Errors
    /// A file that cannot be read or lacks a variable.
    ///
    /// # Example
    /// ```rhai
    /// // With files: let seen = observations::from_acos_lite("data/acos", #{ kinds: ["nadir_land"] });
    /// try { observations::from_acos_lite("no/such/file.nc4"); } catch (e) { assert(e.what == "there is no such file"); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_acos_lite(
        context: NativeCallContext,
        files: Dynamic,
        options: Map,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            let o = LiteOptions::read(&context, options)?;
            let format = Lite::new(LiteOf::Acos, o.quality == Quality::Any, o.kinds, o.scale)?;
            observations(&context, &format, &files, o.common)
        })
    }

    /// Soundings of GOSAT by the University of Leicester (ESA CCI, OCPR): the XCO2 of the proxy
    /// retrieval of CH4, **without a correction of bias** and with a stated error that is about a
    /// third of the scatter. Soundings with a missing level are left out and counted.
    ///
    /// # Arguments
    /// - `files`: the path of a file, of a folder (its `*GOSAT-OCPR*.nc` are read), or an array of
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
    /// // With files: let seen = observations::from_gosat_ocpr("data/gosat");
    /// try { observations::from_gosat_ocpr("no/such/file.nc"); } catch (e) { assert(e.what == "there is no such file"); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_gosat_ocpr(
        context: NativeCallContext,
        files: Dynamic,
        options: Map,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            let o = RetrievalOptions::read(&context, options)?;
            let any_quality = o.quality == Quality::Any;
            observations(&context, &GosatOcpr { any_quality }, &files, o.common)
        })
    }

    /// Soundings of GOSAT from the level 2 files of ACOS, or of OCO-2 from its level 2 standard
    /// files: XCO2 without a correction of bias, of the retrievals that converged.
    ///
    /// # Arguments
    /// - `files`: the path of a file, of a folder (its `acos_L2*.h5` and `oco2_L2*.h5` are read),
    ///   or an array of paths.
    ///
    /// # Returns
    /// Observations in order of time.
    ///
    /// # Errors
    /// A file that cannot be read or lacks a variable.
    ///
    /// # Example
    /// ```rhai
    /// // With files: let seen = observations::from_acos_l2("data/acos", #{ source: "gosat" });
    /// try { observations::from_acos_l2("no/such/file.h5"); } catch (e) { assert(e.what == "there is no such file"); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_acos_l2(
        context: NativeCallContext,
        files: Dynamic,
        options: Map,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            let o = RetrievalOptions::read(&context, options)?;
            let any_quality = o.quality == Quality::Any;
            observations(&context, &AcosL2 { any_quality }, &files, o.common)
        })
    }

    /// The 10-second averages of OCO-2 of the OCO-2 model intercomparison project, for one of its
    /// experiments. The stated error is the root of xco2_uncertainty^2 + model_error^2.
    ///
    /// # Arguments
    /// - `files`: the path of a file, of a folder (its `oco*10sec*.nc4` are read), or an array of
    ///   paths.
    ///
    /// # Returns
    /// Observations in order of time, with the attributes xco2_uncertainty, model_error \[ppm\],
    /// assimilate_flag and scale.
    ///
    /// # Errors
    /// A file that cannot be read or lacks a variable.
    ///
    /// # Example
    /// ```rhai
    /// // With files: observations::from_oco2_mip("data/OCO2_b11.2_10sec_GOOD_r2.nc4", #{ experiment: "LNLG", start: "2016-01-01" });
    /// try { observations::from_oco2_mip("no/such/file.nc4"); } catch (e) { assert(e.what == "there is no such file"); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_oco2_mip(
        context: NativeCallContext,
        files: Dynamic,
        options: Map,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            let o = MipOptions::read(&context, options)?;
            let format = Mip {
                experiment: o.experiment,
                assimilate: o.assimilate,
                scale: o.scale,
            };
            observations(&context, &format, &files, o.common)
        })
    }
}
