//! One quantity in a set of files: which variable it is, where each record lies, and its values,
//! checked.

use super::axes::Axes;
use super::quantity::Quantity;
use crate::error::{Error, Result};
use crate::field::Field;
use crate::io::netcdf::Dataset;
use crate::time::Time;
use crate::units::Unit;
use ndarray::{Array2, Array3, Axis, Ix2, Ix3, Slice};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One record.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The file.
    pub path: Arc<Path>,
    /// Position along the file's time dimension.
    pub position: usize,
    /// Its instant, where the file is asked for one.
    pub time: Option<Time>,
}

/// A quantity in its files, records in order of time.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its name in the files.
    pub name: String,
    /// What it is.
    pub quantity: Quantity,
    /// Its records.
    pub records: Vec<Record>,
    /// Latitudes and longitudes.
    pub axes: Axes,
    /// The dimension of levels in the file, and their number; none for a field at the ground.
    pub levels: Option<(String, usize)>,
    time_dimension: String,
    /// Whether the file's first level is the highest: values are turned.
    pub top_first: bool,
}

impl Variable {
    /// Looks through `files`; `None` where no file has the quantity. With `timed` every record must
    /// have its instant, else the records stay in the order of the files.
    ///
    /// # Errors
    /// A file that cannot be read, dimensions other than time, levels, latitude and longitude,
    /// instants that overlap or leave a gap.
    pub fn find(files: &[PathBuf], quantity: Quantity, timed: bool) -> Result<Option<Self>> {
        let mut found: Option<Variable> = None;
        for path in files {
            let file = Dataset::open(path)?;
            let Some((name, dimensions)) = named(&file, &quantity) else {
                continue;
            };
            let place = |e: Error| {
                e.at(format!("variable \"{name}\""))
                    .at(format!("file \"{}\"", path.display()))
            };
            let (time, levels) = shape(&quantity, &dimensions).map_err(place)?;
            if time.1 == 0 {
                return Err(place(
                    Error::new("the file has no records")
                        .expected(format!("at least one along \"{}\"", time.0))
                        .got(0),
                ));
            }
            let times = if timed {
                Some(instants(&file, &time.0).map_err(place)?)
            } else {
                None
            };
            let path: Arc<Path> = path.as_path().into();
            let records = (0..time.1).map(|position| Record {
                path: path.clone(),
                position,
                time: times.as_ref().map(|t| t[position]),
            });
            match &mut found {
                Some(v) if v.name != name || v.levels != levels => {
                    return Err(place(
                        Error::new("the files differ in names or levels")
                            .expected(format!("\"{}\", {:?}", v.name, v.levels)),
                    ));
                }
                Some(v) => v.records.extend(records),
                None => {
                    let axes = Axes::of(&file.field_at(&name, &time.0, 0)?).map_err(place)?;
                    let records = records.collect();
                    found = Some(Variable {
                        name,
                        quantity,
                        records,
                        axes,
                        levels,
                        time_dimension: time.0,
                        top_first: false,
                    });
                }
            }
        }
        if let Some(v) = found.as_mut().filter(|_| timed) {
            v.put_in_order()?;
        }
        Ok(found)
    }

    /// As [`Variable::find`], but it must be there.
    ///
    /// # Errors
    /// No file has it.
    pub fn require(files: &[PathBuf], quantity: Quantity, timed: bool) -> Result<Self> {
        Variable::find(files, quantity, timed)?.ok_or_else(|| {
            let names: Vec<String> = quantity.names.iter().map(|n| format!("\"{n}\"")).collect();
            let places = files
                .first()
                .map(|f| format!("file \"{}\"", f.display()))
                .unwrap_or_default();
            let more = if files.len() > 1 {
                format!(" and {} more", files.len() - 1)
            } else {
                String::new()
            };
            Error::new(format!("no file has {}", quantity.what))
                .expected(format!("a variable {}", names.join(" or ")))
                .got(names_in(files))
                .at(format!("{places}{more}"))
        })
    }

