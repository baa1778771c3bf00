//! Some of the observations: by source, time or a function, held out or joined.

use crate::error::Result;
use crate::observation;
use crate::observation::{HoldOut, Observation, Thinning};
use crate::script::bind::observations::Observations;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::{Fallible, ScriptFunction, attempt, read};
use rhai::plugin::*;
use rhai::{Dynamic, FnPtr, Map};
use std::sync::Arc;

/// Binds the choice of observations.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("observations", exported_module!(functions));
    optional!(rooms, ThinnedOptions: "thinned" = functions::thinned_token);
}

options! {
    /// How observations are joined to super-observations.
    struct ThinnedOptions of "observations::thinned" {
        /// The interval of time whose observations are joined.
        hours: f64 ["h"] = 1.0,
        /// The correlation of the errors that are joined, 0 to 1.
        correlation: f64 = 0.0,
        /// The least error of the mean.
        floor_ppm: f64 ["ppm"] = 0.0,
    }
}

/// One observation as a map, for closures.
fn row(observations: &observation::Observations, o: &Observation) -> Map {
    Map::from_iter([
        (
            "source".into(),
            Dynamic::from(observations.sources[o.source].clone()),
        ),
        ("site".into(), Dynamic::from(o.site.to_string())),
        ("kind".into(), Dynamic::from(o.kind.to_string())),
        ("time".into(), Dynamic::from(o.time)),
        ("latitude".into(), o.latitude.into()),
        ("longitude".into(), o.longitude.into()),
        ("altitude".into(), o.altitude.into()),
        ("value_ppm".into(), (o.value * 1e6).into()),
        ("error_ppm".into(), (o.error * 1e6).into()),
        ("operator".into(), o.sampling.name().to_string().into()),
    ])
}

#[export_module]
mod functions {
    /// The observations of one source.
    ///
    /// # Arguments
    /// - `name`: of the source.
    ///
    /// # Returns
    /// Observations.
    ///
    /// # Errors
    /// No such source; those there are are listed.
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-03", #{});
    /// let truth = [];
    /// truth.pad(plan.len, 400e-6);
    /// let observed = network::observe(plan, field("co2", truth), #{});
    /// assert(observed.source("in_situ").len == observed.len);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn source(
        context: NativeCallContext,
        observations: &mut Observations,
        name: &str,
    ) -> Fallible<Observations> {
        attempt(&context, || Ok(Arc::new(observations.by_source(name)?)))
    }

    /// The same observations as one source of another name.
    ///
    /// # Arguments
    /// - `name`: of the source.
    ///
    /// # Returns
    /// Observations.
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-03", #{});
    /// let truth = [];
    /// truth.pad(plan.len, 400e-6);
    /// let seen = network::observe(plan, field("co2", truth), #{});
    /// assert(seen.as_source("stations").sources == ["stations"]);
    /// ```
    #[rhai_fn(global)]
    pub fn as_source(seen: &mut Observations, name: &str) -> Observations {
        Arc::new(seen.as_ref().as_source(name))
    }

    /// The observations from one instant up to, but not at, another.
    ///
    /// # Arguments
    /// - `start`, `end`: dates.
    ///
    /// # Returns
    /// Observations.
    ///
    /// # Errors
    /// Something that is not a date.
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-03", #{});
    /// let truth = [];
    /// truth.pad(plan.len, 400e-6);
    /// let observed = network::observe(plan, field("co2", truth), #{});
    /// assert(observed.between("2016-07-01", "2016-07-02").len < observed.len);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn between(
        context: NativeCallContext,
        observations: &mut Observations,
        start: Dynamic,
        end: Dynamic,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            Ok(Arc::new(observations.between(
                read("the start", &start)?,
                read("the end", &end)?,
            )))
        })
    }

    /// The observations a function says yes to.
    ///
    /// # Arguments
    /// - `keep`: a function of one observation, a map: source, site, kind, time, latitude,
    ///   longitude, altitude, value_ppm, error_ppm, operator.
    ///
    /// # Returns
    /// Observations.
    ///
    /// # Errors
    /// An answer that is not true or false.
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-03", #{});
    /// let truth = [];
    /// truth.pad(plan.len, 400e-6);
    /// let observed = network::observe(plan, field("co2", truth), #{});
    /// assert(observed.filter(|o| o.kind == "flask").len < observed.len);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn filter(
        context: NativeCallContext,
        observations: &mut Observations,
        keep: FnPtr,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            let keep = ScriptFunction::new(&context, keep);
            let answers = observations
                .rows
                .iter()
                .map(|o| keep.call_for::<bool>("the answer", (row(observations, o),)))
                .collect::<Result<Vec<bool>>>()?;
            let rows = observations
                .rows
                .iter()
                .zip(answers)
                .filter(|(_, k)| *k)
                .map(|(o, _)| o.clone())
                .collect();
            Ok(Arc::new(observation::Observations {
                sources: observations.sources.clone(),
                rows,
                ..observation::Observations::default()
            }))
        })
    }

    /// Splits off a part for validation: whole flights, whole days of quasi-continuous records,
    /// single flasks.
    ///
    /// # Arguments
    /// - `fraction`: of the sampling units to hold out, 0 to 1.
    /// - `seed`: of the choice.
    ///
    /// # Returns
    /// A map: `kept` and `held_out`, observations.
    ///
    /// # Errors
    /// A fraction outside 0 to 1.
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-03", #{});
    /// let truth = [];
    /// truth.pad(plan.len, 400e-6);
    /// let observed = network::observe(plan, field("co2", truth), #{});
    /// let parts = observed.hold_out(0.2, 1);
    /// assert(parts.kept.len + parts.held_out.len == observed.len);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn hold_out(
        context: NativeCallContext,
        observations: &mut Observations,
        fraction: Dynamic,
        seed: Dynamic,
    ) -> Fallible<Map> {
        attempt(&context, || {
            let (kept, held) =
                HoldOut::new(read("the fraction", &fraction)?, read("the seed", &seed)?)?
                    .split(observations);
            Ok(Map::from_iter([
                ("kept".into(), Dynamic::from(Arc::new(kept))),
                ("held_out".into(), Dynamic::from(Arc::new(held))),
            ]))
        })
    }

    /// Joins observations of one source, cell and interval of time to super-observations.
    ///
    /// # Arguments
    /// - `grid`: whose cells to use.
    ///
    /// # Returns
    /// Observations.
    ///
    /// # Errors
    /// An interval that is not positive, a correlation outside 0 to 1.
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-03", #{});
    /// let truth = [];
    /// truth.pad(plan.len, 400e-6);
    /// let observed = network::observe(plan, field("co2", truth), #{});
    /// assert(observed.thinned(grid("4x5"), #{ hours: 6 }).len < observed.len);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn thinned(
        context: NativeCallContext,
        observations: &mut Observations,
        grid: Arc<crate::grid::Grid>,
        options: Map,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            let o = ThinnedOptions::read(&context, options)?;
            let (interval, floor) = (o.hours * 3600.0, o.floor_ppm * 1e-6);
            Ok(Arc::new(
                Thinning::new(&grid.horizontal, interval, o.correlation, floor)?
                    .apply(observations)?
                    .observations,
            ))
        })
    }
}
