//! Fields of zeros, of ones and of evenly spaced numbers.

use crate::error::{Error, Result};
use crate::field::{Dimension, Field, room_for};
use crate::script::bridge::rooms::texts;
use crate::script::{Fallible, FromScript, attempt, read};
use crate::units::Unit;
use ndarray::{ArrayD, IxDyn};
use rhai::Dynamic;
use rhai::plugin::*;

/// Dimensions from a name and length, or arrays of both.
fn dimensions(names: &Dynamic, lengths: &Dynamic) -> Result<Vec<Dimension>> {
    let names = texts(names)?;
    let lengths: Vec<usize> = match usize::from_script(lengths) {
        Some(n) => vec![n],
        None => read("the lengths", lengths)?,
    };
    if names.len() != lengths.len() {
        return Err(Error::new("every dimension needs a name and a length")
            .expected(format!("{} lengths", names.len()))
            .got(lengths.len()));
    }
    Ok(names
        .iter()
        .zip(lengths)
        .map(|(n, len)| Dimension::index(n, len))
        .collect())
}

/// A field of dimensions without labels, filled in row-major order.
///
/// # Errors
/// A length too few, more values than there is room for.
pub fn shaped(
    name: &str,
    names: &Dynamic,
    lengths: &Dynamic,
    fill: impl FnOnce(usize) -> Vec<f64>,
) -> Result<Field> {
    let dimensions = dimensions(names, lengths)?;
    let shape: Vec<usize> = dimensions.iter().map(Dimension::len).collect();
    let data =
        ArrayD::from_shape_vec(IxDyn(&shape), fill(room_for(&shape)?)).expect("filled to size");
    Field::new(name, Unit::none(), dimensions, data)
}

#[export_module]
pub mod functions {
    /// A field of zeros.
    ///
    /// # Arguments
    /// - `dims`: a name, or an array of names from the outermost in.
    /// - `lengths`: a length, or an array of them.
    ///
    /// # Returns
    /// A field without unit.
    ///
    /// # Errors
    /// A length too few.
    ///
    /// # Example
    /// ```rhai
    /// assert(zeros(["layer", "cell"], [4, 48]).shape == [4, 48]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn zeros(context: NativeCallContext, dims: Dynamic, lengths: Dynamic) -> Fallible<Field> {
        attempt(&context, || {
            shaped("zeros", &dims, &lengths, |n| vec![0.0; n])
        })
    }

    /// A field of ones.
    ///
    /// # Arguments
    /// - `dims`: a name, or an array of names from the outermost in.
    /// - `lengths`: a length, or an array of them.
    ///
    /// # Returns
    /// A field without unit.
    ///
    /// # Errors
    /// A length too few.
    ///
    /// # Example
    /// ```rhai
    /// assert(ones("x", 5).sum() == 5.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn ones(context: NativeCallContext, dims: Dynamic, lengths: Dynamic) -> Fallible<Field> {
        attempt(&context, || {
            shaped("ones", &dims, &lengths, |n| vec![1.0; n])
        })
    }

    /// The square matrix with ones on its diagonal.
    ///
    /// # Arguments
    /// - `dims`: two names.
    /// - `n`: rows and columns.
    ///
    /// # Returns
    /// A field (n, n).
    ///
    /// # Errors
    /// Not two names.
    ///
    /// # Example
    /// ```rhai
    /// assert(identity(["i", "j"], 3).sum() == 3.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn identity(context: NativeCallContext, dims: Dynamic, n: i64) -> Fallible<Field> {
        let lengths = Dynamic::from_array(vec![n.into(), n.into()]);
        attempt(&context, || {
            shaped("identity", &dims, &lengths, |m| {
                (0..m)
                    .map(|k| if k % (n as usize + 1) == 0 { 1.0 } else { 0.0 })
                    .collect()
            })
        })
    }

    /// Positions 0, 1, 2, ... along a dimension.
    ///
    /// # Arguments
    /// - `dim`: its name.
    /// - `n`: its length.
    ///
    /// # Returns
    /// A field of one dimension.
    ///
    /// # Errors
    /// A negative length.
    ///
    /// # Example
    /// ```rhai
    /// assert(positions("x", 4).values() == [0.0, 1.0, 2.0, 3.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn positions(context: NativeCallContext, dim: &str, n: i64) -> Fallible<Field> {
        attempt(&context, || {
            shaped(dim, &dim.into(), &n.into(), |n| {
                (0..n).map(|k| k as f64).collect()
            })
        })
    }

    /// Evenly spaced numbers, both ends included; they are values and coordinates alike.
    ///
    /// # Arguments
    /// - `dim`: name of the dimension.
    /// - `start`, `end`: numbers.
    /// - `n`: how many, at least 2.
    ///
    /// # Returns
    /// A field of one dimension.
    ///
    /// # Errors
    /// Fewer than 2.
    ///
    /// # Example
    /// ```rhai
    /// assert(linspace("x", 0, 1, 5).values() == [0.0, 0.25, 0.5, 0.75, 1.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn linspace(
        context: NativeCallContext,
        dim: &str,
        start: Dynamic,
        end: Dynamic,
        n: i64,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let (a, b) = (
                read::<f64>("the start", &start)?,
                read::<f64>("the end", &end)?,
            );
            if n < 2 {
                return Err(Error::new("evenly spaced numbers have two ends")
                    .expected("at least 2")
                    .got(n));
            }
            room_for(&[n as usize])?;
            let values: Vec<f64> = (0..n)
                .map(|k| a + (b - a) * k as f64 / (n - 1) as f64)
                .collect();
            let along = Dimension::numbers(dim, values.clone(), Unit::none());
            Field::new(
                dim,
                Unit::none(),
                vec![along],
                ArrayD::from_shape_vec(IxDyn(&[values.len()]), values).expect("one dimension"),
            )
        })
    }
}
