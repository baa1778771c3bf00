//! One property of observations for all rows of a table.

use crate::error::{Error, Result, did_you_mean};
use crate::table::{Cell, Column, Table};
use crate::time::Time;
use crate::units::Unit;
use ndarray::{Array2, ArrayView2};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// What a property is taken from.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// A column of the table, in the unit given or its own; where the table has no such column, the
    /// same text, or number with its unit, for all rows.
    Column(String, Option<Unit>),
    /// The same number for all rows.
    Number(f64, Option<Unit>),
    /// A number (row, 1) or a profile (row, level) for each row.
    Profiles(Array2<f64>, Option<Unit>),
}

/// Numbers for each row, NaN where they are missing.
pub(super) enum Numbers<'a> {
    One(f64),
    Each(Vec<f64>),
    /// (row, level), to be multiplied with a factor.
    Profiles(ArrayView2<'a, f64>, f64),
    Lists(Vec<Vec<f64>>),
}

impl Numbers<'_> {
    /// The one number of a row; NaN where there are several.
    pub fn one(&self, k: usize) -> f64 {
        match self {
            Numbers::One(x) => *x,
            Numbers::Each(v) => v[k],
            Numbers::Profiles(a, factor) if a.ncols() == 1 => a[[k, 0]] * factor,
            Numbers::Lists(v) if v[k].len() == 1 => v[k][0],
            _ => f64::NAN,
        }
    }
    /// The numbers of a row.
    pub fn row(&self, k: usize) -> Vec<f64> {
        match self {
            Numbers::Profiles(a, factor) => a.row(k).iter().map(|v| v * factor).collect(),
            Numbers::Lists(v) => v[k].clone(),
            single => vec![single.one(k)],
        }
    }
}

/// A table and what was said of its columns.
pub(super) struct Reader<'a> {
    table: &'a Table,
    given: &'a BTreeMap<String, Given>,
    /// Columns that were read.
    used: RefCell<BTreeSet<&'a str>>,
}

/// The numbers that a text of a column lists; `factor` of the unit in the text, if it has one.
fn numbers_in(
    text: &str,
    column: &str,
    factor: impl Fn(Option<&Unit>) -> Result<f64>,
) -> Result<Vec<f64>> {
    let (numbers, unit) = list(text).map_err(|e| e.at(format!("column \"{column}\"")))?;
    if numbers.is_empty() {
        return Ok(numbers);
    }
    let factor = factor(unit.as_ref())?;
    Ok(numbers.into_iter().map(|v| v * factor).collect())
}

