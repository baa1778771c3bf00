//! The table of observations.

use super::select::Funnel;
use super::{Observation, Rejected, attributes};
use crate::error::{Error, Result};
use crate::table::Table;
use crate::time::Time;
use std::collections::BTreeMap;
use std::fmt;

/// Observations in order of time, with the names of their sources.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Observations {
    /// Names of the sources: `in_situ`, `satellite`, ...
    pub sources: Vec<String>,
    /// The observations.
    pub rows: Vec<Observation>,
    /// What their files say of them beside their properties, a row for each observation; without
    /// columns where there is nothing.
    pub attributes: Table,
    /// The steps that selected them, if they come of a selection.
    pub funnel: Funnel,
    /// The records that were left out when they were read.
    pub rejected: Rejected,
}

impl Observations {
    /// No observations of these sources.
    pub fn empty(sources: &[&str]) -> Self {
        Observations {
            sources: sources.iter().map(|s| s.to_string()).collect(),
            ..Observations::default()
        }
    }
    /// Number of observations.
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
    /// The observations that `keep` says; all source names stay.
    pub fn filter(&self, keep: impl Fn(&Observation) -> bool) -> Self {
        self.take(&self.positions(|k| keep(&self.rows[k])))
    }
    /// From `start` up to but not at `end`; the instant of a mean is the middle of its interval.
    pub fn between(&self, start: Time, end: Time) -> Self {
        self.filter(|o| o.time >= start && o.time < end)
    }
    /// Those that a forecast from `start` to `end` can sample whole: at an instant before the end,
    /// or in an interval that neither end cuts.
    pub fn within(&self, start: Time, end: Time) -> Self {
        self.filter(|o| o.is_within(start, end))
    }
    /// The means that some of these spans meet and none holds whole, which no forecast of them can
    /// sample.
    pub fn cut_by(&self, spans: &[(Time, Time)]) -> Self {
        self.filter(|o| {
            let meets = |(start, end): &(Time, Time)| o.begin() < *end && o.end() > *start;
            let holds = |(start, end): &(Time, Time)| o.is_within(*start, *end);
            o.interval.is_some() && spans.iter().any(meets) && !spans.iter().any(holds)
        })
    }
    /// Those that are not over before an instant: at it or later, or in an interval that ends
    /// later.
    pub fn ending_after(&self, instant: Time) -> Self {
        self.filter(|o| match o.interval {
            None => o.time >= instant,
            Some(interval) => interval.end() > instant,
        })
    }
    /// The position of the source called `name`.
    ///
    /// # Errors
    /// There is none: the message lists those there are.
    pub fn source(&self, name: &str) -> Result<usize> {
        self.sources.iter().position(|s| s == name).ok_or_else(|| {
            Error::new(format!("there is no source \"{name}\""))
                .expected(format!("one of {}", self.sources.join(", ")))
                .near(name, self.sources.iter().map(String::as_str))
        })
    }
    /// The observations of one source, which is the only one of the result.
    ///
    /// # Errors
    /// No such source.
    pub fn by_source(&self, name: &str) -> Result<Self> {
        let k = self.source(name)?;
        let mut part = self.filter(|o| o.source == k);
        part.rows.iter_mut().for_each(|o| o.source = 0);
        part.sources = vec![name.to_string()];
        Ok(part)
    }
    /// The same observations as one source of the given name.
    pub fn as_source(&self, name: &str) -> Self {
        let mut all = self.clone();
        all.sources = vec![name.to_string()];
        all.rows.iter_mut().for_each(|o| o.source = 0);
        all
    }
    /// All observations of several tables in order of time; sources of one name are one source.
    /// Observations of one instant keep the order of the tables.
    pub fn merge(tables: impl IntoIterator<Item = Observations>) -> Self {
        let mut all = Observations::default();
        let mut parts = Vec::new();
        for table in tables {
            parts.push((table.attributes, table.rows.len()));
            let position: Vec<usize> = table
                .sources
                .into_iter()
                .map(|name| {
                    all.sources
                        .iter()
                        .position(|s| *s == name)
                        .unwrap_or_else(|| {
                            all.sources.push(name);
                            all.sources.len() - 1
                        })
                })
                .collect();
            all.rows.extend(table.rows.into_iter().map(|o| Observation {
                source: position[o.source],
                ..o
            }));
            all.rejected.add(table.rejected);
        }
        all.attributes = attributes::stacked(&parts);
        all.sort();
        all
    }
    /// Puts the observations in order of time, those of one instant as they were.
    pub fn sort(&mut self) {
        if self.rows.is_sorted_by_key(|o| o.time) {
            return;
        }
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by_key(|k| self.rows[*k].time);
        let sorted = self.take(&order);
        (self.rows, self.attributes) = (sorted.rows, sorted.attributes);
    }
    /// How many do not state an error.
    pub fn without_error(&self) -> usize {
        self.rows.iter().filter(|o| o.error.is_nan()).count()
    }
    /// Refuses observations that do not state an error, which an assimilation cannot weigh.
    ///
    /// # Errors
    /// There are some: the message names the first.
    pub fn check_errors(&self) -> Result<()> {
        let Some(first) = self.rows.iter().find(|o| o.error.is_nan()) else {
            return Ok(());
        };
        let n = self.without_error();
        Err(
            Error::new(format!("{n} of {} observations state no error", self.len()))
                .expected("a standard deviation for each observation that is assimilated")
                .at(first.location())
                .hint("with_errors(#{ flask: 1.5, other: 3.0 })"),
        )
    }
    /// Number of observations of each source and kind, in order of name.
    pub fn counts(&self) -> Vec<(String, String, usize)> {
        let mut counts = BTreeMap::new();
        for o in &self.rows {
            *counts
                .entry((self.sources[o.source].clone(), o.kind.to_string()))
                .or_insert(0) += 1;
        }
        counts
            .into_iter()
            .map(|((source, kind), n)| (source, kind, n))
            .collect()
    }
}

