//! Steps that make means of many observations.

use super::{CONTINUOUS, Step, kinds_or};
use crate::observation::Joining;
use crate::observation::select::{Averaged, Hours, Layers, Over, Scope};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::{Fallible, attempt, read};
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::sync::Arc;

/// Binds the steps that make means.
pub(super) fn bind(rooms: &mut Rooms) {
    rooms.room("select", exported_module!(functions));
    optional!(rooms, AfternoonOptions: "select::afternoon_mean" = functions::afternoon_mean_token);
    optional!(rooms, AveragedOptions: "select::averaged" = functions::averaged_token);
    optional!(rooms, LayersOptions: "select::layers" = functions::layers_token);
}

options! {
    /// How hourly values become one mean a day.
    struct AfternoonOptions of "select::afternoon_mean" {
        /// The first hour of local solar time.
        from: f64 = 12.0,
        /// The hour before which they end.
        to: f64 = 16.0,
        /// Patterns of kinds; by default ["continuous", "tower"].
        kinds: Option<Vec<String>>,
        /// Patterns of sites; all by default.
        sites: Vec<String> = vec![],
        /// Below this height above sea level.
        below: f64 ["m"] = 1500.0,
        /// From this height above sea level on.
        above: Option<f64> ["m"],
        /// The correlation of the errors of an afternoon; 1 leaves the error of the mean as it is.
        correlation: f64 = 1.0,
        /// The least number of a mean.
        minimum: usize = 1,
    }
}

options! {
    /// How values of some hours become one.
    struct AveragedOptions of "select::averaged" {
        /// Patterns of kinds; all by default.
        kinds: Vec<String> = vec![],
        /// Patterns of sites; all by default.
        sites: Vec<String> = vec![],
        /// The correlation of the errors that are joined.
        correlation: f64 = 0.0,
        /// The least error of a mean.
        floor_ppm: f64 ["ppm"] = 0.0,
        /// The error of representation, which a mean does not reduce.
        representation_ppm: f64 ["ppm"] = 0.0,
        /// Whether weights are one over the square of the stated errors.
        weighted: bool = false,
        /// The least number of a mean.
        minimum: usize = 1,
    }
}

options! {
    /// How flights become layers.
    struct LayersOptions of "select::layers" {
        /// Patterns of kinds.
        kinds: Vec<String> = vec!["aircraft*".into(), "aircore*".into()],
        /// The longest time in a layer that is one mean.
        minutes: f64 ["min"] = 30.0,
        /// The correlation of the errors in a layer; 1 leaves the error of the mean as it is.
        correlation: f64 = 1.0,
        /// The least number of a mean.
        minimum: usize = 1,
    }
}

#[export_module]
mod functions {
    /// Joins the values of an afternoon to one mean a day of each site, kind and height, over the
    /// interval from the first to the last; other hours of the same records are left out.
    ///
    /// # Returns
    /// A step.
    ///
    /// # Errors
    /// Hours outside 0 to 24.
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-08", #{});
    /// let observed = network::observe(plan, 400e-6 * ones("obs", plan.len), #{});
    /// let daily = observed.select([select::afternoon_mean()]);
    /// assert(daily.len < observed.len && daily.attributes.n_joined.max() == 2.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn afternoon_mean(context: NativeCallContext, options: Map) -> Fallible<Step> {
        attempt(&context, || {
            let o = AfternoonOptions::read(&context, options)?;
            let scope = Scope {
                kinds: kinds_or(o.kinds, &CONTINUOUS),
                sites: o.sites,
                above: o.above.unwrap_or(f64::NEG_INFINITY),
                below: o.below,
            };
            let joining = Joining {
                correlation: o.correlation,
                minimum: o.minimum,
                over_interval: true,
                ..Joining::default()
            };
            Ok(Step(Arc::new(Averaged {
                over: Over::Day(Hours::new("afternoon", o.from, o.to, Scope::default())?),
                joining,
                scope,
            })))
        })
    }

    /// Joins what a site measures in intervals of local solar time, such as the spectra of an hour,
    /// to a mean over the interval from the first to the last.
    ///
    /// # Arguments
    /// - `hours`: the length of the intervals.
    ///
    /// # Returns
    /// A step.
    ///
    /// # Errors
    /// A length that cannot be read.
    ///
    /// # Example
    /// ```rhai
    /// assert(select::averaged(1, #{ kinds: ["tccon"], floor_ppm: 0.4 }).to_string() == "means of 1 h");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn averaged(context: NativeCallContext, hours: Dynamic, options: Map) -> Fallible<Step> {
        attempt(&context, || {
            let o = AveragedOptions::read(&context, options)?;
            let joining = Joining {
                correlation: o.correlation,
                weighted: o.weighted,
                representation: o.representation_ppm * 1e-6,
                floor: o.floor_ppm * 1e-6,
                minimum: o.minimum,
                over_interval: true,
                ..Joining::default()
            };
            let scope = Scope {
                kinds: o.kinds,
                sites: o.sites,
                ..Scope::default()
            };
            let seconds = 3600.0 * read::<f64>("the hours", &hours)?;
            Ok(Step(Arc::new(Averaged {
                over: Over::Interval(seconds),
                joining,
                scope,
            })))
        })
    }

    /// Joins the measurements of a flight to layers: one mean each time it passes through one.
    ///
    /// # Arguments
    /// - `thickness`: of a layer \[m\].
    ///
    /// # Returns
    /// A step, about aircraft and air cores unless `kinds` says otherwise.
    ///
    /// # Errors
    /// A thickness that cannot be read.
    ///
    /// # Example
    /// ```rhai
    /// assert(select::layers(1000).to_string() == "layers of 1000 m");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn layers(context: NativeCallContext, thickness: Dynamic, options: Map) -> Fallible<Step> {
        attempt(&context, || {
            let o = LayersOptions::read(&context, options)?;
            let joining = Joining {
                correlation: o.correlation,
                minimum: o.minimum,
                ..Joining::default()
            };
            let scope = Scope {
                kinds: o.kinds,
                ..Scope::default()
            };
            Ok(Step(Arc::new(Layers {
                thickness: read("the thickness", &thickness)?,
                longest: 60.0 * o.minutes,
                joining,
                scope,
            })))
        })
    }
}
