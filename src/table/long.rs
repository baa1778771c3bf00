//! Wide tables, a column for each date or member, as long ones with a row for each value.

use super::{Column, Table};
use crate::error::{Error, Result};
use crate::time::Time;
use crate::units::Unit;

impl Table {
    /// A row for each row and each column that is not in `keep`: the columns `keep`, the name of
    /// the other column as `name` (an instant where all these names are dates) and its value as
    /// `value`, row by row.
    ///
    /// # Errors
    /// No such column, no other columns, others that are not all numbers in one kind of unit, or a
    /// name that is taken.
    pub fn melt(&self, keep: &[&str], name: &str, value: &str) -> Result<Table> {
        let identifiers = self.select(keep)?;
        let taken = |n: &&&str| keep.contains(n) || name == value;
        if let Some(taken) = [name, value].iter().find(taken) {
            return Err(
                Error::new(format!("the long table has two columns \"{taken}\""))
                    .expected("names that differ"),
            );
        }
        let (others, unit) = self.others(keep)?;
        let beside = |(n, column): &&(String, Column)| {
            let one = Column::Numbers(Vec::new(), unit.clone());
            self.numbers(n)?;
            match column
                .beside(&one)
                .map_err(|e| e.at(format!("column \"{n}\"")))?
            {
                Column::Numbers(values, _) => Ok(values),
                _ => Ok(Vec::new()), // numbers, as was asked above
            }
        };
        let columns = others.iter().map(beside).collect::<Result<Vec<_>>>()?;
        let rows = 0..self.rows();
        let values = rows.clone().flat_map(|k| columns.iter().map(move |c| c[k]));
        let positions: Vec<usize> = rows
            .clone()
            .flat_map(|k| others.iter().map(move |_| k))
            .collect();
        let names: Vec<&str> = others.iter().map(|(n, _)| n.as_str()).collect();
        let times: Option<Vec<Time>> = names.iter().map(|n| n.parse().ok()).collect();
        let repeated = |_| names.iter().copied();
        let labels = match times {
            Some(times) => Column::Times(rows.flat_map(|_| times.iter().copied()).collect()),
            None => Column::text(rows.flat_map(repeated)),
        };
        identifiers
            .take(&positions)
            .with(name, labels)?
            .with(value, Column::Numbers(values.collect(), unit))
    }

    /// The columns that are not in `keep`, and the unit of the first.
    fn others(&self, keep: &[&str]) -> Result<(Vec<&(String, Column)>, Unit)> {
        let other = |(n, _): &&(String, Column)| !keep.contains(&n.as_str());
        let others: Vec<&(String, Column)> = self.columns().iter().filter(other).collect();
        let unit = match others.first() {
            Some((_, Column::Numbers(_, unit))) => unit.clone(),
            Some(_) => Unit::none(),
            None => {
                return Err(
                    Error::new("a table is made long from at least one more column")
                        .expected("columns other than those kept")
                        .got(self.names().join(", ")),
                );
            }
        };
        Ok((others, unit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_of_a_wide_table_gets_a_row() {
        let wide = Table::from_csv("site,2016-01-15,2016-02-15\nMLO,402.5,\nSPO,399.0,399.5\n");
        let wide = wide.unwrap();
        let long = wide.melt(&["site"], "time", "co2").unwrap();
        assert_eq!(long.names(), ["site", "time", "co2"]);
        assert_eq!(
            long.column("site").unwrap(),
            &Column::text(["MLO", "MLO", "SPO", "SPO"])
        );
        let co2 = long.numbers("co2").unwrap();
        assert!(co2[0] == 402.5 && co2[1].is_nan() && co2[2..] == [399.0, 399.5]);
        assert_eq!(
            long.column("time").unwrap().cell(3).to_string(),
            "2016-02-15"
        );
        assert!(wide.melt(&[], "time", "co2").is_err()); // text
        assert!(wide.melt(&["site"], "site", "co2").is_err());
        assert!(wide.melt(&["site"], "a", "a").is_err());
        assert!(
            wide.melt(&["site", "2016-01-15", "2016-02-15"], "a", "b")
                .is_err()
        );
    }
}
