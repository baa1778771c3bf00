//! Scores, calibration, tests of difference, and why an analysis is what it is.

mod samples;

use crate::assimilation::{RegionAnalysis, explain_cell, explain_observation};
use crate::error::{Error, Result};
use crate::inflation::Factors;
use crate::innovation::Innovation;
use crate::script::bind::inflation::factors::factors_of;
use crate::script::bind::localization::Localize;
use crate::script::bind::statistics::samples::sequences;
use crate::script::bridge::arrays::{beside, matrix, unit_of, vector};
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::handle;
use crate::script::{Fallible, Options, attempt, read};
use crate::statistics::{
    Difference, Scores, flatness, innovations_by_group, interval_of_independent, mean_crps, paired,
    rank_histogram, spread_skill, welch,
};
use ndarray::Array2;
use rhai::plugin::*;
use rhai::{Array, Dynamic, Map};
use std::sync::Arc;

/// Binds `statistics::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("statistics", exported_module!(functions));
    samples::bind(rooms);
}

/// Two vectors, the second in the unit of the first.
pub(super) fn alike(a: &Dynamic, b: &Dynamic) -> Result<(Vec<f64>, Vec<f64>)> {
    let b = beside(unit_of(a).as_ref(), "the second values", b)?;
    Ok((
        vector("the first values", a, 1)?.to_vec(),
        vector("the second values", &b, 1)?.to_vec(),
    ))
}

/// Members (case, member) and one value for each case, in the unit of the members.
fn cases(members: &Dynamic, what: &str, values: &Dynamic) -> Result<(Array2<f64>, Vec<f64>)> {
    let values = beside(unit_of(members).as_ref(), what, values)?;
    Ok((
        matrix("the members", members)?,
        vector(what, &values, 1)?.to_vec(),
    ))
}

fn difference(d: Difference) -> Map {
    Map::from_iter([
        ("mean".into(), d.mean.into()),
        ("t".into(), d.t.into()),
        ("p_value".into(), d.p_value.into()),
    ])
}

/// A serializable result as a map.
pub(super) fn map_of(value: &impl serde::Serialize) -> Result<Dynamic> {
    rhai::serde::to_dynamic(value)
        .map_err(|e| Error::new("a result has no form in the language").got(e))
}

/// The innovation and factors of every region, in the localization's order, from an array of `#{
/// innovation, factors }`.
fn analyses(list: &Array) -> Result<Vec<(Arc<Innovation>, Factors)>> {
    let one = |entry: &Dynamic| {
        let mut o = Options::new(
            "the analysis of a region",
            read("the analysis of a region", entry)?,
        );
        let innovation = handle::<Arc<Innovation>>(
            "innovation",
            &o.required::<Dynamic>("innovation")?,
            "an innovation",
        )?;
        let factors = factors_of(&o.required::<Dynamic>("factors")?, &innovation)?;
        o.finish()?;
        Ok((innovation, factors))
    };
    list.iter().map(one).collect()
}

fn borrowed(of: &[(Arc<Innovation>, Factors)]) -> Vec<RegionAnalysis<'_>> {
    of.iter()
        .map(|(innovation, factors)| RegionAnalysis {
            innovation,
            factors,
        })
        .collect()
}

#[export_module]
mod functions {
    /// Whether an ensemble's spread tells its error, over cases sorted by spread.
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

