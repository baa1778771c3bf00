//! Sorting, grouping and summaries.

use super::{Cell, Column, Table};
use crate::error::{Error, Result};
use crate::field::{Field, Reduction};
use crate::units::Unit;
use ndarray::ArrayView1;
use std::cmp::Ordering;
use std::collections::HashMap;

/// An order of cells, upwards or downwards, with missing numbers last.
fn order(a: &Cell, b: &Cell, down: bool) -> Ordering {
    let turned = |o: Ordering| if down { o.reverse() } else { o };
    match (a, b) {
        (Cell::Number(x), Cell::Number(y)) => {
            x.is_nan().cmp(&y.is_nan()).then(turned(x.total_cmp(y)))
        }
        (Cell::Text(x), Cell::Text(y)) => turned(x.cmp(y)),
        (Cell::Time(x), Cell::Time(y)) => turned(x.cmp(y)),
        _ => Ordering::Equal,
    }
}

/// What is made of a column in a group of rows: a single value of its numbers along `row`.
pub type Summary<'a> = Box<dyn Fn(&Field) -> Result<Field> + 'a>;

/// A cell as a key to look up; exact.
pub(super) fn key(cell: Cell) -> String {
    format!("{cell:?}\u{1f}")
}

impl Table {
    /// What each column holds: name, unit, number of values present, and of numbers mean, sd, min,
    /// median and max.
    ///
    /// # Errors
    /// None for columns of one length.
    pub fn description(&self) -> Result<Table> {
        let of = |how: Reduction| {
            let one = |c: &Column| {
                if let Column::Numbers(v, _) = c {
                    how.of(ArrayView1::from(v))
                } else {
                    f64::NAN
                }
            };
            Column::numbers(
                self.columns()
                    .iter()
                    .map(|(_, c)| one(c))
                    .collect::<Vec<_>>(),
            )
        };
        let unit = |c: &Column| match c {
            Column::Numbers(_, unit) => unit.to_string(),
            Column::Text(_) => "text".into(),
            Column::Times(_) => "date".into(),
        };
        let present = |c: &Column| match c {
            Column::Numbers(v, _) => v.iter().filter(|x| !x.is_nan()).count() as f64,
            _ => c.len() as f64,
        };
        Table::new()
            .with("column", Column::text(self.names()))?
            .with(
                "unit",
                Column::text(self.columns().iter().map(|(_, c)| unit(c))),
            )?
            .with(
                "n",
                Column::numbers(
                    self.columns()
                        .iter()
                        .map(|(_, c)| present(c))
                        .collect::<Vec<_>>(),
                ),
            )?
            .with("mean", of(Reduction::Mean))?
            .with("sd", of(Reduction::StandardDeviation))?
            .with("min", of(Reduction::Min))?
            .with("median", of(Reduction::Quantile(0.5)))?
            .with("max", of(Reduction::Max))
    }

    /// A column of numbers in another unit.
    ///
    /// # Errors
    /// No such column, or units of different kinds.
    pub fn to_unit(&self, name: &str, target: &Unit) -> Result<Table> {
        let values = self.numbers(name)?;
        let Column::Numbers(_, unit) = self.column(name)? else {
            unreachable!("numbers were found above")
        };
        let (factor, shift) = unit
            .conversion_to(target)
            .map_err(|e| e.at(format!("column \"{name}\"")))?;
        let converted = values.iter().map(|v| v * factor + shift).collect();
        self.clone()
            .with(name, Column::Numbers(converted, target.clone()))
    }

    /// With a column under another name.
    ///
    /// # Errors
    /// No such column, or a name that is taken.
    pub fn rename(&self, from: &str, to: &str) -> Result<Table> {
        self.column(from)?;
        if from != to && self.names().contains(&to) {
            return Err(Error::new(format!(
                "the table already has a column \"{to}\""
            )));
        }
        let renamed = self.columns().iter().map(|(n, c)| {
            (
                if n == from { to.to_string() } else { n.clone() },
                c.clone(),
            )
        });
        Ok(Table {
            columns: std::sync::Arc::new(renamed.collect()),
        })
    }

    /// The rows in order of columns, of the first before the second, each upwards or (true)
    /// downwards; rows that compare equal keep their order, missing numbers come last.
    ///
    /// # Errors
    /// No such column.
    pub fn sort(&self, by: &[(&str, bool)]) -> Result<Table> {
        let columns = by
            .iter()
            .map(|(n, down)| Ok((self.column(n)?, *down)))
            .collect::<Result<Vec<_>>>()?;
        let mut positions: Vec<usize> = (0..self.rows()).collect();
        positions.sort_by(|a, b| {
            let each = columns
                .iter()
                .map(|(c, down)| order(&c.cell(*a), &c.cell(*b), *down));
            each.fold(Ordering::Equal, Ordering::then)
        });
        Ok(self.take(&positions))
    }

