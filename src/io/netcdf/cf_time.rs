//! CF times: numbers with a unit such as `hours since 1982-01-01 00:00:00`.

use crate::error::{Error, Result};
use crate::time::{DAY, HOUR, Time};

/// How the numbers of a time variable become instants.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TimeUnit {
    step: Step,
    origin: Time,
    /// Every year has 365 days; all its dates are dates.
    no_leap: bool,
}

/// Days of the year before each month of a year of 365 days.
const BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    Seconds(f64),
    /// Calendar months; whole numbers only.
    Months(i64),
}

impl TimeUnit {
    /// Reads the `units` and `calendar` attributes; `None` where the unit is no time since an
    /// instant.
    ///
    /// # Errors
    /// A calendar other than the standard one, or an origin that is not a date.
    pub fn parse(units: &str, calendar: Option<&str>) -> Result<Option<Self>> {
        let Some((step, origin)) = units.split_once(" since ") else {
            return Ok(None);
        };
        let step = match step.trim().to_lowercase().as_str() {
            "days" | "day" | "d" => Step::Seconds(DAY),
            "hours" | "hour" | "hrs" | "hr" | "h" => Step::Seconds(HOUR),
            "minutes" | "minute" | "mins" | "min" => Step::Seconds(60.0),
            "seconds" | "second" | "secs" | "sec" | "s" => Step::Seconds(1.0),
            "milliseconds" | "millisecond" | "msecs" | "msec" | "ms" => Step::Seconds(1e-3),
            "microseconds" | "microsecond" | "usecs" | "usec" | "us" => Step::Seconds(1e-6),
            "nanoseconds" | "nanosecond" | "nsecs" | "nsec" | "ns" => Step::Seconds(1e-9),
            "weeks" | "week" => Step::Seconds(7.0 * DAY),
            "months" | "month" => Step::Months(1),
            "years" | "year" => Step::Months(12),
            _ => {
                return Err(Error::new("the unit of time is not known")
                    .got(format!("\"{units}\""))
                    .hint("days, hours, minutes or seconds since a date"));
            }
        };
        let calendar = calendar.unwrap_or("standard").trim().to_lowercase();
        let no_leap = ["noleap", "365_day"].contains(&calendar.as_str());
        if !no_leap
            && !["standard", "gregorian", "proleptic_gregorian"].contains(&calendar.as_str())
        {
            return Err(
                Error::new("dates of this calendar, such as 30 February, are no dates")
                    .expected("standard, gregorian, proleptic_gregorian, noleap or 365_day")
                    .got(format!("\"{calendar}\""))
                    .hint("open_netcdf(path, #{ dates: false }) for times as numbers"),
            );
        }
        let mixed = !no_leap && calendar != "proleptic_gregorian";
        Ok(Some(TimeUnit {
            step,
            origin: origin_of(origin, mixed, no_leap)?,
            no_leap,
        }))
    }

    /// The instant of a number, to the nearest second.
    ///
    /// # Errors
    /// A number that is missing, beyond the calendar, or a broken count of months.
    pub fn instant(&self, number: f64) -> Result<Time> {
        match self.step {
            Step::Seconds(length) if (number * length).abs() < 2e11 && self.no_leap => {
                self.without_leap_days((number * length).round() as i64)
            }
            Step::Seconds(length) if (number * length).abs() < 2e11 => {
                Ok(self.origin.plus(number * length))
            }
            Step::Months(length) if number.fract() == 0.0 && number.abs() < 1e5 => {
                let start = self.origin.civil();
                let months = i64::from(start.year()) * 12 + i64::from(start.month()) - 1
                    + number as i64 * length;
                let first = Time::from_date(
                    months.div_euclid(12) as i16,
                    months.rem_euclid(12) as i8 + 1,
                    1,
                )?;
                let within = self
                    .origin
                    .since(Time::from_date(start.year(), start.month(), 1)?);
                Ok(first.plus(within))
            }
            _ => Err(Error::new("a time value is not a valid instant").got(number)),
        }
    }
}

impl TimeUnit {
    /// The date some seconds after the origin where every year has 365 days.
    fn without_leap_days(&self, seconds: i64) -> Result<Time> {
        let start = self.origin.civil();
        let midnight = Time::from_date(start.year(), start.month(), start.day())?;
        let total = seconds + self.origin.seconds() - midnight.seconds();
        let day = i64::from(start.year()) * 365
            + BEFORE[start.month() as usize - 1]
            + i64::from(start.day())
            - 1
            + total.div_euclid(86_400);
        let (year, within) = (day.div_euclid(365), day.rem_euclid(365));
        let month = BEFORE.partition_point(|b| *b <= within);
        let year = i16::try_from(year)
            .map_err(|_| Error::new("a time beyond the calendar").got(format!("year {year}")))?;
        let date = Time::from_date(year, month as i8, (within - BEFORE[month - 1]) as i8 + 1)?;
        Ok(date.plus(total.rem_euclid(86_400) as f64))
    }
}

