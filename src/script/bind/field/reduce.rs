//! Reductions over named dimensions. Missing values are left out.

use crate::error::Result;
use crate::field::{Coordinate, Dimension, Field, Reduction};
use crate::script::bind::field::given;
use crate::script::bridge::rooms::texts;
use crate::script::{Fallible, attempt, read};
use crate::units::Unit;
use rhai::Dynamic;
use rhai::plugin::*;

fn over(field: &Field, how: Reduction, dims: Option<&Dynamic>) -> Result<Dynamic> {
    let names = dims.map(texts).transpose()?.unwrap_or_default();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    field.reduce(how, &names).map(given)
}

/// One quantile, or several along a dimension of that name.
fn quantiles(field: &Field, p: &Dynamic, dims: Option<&Dynamic>) -> Result<Dynamic> {
    if !p.is_array() {
        return over(field, probability(p)?, dims);
    }
    let all: Vec<f64> = read("the probabilities", p)?;
    let each = all
        .iter()
        .map(|p| {
            read(
                "the quantile",
                &over(field, probability(&(*p).into())?, dims)?,
            )
        })
        .collect::<Result<Vec<Field>>>()?;
    let along = Dimension {
        name: "quantile".into(),
        coordinate: Coordinate::Numbers(all.into(), Unit::none()),
    };
    Ok(given(Field::stack(&each, along)?.named(&field.name)))
}

