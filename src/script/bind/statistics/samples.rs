//! Samples: how certain a score is, tests of difference without a normal law, quantiles, the
//! bootstrap by blocks.

use crate::error::{Error, Result};
use crate::field::{Field, Reduction};
use crate::script::bind::statistics::{alike, map_of};
use crate::script::bridge::arrays::{beside, unit_of, vector};
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, Options, ScriptFunction, attempt, read};
use crate::statistics::{
    BlockBootstrap, Distribution, ScoreIntervals, Sequences, effective_size, finite,
    kolmogorov_one, kolmogorov_two, mean_interval, rank_sum, signed_rank,
};
use crate::table::{Column, Table};
use crate::time::Time;
use ndarray::ArrayView1;
use rhai::plugin::*;
use rhai::{Array, Dynamic, FnPtr, Map};

/// Binds more of `statistics::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("statistics", exported_module!(functions));
}

fn series(what: &str, value: &Dynamic) -> Result<Vec<f64>> {
    Ok(vector(what, value, 1)?.to_vec())
}

/// A series for the bootstrap of several: in the unit of the first where that is of its kind.
fn drawn_alike(first: &Dynamic, value: &Dynamic) -> Result<Vec<f64>> {
    let kinds = unit_of(first).zip(unit_of(value));
    let shared = kinds.filter(|(first, own)| first.same_kind(own));
    let value = beside(shared.map(|(first, _)| first).as_ref(), "a series", value)?;
    series("a series", &value)
}

/// The sequences of `n` values that the options `by` and `times` tell.
pub(super) fn sequences(o: &mut Options, n: usize) -> Result<Sequences> {
    match o.find::<Vec<String>>("by")? {
        Some(labels) => Sequences::by(&labels, o.find::<Vec<Time>>("times")?.as_deref()),
        None => Ok(Sequences::one(n)),
    }
}

/// What the options of an interval say: the sequences of `n` values, and the confidence.
fn asked(function: &str, options: Map, n: usize) -> Result<(Sequences, f64)> {
    let mut o = Options::new(function, options);
    let sequences = sequences(&mut o, n)?;
    let confidence = o.or("confidence", 0.95)?;
    o.finish()?;
    Ok((sequences, confidence))
}

/// The same of the rows of a table.
fn asked_of(table: &Table, function: &str, options: Map) -> Result<(Sequences, f64)> {
    let mut o = Options::new(function, options);
    let sequences = Sequences::of_table(table, o.find::<String>("by")?.as_deref())?;
    let confidence = o.or("confidence", 0.95)?;
    o.finish()?;
    Ok((sequences, confidence))
}

/// The scores of two columns, the first in the unit of the second.
fn table_intervals(table: &Table, columns: [&str; 2], options: Map) -> Result<Dynamic> {
    let (sequences, confidence) = asked_of(table, "statistics::intervals", options)?;
    let table = match table.column(columns[1])? {
        Column::Numbers(_, unit) if !unit.is_none() => &table.to_unit(columns[0], unit)?,
        _ => table,
    };
    let (model, observed) = (table.numbers(columns[0])?, table.numbers(columns[1])?);
    map_of(&ScoreIntervals::new(
        model, observed, &sequences, confidence,
    )?)
}

/// The bootstrap of one series or several of one length, blocks drawn for all alike.
fn bootstrapped(given: &Dynamic, statistic: &ScriptFunction, options: Map) -> Result<Dynamic> {
    let several = given
        .as_array_ref()
        .is_ok_and(|a| a.first().is_some_and(|v| v.is_array() || v.is::<Field>()));
    let all: Vec<Vec<f64>> = if several {
        given
            .as_array_ref()
            .map(|a| {
                a.iter()
                    .map(|v| drawn_alike(&a[0], v))
                    .collect::<Result<_>>()
            })
            .unwrap_or_else(|_| Ok(vec![]))?
    } else {
        vec![series("the series", given)?]
    };
    let n = all.first().map_or(0, Vec::len);
    all.iter().try_for_each(|s| finite("the series", s))?;
    if let Some(other) = all.iter().find(|s| s.len() != n) {
        return Err(Error::new("the series differ in length")
            .expected(n)
            .got(other.len()));
    }
    let mut o = Options::new("statistics::bootstrap", options);
    let (labels, days) = (o.find::<Vec<String>>("by")?, o.find::<Vec<Time>>("days")?);
    let sequences = match &labels {
        Some(labels) => Sequences::by(labels, days.as_deref())?,
        None => Sequences::one(n),
    };
    sequences.check(n)?;
    let usual = BlockBootstrap::usual_length(sequences.longest(days.as_deref()));
    let boot = BlockBootstrap::new(
        o.or("block", usual)?,
        o.or("samples", 1000usize)?,
        o.or("seed", 1u64)?,
    )?;
    let confidence = o.or("confidence", 0.95)?;
    o.finish()?;
    let of = |places: &[usize]| {
        let drawn = all
            .iter()
            .map(|s| Dynamic::from(Field::line("x", places.iter().map(|k| s[*k]).collect())));
        statistic.call_for::<f64>("the statistic", drawn.collect::<Vec<Dynamic>>())
    };
    map_of(&boot.of(&sequences, days.as_deref(), confidence, of)?)
}

