//! Which variable of some files a quantity is, and where its records lie.

use super::axes::Axes;
use super::quantity::Quantity;
use super::variable::{Record, Variable};
use crate::error::{Error, Result};
use crate::io::netcdf::Dataset;
use crate::time::Time;
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Variable {
    /// Looks through `files`; `None` where no file has the quantity. With `timed` every record must
    /// have its instant, else the records stay in the order of the files.
    ///
    /// # Errors
    /// A file that cannot be read, dimensions other than time, levels, latitude and longitude,
    /// instants that overlap or leave a gap.
    pub fn find(files: &[PathBuf], quantity: Quantity, timed: bool) -> Result<Option<Self>> {
        let mut variable: Option<Variable> = None;
        for path in files {
            let file = Dataset::open(path)?;
            let Some((name, dimensions)) = named(&file, &quantity) else {
                continue;
            };
            let located = |e: Error| {
                e.at(format!("variable \"{name}\""))
                    .at(format!("file \"{}\"", path.display()))
            };
            let (time, levels) = shape(&quantity, &dimensions).map_err(located)?;
            let records = records(&file, path, &time, timed).map_err(located)?;
            match &mut variable {
                Some(v) if v.name != name || v.levels != levels => {
                    return Err(located(
                        Error::new("the files differ in names or levels")
                            .expected(format!("\"{}\", {:?}", v.name, v.levels)),
                    ));
                }
                Some(v) => v.records.extend(records),
                None => {
                    let axes = Axes::of(&file.field_at(&name, &time.0, 0)?).map_err(located)?;
                    variable = Some(Variable {
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
        if let Some(v) = variable.as_mut().filter(|_| timed) {
            v.put_in_order()?;
        }
        Ok(variable)
    }

    /// As [`Variable::find`], but it must be there.
    ///
    /// # Errors
    /// No file has it.
    pub fn require(files: &[PathBuf], quantity: Quantity, timed: bool) -> Result<Self> {
        Variable::find(files, quantity, timed)?.ok_or_else(|| {
            let names: Vec<String> = quantity.names.iter().map(|n| format!("\"{n}\"")).collect();
            let searched = files
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
                .at(format!("{searched}{more}"))
        })
    }
}

/// The records of a file along its time dimension, with their instants where those are asked for.
fn records(file: &Dataset, path: &Path, time: &Length, timed: bool) -> Result<Vec<Record>> {
    let (dimension, n) = time;
    if *n == 0 {
        return Err(Error::new("the file has no records")
            .expected(format!("at least one along \"{dimension}\""))
            .got(0));
    }
    let times = timed.then(|| instants(file, dimension)).transpose()?;
    let path: Arc<Path> = path.into();
    let record = |position: usize| Record {
        path: path.clone(),
        position,
        time: times.as_ref().map(|t| t[position]),
    };
    Ok((0..*n).map(record).collect())
}

/// The variables of some files, without their axes and the bounds of these.
fn names_in(files: &[PathBuf]) -> String {
    let mut names: Vec<String> = Vec::new();
    for file in files.iter().filter_map(|f| Dataset::open(f).ok()) {
        let names_of_file = file
            .list()
            .into_iter()
            .filter(|l| {
                l.dimensions.len() >= 2 && !l.name.ends_with("_bnds") && !names.contains(&l.name)
            })
            .map(|l| l.name);
        let names_of_file: Vec<String> = names_of_file.collect();
        names.extend(names_of_file);
    }
    match names.len() {
        0 => "no variable of two or more dimensions".into(),
        n if n <= 20 => names.join(", "),
        n => format!("{} and {} more", names[..20].join(", "), n - 20),
    }
}

/// Name and dimensions of the variable that holds a quantity.
pub(super) fn named(file: &Dataset, quantity: &Quantity) -> Option<(String, Vec<(String, usize)>)> {
    let list = file.list();
    let by_name = quantity.names.iter().find_map(|n| {
        list.iter()
            .find(|l| l.name == *n && l.dimensions.len() >= 2)
    });
    let standard = || {
        let means = |name: &str| {
            file.attribute(Some(name), "standard_name")
                .is_some_and(|s| s == quantity.standard)
        };
        list.iter()
            .find(|l| !quantity.standard.is_empty() && l.dimensions.len() >= 2 && means(&l.name))
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
