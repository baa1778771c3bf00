//! Where an axis is marked: round numbers, and the starts of days, months and years.

use super::style::superscript;
use crate::time::{DAY, Time};

/// A mark on an axis. Its label may have two lines.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Where, in the axis' numbers.
    pub at: f64,
    /// What stands beside it.
    pub label: String,
}

/// The least of 1, 2 and 5 times a power of ten that is at least `step`.
pub(crate) fn round_step(step: f64) -> f64 {
    if !(step > 0.0 && step.is_finite()) {
        return 1.0;
    }
    let power = 10f64.powi((step * (1.0 - 1e-9)).log10().floor() as i32);
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|m| m * power)
        .find(|s| *s >= step * (1.0 - 1e-9))
        .unwrap_or(10.0 * power)
}

/// The least of 1, 1.5, 2, 2.5, 3, 4, 5, 6 and 8 times a power of ten that is at least `value`
/// (positive).
pub(crate) fn round_up(value: f64) -> f64 {
    if !(value > 0.0 && value.is_finite()) {
        return 1.0;
    }
    let power = 10f64.powi(value.log10().floor() as i32);
    let mantissa = [1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0]
        .into_iter()
        .map(|m| m * power)
        .find(|s| *s >= value * (1.0 - 1e-9));
    mantissa.unwrap_or(10.0 * power)
}

/// A range from round number to round number around the data, and the step of its marks; at most
/// about `count` of them.
pub(crate) fn round_range(low: f64, high: f64, count: usize) -> (f64, f64, f64) {
    let size = low.abs().max(high.abs());
    // Values that differ only by rounding are one value, shown in the middle.
    let margin = if high - low > 1e-9 * size {
        0.0
    } else if size > 0.0 {
        0.5 * size
    } else {
        1.0
    };
    let (low, high) = (low - margin, high + margin);
    let step = round_step((high - low) / count.max(1) as f64);
    (
        (low / step + 1e-9).floor() * step,
        (high / step - 1e-9).ceil() * step,
        step,
    )
}

/// Marks at multiples of a round step within a range, at most `count` + 1 of them.
pub(crate) fn round_ticks(low: f64, high: f64, count: usize) -> Vec<Tick> {
    let step = round_step((high - low) / count.max(1) as f64);
    let (first, last) = (
        (low / step - 1e-9).ceil() as i64,
        (high / step + 1e-9).floor() as i64,
    );
    (first..=last)
        .map(|k| Tick {
            at: k as f64 * step,
            label: number(k as f64 * step, step),
        })
        .collect()
}

