//! Functions of every value of a field.

use crate::error::Error;
use crate::field::Field;
use crate::script::bind::field::given;
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::quantity;
use crate::script::{Fallible, ScriptFunction, attempt, read};
use crate::units::Unit;
use ndarray::ArrayD;
use rhai::plugin::*;
use rhai::{Dynamic, FnPtr};

/// Binds functions of every value. Exponents, logarithms and the like ask for pure numbers; angles
/// may be in degrees.
pub fn bind(rooms: &mut Rooms) {
    rooms.global(exported_module!(functions));
    type Function = fn(f64) -> f64;
    let pure: [(&'static str, Function); 10] = [
        ("exp", f64::exp),
        ("log", f64::ln),
        ("ln", f64::ln),
        ("log10", f64::log10),
        ("tanh", f64::tanh),
        ("asin", f64::asin),
        ("acos", f64::acos),
        ("atan", f64::atan),
        ("sinh", f64::sinh),
        ("cosh", f64::cosh),
    ];
    for (name, of) in pure {
        rooms.engine.register_fn(
            name,
            move |c: NativeCallContext, f: Field| -> Fallible<Dynamic> {
                attempt(&c, || f.pure(name, of).map(given))
            },
        );
    }
    let angles: [(&'static str, Function); 3] =
        [("sin", f64::sin), ("cos", f64::cos), ("tan", f64::tan)];
    for (name, of) in angles {
        rooms.engine.register_fn(
            name,
            move |c: NativeCallContext, f: Field| -> Fallible<Dynamic> {
                attempt(&c, || of_angle(&f, name, of).map(given))
            },
        );
    }
    let functions: [(&'static str, Function); 5] = [
        ("abs", f64::abs),
        ("floor", f64::floor),
        ("ceiling", f64::ceil),
        ("round", f64::round),
        ("sign", |v| if v == 0.0 { 0.0 } else { v.signum() }),
    ];
    for (name, of) in functions {
        rooms
            .engine
            .register_fn(name, move |f: Field| given(f.map(of)));
    }
}

/// Of an angle in degrees, or of a pure number, in radians.
fn of_angle(field: &Field, name: &str, of: fn(f64) -> f64) -> crate::error::Result<Field> {
    match field.unit.factor_to(&Unit::parse("degrees")?) {
        Ok(factor) => Ok(field
            .map(|v| of((v * factor).to_radians()))
            .with_unit(Unit::none())),
        Err(_) => field.pure(name, of),
    }
}

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
        attempt(&context, || {
            field.to_power(read("the exponent", &exponent)?).map(given)
        })
    }

    /// Values held between two bounds; missing ones stay missing.
    ///
    /// # Arguments
    /// - `low`, `high`: numbers in the unit of the field, or quantities.
    ///
    /// # Errors
    /// A bound that is not a number or of another kind, a lower one above the upper.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([-1, 0.5, 3]).clamp(0, 1).values() == [0.0, 0.5, 1.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn clamp(
        context: NativeCallContext,
        field: &mut Field,
        low: Dynamic,
        high: Dynamic,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let unit = field.unit.to_string();
            let low = quantity("the lower bound", &low, &unit)?;
            let high = quantity("the upper bound", &high, &unit)?;
            if low > high || low.is_nan() || high.is_nan() {
                return Err(Error::new("the bounds are out of order")
                    .expected("a lower bound that is not above the upper")
                    .got(format!("{low} and {high}")));
            }
            Ok(field.map(|v| if v.is_nan() { v } else { v.clamp(low, high) }))
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
            let data = ArrayD::from_shape_vec(field.data().raw_dim(), values)
                .expect("as many values as before");
            Field::new(
                &field.name,
                field.unit.clone(),
                field.dimensions().to_vec(),
                data,
            )
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
    pub fn with_unit(
        context: NativeCallContext,
        field: &mut Field,
        unit: Dynamic,
    ) -> Fallible<Field> {
        attempt(&context, || Ok(field.clone().with_unit(parse_unit(&unit)?)))
    }
}

fn parse_unit(value: &Dynamic) -> crate::error::Result<Unit> {
    match value.as_immutable_string_ref() {
        Ok(text) => Unit::parse(&text),
        Err(_) => read("the unit", value),
    }
}
