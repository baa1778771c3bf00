//! Functions of every value of a field.

use super::given;
use crate::field::Field;
use crate::script::{Fallible, ScriptFunction, attempt, read};
use crate::units::Unit;
use ndarray::ArrayD;
use rhai::plugin::*;
use rhai::{Dynamic, FnPtr};

#[export_module]
pub mod functions {
    /// Square root of every value; the unit follows.
    ///
    /// # Errors
    /// A unit without a square root.
    ///
    /// # Example
    /// ```rhai
    /// assert(sqrt(field([4, 9])).values() == [2.0, 3.0]);
    /// assert(sqrt(field([4], #{ unit: "m2" })).unit == "m");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn sqrt(context: NativeCallContext, field: Field) -> Fallible<Dynamic> {
        attempt(&context, || field.to_power(0.5).map(given))
    }

    #[rhai_fn(return_raw)]
    pub fn exp(context: NativeCallContext, field: Field) -> Fallible<Dynamic> {
        attempt(&context, || field.pure("exp", f64::exp).map(given))
    }
    #[rhai_fn(name = "log", return_raw)]
    pub fn log(context: NativeCallContext, field: Field) -> Fallible<Dynamic> {
        attempt(&context, || field.pure("log", f64::ln).map(given))
    }
    #[rhai_fn(return_raw)]
    pub fn sin(context: NativeCallContext, field: Field) -> Fallible<Dynamic> {
        attempt(&context, || field.pure("sin", f64::sin).map(given))
    }
    #[rhai_fn(return_raw)]
    pub fn cos(context: NativeCallContext, field: Field) -> Fallible<Dynamic> {
        attempt(&context, || field.pure("cos", f64::cos).map(given))
    }
    #[rhai_fn(return_raw)]
    pub fn tanh(context: NativeCallContext, field: Field) -> Fallible<Dynamic> {
        attempt(&context, || field.pure("tanh", f64::tanh).map(given))
    }
    pub fn abs(field: Field) -> Dynamic {
        given(field.map(f64::abs))
    }

    /// Every value to a power; `f ** 2` is the same.
    ///
    /// # Arguments
    /// - `exponent`: a number; of values with a unit it is whole, or 0.5.
    ///
    /// # Errors
    /// Another power of a quantity with a unit.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([1, 2, 3]).pow(2).values() == [1.0, 4.0, 9.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn pow(context: NativeCallContext, field: Field, exponent: Dynamic) -> Fallible<Dynamic> {
        attempt(&context, || field.to_power(read("the exponent", &exponent)?).map(given))
    }

    /// Values held between two bounds, which are in the unit of the field.
    ///
    /// # Arguments
    /// - `low`, `high`: numbers.
    ///
    /// # Errors
    /// A bound that is not a number.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([-1, 0.5, 3]).clamp(0, 1).values() == [0.0, 0.5, 1.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn clamp(context: NativeCallContext, field: &mut Field, low: Dynamic, high: Dynamic) -> Fallible<Field> {
        attempt(&context, || {
            let (low, high) = (read::<f64>("the lower bound", &low)?, read::<f64>("the upper bound", &high)?);
            Ok(field.map(|v| v.max(low).min(high)))
        })
    }

    /// A function of every value, written in the script.
    ///
    /// # Arguments
    /// - `f`: a function of one number that gives a number.
    ///
    /// # Returns
    /// A field with the same labels and unit.
    ///
    /// # Errors
    /// The function fails or gives something else.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([1, 2, 3]).map(|v| if v > 1 { 10 * v } else { 0 }).values() == [0.0, 20.0, 30.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn map(context: NativeCallContext, field: &mut Field, f: FnPtr) -> Fallible<Field> {
        attempt(&context, || {
            let f = ScriptFunction::new(&context, f);
            let mut values = Vec::with_capacity(field.len());
            for v in field.data() {
                values.push(f.call_for::<f64>("the value of the function", (*v,))?);
            }
            let data = ArrayD::from_shape_vec(field.data().raw_dim(), values).expect("as many values as before");
            Field::new(&field.name, field.unit.clone(), field.dimensions().to_vec(), data)
        })
    }

    /// One field where a mask is not 0, another where it is.
    ///
    /// # Arguments
    /// - `mask`: a field of ones and zeros, as a comparison gives it.
    /// - `yes`, `no`: fields or numbers.
    ///
    /// # Returns
    /// A field in the unit of `yes`.
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
    pub fn choose(context: NativeCallContext, mask: Field, yes: Dynamic, no: Dynamic) -> Fallible<Dynamic> {
        attempt(&context, || {
            let (yes, no): (Field, Field) = (read("the first choice", &yes)?, read("the second choice", &no)?);
            let no = if no.dimensions().is_empty() && no.unit.is_none() { no.with_unit(yes.unit.clone()) } else { no.to_unit(&yes.unit)? };
            Field::choose(&mask, &yes, &no).map(given)
        })
    }

    /// The values converted to another unit.
    ///
    /// # Arguments
    /// - `unit`: such as `"ppm"`, `"gC m-2 d-1"`, `"PgC/yr"`.
    ///
    /// # Returns
    /// A field.
    ///
    /// # Errors
    /// An unknown unit, or one of another kind.
    ///
    /// # Example
    /// ```rhai
    /// let flux = field([1e-8], #{ unit: "kgC m-2 s-1" });
    /// assert_near(flux.to("gC m-2 d-1").values()[0], 0.864, 1e-9);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn to(context: NativeCallContext, field: &mut Field, unit: Dynamic) -> Fallible<Field> {
        attempt(&context, || field.to_unit(&parse_unit(&unit)?))
    }

    /// The same numbers said to be in another unit; `""` for none.
    ///
    /// # Arguments
    /// - `unit`: such as `"ppm"`.
    ///
    /// # Returns
    /// A field.
    ///
    /// # Errors
    /// An unknown unit.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([400]).with_unit("ppm").unit == "ppm");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn with_unit(context: NativeCallContext, field: &mut Field, unit: Dynamic) -> Fallible<Field> {
        attempt(&context, || Ok(field.clone().with_unit(parse_unit(&unit)?)))
    }
}

fn parse_unit(value: &Dynamic) -> crate::error::Result<Unit> {
    match value.as_immutable_string_ref() {
        Ok(text) => Unit::parse(&text),
        Err(_) => read("the unit", value),
    }
}
