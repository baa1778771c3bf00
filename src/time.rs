//! Instants on the UTC calendar (proleptic Gregorian), to the second.

use crate::constants::DAYS_PER_YEAR;
use crate::error::{Error, Result};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Seconds in a day.
pub const DAY: f64 = 86_400.0;
/// Seconds in an hour.
pub const HOUR: f64 = 3_600.0;
/// Seconds in the mean Gregorian year of 365.2425 days.
pub const YEAR: f64 = DAYS_PER_YEAR * DAY;

/// An instant: whole seconds since 1970-01-01T00:00:00Z.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(into = "String", try_from = "String")]
pub struct Time(i64);

impl Time {
    /// From whole seconds since 1970.
    pub const fn from_seconds(seconds: i64) -> Self {
        Time(seconds)
    }
    /// Midnight of a calendar day.
    ///
    /// # Errors
    /// There is no such day in the calendar.
    pub fn from_date(year: i16, month: i8, day: i8) -> Result<Self> {
        let civil = jiff::civil::Date::new(year, month, day).map_err(|e| {
            Error::new(format!("{year:04}-{month:02}-{day:02} is not a date")).hint(e)
        })?;
        Ok(Time::from_civil(
            civil.to_datetime(jiff::civil::Time::midnight()),
        ))
    }
    fn from_civil(civil: DateTime) -> Self {
        Time(
            civil
                .to_zoned(TimeZone::UTC)
                .expect("UTC has no gaps")
                .timestamp()
                .as_second(),
        )
    }
    /// Whole seconds since 1970.
    pub const fn seconds(self) -> i64 {
        self.0
    }
    /// The UTC calendar view.
    pub fn civil(self) -> DateTime {
        jiff::Timestamp::from_second(self.0)
            .unwrap_or(jiff::Timestamp::MAX)
            .to_zoned(TimeZone::UTC)
            .datetime()
    }
    /// Later by `seconds` (rounded to whole seconds).
    pub fn plus(self, seconds: f64) -> Self {
        Time(self.0 + seconds.round() as i64)
    }
    /// Seconds from `earlier` to `self`.
    pub fn since(self, earlier: Time) -> f64 {
        (self.0 - earlier.0) as f64
    }
    /// The first and the last second of a year (`2016`), month (`2016-07`) or day (`2016-07-01`);
    /// an instant is both.
    ///
    /// # Errors
    /// Not a date.
    pub fn span_of(text: &str) -> Result<(Time, Time)> {
        let plain = text.trim();
        let parts: Vec<&str> = plain.split('-').collect();
        let (start, end) = match parts[..] {
            [year] if year.len() == 4 => (
                format!("{year}-01-01"),
                year.parse::<i16>()
                    .ok()
                    .map(|y| Time::from_date(y + 1, 1, 1)),
            ),
            [year, month] if year.len() == 4 => {
                let next = year.parse::<i16>().ok().zip(month.parse::<i8>().ok());
                (
                    format!("{plain}-01"),
                    next.map(|(y, m)| {
                        if m == 12 {
                            Time::from_date(y + 1, 1, 1)
                        } else {
                            Time::from_date(y, m + 1, 1)
                        }
                    }),
                )
            }
            _ => (plain.to_string(), None),
        };
        let start: Time = start
            .parse()
            .map_err(|e: Error| e.got(format!("\"{text}\"")))?;
        let end = match end {
            Some(next) => next?.plus(-1.0),
            None if plain.len() == 10 => start.plus(DAY - 1.0),
            None => start,
        };
        Ok((start, end))
    }
    /// Calendar month, 1 to 12.
    pub fn month(self) -> usize {
        self.civil().month() as usize
    }
    /// Calendar year.
    pub fn year(self) -> i16 {
        self.civil().year()
    }
    /// Days since the first of January, with fraction: 0 at its midnight.
    pub fn day_of_year(self) -> f64 {
        let start = Time::from_date(self.year(), 1, 1).expect("the first of January exists");
        self.since(start) / DAY
    }
    /// UTC hour of the day with fraction, 0 up to 24.
    pub fn hour(self) -> f64 {
        self.0.rem_euclid(86_400) as f64 / HOUR
    }
    /// `2016-07`.
    pub fn year_month(self) -> String {
        let c = self.civil();
        format!("{:04}-{:02}", c.year(), c.month())
    }
    /// `2016-07-01`.
    pub fn date(self) -> String {
        self.civil().date().to_string()
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let c = self.civil();
        if c.hour() == 0 && c.minute() == 0 && c.second() == 0 {
            write!(f, "{}", c.date())
        } else {
            write!(f, "{c}Z")
        }
    }
}

impl FromStr for Time {
    type Err = Error;
    /// Reads `2016-07-01`, `2016-07-01T06:00` or `2016-07-01 06:00:00Z`.
    fn from_str(text: &str) -> Result<Self> {
        let plain = text.trim().trim_end_matches('Z');
        if let Ok(civil) = plain.parse::<DateTime>() {
            return Ok(Time::from_civil(civil));
        }
        if let Ok(date) = plain.parse::<jiff::civil::Date>() {
            return Ok(Time::from_civil(
                date.to_datetime(jiff::civil::Time::midnight()),
            ));
        }
        Err(Error::new("not a date")
            .expected("year-month-day, with an optional time, in UTC")
            .got(format!("\"{text}\""))
            .hint("\"2016-07-01\" or \"2016-07-01T06:00\""))
    }
}

impl From<Time> for String {
    fn from(t: Time) -> String {
        t.to_string()
    }
}

impl TryFrom<String> for Time {
    type Error = Error;
    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_and_written_alike() {
        for text in ["2016-07-01", "2016-02-29", "2015-07-01T06:00:00Z"] {
            assert_eq!(text.parse::<Time>().unwrap().to_string(), text);
        }
        assert!("2015-02-29".parse::<Time>().is_err());
        assert!("July".parse::<Time>().is_err());
    }

    #[test]
    fn a_year_a_month_and_a_day_last_until_their_last_second() {
        let span = |t: &str| {
            Time::span_of(t)
                .map(|(a, b)| (a.to_string(), b.to_string()))
                .unwrap()
        };
        assert_eq!(
            span("2016"),
            ("2016-01-01".into(), "2016-12-31T23:59:59Z".into())
        );
        assert_eq!(
            span("2016-02"),
            ("2016-02-01".into(), "2016-02-29T23:59:59Z".into())
        );
        assert_eq!(span("2016-12").1, "2016-12-31T23:59:59Z");
        assert_eq!(span("2016-07-01").1, "2016-07-01T23:59:59Z");
        assert_eq!(span("2016-07-01T06:00").1, "2016-07-01T06:00:00Z");
        assert!(Time::span_of("2016-13").is_err() && Time::span_of("July").is_err());
    }

    #[test]
    fn the_parts_of_an_instant_agree_with_the_calendar() {
        let t: Time = "2016-03-01T12:00".parse().unwrap();
        assert_eq!((t.year(), t.month(), t.hour()), (2016, 3, 12.0));
        assert_eq!(t.day_of_year(), 60.5); // 2016 is a leap year
        assert_eq!(t.plus(-12.0 * HOUR).to_string(), "2016-03-01");
    }
}
