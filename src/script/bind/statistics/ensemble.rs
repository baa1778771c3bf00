//! Whether an ensemble is calibrated: its spread, its ranks, its probability score.

use crate::error::Result;
use crate::script::bind::statistics::map_of;
use crate::script::bridge::arrays::{beside, matrix, unit_of, vector};
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, attempt, read};
use crate::statistics::{flatness, mean_crps, rank_histogram, spread_skill};
use ndarray::Array2;
use rhai::plugin::*;
use rhai::{Array, Dynamic, Map};

/// Binds the calibration of ensembles.
pub(super) fn bind(rooms: &mut Rooms) {
    rooms.room("statistics", exported_module!(functions));
}

/// Members (case, member) and one value for each case, in the unit of the members.
fn cases(members: &Dynamic, what: &str, values: &Dynamic) -> Result<(Array2<f64>, Vec<f64>)> {
    let values = beside(unit_of(members).as_ref(), what, values)?;
    Ok((
        matrix("the members", members)?,
        vector(what, &values, 1)?.to_vec(),
    ))
}

#[export_module]
mod functions {
    /// Whether an ensemble's spread predicts its error, over cases sorted by spread.
    ///
    /// # Arguments
    /// - `members`: (case, member).
    /// - `truth`: one value per case, in the same unit.
    /// - `bins`: into how many equal shares the cases are cut; 1 for one number.
    ///
    /// # Returns
    /// An array of maps, smallest spread first: n, spread, rmse, ratio (one where calibrated).
    ///
    /// # Errors
    /// Shapes that differ, more bins than cases.
    ///
    /// # Example
    /// ```rhai
    /// let s = statistics::spread_skill([[0, 4], [0, 2]], [-2, 0], 2);
    /// assert_near(s[0].spread, sqrt(3), 1e-12);
    /// assert_near(s[1].rmse, 4, 1e-12);
    /// ```
    #[rhai_fn(name = "spread_skill", return_raw)]
    pub fn spread_and_skill(
        context: NativeCallContext,
        members: Dynamic,
        truth: Dynamic,
        bins: Dynamic,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            let (members, truth) = cases(&members, "the truth", &truth)?;
            let bins = read("the bins", &bins)?;
            map_of(&spread_skill(members.view(), &truth, bins)?)
        })
    }

    /// How often what was observed has each rank among the members, and the chance of counts so
    /// uneven by accident.
    ///
    /// # Arguments
    /// - `members`: (case, member), with the observation error added.
    /// - `observed`: one value per case.
    /// - `seed`: for ties.
    ///
    /// # Returns
    /// A map: counts, an array of one more than members; p_value, small where the ensemble is not
    /// calibrated, () for fewer than 5 cases a rank.
    ///
    /// # Errors
    /// Shapes that differ, numbers that are not finite.
    ///
    /// # Example
    /// ```rhai
    /// assert(statistics::ranks([[1, 2], [1, 2]], [0, 1.5], 1).counts == [1, 1, 0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn ranks(
        context: NativeCallContext,
        members: Dynamic,
        observed: Dynamic,
        seed: Dynamic,
    ) -> Fallible<Map> {
        attempt(&context, || {
            let (members, observed) = cases(&members, "the observed values", &observed)?;
            let counts = rank_histogram(members.view(), &observed, read("the seed", &seed)?)?;
            let few = counts.iter().sum::<usize>() < 5 * counts.len();
            let p_value = if few {
                Dynamic::UNIT
            } else {
                flatness(&counts)?.into()
            };
            let counts: Array = counts.iter().map(|c| Dynamic::from(*c as i64)).collect();
            Ok(Map::from_iter([
                ("counts".into(), counts.into()),
                ("p_value".into(), p_value),
            ]))
        })
    }

    /// The continuous ranked probability score, mean over cases; 0 is perfect.
    ///
    /// # Arguments
    /// - `members`: (case, member).
    /// - `observed`: one value per case, in the same unit.
    ///
    /// # Returns
    /// A number in that unit.
    ///
    /// # Errors
    /// Shapes that differ, numbers that are not finite.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(statistics::crps([[2, 0], [1, 1]], [1, 1]), 0.25, 1e-12);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn crps(context: NativeCallContext, members: Dynamic, observed: Dynamic) -> Fallible<f64> {
        attempt(&context, || {
            let (members, observed) = cases(&members, "the observed values", &observed)?;
            mean_crps(members.view(), &observed)
        })
    }
}
