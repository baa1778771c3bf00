//! The interval in which a value is a mean.
//!
//! A value of an hour or a month is compared with the model's mean over that interval, whatever
//! window, file, day or year ends within it. Its instant, by which observations are ordered and
//! chosen, is the middle.

use crate::error::{Error, Result};
use crate::time::Time;
use std::fmt;

/// From `start` to `end`, which is later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval {
    start: Time,
    end: Time,
}

/// What the time stamp of an interval marks; formats differ, so that it is never guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamp {
    /// Its start.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

impl Interval {
    /// From two instants.
    ///
    /// # Errors
    /// An end that is not later than the start.
    pub fn new(start: Time, end: Time) -> Result<Self> {
        if start < end {
            return Ok(Interval { start, end });
        }
        Err(Error::new("an interval must end after it starts")
            .expected(format!("an end after {start}"))
            .got(end))
    }

    /// From its time stamp and its length \[s\].
    ///
    /// # Errors
    /// A length that is not positive and finite, or less than a second.
    pub(crate) fn stamped(time: Time, stamp: Stamp, seconds: f64) -> Result<Self> {
        if !(seconds.is_finite() && seconds > 0.0) {
            return Err(Error::new("the length of an interval must be positive")
                .got(format!("{seconds} s"))
                .hint("interval: \"1 h\""));
        }
        let start = match stamp {
            Stamp::Start => time,
            Stamp::Middle => time.later(-0.5 * seconds)?,
            Stamp::End => time.later(-seconds)?,
        };
        Interval::new(start, start.later(seconds)?)
    }

    /// Its start.
    pub fn start(self) -> Time {
        self.start
    }
    /// Its end.
    pub fn end(self) -> Time {
        self.end
    }
    /// Its middle, to the second.
    pub fn middle(self) -> Time {
        let half = (self.end.seconds() - self.start.seconds()).div_euclid(2);
        Time::from_seconds(self.start.seconds() + half)
    }
    /// Its length \[s\].
    pub fn seconds(self) -> f64 {
        self.end.since(self.start)
    }
    /// The interval from the first start to the last end.
    pub fn around(self, other: Interval) -> Interval {
        Interval {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

impl Stamp {
    /// From `start`, `middle` or `end`.
    ///
    /// # Errors
    /// Another word.
    pub fn named(name: &str) -> Result<Self> {
        match name {
            "start" => Ok(Stamp::Start),
            "middle" => Ok(Stamp::Middle),
            "end" => Ok(Stamp::End),
            _ => Err(
                Error::new("what the time of an interval marks is not known")
                    .expected("\"start\", \"middle\" or \"end\"")
                    .got(format!("\"{name}\""))
                    .near(name, ["start", "middle", "end"]),
            ),
        }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.start, self.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_and_a_length_give_the_interval_they_say() {
        let noon: Time = "2015-12-31T23:30".parse().unwrap();
        let of = |stamp| Interval::stamped(noon, stamp, 3600.0).unwrap().to_string();
        assert_eq!(
            of(Stamp::Start),
            "2015-12-31T23:30:00Z to 2016-01-01T00:30:00Z"
        );
        assert_eq!(of(Stamp::Middle), "2015-12-31T23:00:00Z to 2016-01-01");
        assert_eq!(
            of(Stamp::End),
            "2015-12-31T22:30:00Z to 2015-12-31T23:30:00Z"
        );
        assert!(Interval::stamped(noon, Stamp::Start, f64::NAN).is_err());
        assert!(Interval::stamped(noon, Stamp::Start, 0.2).is_err());
        assert!(Interval::new(noon, noon).is_err());
        assert!(
            Stamp::named("midle")
                .unwrap_err()
                .to_string()
                .contains("\"middle\"")
        );
    }
}
