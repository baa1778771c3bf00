//! Instants on the UTC calendar (proleptic Gregorian), to the second.

use crate::constants::DAYS_PER_YEAR;
use crate::error::{Error, Result};
use jiff::civil::DateTime;
use jiff::{SignedDuration, Span};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Seconds in a day.
pub const DAY: f64 = 86_400.0;
/// Seconds in an hour.
pub const HOUR: f64 = 3_600.0;
/// Seconds in the mean Gregorian year of 365.2425 days.
pub const YEAR: f64 = DAYS_PER_YEAR * DAY;

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

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
        Time(civil.duration_since(EPOCH).as_secs())
    }
    /// Whole seconds since 1970.
    pub const fn seconds(self) -> i64 {
        self.0
    }
    /// The UTC calendar view; of an instant beyond the years -9999 to 9999 their last or first
    /// second.
    pub fn civil(self) -> DateTime {
        EPOCH.saturating_add(SignedDuration::from_secs(self.0))
    }
    /// Later by `seconds` (rounded to whole seconds).
    pub fn plus(self, seconds: f64) -> Self {
        Time(self.0 + seconds.round() as i64)
    }
    /// Later by `seconds`, rounded to whole seconds.
    ///
    /// # Errors
    /// Not a number, or a date beyond the years -9999 to 9999.
    pub fn later(self, seconds: f64) -> Result<Self> {
        let within = seconds.abs() < 1e12;
        let later = within.then(|| self.plus(seconds));
        later
            .filter(|t| t.civil() > DateTime::MIN && t.civil() < DateTime::MAX)
            .ok_or_else(|| {
                Error::new("a date beyond the calendar")
                    .expected("years from -9999 to 9999")
                    .got(format!("{seconds} seconds after {self}"))
            })
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
        let lengths: Vec<usize> = plain.split('-').map(str::len).collect();
        let dated = plain.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let (first, length) = match lengths[..] {
            [4] if dated => (format!("{plain}-01-01"), Span::new().years(1)),
            [4, 2] if dated => (format!("{plain}-01"), Span::new().months(1)),
            [4, 2, 2] if dated => (plain.to_string(), Span::new().days(1)),
            _ => return text.parse().map(|t| (t, t)),
        };
        let start: Time = first
            .parse()
            .map_err(|e: Error| e.got(format!("\"{text}\"")))?;
        let end = start.civil().saturating_add(length);
        // The last year ends with the calendar.
        let last = if end == DateTime::MAX { 0.0 } else { -1.0 };
        Ok((start, Time::from_civil(end).plus(last)))
    }
    /// Whether this is the midnight that begins a day.
    pub fn is_midnight(self) -> bool {
        self.0.rem_euclid(86_400) == 0
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
    /// Reads `2016-07-01`, `2016-07-01T06:00`, `2016-07-01 06:00:00Z` or, with an offset from UTC
    /// that is taken off, `2016-07-01T06:00+02:00`.
    fn from_str(text: &str) -> Result<Self> {
        let wrong = || {
            Error::new("the text is not a date")
                .expected("year-month-day, with an optional time, in UTC")
                .got(format!("\"{text}\""))
                .hint("\"2016-07-01\" or \"2016-07-01T06:00\"")
        };
        let (plain, offset) = without_offset(text.trim()).ok_or_else(wrong)?;
        if let Ok(civil) = plain.parse::<DateTime>() {
            return Ok(Time::from_civil(civil).plus(-offset));
        }
        match plain.parse::<jiff::civil::Date>() {
            Ok(date) if offset == 0.0 => Ok(Time::from_civil(
                date.to_datetime(jiff::civil::Time::midnight()),
            )),
            _ => Err(wrong()),
        }
    }
}

/// A time of day without its offset from UTC, and that offset \[s\]: `Z`, `UTC`, `+02`, `-0330`,
/// `+05:45`. None for an offset that is none, and for the name of a zone in brackets.
fn without_offset(text: &str) -> Option<(&str, f64)> {
    for utc in ["Z", " UTC", " GMT"] {
        if let Some(plain) = text.strip_suffix(utc) {
            return Some((plain, 0.0));
        }
    }
    let clock = text.find(['T', 't', ' ']).unwrap_or(text.len());
    let Some(k) = text[clock..].rfind(['+', '-']).map(|k| clock + k) else {
        return (!text.contains('[')).then_some((text, 0.0));
    };
    let digits = text[k + 1..].replace(':', "");
    if ![2, 4].contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let hours: f64 = digits[..2].parse().ok()?;
    let minutes: f64 = digits[2..].parse().unwrap_or(0.0);
    let sign = if text[k..].starts_with('-') {
        -1.0
    } else {
        1.0
    };
    let seconds = sign * (hours * HOUR + minutes * 60.0);
    (hours <= 14.0 && minutes < 60.0).then_some((text[..k].trim_end(), seconds))
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
        assert_eq!(span("9999").1, "9999-12-31T23:59:59Z");
        for wrong in [
            "2016-13",
            "July",
            "2016-1",
            "2",
            "201",
            "2016-1-1",
            "2015-02-29",
            "16-07",
        ] {
            assert!(Time::span_of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_offset_from_utc_is_taken_off() {
        let read = |text: &str| text.parse::<Time>().unwrap().to_string();
        assert_eq!(read("2016-07-01T06:00+02:00"), "2016-07-01T04:00:00Z");
        assert_eq!(read("2016-07-01T06:00:00-10:00"), "2016-07-01T16:00:00Z");
        assert_eq!(read("2016-07-01 00:30:00+0545"), "2016-06-30T18:45:00Z");
        assert_eq!(read("2016-07-01 06:00:00 UTC"), "2016-07-01T06:00:00Z");
        for wrong in [
            "2016-07-01T06:00+99:00",
            "2016-07-01T06:00[Asia/Tokyo]",
            "2016-07-01T06:00+2",
        ] {
            assert!(wrong.parse::<Time>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_last_days_of_the_calendar_are_dates_and_none_lies_beyond() {
        let last: Time = "9999-12-31T23:59:59".parse().unwrap();
        assert_eq!(last.to_string(), "9999-12-31T23:59:59Z");
        assert_eq!((last.year(), last.month()), (9999, 12));
        assert!(last.later(2.0).is_err() && last.later(f64::NAN).is_err());
        assert_eq!(
            last.later(-1.0).unwrap().to_string(),
            "9999-12-31T23:59:58Z"
        );
        assert!("10000-01-01".parse::<Time>().is_err());
    }

    #[test]
    fn the_parts_of_an_instant_agree_with_the_calendar() {
        let t: Time = "2016-03-01T12:00".parse().unwrap();
        assert_eq!((t.year(), t.month(), t.hour()), (2016, 3, 12.0));
        assert_eq!(t.day_of_year(), 60.5); // 2016 is a leap year
        assert_eq!(t.plus(-12.0 * HOUR).to_string(), "2016-03-01");
    }
}