impl fmt::Display for Observations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (
            self.rows.iter().map(|o| o.time).min(),
            self.rows.iter().map(|o| o.time).max(),
        ) {
            (Some(first), Some(last)) => {
                write!(f, "{} observations from {first} to {last}", self.len())?
            }
            _ => write!(f, "no observations")?,
        }
        self.counts()
            .iter()
            .try_for_each(|(source, kind, n)| write!(f, "\n  {source:<12} {kind:<12} {n:>8}"))?;
        self.rejected
            .counts()
            .iter()
            .try_for_each(|(reason, n)| write!(f, "\n  rows left out: {n:>8}, {reason}"))?;
        if !self.funnel.stages().is_empty() {
            write!(f, "\n{}", self.funnel)?;
        }
        match (self.without_error(), self.attributes.names()) {
            (0, names) if names.is_empty() => Ok(()),
            (0, names) => write!(f, "\n  attributes: {}", names.join(", ")),
            (n, names) if names.is_empty() => write!(f, "\n  without a stated error: {n}"),
            (n, names) => write!(
                f,
                "\n  without a stated error: {n}\n  attributes: {}",
                names.join(", ")
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::Interval;
    use crate::observation::fixture::series as table;

    #[test]
    fn merging_keeps_names_and_the_order_of_time() {
        let all = Observations::merge([
            table("a", &[30, 10]),
            table("b", &[20, 10]),
            table("a", &[5]),
        ]);
        assert_eq!(all.sources, ["a", "b"]);
        assert_eq!(
            all.rows
                .iter()
                .map(|o| (o.time.seconds(), &*o.site))
                .collect::<Vec<_>>(),
            [(5, "a"), (10, "a"), (10, "b"), (20, "b"), (30, "a")]
        );
        assert!(all.rows.iter().all(|o| all.sources[o.source] == *o.site));
        assert_eq!(all.by_source("b").unwrap().len(), 2);
        assert!(all.by_source("c").is_err());
    }

    #[test]
    fn an_interval_holds_its_start_and_not_its_end() {
        let all = table("a", &[0, 10, 20]);
        assert_eq!(
            all.between(Time::from_seconds(0), Time::from_seconds(20))
                .len(),
            2
        );
    }

    #[test]
    fn a_mean_is_within_what_holds_its_whole_interval() {
        let t = Time::from_seconds;
        let mut all = table("a", &[50, 100]);
        all.rows[0].interval = Some(Interval::new(t(0), t(100)).unwrap());
        let n = |start, end| all.within(t(start), t(end)).len();
        assert_eq!((n(0, 100), n(0, 101), n(1, 101), n(0, 99)), (1, 2, 1, 0));
        let cut = |spans: &[(i64, i64)]| {
            let spans: Vec<_> = spans.iter().map(|(a, b)| (t(*a), t(*b))).collect();
            all.cut_by(&spans).len()
        };
        assert_eq!(
            (
                cut(&[(0, 60), (50, 150)]),
                cut(&[(-9, 120)]),
                cut(&[(100, 150)])
            ),
            (1, 0, 0)
        );
        let n = |instant| all.ending_after(t(instant)).len();
        assert_eq!((n(99), n(100), n(101)), (2, 1, 0));
    }

    #[test]
    fn a_stated_error_that_is_missing_is_named() {
        let mut all = table("a", &[0, 10]);
        assert!(all.check_errors().is_ok());
        all.rows[1].error = f64::NAN;
        let refused = all.check_errors().unwrap_err().to_string();
        assert!(
            refused.contains("1 of 2") && refused.contains("with_errors"),
            "{refused}"
        );
        assert!(all.to_string().contains("without a stated error: 1"));
    }
}
