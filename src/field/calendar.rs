//! Groups of the calendar: parts of a date that come again, and periods one after the other.

use super::{Coordinate, Dimension, Grouping};
use crate::error::{Error, Result};
use crate::time::Time;
use crate::units::Unit;
use std::collections::BTreeMap;

/// A part of a date that comes again every year or day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalendarPart {
    /// 1 to 12.
    Month,
    /// DJF, MAM, JJA, SON.
    Season,
    /// The calendar year.
    Year,
    /// 1 to 366.
    DayOfYear,
    /// 0 to 23.
    Hour,
}

/// A length of time that divides the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// Whole seconds, counted from the midnight before the first instant.
    Seconds(i64),
    /// Calendar months, counted from January, or from December for three (the seasons).
    Months(i64),
}

/// The number of the period an instant lies in, and the instant a period starts.
type NumberOf = Box<dyn Fn(&Time) -> i64>;
type StartOf = Box<dyn Fn(i64) -> Result<Time>>;

impl Grouping {
    /// One group for each value of a part of the date.
    ///
    /// # Errors
    /// A dimension without dates.
    pub fn calendar(dimension: &Dimension, part: CalendarPart) -> Result<Self> {
        let name = match part {
            CalendarPart::Month => "month",
            CalendarPart::Season => "season",
            CalendarPart::Year => "year",
            CalendarPart::DayOfYear => "day_of_year",
            CalendarPart::Hour => "hour",
        };
        let number = |t: &Time| match part {
            CalendarPart::Month => t.month() as i64,
            CalendarPart::Season => (t.month() % 12 / 3) as i64,
            CalendarPart::Year => i64::from(t.year()),
            CalendarPart::DayOfYear => t.day_of_year() as i64 + 1,
            CalendarPart::Hour => t.hour() as i64,
        };
        let groups = sorted(times(dimension)?.iter().map(number));
        let coordinate = match part {
            CalendarPart::Season => Coordinate::Labels(
                groups
                    .keys()
                    .map(|k| SEASONS[*k as usize].to_string())
                    .collect(),
            ),
            _ => Coordinate::Numbers(groups.keys().map(|k| *k as f64).collect(), Unit::none()),
        };
        Ok(Self::made(
            dimension,
            name,
            coordinate,
            groups.into_values().collect(),
        ))
    }

    /// Periods one after the other, each labelled by its start; those without an instant are
    /// missing.
    ///
    /// # Errors
    /// A dimension without dates, or a length of 0.
    pub fn periods(dimension: &Dimension, period: Period) -> Result<Self> {
        let times = times(dimension)?;
        let Some(first) = times.iter().min() else {
            return Err(Error::new(format!("\"{}\" is empty", dimension.name)));
        };
        let origin = Time::from_seconds(first.seconds().div_euclid(86_400) * 86_400);
        let (number, start): (NumberOf, StartOf) = match period {
            Period::Seconds(n) | Period::Months(n) if n <= 0 => {
                return Err(Error::new("a period must have a positive length")
                    .expected("more than nothing")
                    .got(n));
            }
            Period::Seconds(n) => (
                Box::new(move |t| (t.seconds() - origin.seconds()).div_euclid(n)),
                Box::new(move |k| Ok(origin.plus((k * n) as f64))),
            ),
            Period::Months(n) => {
                let shift = i64::from(n == 3);
                let month = move |t: &Time| i64::from(t.year()) * 12 + t.month() as i64 - 1 + shift;
                let begin = move |k: i64| {
                    Time::from_date(
                        (k * n - shift).div_euclid(12) as i16,
                        (k * n - shift).rem_euclid(12) as i8 + 1,
                        1,
                    )
                };
                (Box::new(move |t| month(t).div_euclid(n)), Box::new(begin))
            }
        };
        let mut groups = sorted(times.iter().map(number));
        let (from, to) = (
            *groups.keys().next().unwrap_or(&0),
            *groups.keys().next_back().unwrap_or(&0),
        );
        if (to - from) as usize > 100 * times.len() + 1000 {
            return Err(
                Error::new("nearly all of these periods would be empty").got(format!(
                    "{} periods for {} instants",
                    to - from + 1,
                    times.len()
                )),
            );
        }
        let labels = (from..=to).map(start).collect::<Result<Vec<_>>>()?;
        let positions = (from..=to)
            .map(|k| groups.remove(&k).unwrap_or_default())
            .collect();
        Ok(Self::made(
            dimension,
            &dimension.name,
            Coordinate::Times(labels.into()),
            positions,
        ))
    }
}

const SEASONS: [&str; 4] = ["DJF", "MAM", "JJA", "SON"];

fn times(dimension: &Dimension) -> Result<&[Time]> {
    match &dimension.coordinate {
        Coordinate::Times(times) => Ok(times),
        _ => Err(Error::new(format!("\"{}\" has no dates", dimension.name))
            .expected("a dimension of dates")
            .hint(".label(\"time\", dates(...))")),
    }
}

fn sorted(keys: impl Iterator<Item = i64>) -> BTreeMap<i64, Vec<usize>> {
    let mut groups: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    keys.enumerate()
        .for_each(|(position, key)| groups.entry(key).or_default().push(position));
    groups
}
