//! What a file says of observations beside their properties: laboratory, height of the intake,
//! flags. A table aligned with the observations, without columns where there is nothing to keep.

use super::Observations;
use super::from_table::PROPERTIES;
use crate::error::{Error, Result};
use crate::table::{Column, Table};
use crate::units::Unit;

impl Observations {
    /// The observations at `places`, with their attributes, in that order. Whatever selects
    /// observations does it through this.
    pub fn take(&self, positions: &[usize]) -> Self {
        Observations {
            sources: self.sources.clone(),
            rows: positions.iter().map(|k| self.rows[*k].clone()).collect(),
            attributes: self.attributes.take(positions),
            ..Observations::default()
        }
    }

    /// The places at which `keep` holds.
    pub fn positions(&self, mut keep: impl FnMut(usize) -> bool) -> Vec<usize> {
        (0..self.len()).filter(|k| keep(*k)).collect()
    }

    /// With an attribute added, or one of that name replaced.
    ///
    /// # Errors
    /// Another number of values than observations, or the name of a property.
    pub fn with_attribute(mut self, name: &str, values: Column) -> Result<Self> {
        if values.len() != self.len() {
            return Err(Error::new(format!("the attribute \"{name}\" does not fit"))
                .expected(format!("{} values, one for each observation", self.len()))
                .got(values.len()));
        }
        if is_reserved(name) {
            return Err(
                Error::new(format!("\"{name}\" is a property of observations"))
                    .expected("a name of its own for an attribute"),
            );
        }
        self.attributes = self.attributes.with(name, values)?;
        Ok(self)
    }

    /// The attribute called `name`.
    ///
    /// # Errors
    /// There is none: the message lists those there are.
    pub fn attribute(&self, name: &str) -> Result<&Column> {
        let names = self.attributes.names();
        if names.is_empty() {
            let none = format!("the observations have no attribute \"{name}\"");
            return Err(Error::new(none)
                .expected("attributes, the other columns of the table they were read from")
                .got("none"));
        }
        let column = self.attributes.column(name);
        column.map_err(|e| e.at("the attributes of observations"))
    }
}

/// Whether a table of observations uses the name for a property; `error` is an earlier one of `sd`.
fn is_reserved(name: &str) -> bool {
    name == "error" || PROPERTIES.contains(&name)
}

/// The columns of `table` as attributes, but for those that are `used`; one with the name of a
/// property gets `_2` after it.
pub(super) fn beside(table: &Table, used: impl Fn(&str) -> bool) -> Result<Table> {
    let extra = table.columns().iter().filter(|(name, _)| !used(name));
    extra.clone().try_fold(Table::new(), |t, (name, column)| {
        let taken = |n: &str| is_reserved(n) || extra.clone().any(|(other, _)| other == n);
        t.with(&free_name(name, is_reserved(name), taken), column.clone())
    })
}

/// The name itself, or where it is not to be had with the first number after it that is free.
pub(super) fn free_name(name: &str, change: bool, taken: impl Fn(&str) -> bool) -> String {
    if !change {
        return name.to_string();
    }
    let numbered = (2..).map(|n| format!("{name}_{n}"));
    numbered
        .into_iter()
        .find(|n| !taken(n))
        .unwrap_or_else(|| name.to_string())
}

