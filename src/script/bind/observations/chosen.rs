//! Some of the observations: by source, time or a function, held out or joined.

use crate::error::{Error, Result};
use crate::grid::Grid;
use crate::observation::{HoldOut, Thinning};
use crate::script::bind::observations::{Observations, row::row};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::{Fallible, ScriptFunction, attempt, read};
use rhai::plugin::*;
use rhai::{Array, Dynamic, FnPtr, Map};
use std::sync::Arc;

/// Binds the choice of observations.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("observations", exported_module!(functions));
    optional!(rooms, ThinnedOptions: "thinned" = functions::thinned_token);
}

options! {
    /// How observations are joined to super-observations.
    pub struct ThinnedOptions of "observations::thinned" {
        /// The interval of time whose observations are joined.
        hours: f64 ["h"] = 1.0,
        /// The correlation of the errors that are joined, 0 to 1.
        correlation: f64 = 0.0,
        /// The least error of the mean.
        floor_ppm: f64 ["ppm"] = 0.0,
    }
}

impl ThinnedOptions {
    /// How observations are joined in the cells of a grid.
    pub fn thinning(&self, grid: &Grid) -> Result<Thinning> {
        let (interval, floor) = (self.hours * 3600.0, self.floor_ppm * 1e-6);
        Thinning::new(&grid.horizontal, interval, self.correlation, floor)
    }
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
    /// let observed = network::observe(plan, field("co2", truth), #{});
    /// assert(observed.as_source("stations").sources == ["stations"]);
    /// ```
    #[rhai_fn(global)]
    pub fn as_source(observations: &mut Observations, name: &str) -> Observations {
        Arc::new(observations.as_ref().as_source(name))
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
    /// - `keep`: a function of one observation, a map: source, site, kind, id, time, latitude,
    ///   longitude, altitude, value_ppm, error_ppm, operator, block, unit; start and end of a mean;
    ///   and its attributes by their names.
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
            let answer = |k| keep.call_for::<bool>("the answer", (row(observations, k),));
            let answers = (0..observations.len())
                .map(answer)
                .collect::<Result<Vec<bool>>>()?;
            Ok(Arc::new(
                observations.take(&observations.places(|k| answers[k])),
            ))
        })
    }

    /// The observations that a forecast samples whole: those at an instant from `start` up to, but
    /// not at, `end`, and the means whose interval neither of them cuts.
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
    /// let day = #{ start: date("2016-07-01T12:00"), end: date("2016-07-02T12:00"), latitude: 45, longitude: 5, altitude: 100, value: 400 };
    /// let observed = observations::from_table(table([day]), #{ source: "in_situ", value: ["value", "ppm"], sd: "1 ppm" });
    /// assert(observed.between("2016-07-02", "2016-07-03").len == 1); // its middle is midnight
    /// assert(observed.within("2016-07-02", "2016-07-03").len == 0);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn within(
        context: NativeCallContext,
        observations: &mut Observations,
        start: Dynamic,
        end: Dynamic,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            let (start, end) = (read("the start", &start)?, read("the end", &end)?);
            Ok(Arc::new(observations.within(start, end)))
        })
    }

    /// The means that some spans meet and none of them holds whole: no forecast over one of the
    /// spans can sample them.
    ///
    /// # Arguments
    /// - `spans`: an array of `[start, end]`, dates.
    ///
    /// # Returns
    /// Observations.
    ///
    /// # Errors
    /// Something that is not two dates.
    ///
    /// # Example
    /// ```rhai
    /// let month = #{ start: date("2016-07-01"), end: date("2016-08-01"), latitude: 45, longitude: 5, altitude: 100, value: 400 };
    /// let observed = observations::from_table(table([month]), #{ source: "in_situ", value: ["value", "ppm"], sd: "1 ppm" });
    /// assert(observed.cut_by([["2016-07-01", "2016-07-12"], ["2016-07-08", "2016-07-19"]]).len == 1);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn cut_by(
        context: NativeCallContext,
        observations: &mut Observations,
        spans: Array,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            let span = |s: &Dynamic| match read::<Vec<Dynamic>>("a span", s)?.as_slice() {
                [start, end] => Ok((read("the start", start)?, read("the end", end)?)),
                _ => Err(Error::new("a span has a start and an end").hint("[start, end]")),
            };
            let spans = spans.iter().map(span).collect::<Result<Vec<_>>>()?;
            Ok(Arc::new(observations.cut_by(&spans)))
        })
    }

    /// The observations that are not over before a date: those at an instant from it on, and the
    /// means whose interval ends after it.
    ///
    /// # Arguments
    /// - `date`: the date.
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
    /// let observed = network::observe(plan, 400e-6 * ones("obs", plan.len), #{});
    /// assert(observed.ending_after("2016-07-02").len == observed.between("2016-07-02", "2016-07-03").len);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn ending_after(
        context: NativeCallContext,
        observations: &mut Observations,
        date: Dynamic,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            Ok(Arc::new(
                observations.ending_after(read("the date", &date)?),
            ))
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
        grid: Arc<Grid>,
        options: Map,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            let thinning = ThinnedOptions::read(&context, options)?.thinning(&grid)?;
            Ok(Arc::new(thinning.apply(observations)?.observations))
        })
    }
}
