//! What a date of a flux stands for: the interval over which its map holds.

use super::months::next_month;
use crate::error::{Error, Result};
use crate::field::{CoordinateValues, Field};
use crate::time::{DAY, Time};

/// Where in its interval the date of a map lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapStamp {
    /// At its start: a map holds to the next date, the last as long as the one before it.
    Start,
    /// In its middle: of a calendar month, or half a step before to half a step after.
    Middle,
    /// At its end: a map holds from the date before, the first as long as the one after it.
    End,
    /// Where its bounds say, which the dates must have.
    Bounds,
}

/// What a file says of the dates of a field, in an attribute of their variable or of the field:
/// "middle of the averaging interval", "first day of month", ...
pub(crate) fn said_stamp(field: &Field) -> Option<MapStamp> {
    let said = |key: &str| field.attributes.get(key).map(|t| t.to_lowercase());
    if let Some(text) = said("time_stamp") {
        let has = |words: &[&str]| words.iter().any(|w| text.contains(w));
        return match () {
            () if has(&["mid", "cent"]) => Some(MapStamp::Middle),
            () if has(&["start", "begin", "first"]) => Some(MapStamp::Start),
            () if has(&["end of", "ending", "last"]) || text == "end" => Some(MapStamp::End),
            () => None,
        };
    }
    // As CarbonTracker's: "time-interval average, centered on times in the date axis".
    if said("comment")
        .is_some_and(|t| t.contains("centered on time") || t.contains("centred on time"))
    {
        return Some(MapStamp::Middle);
    }
    // GEOS-Chem stamps its means in the middle.
    said("averaging_method")
        .filter(|t| t.contains("time-averaged"))
        .map(|_| MapStamp::Middle)
}

/// The intervals of dates: as the caller says; else from their bounds; else as the file says.
///
/// # Errors
/// Nothing says where in their intervals the dates lie; fewer than two dates without bounds, dates
/// that do not rise, middles of steps that differ.
pub fn intervals(
    dates: &CoordinateValues<Time>,
    stamp: Option<MapStamp>,
    said: Option<MapStamp>,
) -> Result<Vec<[Time; 2]>> {
    let stamp = match (stamp, dates.bounds()) {
        (None | Some(MapStamp::Bounds), Some(bounds)) => return Ok(bounds.to_vec()),
        (Some(MapStamp::Bounds), None) => {
            return Err(Error::new("the dates of the flux have no bounds")
                .expected("a file whose variable of time has \"bounds\"")
                .hint("time: \"start\", \"middle\" or \"end\""));
        }
        (stamp, _) => stamp.or(said),
    };
    if dates.is_empty() || dates.windows(2).any(|w| w[1] <= w[0]) {
        return Err(Error::new("the instants of a flux must rise")
            .expected("one or more instants, each after the one before"));
    }
    match stamp {
        None | Some(MapStamp::Bounds) => Err(unsaid(dates)),
        Some(MapStamp::Middle) => middles(dates),
        Some(MapStamp::Start) => {
            let last = dates[dates.len() - 1];
            Ok(between(dates.iter().copied().chain([after(dates, last)?])))
        }
        Some(MapStamp::End) => {
            let first = before(dates, dates[0])?;
            Ok(between([first].into_iter().chain(dates.iter().copied())))
        }
    }
}

/// The question what dates stand for, with what they look like.
fn unsaid(dates: &[Time]) -> Error {
    let looks = match () {
        () if dates.iter().all(|t| near_mid_month(*t)) => "\"middle\" (of months, as it seems)",
        () if in_the_middle_of_steps(dates) => "\"middle\" (of steps, as it seems)",
        () => "\"start\"",
    };
    Error::new("it is not said where in their intervals the dates of the flux lie")
        .expected("dates with bounds, or the option time")
        .got(format!("{} dates from {}", dates.len(), dates[0]))
        .hint(format!(
            "time: {looks}; or \"start\", \"middle\", \"end\", \"bounds\""
        ))
}

fn between(edges: impl Iterator<Item = Time>) -> Vec<[Time; 2]> {
    let edges: Vec<Time> = edges.collect();
    edges.windows(2).map(|w| [w[0], w[1]]).collect()
}

fn all_begin_months(dates: &[Time]) -> bool {
    dates.iter().all(|t| *t == month_start(*t))
}

/// How many months apart the dates are, if they are the first of months an even number apart.
fn months_apart(dates: &[Time]) -> Option<i32> {
    let number = |t: &Time| i32::from(t.year()) * 12 + t.month() as i32;
    let steps: Vec<i32> = dates
        .windows(2)
        .map(|w| number(&w[1]) - number(&w[0]))
        .collect();
    let step = *steps.first()?;
    (all_begin_months(dates) && steps.iter().all(|s| *s == step)).then_some(step)
}

/// A first of the month some months from another.
fn months_from(t: Time, months: i32) -> Time {
    let number = i32::from(t.year()) * 12 + t.month() as i32 - 1 + months;
    let year = i16::try_from(number.div_euclid(12)).unwrap_or(t.year());
    Time::from_date(year, number.rem_euclid(12) as i8 + 1, 1).unwrap_or(t)
}

/// Where the interval that begins with the last date ends: whole months after it, or as long as the
/// one before it.
fn after(dates: &[Time], last: Time) -> Result<Time> {
    match (months_apart(dates), dates) {
        (Some(months), _) => Ok(months_from(last, months)),
        (None, [.., a, b]) => Ok(last.plus(b.since(*a))),
        _ => Err(alone()),
    }
}

