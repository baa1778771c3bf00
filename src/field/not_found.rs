//! What is said of a choice along a dimension that finds nothing.

use super::{Choice, Coordinate, Dimension};
use crate::error::Error;
use crate::time::Time;

impl Dimension {
    /// The error of a choice that labels of this kind do not answer.
    pub(super) fn refuse(&self, choice: &Choice) -> Error {
        Error::new(format!(
            "\"{}\" cannot be selected from that way",
            self.name
        ))
        .expected(match self.coordinate {
            Coordinate::Labels(_) => "a name, or an array of names",
            Coordinate::Times(_) => "a date, a month, a year, an array of them, or a range a..=b",
            _ => "a number or a range of numbers",
        })
        .got(choice)
    }

    /// The error of a choice that no label is; `owner` is the array of the dimension.
    pub(super) fn nothing_there(&self, owner: &str, choice: &Choice) -> Error {
        let (coordinate, n) = (&self.coordinate, self.len());
        let error = Error::new(format!(
            "nothing of \"{owner}\" lies there along \"{}\"",
            self.name
        ))
        .got(choice);
        match (coordinate, choice) {
            (Coordinate::Labels(v), Choice::Label(l)) => {
                match crate::error::did_you_mean(l, v.iter().map(String::as_str)) {
                    Some(near) => error.hint(format!("\"{near}\"")),
                    None => error.expected(format!("one of {}", v.join(", "))),
                }
            }
            (Coordinate::Times(v), Choice::Label(_) | Choice::At(_))
                if let Some((sought, near)) = neighbours(v, choice) =>
            {
                error.expected(near).hint(format!(
                    ".interpolate(#{{ {}: date(\"{sought}\") }}), or a range such as \"{}\"..=\"{}\"",
                    self.name,
                    coordinate.label(0),
                    coordinate.label(n - 1)
                ))
            }
            _ if n > 0 => error.expected(format!(
                "{} to {}",
                coordinate.label(0),
                coordinate.label(n - 1)
            )),
            _ => error,
        }
    }
}

/// A date that is not there, and the dates on either side of it.
fn neighbours(dates: &[Time], sought: &Choice) -> Option<(Time, String)> {
    let sought: Time = match sought {
        Choice::Label(text) => text.parse().ok()?,
        Choice::At(time) => *time,
        _ => return None,
    };
    let before = dates.iter().filter(|t| **t < sought).max()?;
    let after = dates.iter().filter(|t| **t > sought).min()?;
    let near = format!("a date that is there; the nearest are {before} and {after}");
    Some((sought, near))
}
