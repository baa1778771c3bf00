//! Ranges of labels: `-30.0..=52.5`, `"2016-07"..="2016-08"`. Ranges of integers are the language's
//! own.

use crate::error::{Error, Result};
use crate::field::{Choice, Coordinate, Dimension};
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::{describe, kind};
use crate::script::{Fallible, FromScript, attempt};
use crate::time::Time;
use rhai::plugin::*;
use rhai::{Dynamic, Variant};
use std::fmt;

/// All labels from one to another, both included.
#[derive(Debug, Clone)]
pub struct Between {
    from: Dynamic,
    to: Dynamic,
}

kind!(Between, "Between", "a range of labels such as -30.0..=52.5");

impl fmt::Display for Between {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |v: &Dynamic| match v.is_string() {
            true => format!("{:?}", v.to_string()),
            false => v.to_string(),
        };
        write!(f, "{}..={}", end(&self.from), end(&self.to))
    }
}

/// Binds `..=` between numbers, dates and texts that are dates.
pub(super) fn bind(rooms: &mut Rooms) {
    rooms.kind::<Between>();
    ends::<f64, f64>(rooms);
    ends::<f64, i64>(rooms);
    ends::<i64, f64>(rooms);
    ends::<Time, Time>(rooms);
    ends::<Time, ImmutableString>(rooms);
    ends::<ImmutableString, Time>(rooms);
    ends::<ImmutableString, ImmutableString>(rooms);
}

fn ends<A: Variant + Clone, B: Variant + Clone>(rooms: &mut Rooms) {
    rooms.engine.register_fn("..=", |from: A, to: B| Between {
        from: Dynamic::from(from),
        to: Dynamic::from(to),
    });
    let half = |context: NativeCallContext, from: A, to: B| -> Fallible<Between> {
        attempt(&context, || {
            let (from, to) = (Dynamic::from(from), Dynamic::from(to));
            let between = Between { from, to };
            Err(Error::new("a range of labels includes its end")
                .got(between.to_string().replace("..=", ".."))
                .hint(between))
        })
    };
    rooms.engine.register_fn("..", half);
}

/// What a range chooses along a dimension; nothing where the value is no range.
pub(super) fn choice_between(dimension: &Dimension, value: &Dynamic) -> Option<Result<Choice>> {
    let range = value.read_lock::<Between>()?;
    let (from, to) = (&range.from, &range.to);
    if let (Some(a), Some(b)) = (f64::from_script(from), f64::from_script(to)) {
        return Some(Ok(Choice::Between(a, b)));
    }
    if !matches!(dimension.coordinate, Coordinate::Times(_)) {
        let error = Error::new(format!("\"{}\" has no dates", dimension.name));
        return Some(Err(error
            .expected("a range of numbers, or names")
            .got(describe(value))));
    }
    let span = |v: &Dynamic| match v.read_lock::<Time>() {
        Some(t) => Ok((*t, *t)),
        None => Time::span_of(&v.to_string()),
    };
    let ends = span(from).and_then(|a| Ok(Choice::Span(a.0, span(to)?.1)));
    Some(ends.map_err(|e| e.at(format!("a range along \"{}\"", dimension.name))))
}
