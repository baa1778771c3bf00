//! Dates.

use crate::error::{Error, Result};
use crate::field::room_for;
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, attempt, read};
use crate::time::{DAY, HOUR, Time};
use rhai::plugin::*;
use rhai::{Array, Dynamic, ImmutableString};

/// Binds dates, their parts and comparisons.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Time>();
    rooms.global(exported_module!(functions));
    let engine = &mut rooms.engine;
    for (sign, compare) in COMPARISONS {
        engine.register_fn(sign, compare);
        // Left to the language, a date and a text that says one would differ without a word.
        engine.register_fn(
            sign,
            move |context: NativeCallContext, a: Time, b: ImmutableString| {
                compared(&context, compare, Ok(a), b.parse())
            },
        );
        engine.register_fn(
            sign,
            move |context: NativeCallContext, a: ImmutableString, b: Time| {
                compared(&context, compare, a.parse(), Ok(b))
            },
        );
    }
    for (sign, way) in [("+", DAY), ("-", -DAY)] {
        engine.register_fn(
            sign,
            move |c: NativeCallContext, t: Time, days: f64| -> Fallible<Time> {
                attempt(&c, || t.later(days * way))
            },
        );
        engine.register_fn(
            sign,
            move |c: NativeCallContext, t: Time, days: i64| -> Fallible<Time> {
                attempt(&c, || t.later(days as f64 * way))
            },
        );
    }
    engine.register_fn("-", |later: Time, earlier: Time| later.since(earlier) / DAY);
}

type Comparison = fn(Time, Time) -> bool;

const COMPARISONS: [(&str, Comparison); 6] = [
    ("<", |a, b| a < b),
    ("<=", |a, b| a <= b),
    (">", |a, b| a > b),
    (">=", |a, b| a >= b),
    ("==", |a, b| a == b),
    ("!=", |a, b| a != b),
];

fn compared(
    context: &NativeCallContext,
    compare: Comparison,
    a: Result<Time>,
    b: Result<Time>,
) -> Fallible<bool> {
    attempt(context, || Ok(compare(a?, b?)))
}

#[export_module]
mod functions {
    /// An instant on the UTC calendar. A number added is days; the difference of two dates is in
    /// days; a date compares with the text of another.
    ///
    /// # Arguments
    /// - `text`: `"2016-07-01"` or `"2016-07-01T06:00"`, in UTC unless it has an offset, which is
    ///   taken off: `"2016-07-01T06:00+02:00"`; or year, month, day.
    ///
    /// # Returns
    /// A date, with `.year`, `.month`, `.day`, `.hour`, `.day_of_year`.
    ///
    /// # Errors
    /// Not a date; a date beyond the years -9999 to 9999.
    ///
    /// # Example
    /// ```rhai
    /// let t = date("2016-02-28") + 1.5;
    /// assert(t.to_string() == "2016-02-29T12:00:00Z" && t.month == 2);
    /// assert(date(2016, 3, 1) - date("2016-02-28") == 2.0);
    /// assert(t > "2016-02-28" && t == "2016-02-29T12:00");
    /// ```
    #[rhai_fn(name = "date", return_raw)]
    pub fn date_from_text(context: NativeCallContext, text: &str) -> Fallible<Time> {
        attempt(&context, || text.parse())
    }
    #[rhai_fn(return_raw)]
    pub fn date(context: NativeCallContext, year: i64, month: i64, day: i64) -> Fallible<Time> {
        attempt(&context, || {
            match (i16::try_from(year), i8::try_from(month), i8::try_from(day)) {
                (Ok(y), Ok(m), Ok(d)) => Time::from_date(y, m, d),
                _ => {
                    Err(Error::new("these numbers are not a date")
                        .got(format!("{year}-{month}-{day}")))
                }
            }
        })
    }
    #[rhai_fn(name = "date")]
    pub fn date_again(date: Time) -> Time {
        date
    }

    /// A date some hours later.
    ///
    /// # Arguments
    /// - `hours`: a number; negative for earlier.
    ///
    /// # Returns
    /// A date.
    ///
    /// # Errors
    /// Not a number.
    ///
    /// # Example
    /// ```rhai
    /// assert(date("2016-07-01").plus_hours(6).hour == 6.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn plus_hours(context: NativeCallContext, date: Time, hours: Dynamic) -> Fallible<Time> {
        attempt(&context, || {
            date.later(read::<f64>("the hours", &hours)? * HOUR)
        })
    }

    /// Dates from one to another, the end not included.
    ///
    /// # Arguments
    /// - `start`, `end`: dates, or text.
    /// - `step`: days between them.
    ///
    /// # Returns
    /// An array of dates.
    ///
    /// # Errors
    /// A step that is not above 0.
    ///
    /// # Example
    /// ```rhai
    /// assert(dates("2016-01-01", "2016-01-22", 7).len() == 3);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn dates(
        context: NativeCallContext,
        start: Dynamic,
        end: Dynamic,
        step: Dynamic,
    ) -> Fallible<Array> {
        attempt(&context, || {
            let (start, end): (Time, Time) = (read("the start", &start)?, read("the end", &end)?);
            let step: f64 = read("the step", &step)?;
            if step * DAY < 1.0 {
                return Err(Error::new("the step between dates must be positive")
                    .expected("above 0 days")
                    .got(step));
            }
            let n = (end.since(start) / (step * DAY)).ceil().max(0.0) as i64;
            // A date in an array takes as much as two numbers.
            room_for(&[n as usize, 2])?;
            Ok((0..n)
                .map(|k| Dynamic::from(start.plus(k as f64 * step * DAY)))
                .collect())
        })
    }

    /// The calendar year.
    #[rhai_fn(get = "year")]
    pub fn year(date: &mut Time) -> i64 {
        i64::from(date.year())
    }
    /// The month, 1 to 12.
    #[rhai_fn(get = "month")]
    pub fn month(date: &mut Time) -> i64 {
        date.month() as i64
    }
    /// The day of the month, from 1.
    #[rhai_fn(get = "day")]
    pub fn day(date: &mut Time) -> i64 {
        i64::from(date.civil().day())
    }
    /// The hour of the day with fraction, 0 up to 24.
    #[rhai_fn(get = "hour")]
    pub fn hour(date: &mut Time) -> f64 {
        date.hour()
    }
    /// Days since the first of January, with fraction: 0 at its midnight.
    #[rhai_fn(get = "day_of_year")]
    pub fn day_of_year(date: &mut Time) -> f64 {
        date.day_of_year()
    }
    /// Year and month as text, such as `2016-07`.
    #[rhai_fn(get = "year_month")]
    pub fn year_month(date: &mut Time) -> String {
        date.year_month()
    }
}
