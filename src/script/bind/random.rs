//! Random numbers that depend on (seed, stream, k) only, so that member k draws the same whatever
//! the number of members or threads.

use crate::error::{Error, Result};
use crate::field::Field;
use crate::progress::stop_here;
use crate::random::{generator, normals};
use crate::script::bind::field::shaped;
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, attempt, read};
use rand::RngExt;
use rand::seq::SliceRandom;
use rhai::plugin::*;
use rhai::{Array, Dynamic};

/// Binds `random::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("random", exported_module!(functions));
}

fn draw(seed: i64, stream: &str, k: i64) -> Result<crate::random::Generator> {
    match (u64::try_from(seed), u64::try_from(k)) {
        (Ok(seed), Ok(k)) => Ok(generator(seed, stream, k)),
        _ => Err(Error::new("a seed and a draw are whole numbers, 0 or more")
            .got(format!("seed {seed}, k {k}"))),
    }
}

#[export_module]
mod functions {
    /// Independent standard normal numbers.
    ///
    /// # Arguments
    /// - `seed`: of the run.
    /// - `stream`: what the draw is for, such as `"factors"`; streams are independent.
    /// - `k`: which draw of the stream, such as the member.
    /// - `n`: how many, or with a fifth argument the names of dimensions.
    /// - `lengths`: optional, the lengths of those dimensions.
    ///
    /// # Returns
    /// A field along `draw`, or of the dimensions named.
    ///
    /// # Errors
    /// A negative seed, draw or length.
    ///
    /// # Example
    /// ```rhai
    /// let a = random::normal(1, "noise", 3, 5);
    /// assert(a.values() == random::normal(1, "noise", 3, 5).values());
    /// assert(random::normal(1, "noise", 0, ["layer", "cell"], [4, 48]).shape == [4, 48]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn normal(
        context: NativeCallContext,
        seed: i64,
        stream: &str,
        k: i64,
        n: i64,
    ) -> Fallible<Field> {
        attempt(&context, || {
            shaped(
                stream,
                &"draw".into(),
                &n.into(),
                draw_normals(seed, stream, k)?,
            )
        })
    }
    #[rhai_fn(name = "normal", return_raw)]
    pub fn normal_field(
        context: NativeCallContext,
        seed: i64,
        stream: &str,
        k: i64,
        n: Dynamic,
        lengths: Dynamic,
    ) -> Fallible<Field> {
        attempt(&context, || {
            shaped(stream, &n, &lengths, draw_normals(seed, stream, k)?)
        })
    }

    /// Independent numbers, uniform from 0 up to 1.
    ///
    /// # Arguments
    /// - `seed`, `stream`, `k`: as for `random::normal`.
    /// - `n`: how many.
    ///
    /// # Returns
    /// A field along `draw`.
    ///
    /// # Errors
    /// A negative seed, draw or length.
    ///
    /// # Example
    /// ```rhai
    /// let u = random::uniform(1, "places", 0, 100);
    /// assert(u.min() >= 0 && u.max() < 1);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn uniform(
        context: NativeCallContext,
        seed: i64,
        stream: &str,
        k: i64,
        n: i64,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let mut rng = draw(seed, stream, k)?;
            shaped(stream, &"draw".into(), &n.into(), |n| {
                let draw = |k| {
                    if k % 4096 == 0 {
                        stop_here();
                    }
                    rng.random::<f64>()
                };
                (0..n).map(draw).collect()
            })
        })
    }

    /// The elements of an array in random order.
    ///
    /// # Arguments
    /// - `seed`, `stream`: as for `random::normal`.
    /// - `values`: an array.
    ///
    /// # Returns
    /// An array.
    ///
    /// # Errors
    /// A negative seed.
    ///
    /// # Example
    /// ```rhai
    /// let order = random::shuffle(1, "hold_out", [1, 2, 3, 4]);
    /// assert(order.len() == 4 && order.contains(3));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn shuffle(
        context: NativeCallContext,
        seed: i64,
        stream: &str,
        values: Array,
    ) -> Fallible<Array> {
        attempt(&context, || {
            let mut values = values;
            values.shuffle(&mut draw(seed, stream, 0)?);
            Ok(values)
        })
    }

    /// A whole number from 0 up to, not including, a limit.
    ///
    /// # Arguments
    /// - `seed`, `stream`, `k`: as for `random::normal`.
    /// - `limit`: a whole number, at least 1.
    ///
    /// # Returns
    /// An integer.
    ///
    /// # Errors
    /// A limit below 1.
    ///
    /// # Example
    /// ```rhai
    /// let die = 1 + random::below(1, "dice", 0, 6);
    /// assert(die >= 1 && die <= 6);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn below(
        context: NativeCallContext,
        seed: i64,
        stream: &str,
        k: i64,
        limit: Dynamic,
    ) -> Fallible<i64> {
        attempt(&context, || {
            let limit: usize = read("the limit", &limit)?;
            if limit == 0 {
                return Err(Error::new("there is no whole number from 0 up to 0")
                    .expected("a limit of at least 1"));
            }
            Ok(draw(seed, stream, k)?.random_range(0..limit) as i64)
        })
    }
}

fn draw_normals(seed: i64, stream: &str, k: i64) -> Result<impl FnOnce(usize) -> Vec<f64>> {
    let mut rng = draw(seed, stream, k)?;
    Ok(move |n| normals(&mut rng, n))
}
