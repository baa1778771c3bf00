//! Scores, calibration, tests of difference, and why an analysis is what it is.

mod bootstrap;
mod difference;
mod ensemble;
mod explain;
mod intervals;

use crate::error::{Error, Result};
use crate::field::Reduction;
use crate::script::bind::statistics::intervals::Order;
use crate::script::bridge::arrays::{beside, unit_of, vector};
use crate::script::bridge::options::OptionTable;
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::{Fallible, attempt, read};
use crate::statistics::{Scores, finite, innovations_by_group};
use ndarray::ArrayView1;
use rhai::plugin::*;
use rhai::{Array, Dynamic, Map};

/// Binds `statistics::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("statistics", exported_module!(functions));
    optional!(rooms, Order: "statistics::innovations" = functions::innovations_token);
    bootstrap::bind(rooms);
    difference::bind(rooms);
    ensemble::bind(rooms);
    explain::bind(rooms);
    intervals::bind(rooms);
}

fn series(what: &str, value: &Dynamic) -> Result<Vec<f64>> {
    Ok(vector(what, value, 1)?.to_vec())
}

/// Two vectors, the second in the unit of the first.
fn alike(a: &Dynamic, b: &Dynamic) -> Result<(Vec<f64>, Vec<f64>)> {
    let b = beside(unit_of(a).as_ref(), "the second values", b)?;
    Ok((
        vector("the first values", a, 1)?.to_vec(),
        vector("the second values", &b, 1)?.to_vec(),
    ))
}

/// A serializable result as a map.
fn map_of(value: &impl serde::Serialize) -> Result<Dynamic> {
    rhai::serde::to_dynamic(value)
        .map_err(|e| Error::new("a result has no form in the language").got(e))
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
    /// Lengths that differ, fewer than two values, numbers that are not finite, units that do not
    /// match.
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

    /// Departures from the forecast group by group, against what spread and stated error expect.
    ///
    /// # Arguments
    /// - `departures`: observed less the forecast's mean.
    /// - `spread`, `error`: standard deviations of the ensemble and of the stated errors, in the
    ///   same unit.
    /// - `groups`: text for each observation, such as its site, kind or region.
    ///
    /// # Returns
    /// A map by group: n, mean, mean_low and mean_high (its interval of 95 %, missing of fewer than
    /// three), sd, rms, expected (what rms should be), chi_square.
    ///
    /// # Errors
    /// Lengths that differ, spread and error both zero.
    ///
    /// # Example
    /// ```rhai
    /// let s = statistics::innovations([5, 1, -1], [3, 0, 0], [4, 1, 2], ["b", "a", "a"]);
    /// assert(s.b.chi_square == 1.0 && s.a.n == 2);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn innovations(
        context: NativeCallContext,
        departures: Dynamic,
        spread: Dynamic,
        error: Dynamic,
        groups: Dynamic,
        options: Map,
    ) -> Fallible<Map> {
        attempt(&context, || {
            let unit = unit_of(&departures);
            let spread = beside(unit.as_ref(), "the spread", &spread)?;
            let error = beside(unit.as_ref(), "the errors", &error)?;
            let d = vector("the departures", &departures, 1)?.to_vec();
            let (spread, error) = (
                vector("the spread", &spread, d.len())?.to_vec(),
                vector("the errors", &error, d.len())?.to_vec(),
            );
            let groups: Vec<String> = read("the groups", &groups)?;
            let sequences = Order::read(&context, options)?.sequences(d.len())?;
            let by_group = innovations_by_group(&d, &spread, &error, &groups, &sequences)?;
            by_group
                .iter()
                .map(|(name, s)| Ok((name.as_str().into(), map_of(s)?)))
                .collect()
        })
    }

    /// Quantiles of an array or a field, linear between order statistics.
    ///
    /// # Arguments
    /// - `values`: an array, or a field of one dimension.
    /// - `probabilities`: an array of numbers from 0 to 1.
    ///
    /// # Returns
    /// An array of numbers.
    ///
    /// # Errors
    /// A probability outside 0 to 1, numbers that are not finite.
    ///
    /// # Example
    /// ```rhai
    /// assert(statistics::quantiles([1, 2, 3, 10], [0, 0.5, 1]) == [1.0, 2.5, 10.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn quantiles(
        context: NativeCallContext,
        values: Dynamic,
        probabilities: Dynamic,
    ) -> Fallible<Array> {
        attempt(&context, || {
            let values = series("the values", &values)?;
            finite("the values", &values)?;
            let probabilities: Vec<f64> = read("the probabilities", &probabilities)?;
            if let Some(p) = probabilities.iter().find(|p| !(0.0..=1.0).contains(*p)) {
                return Err(Error::new("a probability lies between 0 and 1").got(p));
            }
            Ok(probabilities
                .iter()
                .map(|p| Dynamic::from(Reduction::Quantile(*p).of(ArrayView1::from(&values))))
                .collect())
        })
    }
}
