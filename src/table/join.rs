//! Two tables in one: side by side where they agree, one below the other.

use super::rows::key;
use super::{Column, Table};
use crate::error::{Error, Result};
use std::collections::HashMap;

impl Table {
    /// The rows of both tables that agree in all columns `on`, in the order of `self`; columns of
    /// `other` that are in both get `_2` after their name.
    ///
    /// # Errors
    /// No column to agree in, a table without it, or one that has a column with `_2` after its name
    /// already.
    pub fn join(&self, other: &Table, on: &[&str]) -> Result<Table> {
        if on.is_empty() {
            return Err(Error::new("tables are joined by at least one column")
                .expected("the names of columns")
                .got("none"));
        }
        let mine = on.iter().map(|n| self.column(n));
        let mine = mine.collect::<Result<Vec<_>>>()?;
        let theirs = on.iter().zip(&mine).map(|(name, mine)| {
            let beside = other.column(name)?.beside(mine);
            beside.map_err(|e| e.at(format!("the columns \"{name}\" of two tables")))
        });
        let theirs = theirs.collect::<Result<Vec<_>>>()?;
        let keys = |columns: &[&Column], row: usize| -> String {
            columns.iter().map(|c| key(c.cell(row))).collect()
        };
        let theirs: Vec<&Column> = theirs.iter().collect();
        let mut positions: HashMap<String, Vec<usize>> = HashMap::new();
        (0..other.rows()).for_each(|b| positions.entry(keys(&theirs, b)).or_default().push(b));
        let matches = |a: usize| {
            let matches = positions.get(&keys(&mine, a)).into_iter().flatten();
            matches.map(move |b| (a, *b))
        };
        let pairs: Vec<(usize, usize)> = (0..self.rows()).flat_map(matches).collect();
        let (left, right): (Vec<usize>, Vec<usize>) = pairs.into_iter().unzip();
        other
            .columns()
            .iter()
            .filter(|(n, _)| !on.contains(&n.as_str()))
            .try_fold(self.take(&left), |t, (n, c)| {
                let name = if self.names().contains(&n.as_str()) {
                    format!("{n}_2")
                } else {
                    n.clone()
                };
                if t.names().contains(&name.as_str()) {
                    return Err(
                        Error::new(format!("the joined table has two columns \"{name}\""))
                            .hint(format!("rename(\"{n}\", ...) before the join")),
                    );
                }
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
            return Err(Error::new("the tables have other columns")
                .expected(mine.join(", "))
                .got(theirs.join(", ")));
        }
        let joined = self.columns().iter().map(|(name, a)| {
            let column = match (a, other.column(name)?) {
                (Column::Numbers(x, u), Column::Numbers(y, v)) => {
                    let (factor, shift) = v
                        .conversion_beside(u)
                        .map_err(|e| e.at(format!("column \"{name}\"")))?;
                    Column::Numbers(
                        x.iter()
                            .copied()
                            .chain(y.iter().map(|b| b * factor + shift))
                            .collect(),
                        u.clone(),
                    )
                }
                (Column::Text(x), Column::Text(y)) => {
                    Column::Text(x.iter().chain(y).cloned().collect())
                }
                (Column::Times(x), Column::Times(y)) => {
                    Column::Times(x.iter().chain(y).copied().collect())
                }
                _ => {
                    return Err(Error::new(format!(
                        "the column \"{name}\" holds another kind of values in the other table"
                    )));
                }
            };
            Ok((name.clone(), column))
        });
        Ok(Table {
            columns: std::sync::Arc::new(joined.collect::<Result<Vec<_>>>()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::sites;
    use super::*;

    #[test]
    fn a_join_keeps_the_pairs_that_agree() {
        let heights = Table::new()
            .with("site", Column::text(["BRW", "MLO"]))
            .unwrap()
            .with("height", Column::numbers([11.0, 3397.0]))
            .unwrap();
        let joined = sites().join(&heights, &["site"]).unwrap();
        assert_eq!(joined.numbers("height").unwrap(), [3397.0, 11.0, 3397.0]);
        assert_eq!(sites().append(&sites()).unwrap().rows(), 8);
        assert!(sites().append(&heights).is_err());
        assert!(sites().join(&heights, &[]).is_err());
    }

    #[test]
    fn a_join_by_several_columns_agrees_in_all_of_them() {
        let year = Column::numbers([2015.0, 2015.0, 2016.0, 2016.0]);
        let values = sites().with("year", year).unwrap();
        let growth = Table::new()
            .with("site", Column::text(["MLO", "BRW", "MLO"]))
            .and_then(|t| t.with("year", Column::numbers([2016.0, 2016.0, 2015.0])))
            .and_then(|t| t.with("growth", Column::numbers([2.9, 3.0, 2.8])))
            .unwrap();
        let joined = values.join(&growth, &["site", "year"]).unwrap();
        assert_eq!(joined.names(), ["site", "co2", "year", "growth"]);
        assert_eq!(joined.numbers("growth").unwrap(), [2.8, 2.9]);
    }
}