impl<'a> Reader<'a> {
    pub fn new(table: &'a Table, given: &'a BTreeMap<String, Given>) -> Self {
        let used = RefCell::default();
        Reader { table, given, used }
    }
    pub fn rows(&self) -> usize {
        self.table.rows()
    }
    fn find(&self, column: &str) -> Option<&'a Column> {
        let (name, column) = self.table.columns().iter().find(|(n, _)| n == column)?;
        self.used.borrow_mut().insert(name);
        Some(column)
    }
    /// Whether a column was read.
    pub fn has_used(&self, column: &str) -> bool {
        self.used.borrow().contains(column)
    }
    /// Whether the source of a property is stated.
    pub fn is_given(&self, property: &str) -> bool {
        self.given.contains_key(property)
    }
    /// Whether a property is there, as a column of its name or as stated.
    pub fn has(&self, property: &str) -> bool {
        self.is_given(property) || self.table.names().contains(&property)
    }
    /// The text that a property was said to be, a column's name or not.
    pub fn word(&self, property: &str) -> Option<&'a str> {
        match self.given.get(property)? {
            Given::Column(name, _) => Some(name),
            _ => None,
        }
    }

    /// The numbers of a property in `unit`, if they are there.
    pub fn numbers(&self, property: &str, unit: &str) -> Result<Option<Numbers<'a>>> {
        let given = self.given.get(property);
        if let Some(Given::Profiles(values, stated)) = given {
            let profiles = self.profiles(property, values, stated.as_ref(), unit);
            return profiles.map(Some);
        }
        let (name, stated) = match given {
            Some(Given::Number(x, stated)) => {
                let factor = factor(property, property, stated.as_ref(), unit)?;
                return Ok(Some(Numbers::One(x * factor)));
            }
            Some(Given::Column(name, stated)) => (name.as_str(), stated.as_ref()),
            _ if self.find(property).is_some() => (property, None),
            _ => return Ok(None),
        };
        self.column(property, (name, stated), unit).map(Some)
    }

    /// The numbers of a property in a column, or in the text that stands in place of its name.
    fn column(
        &self,
        property: &str,
        (name, stated): (&str, Option<&Unit>),
        unit: &str,
    ) -> Result<Numbers<'a>> {
        let factor = |from: Option<&Unit>| factor(property, name, from, unit);
        Ok(match self.find(name) {
            Some(Column::Numbers(values, unit)) => {
                let factor = factor(stated.or(Some(unit)))?;
                Numbers::Each(values.iter().map(|v| v * factor).collect())
            }
            Some(Column::Text(lists)) => {
                let factor = |unit: Option<&Unit>| factor(stated.or(unit));
                let read = |text: &String| numbers_in(text, name, factor);
                Numbers::Lists(lists.iter().map(read).collect::<Result<_>>()?)
            }
            Some(Column::Times(_)) => {
                return Err(Error::new(format!("{property} cannot be read from dates"))
                    .expected(format!("a column of numbers in {unit}"))
                    .at(format!("column \"{name}\"")));
            }
            None => match list(name) {
                Ok((numbers, stated)) if numbers.len() == 1 => {
                    Numbers::One(numbers[0] * factor(stated.as_ref())?)
                }
                _ => {
                    let missing = self.table.column(name).err();
                    let unread = || Error::new(format!("{property} cannot be read"));
                    return Err(missing.unwrap_or_else(unread).at(property));
                }
            },
        })
    }

    /// Profiles of a property in `unit`.
    fn profiles(
        &self,
        property: &str,
        values: &'a Array2<f64>,
        stated: Option<&Unit>,
        unit: &str,
    ) -> Result<Numbers<'a>> {
        if values.nrows() != self.rows() {
            return Err(Error::new(format!("{property} does not fit the table"))
                .expected(format!("{} rows", self.rows()))
                .got(values.nrows()));
        }
        let factor = factor(property, property, stated, unit)?;
        Ok(Numbers::Profiles(values.view(), factor))
    }

    /// Those of a property that must be there.
    pub fn required(&self, property: &str, unit: &str) -> Result<Numbers<'a>> {
        let numbers = self.numbers(property, unit)?;
        numbers.ok_or_else(|| self.unsaid(property))
    }

    fn unsaid(&self, property: &str) -> Error {
        let what = format!("the table does not say the {property} of its observations");
        Error::new(what)
            .expected(format!(
                "one of its columns: {}",
                self.table.names().join(", ")
            ))
            .hint(format!("{property}: \"name of the column\""))
    }

    /// The text of a property for each row: that of a column, or the same for all.
    pub fn texts(&self, property: &str) -> Result<Option<Vec<Arc<str>>>> {
        let name = match self.given.get(property) {
            None => property,
            Some(Given::Column(name, _)) => name,
            Some(_) => {
                return Err(
                    Error::new(format!("the {property} of observations is text"))
                        .expected("the name of a column, or the same text for all rows"),
                );
            }
        };
        let Some(column) = self.find(name) else {
            if !self.given.contains_key(property) {
                return Ok(None);
            }
            if let Some(near) = did_you_mean(name, self.table.names()) {
                return Err(Error::new(format!("the table has no column \"{name}\""))
                    .expected("a column, or a text unlike any column's name for all rows")
                    .hint(format!("{property}: \"{near}\"")));
            }
            return Ok(Some(vec![name.into(); self.rows()]));
        };
        Ok(Some(texts(column)))
    }

    /// The identifier of each row, if there is one.
    pub fn ids(&self) -> Result<Vec<Option<Arc<str>>>> {
        if let Some(Column::Text(ids)) = self.table.find("id")
            && !self.is_given("id")
        {
            self.find("id");
            // Hardly ever the same: each is a text of its own.
            let id = |t: &String| (!t.is_empty()).then(|| t.as_str().into());
            return Ok(ids.iter().map(id).collect());
        }
        Ok(match self.texts("id")? {
            None => vec![None; self.rows()],
            Some(ids) => ids
                .into_iter()
                .map(|id| (!id.is_empty()).then_some(id))
                .collect(),
        })
    }

    /// The instants of a property, if they are there; none in a row where they cannot be read.
    pub fn times(&self, property: &str) -> Result<Option<Vec<Option<Time>>>> {
        let name = self.word(property).unwrap_or(property);
        let column = match self.find(name) {
            Some(column) => column,
            None if self.is_given(property) => self.table.column(name)?,
            None => return Ok(None),
        };
        match column {
            Column::Times(times) => Ok(Some(times.iter().map(|t| Some(*t)).collect())),
            Column::Text(texts) => Ok(Some(texts.iter().map(|t| t.parse().ok()).collect())),
            Column::Numbers(..) => Err(Error::new("the times of observations are not dates")
                .expected("a column of dates, such as 2016-07-01T13:00")
                .got("numbers")
                .at(format!("column \"{name}\""))),
        }
    }

    /// The `time` of each row, which must be there.
    pub fn instants(&self) -> Result<Vec<Option<Time>>> {
        match self.times("time")? {
            Some(times) => Ok(times),
            None => Err(self.unsaid("time")),
        }
    }
}

