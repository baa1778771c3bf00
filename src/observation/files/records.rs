//! The records of files, from a reader to observations.

use super::place::Place;
use crate::error::{Error, Result, Warning};
use crate::observation::scales::count;
use crate::observation::{Columns, Given, Observations, Rejected};
use crate::table::{Column, Table};
use crate::time::Time;
use crate::units::Unit;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

/// What is wanted of files.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The name of the source; that of each record's kind of network if there is none.
    pub source: String,
    /// The first instant that is read.
    pub start: Option<Time>,
    /// The instant before which records are read.
    pub end: Option<Time>,
    /// Whether records stay that their providers flagged as bad.
    pub flagged: bool,
    /// The unit of values where the file does not say it.
    pub unit: Option<Unit>,
    /// The column of values where a file has several; the format's own where it is empty.
    pub column: String,
    /// Where it was measured, where the file does not say it.
    pub place: Place,
}

impl Default for Reading {
    fn default() -> Self {
        Reading {
            source: "in_situ".into(),
            start: None,
            end: None,
            flagged: false,
            unit: None,
            column: String::new(),
            place: Place::default(),
        }
    }
}

impl Reading {
    /// Whether an instant is wanted.
    pub fn wants(&self, time: Time) -> bool {
        self.start.is_none_or(|t| time >= t) && self.end.is_none_or(|t| time < t)
    }
}

/// The records of a file: the properties of observations by their names, and other columns.
#[derive(Debug, Clone)]
pub struct Records {
    /// The file.
    pub path: PathBuf,
    /// A row for each record: `time`, `latitude`, `longitude`, `value` (with a unit), `site`,
    /// `kind`, and more. `bad` is a text that says why a record is not to be used, or nothing; it
    /// goes once the records are checked.
    pub table: Table,
    /// Records that are no observations.
    pub rejected: Rejected,
    /// What is to be known.
    pub warnings: Vec<Warning>,
}

/// A mole fraction above this has been given the wrong unit \[mol mol-1\].
const HIGHEST: f64 = 0.1;

impl Records {
    /// Records that are not checked yet.
    pub fn new(path: &Path, table: Table) -> Self {
        Records {
            path: path.into(),
            table,
            rejected: Rejected::default(),
            warnings: Vec::new(),
        }
    }

    /// Without records that are not wanted, and without those that are no observations, which are
    /// counted by reason.
    ///
    /// # Errors
    /// A column that must be there is not, or values without a unit of a mole fraction.
    pub fn checked(mut self, reading: &Reading) -> Result<Self> {
        let file_name = self.path.display().to_string();
        self.check(reading)?;
        self.rejected = std::mem::take(&mut self.rejected).in_file(&file_name);
        Ok(self)
    }

    fn check(&mut self, reading: &Reading) -> Result<()> {
        self.table = reading.place.filled(std::mem::take(&mut self.table))?;
        let Column::Times(times) = self.table.column("time")? else {
            return Err(Error::new("the times of the records are no dates"));
        };
        let (values, unit) = match self.table.column("value")? {
            Column::Numbers(values, unit) => (values, unit),
            _ => return Err(Error::new("the values of the records are no numbers")),
        };
        let to_moles = to_moles(unit, reading)?;
        let latitude = self.table.numbers("latitude")?;
        let longitude = self.table.numbers("longitude")?;
        let bad = match self.table.column("bad") {
            Ok(Column::Text(reasons)) => Some(reasons),
            _ => None,
        };
        let heights = ["altitude", "height"].map(|name| self.table.numbers(name).ok());
        let lies = |k: usize| heights.iter().flatten().any(|h| h[k].is_finite());
        let reason = |k: usize| -> Option<&str> {
            let flagged = bad.map(|b| b[k].as_str()).filter(|r| !r.is_empty());
            let value = values[k] * to_moles;
            match flagged {
                Some(unreadable) if UNREADABLE.contains(&unreadable) => Some(unreadable),
                _ if !value.is_finite() => Some("no value"),
                _ if value <= 0.0 => Some("a value that is not positive"),
                _ if value > HIGHEST => Some("a value that is no mole fraction of a trace gas"),
                _ if !on_the_globe(latitude[k], longitude[k]) => Some("no position on the globe"),
                _ if !lies(k) => Some("no altitude"),
                Some(reason) if !reading.flagged => Some(reason),
                _ => None,
            }
        };
        let mut valid = Vec::new();
        for (k, time) in times.iter().enumerate() {
            match reason(k) {
                Some(reason) if UNREADABLE.contains(&reason) => self.rejected.record(k, reason),
                _ if !reading.wants(*time) => {}
                Some(reason) => self.rejected.record(k, reason),
                None => valid.push(k),
            }
        }
        let in_moles = values.iter().map(|v| v * to_moles).collect();
        self.keep(&valid, in_moles, &reading.source)
    }

