//! Where a condition holds, and values that are missing.

use crate::field::Field;
use crate::script::bind::field::given;
use crate::script::{Fallible, attempt, read};
use rhai::Dynamic;
use rhai::plugin::*;

#[export_module]
pub mod functions {
    /// One field where a mask is not 0, another where it is.
    ///
    /// # Arguments
    /// - `mask`: a field of ones and zeros, as a comparison gives it.
    /// - `yes`, `no`: fields or numbers.
    ///
    /// # Returns
    /// A field in the unit of `yes`; a plain number takes the unit of the other.
    ///
    /// # Errors
    /// Labels or units that do not match.
    ///
    /// # Example
    /// ```rhai
    /// let f = field([1, -2, 3]);
    /// assert(choose(f > 0, f, 0).values() == [1.0, 0.0, 3.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn choose(
        context: NativeCallContext,
        mask: Field,
        yes: Dynamic,
        no: Dynamic,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            let (yes, no): (Field, Field) = (
                read("the first choice", &yes)?,
                read("the second choice", &no)?,
            );
            Field::choose(&mask, &yes, &no).map(given)
        })
    }

    /// The values where a mask is not 0, missing elsewhere.
    ///
    /// # Arguments
    /// - `mask`: a field of ones and zeros, as a comparison gives it; dimensions are matched by
    ///   name.
    ///
    /// # Returns
    /// A field.
    ///
    /// # Errors
    /// Labels that do not match.
    ///
    /// # Example
    /// ```rhai
    /// let f = field([1, -2, 3]);
    /// assert(f.where(f > 0).mean() == 2.0);
    /// let g = grid("4x5");
    /// assert(field(g, |lat, lon| 1).where(regions::land(g) > 0.5).count() < 1200);
    /// ```
    #[rhai_fn(name = "where", return_raw)]
    pub fn where_mask(context: NativeCallContext, field: Field, mask: Field) -> Fallible<Dynamic> {
        attempt(&context, || {
            field
                .zip(&mask, field.unit.clone(), |v, m| {
                    if m != 0.0 && !m.is_nan() { v } else { f64::NAN }
                })
                .map(given)
        })
    }

    /// One where a value is missing, zero elsewhere.
    ///
    /// # Returns
    /// A field without unit.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([1, (), 3]).is_missing().values() == [0.0, 1.0, 0.0]);
    /// ```
    pub fn is_missing(field: &mut Field) -> Field {
        field
            .map(|v| f64::from(u8::from(v.is_nan())))
            .with_unit(crate::units::Unit::none())
    }

    /// The values, and another number or field where they are missing.
    ///
    /// # Arguments
    /// - `value`: a number in the unit of the field, or a field.
    ///
    /// # Returns
    /// A field.
    ///
    /// # Errors
    /// Labels or units that do not match.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([1, (), 3]).fill_missing(0).sum() == 4.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn fill_missing(
        context: NativeCallContext,
        field: Field,
        value: Dynamic,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            let value: Field = read("the value", &value)?;
            field.fill_missing(&value).map(given)
        })
    }
}
