//! Fields for tests.

use crate::field::{Dimension, Field};
use crate::units::Unit;

/// A field along one dimension without labels.
pub fn line(name: &str, dimension: &str, unit: &str, values: &[f64]) -> Field {
    let data = ndarray::Array1::from_vec(values.to_vec()).into_dyn();
    let dimension = Dimension::index(dimension, values.len());
    Field::new(name, Unit::parse(unit).unwrap(), vec![dimension], data).unwrap()
}