    fn put_in_order(&mut self) -> Result<()> {
        self.records.sort_by_key(|r| r.time);
        let steps: Vec<f64> = self
            .records
            .windows(2)
            .map(|w| {
                w[1].time
                    .unwrap_or_default()
                    .since(w[0].time.unwrap_or_default())
            })
            .collect();
        let mut sorted = steps.clone();
        sorted.sort_by(f64::total_cmp);
        let Some(usual) = sorted.get(sorted.len() / 2) else {
            return Ok(());
        };
        let Some(k) = steps.iter().position(|s| *s <= 0.0 || *s > 1.5 * usual) else {
            return Ok(());
        };
        let [(before, from), (after, to)] = [k, k + 1].map(|k| {
            (
                self.records[k].time.unwrap_or_default(),
                self.records[k].path.display().to_string(),
            )
        });
        let place = |e: Error| {
            if from == to {
                e.at(format!("file \"{from}\""))
            } else {
                e.at(format!("files \"{from}\" and \"{to}\""))
            }
        };
        Err(place(if steps[k] <= 0.0 {
            Error::new("an instant is there twice")
                .got(before)
                .at(format!("variable \"{}\"", self.name))
                .hint("each file once")
        } else if let Some([inner, outer]) = self.overlap() {
            return Err(Error::new("two files overlap in time")
                .expected(
                    "the records of one after those of the other, or in even steps between them",
                )
                .got(format!(
                    "{} within the other file",
                    inner.time.unwrap_or_default()
                ))
                .at(format!("variable \"{}\"", self.name))
                .at(format!(
                    "files \"{}\" and \"{}\"",
                    inner.path.display(),
                    outer.path.display()
                ))
                .hint("each time once"));
        } else {
            Error::new("there is a gap in time")
                .expected(format!(
                    "{after} at most {} h after {before}",
                    usual / 3600.0
                ))
                .got(format!("{} h", steps[k] / 3600.0))
                .at(format!("variable \"{}\"", self.name))
                .hint("the files in between")
        }))
    }

    /// A record that lies between two of another file, and one of that file.
    fn overlap(&self) -> Option<[&Record; 2]> {
        let later = |k: usize| {
            self.records[k + 1..]
                .iter()
                .any(|r| r.path == self.records[k].path)
        };
        let k = (1..self.records.len())
            .find(|k| self.records[*k].path != self.records[k - 1].path && later(k - 1))?;
        Some([&self.records[k], &self.records[k - 1]])
    }

    /// Instants of the records.
    pub fn times(&self) -> Vec<Time> {
        self.records.iter().filter_map(|r| r.time).collect()
    }

    /// How many records there are, and from when to when.
    pub fn record_span(&self) -> String {
        let ends = [self.records.first(), self.records.last()].map(|r| r.and_then(|r| r.time));
        let span = if let [Some(first), Some(last)] = ends {
            format!(", {first} to {last}")
        } else {
            String::new()
        };
        format!(
            "{} record{}{span}",
            self.records.len(),
            if self.records.len() == 1 { "" } else { "s" }
        )
    }

    /// An error's place: the variable, the instant and the file of a record.
    pub fn place(&self, record: usize, error: Error) -> Error {
        let r = &self.records[record];
        let time = r
            .time
            .map_or_else(|| format!("record {}", r.position), |t| t.to_string());
        error
            .at(format!("variable \"{}\"", self.name))
            .at(time)
            .at(format!("file \"{}\"", r.path.display()))
    }

    /// The values of a record (level, lat, lon) in the unit of the quantity: level 0 lowest, from
    /// the south, eastward. A value may be missing where `masked` (level, lat, lon) says so, and is
    /// then NaN.
    ///
    /// # Errors
    /// Values that cannot be read, of another unit, missing, or out of range.
    pub fn read(
        &self,
        record: usize,
        masked: impl Fn(usize, usize, usize) -> bool,
    ) -> Result<Array3<f64>> {
        let r = &self.records[record];
        let field =
            Dataset::open(&r.path)?.field_at(&self.name, &self.time_dimension, r.position)?;
        let place = |e| self.place(record, e);
        if Axes::of(&field).map_err(place)? != self.axes {
            return Err(place(Error::new(
                "the file is on another grid than the first one",
            )));
        }
        let values = self.values(&field).map_err(place)?;
        let (low, high) = self.quantity.range;
        match values.indexed_iter().find(|((k, j, i), v)| {
            if v.is_nan() {
                !masked(*k, *j, *i)
            } else {
                **v < low || **v > high
            }
        }) {
            None => Ok(values),
            Some(((k, j, i), v)) => Err(place(self.bad_value(*v, (k, j, i)))),
        }
    }

