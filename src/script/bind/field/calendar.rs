//! Parts of dates and periods that fields are grouped by, and what is less the usual of a month.

use crate::error::{Error, Result};
use crate::field::{CalendarPart, Coordinate, Dimension, Field, Grouping, Period, Reduction};
use crate::script::{Fallible, attempt};
use crate::time::DAY;
use rhai::plugin::*;

/// The part of a date that is called so; `time.` before it does not matter.
pub(super) fn part(name: &str) -> Option<CalendarPart> {
    Some(match name.strip_prefix("time.").unwrap_or(name) {
        "month" => CalendarPart::Month,
        "season" => CalendarPart::Season,
        "year" => CalendarPart::Year,
        "day_of_year" | "dayofyear" => CalendarPart::DayOfYear,
        "hour" => CalendarPart::Hour,
        _ => return None,
    })
}

/// The dimension of dates, which need not be called time.
pub(super) fn dates(field: &Field) -> Result<&Dimension> {
    field
        .dimensions()
        .iter()
        .find(|d| matches!(d.coordinate, Coordinate::Times(_)))
        .ok_or_else(|| {
            Error::new(format!("\"{}\" has no dimension of dates", field.name))
                .hint(".label(\"time\", dates(\"2015-01-01\", ...))")
        })
}

/// Groups of one part of the dates.
pub(super) fn calendar(field: &Field, name: &str) -> Result<Grouping> {
    let known = ["month", "season", "year", "day_of_year", "hour"];
    match part(name) {
        Some(part) => Grouping::calendar(dates(field)?, part),
        None => Err(Error::new(format!("\"{name}\" is no part of a date"))
            .expected(format!("one of {}", known.join(", ")))
            .near(name, known)),
    }
}

/// A period such as `7 days` or `month`.
pub(super) fn period(text: &str) -> Result<Period> {
    let (number, unit) = text
        .trim()
        .split_at(text.trim().find(|c: char| c.is_alphabetic()).unwrap_or(0));
    let n: f64 = if number.trim().is_empty() {
        1.0
    } else {
        number.trim().parse().unwrap_or(f64::NAN)
    };
    let months = match unit {
        "month" | "months" => 1.0,
        "season" | "seasons" => 3.0,
        "year" | "years" | "yr" => 12.0,
        _ => 0.0,
    };
    let seconds = match unit {
        "d" | "day" | "days" => DAY,
        "h" | "hour" | "hours" => 3600.0,
        "min" | "minute" | "minutes" => 60.0,
        "week" | "weeks" => 7.0 * DAY,
        _ => 0.0,
    };
    match n * (months + seconds) {
        n if n > 0.0 && n.fract() == 0.0 => Ok(if months > 0.0 {
            Period::Months(n as i64)
        } else {
            Period::Seconds(n as i64)
        }),
        _ => Err(Error::new("the text is not a period")
            .expected("\"month\", \"season\", \"year\", \"day\", \"7 days\", \"6 h\"")
            .got(format!("\"{text}\""))),
    }
}

#[export_module]
pub mod functions {
    /// The mean of each month, season or the like over all years: `f.groupby(part).mean()`.
    ///
    /// # Arguments
    /// - `part`: `"month"`, `"season"`, `"day_of_year"`, `"hour"` or `"year"`.
    ///
    /// # Returns
    /// A field.
    ///
    /// # Errors
    /// No dates, an unknown part.
    ///
    /// # Example
    /// ```rhai
    /// let f = field(#{ dims: ["time"], coords: #{ time: dates("2015-01-01", "2017-01-01", 1) } }, |t| t.year);
    /// assert(f.climatology("month").sel(#{ month: 1 }) == 2015.5);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn climatology(context: NativeCallContext, field: Field, part: &str) -> Fallible<Field> {
        attempt(&context, || {
            field.grouped(&calendar(&field, part)?, Reduction::Mean)
        })
    }

    /// Each value less the mean of its month, season or the like; of groups, less the mean of its
    /// group.
    ///
    /// # Arguments
    /// - `part`: as for `climatology`.
    ///
    /// # Returns
    /// A field with the labels it had.
    ///
    /// # Errors
    /// No dates, an unknown part; windows that overlap.
    ///
    /// # Example
    /// ```rhai
    /// let f = field(#{ dims: ["time"], coords: #{ time: dates("2015-01-01", "2017-01-01", 1) } }, |t| t.year + t.month);
    /// assert(f.anomalies("month").isel(#{ time: -1 }) == 0.5);
    /// assert_near(f.groupby("time.month").anomalies().mean(), 0, 1e-9);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn anomalies(context: NativeCallContext, field: Field, part: &str) -> Fallible<Field> {
        attempt(&context, || {
            field.less_group_means(&calendar(&field, part)?)
        })
    }
}
