//! When the observations of a table were made: instants, or the intervals of means, from `start`
//! and `end`, or from the length `interval` and what the `time` of it marks, `time_is`.

use super::Rejectable;
use crate::error::{Error, Result};
use crate::observation::property::{Numbers, Reader};
use crate::observation::{Interval, Stamp};
use crate::time::Time;

type Times = Vec<Option<Time>>;

/// The instants and intervals of all rows.
pub(super) enum Instants<'a> {
    /// Instants alone.
    At(Times),
    /// Intervals from both their ends, and the instants beside them, if there are any.
    Between(Times, Times, Option<Times>),
    /// Instants that mark intervals of a length \[s\].
    Marked(Times, Numbers<'a>, Vec<Stamp>),
}

impl<'a> Instants<'a> {
    pub fn read(reader: &Reader<'a>) -> Result<Self> {
        let both = reader.has("start") && reader.has("end");
        let lengths = reader.numbers("interval", "s")?;
        let one = |name| both || lengths.is_some() || reader.is_given(name);
        let end_of = |name| match one(name) {
            true => reader.times(name),
            false => Ok(None),
        };
        let n = reader.rows();
        match (end_of("start")?, end_of("end")?, lengths) {
            (Some(start), Some(end), _) => Ok(Self::Between(start, end, reader.times("time")?)),
            (Some(start), None, Some(l)) => Ok(Self::Marked(start, l, vec![Stamp::Start; n])),
            (None, Some(end), Some(l)) => Ok(Self::Marked(end, l, vec![Stamp::End; n])),
            (None, None, Some(l)) => Ok(Self::Marked(reader.instants()?, l, stamps(reader)?)),
            (None, None, None) if reader.is_given("time_is") => Err(Error::new(
                "time_is says what the time of an interval marks, but there is no interval",
            )
            .hint("interval: \"1 h\"")),
            (None, None, None) => Ok(Self::At(reader.instants()?)),
            (start, _, None) => {
                let (has, lacks) = match start {
                    Some(_) => ("a start", "end"),
                    None => ("an end", "start"),
                };
                let what = format!("the intervals of observations have {has} and no {lacks}");
                Err(Error::new(what)
                    .expected("start and end, or one of them and interval")
                    .hint(format!("{lacks}: \"name of the column\"")))
            }
        }
    }

    /// The instant of a row, and the interval it is the middle of.
    pub fn of(&self, k: usize) -> Rejectable<(Time, Option<Interval>)> {
        let at = |times: &Times| times[k].ok_or_else(|| "no time".to_string());
        let (interval, time) = match self {
            Instants::At(times) => return Ok((at(times)?, None)),
            Instants::Between(start, end, _) if at(start)? == at(end)? => {
                return Ok((at(start)?, None));
            }
            Instants::Between(start, end, time) => {
                let interval = Interval::new(at(start)?, at(end)?);
                (interval, time.as_ref().map(at).transpose()?)
            }
            Instants::Marked(times, lengths, stamps) => {
                let (time, length) = (at(times)?, lengths.one(k));
                if length == 0.0 || length.is_nan() {
                    return Ok((time, None));
                }
                (Interval::stamped(time, stamps[k], length), None)
            }
        };
        let interval = interval.map_err(|_| "an interval that does not end after it starts")?;
        if time.is_some_and(|t| t < interval.start() || t > interval.end()) {
            return Err("a time outside its interval".into());
        }
        Ok((interval.middle(), Some(interval)))
    }
}

/// What the time of each row marks; unknown where the table does not state it.
fn stamps(reader: &Reader) -> Result<Vec<Stamp>> {
    if let Some(stamp) = reader.word("time_is").and_then(|w| Stamp::named(w).ok()) {
        return Ok(vec![stamp; reader.rows()]);
    }
    let words = reader.texts("time_is")?.ok_or_else(|| {
        Error::new("the time of an interval may be its start, middle or end")
            .expected("time_is, since formats differ")
            .hint("time_is: \"start\"")
    })?;
    words.iter().map(|word| Stamp::named(word)).collect()
}
