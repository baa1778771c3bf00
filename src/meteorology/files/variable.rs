//! One quantity in a set of files: its records and their values, checked.

use super::axes::Axes;
use super::quantity::Quantity;
use crate::error::{Error, Result};
use crate::field::Field;
use crate::io::netcdf::Dataset;
use crate::time::Time;
use crate::units::Unit;
use ndarray::{Array3, Axis, Ix2, Ix3, Slice};
use std::path::Path;
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
    pub(super) time_dimension: String,
    /// Whether the file's first level is the highest: values are turned.
    pub top_first: bool,
}

impl Variable {
    /// Instants of the records.
    pub fn times(&self) -> Vec<Time> {
        self.records.iter().filter_map(|r| r.time).collect()
    }

    /// How many records there are, and from when to when.
    pub(crate) fn record_span(&self) -> String {
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

    /// An error with its location: the variable, the instant and the file of a record.
    pub fn located(&self, record: usize, error: Error) -> Error {
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
        let located = |e| self.located(record, e);
        if Axes::of(&field).map_err(located)? != self.axes {
            return Err(located(Error::new(
                "the file is on another grid than the first one",
            )));
        }
        let values = self.values(&field).map_err(located)?;
        let (low, high) = self.quantity.range;
        match values.indexed_iter().find(|((k, j, i), v)| {
            if v.is_nan() {
                !masked(*k, *j, *i)
            } else {
                **v < low || **v > high
            }
        }) {
            None => Ok(values),
            Some(((k, j, i), v)) => Err(located(self.bad_value(*v, (k, j, i)))),
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
pub(super) fn cell(axes: &Axes, j: usize, i: usize) -> String {
    format!("the cell at {} north, {} east", axes.lat[j], axes.lon[i])
}

/// What turns the stored unit into that of the quantity.
pub(super) fn unit_factor(field: &Field, quantity: &Quantity) -> Result<f64> {
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