    /// Departures from the forecast group by group, against what spread and stated error expect.
    ///
    /// # Arguments
    /// - `departures`: observed less the forecast's mean.
    /// - `spread`, `error`: standard deviations of the ensemble and of the stated errors, in the
    ///   same unit.
    /// - `groups`: text for each observation, such as its site, kind or region.
    /// - options: `by`: the site of each observation, and `times`, its date: which follow each
    ///   other, as for `intervals`; without, all do in the order they are in.
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
    ) -> Fallible<Map> {
        innovations_with(context, departures, spread, error, groups, Map::new())
    }
    #[rhai_fn(name = "innovations", return_raw)]
    pub fn innovations_with(
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
            let mut o = Options::new("statistics::innovations", options);
            let sequences = sequences(&mut o, d.len())?;
            o.finish()?;
            let found = innovations_by_group(&d, &spread, &error, &groups, &sequences)?;
            found
                .iter()
                .map(|(name, s)| Ok((name.as_str().into(), map_of(s)?)))
                .collect()
        })
    }

    /// Why an observation did what it did: the regions that use it, its weight and its factors.
    ///
    /// # Arguments
    /// - `localization`: of the analysis.
    /// - `analyses`: an array of `#{ innovation, factors }`, one per region in order.
    /// - `observation`: its number.
    /// - `row`, `column`: of its cell.
    ///
    /// # Returns
    /// A map: observation, source, departure, increment, and regions, an array of maps: region,
    /// blend, mu, moderation, influence (its part of the degrees of freedom for signal), increment.
    ///
    /// # Errors
    /// No region uses the observation; another number of analyses than regions.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3]], values: [3], sd: 1 } });
    /// let l = localization::none(grid("30x30"));
    /// let why = statistics::explain_observation(l, [#{ innovation: i, factors: inflation::none().estimate(i) }], 0, 3, 4);
    /// assert_near(why.regions[0].influence, 0.5, 1e-12);
    /// assert_near(why.increment, 0.5, 1e-12);
    /// ```
    #[rhai_fn(name = "explain_observation", return_raw)]
    pub fn why_observation(
        context: NativeCallContext,
        localization: Localize,
        analyses_by_region: Array,
        observation: i64,
        row: i64,
        column: i64,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            let of = analyses(&analyses_by_region)?;
            let whole = |v: i64, what: &str| {
                usize::try_from(v)
                    .map_err(|_| Error::new(format!("{what} must not be negative")).got(v))
            };
            let cell = (whole(row, "a row")?, whole(column, "a column")?);
            map_of(&explain_observation(
                localization.scheme.as_ref(),
                &borrowed(&of),
                whole(observation, "an observation's number")?,
                cell,
            )?)
        })
    }

    /// Why a cell was analysed as it was: its regions, and the observations that moved it most.
    ///
    /// # Arguments
    /// - `localization`: of the analysis.
    /// - `analyses`: an array of `#{ innovation, factors }`, one per region in order.
    /// - `row`, `column`: of the cell.
    /// - `members`: the members' values in the cell before the update.
    ///
    /// # Returns
    /// A map: regions (pairs of name and weight), increment, and strongest, the ten observations
    /// with the largest part in it: observation, source, increment.
    ///
    /// # Errors
    /// Another number of members, or of analyses than regions.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3]], values: [3], sd: 1 } });
    /// let l = localization::none(grid("30x30"));
    /// let why = statistics::explain_cell(l, [#{ innovation: i, factors: inflation::none().estimate(i) }], 3, 4, [1, 2, 3]);
    /// assert_near(why.increment, 0.5, 1e-12);
    /// assert(why.strongest[0].observation == 0);
    /// ```
    #[rhai_fn(name = "explain_cell", return_raw)]
    pub fn why_cell(
        context: NativeCallContext,
        localization: Localize,
        analyses_by_region: Array,
        row: i64,
        column: i64,
        members: Dynamic,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            let of = analyses(&analyses_by_region)?;
            let members = vector("the members", &members, 1)?;
            let whole = |v: i64| {
                usize::try_from(v)
                    .map_err(|_| Error::new("a row or column must not be negative").got(v))
            };
            map_of(&explain_cell(
                localization.scheme.as_ref(),
                &borrowed(&of),
                (whole(row)?, whole(column)?),
                members.view(),
                10,
            )?)
        })
    }

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
    pub fn confidence_plain(context: NativeCallContext, values: Dynamic) -> Fallible<Dynamic> {
        confidence(context, values, 0.95.into())
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
}
