//! Why an analysis is what it is: of an observation, of a cell.

use crate::assimilation::{RegionAnalysis, explain_cell, explain_observation};
use crate::error::{Error, Result};
use crate::inflation::Factors;
use crate::innovation::Innovation;
use crate::script::bind::inflation::factors::factors_of;
use crate::script::bind::localization::Localization;
use crate::script::bind::statistics::map_of;
use crate::script::bridge::arrays::vector;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, attempt, read};
use rhai::plugin::*;
use rhai::{Array, Dynamic};
use std::sync::Arc;

/// Binds explanations.
pub(super) fn bind(rooms: &mut Rooms) {
    rooms.room("statistics", exported_module!(functions));
    rooms.options::<AnalysisOptions>();
}

options! {
    /// What the analysis of a region was made of.
    struct AnalysisOptions of
        "statistics::explain_observation(analyses)", "statistics::explain_cell(analyses)"
    {
        /// The innovation of the region.
        innovation: Dynamic,
        /// The inflation factors of the region, or a map of them.
        factors: Dynamic,
    }
}

/// The innovation and factors of every region, in the localization's order, from an array of `#{
/// innovation, factors }`.
fn analyses(list: &Array) -> Result<Vec<(Arc<Innovation>, Factors)>> {
    let one = |entry: &Dynamic| {
        let what = "the analysis of a region";
        let o = AnalysisOptions::read_as(what, read(what, entry)?, None)?;
        let innovation = read::<Arc<Innovation>>("innovation", &o.innovation)?;
        let factors = factors_of(&o.factors, &innovation)?;
        Ok((innovation, factors))
    };
    list.iter().map(one).collect()
}

fn borrowed(of: &[(Arc<Innovation>, Factors)]) -> Vec<RegionAnalysis<'_>> {
    of.iter()
        .map(|(innovation, factors)| RegionAnalysis {
            innovation,
            factors,
        })
        .collect()
}

#[export_module]
mod functions {
    /// Why an observation did what it did: the regions that use it, its weight and its factors.
    ///
    /// # Arguments
    /// - `localization`: of the analysis.
    /// - `analyses`: an array of `#{ innovation, factors }`, one per region in order.
    /// - `observation`: its number.
    /// - `row`, `column`: of its cell.
    ///
    /// # Returns
    /// A map: observation, source, departure, increment, and regions, an array of maps: region,
    /// blend, mu, moderation, influence (its part of the degrees of freedom for signal), increment.
    ///
    /// # Errors
    /// No region uses the observation; another number of analyses than regions.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3]], values: [3], sd: 1 } });
    /// let l = localization::none(grid("30x30"));
    /// let why = statistics::explain_observation(l, [#{ innovation: i, factors: inflation::none().estimate(i) }], 0, 3, 4);
    /// assert_near(why.regions[0].influence, 0.5, 1e-12);
    /// assert_near(why.increment, 0.5, 1e-12);
    /// ```
    #[rhai_fn(name = "explain_observation", return_raw)]
    pub fn why_observation(
        context: NativeCallContext,
        localization: Localization,
        analyses: Array,
        observation: i64,
        row: i64,
        column: i64,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            let of = super::analyses(&analyses)?;
            let index = |v: i64, what: &str| {
                usize::try_from(v)
                    .map_err(|_| Error::new(format!("{what} must not be negative")).got(v))
            };
            let cell = (index(row, "a row")?, index(column, "a column")?);
            map_of(&explain_observation(
                localization.scheme.as_ref(),
                &borrowed(&of),
                index(observation, "an observation's number")?,
                cell,
            )?)
        })
    }

    /// Why a cell was analysed as it was: its regions, and the observations that moved it most.
    ///
    /// # Arguments
    /// - `localization`: of the analysis.
    /// - `analyses`: an array of `#{ innovation, factors }`, one per region in order.
    /// - `row`, `column`: of the cell.
    /// - `members`: the members' values in the cell before the update.
    ///
    /// # Returns
    /// A map: regions (pairs of name and weight), increment, and strongest, the ten observations
    /// with the largest part in it: observation, source, increment.
    ///
    /// # Errors
    /// Another number of members, or of analyses than regions.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3]], values: [3], sd: 1 } });
    /// let l = localization::none(grid("30x30"));
    /// let why = statistics::explain_cell(l, [#{ innovation: i, factors: inflation::none().estimate(i) }], 3, 4, [1, 2, 3]);
    /// assert_near(why.increment, 0.5, 1e-12);
    /// assert(why.strongest[0].observation == 0);
    /// ```
    #[rhai_fn(name = "explain_cell", return_raw)]
    pub fn why_cell(
        context: NativeCallContext,
        localization: Localization,
        analyses: Array,
        row: i64,
        column: i64,
        members: Dynamic,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            let of = super::analyses(&analyses)?;
            let members = vector("the members", &members, 1)?;
            let index = |v: i64| {
                usize::try_from(v)
                    .map_err(|_| Error::new("a row or column must not be negative").got(v))
            };
            map_of(&explain_cell(
                localization.scheme.as_ref(),
                &borrowed(&of),
                (index(row)?, index(column)?),
                members.view(),
                10,
            )?)
        })
    }
}
