//! Some of the observations: by source, time or a function, held out or joined.

use crate::error::{Error, Result};
use crate::observation::{HoldOut, Unit};
use crate::script::bind::observations::{Observations, row::row};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::{Fallible, FromScript, Host, ScriptFunction, attempt, read};
use rhai::plugin::*;
use rhai::{Array, Dynamic, FnPtr, Map};
use std::sync::Arc;

/// Binds the choice of observations.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("observations", exported_module!(functions));
    optional!(rooms, HoldOutOptions: "hold_out" = functions::hold_out_token);
}

impl FromScript for Unit {
    fn expected() -> String {
        "own, site, day or sample in quotes, or an array of names of attributes".into()
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        if let Ok(word) = value.as_immutable_string_ref() {
            return match word.as_str() {
                "own" => Some(Unit::Own),
                "site" => Some(Unit::Site),
                "day" => Some(Unit::Day),
                "sample" => Some(Unit::Sample),
                _ => None,
            };
        }
        Vec::from_script(value).map(Unit::Attributes)
    }
    fn shown(&self) -> String {
        match self {
            Unit::Own => "\"own\"".into(),
            other => format!("{other:?}"),
        }
    }
}

options! {
    /// How observations are held out.
    struct HoldOutOptions of "observations::hold_out" {
        /// What is held out as a whole: "own" is each observation's flight, day or sample; or a
        /// "site", a "day" of a site, a "sample" of one time, or attributes such as ["campaign",
        /// "flight"] in which observations agree.
        unit: Unit = Unit::Own,
        /// Whether `ct_assim` and `assimilate_flag` count.
        flags: bool = true,
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
                observations.take(&observations.positions(|k| answers[k])),
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

    /// Splits off a part for validation, by whole sampling units: flights, days of quasi-continuous
    /// records, single flasks. Whether a unit is held out depends on its name and the seed alone.
    ///
    /// What a data set itself holds out comes first: observations whose attribute `ct_assim`
    /// (CarbonTracker) or `assimilate_flag` (OCO-2 MIP) is 1 are kept, 2 held out, and others are
    /// neither.
    ///
    /// # Arguments
    /// - `fraction`: of the sampling units to hold out, 0 to 1.
    /// - `seed`: of the choice.
    ///
    /// # Returns
    /// A map: `kept`, `held_out` and `unused`, observations; `proof`, a sentence that says how many
    /// units are in each and in both; `units`, a table of the same by source and kind.
    ///
    /// # Errors
    /// A fraction outside 0 to 1, no such attribute.
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-03", #{});
    /// let truth = [];
    /// truth.pad(plan.len, 400e-6);
    /// let observed = network::observe(plan, field("co2", truth), #{});
    /// let parts = observed.hold_out(0.2, 1);
    /// assert(parts.kept.len + parts.held_out.len == observed.len);
    /// print(parts.proof);
    /// assert(parts.units.units_in_both.sum() == 0);
    /// let sites = observed.hold_out(0.2, 1, #{ unit: "site" });
    /// let out = sites.held_out.site;
    /// assert(sites.kept.site.all(|s| !(s in out)));
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn hold_out(
        context: NativeCallContext,
        observations: &mut Observations,
        fraction: Dynamic,
        seed: Dynamic,
        options: Map,
    ) -> Fallible<Map> {
        attempt(&context, || {
            let o = HoldOutOptions::read(&context, options)?;
            let (fraction, seed) = (read("the fraction", &fraction)?, read("the seed", &seed)?);
            let rule = HoldOut::new(fraction, seed)?.by(o.unit, o.flags);
            let parts = rule.split(observations)?;
            if let Some(warning) = parts.warning {
                Host::of(&context).warn(warning);
            }
            Ok(Map::from_iter([
                ("kept".into(), Dynamic::from(Arc::new(parts.kept))),
                ("held_out".into(), Dynamic::from(Arc::new(parts.held_out))),
                ("unused".into(), Dynamic::from(Arc::new(parts.unused))),
                ("proof".into(), parts.proof.into()),
                ("units".into(), Dynamic::from(parts.units)),
            ]))
        })
    }
}
