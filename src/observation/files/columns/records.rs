//! The records of one file on their way to observations.

use super::reading::Reading;
use crate::error::{Error, Result};
use crate::io::netcdf::Dataset;
use crate::observation::operator::Column as Retrieval;
use crate::observation::{Columns, Given, Observations, Rejected};
use crate::table::{Column, Table};
use crate::time::Time;
use crate::units::Unit;
use ndarray::Array2;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Numbers at or below this are marks of missing values, also where the file does not declare them:
/// -999, -9999, -10000, -999999.
const LEAST: f64 = -900.0;
/// So are numbers of this size.
const MOST: f64 = 1e30;

/// A number, NaN where it marks a missing one.
fn sound(x: f64) -> f64 {
    if x > LEAST && x < MOST { x } else { f64::NAN }
}

/// The records of one file: selected first, then read.
pub struct Records<'a> {
    file: &'a Dataset,
    how: &'a Reading,
    source: String,
    latitude: Vec<f64>,
    longitude: Vec<f64>,
    time: Vec<Time>,
    /// Positions in the file of those that are kept.
    rows: Vec<usize>,
    rejected: Rejected,
    kind: Option<Vec<Arc<str>>>,
    site: Option<String>,
    scale: Option<String>,
    table: Table,
    given: BTreeMap<String, Given>,
}

impl<'a> Records<'a> {
    /// Those of a file, of the source that is named or else of `source`.
    pub fn new(file: &'a Dataset, how: &'a Reading, source: &str) -> Self {
        Records {
            source: how.source.clone().unwrap_or_else(|| source.to_string()),
            file,
            how,
            latitude: vec![],
            longitude: vec![],
            time: vec![],
            rows: vec![],
            rejected: Rejected::default(),
            kind: None,
            site: None,
            scale: None,
            table: Table::new(),
            given: BTreeMap::new(),
        }
    }

