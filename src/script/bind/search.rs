//! Least values and roots of functions of one's own.

use crate::error::{Error, Result};
use crate::field::Field;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::{Fallible, FromScript, Host, ScriptFunction, attempt, read};
use crate::statistics::{Minimum, Search};
use rhai::plugin::*;
use rhai::{Dynamic, FnPtr, Map};

/// Binds `minimise` and `find_root`.
pub fn bind(rooms: &mut Rooms) {
    rooms.global(exported_module!(functions));
    optional!(rooms, MinimiseOptions: "minimise" = functions::minimise_token);
    optional!(rooms, RootOptions: "find_root" = functions::find_root_token);
}

options! {
    /// Where and how long a minimum is searched.
    struct MinimiseOptions of "minimise" {
        /// The least arguments, a number or one for each; where not given there is no bound.
        lower: Option<Dynamic>,
        /// The greatest arguments, a number or one for each; where not given there is no bound.
        upper: Option<Dynamic>,
        /// The relative change of the arguments below which the search ends.
        tolerance: f64 = 1e-8,
        /// The most evaluations of the function in each of two searches.
        evaluations: usize = 10_000,
    }
}

options! {
    /// How long a root is searched.
    struct RootOptions of "find_root" {
        /// The part of the interval to which the root is found.
        tolerance: f64 = 1e-12,
        /// The most evaluations of the function.
        evaluations: usize = 1000,
    }
}

/// A bound for each argument.
fn bounds(what: &str, given: &Option<Dynamic>, n: usize, none: f64) -> Result<Vec<f64>> {
    let Some(value) = given else {
        return Ok(vec![none; n]);
    };
    if let Some(x) = f64::from_script(value) {
        return Ok(vec![x; n]);
    }
    let each: Vec<f64> = read(what, value)?;
    match each.len() == n {
        true => Ok(each),
        false => Err(Error::new(format!(
            "{what} must be one number or one for each argument"
        ))
        .expected(n)
        .got(each.len())),
    }
}

/// The minimum, and its arguments as the start is given.
fn minimum_of(
    f: &ScriptFunction,
    start: &Dynamic,
    o: &MinimiseOptions,
) -> Result<(Minimum, Dynamic)> {
    let one = f64::from_script(start);
    let first = match one {
        Some(x) => vec![x],
        None => read::<Vec<f64>>("the start", start)?,
    };
    let lower = bounds("lower", &o.lower, first.len(), f64::NEG_INFINITY)?;
    let upper = bounds("upper", &o.upper, first.len(), f64::INFINITY)?;
    let bounds: Vec<(f64, f64)> = lower.into_iter().zip(upper).collect();
    let what = "the function to minimise";
    let value = |x: &[f64]| match one {
        Some(_) => f.call_for::<f64>(what, (x[0],)),
        None => f.call_for::<f64>(what, (Field::line("x", x.to_vec()),)),
    };
    let search = Search {
        tolerance: o.tolerance,
        evaluations: o.evaluations,
    };
    let optimum = search.minimum(value, &first, &bounds)?;
    let each = optimum.at.iter().map(|x| Dynamic::from(*x));
    let at = match one {
        Some(_) => Dynamic::from(optimum.at[0]),
        None => Dynamic::from_array(each.collect()),
    };
    Ok((optimum, at))
}

#[export_module]
mod functions {
    /// Searches the arguments at which a function is least, without derivatives and within bounds
    /// (COBYLA, Powell 1994). Of several minima it finds one that is near.
    ///
    /// # Arguments
    /// - `f`: a function of a number, or of a field of as many numbers as the start has.
    /// - `start`: a number, or an array of numbers.
    ///
    /// # Returns
    /// A map: `at`, the arguments, as the start is; `value`, the least value; `converged`.
    ///
    /// # Errors
    /// A start outside the bounds, a function that fails or is not a number.
    ///
    /// # Example
    /// ```rhai
    /// let m = minimise(|x| (x - 2) ** 2 + 1, 0.0);
    /// assert_near(m.at, 2, 1e-5);
    /// let bowl = |x| (x[0] - 1) ** 2 + (x[1] + 3) ** 2;
    /// let n = minimise(bowl, [0.0, 0.0], #{ lower: [-5, -2], upper: 5 });
    /// assert_near(n.at[1], -2, 1e-5);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn minimise(
        context: NativeCallContext,
        f: FnPtr,
        start: Dynamic,
        options: Map,
    ) -> Fallible<Map> {
        attempt(&context, || {
            let o = MinimiseOptions::read(&context, options)?;
            let f = ScriptFunction::new(&context, f);
            let (optimum, at) = minimum_of(&f, &start, &o)?;
            let converged = optimum.warning.is_none();
            let host = Host::of(&context);
            optimum.warning.into_iter().for_each(|w| host.warn(w));
            Ok(Map::from_iter([
                ("at".into(), at),
                ("value".into(), optimum.value.into()),
                ("converged".into(), converged.into()),
            ]))
        })
    }

    /// Searches where a function is zero, between two numbers at which it has opposite signs
    /// (Brent 1973).
    ///
    /// # Arguments
    /// - `f`: a function of a number.
    /// - `low`, `high`: the ends.
    ///
    /// # Returns
    /// A number.
    ///
    /// # Errors
    /// One sign at both ends, a function that fails or is not a number, no root within the
    /// evaluations.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(find_root(|x| x ** 2 - 2, 0, 2), sqrt(2), 1e-9);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn find_root(
        context: NativeCallContext,
        f: FnPtr,
        low: Dynamic,
        high: Dynamic,
        options: Map,
    ) -> Fallible<f64> {
        attempt(&context, || {
            let o = RootOptions::read(&context, options)?;
            let f = ScriptFunction::new(&context, f);
            let ends = (read("the lower end", &low)?, read("the upper end", &high)?);
            let search = Search {
                tolerance: o.tolerance,
                evaluations: o.evaluations,
            };
            search.root(|x| f.call_for::<f64>("the function", (x,)), ends)
        })
    }
}
