//! What a date of a flux stands for: the interval over which its map holds.

use super::months::next_month;
use crate::error::{Error, Result, Warning};
use crate::field::CoordinateValues;
use crate::time::{DAY, Time};

/// Where in its interval the date of a map lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamp {
    /// At its start: a map holds to the next date, the last as long as the one before it.
    Start,
    /// In its middle: of a calendar month, or half a step before to half a step after.
    Middle,
    /// At its end: a map holds from the date before, the first as long as the one after it.
    End,
}

/// The intervals of dates, from their bounds if they have some, else by where the dates lie. Dates
/// that lie in the middle of their months, or of the steps of a day, are taken to be middles where
/// nothing is said, with a warning.
///
/// # Errors
/// Fewer than two dates without bounds, dates that do not rise, middles of steps that differ.
pub fn intervals(
    dates: &CoordinateValues<Time>,
    stamp: Option<Stamp>,
) -> Result<(Vec<[Time; 2]>, Option<Warning>)> {
    if let (Some(bounds), None) = (dates.bounds(), stamp) {
        return Ok((bounds.to_vec(), None));
    }
    if dates.len() < 2 || dates.windows(2).any(|w| w[1] <= w[0]) {
        return Err(Error::new("the instants of a flux must rise")
            .expected("two or more instants, each after the one before"));
    }
    let months = dates.iter().all(|t| near_mid_month(*t));
    match stamp {
        None if months || in_the_middle_of_steps(dates) => {
            let found = middles(dates, months)?;
            let message = format!(
                "the dates of the flux, from {}, are taken to be the middles of {}; say \
                 stamps: \"middle\" or \"start\", or give the dates bounds",
                dates[0],
                if months {
                    "their months"
                } else {
                    "their steps"
                },
            );
            Ok((found, Some(Warning::new("mid_interval_dates", message))))
        }
        None | Some(Stamp::Start) => Ok((starts(dates), None)),
        Some(Stamp::Middle) => Ok((middles(dates, months)?, None)),
        Some(Stamp::End) => {
            let first = dates[0].plus(-dates[1].since(dates[0]));
            let before = std::iter::once(&first).chain(dates.iter());
            Ok((
                before.zip(dates.iter()).map(|(a, b)| [*a, *b]).collect(),
                None,
            ))
        }
    }
}

fn starts(dates: &[Time]) -> Vec<[Time; 2]> {
    let n = dates.len();
    let last = dates[n - 1].plus(dates[n - 1].since(dates[n - 2]));
    let after = dates[1..].iter().chain(std::iter::once(&last));
    dates.iter().zip(after).map(|(a, b)| [*a, *b]).collect()
}

/// The first of the month an instant lies in.
fn month_start(t: Time) -> Time {
    Time::from_date(t.year(), t.month() as i8, 1).unwrap_or(t)
}

fn near_mid_month(t: Time) -> bool {
    let (start, end) = (month_start(t), next_month(t));
    (t.since(start) - 0.5 * end.since(start)).abs() <= DAY
}

/// Whether the dates are a step of at most a day apart, and half a step from its beginning.
fn in_the_middle_of_steps(dates: &[Time]) -> bool {
    let step = dates[1].seconds() - dates[0].seconds();
    let even = dates
        .windows(2)
        .all(|w| w[1].seconds() - w[0].seconds() == step);
    even && step <= 86_400 && 86_400 % step == 0 && 2 * dates[0].seconds().rem_euclid(step) == step
}

fn middles(dates: &[Time], months: bool) -> Result<Vec<[Time; 2]>> {
    if months {
        return Ok(dates
            .iter()
            .map(|t| [month_start(*t), next_month(*t)])
            .collect());
    }
    let step = dates[1].since(dates[0]);
    if dates.windows(2).any(|w| w[1].since(w[0]) != step) {
        return Err(
            Error::new("the middles of intervals do not determine their ends")
                .expected("middles of calendar months, or dates a step apart")
                .got("steps that differ")
                .hint("dates with bounds, as a file's time_bnds"),
        );
    }
    let half = 0.5 * step;
    Ok(dates
        .iter()
        .map(|t| [t.plus(-half), t.plus(half)])
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(dates: &[&str], stamp: Option<Stamp>) -> (String, bool) {
        let dates: CoordinateValues<Time> = dates.iter().map(|t| t.parse().unwrap()).collect();
        let (all, warning) = intervals(&dates, stamp).unwrap();
        let last = all[all.len() - 1];
        (
            format!("{} {} {} {}", all[0][0], all[0][1], last[0], last[1]),
            warning.is_some(),
        )
    }

    #[test]
    fn a_map_stamped_in_the_middle_of_its_month_holds_through_the_month() {
        let months = "2016-01-01 2016-02-01 2016-03-01 2016-04-01".to_string();
        let middles = ["2016-01-16", "2016-02-15T12:00", "2016-03-16T12:00"];
        assert_eq!(found(&middles, None), (months.clone(), true));
        assert_eq!(
            found(&middles, Some(Stamp::Middle)),
            (months.clone(), false)
        );
        let firsts = ["2016-01-01", "2016-02-01", "2016-03-01"];
        let held = "2016-01-01 2016-02-01 2016-03-01 2016-03-30".to_string();
        assert_eq!(found(&firsts, None), (held, false));
        let ends = ["2016-02-01", "2016-03-01"];
        let before = "2016-01-03 2016-02-01 2016-02-01 2016-03-01".to_string();
        assert_eq!(found(&ends, Some(Stamp::End)), (before, false));
    }

    #[test]
    fn steps_of_a_day_have_middles_too() {
        let three_hourly = ["2016-07-01T01:30", "2016-07-01T04:30"];
        let around = "2016-07-01 2016-07-01T03:00:00Z 2016-07-01T03:00:00Z 2016-07-01T06:00:00Z";
        assert_eq!(found(&three_hourly, None), (around.into(), true));
        assert!(!found(&["2016-07-01", "2016-07-02"], None).1);
        assert!(found(&["2016-07-01T12:00", "2016-07-02T12:00"], None).1);
    }

    #[test]
    fn bounds_say_it_before_anything_else() {
        let date = |t: &str| t.parse::<Time>().unwrap();
        let dates = CoordinateValues::from(vec![date("2016-01-16")])
            .with_bounds(vec![[date("2016-01-01"), date("2016-02-01")]]);
        let (all, warning) = intervals(&dates, None).unwrap();
        assert_eq!((all[0][0], warning), (date("2016-01-01"), None));
        let falls: CoordinateValues<Time> = [date("2016-02-01"), date("2016-01-01")]
            .into_iter()
            .collect();
        assert!(intervals(&falls, None).is_err());
    }
}