#[export_module]
pub mod functions {
    /// Arithmetic mean over all dimensions, or over those named.
    ///
    /// # Arguments
    /// - `dims`: optional, a name or an array of names.
    ///
    /// # Returns
    /// A field; a single value without unit is a number.
    ///
    /// # Errors
    /// A dimension the field does not have.
    ///
    /// # Example
    /// ```rhai
    /// let f = field([[1, 2, 3], [4, 5, 6]]);
    /// assert(f.mean() == 3.5);
    /// assert(f.mean("x").values() == [2.0, 5.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn mean(context: NativeCallContext, field: &mut Field) -> Fallible<Dynamic> {
        attempt(&context, || over(field, Reduction::Mean, None))
    }
    #[rhai_fn(name = "mean", return_raw)]
    pub fn mean_over(
        context: NativeCallContext,
        field: &mut Field,
        dims: Dynamic,
    ) -> Fallible<Dynamic> {
        attempt(&context, || over(field, Reduction::Mean, Some(&dims)))
    }

    /// Sum over all dimensions, or over those named.
    ///
    /// # Arguments
    /// - `dims`: optional, a name or an array of names.
    ///
    /// # Returns
    /// A field; a single value without unit is a number.
    ///
    /// # Errors
    /// A dimension the field does not have.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([[1, 2, 3], [4, 5, 6]]).sum("y").values() == [5.0, 7.0, 9.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn sum(context: NativeCallContext, field: &mut Field) -> Fallible<Dynamic> {
        attempt(&context, || over(field, Reduction::Sum, None))
    }
    #[rhai_fn(name = "sum", return_raw)]
    pub fn sum_over(
        context: NativeCallContext,
        field: &mut Field,
        dims: Dynamic,
    ) -> Fallible<Dynamic> {
        attempt(&context, || over(field, Reduction::Sum, Some(&dims)))
    }

    /// Standard deviation of a sample (n - 1) over all dimensions, or over those named.
    ///
    /// # Arguments
    /// - `dims`: optional, a name or an array of names.
    ///
    /// # Returns
    /// A field; a single value without unit is a number.
    ///
    /// # Errors
    /// A dimension the field does not have.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([1, 2, 3]).sd() == 1.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn sd(context: NativeCallContext, field: &mut Field) -> Fallible<Dynamic> {
        attempt(&context, || over(field, Reduction::StandardDeviation, None))
    }
    #[rhai_fn(name = "sd", return_raw)]
    pub fn sd_over(
        context: NativeCallContext,
        field: &mut Field,
        dims: Dynamic,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            over(field, Reduction::StandardDeviation, Some(&dims))
        })
    }

    /// Least value over all dimensions, or over those named; of two fields or numbers, the smaller
    /// one by one.
    ///
    /// # Arguments
    /// - `dims`: optional, a name or an array of names.
    ///
    /// # Returns
    /// A field; a single value without unit is a number.
    ///
    /// # Errors
    /// A dimension the field does not have.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([3, 1, 2]).min() == 1.0);
    /// assert(min(field([3, 1]), 2).values() == [2.0, 1.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn min(context: NativeCallContext, field: &mut Field) -> Fallible<Dynamic> {
        attempt(&context, || over(field, Reduction::Min, None))
    }
    #[rhai_fn(name = "min", return_raw)]
    pub fn min_over(
        context: NativeCallContext,
        field: &mut Field,
        dims: Dynamic,
    ) -> Fallible<Dynamic> {
        attempt(&context, || over(field, Reduction::Min, Some(&dims)))
    }

    /// Greatest value over all dimensions, or over those named; of two fields or numbers, the
    /// greater one by one.
    ///
    /// # Arguments
    /// - `dims`: optional, a name or an array of names.
    ///
    /// # Returns
    /// A field; a single value without unit is a number.
    ///
    /// # Errors
    /// A dimension the field does not have.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([[3, 1], [2, 4]]).max("x").values() == [3.0, 4.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn max(context: NativeCallContext, field: &mut Field) -> Fallible<Dynamic> {
        attempt(&context, || over(field, Reduction::Max, None))
    }
    #[rhai_fn(name = "max", return_raw)]
    pub fn max_over(
        context: NativeCallContext,
        field: &mut Field,
        dims: Dynamic,
    ) -> Fallible<Dynamic> {
        attempt(&context, || over(field, Reduction::Max, Some(&dims)))
    }

    /// Quantile, linear between order statistics, over all dimensions or those named.
    ///
    /// # Arguments
    /// - `p`: probability, 0 to 1; 0.5 is the median. An array of them gives a field with the
    ///   dimension `quantile`.
    /// - `dims`: optional, a name or an array of names.
    ///
    /// # Returns
    /// A field; a single value without unit is a number.
    ///
    /// # Errors
    /// A probability outside 0 to 1, a dimension the field does not have.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([1, 2, 3, 10]).quantile(0.5) == 2.5);
    /// let f = field([[1, 2, 3], [4, 5, 6]]);
    /// assert(f.quantile([0, 0.5, 1], "x").sel(#{ quantile: 0.5 }).values() == [2.0, 5.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn quantile(
        context: NativeCallContext,
        field: &mut Field,
        p: Dynamic,
    ) -> Fallible<Dynamic> {
        attempt(&context, || quantiles(field, &p, None))
    }
    #[rhai_fn(name = "quantile", return_raw)]
    pub fn quantile_over(
        context: NativeCallContext,
        field: &mut Field,
        p: Dynamic,
        dims: Dynamic,
    ) -> Fallible<Dynamic> {
        attempt(&context, || quantiles(field, &p, Some(&dims)))
    }

    /// The value in the middle, over all dimensions or those named.
    ///
    /// # Arguments
    /// - `dims`: optional, a name or an array of names.
    ///
    /// # Returns
    /// A field; a single value without unit is a number.
    ///
    /// # Errors
    /// A dimension the field does not have.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([1, 2, 30]).median() == 2.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn median(context: NativeCallContext, field: &mut Field) -> Fallible<Dynamic> {
        attempt(&context, || over(field, Reduction::Quantile(0.5), None))
    }
    #[rhai_fn(name = "median", return_raw)]
    pub fn median_over(
        context: NativeCallContext,
        field: &mut Field,
        dims: Dynamic,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            over(field, Reduction::Quantile(0.5), Some(&dims))
        })
    }

    /// How many values are present, over all dimensions or those named.
    ///
    /// # Arguments
    /// - `dims`: optional, a name or an array of names.
    ///
    /// # Returns
    /// A field without unit; a single value is a number.
    ///
    /// # Errors
    /// A dimension the field does not have.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([1, (), 3]).count() == 2.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn count(context: NativeCallContext, field: &mut Field) -> Fallible<Dynamic> {
        attempt(&context, || over(field, Reduction::Count, None))
    }
    #[rhai_fn(name = "count", return_raw)]
    pub fn count_over(
        context: NativeCallContext,
        field: &mut Field,
        dims: Dynamic,
    ) -> Fallible<Dynamic> {
        attempt(&context, || over(field, Reduction::Count, Some(&dims)))
    }
}

pub(in crate::script::bind) fn probability(p: &Dynamic) -> Result<Reduction> {
    let p: f64 = read("the probability", p)?;
    if (0.0..=1.0).contains(&p) {
        return Ok(Reduction::Quantile(p));
    }
    Err(
        crate::error::Error::new("a probability lies between 0 and 1")
            .got(p)
            .hint("0.5 for the median"),
    )
}
