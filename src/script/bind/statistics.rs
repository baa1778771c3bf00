//! Scores and tests of difference.

use super::Rooms;
use super::arrays::vector;
use crate::error::Result;
use crate::field::Field;
use crate::script::{Fallible, attempt};
use crate::statistics::{Difference, Scores, paired, welch};
use rhai::plugin::*;
use rhai::{Dynamic, Map};

/// Binds `statistics::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("statistics", exported_module!(functions));
}

/// Two vectors, the second in the unit of the first.
fn alike(a: &Dynamic, b: &Dynamic) -> Result<(Vec<f64>, Vec<f64>)> {
    let b = match (a.read_lock::<Field>(), b.read_lock::<Field>()) {
        (Some(a), Some(b)) => Dynamic::from(b.to_unit(&a.unit)?),
        _ => b.clone(),
    };
    Ok((vector("the first values", a, 1)?.to_vec(), vector("the second values", &b, 1)?.to_vec()))
}

fn difference(d: Difference) -> Map {
    Map::from_iter([("mean".into(), d.mean.into()), ("t".into(), d.t.into()), ("p_value".into(), d.p_value.into())])
}

#[export_module]
mod functions {
    /// How well a model agrees with what was observed.
    ///
    /// # Arguments
    /// - `model`, `observed`: arrays, or fields of one dimension.
    ///
    /// # Returns
    /// A map: n, rmse, corr, bias (model minus observed), in the unit of the model.
    ///
    /// # Errors
    /// Lengths that differ, fewer than two values, numbers that are not finite, units that do not match.
    ///
    /// # Example
    /// ```rhai
    /// let s = statistics::scores([1, 2, 3], [1, 2, 6]);
    /// assert_near(s.bias, -1.0, 1e-12);
    /// assert_near(s.rmse, sqrt(3), 1e-12);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn scores(context: NativeCallContext, model: Dynamic, observed: Dynamic) -> Fallible<Map> {
        attempt(&context, || {
            let (model, observed) = alike(&model, &observed)?;
            let s = Scores::new(&model, &observed)?;
            Ok(Map::from_iter([
                ("n".into(), Dynamic::from(s.n as i64)),
                ("rmse".into(), s.rmse.into()),
                ("corr".into(), s.corr.into()),
                ("bias".into(), s.bias.into()),
            ]))
        })
    }

    /// Whether two samples differ in their mean (Welch's t-test).
    ///
    /// # Arguments
    /// - `first`, `second`: arrays, or fields of one dimension.
    ///
    /// # Returns
    /// A map: mean (of the difference), t, p_value (two-sided).
    ///
    /// # Errors
    /// Fewer than two values, numbers that are not finite.
    ///
    /// # Example
    /// ```rhai
    /// assert(statistics::welch([1, 2, 3, 4], [11, 12, 13, 14]).p_value < 0.01);
    /// ```
    #[rhai_fn(name = "welch", return_raw)]
    pub fn welch_test(context: NativeCallContext, first: Dynamic, second: Dynamic) -> Fallible<Map> {
        attempt(&context, || {
            let (a, b) = alike(&first, &second)?;
            Ok(difference(welch(&a, &b)?))
        })
    }

    /// Whether pairs of values differ in their mean (Student's t-test of the differences).
    ///
    /// # Arguments
    /// - `first`, `second`: arrays, or fields of one dimension, of one length.
    ///
    /// # Returns
    /// A map: mean (of the difference), t, p_value (two-sided).
    ///
    /// # Errors
    /// Lengths that differ, fewer than two values, numbers that are not finite.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(statistics::paired([2, 4, 6, 9], [1, 3, 5, 7]).mean, 1.25, 1e-12);
    /// ```
    #[rhai_fn(name = "paired", return_raw)]
    pub fn paired_test(context: NativeCallContext, first: Dynamic, second: Dynamic) -> Fallible<Map> {
        attempt(&context, || {
            let (a, b) = alike(&first, &second)?;
            Ok(difference(paired(&a, &b)?))
        })
    }
}
