//! CF times: numbers with a unit such as `hours since 1982-01-01 00:00:00`.

use crate::error::{Error, Result};
use crate::time::{DAY, HOUR, Time};

/// How the numbers of a time variable become instants.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TimeUnit {
    step: Step,
    origin: Time,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    Seconds(f64),
    /// Calendar months; whole numbers only.
    Months(i64),
}

impl TimeUnit {
    /// Reads the `units` and `calendar` attributes; `None` where the unit is no time since an instant.
    ///
    /// # Errors
    /// A calendar other than the standard one, or an origin that is not a date.
    pub fn parse(units: &str, calendar: Option<&str>) -> Result<Option<Self>> {
        let Some((step, origin)) = units.split_once(" since ") else { return Ok(None) };
        let step = match step.trim().to_lowercase().as_str() {
            "days" | "day" | "d" => Step::Seconds(DAY),
            "hours" | "hour" | "hrs" | "hr" | "h" => Step::Seconds(HOUR),
            "minutes" | "minute" | "mins" | "min" => Step::Seconds(60.0),
            "seconds" | "second" | "secs" | "sec" | "s" => Step::Seconds(1.0),
            "milliseconds" | "millisecond" | "ms" => Step::Seconds(1e-3),
            "weeks" | "week" => Step::Seconds(7.0 * DAY),
            "months" | "month" => Step::Months(1),
            "years" | "year" => Step::Months(12),
            _ => return Err(Error::new("unknown unit of time").got(format!("\"{units}\"")).hint("days, hours, minutes or seconds since a date")),
        };
        let calendar = calendar.unwrap_or("standard").trim().to_lowercase();
        if !["standard", "gregorian", "proleptic_gregorian"].contains(&calendar.as_str()) {
            return Err(Error::new("times in this calendar are not instants")
                .expected("standard, gregorian or proleptic_gregorian")
                .got(format!("\"{calendar}\"")));
        }
        Ok(Some(TimeUnit { step, origin: origin_of(origin, calendar != "proleptic_gregorian")? }))
    }

    /// The instant of a number, to the nearest second.
    ///
    /// # Errors
    /// A number that is missing, beyond the calendar, or a broken count of months.
    pub fn instant(&self, number: f64) -> Result<Time> {
        match self.step {
            Step::Seconds(length) if (number * length).abs() < 2e11 => Ok(self.origin.plus(number * length)),
            Step::Months(length) if number.fract() == 0.0 && number.abs() < 1e5 => {
                let start = self.origin.civil();
                let months = i64::from(start.year()) * 12 + i64::from(start.month()) - 1 + number as i64 * length;
                let first = Time::from_date(months.div_euclid(12) as i16, months.rem_euclid(12) as i8 + 1, 1)?;
                let within = self.origin.since(Time::from_date(start.year(), start.month(), 1)?);
                Ok(first.plus(within))
            }
            _ => Err(Error::new("a time that is no instant").got(number)),
        }
    }
}

/// `1970-01-01T00:00:00Z`, `1985-1-1 00:00:0.0`, `1-1-1`, with or without `UTC` or `+00:00`. Dates before the reform of 15
/// October 1582 are Julian in CF's standard calendar (`mixed`).
fn origin_of(text: &str, mixed: bool) -> Result<Time> {
    let bad = || Error::new("the origin of the times is not a date").got(format!("\"{text}\"")).expected("a date such as 1970-01-01 00:00:00");
    let plain = text.trim().trim_end_matches("UTC").trim_end_matches("GMT").trim_end_matches('Z').trim();
    let (date, clock) = plain.split_once(['T', ' ']).unwrap_or((plain, ""));
    let date: Vec<i64> = date.split('-').map(|p| p.parse().map_err(|_| bad())).collect::<Result<_>>()?;
    let [year, month, day] = date[..] else { return Err(bad()) };
    let clock = clock.trim().trim_end_matches("+00:00").trim_end_matches("+0:00").trim_end_matches("+00").trim();
    let clock: Vec<f64> = if clock.is_empty() { vec![] } else { clock.split(':').map(|p| p.parse().map_err(|_| bad())).collect::<Result<_>>()? };
    if clock.len() > 3 {
        return Err(bad());
    }
    let seconds: f64 = clock.iter().zip([HOUR, 60.0, 1.0]).map(|(n, s)| n * s).sum();
    let midnight = if mixed && (year, month, day) < (1582, 10, 15) {
        julian(year, month, day)
    } else {
        let part = |v: i64| i8::try_from(v).map_err(|_| bad());
        Time::from_date(i16::try_from(year).map_err(|_| bad())?, part(month)?, part(day)?).map_err(|_| bad())?
    };
    Ok(midnight.plus(seconds))
}

/// Midnight of a date in the Julian calendar, by its Julian day number (Richards 2013).
fn julian(year: i64, month: i64, day: i64) -> Time {
    let shift = (14 - month) / 12;
    let (y, m) = (year + 4800 - shift, month + 12 * shift - 3);
    let number = day + (153 * m + 2) / 5 + 365 * y + y.div_euclid(4) - 32_083;
    Time::from_seconds((number - 2_440_588) * 86_400)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(units: &str, number: f64) -> String {
        TimeUnit::parse(units, None).unwrap().unwrap().instant(number).unwrap().to_string()
    }

    #[test]
    fn numbers_become_the_instants_of_the_calendar() {
        assert_eq!(instant("days since 1970-01-01", 16_983.25), "2016-07-01T06:00:00Z");
        assert_eq!(instant("hours since 1982-01-01 00:00:00", 6.0), "1982-01-01T06:00:00Z");
        assert_eq!(instant("seconds since 1970-01-01T00:00:00Z", 86_400.0), "1970-01-02");
        assert_eq!(instant("minutes since 2016-1-1 00:00:0.0 UTC", 90.0), "2016-01-01T01:30:00Z");
        assert_eq!(instant("months since 2015-11-16", 3.0), "2016-02-16");
    }

    #[test]
    fn a_year_one_origin_counts_julian_days_as_cf_does() {
        // 1800-01-01 and 1970-01-01 by cftime's standard calendar.
        assert_eq!(instant("hours since 1-1-1 00:00:0.0", 15_769_752.0), "1800-01-01");
        assert_eq!(instant("days since 0001-01-01", 719_164.0), "1970-01-01");
        let proleptic = TimeUnit::parse("days since 0001-01-01", Some("proleptic_gregorian")).unwrap().unwrap();
        assert_eq!(proleptic.instant(719_162.0).unwrap().to_string(), "1970-01-01");
    }

    #[test]
    fn what_is_not_an_instant_is_refused() {
        assert!(TimeUnit::parse("kg m-2 s-1", None).unwrap().is_none());
        assert!(TimeUnit::parse("days since 2000-01-01", Some("noleap")).unwrap_err().to_string().contains("noleap"));
        assert!(TimeUnit::parse("days since yesterday", None).is_err());
        let unit = TimeUnit::parse("months since 2000-01-01", None).unwrap().unwrap();
        assert!(unit.instant(0.5).is_err() && unit.instant(f64::NAN).is_err());
    }
}
