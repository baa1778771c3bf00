//! The values of a series: arrays of numbers, and fields that bring their unit.

use crate::error::{Error, Result};
use crate::field::{Coordinate, Field};
use crate::plot::Series;
use crate::plot::labels::{CommonUnit, has_unit};
use crate::script::{FromScript, read};
use crate::time::Time;
use rhai::Dynamic;

/// An array of numbers, or a field of one dimension with its unit.
#[derive(Debug, Clone)]
pub(super) struct Values(pub Dynamic);

impl FromScript for Values {
    fn expected() -> String {
        "an array of numbers, or a field of one dimension".into()
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        Some(Values(value.clone()))
    }
}

/// Reading values in the unit that a figure's fields share.
pub(super) trait Columns {
    /// The numbers of an array, or of a field of one dimension in this unit.
    fn read(&mut self, what: &str, values: &Values) -> Result<Vec<f64>>;

    /// The values under one key of a series.
    fn column(&mut self, key: &str, values: &Values) -> Result<Vec<f64>> {
        self.read(&format!("\"{key}\" of a series"), values)
    }
    /// The same, where there are any.
    fn column_if_any(&mut self, key: &str, values: Option<&Values>) -> Result<Option<Vec<f64>>> {
        values.map(|v| self.column(key, v)).transpose()
    }
}

impl Columns for CommonUnit {
    fn read(&mut self, what: &str, Values(value): &Values) -> Result<Vec<f64>> {
        match value.read_lock::<Field>() {
            Some(field) if field.dimensions().len() == 1 && has_unit(&field) => {
                self.values(&field).map_err(|e| e.at(what))
            }
            _ => read(what, value),
        }
    }
}

/// Numbers or instants.
#[derive(Debug, Clone)]
pub(super) enum Along {
    Numbers(Vec<f64>),
    Longitudes(Vec<f64>),
    Times(Vec<Time>),
}

impl FromScript for Along {
    fn expected() -> String {
        "an array of numbers, or one of dates".into()
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        Vec::from_script(value)
            .map(Along::Numbers)
            .or_else(|| Vec::from_script(value).map(Along::Times))
    }
}

impl Along {
    /// The coordinate of a field's one dimension.
    pub(super) fn of_field(field: &Field) -> Result<Self> {
        match field.dimensions() {
            [d] => Ok(match &d.coordinate {
                Coordinate::Times(t) => Along::Times(t.to_vec()),
                Coordinate::Numbers(v, _) if d.name == "lon" => Along::Longitudes(v.to_vec()),
                Coordinate::Numbers(v, _) => Along::Numbers(v.to_vec()),
                _ => Along::Numbers((0..d.len()).map(|k| k as f64).collect()),
            }),
            other => Err(Error::new(format!("\"{}\" is no line", field.name))
                .expected("one dimension")
                .got(other.len())),
        }
    }
    pub(super) fn series(&self, name: &str, y: &[f64]) -> Series {
        match self {
            Along::Numbers(x) => Series::new(name, x, y),
            Along::Longitudes(x) => Series::over_longitude(name, x, y),
            Along::Times(t) => Series::over_time(name, t, y),
        }
    }
}
