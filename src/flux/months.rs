//! The calendar of monthly fluxes: a flux holds through its month and steps at the month's end, so
//! that every month's total is that of the product.

use crate::error::{Error, Result};
use crate::time::{DAY, HOUR, Time};

/// Days of the months of the mean Gregorian year.
pub(crate) const MONTH_DAYS: [f64; 12] = [
    31.0, 28.2425, 31.0, 30.0, 31.0, 30.0, 31.0, 31.0, 30.0, 31.0, 30.0, 31.0,
];
/// Slots of a day; land fluxes are 3-hourly.
pub(crate) const SLOTS: usize = 8;

/// Mean over the year of a monthly rate.
pub(crate) fn annual_mean(rate: impl Fn(usize) -> f64) -> f64 {
    MONTH_DAYS
        .iter()
        .enumerate()
        .map(|(m, days)| days * rate(m))
        .sum::<f64>()
        / MONTH_DAYS.iter().sum::<f64>()
}

/// Day of the year in the middle of a month (0 is January), 0 at the start of the year.
pub(crate) fn mid_month(month: usize) -> f64 {
    MONTH_DAYS[..month].iter().sum::<f64>() + 0.5 * MONTH_DAYS[month]
}

/// The first instant of the month after `time`.
pub fn next_month(time: Time) -> Time {
    let (year, month) = (time.year(), time.month() as i8);
    let next = if month == 12 {
        Time::from_date(year + 1, 1, 1)
    } else {
        Time::from_date(year, month + 1, 1)
    };
    next.unwrap_or_else(|_| time.plus(30.0 * DAY))
}

/// The interval's ends and the first of every month between: edges of monthly means.
pub fn month_edges(start: Time, end: Time) -> Vec<Time> {
    let mut edges = vec![start];
    while *edges.last().expect("it starts with one") < end {
        let next = next_month(*edges.last().expect("it starts with one"));
        edges.push(next.min(end));
    }
    edges
}

/// Seconds from `start` to `end` in each month of the year (0 is January).
pub(crate) fn seconds_by_month(start: Time, end: Time) -> [f64; 12] {
    let mut seconds = [0.0; 12];
    for w in month_edges(start, end).windows(2) {
        seconds[w[0].month() - 1] += w[1].since(w[0]);
    }
    seconds
}

/// The share of `start..end` in each (month, slot of 3 hours) it touches, adding up to one.
///
/// # Errors
/// An end that is not after the start.
pub fn shares(start: Time, end: Time) -> Result<Vec<(usize, usize, f64)>> {
    shares_of_day(start, end, SLOTS)
}

/// As [`shares`], with slots of a day divided in `slots` equal parts.
///
/// # Errors
/// An end that is not after the start.
pub(crate) fn shares_of_day(
    start: Time,
    end: Time,
    slots: usize,
) -> Result<Vec<(usize, usize, f64)>> {
    if end <= start {
        return Err(
            Error::new("a flux is averaged over an interval of positive length")
                .expected(format!("an end after {start}"))
                .got(end),
        );
    }
    let duration = end.since(start);
    let slot_seconds = 24.0 * HOUR / slots as f64;
    let mut shares: Vec<(usize, usize, f64)> = Vec::new();
    for month in month_edges(start, end).windows(2) {
        let m = month[0].month() - 1;
        let mut from = month[0];
        let mut seconds = vec![0.0; slots];
        // Whole days give every slot the same; only the rest is walked.
        let days = (month[1].since(from) / DAY).floor();
        seconds.iter_mut().for_each(|s| *s += days * slot_seconds);
        from = from.plus(days * DAY);
        while from < month[1] {
            let slot = (from.hour() * HOUR / slot_seconds) as usize;
            let until = from
                .plus(slot_seconds - from.hour() * HOUR % slot_seconds)
                .min(month[1]);
            seconds[slot] += until.since(from);
            from = until;
        }
        shares.extend(
            seconds
                .into_iter()
                .enumerate()
                .filter(|(_, s)| *s > 0.0)
                .map(|(slot, s)| (m, slot, s / duration)),
        );
    }
    Ok(shares)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_to_one_over_month_ends() {
        let t = |text: &str| text.parse::<Time>().unwrap();
        let across = shares(t("2015-07-31T22:30"), t("2015-08-01T01:30")).unwrap();
        assert_eq!(across, vec![(6, 7, 0.5), (7, 0, 0.5)]);
        let week = shares(t("2015-07-01"), t("2015-07-08")).unwrap();
        assert_eq!(week.len(), 8);
        assert!(week.iter().all(|s| (s.2 - 0.125).abs() < 1e-15));
        assert!(shares(t("2015-07-01"), t("2015-07-01")).is_err());
        let seconds = seconds_by_month(t("2015-01-16"), t("2016-03-01"));
        assert_eq!(seconds[0], 47.0 * DAY);
        assert_eq!(seconds[1], 57.0 * DAY); // February of 2015 and of the leap year 2016
    }
}
