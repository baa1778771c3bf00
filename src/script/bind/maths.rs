//! Mathematics of plain numbers, where the language itself asks for a decimal point.

use crate::error::Warning;
use crate::field::{greater, smaller};
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, Host, attempt, read};
use rhai::Dynamic;
use rhai::plugin::*;

/// Binds functions of numbers so that integers are accepted as numbers.
pub fn bind(rooms: &mut Rooms) {
    rooms.global(exported_module!(functions));
    let engine = &mut rooms.engine;
    type Function = fn(f64) -> f64;
    for (name, f) in [
        ("sqrt", f64::sqrt as Function),
        ("ln", f64::ln),
        ("log", f64::ln),
    ] {
        engine.register_fn(name, move |context: NativeCallContext, x: f64| {
            of_positive(&context, name, f, x)
        });
        engine.register_fn(name, move |context: NativeCallContext, x: i64| {
            of_positive(&context, name, f, x as f64)
        });
    }
    let plain: [(&str, Function); 9] = [
        ("exp", f64::exp),
        ("sin", f64::sin),
        ("cos", f64::cos),
        ("tan", f64::tan),
        ("tanh", f64::tanh),
        ("floor", f64::floor),
        ("ceiling", f64::ceil),
        ("round", f64::round),
        ("to_float", |x| x),
    ];
    for (name, f) in plain {
        engine.register_fn(name, move |x: i64| f(x as f64));
    }
    engine.register_fn("tanh", f64::tanh);
    for (name, f) in [
        ("min", smaller as fn(f64, f64) -> f64),
        ("max", greater),
        ("atan", f64::atan2),
        ("hypot", f64::hypot),
        ("pow", f64::powf),
    ] {
        engine.register_fn(name, move |a: i64, b: f64| f(a as f64, b));
        engine.register_fn(name, move |a: f64, b: i64| f(a, b as f64));
    }
    engine.register_fn("pow", f64::powf);
    engine.register_fn("pow", |a: i64, b: i64| (a as f64).powf(b as f64));
}

/// A function that has no value for a negative number: it gives NaN, and says so.
fn of_positive(context: &NativeCallContext, name: &str, f: fn(f64) -> f64, x: f64) -> f64 {
    if x < 0.0 {
        let host = Host::of(context);
        let location = host.lock().sources.location(context.call_position());
        let at = location
            .map(|p| format!(" at {}:{}:{}", p.name, p.line, p.column))
            .unwrap_or_default();
        host.warn(Warning::new(
            "not_a_number",
            format!("{name} of a negative number{at} is not a number"),
        ));
    }
    f(x)
}

#[export_module]
mod functions {
    /// A number held between two bounds.
    ///
    /// # Arguments
    /// - `x`: a number.
    /// - `low`, `high`: the bounds.
    ///
    /// # Returns
    /// A number.
    ///
    /// # Errors
    /// Something that is not a number.
    ///
    /// # Example
    /// ```rhai
    /// assert(clamp(7.5, 0, 1) == 1.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn clamp(context: NativeCallContext, x: f64, low: Dynamic, high: Dynamic) -> Fallible<f64> {
        attempt(&context, || {
            Ok(x.max(read("the lower bound", &low)?)
                .min(read("the upper bound", &high)?))
        })
    }
    #[rhai_fn(name = "clamp", return_raw)]
    pub fn clamp_integer(
        context: NativeCallContext,
        x: i64,
        low: Dynamic,
        high: Dynamic,
    ) -> Fallible<f64> {
        attempt(&context, || {
            Ok((x as f64)
                .max(read("the lower bound", &low)?)
                .min(read("the upper bound", &high)?))
        })
    }
}
