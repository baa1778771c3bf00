//! The networks of a twin world, and what its instruments report.

mod own;

use crate::data;
use crate::error::{Error, Result};
use crate::observation;
use crate::observation::TwinErrors;
use crate::observation::networks::{InSitu, Orbit, Pointing, Satellite, Tccon};
use crate::script::bind::concentrations::fields::mole_fractions;
use crate::script::bind::meteorology::Meteorology;
use crate::script::bind::observations::{Observations, columns as columns_of, warn_of_rejected};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::{choice, kind};
use crate::script::{Fallible, attempt, read};
use crate::table::Table;
use rhai::plugin::*;
use rhai::{Array, Dynamic, Map};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A plan as a script holds it.
#[derive(Debug, Clone)]
pub struct Plan(pub Arc<observation::Plan>);

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a plan of {} observations", self.0.len())?;
        self.0
            .counts()
            .iter()
            .try_for_each(|(source, kind, n)| write!(f, "\n  {source:<12} {kind:<12} {n:>8}"))
    }
}

kind!(Plan, "Plan", "a plan");

/// Binds `network::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Plan>();
    rooms.room("network", exported_module!(functions));
    own::bind(rooms);
    optional!(rooms, InSituOptions: "network::in_situ" = functions::in_situ_token);
    optional!(rooms, SatelliteOptions: "network::satellite" = functions::satellite_token);
    optional!(rooms, TcconOptions: "network::tccon" = functions::tccon_token);
    optional!(rooms, ObserveOptions: "network::observe" = functions::observe_token);
}

choice!(Pointing, "pointing", {
    "alternate" => Pointing::Alternate,
    "nadir" => Pointing::Nadir,
    "glint" => Pointing::Glint,
});

/// The usual numbers with those that were given put in their place; a name that neither they nor
/// the plan know is an error.
fn changed(
    key: &str,
    given: BTreeMap<String, f64>,
    mut usual: BTreeMap<String, f64>,
    of_plan: &[String],
) -> Result<BTreeMap<String, f64>> {
    for (name, value) in given {
        if !usual.contains_key(&name) && !of_plan.contains(&name) {
            let known = usual.keys().chain(of_plan).map(String::as_str);
            let known: Vec<&str> = known.collect();
            return Err(Error::new(format!("\"{name}\" is not known in {key}"))
                .expected(format!("one of {}", known.join(", ")))
                .near(&name, known));
        }
        usual.insert(name, value);
    }
    Ok(usual)
}

/// The twin errors of a plan's kinds and sources from options.
fn errors_from(o: ObserveOptions, plan: &observation::Plan) -> Result<TwinErrors> {
    let usual = TwinErrors::default();
    let mut kinds: Vec<String> = plan.counts().into_iter().map(|(_, kind, _)| kind).collect();
    kinds.retain(|kind| !usual.sd_ppm.contains_key(kind));
    let mut sources = plan.sources().to_vec();
    sources.retain(|source| !usual.stated_over_true.contains_key(source));
    let stated = o.stated_over_true;
    Ok(TwinErrors {
        seed: o.seed,
        sd_ppm: changed("sd_ppm", o.sd_ppm, usual.sd_ppm, &kinds)?,
        stated_over_true: changed("stated_over_true", stated, usual.stated_over_true, &sources)?,
        common_fraction: o.common_fraction,
        common_seconds: o.common_seconds,
    })
}

options! {
    /// Options of the in situ network.
    struct InSituOptions of "network::in_situ" {
        /// Of what is lost.
        seed: u64 = InSitu::default().seed,
        /// The share of units lost.
        missing: f64 = InSitu::default().missing,
    }
}

options! {
    /// Options of the satellite.
    struct SatelliteOptions of "network::satellite" {
        /// Where it looks: "alternate" is nadir on even orbits and glint on odd ones.
        pointing: Pointing = Satellite::default().pointing,
        /// The time between soundings.
        interval: f64 ["s"] = Satellite::default().interval,
        /// The mean share of soundings that clouds take.
        cloud_loss: f64 = Satellite::default().cloud_loss,
        /// The sun is at most this far from the zenith over land.
        zenith_land: f64 ["degrees"] = Satellite::default().zenith_land,
        /// The sun is at most this far from the zenith over sea.
        zenith_ocean: f64 ["degrees"] = Satellite::default().zenith_ocean,
        /// The seed of the clouds.
        seed: u64 = Satellite::default().seed,
        /// The inclination of the orbit.
        inclination: f64 ["degrees"] = Orbit::default().inclination,
        /// The local time at which the orbit crosses the equator northward.
        crossing_hour: f64 = Orbit::default().crossing_hour,
    }
}

