//! The table of observations.

use super::Observation;
use crate::error::{Error, Result};
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
    /// How many rows of a table were left out when they were read from it, by reason.
    pub rejected: BTreeMap<String, usize>,
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
        Observations {
            sources: self.sources.clone(),
            rows: self.rows.iter().filter(|o| keep(o)).cloned().collect(),
            ..Observations::default()
        }
    }
    /// From `start` up to but not at `end`.
    pub fn between(&self, start: Time, end: Time) -> Self {
        self.filter(|o| o.time >= start && o.time < end)
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
        let rows = self
            .rows
            .iter()
            .filter(|o| o.source == k)
            .map(|o| Observation {
                source: 0,
                ..o.clone()
            })
            .collect();
        Ok(Observations {
            sources: vec![name.to_string()],
            rows,
            ..Observations::default()
        })
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
        for table in tables {
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
            for (reason, n) in table.rejected {
                *all.rejected.entry(reason).or_insert(0) += n;
            }
        }
        all.sort();
        all
    }
    /// Puts the observations in order of time, those of one instant as they were.
    pub fn sort(&mut self) {
        self.rows.sort_by_key(|o| o.time);
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
            .iter()
            .try_for_each(|(reason, n)| write!(f, "\n  rows left out: {n:>8}, {reason}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::fixture::point;

    fn table(source: &str, seconds: &[i64]) -> Observations {
        let rows = seconds
            .iter()
            .map(|s| Observation {
                time: Time::from_seconds(*s),
                site: source.into(),
                ..point(0.0, 0.0, 0.0)
            })
            .collect();
        Observations {
            sources: vec![source.into()],
            rows,
            ..Observations::default()
        }
    }

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
}
