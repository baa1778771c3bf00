//! A selection applied, and functions of a script as its steps.

use super::{SelectionStep, Step};
use crate::error::{Error, Result};
use crate::observation;
use crate::observation::select::{Outcome, select};
use crate::script::bind::observations::{Observations, row};
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::describe;
use crate::script::{Fallible, FromScript, Host, ScriptFunction, attempt};
use crate::table::Table;
use rhai::plugin::*;
use rhai::{Array, Dynamic, FnPtr};
use std::fmt;
use std::sync::Arc;

/// Binds the application of steps, and steps that are functions.
pub(super) fn bind(rooms: &mut Rooms) {
    rooms.room("select", exported_module!(functions));
    rooms.global(exported_module!(applied));
}

/// A step that is a function of a script.
#[derive(Debug)]
struct Function {
    name: String,
    function: ScriptFunction,
    /// Whether it takes all observations, and gives some; else one, and says whether to keep it.
    of_all: bool,
}

impl SelectionStep for Function {
    fn apply(&self, all: &observation::Observations) -> Result<Outcome> {
        let why = self.function.to_string();
        if self.of_all {
            let what = "the observations of a step";
            let given: Observations = self.function.call_for(what, (Arc::new(all.clone()),))?;
            return Ok(Outcome {
                observations: Arc::unwrap_or_clone(given),
                why,
                warnings: vec![],
            });
        }
        let answer = |k| self.function.call_for::<bool>("the answer", (row(all, k),));
        let answers = (0..all.len()).map(answer).collect::<Result<Vec<bool>>>()?;
        Ok(Outcome {
            observations: all.take(&all.positions(|k| answers[k])),
            why,
            warnings: vec![],
        })
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

fn function(context: &NativeCallContext, name: &str, of_all: bool, function: FnPtr) -> Step {
    Step(Arc::new(Function {
        name: name.to_string(),
        function: ScriptFunction::new(context, function),
        of_all,
    }))
}

fn step_of(context: &NativeCallContext, value: &Dynamic) -> Result<Arc<dyn SelectionStep>> {
    if let Some(step) = Step::from_script(value) {
        return Ok(step.0);
    }
    match value.clone().try_cast::<FnPtr>() {
        Some(pointer) => Ok(function(context, "a function", false, pointer).0),
        None => Err(Error::new("this is no step of a selection")
            .expected("a step, such as select::highest_intake(), or a function of one observation")
            .got(describe(value))),
    }
}

#[export_module]
mod applied {
    /// Selects observations by steps, one after the other. The result carries its funnel: what went
    /// into each step, what came out, and why.
    ///
    /// # Arguments
    /// - `steps`: an array of steps of `select::`, or functions of one observation, as `filter` has
    ///   them, that say whether to keep it.
    ///
    /// # Returns
    /// Observations, with `funnel`. A selection that leaves nothing, and steps that change nothing,
    /// are warned of with the funnel.
    ///
    /// # Errors
    /// Something that is no step, and whatever a step refuses.
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-08", #{});
    /// let observed = network::observe(plan, 400e-6 * ones("obs", plan.len), #{});
    /// let chosen = observed.select([select::afternoon(14, 16), |o| o.kind != "aircraft"]);
    /// print(chosen.funnel);
    /// assert(chosen.funnel.rows == 2 && chosen.funnel.column("in")[1] == chosen.funnel.column("out")[0]);
    /// ```
    #[rhai_fn(global, name = "select", return_raw)]
    pub fn select_by(
        context: NativeCallContext,
        observations: &mut Observations,
        steps: Array,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            let steps = steps.iter().map(|s| step_of(&context, s));
            let steps = steps.collect::<Result<Vec<_>>>()?;
            let (chosen, warnings) = select(observations, &steps)?;
            let host = Host::of(&context);
            warnings.into_iter().for_each(|w| host.warn(w));
            Ok(Arc::new(chosen))
        })
    }

    /// The funnel of a selection: a table of step, in, out and why; without rows where nothing was
    /// selected.
    #[rhai_fn(global, get = "funnel", return_raw)]
    pub fn funnel(observations: &mut Observations) -> Fallible<Table> {
        let table = observations.funnel.to_table();
        table.map_err(|e| crate::script::bridge::errors::thrown(e, rhai::Position::NONE))
    }
}

#[export_module]
mod functions {
    /// Keeps what a function says yes to, under a name of its own in the funnel.
    ///
    /// # Arguments
    /// - `name`: of the step.
    /// - `keep`: a function of one observation, as `filter` has it.
    ///
    /// # Returns
    /// A step.
    ///
    /// # Example
    /// ```rhai
    /// assert(select::keep("low", |o| o.altitude < 500).to_string() == "low");
    /// ```
    pub fn keep(context: NativeCallContext, name: &str, keep: FnPtr) -> Step {
        function(&context, name, false, keep)
    }

    /// A step of one's own: a function of all observations that gives observations.
    ///
    /// # Arguments
    /// - `name`: of the step.
    /// - `make`: the function.
    ///
    /// # Returns
    /// A step.
    ///
    /// # Example
    /// ```rhai
    /// assert(select::step("six hours", |all| all.thinned(grid("4x5"))).to_string() == "six hours");
    /// ```
    pub fn step(context: NativeCallContext, name: &str, make: FnPtr) -> Step {
        function(&context, name, true, make)
    }
}
