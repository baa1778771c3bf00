//! Selection by position and by label.

use super::{Coordinate, Dimension, Field};
use crate::error::{Error, Result, Warning};
use crate::time::{DAY, Time};
use ndarray::Axis;
use std::fmt;

/// What to take along a dimension.
#[derive(Debug, Clone, PartialEq)]
pub enum Choice {
    /// The place nearest to a number; the dimension goes.
    Nearest(f64),
    /// The places nearest to each of some numbers.
    Each(Vec<f64>),
    /// All places from one number to another, both included; of longitudes eastward, over the seam
    /// too.
    Between(f64, f64),
    /// The name, or the instant, day, month (`2016-07`) or year with this text.
    Label(String),
    /// An instant; the dimension goes.
    At(Time),
    /// All with one of these names.
    Names(Vec<String>),
    /// All instants from one to another, both included.
    Span(Time, Time),
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Choice::Nearest(x) => write!(f, "{x}"),
            Choice::Each(v) => write!(
                f,
                "{}",
                v.iter().map(f64::to_string).collect::<Vec<_>>().join(", ")
            ),
            Choice::Between(a, b) => write!(f, "{a} to {b}"),
            Choice::Label(l) => write!(f, "\"{l}\""),
            Choice::At(t) => write!(f, "{t}"),
            Choice::Names(l) => write!(f, "{}", l.join(", ")),
            Choice::Span(a, b) => write!(f, "{a} to {b}"),
        }
    }
}

impl Field {
    /// The values at `positions` along a dimension, which stays.
    ///
    /// # Errors
    /// An unknown dimension, or a position beyond its end.
    pub fn take(&self, dimension: &str, positions: &[usize]) -> Result<Field> {
        let axis = self.axis(dimension)?;
        let n = self.shape()[axis];
        if let Some(beyond) = positions.iter().find(|k| **k >= n) {
            return Err(
                Error::new(format!("position beyond the end of \"{dimension}\""))
                    .expected(format!("0 to {}", n as i64 - 1))
                    .got(beyond),
            );
        }
        let mut dimensions = self.dimensions().to_vec();
        dimensions[axis].coordinate = dimensions[axis].coordinate.take(positions);
        Ok(self.assemble(dimensions, self.data().select(Axis(axis), positions)))
    }

    /// The values at one position along a dimension, which goes.
    ///
    /// # Errors
    /// There is no such dimension or position.
    pub fn at(&self, dimension: &str, position: usize) -> Result<Field> {
        let axis = self.axis(dimension)?;
        let taken = self.take(dimension, &[position])?;
        let mut dimensions = taken.dimensions().to_vec();
        dimensions.remove(axis);
        Ok(taken.assemble(
            dimensions,
            taken.data().index_axis(Axis(axis), 0).to_owned(),
        ))
    }

    /// Selects along one dimension by label.
    ///
    /// # Errors
    /// A label that is not there, a number for a dimension of names, an empty range, a place far
    /// beyond the ends.
    pub fn sel(&self, dimension: &str, choice: &Choice) -> Result<Field> {
        let (positions, keep) = self.dimension(dimension)?.places(&self.name, choice)?;
        if keep {
            self.take(dimension, &positions)
        } else {
            self.at(dimension, positions[0])
        }
    }
}

