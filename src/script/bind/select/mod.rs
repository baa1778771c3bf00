//! Steps of a selection of observations.

mod applied;
mod lists;
mod means;

use crate::error::Result;
use crate::observation::select::{
    Flag, Flags, HighestIntake, Hours, OneLaboratory, Range, Scope, Stated, Step as SelectionStep,
};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::kind;
use crate::script::{Fallible, attempt, read};
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::fmt;
use std::sync::Arc;

/// A step as a script holds it.
#[derive(Debug, Clone)]
pub struct Step(pub Arc<dyn SelectionStep>);

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

kind!(Step, "Step", "a step of a selection");

/// Binds `select::` and what applies it.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Step>();
    rooms.room("select", exported_module!(functions));
    optional!(rooms, ScopeOptions:
        "select::hours" = functions::hours_token,
        "select::afternoon" = functions::afternoon_token,
        "select::night_mountains" = functions::night_mountains_token,
        "select::highest_intake" = functions::highest_intake_token,
    );
    optional!(rooms, LaboratoryOptions: "select::one_laboratory" = functions::one_laboratory_token);
    applied::bind(rooms);
    lists::bind(rooms);
    means::bind(rooms);
}

/// Quasi-continuous records, of which hours and intakes are chosen.
const CONTINUOUS: [&str; 2] = ["continuous", "tower"];
/// Sites from this height on are mountains \[m\].
const MOUNTAIN: f64 = 1500.0;

options! {
    /// What a step of a selection is about; the rest passes.
    struct ScopeOptions of "select::hours", "select::afternoon", "select::night_mountains",
        "select::highest_intake" {
        /// Patterns of kinds, in which `*` stands for any text; by default ["continuous", "tower"].
        kinds: Option<Vec<String>>,
        /// Patterns of sites; all by default.
        sites: Vec<String> = vec![],
        /// From this height above sea level on.
        above: Option<f64> ["m"],
        /// Below this height above sea level.
        below: Option<f64> ["m"],
    }
}

options! {
    /// Which laboratory of a site is kept.
    struct LaboratoryOptions of "select::one_laboratory" {
        /// Patterns of laboratories in order of preference; else that with most observations.
        prefer: Vec<String> = vec![],
        /// The attribute that names the laboratory.
        attribute: String = "lab".into(),
        /// Patterns of kinds; all by default.
        kinds: Vec<String> = vec![],
    }
}

fn kinds_or(kinds: Option<Vec<String>>, usual: &[&str]) -> Vec<String> {
    kinds.unwrap_or_else(|| usual.iter().map(|k| k.to_string()).collect())
}

fn scope(context: &NativeCallContext, options: Map, above: f64, below: f64) -> Result<Scope> {
    let o = ScopeOptions::read(context, options)?;
    Ok(Scope {
        kinds: kinds_or(o.kinds, &CONTINUOUS),
        sites: o.sites,
        above: o.above.unwrap_or(above),
        below: o.below.unwrap_or(below),
    })
}

/// Values of a flag that are good: one, or an array.
fn good(name: &str, value: &Dynamic) -> Result<Vec<Flag>> {
    if let Ok(list) = value.as_array_ref() {
        let each = list.iter().map(|v| good(name, v));
        return Ok(each.collect::<Result<Vec<_>>>()?.concat());
    }
    if let Ok(text) = value.as_immutable_string_ref() {
        return Ok(vec![Flag::Text(text.to_string())]);
    }
    Ok(vec![Flag::Number(read(
        &format!("the flag {name}"),
        value,
    )?)])
}

