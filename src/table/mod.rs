//! Tables: named columns of numbers with a unit, text or instants, all of one length.

mod comments;
mod display;
mod join;
mod json;
mod layout;
mod long;
mod netcdf;
mod of_field;
mod read;
mod rows;
mod typed;
mod write;

pub use layout::{Encoding, Layout};
pub use rows::Summary;

use crate::error::{Error, Result, did_you_mean};
use crate::time::Time;
use crate::units::Unit;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How many names of columns a message lists.
const MANY: usize = 24;

/// The values of a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Column {
    /// Numbers with a unit; NaN marks a missing one.
    Numbers(Vec<f64>, Unit),
    /// Text.
    Text(Vec<String>),
    /// Instants.
    Times(Vec<Time>),
}

/// One value of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A number.
    Number(f64),
    /// Text.
    Text(String),
    /// An instant.
    Time(Time),
}

/// A table. Cloning is cheap: the columns are behind a shared handle.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Table {
    columns: Arc<Vec<(String, Column)>>,
}

impl Column {
    /// Numbers without a unit.
    pub fn numbers(values: impl Into<Vec<f64>>) -> Self {
        Column::Numbers(values.into(), Unit::none())
    }
    /// Text.
    pub fn text<S: ToString>(values: impl IntoIterator<Item = S>) -> Self {
        Column::Text(values.into_iter().map(|s| s.to_string()).collect())
    }
    /// Number of values.
    pub fn len(&self) -> usize {
        match self {
            Column::Numbers(v, _) => v.len(),
            Column::Text(v) => v.len(),
            Column::Times(v) => v.len(),
        }
    }
    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Value `k`.
    pub fn cell(&self, k: usize) -> Cell {
        match self {
            Column::Numbers(v, _) => Cell::Number(v[k]),
            Column::Text(v) => Cell::Text(v[k].clone()),
            Column::Times(v) => Cell::Time(v[k]),
        }
    }
    /// The values at `positions`.
    pub fn take(&self, positions: &[usize]) -> Column {
        match self {
            Column::Numbers(v, u) => {
                Column::Numbers(positions.iter().map(|k| v[*k]).collect(), u.clone())
            }
            Column::Text(v) => Column::Text(positions.iter().map(|k| v[*k].clone()).collect()),
            Column::Times(v) => Column::Times(positions.iter().map(|k| v[*k]).collect()),
        }
    }
    /// The numbers in the unit of a column that they are compared with; text and dates as they
    /// are.
    ///
    /// # Errors
    /// Units of different kinds, or a unit on one side only.
    pub fn beside(&self, other: &Column) -> Result<Column> {
        let (Column::Numbers(v, unit), Column::Numbers(_, target)) = (self, other) else {
            return Ok(self.clone());
        };
        let (factor, shift) = unit.conversion_beside(target)?;
        let values = v.iter().map(|x| x * factor + shift).collect();
        Ok(Column::Numbers(values, target.clone()))
    }
    /// A column of cells that are all of one kind.
    ///
    /// # Errors
    /// Kinds that differ.
    pub fn of_cells(name: &str, cells: Vec<Cell>) -> Result<Column> {
        let mixed = || {
            Error::new(format!("the column \"{name}\" mixes kinds of values"))
                .expected("all numbers, all text or all dates")
        };
        let numbers = |c: &Cell| {
            if let Cell::Number(x) = c {
                Some(*x)
            } else {
                None
            }
        };
        let texts = |c: &Cell| {
            if let Cell::Text(t) = c {
                Some(t.clone())
            } else {
                None
            }
        };
        let times = |c: &Cell| {
            if let Cell::Time(t) = c {
                Some(*t)
            } else {
                None
            }
        };
        match cells.first() {
            None => Ok(Column::numbers([])),
            Some(Cell::Number(_)) => Ok(Column::numbers(
                cells
                    .iter()
                    .map(numbers)
                    .collect::<Option<Vec<_>>>()
                    .ok_or_else(mixed)?,
            )),
            Some(Cell::Text(_)) => Ok(Column::Text(
                cells
                    .iter()
                    .map(texts)
                    .collect::<Option<Vec<_>>>()
                    .ok_or_else(mixed)?,
            )),
            Some(Cell::Time(_)) => Ok(Column::Times(
                cells
                    .iter()
                    .map(times)
                    .collect::<Option<Vec<_>>>()
                    .ok_or_else(mixed)?,
            )),
        }
    }
}

