//! Moving, joining, multiplying and relabelling fields.

use crate::error::{Error, Result};
use crate::field::{Coordinate, Field};
use crate::script::bind::field::{coordinate, given};
use crate::script::bridge::rooms::texts;
use crate::script::{Fallible, attempt, read};
use rhai::plugin::*;
use rhai::{Array, Dynamic, Map};

fn names(values: &[String]) -> Vec<&str> {
    values.iter().map(String::as_str).collect()
}

/// The dimension of a field that has one only.
fn only(field: &Field) -> Result<&str> {
    match field.dimensions() {
        [d] => Ok(&d.name),
        all => {
            let names: Vec<&str> = all.iter().map(|d| d.name.as_str()).collect();
            let error = Error::new(format!("\"{}\" has several dimensions", field.name))
                .expected("its name");
            Err(error.got(format!(
                "none named, of {}",
                if names.is_empty() {
                    "none".to_string()
                } else {
                    names.join(", ")
                }
            )))
        }
    }
}

#[export_module]
pub mod functions {
    /// The dimensions in another order; without arguments, reversed.
    ///
    /// # Arguments
    /// - `dims`: optional, all names in the order wanted.
    ///
    /// # Returns
    /// A field.
    ///
    /// # Errors
    /// Names other than the field's, each once.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([[1, 2, 3], [4, 5, 6]]).transpose().shape == [3, 2]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn transpose(context: NativeCallContext, field: &mut Field) -> Fallible<Field> {
        let reversed: Vec<String> = field
            .dimensions()
            .iter()
            .rev()
            .map(|d| d.name.clone())
            .collect();
        attempt(&context, || field.transpose(&names(&reversed)))
    }
    #[rhai_fn(name = "transpose", return_raw)]
    pub fn transpose_to(
        context: NativeCallContext,
        field: &mut Field,
        dims: Dynamic,
    ) -> Fallible<Field> {
        attempt(&context, || field.transpose(&names(&texts(&dims)?)))
    }

    /// Sum of products over shared dimensions: the matrix product with dimensions matched by name.
    ///
    /// # Arguments
    /// - `other`: a field.
    /// - `dims`: optional, the dimensions to sum over; all shared ones if not given.
    ///
    /// # Returns
    /// A field of the remaining dimensions, those of the first field first; a single value without
    /// unit is a number.
    ///
    /// # Errors
    /// Nothing shared, or a dimension that both would keep.
    ///
    /// # Example
    /// ```rhai
    /// let a = field([[1, 2], [3, 4]], #{ dims: ["i", "k"] });
    /// let b = field([1, 1], #{ dims: ["k"] });
    /// assert(a.dot(b).values() == [3.0, 7.0]);
    /// assert(a.dot(a.rename("i", "j"), "k").values() == [[5.0, 11.0], [11.0, 25.0]]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn dot(context: NativeCallContext, field: &mut Field, other: Field) -> Fallible<Dynamic> {
        attempt(&context, || field.dot(&other, &[]).map(given))
    }
    #[rhai_fn(name = "dot", return_raw)]
    pub fn dot_over(
        context: NativeCallContext,
        field: &mut Field,
        other: Field,
        dims: Dynamic,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            field.dot(&other, &names(&texts(&dims)?)).map(given)
        })
    }

    /// Values moved up along a dimension; those pushed over the end come back at the start.
    ///
    /// # Arguments
    /// - `dim`: its name.
    /// - `n`: how many positions; negative moves down.
    ///
    /// # Returns
    /// A field with the same labels.
    ///
    /// # Errors
    /// A dimension the field does not have.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([1, 2, 3]).roll("x", 1).values() == [3.0, 1.0, 2.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn roll(
        context: NativeCallContext,
        field: &mut Field,
        dim: &str,
        n: i64,
    ) -> Fallible<Field> {
        attempt(&context, || field.roll(dim, n))
    }

    /// Differences of neighbours along a dimension, one fewer.
    ///
    /// # Arguments
    /// - `dim`: its name; it may be left out where there is one dimension only.
    ///
    /// # Returns
    /// A field labelled by the later of each pair.
    ///
    /// # Errors
    /// A dimension the field does not have.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([1, 4, 9]).diff("x").values() == [3.0, 5.0]);
    /// assert(field([1, 4, 9]).diff().values() == [3.0, 5.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn diff(context: NativeCallContext, field: &mut Field, dim: &str) -> Fallible<Field> {
        attempt(&context, || field.diff(dim))
    }
    #[rhai_fn(name = "diff", return_raw)]
    pub fn diff_only(context: NativeCallContext, field: &mut Field) -> Fallible<Field> {
        attempt(&context, || field.diff(only(field)?))
    }

    /// Running sums along a dimension.
    ///
    /// # Arguments
    /// - `dim`: its name; it may be left out where there is one dimension only.
    ///
    /// # Returns
    /// A field.
    ///
    /// # Errors
    /// A dimension the field does not have.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([1, 2, 3]).cumsum("x").values() == [1.0, 3.0, 6.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn cumsum(context: NativeCallContext, field: &mut Field, dim: &str) -> Fallible<Field> {
        attempt(&context, || field.cumulative_sum(dim))
    }
    #[rhai_fn(name = "cumsum", return_raw)]
    pub fn cumsum_only(context: NativeCallContext, field: &mut Field) -> Fallible<Field> {
        attempt(&context, || field.cumulative_sum(only(field)?))
    }

    /// The same values with a dimension called something else.
    ///
    /// # Arguments
    /// - `from`, `to`: names.
    ///
    /// # Returns
    /// A field.
    ///
    /// # Errors
    /// A dimension the field does not have, or a name that is taken.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([1, 2]).rename("x", "cell").dims == ["cell"]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn rename(
        context: NativeCallContext,
        field: &mut Field,
        from: &str,
        to: &str,
    ) -> Fallible<Field> {
        attempt(&context, || field.rename(from, to))
    }

    /// The same values with other labels along a dimension.
    ///
    /// # Arguments
    /// - `dim`: its name.
    /// - `labels`: an array of numbers, dates or names.
    /// - `unit`: optional, of the numbers.
    ///
    /// # Returns
    /// A field.
    ///
    /// # Errors
    /// A dimension the field does not have, another number of labels, an unknown unit.
    ///
    /// # Example
    /// ```rhai
    /// let f = field([1, 2]).label("x", ["west", "east"]);
    /// assert(f.sel(#{ x: "east" }) == 2.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn label(
        context: NativeCallContext,
        field: &mut Field,
        dim: &str,
        labels: Array,
    ) -> Fallible<Field> {
        attempt(&context, || {
            field.labelled(dim, coordinate(dim, &labels.into())?)
        })
    }

    #[rhai_fn(name = "label", return_raw)]
    pub fn label_in_unit(
        context: NativeCallContext,
        field: &mut Field,
        dim: &str,
        labels: Array,
        unit: &str,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let numbers: Vec<f64> = read(&format!("the labels of \"{dim}\""), &labels.into())?;
            field.labelled(
                dim,
                Coordinate::Numbers(numbers.into(), crate::units::Unit::parse(unit)?),
            )
        })
    }

    /// The same field with one more attribute, which files keep.
    ///
    /// # Arguments
    /// - `key`, `value`: text.
    ///
    /// # Returns
    /// A field.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([1]).with_attribute("long_name", "one").attributes.long_name == "one");
    /// ```
    pub fn with_attribute(field: &mut Field, key: &str, value: &str) -> Field {
        field.clone().with_attribute(key, value)
    }

    /// The same field under another name.
    ///
    /// # Arguments
    /// - `name`: the name.
    ///
    /// # Returns
    /// A field.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([1]).named("nee").name == "nee");
    /// ```
    pub fn named(field: &mut Field, name: &str) -> Field {
        field.clone().named(name)
    }

    /// Eigenvalues, ascending, and eigenvectors of a symmetric matrix.
    ///
    /// # Returns
    /// A map with `values` (mode) and `vectors` (the matrix's first dimension, mode).
    ///
    /// # Errors
    /// Not square, or not symmetric.
    ///
    /// # Example
    /// ```rhai
    /// let e = field([[2, 0], [0, 1]]).eigen();
    /// assert(e.values.values() == [1.0, 2.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn eigen(context: NativeCallContext, field: &mut Field) -> Fallible<Map> {
        attempt(&context, || {
            let (values, vectors) = field.eigen()?;
            Ok([
                ("values".into(), Dynamic::from(values)),
                ("vectors".into(), Dynamic::from(vectors)),
            ]
            .into())
        })
    }

    /// A power of a symmetric matrix: -1 is its inverse, 0.5 its symmetric square root.
    ///
    /// # Arguments
    /// - `power`: a number.
    ///
    /// # Returns
    /// A matrix with the same dimensions.
    ///
    /// # Errors
    /// Not square or symmetric; not positive definite where the power needs it.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(field([[4, 0], [0, 9]]).matrix_power(0.5)[[1, 1]], 3, 1e-12);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn matrix_power(
        context: NativeCallContext,
        field: &mut Field,
        power: Dynamic,
    ) -> Fallible<Field> {
        attempt(&context, || {
            field.symmetric_power(read("the power", &power)?)
        })
    }
}
