//! Arrays in order, and values apart from the variable that holds them.
//!
//! The engine's own `sort` and `dedup` take a closure that fails, or gives no whole number, for one
//! that finds all elements alike.

use crate::error::{Error, Result};
use crate::script::bridge::function::ScriptFunction;
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::{describe, kind_of};
use crate::script::{Fallible, FromScript, attempt};
use crate::time::Time;
use rhai::plugin::*;
use rhai::{Array, Dynamic, FnPtr};
use std::cmp::Ordering;

/// Binds `sort`, `dedup` and `copied`.
pub fn bind(rooms: &mut Rooms) {
    rooms.global(exported_module!(functions));
}

/// The values in order, equal ones as they were: a merge sort, which stands any comparison.
fn sorted(
    mut values: Vec<Dynamic>,
    compare: &mut dyn FnMut(&Dynamic, &Dynamic) -> Result<Ordering>,
) -> Result<Vec<Dynamic>> {
    if values.len() < 2 {
        return Ok(values);
    }
    let right = values.split_off(values.len() / 2);
    let left = sorted(values, compare)?;
    let mut right = sorted(right, compare)?.into_iter().peekable();
    let mut all = Vec::with_capacity(left.len() + right.len());
    for value in left {
        while let Some(other) = right.peek() {
            if compare(other, &value)? != Ordering::Less {
                break;
            }
            all.extend(right.next());
        }
        all.push(value);
    }
    all.extend(right);
    Ok(all)
}

/// The order of two numbers, missing ones last; of two texts, dates or truth values.
fn natural(a: &Dynamic, b: &Dynamic) -> Result<Ordering> {
    if let (Some(x), Some(y)) = (f64::from_script(a), f64::from_script(b)) {
        let known = x.partial_cmp(&y);
        return Ok(known.unwrap_or_else(|| x.is_nan().cmp(&y.is_nan())));
    }
    if let (Ok(x), Ok(y)) = (a.as_immutable_string_ref(), b.as_immutable_string_ref()) {
        return Ok(x.as_str().cmp(y.as_str()));
    }
    if let (Some(x), Some(y)) = (a.read_lock::<Time>(), b.read_lock::<Time>()) {
        return Ok(x.cmp(&y));
    }
    match (a.as_bool(), b.as_bool()) {
        (Ok(x), Ok(y)) => Ok(x.cmp(&y)),
        _ => Err(unsorted(a, b)),
    }
}

fn unsorted(a: &Dynamic, b: &Dynamic) -> Error {
    let error = Error::new("an array of these values cannot be sorted")
        .hint(".map(|x| x.value()) first, or .sort(|a, b| ...)");
    let kinds = [a, b].map(|v| kind_of(v.type_name()));
    match kinds[0] == kinds[1] {
        true => error
            .expected("numbers, text or dates")
            .got(format!("values of the kind {}", kinds[0])),
        false => {
            error
                .expected("values of one kind")
                .got(format!("{} and {}", describe(a), describe(b)))
        }
    }
}

#[export_module]
mod functions {
    /// Puts an array in order: numbers with missing ones last, texts, dates.
    ///
    /// # Arguments
    /// - `compare`: optional, a function of two elements: below 0 where the first comes before the
    ///   second, above 0 where it comes after it, 0 where they stay as they are.
    ///
    /// # Errors
    /// Elements of several kinds; a function that fails or gives no number.
    ///
    /// # Example
    /// ```rhai
    /// let sites = [#{ height: 12.5 }, #{ height: 3.0 }];
    /// sites.sort(|a, b| a.height - b.height);
    /// assert(sites[0].height == 3.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn sort(context: NativeCallContext, array: &mut Array) -> Fallible<()> {
        attempt(&context, || {
            *array = sorted(array.clone(), &mut natural)?;
            Ok(())
        })
    }
    #[rhai_fn(name = "sort", return_raw)]
    pub fn sort_by(context: NativeCallContext, array: &mut Array, compare: FnPtr) -> Fallible<()> {
        let function = ScriptFunction::new(&context, compare);
        attempt(&context, || {
            let mut by = |a: &Dynamic, b: &Dynamic| {
                let sign = function.call_for::<f64>("the comparison", (a.clone(), b.clone()));
                let sign = sign.map_err(|e| e.hint("a - b, below 0 where a comes first"))?;
                sign.partial_cmp(&0.0).ok_or_else(|| {
                    Error::new("the comparison is a missing value")
                        .expected("a number below, at or above 0")
                })
            };
            *array = sorted(array.clone(), &mut by)?;
            Ok(())
        })
    }

    /// Leaves out elements of an array that follow one they are the same as.
    ///
    /// # Arguments
    /// - `same`: a function of two neighbours.
    ///
    /// # Errors
    /// A function that fails or gives no truth value.
    ///
    /// # Example
    /// ```rhai
    /// let x = [1, 2, 4, 5];
    /// x.dedup(|a, b| b - a < 2);
    /// assert(x == [1, 4]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn dedup(context: NativeCallContext, array: &mut Array, same: FnPtr) -> Fallible<()> {
        let function = ScriptFunction::new(&context, same);
        attempt(&context, || {
            let mut kept: Vec<Dynamic> = Vec::with_capacity(array.len());
            for value in array.iter() {
                let known = match kept.last() {
                    Some(last) => function
                        .call_for::<bool>("the comparison", (last.clone(), value.clone()))?,
                    None => false,
                };
                if !known {
                    kept.push(value.clone());
                }
            }
            *array = kept;
            Ok(())
        })
    }

    /// A value apart from the variable that holds it; a method whose closure uses what it is called
    /// on gets one by itself, `v.map(|x| x / v[0])`.
    ///
    /// # Arguments
    /// - `value`: anything.
    ///
    /// # Returns
    /// The value.
    ///
    /// # Example
    /// ```rhai
    /// let v = [2.0, 4.0];
    /// assert(v.map(|x| x / v[0]) == [1.0, 2.0]);
    /// assert(copied(v) == v);
    /// ```
    pub fn copied(value: Dynamic) -> Dynamic {
        value.flatten()
    }
}
