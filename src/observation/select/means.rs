//! Means in place of many: one an afternoon, one a layer of a flight, one an hour of spectra.

use super::{Hours, Outcome, Scope, Step, local_solar_hour};
use crate::error::{Error, Result, Warning};
use crate::observation::{Joining, Observation, Observations};
use std::collections::BTreeMap;
use std::fmt;

/// Joins what a site measures in intervals of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Averaged {
    /// The hours of the day, of which there is one mean, or the length of intervals \[s\].
    pub over: Over,
    /// How errors are joined.
    pub joining: Joining,
    /// What it is about; the rest passes.
    pub scope: Scope,
}

/// What is one mean.
#[derive(Debug, Clone, PartialEq)]
pub enum Over {
    /// These hours of each local solar day; what is in scope and outside of them is left out.
    Day(Hours),
    /// Intervals of local solar time of this length \[s\].
    Interval(f64),
}

/// Joins a flight's measurements to layers of this thickness \[m\]: one mean each time it passes
/// through one, and for as long as it stays one for each span of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Layers {
    /// Of a layer \[m\].
    pub thickness: f64,
    /// The longest time that is one mean \[s\].
    pub longest: f64,
    /// How errors are joined.
    pub joining: Joining,
    /// What it is about; the rest passes.
    pub scope: Scope,
}

impl Over {
    /// The number of the interval in which an observation lies; none where it lies in none.
    fn number(&self, o: &Observation) -> Option<i64> {
        let local = o.time.seconds() as f64 + 240.0 * o.longitude;
        match self {
            Over::Interval(seconds) => Some((local / seconds).floor() as i64),
            Over::Day(hours) => hours
                .holds(local_solar_hour(o))
                .then(|| (local / 86_400.0).floor() as i64),
        }
    }
}

/// The means of the groups, and what is not in scope.
fn joined(
    all: &Observations,
    joining: &Joining,
    groups: impl IntoIterator<Item = Vec<usize>>,
    scope: &Scope,
) -> Result<Outcome> {
    joining.check()?;
    let means = joining.apply(all, groups)?;
    let rest = all.take(&all.positions(|k| !scope.holds(&all.rows[k])));
    let n = all.len() - rest.len();
    let mut warnings = vec![];
    if means.duplicates > 0 {
        let text = format!(
            "{} observations repeat others, and count once",
            means.duplicates
        );
        warnings.push(Warning::new("repeated_observations", text));
    }
    let few = match means.too_few {
        0 => String::new(),
        few => format!(", {few} too few for a mean"),
    };
    let why = format!(
        "{n}{} in {} means{few}",
        scope.in_words(),
        means.observations.len()
    );
    let mut observations = Observations::merge([rest, means.observations]);
    observations.sources.clone_from(&all.sources);
    Ok(Outcome {
        observations,
        why,
        warnings,
    })
}

impl Step for Averaged {
    fn apply(&self, all: &Observations) -> Result<Outcome> {
        if let Over::Interval(seconds) = self.over
            && !(seconds >= 1.0 && seconds.is_finite())
        {
            return Err(Error::new("means need an interval of at least a second").got(seconds));
        }
        let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (k, o) in all
            .rows
            .iter()
            .enumerate()
            .filter(|(_, o)| self.scope.holds(o))
        {
            if let Some(number) = self.over.number(o) {
                let record = (o.source, &*o.site, &*o.kind, o.block);
                let alike = (o.sampling.name(), o.sampling.thinning_key(o));
                groups.entry((record, alike, number)).or_default().push(k);
            }
        }
        joined(all, &self.joining, groups.into_values(), &self.scope)
    }
}

impl Step for Layers {
    fn apply(&self, all: &Observations) -> Result<Outcome> {
        if !(self.thickness > 0.0 && self.longest > 0.0) {
            return Err(Error::new("layers need a thickness and a time")
                .got(format!("{} m and {} s", self.thickness, self.longest)));
        }
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut last: BTreeMap<_, (usize, i64)> = BTreeMap::new();
        for (k, o) in all
            .rows
            .iter()
            .enumerate()
            .filter(|(_, o)| self.scope.holds(o))
        {
            let flight = (o.source, &*o.site, &*o.kind, o.unit, o.sampling.name());
            let layer = (o.altitude / self.thickness).floor() as i64;
            let open = last.get(&flight).filter(|(group, same)| {
                let first = &all.rows[groups[*group][0]];
                *same == layer && o.time.since(first.time) < self.longest
            });
            match open {
                Some((group, _)) => groups[*group].push(k),
                None => {
                    groups.push(vec![k]);
                    last.insert(flight, (groups.len() - 1, layer));
                }
            }
        }
        joined(all, &self.joining, groups, &self.scope)
    }
}

impl fmt::Display for Averaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.over {
            Over::Day(hours) => write!(f, "mean of {hours}"),
            Over::Interval(seconds) => write!(f, "means of {} h", seconds / 3600.0),
        }
    }
}

impl fmt::Display for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "layers of {} m", self.thickness)
    }
}
