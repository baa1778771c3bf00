//! Records that are no observations: counted by reason, and the first of them listed.

use crate::error::Result;
use crate::table::{Column, Table};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most records that are listed one by one; all are counted.
const LISTED: usize = 10_000;

/// The records that were left out when observations were read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rejected {
    counts: BTreeMap<Arc<str>, usize>,
    records: Vec<Record>,
}

/// One record that was left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The file it is in; empty for a table.
    pub file: Arc<str>,
    /// Its number in the file or table, from 0.
    pub row: usize,
    /// Why it is no observation.
    pub reason: Arc<str>,
}

impl Rejected {
    /// Counts `n` records that are not listed.
    pub fn count(&mut self, reason: &str, n: usize) {
        if n > 0 {
            *self.counts.entry(reason.into()).or_insert(0) += n;
        }
    }

    /// Counts and lists a record of a table.
    pub fn record(&mut self, row: usize, reason: &str) {
        let reason = match self.counts.get_key_value(reason) {
            Some((known, _)) => known.clone(),
            None => reason.into(),
        };
        *self.counts.entry(reason.clone()).or_insert(0) += 1;
        if self.records.len() < LISTED {
            let file = "".into();
            self.records.push(Record { file, row, reason });
        }
    }

    /// The same records by their numbers in a file, which the rows of a table have there.
    pub fn of_records(mut self, numbers: &[usize]) -> Self {
        let number = |row: usize| numbers.get(row).copied().unwrap_or(row);
        self.records.iter_mut().for_each(|r| r.row = number(r.row));
        self
    }

    /// The same records as of a file.
    pub(crate) fn in_file(mut self, file: &str) -> Self {
        let file: Arc<str> = file.into();
        self.records.iter_mut().for_each(|r| r.file = file.clone());
        self
    }

    /// With the records of another table or file.
    pub fn add(&mut self, other: Rejected) {
        other.counts.iter().for_each(|(r, n)| self.count(r, *n));
        let room = LISTED.saturating_sub(self.records.len());
        self.records.extend(other.records.into_iter().take(room));
    }

    /// Numbers of records by reason.
    pub fn counts(&self) -> &BTreeMap<Arc<str>, usize> {
        &self.counts
    }
    /// The records that are listed.
    pub fn records(&self) -> &[Record] {
        &self.records
    }
    /// Number of records.
    pub fn len(&self) -> usize {
        self.counts.values().sum()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }
    /// Reasons and numbers in a line.
    pub fn summary(&self) -> String {
        let each = self
            .counts
            .iter()
            .map(|(reason, n)| format!("{reason} {n}"));
        each.collect::<Vec<_>>().join(", ")
    }

    /// The records that are listed as a table: file, row (from 0), reason.
    ///
    /// # Errors
    /// None for columns of one length.
    pub fn to_table(&self) -> Result<Table> {
        let rows = self.records.iter().map(|r| r.row as f64);
        Table::new()
            .with("file", Column::text(self.records.iter().map(|r| &r.file)))?
            .with("row", Column::numbers(rows.collect::<Vec<_>>()))?
            .with(
                "reason",
                Column::text(self.records.iter().map(|r| &r.reason)),
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_counted_and_the_first_listed() {
        let mut a = Rejected::default();
        (0..LISTED + 5).for_each(|k| a.record(k, if k % 2 == 0 { "no value" } else { "no time" }));
        let mut b = Rejected::default();
        b.record(7, "no value");
        b.count("bad quality", 3);
        b.add(a.in_file("a.nc"));
        assert_eq!(b.len(), LISTED + 9);
        assert_eq!(b.summary(), "bad quality 3, no time 5002, no value 5004");
        assert_eq!(b.records().len(), LISTED);
        assert_eq!((&*b.records()[0].file, &*b.records()[1].file), ("", "a.nc"));
        assert_eq!(b.to_table().unwrap().names(), ["file", "row", "reason"]);
    }
}