impl Dimension {
    /// The positions of what is chosen, at least one, and whether the dimension stays; `owner` is
    /// the array it belongs to.
    ///
    /// # Errors
    /// As [`Field::sel`].
    pub fn places(&self, owner: &str, choice: &Choice) -> Result<(Vec<usize>, bool)> {
        use Choice::{At, Between, Each, Label, Names, Nearest, Span};
        use Coordinate::{Index, Labels, Numbers, Times};
        let turns = self.name == "lon";
        let refuse = |expected: &str| {
            Error::new(format!("cannot select from \"{}\" that way", self.name))
                .expected(expected)
                .got(choice)
        };
        let near = |v: &[f64], x: f64| nearest(v, x, turns);
        let (positions, keep) = match (&self.coordinate, choice) {
            (Numbers(v, _), Nearest(x)) => (near(v, *x).into_iter().collect(), false),
            (Numbers(v, _), Each(x)) => (
                x.iter()
                    .map(|x| near(v, *x))
                    .collect::<Option<Vec<_>>>()
                    .unwrap_or_default(),
                true,
            ),
            (Index(n), Nearest(x)) => ((0..*n).filter(|k| *k as f64 == *x).collect(), false),
            (Index(n), Each(x)) => (
                x.iter()
                    .filter_map(|x| (0..*n).find(|k| *k as f64 == *x))
                    .collect(),
                true,
            ),
            (Numbers(v, _), Between(a, b)) if turns => (eastward(v, *a, *b), true),
            (Numbers(v, _), Between(a, b)) => (
                within(v.iter(), |x| (a.min(*b)..=a.max(*b)).contains(*x)),
                true,
            ),
            (Index(n), Between(a, b)) => (
                (0..*n)
                    .filter(|k| (*a..=*b).contains(&(*k as f64)))
                    .collect(),
                true,
            ),
            (Labels(v), Label(l)) => (within(v.iter(), |x| *x == l), false),
            (Labels(v), Names(l)) => {
                if let Some(missing) = l.iter().find(|n| !v.contains(n)) {
                    return Err(self.nothing_there(owner, &Label(missing.clone())));
                }
                let all = |n: &String| within(v.iter(), |x| *x == n);
                (l.iter().flat_map(all).collect(), true)
            }
            (Times(v), Span(a, b)) => (within(v.iter(), |x| *x >= a && *x <= b), true),
            (Times(v), At(t)) => (within(v.iter(), |x| *x == t), false),
            (Times(v), Label(l)) => {
                let (start, end) = Time::span_of(l).map_err(|e| {
                    e.expected("a date, a month such as \"2016-07\", or a year")
                        .at(format!("a selection along \"{}\"", self.name))
                })?;
                // A day is a label where all labels are days, else it has several.
                let days = v.iter().all(|t| t.is_midnight());
                let label = start == end || (days && end.since(start) < DAY);
                (within(v.iter(), |x| (start..=end).contains(*x)), !label)
            }
            (Labels(_), _) => return Err(refuse("a name, or an array of names")),
            (Times(_), _) => {
                return Err(refuse(
                    "a date, a month, a year, or an array of two of them for a range",
                ));
            }
            _ => return Err(refuse("a number or a range of numbers")),
        };
        match (positions.len(), keep) {
            (0, _) => Err(self.nothing_there(owner, choice)),
            (1, _) | (_, true) => Ok((positions, keep)),
            (n, false) => Err(Error::new(format!(
                "\"{owner}\" has this label {n} times along \"{}\"",
                self.name
            ))
            .expected("a label that is there once")
            .got(choice)
            .hint(match choice {
                Label(name) if matches!(self.coordinate, Labels(_)) => {
                    format!("[\"{name}\"] for all of them")
                }
                _ => format!("[\"{choice}\", \"{choice}\"], the range that holds all of them")
                    .replace("\"\"", "\""),
            })),
        }
    }

    /// What is suspicious in the order of instants: some come more than once, or before the one
    /// that they follow.
    pub fn disorder(&self) -> Option<Warning> {
        let Coordinate::Times(times) = &self.coordinate else {
            return None;
        };
        if times.windows(2).all(|w| w[0] < w[1]) {
            return None;
        }
        let mut sorted = times.to_vec();
        sorted.sort_unstable();
        let twice = sorted.windows(2).find(|w| w[0] == w[1]);
        match (twice, times.windows(2).find(|w| w[1] < w[0])) {
            (Some(w), _) => Some(Warning::new(
                "repeated_dates",
                format!("along \"{}\" {} comes more than once", self.name, w[0]),
            )),
            (None, Some(w)) if times.windows(2).any(|w| w[0] < w[1]) => Some(Warning::new(
                "unsorted_dates",
                format!("along \"{}\" {} follows {}", self.name, w[1], w[0]),
            )),
            _ => None,
        }
    }

