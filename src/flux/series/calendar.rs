//! When each map of a series holds, and its share in a mean over any interval.

use crate::error::{Error, Result};
use crate::flux::months::{month_edges, seconds_by_month};
use crate::time::{DAY, Time};

/// What holds before the first and after the last interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Beyond {
    /// Nothing: a run there is refused.
    #[default]
    Refuse,
    /// The nearest map.
    Hold,
    /// The maps of the same month of the nearest year that is given.
    Repeat,
}

/// When the maps of a series hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Calendar {
    /// One map, at any time.
    Always,
    /// Twelve maps from January on, each through its month of every year.
    Months,
    /// A map for each interval.
    Intervals(Vec<[Time; 2]>, Beyond),
}

impl Calendar {
    /// Maps that hold through intervals, which may leave gaps.
    ///
    /// # Errors
    /// No interval, one that does not last, intervals that overlap or are out of order.
    pub fn intervals(held: Vec<[Time; 2]>, beyond: Beyond) -> Result<Self> {
        let wrong = Error::new("the intervals of a flux must follow each other")
            .expected("one or more, each beginning where the one before it ends, or later");
        if held.is_empty() {
            return Err(wrong.got("none"));
        }
        if let Some([from, to]) = held.iter().find(|[from, to]| to <= from) {
            return Err(wrong.got(format!("{from} to {to}")));
        }
        match held.windows(2).find(|w| w[1][0] < w[0][1]) {
            None => Ok(Calendar::Intervals(held, beyond)),
            Some(w) => Err(wrong.got(format!("one to {}, then one from {}", w[0][1], w[1][0]))),
        }
    }

    /// Number of maps.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        match self {
            Calendar::Always => 1,
            Calendar::Months => 12,
            Calendar::Intervals(held, _) => held.len(),
        }
    }

    /// The first instant and the first after the last interval; none for maps of any year.
    pub fn span(&self) -> Option<[Time; 2]> {
        match self {
            Calendar::Intervals(held, _) => Some([held[0][0], held[held.len() - 1][1]]),
            _ => None,
        }
    }

    /// With other maps before the first and after the last interval.
    pub fn beyond(self, beyond: Beyond) -> Self {
        match self {
            Calendar::Intervals(held, _) => Calendar::Intervals(held, beyond),
            other => other,
        }
    }

    /// Refuses an interval that is not given whole.
    ///
    /// # Errors
    /// It begins before the first, ends after the last, or meets a gap.
    pub fn covers(&self, start: Time, end: Time) -> Result<()> {
        self.shares(start, end).map(drop)
    }

    /// Each map that holds in a part of `start..end`, with that part's share; shares add up to one.
    ///
    /// # Errors
    /// An end that is not after the start; an interval that is not given whole.
    pub fn shares(&self, start: Time, end: Time) -> Result<Vec<(usize, f64)>> {
        if end <= start {
            return Err(
                Error::new("a flux is averaged over an interval of positive length")
                    .expected(format!("an end after {start}"))
                    .got(end),
            );
        }
        let length = end.since(start);
        match self {
            Calendar::Always => Ok(vec![(0, 1.0)]),
            Calendar::Months => Ok(seconds_by_month(start, end)
                .into_iter()
                .enumerate()
                .filter(|(_, seconds)| *seconds > 0.0)
                .map(|(month, seconds)| (month, seconds / length))
                .collect()),
            Calendar::Intervals(held, beyond) => {
                let mut shares = Vec::new();
                for (from, to, seconds) in pieces(held, *beyond, start, end)? {
                    within(held, from, to, seconds / length, &mut shares)?;
                }
                Ok(shares)
            }
        }
    }
}

/// The parts of `start..end` as instants for which maps are given, in place of those before the
/// first and after the last, and the seconds of each part.
fn pieces(
    held: &[[Time; 2]],
    beyond: Beyond,
    start: Time,
    end: Time,
) -> Result<Vec<(Time, Time, f64)>> {
    let (first, last) = (held[0][0], held[held.len() - 1][1]);
    if (start >= first && end <= last) || beyond == Beyond::Refuse {
        return Ok(vec![(start, end, end.since(start))]);
    }
    let mut edges = month_edges(start, end);
    edges.extend([first, last].into_iter().filter(|t| start < *t && *t < end));
    edges.sort_unstable();
    edges.dedup();
    let moved = |w: &[Time]| {
        let (inside, seconds) = (w[0] >= first && w[1] <= last, w[1].since(w[0]));
        let (from, to) = match beyond {
            _ if inside => (w[0], w[1]),
            Beyond::Repeat => another_year(w[0], w[1], first, last)?,
            // As long as the part, in the nearest map.
            _ if w[0] < first => nearest(held[0], seconds),
            _ => nearest(held[held.len() - 1], seconds),
        };
        Ok((from, to, seconds))
    };
    edges.windows(2).map(moved).collect()
}

/// An interval of at most some length at the start of a map's.
fn nearest([from, to]: [Time; 2], length: f64) -> (Time, Time) {
    (from, from.plus(length).min(to))
}

