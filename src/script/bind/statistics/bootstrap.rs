//! How certain any statistic of a series is, from blocks of it drawn anew.

use crate::error::{Error, Result};
use crate::field::Field;
use crate::script::bind::statistics::intervals::Level;
use crate::script::bind::statistics::{map_of, series};
use crate::script::bridge::arrays::{beside, unit_of};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::{Fallible, ScriptFunction, attempt};
use crate::statistics::{BlockBootstrap, Sequences, finite};
use crate::time::Time;
use rhai::plugin::*;
use rhai::{Dynamic, FnPtr, Map};

/// Binds the bootstrap.
pub(super) fn bind(rooms: &mut Rooms) {
    rooms.room("statistics", exported_module!(functions));
    optional!(
        rooms,
        BootstrapOptions: "statistics::bootstrap" = functions::bootstrap_token,
    );
}

options! {
    /// How series are drawn anew.
    struct BootstrapOptions of "statistics::bootstrap" with level: Level {
        /// The values, or with `days` the days, in a block, at least as many as the series
        /// remembers; where not given the cube root of their number.
        block: Option<usize>,
        /// How many series are drawn.
        samples: usize = 1000,
        /// The seed of the draws.
        seed: u64 = 1,
        /// The site of every value, where blocks are each to be of one site.
        by: Option<Vec<String>>,
        /// The dates of the values, where blocks are to be of whole days.
        days: Option<Vec<Time>>,
    }
}

/// A series for the bootstrap of several: in the unit of the first where that is of its kind.
fn drawn_alike(first: &Dynamic, value: &Dynamic) -> Result<Vec<f64>> {
    let kinds = unit_of(first).zip(unit_of(value));
    let shared = kinds.filter(|(first, series)| first.same_kind(series));
    let value = beside(shared.map(|(first, _)| first).as_ref(), "a series", value)?;
    series("a series", &value)
}

/// One series, or several of one length.
fn drawn_from(given: &Dynamic) -> Result<Vec<Vec<f64>>> {
    let several = given.as_array_ref().ok();
    let several = several.filter(|a| a.first().is_some_and(|v| v.is_array() || v.is::<Field>()));
    let all: Vec<Vec<f64>> = match several {
        Some(each) => each
            .iter()
            .map(|v| drawn_alike(&each[0], v))
            .collect::<Result<_>>()?,
        None => vec![series("the series", given)?],
    };
    let n = all.first().map_or(0, Vec::len);
    all.iter().try_for_each(|s| finite("the series", s))?;
    match all.iter().find(|s| s.len() != n) {
        Some(other) => Err(Error::new("the series differ in length")
            .expected(n)
            .got(other.len())),
        None => Ok(all),
    }
}

/// The bootstrap of one series or several of one length, blocks drawn for all alike.
fn bootstrapped(
    given: &Dynamic,
    statistic: &ScriptFunction,
    o: &BootstrapOptions,
) -> Result<Dynamic> {
    let all = drawn_from(given)?;
    let n = all.first().map_or(0, Vec::len);
    let days = o.days.as_deref();
    let sequences = match &o.by {
        Some(labels) => Sequences::by(labels, days)?,
        None => Sequences::one(n),
    };
    sequences.check(n)?;
    let usual = || BlockBootstrap::usual_length(sequences.longest(days));
    let boot = BlockBootstrap::new(o.block.unwrap_or_else(usual), o.samples, o.seed)?;
    let of = |positions: &[usize]| {
        let drawn = all
            .iter()
            .map(|s| Dynamic::from(Field::line("x", positions.iter().map(|k| s[*k]).collect())));
        statistic.call_for::<f64>("the statistic", drawn.collect::<Vec<Dynamic>>())
    };
    map_of(&boot.of(&sequences, days, o.level.confidence, of)?)
}

#[export_module]
mod functions {
    /// How certain any statistic of a series is: it is taken of many series made of blocks of the
    /// given one.
    ///
    /// # Arguments
    /// - `series`: an array or a field of one dimension, in time order; or an array of several,
    ///   drawn alike.
    /// - `statistic`: a function of as many fields that gives a number.
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
        series: Dynamic,
        statistic: FnPtr,
        options: Map,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            let o = BootstrapOptions::read(&context, options)?;
            bootstrapped(&series, &ScriptFunction::new(&context, statistic), &o)
        })
    }
}
