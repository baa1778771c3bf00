//! Joining fields along a dimension.

use crate::error::{Error, Result};
use crate::field::{Coordinate, Dimension, Field};
use crate::script::bind::field::coordinate;
use crate::script::{Fallible, attempt, read};
use rhai::Array;
use rhai::plugin::*;

fn fields(values: &Array) -> Result<Vec<Field>> {
    values
        .iter()
        .map(|v| read::<Field>("one of the fields", v))
        .collect()
}

#[export_module]
pub mod functions {
    /// Fields joined end to end along a dimension they all have.
    ///
    /// # Arguments
    /// - `fields`: an array of fields.
    /// - `dim`: the dimension.
    ///
    /// # Returns
    /// A field in the unit of the first.
    ///
    /// # Errors
    /// Other dimensions or lengths, units of different kinds.
    ///
    /// # Example
    /// ```rhai
    /// assert(concat([field([1, 2]), field([3])], "x").values() == [1.0, 2.0, 3.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn concat(context: NativeCallContext, fields: Array, dim: &str) -> Fallible<Field> {
        attempt(&context, || Field::concat(&super::fields(&fields)?, dim))
    }

    /// Fields side by side along a new outermost dimension.
    ///
    /// # Arguments
    /// - `fields`: an array of fields.
    /// - `dim`: name of the new dimension.
    /// - `labels`: optional, an array of numbers, dates or names, one per field.
    ///
    /// # Returns
    /// A field in the unit of the first.
    ///
    /// # Errors
    /// Other dimensions or lengths, units of different kinds.
    ///
    /// # Example
    /// ```rhai
    /// let f = stack([field([1, 2]), field([3, 4])], "product", ["prior", "posterior"]);
    /// assert(f.sel(#{ product: "posterior" }).values() == [3.0, 4.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn stack(context: NativeCallContext, fields: Array, dim: &str) -> Fallible<Field> {
        attempt(&context, || {
            Field::stack(
                &super::fields(&fields)?,
                Dimension::index(dim, fields.len()),
            )
        })
    }
    #[rhai_fn(name = "stack", return_raw)]
    pub fn stack_labelled(
        context: NativeCallContext,
        fields: Array,
        dim: &str,
        labels: Array,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let along: Coordinate = coordinate(dim, &labels.into())?;
            if along.len() != fields.len() {
                return Err(Error::new("every field needs a label")
                    .expected(fields.len())
                    .got(along.len()));
            }
            Field::stack(
                &super::fields(&fields)?,
                Dimension {
                    name: dim.to_string(),
                    coordinate: along,
                },
            )
        })
    }
}