/// A number with as many decimals as steps of this size need; powers of ten where it is very small
/// or large.
pub fn number(value: f64, step: f64) -> String {
    let digits = step.abs().log10();
    if value == 0.0 {
        return "0".into();
    }
    let text = if !(-4.0..5.0).contains(&digits) {
        let power = value.abs().log10().floor();
        let lead = value / 10f64.powi(power as i32);
        let decimals = (power - (digits + 1e-9).floor()).clamp(0.0, 6.0) as usize;
        format!(
            "{lead:.decimals$}×10{}",
            superscript(&format!("{power:.0}"))
        )
    } else {
        let decimals = (-(digits + 1e-9).floor()).max(0.0) as usize;
        format!("{value:.decimals$}")
    };
    text.replace('-', "−")
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Marks of a time axis given in seconds since 1970, at most about `count`: years, months, days or
/// hours.
pub(crate) fn time_ticks(low: f64, high: f64, count: usize) -> Vec<Tick> {
    let least = (high - low) / count.max(1) as f64;
    let month = 30.4 * DAY;
    if least > 0.5 * DAY {
        match [1.0, 2.0, 5.0, 10.0].into_iter().find(|d| d * DAY >= least) {
            Some(days) if least < 10.0 * DAY => day_ticks(low, high, days as i64),
            _ => {
                let months = [1, 2, 3, 6, 12, 24, 60, 120]
                    .into_iter()
                    .find(|m| f64::from(*m) * month >= least)
                    .unwrap_or(240);
                month_ticks(low, high, months)
            }
        }
    } else {
        let hours = [1.0, 3.0, 6.0, 12.0]
            .into_iter()
            .find(|h| h * 3600.0 >= least)
            .unwrap_or(12.0);
        let (first, last) = (
            (low / (hours * 3600.0)).ceil() as i64,
            (high / (hours * 3600.0)).floor() as i64,
        );
        let label = |t: Time| {
            let date = if t.hour() == 0.0 {
                format!("\n{} {}", t.civil().day(), MONTHS[t.month() - 1])
            } else {
                String::new()
            };
            format!("{:02}:00{date}", t.hour() as i64)
        };
        (first..=last)
            .map(|k| k as f64 * hours * 3600.0)
            .map(|s| Tick {
                at: s,
                label: label(Time::from_seconds(s as i64)),
            })
            .collect()
    }
}

fn day_ticks(low: f64, high: f64, step: i64) -> Vec<Tick> {
    let (first, last) = ((low / DAY).ceil() as i64, (high / DAY).floor() as i64);
    let mut ticks: Vec<Tick> = Vec::new();
    let mut month = String::new();
    for day in first..=last {
        let time = Time::from_seconds(day * 86_400);
        let of_month = i64::from(time.civil().day());
        // Days 1, 6, 11 ... of each month; none that would crowd the first of the next.
        if (of_month - 1) % step == 0 && (of_month + step / 2 <= 31) {
            let named = format!("{} {}", MONTHS[time.month() - 1], time.year());
            let below = if named == month {
                String::new()
            } else {
                format!("\n{named}")
            };
            ticks.push(Tick {
                at: (day * 86_400) as f64,
                label: format!("{of_month}{below}"),
            });
            month = named;
        }
    }
    ticks
}

fn month_ticks(low: f64, high: f64, step: i32) -> Vec<Tick> {
    let (start, end) = (
        Time::from_seconds(low.floor() as i64),
        Time::from_seconds(high.ceil() as i64),
    );
    let (first, last) = (
        i32::from(start.year()) * 12,
        i32::from(end.year()) * 12 + 12,
    );
    let mut ticks: Vec<Tick> = Vec::new();
    let mut year = None;
    for k in (first..=last).filter(|k| k.rem_euclid(step) == 0) {
        let Ok(time) = Time::from_date((k / 12) as i16, (k % 12 + 1) as i8, 1) else {
            continue;
        };
        let at = time.seconds() as f64;
        if at < low || at > high {
            continue;
        }
        let label = match (step >= 12, year == Some(k / 12)) {
            (true, _) => format!("{}", k / 12),
            (false, true) => MONTHS[(k % 12) as usize].to_string(),
            (false, false) => format!("{}\n{}", MONTHS[(k % 12) as usize], k / 12),
        };
        year = Some(k / 12);
        ticks.push(Tick { at, label });
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|t| t.label.as_str()).collect()
    }

    #[test]
    fn ticks_are_round_and_within_the_range() {
        assert_eq!(
            labels(&round_ticks(-0.83, 1.21, 5)),
            ["−0.5", "0", "0.5", "1.0"]
        );
        assert_eq!(
            labels(&round_ticks(380.0, 412.0, 4)),
            ["380", "390", "400", "410"]
        );
        assert_eq!(
            labels(&round_ticks(0.0, 3e-7, 3)),
            ["0", "1×10⁻⁷", "2×10⁻⁷", "3×10⁻⁷"]
        );
        assert_eq!(round_range(-0.83, 1.21, 5), (-1.0, 1.5, 0.5));
        assert_eq!(
            (round_up(0.83), round_up(2.2), round_up(9.5)),
            (1.0, 2.5, 10.0)
        );
    }

    #[test]
    fn any_range_has_few_ticks_a_round_step_apart() {
        for k in 1..200 {
            let (low, high) = (-0.37 * f64::from(k), 1.13f64.powi(k - 100));
            let ticks = round_ticks(low, high, 6);
            assert!((2..=7).contains(&ticks.len()), "{low} {high} {ticks:?}");
        }
    }

    #[test]
    fn time_axes_are_marked_by_month_with_the_year_once() {
        let at = |t: &str| t.parse::<Time>().unwrap().seconds() as f64;
        assert_eq!(
            labels(&time_ticks(at("2015-10-15"), at("2016-04-20"), 8)),
            ["Nov\n2015", "Dec", "Jan\n2016", "Feb", "Mar", "Apr"]
        );
        assert_eq!(
            labels(&time_ticks(at("2000-02-01"), at("2009-12-31"), 6)),
            ["2002", "2004", "2006", "2008"]
        );
        assert_eq!(
            labels(&time_ticks(at("2016-01-30"), at("2016-02-04"), 8)),
            ["30\nJan 2016", "31", "1\nFeb 2016", "2", "3", "4"]
        );
    }
}
