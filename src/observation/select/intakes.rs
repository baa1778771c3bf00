//! One record of a site: its highest intake, one laboratory. Several heights of a tower, or
//! laboratories beside each other, are strongly correlated.

use super::{Outcome, Scope, Step};
use crate::error::Result;
use crate::observation::{Observation, Observations, attributes};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Heights closer than this are one intake \[m\].
const SAME_HEIGHT: f64 = 1.0;

/// Keeps the highest intake of every site, source and kind.
#[derive(Debug, Clone, PartialEq)]
pub struct HighestIntake(pub Scope);

/// Keeps one laboratory of every site, source and kind: the first preferred that is there, else the
/// one with most observations.
#[derive(Debug, Clone, PartialEq)]
pub struct OneLaboratory {
    /// The attribute that names the laboratory.
    pub attribute: String,
    /// Names in order of preference.
    pub preferred: Vec<String>,
    /// What it is about.
    pub scope: Scope,
}

type Record<'a> = (usize, &'a str, &'a str);

fn record(o: &Observation) -> Record<'_> {
    (o.source, &o.site, &o.kind)
}

impl Step for HighestIntake {
    fn apply(&self, all: &Observations) -> Result<Outcome> {
        let stated = all.attributes.numbers("intake_height").ok();
        let height = |k: usize| {
            let o = &all.rows[k];
            let of_sampling = || o.sampling.geometry().number("height").ok();
            let stated = stated.map(|v| v[k]).filter(|h| h.is_finite());
            stated.or_else(of_sampling).unwrap_or(o.altitude)
        };
        let mut highest: BTreeMap<Record, f64> = BTreeMap::new();
        let mut heights: BTreeSet<(Record, i64)> = BTreeSet::new();
        for (k, o) in all.rows.iter().enumerate().filter(|(_, o)| self.0.holds(o)) {
            let top = highest.entry(record(o)).or_insert(f64::NEG_INFINITY);
            *top = top.max(height(k));
            heights.insert((record(o), height(k).round() as i64));
        }
        let why = format!(
            "{} records of {} intakes{}",
            highest.len(),
            heights.len(),
            self.0.in_words()
        );
        Ok(Outcome::keeping(all, why, |k| {
            let o = &all.rows[k];
            !self.0.holds(o)
                || highest
                    .get(&record(o))
                    .is_none_or(|top| height(k) > top - SAME_HEIGHT)
        }))
    }
}

impl Step for OneLaboratory {
    fn apply(&self, all: &Observations) -> Result<Outcome> {
        let column = all.attribute(&self.attribute)?;
        let lab = |k: usize| attributes::in_full(column, k);
        let mut counts: BTreeMap<Record, BTreeMap<String, usize>> = BTreeMap::new();
        for (k, o) in all
            .rows
            .iter()
            .enumerate()
            .filter(|(_, o)| self.scope.holds(o))
        {
            *counts
                .entry(record(o))
                .or_default()
                .entry(lab(k))
                .or_insert(0) += 1;
        }
        let rank = |name: &str| {
            let mut names = self.preferred.iter();
            names
                .position(|p| super::matches(p, name))
                .unwrap_or(usize::MAX)
        };
        let several = counts.values().filter(|labs| labs.len() > 1).count();
        let best = |labs: BTreeMap<String, usize>| {
            let order = |(name, n): &(String, usize)| (rank(name), std::cmp::Reverse(*n));
            labs.into_iter().min_by_key(order).map(|(name, _)| name)
        };
        let chosen: BTreeMap<Record, Option<String>> = counts
            .into_iter()
            .map(|(r, labs)| (r, best(labs)))
            .collect();
        let why = format!(
            "{several} records of several laboratories{}",
            self.scope.in_words()
        );
        Ok(Outcome::keeping(all, why, |k| {
            let of = chosen.get(&record(&all.rows[k]));
            !self.scope.holds(&all.rows[k]) || of.is_none_or(|l| *l == Some(lab(k)))
        }))
    }
}

impl fmt::Display for HighestIntake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("highest intake")
    }
}

impl fmt::Display for OneLaboratory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one laboratory")
    }
}