/// `1970-01-01T00:00:00Z`, `1985-1-1 00:00:0.0`, `1-1-1`, with or without `UTC` or a time zone such
/// as `-6:00`. Dates before the reform of 15 October 1582 are Julian in CF's standard calendar
/// (`mixed`).
fn origin_of(text: &str, mixed: bool, no_leap: bool) -> Result<Time> {
    let bad = || {
        Error::new("the origin of the times is not a date")
            .got(format!("\"{text}\""))
            .expected("a date such as 1970-01-01 00:00:00")
    };
    let plain = text
        .trim()
        .trim_end_matches("UTC")
        .trim_end_matches("GMT")
        .trim_end_matches('Z')
        .trim();
    let (date, clock) = plain.split_once(['T', ' ']).unwrap_or((plain, ""));
    let date: Vec<i64> = date
        .split('-')
        .map(|p| p.parse().map_err(|_| bad()))
        .collect::<Result<_>>()?;
    let [year, month, day] = date[..] else {
        return Err(bad());
    };
    let (clock, sign, zone) = match clock.rfind(['+', '-']) {
        Some(k) => (
            &clock[..k],
            if clock.as_bytes()[k] == b'-' {
                -1.0
            } else {
                1.0
            },
            &clock[k + 1..],
        ),
        None => (clock, 0.0, ""),
    };
    let seconds = seconds_of(clock).ok_or_else(bad)?
        - sign
            * seconds_of(zone)
                .filter(|z| *z <= 14.0 * HOUR)
                .ok_or_else(bad)?;
    if no_leap && (month, day) == (2, 29) {
        return Err(bad().hint("a calendar with leap days"));
    }
    let midnight = if mixed && (year, month, day) < (1582, 10, 15) {
        julian(year, month, day).ok_or_else(|| match year {
            0 => bad().hint("calendar = \"proleptic_gregorian\", in which there is a year 0"),
            _ => bad(),
        })?
    } else {
        gregorian(year, month, day).ok_or_else(bad)?
    };
    Ok(midnight.plus(seconds))
}

fn gregorian(year: i64, month: i64, day: i64) -> Option<Time> {
    let part = |v: i64| i8::try_from(v).ok();
    Time::from_date(i16::try_from(year).ok()?, part(month)?, part(day)?).ok()
}

/// Seconds of `hours:minutes:seconds`, of which the last may be missing, or of `hhmm`.
fn seconds_of(clock: &str) -> Option<f64> {
    let clock = clock.trim();
    if clock.is_empty() {
        return Some(0.0);
    }
    let together = clock.len() == 4 && clock.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = if together {
        vec![&clock[..2], &clock[2..]]
    } else {
        clock.split(':').collect()
    };
    let parts: Vec<f64> = parts
        .into_iter()
        .map(|p| p.parse().ok())
        .collect::<Option<_>>()?;
    (parts.len() <= 3 && parts.iter().all(|p| *p >= 0.0)).then(|| {
        parts
            .iter()
            .zip([HOUR, 60.0, 1.0])
            .map(|(n, s)| n * s)
            .sum()
    })
}

