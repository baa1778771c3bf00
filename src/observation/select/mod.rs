//! Selections as practised: named steps, one after the other, each counted, in a list that prints
//! as a funnel: what went in, what came out, and why.

mod flags;
mod hours;
mod intakes;
mod lists;
mod means;
mod nearby;
mod scope;

pub use flags::{Flag, Flags, Range, Stated};
pub use hours::Hours;
pub(crate) use hours::local_solar_hour;
pub use intakes::{HighestIntake, OneLaboratory};
pub(crate) use lists::describing;
pub use lists::{Exclude, Moved};
pub use means::{Averaged, Layers, Over};
pub use nearby::Coincident;
pub use scope::{Scope, matches};

use super::Observations;
use crate::error::{Result, Warning};
use crate::table::{Column, Table};
use std::fmt;
use std::sync::Arc;

/// One step of a selection; its `Display` is its name in the funnel.
pub trait Step: Send + Sync + fmt::Debug + fmt::Display {
    /// What is left of the observations, or made of them, and why.
    ///
    /// # Errors
    /// Attributes that are not there, tables without the columns of the step.
    fn apply(&self, all: &Observations) -> Result<Outcome>;
}

/// What a step gives.
#[derive(Debug)]
pub struct Outcome {
    /// What goes to the next step.
    pub observations: Observations,
    /// What was done, in a few words.
    pub why: String,
    /// What was found on the way, such as observations that are there twice.
    pub warnings: Vec<Warning>,
}

/// A line of a funnel.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// The name of the step.
    pub step: String,
    /// Number of observations before it.
    pub before: usize,
    /// Number after it.
    pub after: usize,
    /// What it did.
    pub why: String,
}

/// The steps that led to observations; empty where nothing was selected.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Funnel(Arc<Vec<Stage>>);

impl Outcome {
    /// The observations at which `keep` holds.
    fn keeping(all: &Observations, why: impl ToString, keep: impl FnMut(usize) -> bool) -> Self {
        Outcome {
            observations: all.take(&all.positions(keep)),
            why: why.to_string(),
            warnings: vec![],
        }
    }
}

/// Takes `all` through the steps. The result carries its funnel, which goes on from that of `all`.
///
/// A step that leaves nothing, and steps that change nothing, are warned of with the funnel.
///
/// # Errors
/// Whatever a step refuses.
pub fn select(all: &Observations, steps: &[Arc<dyn Step>]) -> Result<(Observations, Vec<Warning>)> {
    let mut funnel = all.funnel.0.to_vec();
    let mut now = all.clone();
    let mut warnings = Vec::new();
    let mut idle = Vec::new();
    for step in steps {
        let outcome = step.apply(&now).map_err(|e| e.at(format!("step {step}")))?;
        let before = now.len();
        let same = outcome.observations.rows == now.rows;
        if same && before > 0 {
            idle.push(step.to_string());
        }
        warnings.extend(outcome.warnings);
        now = outcome.observations;
        funnel.push(Stage {
            step: step.to_string(),
            before,
            after: now.len(),
            why: outcome.why,
        });
    }
    now.rejected = all.rejected.clone();
    now.funnel = Funnel(Arc::new(funnel));
    if now.is_empty() && !all.is_empty() {
        let text = format!("the selection leaves no observation\n{}", now.funnel);
        warnings.push(Warning::new("selection_is_empty", text));
    }
    if !idle.is_empty() {
        let text = format!(
            "these steps change nothing: {}\n{}",
            idle.join(", "),
            now.funnel
        );
        warnings.push(Warning::new("selection_step_without_effect", text));
    }
    Ok((now, warnings))
}

impl Funnel {
    /// Its lines.
    pub(crate) fn stages(&self) -> &[Stage] {
        &self.0
    }

    /// A table of step, in, out and why.
    ///
    /// # Errors
    /// None for columns of one length.
    pub fn to_table(&self) -> Result<Table> {
        let numbers = |of: fn(&Stage) -> usize| {
            let values = self.0.iter().map(|s| of(s) as f64);
            Column::numbers(values.collect::<Vec<_>>())
        };
        Table::new()
            .with("step", Column::text(self.0.iter().map(|s| &s.step)))?
            .with("in", numbers(|s| s.before))?
            .with("out", numbers(|s| s.after))?
            .with("why", Column::text(self.0.iter().map(|s| &s.why)))
    }
}

impl fmt::Display for Funnel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.0.iter().map(|s| s.step.chars().count()).max();
        let width = width.unwrap_or(0);
        for (k, s) in self.0.iter().enumerate() {
            let end = if k == 0 { "" } else { "\n" };
            let (step, before, after) = (&s.step, s.before, s.after);
            write!(
                f,
                "{end}  {step:<width$} {before:>8} -> {after:>8}  {}",
                s.why
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