    /// The file.
    pub fn file(&self) -> &Dataset {
        self.file
    }
    /// The number of records that are kept.
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
    /// Whether there is a variable.
    pub fn has(&self, variable: &str) -> bool {
        self.file.shape(variable).is_some()
    }
    /// The first of some names that the file has a variable of.
    ///
    /// # Errors
    /// It has none.
    pub fn first_of<'n>(&self, names: &[&'n str]) -> Result<&'n str> {
        let present = names.iter().find(|n| self.has(n));
        present.copied().ok_or_else(|| {
            Error::new("the file lacks a variable").expected(format!("one of {}", names.join(", ")))
        })
    }

    /// Reads where and when the records are; those off the globe, without a time or outside the
    /// period asked for are left out. Times without a unit are in seconds since 1970.
    ///
    /// # Errors
    /// Variables that are not there or differ in length.
    pub fn begin(&mut self, latitude: &str, longitude: &str, time: &str) -> Result<()> {
        let usual = "seconds since 1970-01-01";
        let times = self.file.all_instants(time, usual)?;
        self.begin_at(latitude, longitude, times)
    }

    /// The same with times that were read otherwise, a time or none for each record.
    ///
    /// # Errors
    /// Variables that are not there or differ in length.
    pub fn begin_at(
        &mut self,
        latitude: &str,
        longitude: &str,
        times: Vec<Option<Time>>,
    ) -> Result<()> {
        let n = times.len();
        self.latitude = self.of_all(latitude, n)?;
        self.longitude = self.of_all(longitude, n)?;
        self.rows = (0..n).collect();
        self.leave_out("no time", |k| times[k].is_none());
        self.time = times.into_iter().map(Option::unwrap_or_default).collect();
        let (lat, lon) = (
            std::mem::take(&mut self.latitude),
            std::mem::take(&mut self.longitude),
        );
        self.leave_out("no position on the globe", |k| {
            !(lat[k].abs() <= 90.0 && (-360.0..=360.0).contains(&lon[k]))
        });
        (self.latitude, self.longitude) = (lat, lon);
        let (start, end) = (self.how.start, self.how.end);
        let time = std::mem::take(&mut self.time);
        self.leave_out("outside the period", |k| {
            start.is_some_and(|s| time[k] < s) || end.is_some_and(|e| time[k] >= e)
        });
        self.time = time;
        Ok(())
    }

    /// One number for each of `n` records, the first where a record has several; those that mark
    /// missing ones NaN.
    fn of_all(&self, variable: &str, n: usize) -> Result<Vec<f64>> {
        let values = self.file.all_numbers(variable)?;
        let width = values.len() / n.max(1);
        if values.len() != n * width || (n > 0 && width == 0) {
            return Err(
                Error::new(format!("\"{variable}\" differs in length from the times"))
                    .expected(format!("{n} values"))
                    .got(values.len()),
            );
        }
        Ok(values
            .into_iter()
            .step_by(width.max(1))
            .map(sound)
            .collect())
    }

    /// The numbers of a flag as they are stored, one for each record of the file.
    ///
    /// # Errors
    /// No such variable, or another number of values than records.
    pub fn flag(&self, variable: &str) -> Result<Vec<f64>> {
        let values = self.file.all_stored(variable)?;
        let n = self.latitude.len();
        if values.len() != n {
            return Err(
                Error::new(format!("\"{variable}\" differs in length from the times"))
                    .expected(format!("{n} values"))
                    .got(values.len()),
            );
        }
        Ok(values)
    }

    /// Leaves out the records for which `test` holds, of those kept so far, and counts them.
    pub fn leave_out(&mut self, reason: &str, test: impl Fn(usize) -> bool) {
        let before = self.rows.len();
        self.rows.retain(|k| !test(*k));
        self.rejected.count(reason, before - self.rows.len());
    }

    /// The kind of each record of the file.
    pub fn kinds(&mut self, kinds: Vec<Arc<str>>) {
        self.kind = Some(kinds);
    }
    /// The site of all records.
    pub fn site(&mut self, site: &str) {
        self.site = Some(site.to_string());
    }
    /// The scale of calibration of the values.
    pub fn on_scale(&mut self, scale: &str) {
        self.scale = Some(scale.to_string());
    }
    /// The scale of calibration, if it is known.
    pub fn scale(&self) -> Option<&str> {
        self.scale.as_deref()
    }

    /// The numbers of a variable in its unit, or in the `usual` one where it does not say a unit
    /// that is understood, of the records kept.
    ///
    /// # Errors
    /// No such variable, or too few values.
    pub fn values(&self, variable: &str, usual: &str) -> Result<(Vec<f64>, Unit)> {
        let (values, unit) = self.profiles(variable, usual)?;
        Ok((values.column(0).to_vec(), unit))
    }

    /// Takes a property, or an attribute, from a variable with one number for each record.
    ///
    /// # Errors
    /// No such variable, or too few values.
    pub fn number(&mut self, property: &str, variable: &str, usual: &str) -> Result<()> {
        let (values, unit) = self.values(variable, usual)?;
        self.put(property, Column::Numbers(values, unit))
    }

    /// The same where the file has the variable.
    ///
    /// # Errors
    /// Too few values.
    pub fn number_if_there(&mut self, property: &str, variable: &str, usual: &str) -> Result<()> {
        if self.has(variable) {
            self.number(property, variable, usual)?;
        }
        Ok(())
    }

    /// The text of a variable, of the records kept.
    ///
    /// # Errors
    /// No such variable, numbers, or too few texts.
    pub fn texts(&self, variable: &str) -> Result<Vec<String>> {
        let all = self.file.text(variable)?;
        if all.len() != self.latitude.len() {
            return Err(
                Error::new(format!("\"{variable}\" differs in length from the times"))
                    .expected(format!("{} texts", self.latitude.len()))
                    .got(all.len()),
            );
        }
        Ok(self.rows.iter().map(|k| all[*k].clone()).collect())
    }

    /// Takes identifiers, which are whole numbers or text.
    ///
    /// # Errors
    /// No such variable, or too few values.
    pub fn identifiers(&mut self, variable: &str) -> Result<()> {
        let ids = match self.file.records_at(variable, &self.rows) {
            Ok(values) if values.ncols() == 1 => {
                Column::text(values.iter().map(|v| *v as i64)) // whole ones are exact
            }
            _ => Column::Text(self.texts(variable)?),
        };
        self.put("id", ids)
    }

    /// Takes a property or an attribute, a value for each record kept.
    ///
    /// # Errors
    /// Another number of values.
    pub fn put(&mut self, property: &str, values: Column) -> Result<()> {
        self.table = std::mem::take(&mut self.table).with(property, values)?;
        Ok(())
    }

    /// The profiles of a variable (record, level) in its unit, or in the usual one, of the records
    /// kept; a variable of levels alone is the profile of all records.
    ///
    /// # Errors
    /// No such variable, or too few records.
    pub fn profiles(&self, variable: &str, usual: &str) -> Result<(Array2<f64>, Unit)> {
        let levels_alone = match self.file.shape(variable).as_deref() {
            Some([m]) => *m != self.latitude.len(),
            _ => false,
        };
        let mut values = if levels_alone {
            let one = ndarray::Array1::from(self.file.all_numbers(variable)?);
            let shape = (self.rows.len(), one.len());
            one.broadcast(shape)
                .map(|v| v.to_owned())
                .unwrap_or_else(|| Array2::zeros(shape))
        } else {
            self.file.records_at(variable, &self.rows)?
        };
        values.mapv_inplace(sound);
        let stated = self
            .file
            .attribute(Some(variable), "units")
            .unwrap_or_default();
        let stated = Unit::as_written(&stated);
        let unsaid = stated.to_string().is_empty() || stated.is_unread() || usual == "1";
        Ok((values, if unsaid { Unit::parse(usual)? } else { stated }))
    }

    /// Takes a profile of the operator's geometry.
    ///
    /// # Errors
    /// No such variable, or too few records.
    pub fn profile(&mut self, property: &str, variable: &str, usual: &str) -> Result<()> {
        let (values, unit) = self.profiles(variable, usual)?;
        self.put_profiles(property, values, unit);
        Ok(())
    }

    /// Takes profiles (record, level) that were made otherwise.
    pub fn put_profiles(&mut self, property: &str, values: Array2<f64>, unit: Unit) {
        let given = Given::Profiles(values, Some(unit));
        self.given.insert(property.to_string(), given);
    }

    /// The observations of columns that the records are.
    ///
    /// # Errors
    /// Numbers of a unit that is not the property's.
    pub fn observations(mut self) -> Result<Observations> {
        let table = self.whole_table()?;
        let columns = Columns {
            given: std::mem::take(&mut self.given),
            operator: Some(Arc::new(Retrieval {
                vertical: self.how.vertical,
                ..Retrieval::default()
            })),
        };
        let mut all = Observations::from_records(&table, &columns)?;
        let file = self.file.path().display().to_string();
        all.rejected = all.rejected.of_records(&self.rows).in_file(&file);
        all.rejected.add(self.rejected);
        if all.sources.is_empty() && !self.how.by_kind {
            all.sources = vec![self.source];
        }
        Ok(all)
    }

    /// The table of the records kept, with their positions, times and names.
    fn whole_table(&mut self) -> Result<Table> {
        let at_kept = |values: &[f64]| {
            let rows = self.rows.iter().map(|k| values[*k]).collect();
            Column::Numbers(rows, Unit::none())
        };
        let times = self.rows.iter().map(|k| self.time[*k]).collect();
        let kind = |k: &usize| self.kind.as_ref().map_or("column", |all| &*all[*k]);
        let source = |k: &usize| match self.how.by_kind {
            true => format!("{}_{}", self.source, kind(k)),
            false => self.source.clone(),
        };
        let all = |text: &String| Column::Text(vec![text.clone(); self.rows.len()]);
        let mut table = std::mem::take(&mut self.table)
            .with("latitude", at_kept(&self.latitude))?
            .with("longitude", at_kept(&self.longitude))?
            .with("time", Column::Times(times))?
            .with("kind", Column::text(self.rows.iter().map(kind)))?
            .with(
                "source",
                Column::Text(self.rows.iter().map(source).collect()),
            )?;
        if let Some(site) = &self.site {
            table = table.with("site", all(site))?;
        }
        match &self.scale {
            Some(scale) => table.with("scale", all(scale)),
            None => Ok(table),
        }
    }
}
