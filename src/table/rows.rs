//! Sorting, grouping and joining.

use super::{Cell, Column, Table};
use crate::error::{Error, Result};
use crate::field::Reduction;
use ndarray::ArrayView1;
use std::cmp::Ordering;

/// An order of cells: numbers with missing ones last, text, dates.
fn order(a: &Cell, b: &Cell) -> Ordering {
    match (a, b) {
        (Cell::Number(x), Cell::Number(y)) => x.is_nan().cmp(&y.is_nan()).then(x.total_cmp(y)),
        (Cell::Text(x), Cell::Text(y)) => x.cmp(y),
        (Cell::Time(x), Cell::Time(y)) => x.cmp(y),
        _ => Ordering::Equal,
    }
}

impl Table {
    /// The rows in order of a column; rows that compare equal keep their order.
    ///
    /// # Errors
    /// No such column.
    pub fn sort(&self, by: &str, descending: bool) -> Result<Table> {
        let column = self.column(by)?;
        let mut places: Vec<usize> = (0..self.rows()).collect();
        places.sort_by(|a, b| {
            let ordering = order(&column.cell(*a), &column.cell(*b));
            if descending { ordering.reverse() } else { ordering }
        });
        Ok(self.take(&places))
    }

    /// The rows that agree in the named columns, groups in the order they are first met.
    ///
    /// # Errors
    /// No such column.
    pub fn groups(&self, by: &[&str]) -> Result<Vec<Vec<usize>>> {
        let keys = by.iter().map(|n| self.column(n)).collect::<Result<Vec<_>>>()?;
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut places = std::collections::HashMap::new();
        for row in 0..self.rows() {
            let key: String = keys.iter().map(|c| format!("{:?}\u{1f}", c.cell(row))).collect();
            let k = *places.entry(key).or_insert_with(|| {
                groups.push(Vec::new());
                groups.len() - 1
            });
            groups[k].push(row);
        }
        Ok(groups)
    }

    /// One row per group: the keys, the number of rows as `n`, and each reduction of a column as
    /// (new name, column, how).
    ///
    /// # Errors
    /// No such column, or a column that does not hold numbers.
    pub fn summary(&self, by: &[&str], of: &[(String, String, Reduction)]) -> Result<Table> {
        let groups = self.groups(by)?;
        let firsts: Vec<usize> = groups.iter().map(|g| g[0]).collect();
        let counts: Vec<f64> = groups.iter().map(|g| g.len() as f64).collect();
        let mut table = self.select(by)?.take(&firsts).with("n", Column::numbers(counts))?;
        for (name, column, how) in of {
            let values = self.numbers(column)?;
            let Column::Numbers(_, unit) = self.column(column)? else { unreachable!("numbers were found above") };
            let reduce = |g: &Vec<usize>| how.of(ArrayView1::from(&g.iter().map(|k| values[*k]).collect::<Vec<_>>()));
            table = table.with(name, Column::Numbers(groups.iter().map(reduce).collect(), unit.clone()))?;
        }
        Ok(table)
    }

    /// The rows of both tables that agree in the column `on`, in the order of `self`; columns of
    /// `other` that are in both get `_2` after their name.
    ///
    /// # Errors
    /// A table without the column.
    pub fn join(&self, other: &Table, on: &str) -> Result<Table> {
        let (mine, theirs) = (self.column(on)?, other.column(on)?);
        let pairs: Vec<(usize, usize)> =
            (0..self.rows()).flat_map(|a| (0..other.rows()).filter(move |b| mine.cell(a) == theirs.cell(*b)).map(move |b| (a, b))).collect();
        let (left, right): (Vec<usize>, Vec<usize>) = pairs.into_iter().unzip();
        other.columns().iter().filter(|(n, _)| n != on).try_fold(self.take(&left), |t, (n, c)| {
            let name = if self.names().contains(&n.as_str()) { format!("{n}_2") } else { n.clone() };
            t.with(&name, c.take(&right))
        })
    }

    /// The rows of another table below.
    ///
    /// # Errors
    /// Other columns, or units of different kinds.
    pub fn append(&self, other: &Table) -> Result<Table> {
        if self.columns().is_empty() {
            return Ok(other.clone());
        }
        let mut theirs = other.names();
        let mut mine = self.names();
        theirs.sort_unstable();
        mine.sort_unstable();
        if mine != theirs {
            return Err(Error::new("the tables have other columns").expected(mine.join(", ")).got(theirs.join(", ")));
        }
        let joined = self.columns().iter().map(|(name, a)| {
            let column = match (a, other.column(name)?) {
                (Column::Numbers(x, u), Column::Numbers(y, v)) => {
                    let factor = v.factor_to(u).map_err(|e| e.at(format!("column \"{name}\"")))?;
                    Column::Numbers(x.iter().copied().chain(y.iter().map(|b| b * factor)).collect(), u.clone())
                }
                (Column::Text(x), Column::Text(y)) => Column::Text(x.iter().chain(y).cloned().collect()),
                (Column::Times(x), Column::Times(y)) => Column::Times(x.iter().chain(y).copied().collect()),
                _ => return Err(Error::new(format!("the column \"{name}\" holds another kind of values in the other table"))),
            };
            Ok((name.clone(), column))
        });
        Ok(Table { columns: std::sync::Arc::new(joined.collect::<Result<Vec<_>>>()?) })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::sites;
    use super::*;

    #[test]
    fn missing_numbers_sort_last() {
        let sorted = sites().sort("co2", false).unwrap();
        assert_eq!(sorted.column("site").unwrap(), &Column::text(["MLO", "MLO", "BRW", "SPO"]));
    }

    #[test]
    fn a_summary_is_the_hand_computed_one() {
        let summary = sites().summary(&["site"], &[("mean".into(), "co2".into(), Reduction::Mean)]).unwrap();
        assert_eq!(summary.column("site").unwrap(), &Column::text(["MLO", "BRW", "SPO"]));
        assert_eq!(summary.numbers("n").unwrap(), [2.0, 1.0, 1.0]);
        assert_eq!(summary.numbers("mean").unwrap()[..2], [401.0, 410.0]);
    }

    #[test]
    fn a_join_keeps_the_pairs_that_agree() {
        let heights = Table::new().with("site", Column::text(["BRW", "MLO"])).unwrap().with("height", Column::numbers([11.0, 3397.0])).unwrap();
        let joined = sites().join(&heights, "site").unwrap();
        assert_eq!(joined.numbers("height").unwrap(), [3397.0, 11.0, 3397.0]);
        assert_eq!(sites().append(&sites()).unwrap().rows(), 8);
        assert!(sites().append(&heights).is_err());
    }
}
