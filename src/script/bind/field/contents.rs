//! What is in a field: its values, labels, dimensions, unit and name.

use crate::field::Field;
use crate::script::bind::field::labels_along;
use crate::script::{Fallible, attempt};
use rhai::plugin::*;
use rhai::{Array, Dynamic, Map};

/// The values as nested arrays.
fn nested(field: &Field) -> Dynamic {
    let Some(dimension) = field.dimensions().first() else {
        return Dynamic::from(field.data().iter().next().copied().unwrap_or(f64::NAN));
    };
    if field.dimensions().len() == 1 {
        return Dynamic::from_array(field.data().iter().map(|v| Dynamic::from(*v)).collect());
    }
    let rows = (0..dimension.len()).filter_map(|k| field.at(&dimension.name, k).ok());
    Dynamic::from_array(rows.map(|row| nested(&row)).collect())
}

#[export_module]
pub mod functions {
    /// The only value of a field, without its unit.
    ///
    /// # Returns
    /// A number.
    ///
    /// # Errors
    /// More than one value.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([400], #{ unit: "ppm" }).mean().value() == 400.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn value(context: NativeCallContext, field: &mut Field) -> Fallible<f64> {
        attempt(&context, || field.value())
    }
    #[rhai_fn(name = "value")]
    pub fn value_of_number(number: f64) -> f64 {
        number
    }

    /// The values as nested arrays of numbers.
    ///
    /// # Returns
    /// An array, nested as deep as there are dimensions.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([[1, 2], [3, 4]]).values() == [[1.0, 2.0], [3.0, 4.0]]);
    /// ```
    pub fn values(field: &mut Field) -> Dynamic {
        nested(field)
    }

    /// The labels along a dimension, or the one that a selection along it took.
    ///
    /// # Arguments
    /// - `dim`: its name.
    ///
    /// # Returns
    /// An array of numbers, dates or names; of a dimension that was selected from, the label alone.
    ///
    /// # Errors
    /// A dimension the field does not have.
    ///
    /// # Example
    /// ```rhai
    /// let x = linspace("x", 0, 1, 3).with_unit("m");
    /// assert(x.coord("x") == [0.0, 0.5, 1.0]);
    /// assert(x.isel(#{ x: 1 }).coord("x") == 0.5);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn coord(context: NativeCallContext, field: &mut Field, dim: &str) -> Fallible<Dynamic> {
        attempt(&context, || {
            labels_along(field.taken_along(dim), || field.dimension(dim))
        })
    }

    /// Number of values.
    pub fn len(field: &mut Field) -> i64 {
        field.len() as i64
    }
    /// Names of the dimensions, from the outermost in.
    #[rhai_fn(get = "dims")]
    pub fn dims(field: &mut Field) -> Array {
        field
            .dimensions()
            .iter()
            .map(|d| Dynamic::from(d.name.clone()))
            .collect()
    }
    /// Lengths of the dimensions.
    #[rhai_fn(get = "shape")]
    pub fn shape(field: &mut Field) -> Array {
        field
            .shape()
            .iter()
            .map(|n| Dynamic::from(*n as i64))
            .collect()
    }
    /// The unit as text; empty for none.
    #[rhai_fn(get = "unit")]
    pub fn unit(field: &mut Field) -> String {
        field.unit.to_string()
    }
    /// What the field is called.
    #[rhai_fn(get = "name")]
    pub fn name(field: &mut Field) -> String {
        field.name.clone()
    }
    /// Other facts about the field, as a map of text.
    #[rhai_fn(get = "attributes")]
    pub fn attributes(field: &mut Field) -> Map {
        field
            .attributes
            .iter()
            .map(|(k, v)| (k.as_str().into(), Dynamic::from(v.clone())))
            .collect()
    }
}