/// Midnight of a date in the Julian calendar, by its Julian day number (Richards 2013). None for a
/// date that the standard calendar does not have: there is no year 0, and 15 October follows 4
/// October 1582.
fn julian(year: i64, month: i64, day: i64) -> Option<Time> {
    let leap = i64::from(year % 4 == 0);
    let days = match month {
        1..=12 => [31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month as usize - 1],
        _ => 0,
    };
    if year == 0 || !(1..=days).contains(&day) || (year, month, day) > (1582, 10, 4) {
        return None;
    }
    let shift = (14 - month) / 12;
    let (y, m) = (year + 4800 - shift, month + 12 * shift - 3);
    let number = day + (153 * m + 2) / 5 + 365 * y + y.div_euclid(4) - 32_083;
    Some(Time::from_seconds((number - 2_440_588) * 86_400))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(units: &str, number: f64) -> String {
        TimeUnit::parse(units, None)
            .unwrap()
            .unwrap()
            .instant(number)
            .unwrap()
            .to_string()
    }

    #[test]
    fn numbers_become_the_instants_of_the_calendar() {
        assert_eq!(
            instant("days since 1970-01-01", 16_983.25),
            "2016-07-01T06:00:00Z"
        );
        assert_eq!(
            instant("hours since 1982-01-01 00:00:00", 6.0),
            "1982-01-01T06:00:00Z"
        );
        assert_eq!(
            instant("seconds since 1970-01-01T00:00:00Z", 86_400.0),
            "1970-01-02"
        );
        assert_eq!(
            instant("minutes since 2016-1-1 00:00:0.0 UTC", 90.0),
            "2016-01-01T01:30:00Z"
        );
        assert_eq!(instant("months since 2015-11-16", 3.0), "2016-02-16");
        // 2016-07-01 by cftime 1.6.
        assert_eq!(
            instant("microseconds since 1970-01-01", 1.467_331_2e15),
            "2016-07-01"
        );
        assert_eq!(instant("ns since 2016-06-30", 8.64e13), "2016-07-01");
        // As in section 4.4 of the conventions, in a zone six hours behind.
        assert_eq!(
            instant("seconds since 1992-10-8 15:15:42 -6:00", 1.0),
            "1992-10-08T21:15:43Z"
        );
        assert_eq!(
            instant("hours since 2016-01-01T01:00+0100", 0.0),
            "2016-01-01"
        );
        assert_eq!(
            instant("hours since 2016-01-01 00:00:00 +00:00", 0.0),
            "2016-01-01"
        );
    }

    #[test]
    fn a_year_one_origin_counts_julian_days_as_cf_does() {
        // 1800-01-01 and 1970-01-01 by cftime's standard calendar.
        assert_eq!(
            instant("hours since 1-1-1 00:00:0.0", 15_769_752.0),
            "1800-01-01"
        );
        assert_eq!(instant("days since 0001-01-01", 719_164.0), "1970-01-01");
        assert_eq!(instant("days since 1500-02-29", 171_596.0), "1970-01-01");
        let read = |origin: &str, calendar: &str| {
            TimeUnit::parse(&format!("days since {origin}"), Some(calendar))
        };
        for impossible in [
            "0000-01-01",
            "1582-10-10",
            "1500-13-01",
            "1501-02-29",
            "2015-02-29",
        ] {
            assert!(read(impossible, "standard").is_err(), "{impossible}");
        }
        assert!(read("2016-02-29", "noleap").is_err());
        // 2000-01-01 by cftime's noleap calendar, which has a year 0.
        let climate = read("0000-01-01", "noleap").unwrap().unwrap();
        assert_eq!(
            climate.instant(730_000.0).unwrap().to_string(),
            "2000-01-01"
        );
        let proleptic = TimeUnit::parse("days since 0001-01-01", Some("proleptic_gregorian"))
            .unwrap()
            .unwrap();
        assert_eq!(
            proleptic.instant(719_162.0).unwrap().to_string(),
            "1970-01-01"
        );
    }

    #[test]
    fn years_of_365_days_skip_the_end_of_february() {
        let unit = TimeUnit::parse("days since 2000-01-01 06:00", Some("noleap"))
            .unwrap()
            .unwrap();
        let at = |n: f64| unit.instant(n).unwrap().to_string();
        assert_eq!(at(58.0), "2000-02-28T06:00:00Z");
        assert_eq!(at(59.0), "2000-03-01T06:00:00Z");
        assert_eq!(at(365.75 * 4.0 - 3.0), "2004-01-01T06:00:00Z");
        assert_eq!(at(-1.0), "1999-12-31T06:00:00Z");
        let old = TimeUnit::parse("days since 0001-01-01", Some("365_day"))
            .unwrap()
            .unwrap();
        assert_eq!(
            old.instant(1999.0 * 365.0).unwrap().to_string(),
            "2000-01-01"
        );
    }

    #[test]
    fn what_is_not_an_instant_is_refused() {
        assert!(TimeUnit::parse("kg m-2 s-1", None).unwrap().is_none());
        assert!(
            TimeUnit::parse("days since 2000-01-01", Some("360_day"))
                .unwrap_err()
                .to_string()
                .contains("360_day")
        );
        for origin in [
            "yesterday",
            "1500-13-45",
            "1500-02-30",
            "0000-01-01",
            "99999-01-01",
        ] {
            let units = format!("days since {origin}");
            assert!(TimeUnit::parse(&units, None).is_err(), "{origin}");
        }
        assert!(TimeUnit::parse("days since 1500-02-29", None).is_ok());
        assert!(TimeUnit::parse("days since 2016-01-01 00:00 +99:00", None).is_err());
        let unit = TimeUnit::parse("months since 2000-01-01", None)
            .unwrap()
            .unwrap();
        assert!(unit.instant(0.5).is_err() && unit.instant(f64::NAN).is_err());
    }
}
