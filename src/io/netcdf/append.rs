//! Records appended to a CF-1.8 file while a run goes on.
//!
//! The file is of the classic format with 64-bit offsets: its header is written whole at the start,
//! and a record is added behind what is there. Whoever reads it meets the records that are whole,
//! and a process that is killed leaves them.

use super::cf_names::{axis_attributes, cf_unit, long_name, safe_name};
use super::packing::DEFAULT_FILL;
use super::write_coordinates::{describe, failed};
use super::write_field::put_meaning;
use crate::error::{Error, Result};
use crate::field::{Coordinate, Dimension, Field};
use crate::io::write_whole;
use crate::time::Time;
use netcdf::{Extent, FileMut, Options};
use std::path::Path;

/// A file of records along an unlimited dimension.
#[derive(Debug, Clone)]
pub struct Records<'a> {
    /// Title of the file.
    pub title: &'a str,
    /// Name of the unlimited dimension, the first of every field.
    pub along: &'a str,
    /// The fields, all with the same records.
    pub fields: &'a [Field],
    /// The ends of the intervals that records along `time` stand for, one more than records; none
    /// for instants.
    pub edges: &'a [Time],
}

impl Records<'_> {
    /// Writes the records from number `at` on, over those that are there, or behind all of them;
    /// the file is made if absent.
    ///
    /// # Errors
    /// Fields that do not begin with the unlimited dimension or differ along it, another file than
    /// these records belong to, fewer records there than `at`, a disk that is full.
    pub fn append(&self, path: &Path, at: Option<usize>) -> Result<()> {
        let records = self.check()?;
        if !path.exists() {
            write_whole(path, |part| self.create(part))?;
        }
        crate::limits::may_write(path)?;
        let located = |e: Error| e.at(format!("file \"{}\"", path.display()));
        let mut file = netcdf::append(path).map_err(failed).map_err(located)?;
        self.put(&mut file, at, records).map_err(located)?;
        file.close().map_err(failed).map_err(located)
    }

    /// The unlimited dimension with its coordinate.
    fn check(&self) -> Result<&Dimension> {
        let first = |f: &Field| f.dimensions().first().map(|d| d.name.clone());
        let wrong = self
            .fields
            .iter()
            .find(|f| first(f).as_deref() != Some(self.along));
        if let Some(field) = wrong {
            return Err(
                Error::new(format!("\"{}\" is not laid out in records", field.name))
                    .expected(format!("\"{}\" as its first dimension", self.along))
                    .got(format!("{:?}", first(field).unwrap_or_default())),
            );
        }
        let all = self.fields.iter().map(|f| &f.dimensions()[0]);
        let records = all
            .clone()
            .next()
            .ok_or_else(|| Error::new("there is nothing to append"))?;
        if all.clone().any(|d| d != records) {
            return Err(Error::new(format!(
                "the fields differ along \"{}\"",
                self.along
            )));
        }
        if !self.edges.is_empty() && self.edges.len() != records.len() + 1 {
            return Err(Error::new("the ends of intervals do not fit the records")
                .expected(records.len() + 1)
                .got(self.edges.len()));
        }
        Ok(records)
    }

    fn create(&self, path: &Path) -> Result<()> {
        let mut file = netcdf::create_with(path, Options::_64BIT_OFFSET).map_err(failed)?;
        let program = concat!("mcas ", env!("CARGO_PKG_VERSION"));
        for (name, value) in [
            ("Conventions", "CF-1.8"),
            ("title", self.title),
            ("source", program),
        ] {
            file.add_attribute(name, value).map_err(failed)?;
        }
        file.add_unlimited_dimension(self.along).map_err(failed)?;
        let mut made: Vec<&Dimension> = vec![];
        for d in self.fields.iter().flat_map(|f| &f.dimensions()[1..]) {
            match made.iter().find(|m| m.name == d.name) {
                Some(other) if *other != d => {
                    return Err(Error::new(format!(
                        "the fields differ along \"{}\"",
                        d.name
                    )));
                }
                Some(_) => {}
                None => made.push(d),
            }
        }
        for d in &made {
            file.add_dimension(&safe_name(&d.name), d.len())
                .map_err(failed)?;
        }
        self.define_records(&mut file)?;
        made.iter().try_for_each(|d| define(&mut file, d))?;
        for field in self.fields {
            let names: Vec<String> = field
                .dimensions()
                .iter()
                .map(|d| safe_name(&d.name))
                .collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let mut variable = file
                .add_variable::<f64>(&safe_name(&field.name), &names)
                .map_err(failed)?;
            variable.set_fill_value(DEFAULT_FILL).map_err(failed)?;
            put_meaning(&mut variable, field)?;
        }
        file.enddef().map_err(failed)?;
        made.iter().try_for_each(|d| fill(&mut file, d))?;
        file.close().map_err(failed)
    }

    /// The coordinate along the unlimited dimension, without values yet.
    fn define_records(&self, file: &mut FileMut) -> Result<()> {
        if !self.edges.is_empty() {
            file.add_dimension("bnds", 2).map_err(failed)?;
            file.add_variable::<f64>("time_bnds", &[self.along, "bnds"])
                .map_err(failed)?;
        }
        match &self.fields[0].dimensions()[0].coordinate {
            Coordinate::Times(_) => {
                let bounds = if self.edges.is_empty() {
                    ""
                } else {
                    "time_bnds"
                };
                let mut v = file
                    .add_variable::<f64>(self.along, &[self.along])
                    .map_err(failed)?;
                describe(
                    &mut v,
                    &[
                        ("standard_name", "time"),
                        ("long_name", "time"),
                        ("axis", "T"),
                        ("units", "seconds since 1970-01-01"),
                        ("calendar", "proleptic_gregorian"),
                        ("bounds", bounds),
                    ],
                )
            }
            Coordinate::Numbers(_, unit) => {
                let mut v = file
                    .add_variable::<f64>(self.along, &[self.along])
                    .map_err(failed)?;
                describe(
                    &mut v,
                    &[
                        ("long_name", &long_name(self.along)),
                        ("units", &cf_unit(unit).0),
                    ],
                )
            }
            Coordinate::Index(_) | Coordinate::Labels(_) => Ok(()),
        }
    }

    fn put(&self, file: &mut FileMut, at: Option<usize>, records: &Dimension) -> Result<()> {
        let there = file.dimension(self.along).map_or(0, |d| d.len());
        let at = at.unwrap_or(there);
        if there < at {
            return Err(Error::new("records are missing before those to append")
                .expected(format!("{at} records"))
                .got(there));
        }
        let rows: Extent = (at..at + records.len()).into();
        let mut write = |name: &str, values: &[f64], shape: &[usize]| {
            let mut variable = file.variable_mut(name).ok_or_else(|| {
                Error::new(format!("the file has no variable \"{name}\" to append to"))
            })?;
            let lengths: Vec<usize> = variable.dimensions()[1..].iter().map(|d| d.len()).collect();
            if lengths != shape {
                return Err(Error::new(format!("\"{name}\" does not fit the file"))
                    .expected(format!("{lengths:?}"))
                    .got(format!("{shape:?}")));
            }
            let mut extents = vec![rows];
            extents.extend(shape.iter().map(|n| Extent::from(0..*n)));
            variable.put_values(values, extents).map_err(failed)
        };
        let seconds = |times: &[Time]| times.iter().map(|t| t.seconds() as f64).collect::<Vec<_>>();
        match &records.coordinate {
            Coordinate::Times(times) => write(self.along, &seconds(times), &[])?,
            Coordinate::Numbers(values, _) => write(self.along, values, &[])?,
            Coordinate::Index(_) | Coordinate::Labels(_) => {}
        }
        if !self.edges.is_empty() {
            let ends = seconds(self.edges);
            let pairs: Vec<f64> = ends.windows(2).flatten().copied().collect();
            write("time_bnds", &pairs, &[2])?;
        }
        self.fields.iter().try_for_each(|field| {
            let known = |v: &f64| if v.is_nan() { DEFAULT_FILL } else { *v };
            let values: Vec<f64> = field.data().iter().map(known).collect();
            write(&safe_name(&field.name), &values, &field.shape()[1..])
        })
    }
}