impl Table {
    /// A table without columns.
    pub fn new() -> Self {
        Table::default()
    }

    /// With one more column, or with one of that name replaced.
    ///
    /// # Errors
    /// A length other than that of the other columns.
    pub fn with(mut self, name: &str, column: Column) -> Result<Self> {
        if let Some((other, first)) = self.columns.iter().find(|(n, _)| n != name)
            && first.len() != column.len()
        {
            return Err(
                Error::new(format!("the column \"{name}\" does not fit the table"))
                    .expected(format!("{} rows as in \"{other}\"", first.len()))
                    .got(column.len()),
            );
        }
        let columns = Arc::make_mut(&mut self.columns);
        match columns.iter_mut().find(|(n, _)| n == name) {
            Some(slot) => slot.1 = column,
            None => columns.push((name.to_string(), column)),
        }
        Ok(self)
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, c)| c.len())
    }
    /// Columns with their names, in order.
    pub fn columns(&self) -> &[(String, Column)] {
        &self.columns
    }
    /// Names of the columns.
    pub fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|(n, _)| n.as_str()).collect()
    }
    /// The column called `name`, if there is one.
    pub fn find(&self, name: &str) -> Option<&Column> {
        let found = self.columns.iter().find(|(n, _)| n == name);
        found.map(|(_, column)| column)
    }
    /// The column called `name`.
    ///
    /// # Errors
    /// There is none: the message lists those there are.
    pub fn column(&self, name: &str) -> Result<&Column> {
        self.find(name).ok_or_else(|| {
            let error = Error::new(format!("the table has no column \"{name}\""))
                .expected(self.names_in_words());
            match did_you_mean(name, self.names()) {
                Some(near) => error.hint(format!("\"{near}\"")),
                None => error,
            }
        })
    }
    /// The names of the columns in a message: of a wide table the first of them.
    fn names_in_words(&self) -> String {
        let names = self.names();
        match names.len() {
            0 => "a table with columns; this one has none".into(),
            n if n > MANY => format!("one of {}, ... ({n} in all)", names[..MANY].join(", ")),
            _ => format!("one of {}", names.join(", ")),
        }
    }
    /// The numbers of a column.
    ///
    /// # Errors
    /// No such column, or one of text or dates.
    pub fn numbers(&self, name: &str) -> Result<&[f64]> {
        match self.column(name)? {
            Column::Numbers(v, _) => Ok(v),
            Column::Text(_) => {
                Err(Error::new(format!("the column \"{name}\" does not hold numbers")).got("text"))
            }
            Column::Times(_) => {
                Err(Error::new(format!("the column \"{name}\" does not hold numbers")).got("dates"))
            }
        }
    }
    /// Some of the columns, in the order named.
    ///
    /// # Errors
    /// There is no such column, or a name is given twice.
    pub fn select(&self, names: &[&str]) -> Result<Table> {
        names
            .iter()
            .try_fold(Table::new(), |t, n| t.with(n, self.column(n)?.clone()))
    }
    /// The rows at `positions`.
    pub fn take(&self, positions: &[usize]) -> Table {
        Table {
            columns: Arc::new(
                self.columns
                    .iter()
                    .map(|(n, c)| (n.clone(), c.take(positions)))
                    .collect(),
            ),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub fn sites() -> Table {
        Table::new()
            .with("site", Column::text(["MLO", "BRW", "MLO", "SPO"]))
            .and_then(|t| {
                t.with(
                    "co2",
                    Column::Numbers(vec![400.0, 410.0, 402.0, f64::NAN], Unit::parse("ppm")?),
                )
            })
            .unwrap()
    }

    #[test]
    fn columns_of_other_lengths_are_refused() {
        assert_eq!(sites().rows(), 4);
        assert!(sites().with("x", Column::numbers([1.0])).is_err());
        assert!(
            sites()
                .column("sites")
                .unwrap_err()
                .to_string()
                .contains("\"site\"")
        );
        assert!(sites().numbers("site").is_err());
    }
}