#[export_module]
mod functions {
    /// Keeps what is measured in some hours of local solar time (UTC + longitude / 15).
    ///
    /// # Arguments
    /// - `from`, `to`: hours, 0 to 24; over midnight where `to` is the smaller.
    ///
    /// # Returns
    /// A step, about quasi-continuous records unless `kinds` says otherwise.
    ///
    /// # Errors
    /// Hours outside 0 to 24.
    ///
    /// # Example
    /// ```rhai
    /// assert(select::hours(22, 4).to_string() == "hours 22 to 4 h");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn hours(
        context: NativeCallContext,
        from: Dynamic,
        to: Dynamic,
        options: Map,
    ) -> Fallible<Step> {
        attempt(&context, || {
            let scope = scope(&context, options, f64::NEG_INFINITY, f64::INFINITY)?;
            hours_of("hours", &from, &to, scope)
        })
    }

    /// Keeps the afternoons of quasi-continuous records below 1500 m, when the air is mixed.
    ///
    /// # Arguments
    /// - `from`, `to`: hours of local solar time, usually 12 and 16.
    ///
    /// # Returns
    /// A step; `below` and `kinds` say otherwise what it is about.
    ///
    /// # Errors
    /// Hours outside 0 to 24.
    ///
    /// # Example
    /// ```rhai
    /// assert(select::afternoon(12, 16, #{ kinds: ["tower*"] }).to_string() == "afternoon 12 to 16 h");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn afternoon(
        context: NativeCallContext,
        from: Dynamic,
        to: Dynamic,
        options: Map,
    ) -> Fallible<Step> {
        attempt(&context, || {
            let scope = scope(&context, options, f64::NEG_INFINITY, MOUNTAIN)?;
            hours_of("afternoon", &from, &to, scope)
        })
    }

    /// Keeps the nights of quasi-continuous records from 1500 m on, when the air comes down from
    /// above.
    ///
    /// # Arguments
    /// - `from`, `to`: hours of local solar time, usually 0 and 4.
    ///
    /// # Returns
    /// A step; `above`, `sites` and `kinds` say otherwise what it is about.
    ///
    /// # Errors
    /// Hours outside 0 to 24.
    ///
    /// # Example
    /// ```rhai
    /// assert(select::night_mountains(0, 4).to_string() == "night on mountains 0 to 4 h");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn night_mountains(
        context: NativeCallContext,
        from: Dynamic,
        to: Dynamic,
        options: Map,
    ) -> Fallible<Step> {
        attempt(&context, || {
            let scope = scope(&context, options, MOUNTAIN, f64::INFINITY)?;
            hours_of("night on mountains", &from, &to, scope)
        })
    }

    /// Keeps the highest intake of every site, source and kind: by the attribute `intake_height`,
    /// else by the height above ground of the operator, else by the altitude.
    ///
    /// # Returns
    /// A step, about quasi-continuous records unless `kinds` says otherwise.
    ///
    /// # Example
    /// ```rhai
    /// assert(select::highest_intake().to_string() == "highest intake");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn highest_intake(context: NativeCallContext, options: Map) -> Fallible<Step> {
        attempt(&context, || {
            let scope = scope(&context, options, f64::NEG_INFINITY, f64::INFINITY)?;
            Ok(Step(Arc::new(HighestIntake(scope))))
        })
    }

    /// Keeps one laboratory of every site, source and kind.
    ///
    /// # Returns
    /// A step.
    ///
    /// # Example
    /// ```rhai
    /// assert(select::one_laboratory(#{ prefer: ["NOAA"] }).to_string() == "one laboratory");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn one_laboratory(context: NativeCallContext, options: Map) -> Fallible<Step> {
        attempt(&context, || {
            let o = LaboratoryOptions::read(&context, options)?;
            let scope = Scope {
                kinds: o.kinds,
                ..Scope::default()
            };
            Ok(Step(Arc::new(OneLaboratory {
                attribute: o.attribute,
                preferred: o.prefer,
                scope,
            })))
        })
    }

    /// Keeps what has good flags. Where no observation of a source has a flag that source passes;
    /// else a flag that is missing is not good.
    ///
    /// # Arguments
    /// - `good`: a map from attributes to the value that is good, or an array of values; in text
    ///   `?` stands for any character and `*` for any text. An empty map takes those that files of
    ///   the field have: `obs_flag` 1, `qcflag` with a point first, `qc_flag` O, U or R,
    ///   `quality_flag` and `xco2_quality_flag` 0.
    ///
    /// # Returns
    /// A step.
    ///
    /// # Errors
    /// A value that is neither number nor text.
    ///
    /// # Example
    /// ```rhai
    /// assert(select::flags(#{ obs_flag: 1, qcflag: ".??" }).to_string() == "flags obs_flag, qcflag");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn flags(context: NativeCallContext, good: Map) -> Fallible<Step> {
        attempt(&context, || {
            let each = good
                .iter()
                .map(|(name, v)| Ok((name.to_string(), super::good(name, v)?)));
            Ok(Step(Arc::new(Flags(each.collect::<Result<_>>()?))))
        })
    }

    /// Keeps what has an attribute within a range, both ends included.
    ///
    /// # Arguments
    /// - `attribute`: its name.
    /// - `from`, `to`: numbers in its unit.
    ///
    /// # Returns
    /// A step.
    ///
    /// # Errors
    /// Something that is no number.
    ///
    /// # Example
    /// ```rhai
    /// assert(select::range("solzen", 0, 80).to_string() == "solzen 0 to 80");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn range(
        context: NativeCallContext,
        attribute: &str,
        from: Dynamic,
        to: Dynamic,
    ) -> Fallible<Step> {
        attempt(&context, || {
            Ok(Step(Arc::new(Range {
                attribute: attribute.to_string(),
                from: read("from", &from)?,
                to: read("to", &to)?,
            })))
        })
    }

    /// Keeps what states an error.
    ///
    /// # Returns
    /// A step.
    ///
    /// # Example
    /// ```rhai
    /// assert(select::stated_errors().to_string() == "stated errors");
    /// ```
    pub fn stated_errors() -> Step {
        Step(Arc::new(Stated))
    }
}

fn hours_of(name: &str, from: &Dynamic, to: &Dynamic, scope: Scope) -> Result<Step> {
    let (from, to) = (read("the first hour", from)?, read("the last hour", to)?);
    Ok(Step(Arc::new(Hours::new(name, from, to, scope)?)))
}
