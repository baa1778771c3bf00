//! How certain a mean and the scores of a model are.

use crate::error::{Error, Result};
use crate::script::bind::statistics::{alike, map_of, series};
use crate::script::bridge::arrays::vector;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::{Fallible, FromScript, attempt, read};
use crate::statistics::{
    ScoreIntervals, Sequences, effective_size, interval_of_independent, mean_interval,
};
use crate::table::{Column, Table};
use crate::time::Time;
use rhai::plugin::*;
use rhai::{Dynamic, Map};

/// Binds intervals.
pub(super) fn bind(rooms: &mut Rooms) {
    rooms.room("statistics", exported_module!(functions));
    optional!(
        rooms,
        IntervalOptions: "statistics::intervals" = functions::intervals_token,
        "statistics::intervals" = functions::intervals_of_table_token,
        "statistics::mean" = functions::mean_token,
        "statistics::mean" = functions::mean_of_table_token,
    );
}

options! {
    /// How sure an interval is to hold what is sought.
    pub(super) struct Level of "the level of an interval" {
        /// The confidence level: the probability that an interval holds the true value.
        confidence: f64 = 0.95,
    }
}

options! {
    /// Which values follow each other in time.
    pub(super) struct Order of "statistics::innovations" {
        /// The site of every value, within which they follow each other; of a table the name of
        /// the column of it, which where not given is `site` if there is one.
        by: Option<Sites>,
        /// The dates of the values; where not given they are in the order of time. Of a table they
        /// are its column `time`.
        times: Option<Vec<Time>>,
    }
}

options! {
    /// Options of an interval.
    struct IntervalOptions of "statistics::intervals", "statistics::mean"
        with order: Order, level: Level {}
}

/// The site of each pair.
#[derive(Debug, Clone)]
pub(super) enum Sites {
    /// The site of every value.
    Each(Vec<String>),
    /// The column of a table.
    Column(String),
}

impl FromScript for Sites {
    fn expected() -> String {
        "an array of text, or the name of a column".into()
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        String::from_script(value)
            .map(Sites::Column)
            .or_else(|| Vec::from_script(value).map(Sites::Each))
    }
}

impl Order {
    /// The sequences of `n` values.
    pub(super) fn sequences(&self, n: usize) -> Result<Sequences> {
        match &self.by {
            Some(Sites::Each(labels)) => Sequences::by(labels, self.times.as_deref()),
            Some(Sites::Column(name)) => Err(Error::new("there is no table to have a column")
                .at("option \"by\"")
                .expected("an array, the site of every value")
                .got(format!("text \"{name}\""))),
            None if self.times.is_some() => Sequences::by(&vec![""; n], self.times.as_deref()),
            None => Ok(Sequences::one(n)),
        }
    }
    /// The sequences of the rows of a table.
    fn of_table(&self, table: &Table) -> Result<Sequences> {
        if self.times.is_some() {
            return Err(Error::new("the dates of a table are not an option")
                .expected("its column \"time\"")
                .got("option \"times\""));
        }
        match &self.by {
            Some(Sites::Column(name)) => Sequences::of_table(table, Some(name)),
            Some(Sites::Each(_)) => Err(Error::new("the sites of a table are in its columns")
                .at("option \"by\"")
                .expected("the name of a column")
                .got("an array")),
            None => Sequences::of_table(table, None),
        }
    }
}

/// The scores of two columns, the first in the unit of the second.
fn table_intervals(table: &Table, columns: [&str; 2], o: &IntervalOptions) -> Result<Dynamic> {
    let sequences = o.order.of_table(table)?;
    let table = match table.column(columns[1])? {
        Column::Numbers(_, unit) if !unit.is_none() => &table.to_unit(columns[0], unit)?,
        _ => table,
    };
    let (model, observed) = (table.numbers(columns[0])?, table.numbers(columns[1])?);
    map_of(&ScoreIntervals::new(
        model,
        observed,
        &sequences,
        o.level.confidence,
    )?)
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
            let o = IntervalOptions::read(&context, options)?;
            let sequences = o.order.sequences(model.len())?;
            let confidence = o.level.confidence;
            map_of(&ScoreIntervals::new(
                &model, &observed, &sequences, confidence,
            )?)
        })
    }
    #[rhai_fn(name = "intervals", return_raw)]
    pub fn intervals_of_table(
        context: NativeCallContext,
        table: Table,
        model: &str,
        observed: &str,
        options: Map,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            let o = IntervalOptions::read(&context, options)?;
            table_intervals(&table, [model, observed], &o)
        })
    }

    /// The mean of a series in time order with its interval, which respects autocorrelation.
    ///
    /// # Arguments
    /// - `values`: an array, or a field of one dimension; or a table first, and the name of its
    ///   column.
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
            let o = IntervalOptions::read(&context, options)?;
            let sequences = o.order.sequences(values.len())?;
            map_of(&mean_interval(&values, &sequences, o.level.confidence)?)
        })
    }
    #[rhai_fn(name = "mean", return_raw)]
    pub fn mean_of_table(
        context: NativeCallContext,
        table: Table,
        column: &str,
        options: Map,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            let o = IntervalOptions::read(&context, options)?;
            let sequences = o.order.of_table(&table)?;
            map_of(&mean_interval(
                table.numbers(column)?,
                &sequences,
                o.level.confidence,
            )?)
        })
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

    /// The mean of independent values and the interval that holds the true mean at a given level
    /// (Student's t); of a series in time use `statistics::mean`.
    ///
    /// # Arguments
    /// - `values`: an array, or a field of one dimension.
    /// - `level`: optional, 0.95.
    ///
    /// # Returns
    /// A map: value, low, high, n_effective (how many); the ends are missing for one value.
    ///
    /// # Errors
    /// No values, numbers that are not finite.
    ///
    /// # Example
    /// ```rhai
    /// let i = statistics::confidence([1, 2, 3]);
    /// assert_near(i.high - i.value, 4.3027 / sqrt(3), 1e-3);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn confidence(
        context: NativeCallContext,
        values: Dynamic,
        level: Dynamic,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            map_of(&interval_of_independent(
                &vector("the values", &values, 1)?.to_vec(),
                read("the level", &level)?,
            )?)
        })
    }
    #[rhai_fn(name = "confidence", return_raw)]
    pub fn confidence_usual(context: NativeCallContext, values: Dynamic) -> Fallible<Dynamic> {
        confidence(context, values, 0.95.into())
    }
}
