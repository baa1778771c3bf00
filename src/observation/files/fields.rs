//! Columns of records in a NetCDF file.

use super::text::instant;
use crate::error::Result;
use crate::io::netcdf::Dataset;
use crate::table::{Column, Table};
use crate::time::Time;
use crate::units::Unit;
use std::ops::Range;

/// Some of the records of a file, and the columns taken from it.
pub(super) struct Fields<'a> {
    /// The file.
    pub file: &'a Dataset,
    /// Which of its records.
    pub records: Range<usize>,
    /// The columns taken so far.
    pub table: Table,
}

impl<'a> Fields<'a> {
    pub fn new(file: &'a Dataset, records: Range<usize>) -> Self {
        Fields {
            file,
            records,
            table: Table::new(),
        }
    }

    /// The first of these variables that the file has, with one number or text for each record.
    pub fn first<'n>(&self, names: &[&'n str]) -> Option<&'n str> {
        names
            .iter()
            .copied()
            .find(|n| self.file.records(n).is_some())
    }

    /// An attribute of the file as text, or nothing.
    pub fn about(&self, name: &str) -> String {
        let text = self.file.attribute(None, name).unwrap_or_default();
        text.trim().to_string()
    }

    /// The unit of a variable; none where it has none that is understood.
    pub fn unit(&self, variable: &str) -> Unit {
        let text = self.file.attribute(Some(variable), "units");
        text.and_then(|t| Unit::parse(&t).ok()).unwrap_or_default()
    }

    /// The numbers of a variable, NaN where they are missing.
    pub fn numbers(&self, variable: &str) -> Result<Vec<f64>> {
        self.file.numbers(variable, self.records.clone())
    }

    /// The numbers of the first of several variables in metres, if there is one; a unit in prose
    /// is of metres. What marks a missing height is missing.
    pub fn metres(&self, names: &[&str]) -> Result<Option<Vec<f64>>> {
        let Some(name) = self.first(names) else {
            return Ok(None);
        };
        let metre = Unit::parse("m")?;
        let factor = self.unit(name).factor_to(&metre).unwrap_or(1.0);
        let height = |z: f64| match (-900.0..200_000.0).contains(&z) {
            true => z * factor,
            false => f64::NAN,
        };
        Ok(Some(self.numbers(name)?.into_iter().map(height).collect()))
    }

    /// The instants of the first of these variables that the file has: numbers in a unit of time,
    /// or year, month, day, hour, minute and second.
    pub fn moments(&self, names: &[&str]) -> Result<Option<Vec<Option<Time>>>> {
        let Some(name) = self.first(names) else {
            return Ok(None);
        };
        let parts = self.file.shape(name).and_then(|s| s.get(1).copied());
        let Some(width) = parts.filter(|w| *w >= 6) else {
            return self.file.instants(name, self.records.clone()).map(Some);
        };
        let stored = self.file.stored(name, self.records.clone())?;
        let of_parts = |p: &[f64]| instant([p[0], p[1], p[2], p[3], p[4], p[5]]);
        Ok(Some(stored.chunks_exact(width).map(of_parts).collect()))
    }

    /// Adds a column of numbers that are at least 0, if the file has this variable; in the unit
    /// `usual` where the file does not say it. -9, -999 and -1e34 mark what is missing, declared
    /// or not.
    pub fn positive_column(&mut self, column: &str, name: &str, usual: &Unit) -> Result<()> {
        if self.first(&[name]).is_none() {
            return Ok(());
        }
        let unit = match self.unit(name) {
            unsaid if unsaid.is_none() => usual.clone(),
            said => said,
        };
        let sound = |x: f64| {
            if (0.0..1e30).contains(&x) {
                x
            } else {
                f64::NAN
            }
        };
        let values = self.numbers(name)?.into_iter().map(sound).collect();
        self.add(column, Column::Numbers(values, unit))
    }

    /// Adds a column of numbers in their unit, if the file has one of these variables.
    pub fn number_column(&mut self, column: &str, names: &[&str]) -> Result<()> {
        let Some(name) = self.first(names) else {
            return Ok(());
        };
        let values = Column::Numbers(self.numbers(name)?, self.unit(name));
        self.add(column, values)
    }

    /// Adds a column of flags as they are stored, if the file has one of these variables: their
    /// `_FillValue` may be a flag that is meant.
    pub fn flag_column(&mut self, column: &str, names: &[&str]) -> Result<()> {
        let Some(name) = self.first(names) else {
            return Ok(());
        };
        let stored = self.file.stored(name, self.records.clone())?;
        self.add(column, Column::numbers(stored))
    }

    /// Adds a column of text, if the file has one of these variables.
    pub fn text_column(&mut self, column: &str, names: &[&str]) -> Result<()> {
        let Some(name) = self.first(names) else {
            return Ok(());
        };
        let texts = self.file.texts(name, self.records.clone())?;
        self.add(column, Column::Text(texts))
    }

    /// Adds a column that holds the same text for all records, if there is any.
    pub fn same(&mut self, column: &str, text: &str) -> Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        self.add(
            column,
            Column::Text(vec![text.to_string(); self.records.len()]),
        )
    }

    /// Adds a column.
    pub fn add(&mut self, column: &str, values: Column) -> Result<()> {
        self.table = std::mem::take(&mut self.table).with(column, values)?;
        Ok(())
    }
}

/// Instants, and for each record why it has none, or nothing.
pub(super) fn instants(read: Vec<Option<Time>>) -> (Vec<Time>, Vec<String>) {
    let bad = |t: &Option<Time>| match t {
        Some(_) => String::new(),
        None => super::records::UNREAD_TIME.into(),
    };
    let reasons = read.iter().map(bad).collect();
    (
        read.into_iter().map(Option::unwrap_or_default).collect(),
        reasons,
    )
}
