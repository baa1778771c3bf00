//! Instants on the UTC calendar (proleptic Gregorian), to the second.

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
pub const YEAR: f64 = 365.2425 * DAY;

/// An instant: whole seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Time(i64);

impl Time {
    /// From whole seconds since 1970.
    pub const fn from_seconds(seconds: i64) -> Self {
        Time(seconds)
    }
    /// Midnight of a calendar day.
    pub fn from_date(year: i16, month: i8, day: i8) -> Result<Self> {
        let civil =
            jiff::civil::Date::new(year, month, day).map_err(|e| Error::new(format!("{year:04}-{month:02}-{day:02} is not a date")).hint(e))?;
        Ok(Time::from_civil(civil.to_datetime(jiff::civil::Time::midnight())))
    }
    fn from_civil(civil: DateTime) -> Self {
        Time(civil.to_zoned(TimeZone::UTC).expect("UTC has no gaps").timestamp().as_second())
    }
    /// Whole seconds since 1970.
    pub const fn seconds(self) -> i64 {
        self.0
    }
    /// The UTC calendar view.
    pub fn civil(self) -> DateTime {
        jiff::Timestamp::from_second(self.0).unwrap_or(jiff::Timestamp::MAX).to_zoned(TimeZone::UTC).datetime()
    }
    /// Later by `seconds` (rounded to whole seconds).
    pub fn plus(self, seconds: f64) -> Self {
        Time(self.0 + seconds.round() as i64)
    }
    /// Seconds from `earlier` to `self`.
    pub fn since(self, earlier: Time) -> f64 {
        (self.0 - earlier.0) as f64
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
        if c.hour() == 0 && c.minute() == 0 && c.second() == 0 { write!(f, "{}", c.date()) } else { write!(f, "{c}Z") }
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
            return Ok(Time::from_civil(date.to_datetime(jiff::civil::Time::midnight())));
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
    fn the_parts_of_an_instant_agree_with_the_calendar() {
        let t: Time = "2016-03-01T12:00".parse().unwrap();
        assert_eq!((t.year(), t.month(), t.hour()), (2016, 3, 12.0));
        assert_eq!(t.day_of_year(), 60.5); // 2016 is a leap year
        assert_eq!(t.plus(-12.0 * HOUR).to_string(), "2016-03-01");
    }
}