/// The text of each row of a column; rows of one text share it.
fn texts(column: &Column) -> Vec<Arc<str>> {
    let mut known: HashMap<String, Arc<str>> = HashMap::new();
    let mut shared = |text: String| match known.get(&text) {
        Some(same) => same.clone(),
        None => {
            let new: Arc<str> = text.as_str().into();
            known.insert(text, new.clone());
            new
        }
    };
    let Column::Text(all) = column else {
        let text = |k| match column.cell(k) {
            Cell::Number(x) => x.to_string(), // in full, as an identifier needs it
            other => other.to_string(),
        };
        return (0..column.len()).map(|k| shared(text(k))).collect();
    };
    let mut last: Arc<str> = "".into();
    let text = |t: &String| {
        if *last != **t {
            last = shared(t.clone());
        }
        last.clone()
    };
    all.iter().map(text).collect()
}

/// What numbers in `from` are multiplied with to be in `unit`. A number without a unit is in the
/// usual one where no other is in use.
fn factor(property: &str, column: &str, from: Option<&Unit>, unit: &str) -> Result<f64> {
    let usual = ["1", "degrees", "m"].contains(&unit);
    match from.filter(|u| !u.to_string().is_empty()) {
        // Degrees north, east or just degrees.
        Some(_) if unit == "degrees" => Ok(1.0),
        Some(from) => from
            .factor_to(&Unit::parse(unit)?)
            .map_err(|e| e.at(property)),
        None if usual => Ok(1.0),
        None => Err(
            Error::new(format!("the {property} of observations needs a unit"))
                .expected(format!("a unit that converts to {unit}"))
                .hint(format!(
                    "{property}: [\"{column}\", \"{}\"]",
                    match unit {
                        "Pa" => "hPa",
                        "s" => "h",
                        _ => "ppm",
                    }
                )),
        ),
    }
}

/// Numbers separated by spaces, and the unit behind them.
fn list(text: &str) -> Result<(Vec<f64>, Option<Unit>)> {
    let mut numbers = Vec::new();
    let mut rest = text.trim();
    while let Some(word) = rest.split_whitespace().next() {
        match word.parse::<f64>() {
            Ok(x) => numbers.push(x),
            Err(_) => break,
        }
        rest = rest[word.len()..].trim_start();
    }
    let unit = if rest.is_empty() {
        None
    } else {
        Some(Unit::parse(rest)?)
    };
    Ok((numbers, unit))
}
