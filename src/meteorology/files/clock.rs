//! When the records of a set of files hold, and how instants between them are reached.

use crate::error::{Error, Result};
use crate::time::{DAY, Time};

/// The instants of records.
#[derive(Debug, Clone, PartialEq)]
pub enum Clock {
    /// Instants in order.
    Instants(Vec<Time>),
    /// Means of calendar months (1 to 12), good in every year; linear between the middles of
    /// months.
    Months(Vec<usize>),
}

impl Clock {
    /// The calendar months of records.
    ///
    /// # Errors
    /// A number that is no month, a month twice.
    pub fn months(months: Vec<usize>) -> Result<Self> {
        if let Some(bad) = months
            .iter()
            .enumerate()
            .find(|(k, m)| !(1..=12).contains(*m) || months[..*k].contains(m))
        {
            return Err(Error::new(
                "the months of a climatology are not calendar months, each once",
            )
            .expected("1 to 12")
            .got(bad.1)
            .hint("months: [1, 6]"));
        }
        Ok(Clock::Months(months))
    }

    /// Two records and their weights, which add up to one, linear in time.
    pub fn between(&self, time: Time) -> [(usize, f64); 2] {
        match self {
            Clock::Instants(times) => {
                let k = times
                    .partition_point(|t| *t <= time)
                    .clamp(1, times.len() - 1);
                let w = time.since(times[k - 1]) / times[k].since(times[k - 1]);
                [(k - 1, 1.0 - w), (k, w)]
            }
            Clock::Months(months) => {
                // In months since the middle of January.
                let year = Time::from_date(time.year() + 1, 1, 1).map_or(365.0, |next| {
                    (next.since(time) / DAY + time.day_of_year()).round()
                });
                let now = 12.0 * time.day_of_year() / year - 0.5;
                let behind = |m: usize| (now - (m as f64 - 1.0)).rem_euclid(12.0);
                let ahead = |m: usize| (m as f64 - 1.0 - now).rem_euclid(12.0);
                let nearest = |distance: &dyn Fn(usize) -> f64| {
                    (0..months.len())
                        .min_by(|a, b| distance(months[*a]).total_cmp(&distance(months[*b])))
                        .unwrap_or(0)
                };
                let (before, after) = (nearest(&behind), nearest(&ahead));
                let span = behind(months[before]) + ahead(months[after]);
                let w = if before == after || span == 0.0 {
                    0.0
                } else {
                    behind(months[before]) / span
                };
                [(before, 1.0 - w), (after, w)]
            }
        }
    }

    /// Start and end of the interval of constant winds that holds `time`: at most `length` seconds,
    /// an even part of the time between two records; of a climatology, `length` by the clock.
    /// `None` outside the records.
    pub fn interval(&self, time: Time, length: f64) -> Option<(Time, Time)> {
        match self {
            Clock::Instants(times) => {
                let k = times.partition_point(|t| *t <= time);
                if k == 0 || k == times.len() {
                    return None;
                }
                let (first, span) = (times[k - 1], times[k].since(times[k - 1]));
                let parts = (span / length).ceil().max(1.0);
                let edge = |n: f64| first.plus(span * n / parts);
                let n = (0..parts as usize)
                    .rev()
                    .find(|n| edge(*n as f64) <= time)? as f64;
                Some((edge(n), edge(n + 1.0)))
            }
            Clock::Months(_) => {
                let length = length as i64;
                let start = time.seconds().div_euclid(length) * length;
                Some((
                    Time::from_seconds(start),
                    Time::from_seconds(start + length),
                ))
            }
        }
    }

    /// First and last instant; a climatology has none.
    pub fn span(&self) -> Option<(Time, Time)> {
        match self {
            Clock::Instants(times) => Some((*times.first()?, *times.last()?)),
            Clock::Months(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    #[test]
    fn instants_between_records_are_weighted_and_cut_into_even_parts() {
        let clock = Clock::Instants(vec![
            at("1982-01-01"),
            at("1982-01-01T06:00"),
            at("1982-01-01T12:00"),
        ]);
        assert_eq!(
            clock.between(at("1982-01-01T07:30")),
            [(1, 0.75), (2, 0.25)]
        );
        assert_eq!(clock.between(at("1982-01-01T12:00")), [(1, 0.0), (2, 1.0)]);
        assert_eq!(
            clock.interval(at("1982-01-01T07:30"), 10_800.0),
            Some((at("1982-01-01T06:00"), at("1982-01-01T09:00")))
        );
        assert_eq!(
            clock.interval(at("1982-01-01T09:00"), 86_400.0),
            Some((at("1982-01-01T06:00"), at("1982-01-01T12:00")))
        );
        assert_eq!(clock.interval(at("1982-01-01T12:00"), 10_800.0), None);
        assert_eq!(clock.interval(at("1981-12-31T23:59"), 10_800.0), None);
    }

    #[test]
    fn months_go_around_the_year() {
        let clock = Clock::months(vec![6, 1]).unwrap();
        let [(a, wa), (b, wb)] = clock.between(at("2015-03-31T12:00")); // 12 x 89.5 / 365 - 0.5 = 2.4425 of five months from mid January
        assert_eq!((a, b), (1, 0));
        assert!(
            (wa - (1.0 - 2.442_466 / 5.0)).abs() < 1e-6 && (wa + wb - 1.0).abs() < 1e-12,
            "{wa}"
        );
        let [(a, wa), _] = clock.between(at("2015-12-16T12:00")); // six of seven months from mid June
        assert!(a == 0 && (wa - 1.0 / 7.0).abs() < 0.01, "{wa}");
        assert_eq!(
            Clock::months(vec![6]).unwrap().between(at("2015-12-16")),
            [(0, 1.0), (0, 0.0)]
        );
        assert!(Clock::months(vec![1, 13]).is_err() && Clock::months(vec![2, 2]).is_err());
    }
}
