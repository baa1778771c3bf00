//! Tests of difference between samples, for normal samples and for any.

use crate::script::bind::statistics::{alike, map_of, series};
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, attempt};
use crate::statistics::{
    Difference, Distribution, kolmogorov_one, kolmogorov_two, paired, rank_sum, signed_rank, welch,
};
use rhai::plugin::*;
use rhai::{Dynamic, Map};

/// Binds tests of difference.
pub(super) fn bind(rooms: &mut Rooms) {
    rooms.room("statistics", exported_module!(functions));
}

fn difference(d: Difference) -> Map {
    Map::from_iter([
        ("mean".into(), d.mean.into()),
        ("t".into(), d.t.into()),
        ("p_value".into(), d.p_value.into()),
    ])
}

#[export_module]
mod functions {
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
    pub fn welch_test(
        context: NativeCallContext,
        first: Dynamic,
        second: Dynamic,
    ) -> Fallible<Map> {
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
    pub fn paired_test(
        context: NativeCallContext,
        first: Dynamic,
        second: Dynamic,
    ) -> Fallible<Map> {
        attempt(&context, || {
            let (a, b) = alike(&first, &second)?;
            Ok(difference(paired(&a, &b)?))
        })
    }

    /// Wilcoxon's signed-rank test: whether pairs differ, whatever their
    /// distribution.
    ///
    /// # Arguments
    /// - `first`, `second`: arrays, or fields of one dimension, of one length.
    ///
    /// # Returns
    /// A map: statistic (the sum of ranks of positive differences), p_value (two-sided).
    ///
    /// # Errors
    /// Lengths that differ, pairs that are all equal.
    ///
    /// # Example
    /// ```rhai
    /// assert(statistics::signed_rank([2, 4, 6, 8, 10], [1, 2, 3, 4, 5]).p_value == 0.0625);
    /// ```
    #[rhai_fn(name = "signed_rank", return_raw)]
    pub fn signed_rank_test(
        context: NativeCallContext,
        first: Dynamic,
        second: Dynamic,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            let (a, b) = alike(&first, &second)?;
            map_of(&signed_rank(&a, &b)?)
        })
    }

    /// Wilcoxon's rank-sum test: whether two samples differ, whatever
    /// their distribution.
    ///
    /// # Arguments
    /// - `first`, `second`: arrays, or fields of one dimension.
    ///
    /// # Returns
    /// A map: statistic (pairs with the first above the second), p_value (two-sided).
    ///
    /// # Errors
    /// An empty sample.
    ///
    /// # Example
    /// ```rhai
    /// assert(statistics::rank_sum([1, 2, 3], [4, 5, 6]).p_value == 0.1);
    /// ```
    #[rhai_fn(name = "rank_sum", return_raw)]
    pub fn rank_sum_test(
        context: NativeCallContext,
        first: Dynamic,
        second: Dynamic,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            let (a, b) = alike(&first, &second)?;
            map_of(&rank_sum(&a, &b)?)
        })
    }

    /// Kolmogorov and Smirnov's test: whether a sample has the distribution of another sample, or
    /// one that is given.
    ///
    /// # Arguments
    /// - `first`: an array, or a field of one dimension.
    /// - `second`: another, or a distribution such as `distribution::normal(0, 1)`.
    ///
    /// # Returns
    /// A map: statistic (the largest distance of the distributions), p_value.
    ///
    /// # Errors
    /// An empty sample.
    ///
    /// # Example
    /// ```rhai
    /// let x = random::normal(1, "noise", 0, 200);
    /// assert(statistics::kolmogorov(x, distribution::normal(0, 1)).p_value > 0.01);
    /// assert(statistics::kolmogorov(x, x + 2).p_value < 0.01);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn kolmogorov(
        context: NativeCallContext,
        first: Dynamic,
        second: Dynamic,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            if let Some(distribution) = second.read_lock::<Distribution>() {
                return map_of(&kolmogorov_one(&series("the sample", &first)?, |x| {
                    distribution.cdf(x)
                })?);
            }
            let (a, b) = alike(&first, &second)?;
            map_of(&kolmogorov_two(&a, &b)?)
        })
    }
}