options! {
    /// Options of the ground-based spectrometers.
    struct TcconOptions of "network::tccon" {
        /// The seed of the clouds.
        seed: u64 = Tccon::default().seed,
        /// The share of days that are clear.
        clear: f64 = Tccon::default().clear,
    }
}

options! {
    /// The errors of the observations of a twin world.
    struct ObserveOptions of "network::observe" {
        /// The seed of the errors.
        seed: u64 = TwinErrors::default().seed,
        /// True errors by kind; a kind that the built-in networks do not have needs one.
        sd_ppm: BTreeMap<String, f64> ["ppm"] = TwinErrors::default().sd_ppm,
        /// Stated over true errors by source; 1 for a source that is not named.
        stated_over_true: BTreeMap<String, f64> = TwinErrors::default().stated_over_true,
        /// The share of the satellite's error variance that is common along a pass.
        common_fraction: f64 = TwinErrors::default().common_fraction,
        /// The time along a pass over which the common error forgets itself.
        common_seconds: f64 ["s"] = TwinErrors::default().common_seconds,
    }
}

#[export_module]
mod functions {
    /// When the in situ network would measure: flasks, continuous records, towers and aircraft at
    /// real positions.
    ///
    /// # Arguments
    /// - `start`, `end`: dates.
    ///
    /// # Returns
    /// A plan of the source `in_situ`.
    ///
    /// # Errors
    /// A share outside 0 to 1.
    ///
    /// # Example
    /// ```rhai
    /// assert(network::in_situ("2016-07-01", "2016-07-08", #{}).len > 100);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn in_situ(
        context: NativeCallContext,
        start: Dynamic,
        end: Dynamic,
        options: Map,
    ) -> Fallible<Plan> {
        attempt(&context, || {
            let o = InSituOptions::read(&context, options)?;
            let network = InSitu {
                seed: o.seed,
                missing: o.missing,
            };
            Ok(Plan(Arc::new(network.plan(
                data::sites(),
                read("the start", &start)?,
                read("the end", &end)?,
            )?)))
        })
    }

    /// When a satellite on a polar, sun-synchronous orbit of 16 days would measure.
    ///
    /// # Arguments
    /// - `meteorology`: for the pressure of the retrievals.
    /// - `start`, `end`: dates.
    ///
    /// # Returns
    /// A plan of the source `satellite`.
    ///
    /// # Errors
    /// A share outside 0 to 1, an unknown pointing.
    ///
    /// # Example
    /// ```rhai
    /// let met = meteorology::built_in(grid("4x5"));
    /// assert(network::satellite(met, "2016-07-01", "2016-07-02", #{ interval: "1 min" }).len > 0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn satellite(
        context: NativeCallContext,
        meteorology: Meteorology,
        start: Dynamic,
        end: Dynamic,
        options: Map,
    ) -> Fallible<Plan> {
        attempt(&context, || {
            let o = SatelliteOptions::read(&context, options)?;
            let satellite = Satellite {
                pointing: o.pointing,
                interval: o.interval,
                cloud_loss: o.cloud_loss,
                zenith_land: o.zenith_land,
                zenith_ocean: o.zenith_ocean,
                seed: o.seed,
                orbit: Orbit {
                    inclination: o.inclination,
                    crossing_hour: o.crossing_hour,
                    ..Orbit::default()
                },
            };
            Ok(Plan(Arc::new(satellite.plan(
                meteorology.0.as_ref(),
                read("the start", &start)?,
                read("the end", &end)?,
            )?)))
        })
    }

    /// When ground-based spectrometers like TCCON's would measure.
    ///
    /// # Arguments
    /// - `meteorology`: for the pressure of the retrievals.
    /// - `start`, `end`: dates.
    ///
    /// # Returns
    /// A plan of the source `tccon`.
    ///
    /// # Errors
    /// A share outside 0 to 1.
    ///
    /// # Example
    /// ```rhai
    /// let met = meteorology::built_in(grid("4x5"));
    /// assert(network::tccon(met, "2016-07-01", "2016-07-03", #{}).len > 0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn tccon(
        context: NativeCallContext,
        meteorology: Meteorology,
        start: Dynamic,
        end: Dynamic,
        options: Map,
    ) -> Fallible<Plan> {
        attempt(&context, || {
            let o = TcconOptions::read(&context, options)?;
            let network = Tccon {
                seed: o.seed,
                clear: o.clear,
            };
            Ok(Plan(Arc::new(network.plan(
                data::tccon_sites(),
                meteorology.0.as_ref(),
                read("the start", &start)?,
                read("the end", &end)?,
            )?)))
        })
    }

    /// A plan of observations of any kind, from a table of where and when they would be made.
    ///
    /// # Arguments
    /// - `table`: one row for each observation.
    /// - `columns`: as for `observations::from_table`, but for `value` and `sd`.
    ///
    /// # Returns
    /// A plan in order of time; a warning where rows were left out.
    ///
    /// # Errors
    /// Those of `observations::from_table`.
    ///
    /// # Example
    /// ```rhai
    /// let flights = [];
    /// for altitude in [1000, 3000, 5000] {
    ///     flights.push(#{ time: date("2016-07-01T12:00"), latitude: 45, longitude: -90, altitude: altitude });
    /// }
    /// assert(network::from_table(table(flights), #{ source: "flights", kind: "aircraft" }).len == 3);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_table(context: NativeCallContext, table: Table, columns: Map) -> Fallible<Plan> {
        attempt(&context, || {
            let plan = observation::Plan::from_table(&table, &columns_of(columns)?)?;
            warn_of_rejected(&context, plan.observations());
            Ok(Plan(Arc::new(plan)))
        })
    }

    /// Several plans in one.
    ///
    /// # Arguments
    /// - `plans`: an array.
    ///
    /// # Returns
    /// A plan in order of time.
    ///
    /// # Errors
    /// Something that is not a plan.
    ///
    /// # Example
    /// ```rhai
    /// assert(network::merge([]).len == 0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn merge(context: NativeCallContext, plans: Array) -> Fallible<Plan> {
        attempt(&context, || {
            let plans = plans
                .iter()
                .map(|p| Ok(read::<Plan>("a plan", p)?.0.as_ref().clone()))
                .collect::<Result<Vec<_>>>()?;
            Ok(Plan(Arc::new(observation::Plan::merge(plans))))
        })
    }

    /// Number of observations planned.
    #[rhai_fn(get = "len", global)]
    pub fn len(plan: &mut Plan) -> i64 {
        plan.0.len() as i64
    }

    /// Names of the sources.
    #[rhai_fn(get = "sources", global)]
    pub fn sources(plan: &mut Plan) -> Array {
        plan.0
            .sources()
            .iter()
            .map(|s| Dynamic::from(s.clone()))
            .collect()
    }

    /// What the instruments report of the truth: its values with errors added, and errors stated,
    /// which may differ.
    ///
    /// # Arguments
    /// - `plan`: where and when.
    /// - `truth`: the true equivalents (observation, member) or (observation) \[mol mol-1\], of one
    ///   member.
    ///
    /// # Returns
    /// Observations.
    ///
    /// # Errors
    /// Another number of equivalents than planned, another unit, an error that is not positive, a
    /// name that is not known.
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-03", #{});
    /// let truth = [];
    /// truth.pad(plan.len, 400e-6);
    /// let observed = network::observe(plan, field("co2", truth), #{});
    /// assert(observed.len == plan.len && observed.error.min() > 0.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn observe(
        context: NativeCallContext,
        plan: Plan,
        truth: crate::field::Field,
        options: Map,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            let truth = mole_fractions(truth)?
                .data()
                .iter()
                .copied()
                .collect::<Vec<_>>();
            let errors = errors_from(ObserveOptions::read(&context, options)?, &plan.0)?;
            Ok(Arc::new(errors.observe(&plan.0, &truth)?))
        })
    }
}
