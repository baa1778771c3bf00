//! Lines of regression and correlation along a dimension.

use crate::error::Result;
use crate::field::Field;
use crate::script::bind::field::{given, note_disorder};
use crate::script::{Fallible, attempt};
use crate::statistics::{Regression, coordinate_field, detrended, of_lines, regressions};
use crate::units::Unit;
use rhai::plugin::*;
use rhai::{Dynamic, Map};

fn line(y: &Field, x: &Field, dimension: &str) -> Result<Map> {
    let (lines, rest) = regressions(y, x, dimension)?;
    let (per, none) = (y.unit.over(&x.unit), Unit::none());
    let of = |name: &str, unit: &Unit, of: fn(&Regression) -> f64| {
        Ok((
            name.into(),
            given(
                of_lines(name, unit.clone(), &lines, &rest, of)?
                    .with_origin_of(y)
                    .with_origin_of(x),
            ),
        ))
    };
    [
        of("slope", &per, |l| l.slope),
        of("intercept", &y.unit, |l| l.intercept),
        of("correlation", &none, |l| l.correlation),
        of("standard_error", &per, |l| l.standard_error),
        of("p_value", &none, |l| l.p_value),
        of("n_effective", &none, |l| l.n_effective),
    ]
    .into_iter()
    .collect()
}

#[export_module]
pub mod functions {
    /// The line of least squares along a dimension, for every other position: on its labels (dates
    /// count in years since the first), or on another field.
    ///
    /// # Arguments
    /// - `x`: optional, a field along the dimension, which may have other dimensions of this one
    ///   too.
    /// - `dim`: the dimension.
    ///
    /// # Returns
    /// A map of fields: slope, intercept, correlation, standard_error and p_value of the slope,
    /// n_effective. The last three count a series only for what it is worth, by the autocorrelation
    /// of its residuals. Dates that come more than once or out of order give a warning.
    ///
    /// # Errors
    /// A dimension the field does not have, one of names, labels that differ.
    ///
    /// # Example
    /// ```rhai
    /// let co2 = field(#{ dims: ["time"], coords: #{ time: dates("2000-01-01", "2010-01-01", 30) } }, |t| t.year + t.day_of_year / 366);
    /// assert_near(co2.regress("time").slope.to("yr-1").value(), 1, 0.01);
    /// let x = field([1, 2, 3]);
    /// assert(field([3, 5, 7]).regress(x, "x").intercept == 1.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn regress(context: NativeCallContext, field: Field, dim: &str) -> Fallible<Map> {
        note_disorder(&context, &field);
        attempt(&context, || {
            line(&field, &coordinate_field(&field, dim)?, dim)
        })
    }
    #[rhai_fn(name = "regress", return_raw)]
    pub fn regress_on(
        context: NativeCallContext,
        field: Field,
        x: Field,
        dim: &str,
    ) -> Fallible<Map> {
        note_disorder(&context, &field);
        attempt(&context, || line(&field, &x, dim))
    }

    /// Pearson's correlation with another field along a dimension; pairs with a missing value are
    /// left out.
    ///
    /// # Arguments
    /// - `other`: a field.
    /// - `dim`: the dimension.
    ///
    /// # Returns
    /// A field of the other dimensions; a single value is a number.
    ///
    /// # Errors
    /// A dimension one of them does not have, labels that differ.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(field([1, 2, 3]).correlation(field([6, 4, 2]), "x"), -1, 1e-12);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn correlation(
        context: NativeCallContext,
        field: Field,
        other: Field,
        dim: &str,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            let (lines, rest) = regressions(&field, &other, dim)?;
            let coefficients = of_lines("correlation", Unit::none(), &lines, &rest, |l| {
                l.correlation
            })?;
            Ok(given(
                coefficients.with_origin_of(&field).with_origin_of(&other),
            ))
        })
    }

    /// What is left when the line of regression along a dimension is taken out; the mean stays.
    ///
    /// # Arguments
    /// - `dim`: the dimension.
    ///
    /// # Returns
    /// A field.
    ///
    /// # Errors
    /// A dimension the field does not have, or one of names.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(field([1, 2, 3]).detrend("x").sd(), 0, 1e-12);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn detrend(context: NativeCallContext, field: Field, dim: &str) -> Fallible<Field> {
        attempt(&context, || detrended(&field, dim))
    }

    /// The labels of a dimension as a field along it: numbers with their unit, or dates as years
    /// since the first.
    ///
    /// # Arguments
    /// - `dim`: the dimension.
    ///
    /// # Returns
    /// A field of one dimension.
    ///
    /// # Errors
    /// A dimension the field does not have, or one of names.
    ///
    /// # Example
    /// ```rhai
    /// let f = field(grid("4x5"), |lat, lon| 1);
    /// assert_near(f.weighted_mean(cos(f.along("lat"))), 1, 1e-12);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn along(context: NativeCallContext, field: Field, dim: &str) -> Fallible<Field> {
        attempt(&context, || coordinate_field(&field, dim))
    }
}