#[export_module]
mod functions {
    /// Bias, RMSE and correlation of a model with intervals that count the pairs, in time order,
    /// only for what they are worth: n (1 - r) / (1 + r), r their autocorrelation, which is that
    /// within each site where sites are pooled.
    ///
    /// # Arguments
    /// - `model`, `observed`: arrays, or fields of one dimension; or a table first, and the names
    ///   of its columns.
    /// - options: `confidence`: 0.95. `by`: the site of every pair, an array; of a table the name
    ///   of a column, `"site"` where it has one. `times`: with `by`, the dates of the pairs, which
    ///   are in time order without; of a table it is the column `time`.
    ///
    /// # Returns
    /// A map: n, and bias, rmse, corr, each a map of value, low, high, n_effective.
    ///
    /// # Errors
    /// Fewer than four pairs, lengths that differ, numbers that are not finite, units that do not
    /// match.
    ///
    /// # Example
    /// ```rhai
    /// let s = statistics::intervals([1, 2, 3, 5, 4], [1, 2, 4, 4, 5]);
    /// assert(s.bias.low < 0 && s.bias.high > 0 && s.corr.high < 1);
    /// let t = table(#{ site: ["a", "b", "a", "b", "a"], model: [1, 2, 3, 5, 4], co2: [1, 2, 4, 4, 5] });
    /// assert(statistics::intervals(t, "model", "co2").n == 5);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn intervals(
        context: NativeCallContext,
        model: Dynamic,
        observed: Dynamic,
        options: Map,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            let (model, observed) = alike(&model, &observed)?;
            let (sequences, confidence) = asked("statistics::intervals", options, model.len())?;
            map_of(&ScoreIntervals::new(
                &model, &observed, &sequences, confidence,
            )?)
        })
    }
    #[rhai_fn(name = "intervals", return_raw)]
    pub fn intervals_plain(
        context: NativeCallContext,
        model: Dynamic,
        observed: Dynamic,
    ) -> Fallible<Dynamic> {
        intervals(context, model, observed, Map::new())
    }

    #[rhai_fn(name = "intervals", return_raw)]
    pub fn intervals_of_table_with(
        context: NativeCallContext,
        table: Table,
        model: &str,
        observed: &str,
        options: Map,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            table_intervals(&table, [model, observed], options)
        })
    }
    #[rhai_fn(name = "intervals", return_raw)]
    pub fn intervals_of_table(
        context: NativeCallContext,
        table: Table,
        model: &str,
        observed: &str,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            table_intervals(&table, [model, observed], Map::new())
        })
    }

    /// The mean of a series in time order with its interval, which respects autocorrelation.
    ///
    /// # Arguments
    /// - `values`: an array, or a field of one dimension; or a table first, and the name of its
    ///   column.
    /// - options: `confidence`: 0.95. `by`, `times`: as for `intervals`.
    ///
    /// # Returns
    /// A map: value, low, high, n_effective.
    ///
    /// # Errors
    /// Fewer than three values, numbers that are not finite.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(statistics::mean([1, 3, 2, 2]).high, 3.2992, 1e-3);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn mean(context: NativeCallContext, values: Dynamic, options: Map) -> Fallible<Dynamic> {
        attempt(&context, || {
            let values = series("the values", &values)?;
            let (sequences, confidence) = asked("statistics::mean", options, values.len())?;
            map_of(&mean_interval(&values, &sequences, confidence)?)
        })
    }
    #[rhai_fn(name = "mean", return_raw)]
    pub fn mean_plain(context: NativeCallContext, values: Dynamic) -> Fallible<Dynamic> {
        mean(context, values, Map::new())
    }

    #[rhai_fn(name = "mean", return_raw)]
    pub fn mean_of_table_with(
        context: NativeCallContext,
        table: Table,
        column: &str,
        options: Map,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            let (sequences, confidence) = asked_of(&table, "statistics::mean", options)?;
            map_of(&mean_interval(
                table.numbers(column)?,
                &sequences,
                confidence,
            )?)
        })
    }
    #[rhai_fn(name = "mean", return_raw)]
    pub fn mean_of_table(
        context: NativeCallContext,
        table: Table,
        column: &str,
    ) -> Fallible<Dynamic> {
        mean_of_table_with(context, table, column, Map::new())
    }

    /// How many independent values a series in time order is worth.
    ///
    /// # Arguments
    /// - `values`: an array, or a field of one dimension.
    ///
    /// # Returns
    /// A number, at most the length.
    ///
    /// # Errors
    /// Numbers that are not finite.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(statistics::effective_size([1, 2, 3, 4]), 2.4, 1e-12);
    /// ```
    #[rhai_fn(name = "effective_size", return_raw)]
    pub fn size_in_effect(context: NativeCallContext, values: Dynamic) -> Fallible<f64> {
        attempt(&context, || {
            let values = series("the values", &values)?;
            effective_size(&values, &Sequences::one(values.len()))
        })
    }

    /// Wilcoxon's signed-rank test: whether pairs differ, without a normal law.
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

    /// Wilcoxon's rank-sum test: whether two samples differ, without a normal law.
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

    /// Kolmogorov and Smirnov's test: whether a sample has the law of another sample, or a law that
    /// is given.
    ///
    /// # Arguments
    /// - `first`: an array, or a field of one dimension.
    /// - `second`: another, or a law such as `distribution::normal(0, 1)`.
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
            if let Some(law) = second.read_lock::<Distribution>() {
                return map_of(&kolmogorov_one(&series("the sample", &first)?, |x| {
                    law.below(x)
                })?);
            }
            let (a, b) = alike(&first, &second)?;
            map_of(&kolmogorov_two(&a, &b)?)
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

    /// How certain any statistic of a series is: it is taken of many series made of blocks of the
    /// given one.
    ///
    /// # Arguments
    /// - `series`: an array or a field of one dimension, in time order; or an array of several,
    ///   drawn alike.
    /// - `statistic`: a function of as many fields that gives a number.
    /// - options: `block`: values in a block, n^(1/3) by default, at least as long as the series
    ///   remembers; `samples`: 1000; `confidence`: 0.95; `seed`: 1; `by`: the site of every value,
    ///   an array, and blocks are each of one site; `days`: the dates of the values, and blocks are
    ///   of whole days, `block` of them.
    ///
    /// # Returns
    /// A map: value, standard_error, low, high.
    ///
    /// # Errors
    /// Series of different lengths, a statistic that fails or is not a number.
    ///
    /// # Example
    /// ```rhai
    /// let b = statistics::bootstrap([1, 2, 3, 4, 5, 6], |x| x.mean(), #{ samples: 200 });
    /// assert(b.value == 3.5 && b.low < 3.5 && b.high > 3.5);
    /// let r = statistics::bootstrap([[1, 2, 3, 4], [2, 4, 5, 9]], |x, y| x.dot(y), #{ samples: 50 });
    /// assert(r.value == 61.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn bootstrap(
        context: NativeCallContext,
        series_given: Dynamic,
        statistic: FnPtr,
        options: Map,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            bootstrapped(
                &series_given,
                &ScriptFunction::new(&context, statistic),
                options,
            )
        })
    }
    #[rhai_fn(name = "bootstrap", return_raw)]
    pub fn bootstrap_plain(
        context: NativeCallContext,
        series_given: Dynamic,
        statistic: FnPtr,
    ) -> Fallible<Dynamic> {
        bootstrap(context, series_given, statistic, Map::new())
    }
}