    /// The rows that agree in the named columns, groups in the order they are first met.
    ///
    /// # Errors
    /// No such column.
    pub fn groups(&self, by: &[&str]) -> Result<Vec<Vec<usize>>> {
        let keys = by
            .iter()
            .map(|n| self.column(n))
            .collect::<Result<Vec<_>>>()?;
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut positions = HashMap::new();
        for row in 0..self.rows() {
            let all: String = keys.iter().map(|c| key(c.cell(row))).collect();
            let k = *positions.entry(all).or_insert_with(|| {
                groups.push(Vec::new());
                groups.len() - 1
            });
            groups[k].push(row);
        }
        Ok(groups)
    }

    /// One row per group: the keys, the number of rows as `n`, and each summary of a column as
    /// (new name, column, how).
    ///
    /// # Errors
    /// No such column, a column that does not hold numbers, a name that is taken, or a summary that
    /// fails or is no single value.
    pub fn summary(&self, by: &[&str], of: &[(String, String, Summary)]) -> Result<Table> {
        let mut names: Vec<&str> = by.iter().copied().chain(["n"]).collect();
        for (name, ..) in of {
            if names.contains(&name.as_str()) {
                return Err(
                    Error::new(format!("the summary has two columns \"{name}\""))
                        .expected(format!("a name other than {}", names.join(", "))),
                );
            }
            names.push(name);
        }
        let groups = self.groups(by)?;
        let firsts: Vec<usize> = groups.iter().map(|g| g[0]).collect();
        let counts: Vec<f64> = groups.iter().map(|g| g.len() as f64).collect();
        let mut table = self
            .select(by)?
            .take(&firsts)
            .with("n", Column::numbers(counts))?;
        for (name, column, how) in of {
            let values = self.numbers(column)?;
            let Column::Numbers(_, unit) = self.column(column)? else {
                unreachable!("numbers were found above")
            };
            let part = |g: &Vec<usize>| {
                Field::line("row", g.iter().map(|k| values[*k]).collect())
                    .named(column)
                    .with_unit(unit.clone())
            };
            let made = groups
                .iter()
                .map(|g| how(&part(g)))
                .collect::<Result<Vec<_>>>()?;
            let unit = made.first().map_or(unit.clone(), |f| f.unit.clone());
            let numbers = made
                .iter()
                .map(|f| f.beside(&unit)?.value())
                .collect::<Result<Vec<_>>>();
            table = table.with(
                name,
                Column::Numbers(
                    numbers.map_err(|e| e.at(format!("column \"{name}\"")))?,
                    unit,
                ),
            )?;
        }
        Ok(table)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::sites;
    use super::*;

    #[test]
    fn missing_numbers_sort_last() {
        let sorted = sites().sort(&[("co2", false)]).unwrap();
        assert_eq!(
            sorted.column("site").unwrap(),
            &Column::text(["MLO", "MLO", "BRW", "SPO"])
        );
        let sorted = sites().sort(&[("site", false), ("co2", true)]).unwrap();
        assert_eq!(sorted.numbers("co2").unwrap()[..3], [410.0, 402.0, 400.0]);
        assert!(
            sites()
                .sort(&[("co2", true)])
                .unwrap()
                .numbers("co2")
                .unwrap()[3]
                .is_nan()
        );
    }

    #[test]
    fn a_summary_is_the_hand_computed_one() {
        let summary = sites()
            .summary(
                &["site"],
                &[(
                    "mean".into(),
                    "co2".into(),
                    Box::new(|f| f.reduce(Reduction::Mean, &[])),
                )],
            )
            .unwrap();
        assert_eq!(
            summary.column("site").unwrap(),
            &Column::text(["MLO", "BRW", "SPO"])
        );
        assert_eq!(summary.numbers("n").unwrap(), [2.0, 1.0, 1.0]);
        assert_eq!(summary.numbers("mean").unwrap()[..2], [401.0, 410.0]);
    }

    #[test]
    fn a_description_counts_what_is_present_in_each_column() {
        let d = sites().description().unwrap();
        assert_eq!(d.numbers("n").unwrap(), [4.0, 3.0]);
        assert_eq!(
            (
                d.numbers("median").unwrap()[1],
                d.numbers("max").unwrap()[1]
            ),
            (402.0, 410.0)
        );
        let other = sites()
            .to_unit("co2", &Unit::parse("ppb").unwrap())
            .unwrap();
        assert!((other.numbers("co2").unwrap()[0] - 4e5).abs() < 1e-6);
        assert!(
            sites().to_unit("site", &Unit::none()).is_err()
                && sites().rename("site", "co2").is_err()
        );
    }
}
