//! Where the values of a line lie.

use crate::error::{Error, Result};
use crate::field::{Coordinate, Field};
use crate::plot::Series;
use crate::script::FromScript;
use crate::time::Time;
use rhai::Dynamic;

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
    /// A series of values along it.
    pub(super) fn series(&self, name: &str, y: &[f64]) -> Series {
        match self {
            Along::Numbers(x) => Series::new(name, x, y),
            Along::Longitudes(x) => Series::over_longitude(name, x, y),
            Along::Times(t) => Series::over_time(name, t, y),
        }
    }
}