/// A coordinate of fixed length, without values yet; names are the meanings of its numbers.
fn define(file: &mut FileMut, dimension: &Dimension) -> Result<()> {
    let name = safe_name(&dimension.name);
    match &dimension.coordinate {
        Coordinate::Numbers(_, unit) => {
            let mut variable = file.add_variable::<f64>(&name, &[&name]).map_err(failed)?;
            describe(&mut variable, &axis_attributes(&dimension.name, unit))?;
            describe(&mut variable, &[("units", &cf_unit(unit).0)])
        }
        Coordinate::Labels(labels) => {
            let mut variable = file.add_variable::<i32>(&name, &[&name]).map_err(failed)?;
            let numbers: Vec<i32> = (0..).take(labels.len()).collect();
            variable
                .put_attribute("flag_values", numbers)
                .map_err(failed)?;
            let meanings: Vec<String> = labels.iter().map(|l| safe_name(l)).collect();
            describe(
                &mut variable,
                &[
                    ("long_name", &long_name(&dimension.name)),
                    ("flag_meanings", &meanings.join(" ")),
                ],
            )
        }
        Coordinate::Index(_) | Coordinate::Times(_) => Ok(()),
    }
}

fn fill(file: &mut FileMut, dimension: &Dimension) -> Result<()> {
    let name = safe_name(&dimension.name);
    let Some(mut variable) = file.variable_mut(&name) else {
        return Ok(());
    };
    match &dimension.coordinate {
        Coordinate::Numbers(values, _) => variable.put_values(values, ..).map_err(failed),
        Coordinate::Labels(labels) => {
            let numbers: Vec<i32> = (0..).take(labels.len()).collect();
            variable.put_values(&numbers, ..).map_err(failed)
        }
        Coordinate::Index(_) | Coordinate::Times(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Dataset, read};
    use super::*;
    use crate::units::Unit;
    use ndarray::ArrayD;

    fn day(k: i64) -> Time {
        Time::from_seconds(k * 86_400)
    }

    /// Two regions and three latitudes at one time, filled with numbers from `first`.
    fn fields(time: i64, first: f64) -> [Field; 2] {
        let names: Vec<String> = ["Africa", "Eurasia temperate"].map(String::from).to_vec();
        let of = |name: &str, other: Dimension| {
            let n = other.len();
            let dimensions = vec![Dimension::times(vec![day(time)]), other];
            let values = (0..n).map(|k| first + k as f64).collect();
            let data = ArrayD::from_shape_vec(vec![1, n], values).unwrap();
            Field::new(name, Unit::parse("PgC yr-1").unwrap(), dimensions, data).unwrap()
        };
        let lat = vec![-45.0, 0.0, 45.0];
        let degrees = Unit::parse("degrees_north").unwrap();
        [
            of("theta", Dimension::labels("region", names)),
            of("nee", Dimension::numbers("lat", lat, degrees)),
        ]
    }

    fn append(path: &Path, record: usize, first: f64) -> Result<()> {
        let time = record as i64;
        let edges = [day(time), day(time + 1)];
        let records = Records {
            title: "t",
            along: "time",
            fields: &fields(time, first),
            edges: &edges,
        };
        records.append(path, Some(record))
    }

    #[test]
    fn records_are_read_while_more_are_appended_and_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.nc");
        for k in 0..3 {
            append(&path, k, 10.0 * k as f64).unwrap();
            let file = Dataset::open(&path).unwrap();
            assert_eq!(file.times("time").unwrap().len(), k + 1);
        }
        let nee = read(&path, "nee").unwrap();
        assert_eq!(nee.shape(), [3, 3]);
        assert_eq!(
            nee.data().iter().copied().collect::<Vec<_>>()[3..],
            [10.0, 11.0, 12.0, 20.0, 21.0, 22.0]
        );
        // A run that goes on from before writes over what was there.
        append(&path, 1, 50.0).unwrap();
        let theta = read(&path, "theta").unwrap();
        assert_eq!(
            theta.data().iter().copied().collect::<Vec<_>>(),
            [0.0, 1.0, 50.0, 51.0, 20.0, 21.0]
        );
        let bounds = read(&path, "time_bnds").unwrap();
        assert_eq!(bounds.shape(), [3, 2]);
        let file = Dataset::open(&path).unwrap();
        let meanings = file.attribute(Some("region"), "flag_meanings");
        assert_eq!(meanings.as_deref(), Some("Africa Eurasia_temperate"));
        assert_eq!(
            file.attribute(Some("time"), "bounds").as_deref(),
            Some("time_bnds")
        );
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.nc");
        append(&path, 0, 0.0).unwrap();
        let message = append(&path, 2, 0.0).unwrap_err().to_string();
        assert!(message.contains("records are missing"), "{message}");
        let other = [fields(0, 0.0)[0].clone().named("mu")];
        let records = Records {
            title: "t",
            along: "time",
            fields: &other,
            edges: &[],
        };
        assert!(
            records
                .append(&path, None)
                .unwrap_err()
                .to_string()
                .contains("no variable \"mu\"")
        );
        let records = Records {
            along: "obs",
            ..records
        };
        assert!(
            records
                .append(&path, None)
                .unwrap_err()
                .to_string()
                .contains("not laid out in records")
        );
    }
}