    /// The records that stay, with their values \[mol mol-1\] and their source.
    fn keep(&mut self, rows: &[usize], values: Vec<f64>, source: &str) -> Result<()> {
        let n = values.len();
        let values = Column::Numbers(values, Unit::parse("mol mol-1")?);
        let table = self.table.clone().with("value", values)?;
        let table = table.with("source", sources(source, n))?;
        let names: Vec<&str> = table.names().into_iter().filter(|n| *n != "bad").collect();
        let table = table.select(&names)?;
        self.table = match rows.len() == n {
            true => table,
            false => table.take(rows),
        };
        Ok(())
    }
}

/// The reason of a record whose time cannot be read.
pub(super) const UNREAD_TIME: &str = "no time";
/// The reason of a line that has more or fewer values than columns.
pub(super) const RAGGED: &str = "a line with another number of values";
/// Reasons that leave no time to tell whether a record is wanted.
const UNREADABLE: [&str; 2] = [UNREAD_TIME, RAGGED];

fn on_the_globe(latitude: f64, longitude: f64) -> bool {
    latitude.abs() <= 90.0 && longitude.abs() <= 360.0
}

/// What values of a unit, else of that which was given, are multiplied with \[mol mol-1\].
fn to_moles(unit: &Unit, reading: &Reading) -> Result<f64> {
    let unit = match (unit.to_string().is_empty(), &reading.unit) {
        (false, _) => unit,
        (true, Some(given)) => given,
        (true, None) => {
            return Err(Error::new("the file does not say the unit of its values")
                .expected("a unit of a mole fraction")
                .hint("unit: \"ppm\""));
        }
    };
    unit.factor_to(&Unit::parse("mol mol-1")?)
        .map_err(|e| e.at("the unit of the values").hint("unit: \"ppm\""))
}

fn sources(name: &str, rows: usize) -> Column {
    Column::Text(vec![name.to_string(); rows])
}

/// The observations of all records, and the warnings of all files and of what differs among them.
///
/// # Errors
/// Those of [`Observations::from_table`].
pub(super) fn observations(files: Vec<Records>) -> Result<(Observations, Vec<Warning>)> {
    let mut warnings = Vec::new();
    let mut parts = Vec::new();
    let mut gases = BTreeMap::new();
    for file in files {
        let file_name = file.path.display().to_string();
        count(&file.table, "gas", str::to_lowercase, &mut gases);
        warnings.extend(file.warnings);
        let mut part = Observations::from_table(&file.table, &columns(&file.table))
            .map_err(|e| e.at(&file_name))?;
        part.rejected = part.rejected.in_file(&file_name);
        part.rejected.add(file.rejected);
        parts.push(part);
    }
    let all = Observations::merge(parts);
    warnings.extend(all.mixed_scales());
    warnings.extend(mixed_gases(&gases));
    warnings.extend(duplicates(&all));
    Ok((all, warnings))
}

/// A point takes its height from the table where a record has one.
fn columns(table: &Table) -> Columns {
    let geometry = ["height", "elevation", "pressure"].into_iter();
    let there = geometry.filter(|name| table.column(name).is_ok());
    let given = there.map(|name| (name.to_string(), Given::Column(name.into(), None)));
    Columns {
        given: given.collect(),
        operator: None,
    }
}

/// A warning of files that hold several gases, with the number of records of each.
fn mixed_gases(gases: &BTreeMap<String, usize>) -> Option<Warning> {
    let each = gases.iter().map(|(text, n)| format!("{text} ({n})"));
    let each = each.collect::<Vec<_>>().join(", ");
    let text = format!("the observations are of several gases: {each}; choose one of them");
    (gases.len() > 1).then(|| Warning::new("mixed_gases", text))
}