    fn values(&self, field: &Field) -> Result<Array3<f64>> {
        let factor = unit_factor(field, &self.quantity)?;
        let data = field.data().view();
        let three = match data.ndim() {
            2 => data
                .into_dimensionality::<Ix2>()
                .map(|d| d.insert_axis(Axis(0))),
            _ => data.into_dimensionality::<Ix3>(),
        };
        let mut view = three.map_err(|_| {
            Error::new("the variable has other dimensions than levels, latitude and longitude")
        })?;
        if self.top_first {
            view.slice_axis_inplace(Axis(0), Slice::new(0, None, -1));
        }
        let mut values = self.axes.ordered(view);
        if factor != 1.0 {
            values.mapv_inplace(|v| v * factor);
        }
        Ok(values)
    }

    fn bad_value(&self, value: f64, (k, j, i): (usize, usize, usize)) -> Error {
        let level = self
            .levels
            .as_ref()
            .map_or(String::new(), |_| format!(", level {k} from the ground"));
        self.quantity
            .refused(value)
            .at(format!("{}{level}", cell(&self.axes, j, i)))
    }
}

/// A cell, for messages.
fn cell(axes: &Axes, j: usize, i: usize) -> String {
    format!("the cell at {} north, {} east", axes.lat[j], axes.lon[i])
}

/// The variables of some files, without their axes and the bounds of these.
fn names_in(files: &[PathBuf]) -> String {
    let mut names: Vec<String> = Vec::new();
    for file in files.iter().filter_map(|f| Dataset::open(f).ok()) {
        let found = file
            .list()
            .into_iter()
            .filter(|l| {
                l.dimensions.len() >= 2 && !l.name.ends_with("_bnds") && !names.contains(&l.name)
            })
            .map(|l| l.name);
        let found: Vec<String> = found.collect();
        names.extend(found);
    }
    match names.len() {
        0 => "no variable of two or more dimensions".into(),
        n if n <= 20 => names.join(", "),
        n => format!("{} and {} more", names[..20].join(", "), n - 20),
    }
}

/// A quantity without time, such as the height of the ground (lat, lon), where a file has it on
/// these axes.
///
/// # Errors
/// A file that cannot be read, a wrong unit, values that are missing or out of range.
pub fn constant(
    files: &[PathBuf],
    quantity: &Quantity,
    axes: &Axes,
) -> Result<Option<Array2<f64>>> {
    for path in files {
        let file = Dataset::open(path)?;
        let Some((name, dimensions)) = named(&file, quantity) else {
            continue;
        };
        let field = file.field(&name)?;
        if dimensions.len() != 2 || Axes::of(&field).ok().as_ref() != Some(axes) {
            continue;
        }
        let place = |e: Error| {
            e.at(format!("variable \"{name}\""))
                .at(format!("file \"{}\"", path.display()))
        };
        let factor = unit_factor(&field, quantity).map_err(place)?;
        if let Ok(flat) = field.data().view().into_dimensionality::<Ix2>() {
            let values = axes
                .ordered(flat.insert_axis(Axis(0)))
                .index_axis_move(Axis(0), 0)
                .mapv_into(|v| v * factor);
            let (low, high) = quantity.range;
            return match values
                .indexed_iter()
                .find(|(_, v)| !(low..=high).contains(*v))
            {
                None => Ok(Some(values)),
                Some(((j, i), v)) => Err(place(quantity.refused(*v).at(cell(axes, j, i)))),
            };
        }
    }
    Ok(None)
}

/// Name and dimensions of the variable that holds a quantity.
fn named(file: &Dataset, quantity: &Quantity) -> Option<(String, Vec<(String, usize)>)> {
    let list = file.list();
    let by_name = quantity.names.iter().find_map(|n| {
        list.iter()
            .find(|l| l.name == *n && l.dimensions.len() >= 2)
    });
    let standard = || {
        let told = |name: &str| {
            file.attribute(Some(name), "standard_name")
                .is_some_and(|s| s == quantity.standard)
        };
        list.iter()
            .find(|l| !quantity.standard.is_empty() && l.dimensions.len() >= 2 && told(&l.name))
    };
    by_name
        .or_else(standard)
        .map(|l| (l.name.clone(), l.dimensions.clone()))
}

