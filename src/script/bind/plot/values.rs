//! The values of a series: arrays of numbers, and fields that bring their unit.

use crate::error::Result;
use crate::field::Field;
use crate::plot::labels::{CommonUnit, has_unit};
use crate::script::{FromScript, read};
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