/// A warning of observations that are in the files twice: of one identifier, or where there is none
/// of one site, kind, time, position and value.
fn duplicates(all: &Observations) -> Option<Warning> {
    let mut met = HashSet::new();
    let mut twice = 0;
    for o in &all.rows {
        let numbers = match o.id {
            Some(_) => [0; 4],
            None => [o.latitude, o.longitude, o.altitude, o.value].map(f64::to_bits),
        };
        let time = o.id.is_none().then_some(o.time);
        if !met.insert((o.id.clone(), o.site.clone(), o.kind.clone(), time, numbers)) {
            twice += 1;
        }
    }
    (twice > 0).then(|| {
        let text = format!(
            "{twice} of {} observations are in the files twice",
            all.len()
        );
        Warning::new("duplicate_records", text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(values: &[f64], longitudes: &[f64]) -> Table {
        let n = values.len();
        let times = (0..n as i64).map(|k| Time::from_seconds(3600 * k));
        Table::new()
            .with("time", Column::Times(times.collect()))
            .and_then(|t| t.with("latitude", Column::numbers(vec![10.0; n])))
            .and_then(|t| t.with("longitude", Column::numbers(longitudes)))
            .and_then(|t| t.with("altitude", Column::numbers(vec![10.0; n])))
            .and_then(|t| {
                let ppm = Unit::parse("ppm")?;
                t.with("value", Column::Numbers(values.to_vec(), ppm))
            })
            .and_then(|t| t.with("site", Column::Text(vec!["MLO".into(); n])))
            .unwrap()
    }

    fn read(table: Table) -> (Observations, Vec<Warning>) {
        let records = Records::new(Path::new("a.nc"), table);
        observations(vec![records.checked(&Reading::default()).unwrap()]).unwrap()
    }

    #[test]
    fn records_that_are_no_observations_are_counted_by_reason() {
        let values = [400.0, f64::NAN, -999.0, 4e8, 401.0, 402.0];
        let given = table(&values, &[0.0, 0.0, 0.0, 0.0, 361.0, 200.0]);
        let bad = ["", "", "", "", "", "rejected by its flag"];
        let (all, _) = read(given.with("bad", Column::text(bad)).unwrap());
        assert_eq!(all.len(), 1);
        let counts: Vec<_> = all
            .rejected
            .counts()
            .iter()
            .map(|(r, n)| (&**r, *n))
            .collect();
        assert_eq!(
            counts,
            [
                ("a value that is no mole fraction of a trace gas", 1),
                ("a value that is not positive", 1),
                ("no position on the globe", 1),
                ("no value", 1),
                ("rejected by its flag", 1),
            ]
        );
        assert_eq!(&*all.rejected.records()[0].file, "a.nc");
        // All of them may be none: the file is still a file of observations.
        assert!(read(table(&[f64::NAN], &[0.0])).0.is_empty());
    }

    #[test]
    fn records_twice_and_scales_that_differ_are_warned_of() {
        let of = |scale: &str| {
            let table = table(&[400.0, 401.0], &[0.0, 0.0]);
            table.with("scale", Column::text([scale; 2])).unwrap()
        };
        let files = |tables: Vec<Table>| {
            let checked = |t| Records::new(Path::new("a.nc"), t).checked(&Reading::default());
            let files = tables.into_iter().map(checked).collect::<Result<Vec<_>>>();
            let (_, warnings) = observations(files.unwrap()).unwrap();
            let names = warnings.iter().map(|w| w.name.clone()).collect::<Vec<_>>();
            names.join(" ")
        };
        let (old, new) = ("WMO CO2 X2007", "CO2_X2019");
        assert_eq!(
            files(vec![of(old), of(new)]),
            "mixed_scales duplicate_records"
        );
        assert_eq!(files(vec![of(new)]), "");
    }

    #[test]
    fn a_period_is_read_alone_and_units_must_be_known() {
        let reading = Reading {
            start: Some(Time::from_seconds(3600)),
            end: Some(Time::from_seconds(7200)),
            ..Reading::default()
        };
        let records = Records::new(Path::new("a.nc"), table(&[1.0, 2.0, 3.0], &[0.0; 3]));
        let one = records.clone().checked(&reading).unwrap().table;
        assert_eq!(one.rows(), 1);
        let bare = Column::numbers([1.0, 2.0, 3.0]);
        let bare = Records::new(
            Path::new("a.nc"),
            records.table.with("value", bare).unwrap(),
        );
        assert!(bare.clone().checked(&Reading::default()).is_err());
        let ppm = Reading {
            unit: Some(Unit::parse("ppm").unwrap()),
            ..Reading::default()
        };
        assert_eq!(
            bare.checked(&ppm).unwrap().table.numbers("value").unwrap()[0],
            1e-6
        );
    }
}