/// Where the interval that ends with the first date begins.
fn before(dates: &[Time], first: Time) -> Result<Time> {
    match (months_apart(dates), dates) {
        (Some(months), _) => Ok(months_from(first, -months)),
        (None, [a, b, ..]) => Ok(first.plus(-b.since(*a))),
        _ => Err(alone()),
    }
}

fn alone() -> Error {
    Error::new("a single date does not tell how long its map holds")
        .expected("two dates or more, a date with bounds, or the middle of a month")
        .hint("a list of files, whose dates are read together")
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

fn middles(dates: &[Time]) -> Result<Vec<[Time; 2]>> {
    if dates.iter().all(|t| near_mid_month(*t)) {
        return Ok(dates
            .iter()
            .map(|t| [month_start(*t), next_month(*t)])
            .collect());
    }
    let [first, second, ..] = dates else {
        return Err(alone());
    };
    let step = second.since(*first);
    // Files of several days may leave out some of them.
    let in_steps = |w: &[Time]| (w[1].since(w[0]) % step).abs() < 1.0;
    if !dates.windows(2).all(in_steps) {
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

    fn periods(dates: &[&str], stamp: MapStamp) -> String {
        let dates: CoordinateValues<Time> = dates.iter().map(|t| t.parse().unwrap()).collect();
        let all = intervals(&dates, Some(stamp), None).unwrap();
        let last = all[all.len() - 1];
        format!("{} {} {} {}", all[0][0], all[0][1], last[0], last[1])
    }

    #[test]
    fn a_stamp_says_through_which_month_a_map_holds() {
        let months = "2016-01-01 2016-02-01 2016-03-01 2016-04-01";
        let middles = ["2016-01-16", "2016-02-15T12:00", "2016-03-16T12:00"];
        assert_eq!(periods(&middles, MapStamp::Middle), months);
        let firsts = ["2016-01-01", "2016-02-01", "2016-03-01"];
        assert_eq!(periods(&firsts, MapStamp::Start), months);
        let ends = ["2016-02-01", "2016-03-01", "2016-04-01"];
        assert_eq!(periods(&ends, MapStamp::End), months);
        assert_eq!(
            periods(&["2016-01-16"], MapStamp::Middle),
            "2016-01-01 2016-02-01 2016-01-01 2016-02-01"
        );
        let years = ["2013-01-01", "2014-01-01"];
        assert_eq!(
            periods(&years, MapStamp::Start),
            "2013-01-01 2014-01-01 2014-01-01 2015-01-01"
        );
    }

    #[test]
    fn steps_of_a_day_have_middles_too() {
        let three_hourly = ["2016-07-01T01:30", "2016-07-01T04:30"];
        let around = "2016-07-01 2016-07-01T03:00:00Z 2016-07-01T03:00:00Z 2016-07-01T06:00:00Z";
        assert_eq!(periods(&three_hourly, MapStamp::Middle), around);
    }

    #[test]
    fn dates_that_say_nothing_are_asked_about_with_what_they_look_like() {
        let asked = |dates: &[&str]| {
            let dates: CoordinateValues<Time> = dates.iter().map(|t| t.parse().unwrap()).collect();
            intervals(&dates, None, None).unwrap_err().to_string()
        };
        assert!(asked(&["2016-01-16", "2016-02-15"]).contains("middle\" (of months"));
        assert!(asked(&["2016-07-01T12:00", "2016-07-02T12:00"]).contains("middle\" (of steps"));
        assert!(asked(&["2016-07-01", "2016-07-02"]).contains("time: \"start\""));
    }

    #[test]
    fn bounds_come_before_what_the_file_says_and_after_what_the_caller_says() {
        let date = |t: &str| t.parse::<Time>().unwrap();
        let dates = CoordinateValues::from(vec![date("2016-01-16")])
            .with_bounds(vec![[date("2016-01-01"), date("2016-02-01")]]);
        let all = intervals(&dates, None, Some(MapStamp::Start)).unwrap();
        assert_eq!(all[0][0], date("2016-01-01"));
        let bare: CoordinateValues<Time> = [date("2016-01-16")].into_iter().collect();
        assert!(intervals(&bare, Some(MapStamp::Bounds), None).is_err());
        let falls: CoordinateValues<Time> = [date("2016-02-01"), date("2016-01-01")]
            .into_iter()
            .collect();
        assert!(intervals(&falls, Some(MapStamp::Start), None).is_err());
    }

    #[test]
    fn what_files_write_of_their_dates_is_understood() {
        let of = |key: &str, text: &str| {
            let field = Field::scalar("f", crate::units::Unit::none(), 0.0);
            said_stamp(&field.with_attribute(key, text))
        };
        assert_eq!(
            of("time_stamp", "midpoint of the interval"),
            Some(MapStamp::Middle)
        );
        assert_eq!(
            of("time_stamp", "first day of month"),
            Some(MapStamp::Start)
        );
        assert_eq!(of("time_stamp", "Time"), None);
        let comment = "time-interval average, centered on times in the date axis";
        assert_eq!(of("comment", comment), Some(MapStamp::Middle));
        assert_eq!(
            of("averaging_method", "time-averaged"),
            Some(MapStamp::Middle)
        );
        assert_eq!(of("averaging_method", "instantaneous"), None);
    }
}