    fn nothing_there(&self, owner: &str, choice: &Choice) -> Error {
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
                    ".interpolate(#{{ {}: date(\"{sought}\") }}), or a range such as [\"{}\", \"{}\"]",
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

fn within<'a, T: 'a>(
    values: impl Iterator<Item = &'a T>,
    keep: impl Fn(&&'a T) -> bool,
) -> Vec<usize> {
    values
        .enumerate()
        .filter(|(_, v)| keep(v))
        .map(|(k, _)| k)
        .collect()
}

/// The nearest place; none beyond the ends by more than the widest step, where a wrong unit or sign
/// is likelier.
fn nearest(values: &[f64], x: f64, turns: bool) -> Option<usize> {
    let distance = |v: f64| {
        if turns {
            ((v - x + 180.0).rem_euclid(360.0) - 180.0).abs()
        } else {
            (v - x).abs()
        }
    };
    let found =
        (0..values.len()).min_by(|a, b| distance(values[*a]).total_cmp(&distance(values[*b])))?;
    let widest = values
        .windows(2)
        .map(|w| (w[1] - w[0]).abs())
        .fold(0.0, f64::max);
    let far = !turns && widest > 0.0 && distance(values[found]) > widest;
    (!x.is_nan() && !far).then_some(found)
}

/// Longitudes from one eastward to another, in that order.
fn eastward(values: &[f64], from: f64, to: f64) -> Vec<usize> {
    let width = if to - from >= 360.0 {
        360.0
    } else {
        (to - from).rem_euclid(360.0)
    };
    let east = |v: f64| (v - from).rem_euclid(360.0);
    let mut places: Vec<usize> = (0..values.len())
        .filter(|k| east(values[*k]) <= width)
        .collect();
    let falls = places
        .windows(2)
        .filter(|w| east(values[w[1]]) < east(values[w[0]]))
        .count();
    if falls == 1 {
        places.sort_by(|a, b| east(values[*a]).total_cmp(&east(values[*b])));
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Unit;
    use ndarray::Array2;

    #[test]
    fn the_nearest_cell_and_a_band_are_selected_by_label() {
        let lat: Vec<f64> = (0..46).map(|j| -90.0 + 4.0 * f64::from(j)).collect();
        let lon: Vec<f64> = (0..72).map(|i| -180.0 + 5.0 * f64::from(i)).collect();
        let data = Array2::from_shape_fn((46, 72), |(j, i)| lat[j] + 1000.0 * lon[i]).into_dyn();
        let degrees = |name| Unit::parse(name).unwrap();
        let dimensions = vec![
            Dimension::numbers("lat", lat, degrees("degrees_north")),
            Dimension::numbers("lon", lon, degrees("degrees_east")),
        ];
        let field = Field::new("f", Unit::none(), dimensions, data).unwrap();
        assert_eq!(
            field
                .sel("lat", &Choice::Nearest(45.0))
                .unwrap()
                .sel("lon", &Choice::Nearest(359.0))
                .unwrap()
                .value()
                .unwrap(),
            46.0
        ); // 46 N is the nearest centre to 45, 0 E to 359
        assert_eq!(
            field
                .sel("lat", &Choice::Between(-10.0, 10.0))
                .unwrap()
                .shape(),
            [6, 72]
        );
        assert!(field.sel("lat", &Choice::Label("x".into())).is_err());
        assert!(
            field
                .sel("lta", &Choice::Nearest(0.0))
                .unwrap_err()
                .to_string()
                .contains("\"lat\"")
        );
    }

    #[test]
    fn a_band_of_longitudes_goes_over_the_seam_in_order() {
        let lon = Dimension::numbers("lon", vec![0.0, 90.0, 180.0, 270.0], Unit::none());
        assert_eq!(
            lon.places("f", &Choice::Between(-100.0, 10.0)).unwrap().0,
            [3, 0]
        );
        assert_eq!(
            lon.places("f", &Choice::Between(80.0, 200.0)).unwrap().0,
            [1, 2]
        );
        assert_eq!(
            lon.places("f", &Choice::Between(-180.0, 180.0))
                .unwrap()
                .0
                .len(),
            4
        );
        let lat = Dimension::numbers("lat", vec![60.0, 0.0, -60.0], Unit::none());
        assert_eq!(
            lat.places("f", &Choice::Between(-70.0, 10.0)).unwrap().0,
            [1, 2]
        );
        assert_eq!(
            lat.places("f", &Choice::Each(vec![50.0, -20.0])).unwrap().0,
            [0, 1]
        );
        assert!(lat.places("f", &Choice::Nearest(4500.0)).is_err());
    }

    #[test]
    fn a_day_a_month_and_a_year_take_all_their_instants() {
        let times: Vec<Time> = ["2015-12-31T12:00", "2016-01-01", "2016-01-01T12:00"]
            .iter()
            .map(|t| t.parse().unwrap())
            .collect();
        let time = Dimension::times(times);
        let places = |l: &str| time.places("f", &Choice::Label(l.into())).unwrap();
        assert_eq!(
            (places("2016-01-01"), places("2015-12-31"), places("2016")),
            ((vec![1, 2], true), (vec![0], true), (vec![1, 2], true))
        );
        assert_eq!(places("2016-01-01T12:00"), (vec![2], false));
        assert_eq!(places("2016-01-01T13:00+01:00"), (vec![2], false));
        let at = |t: &str| time.places("f", &Choice::At(t.parse().unwrap()));
        assert_eq!(at("2016-01-01").unwrap(), (vec![1], false));
        let daily = Dimension::times(vec!["2016-01-01".parse().unwrap()]);
        assert_eq!(
            daily
                .places("f", &Choice::Label("2016-01-01".into()))
                .unwrap(),
            (vec![0], false)
        );
        for wrong in ["2016-1", "2", "2016-02-30"] {
            assert!(time.places("f", &Choice::Label(wrong.into())).is_err());
        }
        assert!(time.places("f", &Choice::Label("2017".into())).is_err());
    }
}