/// A part of a month in the nearest year in which it lies between two instants.
fn another_year(start: Time, end: Time, first: Time, last: Time) -> Result<(Time, Time)> {
    let step: i16 = if end > last { -1 } else { 1 };
    let mut shift = step;
    while shift.abs() <= 400 {
        let from = in_year(start, start.year() + shift)?;
        let to = from.plus(end.since(start)).min(month_after(from)?);
        if from >= first && to <= last {
            return Ok((from, to));
        }
        shift += step;
    }
    Err(
        Error::new("the flux is not given for this month of any year")
            .expected(format!("a year of maps between {first} and {last}"))
            .got(format!("{start} to {end}")),
    )
}

/// The same date of another year; 28 February for a leap day.
fn in_year(time: Time, year: i16) -> Result<Time> {
    let civil = time.civil();
    let midnight = Time::from_date(time.year(), civil.month(), civil.day())?;
    let day = Time::from_date(year, civil.month(), civil.day())
        .or_else(|_| Time::from_date(year, civil.month(), civil.day() - 1))?;
    Ok(day.plus(time.since(midnight)))
}

fn month_after(time: Time) -> Result<Time> {
    let edges = month_edges(time, time.plus(32.0 * DAY));
    Ok(edges[1])
}

/// Adds the maps that hold between two instants, whose shares add up to `share`.
fn within(
    held: &[[Time; 2]],
    start: Time,
    end: Time,
    share: f64,
    shares: &mut Vec<(usize, f64)>,
) -> Result<()> {
    let length = end.since(start);
    let first = held.partition_point(|[_, to]| *to <= start);
    let mut reached = start;
    for (k, [from, to]) in held.iter().enumerate().skip(first) {
        if reached >= end || *from > reached {
            break;
        }
        let until = (*to).min(end);
        shares.push((k, share * until.since(reached) / length));
        reached = until;
    }
    if reached >= end {
        return Ok(());
    }
    let (given_from, given_to) = (held[0][0], held[held.len() - 1][1]);
    let inside = reached >= given_from && reached < given_to;
    let expected = match inside {
        true => format!("maps without a gap; none holds from {reached} on"),
        false => format!("a run between {given_from} and {given_to}"),
    };
    Err(Error::new("the flux is not given for all of the run")
        .expected(expected)
        .got(format!("{start} to {end}"))
        .hint(
            "beyond: \"repeat\" for the maps of the nearest year, or \"hold\" for the nearest map",
        ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(text: &str) -> Time {
        text.parse().unwrap()
    }

    fn years(beyond: Beyond) -> Calendar {
        let edges = [t("2013-01-01"), t("2014-01-01"), t("2015-01-01")];
        Calendar::intervals(edges.windows(2).map(|w| [w[0], w[1]]).collect(), beyond).unwrap()
    }

    #[test]
    fn an_interval_across_years_takes_its_share_of_each() {
        let shares = years(Beyond::Refuse)
            .shares(t("2013-12-31"), t("2014-01-02"))
            .unwrap();
        assert_eq!(shares, [(0, 0.5), (1, 0.5)]);
        let months = Calendar::Months.shares(t("2015-12-31"), t("2016-01-02"));
        assert_eq!(months.unwrap(), [(0, 0.5), (11, 0.5)]);
    }

    #[test]
    fn a_missing_year_is_refused_held_or_repeated() {
        let (start, end) = (t("2015-02-01"), t("2015-02-08"));
        let refused = years(Beyond::Refuse)
            .covers(start, end)
            .unwrap_err()
            .to_string();
        assert!(
            refused.contains("2015-01-01") && refused.contains("repeat"),
            "{refused}"
        );
        assert_eq!(years(Beyond::Hold).shares(start, end).unwrap(), [(1, 1.0)]);
        assert_eq!(
            years(Beyond::Repeat).shares(start, end).unwrap(),
            [(1, 1.0)]
        );
        let early = years(Beyond::Repeat).shares(t("2000-02-28"), t("2000-03-02"));
        assert_eq!(early.unwrap().iter().map(|s| s.1).sum::<f64>(), 1.0);
    }

    #[test]
    fn months_are_repeated_month_by_month() {
        let edges = month_edges(t("2014-09-01"), t("2016-03-01"));
        let held = edges.windows(2).map(|w| [w[0], w[1]]).collect();
        let calendar = Calendar::intervals(held, Beyond::Repeat).unwrap();
        // February is given in 2015 and 2016, March in 2015 only: maps 17 and 6.
        let shares = calendar.shares(t("2018-02-28"), t("2018-03-02")).unwrap();
        assert_eq!(shares.iter().map(|s| s.0).collect::<Vec<_>>(), [17, 6]);
        assert!((shares[1].1 - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_gap_is_named() {
        let held = vec![
            [t("2010-01-01"), t("2011-01-01")],
            [t("2013-01-01"), t("2014-01-01")],
        ];
        let gap = Calendar::intervals(held, Beyond::Refuse).unwrap();
        let message = gap.covers(t("2010-06-01"), t("2011-06-01")).unwrap_err();
        assert!(
            message.to_string().contains("none holds from 2011-01-01"),
            "{message}"
        );
        assert!(Calendar::intervals(vec![], Beyond::Refuse).is_err());
        let overlap = vec![
            [t("2010-01-01"), t("2011-01-01")],
            [t("2010-06-01"), t("2012-01-01")],
        ];
        assert!(Calendar::intervals(overlap, Beyond::Refuse).is_err());
    }
}