/// Tables below each other, each with its number of rows; where one lacks a column its rows are
/// missing: not a number, or empty text. A column that does not hold one kind of values in one kind
/// of unit, or lacks dates, becomes text.
pub(super) fn stacked(parts: &[(Table, usize)]) -> Table {
    let mut names: Vec<&str> = Vec::new();
    for name in parts.iter().flat_map(|(t, _)| t.names()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let stacked = names.iter().try_fold(Table::new(), |table, name| {
        table.with(name, stacked_column(parts, name))
    });
    stacked.unwrap_or_default() // every column has a value for each row of each part
}

fn stacked_column(parts: &[(Table, usize)], name: &str) -> Column {
    let each: Vec<(Option<&Column>, usize)> = parts
        .iter()
        .map(|(t, n)| (t.column(name).ok(), *n))
        .collect();
    numbers(&each)
        .or_else(|| times(&each))
        .unwrap_or_else(|| text(&each))
}

fn numbers(each: &[(Option<&Column>, usize)]) -> Option<Column> {
    let units = each.iter().filter_map(|(c, _)| match c {
        Some(Column::Numbers(_, unit)) => Some(unit.clone()),
        _ => None,
    });
    let unit: Unit = units.into_iter().next()?;
    let mut all = Vec::new();
    for (column, n) in each {
        match column {
            None => all.extend(std::iter::repeat_n(f64::NAN, *n)),
            Some(Column::Numbers(values, stated)) => {
                let (factor, shift) = stated.conversion_beside(&unit).ok()?;
                all.extend(values.iter().map(|v| v * factor + shift));
            }
            Some(_) => return None,
        }
    }
    Some(Column::Numbers(all, unit))
}

fn times(each: &[(Option<&Column>, usize)]) -> Option<Column> {
    let mut all = Vec::new();
    for (column, n) in each {
        match column {
            Some(Column::Times(values)) => all.extend(values.iter().copied()),
            None if *n == 0 => {}
            _ => return None,
        }
    }
    Some(Column::Times(all))
}

fn text(each: &[(Option<&Column>, usize)]) -> Column {
    let of = |(column, n): &(Option<&Column>, usize)| -> Vec<String> {
        match column {
            None => vec![String::new(); *n],
            Some(c) => (0..*n).map(|k| in_full(c, k)).collect(),
        }
    };
    Column::Text(each.iter().flat_map(of).collect())
}

/// The attributes of observations joined from groups of rows: of numbers the mean of those present,
/// of text and dates what all agree in, as text, or nothing.
///
/// # Errors
/// None for columns of one length.
pub(super) fn joined(table: &Table, groups: &[Vec<usize>]) -> Result<Table> {
    let column = |column: &Column| match column {
        Column::Numbers(v, unit) => {
            let mean = |group: &Vec<usize>| {
                let present = group.iter().map(|k| v[*k]).filter(|x| !x.is_nan());
                let (n, sum) = present.fold((0.0, 0.0), |(n, s), x| (n + 1.0, s + x));
                sum / n // not a number where none is present
            };
            Column::Numbers(groups.iter().map(mean).collect(), unit.clone())
        }
        other => {
            let common = |group: &Vec<usize>| {
                let first = in_full(other, group[0]);
                let agree = group.iter().all(|k| in_full(other, *k) == first);
                if agree { first } else { String::new() }
            };
            Column::Text(groups.iter().map(common).collect())
        }
    };
    let mut columns = table.columns().iter();
    columns.try_fold(Table::new(), |t, (name, c)| t.with(name, column(c)))
}

/// A value as text from which it can be read again; nothing for a missing number.
pub(super) fn in_full(column: &Column, k: usize) -> String {
    match column {
        Column::Numbers(v, _) if v[k].is_nan() => String::new(),
        Column::Numbers(v, _) => v[k].to_string(),
        other => other.cell(k).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::fixture::series;

    fn with(all: Observations, name: &str, values: Column) -> Observations {
        all.with_attribute(name, values).unwrap()
    }

    #[test]
    fn attributes_follow_their_observations() {
        let all = with(
            series("a", &[30, 10, 20]),
            "lab",
            Column::text(["x", "y", "z"]),
        );
        let merged = Observations::merge([all]);
        assert_eq!(
            merged.attribute("lab").unwrap(),
            &Column::text(["y", "z", "x"])
        );
        let last = merged.filter(|o| o.time.seconds() > 10);
        assert_eq!(last.attribute("lab").unwrap(), &Column::text(["z", "x"]));
        assert!(
            last.attribute("labs")
                .unwrap_err()
                .to_string()
                .contains("\"lab\"")
        );
        assert!(
            series("a", &[1])
                .with_attribute("site", Column::text(["x"]))
                .is_err()
        );
        assert!(
            series("a", &[1])
                .with_attribute("lab", Column::numbers([]))
                .is_err()
        );
        assert!(series("a", &[1]).attribute("lab").is_err());
    }

    #[test]
    fn merging_fills_what_a_table_does_not_have() {
        let metres = Column::Numbers(vec![1.0], Unit::parse("m").unwrap());
        let kilometres = Column::Numbers(vec![2.0], Unit::parse("km").unwrap());
        let a = with(series("a", &[1]), "intake", metres);
        let b = with(series("b", &[2]), "lab", Column::text(["x"]));
        let c = with(series("c", &[3]), "intake", kilometres);
        let flag = |flag: Column| with(series("d", &[4]), "flag", flag);
        let (d, e) = (flag(Column::numbers([1.0])), flag(Column::text(["O"])));
        let all = Observations::merge([a, b, c, d, e]);
        let intake = all.attributes.numbers("intake").unwrap();
        assert_eq!((intake[0], intake[2]), (1.0, 2000.0));
        assert!(intake[1].is_nan() && intake[3].is_nan());
        assert_eq!(
            all.attribute("lab").unwrap(),
            &Column::text(["", "x", "", "", ""])
        );
        assert_eq!(
            all.attribute("flag").unwrap(),
            &Column::text(["", "", "", "1", "O"])
        );
    }

    #[test]
    fn joined_attributes_are_means_and_what_all_agree_in() {
        let all = with(
            series("a", &[1, 2, 3]),
            "lab",
            Column::text(["x", "x", "y"]),
        );
        let all = with(all, "flag", Column::numbers([1.0, f64::NAN, 2.0]));
        let two = joined(&all.attributes, &[vec![0, 1], vec![0, 2]]).unwrap();
        assert_eq!(two.column("lab").unwrap(), &Column::text(["x", ""]));
        assert_eq!(two.numbers("flag").unwrap(), [1.0, 1.5]);
    }

    #[test]
    fn a_column_named_like_a_property_gets_a_name_of_its_own() {
        let table = Table::new().with("co2", Column::numbers([1.0])).unwrap();
        let table = table.with("value", Column::numbers([2.0])).unwrap();
        let attributes = beside(&table, |name| name == "co2").unwrap();
        assert_eq!(attributes.names(), ["value_2"]);
    }
}