type Length = (String, usize);

/// The time and the level dimension.
fn shape(quantity: &Quantity, dimensions: &[Length]) -> Result<(Length, Option<Length>)> {
    match dimensions {
        [time, _, _] => Ok((time.clone(), None)),
        [time, levels, _, _] => Ok((time.clone(), Some(levels.clone()))),
        _ => {
            let got: Vec<&str> = dimensions.iter().map(|d| d.0.as_str()).collect();
            Err(Error::new(format!(
                "{} has other dimensions than expected",
                quantity.what
            ))
            .expected("(time, levels, latitude, longitude), levels only in the air")
            .got(format!("({})", got.join(", "))))
        }
    }
}

fn instants(file: &Dataset, dimension: &str) -> Result<Vec<Time>> {
    let unit = file.attribute(Some(dimension), "units").unwrap_or_default();
    if !unit.contains(" since ") {
        return Err(Error::new("the records have no instants")
            .expected("times such as \"hours since 1982-01-01\"")
            .got(format!("\"{unit}\""))
            .hint("months: [6], if they are the means of calendar months"));
    }
    file.times(dimension)
}

/// What turns the stored unit into that of the quantity.
fn unit_factor(field: &Field, quantity: &Quantity) -> Result<f64> {
    let written = field.unit.to_string();
    if quantity.mislabelled.contains(&written.as_str()) {
        return Ok(1.0);
    }
    let wrong = || {
        let error = Error::new(format!("{} has a wrong unit", quantity.what));
        let error = error.expected(format!(
            "\"{}\" or a unit that converts to it",
            quantity.unit
        ));
        if written.is_empty() {
            error.got("no unit")
        } else {
            error.got(format!("\"{written}\""))
        }
    };
    field
        .unit
        .factor_to(&Unit::parse(quantity.unit)?)
        .map_err(|_| wrong())
}

/// Two variables of one driver must be given at the same instants and places.
///
/// # Errors
/// They are not.
pub fn check_alike(one: &Variable, other: &Variable) -> Result<()> {
    let names = format!("\"{}\" and \"{}\"", one.name, other.name);
    let [here, there] = [one, other].map(|v| &v.records[0].path);
    let place = |e: Error| {
        let files = if here == there {
            format!("file \"{}\"", here.display())
        } else {
            format!("files \"{}\" and \"{}\"", here.display(), there.display())
        };
        e.at(files)
    };
    if one.axes != other.axes {
        let error = Error::new(format!("{names} are on different grids"))
            .expected(one.axes.span())
            .got(other.axes.span());
        return Err(place(error.hint("files of one grid")));
    }
    if one.records.len() != other.records.len() || one.times() != other.times() {
        let error = Error::new(format!("{names} are not given at the same instants"))
            .expected(one.record_span())
            .got(other.record_span());
        let first = one
            .records
            .iter()
            .zip(&other.records)
            .find(|(a, b)| a.time != b.time)
            .and_then(|(a, _)| a.time);
        return Err(place(first.map_or(error.clone(), |time| error.at(time))));
    }
    Ok(())
}

/// An error where files given from `first` to `last` do not hold all of a run; of two variables the
/// one begins last, the other ends first.
///
/// # Errors
/// The run begins earlier or ends later.
pub fn refuse_uncovered(
    limits: [&Variable; 2],
    (first, last): (Time, Time),
    start: Time,
    end: Time,
) -> Result<()> {
    if start >= first && end <= last {
        return Ok(());
    }
    let (what, variable, record) = if start < first {
        (
            "begins after the run does",
            limits[0],
            limits[0].records.first(),
        )
    } else {
        (
            "ends before the run does",
            limits[1],
            limits[1].records.last(),
        )
    };
    let error = Error::new(format!("the meteorology {what}"))
        .expected(format!("{start} to {end}"))
        .got(format!("{first} to {last}"))
        .at(format!("variable \"{}\"", variable.name));
    let error = record
        .map(|r| error.clone().at(format!("file \"{}\"", r.path.display())))
        .unwrap_or(error);
    Err(error.hint("files that cover the run, or another period"))
}
