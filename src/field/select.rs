//! Selection by position and by label.

use super::{Coordinate, Dimension, Field};
use crate::error::{Error, Result};
use crate::time::{DAY, Time};
use ndarray::Axis;
use std::fmt;

/// What to take along a dimension.
#[derive(Debug, Clone, PartialEq)]
pub enum Choice {
    /// The position nearest to a number; the dimension goes.
    Nearest(f64),
    /// The positions nearest to each of some numbers.
    Each(Vec<f64>),
    /// All positions from one number to another, both included; of longitudes eastward, over the
    /// seam too.
    Between(f64, f64),
    /// The name, or the instant, day, month (`2016-07`) or year with this text.
    Label(String),
    /// An instant; the dimension goes.
    At(Time),
    /// All with one of these names, or of the instants, days, months or years with these texts.
    Names(Vec<String>),
    /// Each of these instants.
    Instants(Vec<Time>),
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
            Choice::Instants(v) => write!(
                f,
                "{}",
                v.iter().map(Time::to_string).collect::<Vec<_>>().join(", ")
            ),
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

    /// The values at one position along a dimension, which goes and leaves its label.
    ///
    /// # Errors
    /// There is no such dimension or position.
    pub fn at(&self, dimension: &str, position: usize) -> Result<Field> {
        let axis = self.axis(dimension)?;
        let taken = self.take(dimension, &[position])?;
        let mut dimensions = taken.dimensions().to_vec();
        let label = dimensions.remove(axis);
        let data = taken.data().index_axis(Axis(axis), 0).to_owned();
        Ok(taken.assemble(dimensions, data).with_taken(label))
    }

    /// Selects along one dimension by label.
    ///
    /// # Errors
    /// A label that is not there, a number for a dimension of names, an empty range, a position far
    /// beyond the ends.
    pub fn sel(&self, dimension: &str, choice: &Choice) -> Result<Field> {
        let (positions, keep) = self.dimension(dimension)?.positions(&self.name, choice)?;
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
    pub fn positions(&self, owner: &str, choice: &Choice) -> Result<(Vec<usize>, bool)> {
        let (positions, keep) = match &self.coordinate {
            Coordinate::Numbers(v, _) => of_numbers(v, choice, self.name == "lon"),
            Coordinate::Index(n) => of_positions(*n, choice),
            Coordinate::Labels(v) => self.of_names(v, owner, choice)?,
            Coordinate::Times(v) => self.of_dates(v, owner, choice)?,
        }
        .ok_or_else(|| self.refuse(choice))?;
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
                Choice::Label(name) if matches!(self.coordinate, Coordinate::Labels(_)) => {
                    format!("[\"{name}\"] for all of them")
                }
                _ => format!("\"{choice}\"..=\"{choice}\", the range that holds all of them")
                    .replace("\"\"", "\""),
            })),
        }
    }

    fn of_names(&self, v: &[String], owner: &str, choice: &Choice) -> Result<Option<Chosen>> {
        Ok(match choice {
            Choice::Label(l) => Some((within(v.iter(), |x| *x == l), false)),
            Choice::Names(l) => {
                if let Some(missing) = l.iter().find(|n| !v.contains(n)) {
                    return Err(self.nothing_there(owner, &Choice::Label(missing.clone())));
                }
                let all = |n: &String| within(v.iter(), |x| *x == n);
                Some((l.iter().flat_map(all).collect(), true))
            }
            _ => None,
        })
    }

    fn of_dates(&self, v: &[Time], owner: &str, choice: &Choice) -> Result<Option<Chosen>> {
        let each = |one: Choice| match self.of_dates(v, owner, &one)? {
            Some((positions, _)) if !positions.is_empty() => Ok(positions),
            _ => Err(self.nothing_there(owner, &one)),
        };
        let joined = |all: Result<Vec<Vec<usize>>>| Ok::<_, Error>(all?.concat());
        Ok(match choice {
            Choice::Names(l) => {
                let all = l.iter().map(|text| each(Choice::Label(text.clone())));
                Some((joined(all.collect())?, true))
            }
            Choice::Instants(t) => {
                let all = t.iter().map(|t| each(Choice::At(*t)));
                Some((joined(all.collect())?, true))
            }
            Choice::Span(a, b) => Some((within(v.iter(), |x| *x >= a && *x <= b), true)),
            Choice::At(t) => Some((within(v.iter(), |x| *x == t), false)),
            Choice::Label(l) => {
                let (start, end) = Time::span_of(l).map_err(|e| {
                    e.expected("a date, a month such as \"2016-07\", or a year")
                        .at(format!("a selection along \"{}\"", self.name))
                })?;
                // A day is a label where all labels are days, else it has several.
                let days = v.iter().all(|t| t.is_midnight());
                let label = start == end || (days && end.since(start) < DAY);
                Some((within(v.iter(), |x| (start..=end).contains(*x)), !label))
            }
            _ => None,
        })
    }
}

/// Positions along a dimension, and whether it stays.
type Chosen = (Vec<usize>, bool);

/// Among numbers, which may be longitudes.
fn of_numbers(v: &[f64], choice: &Choice, turns: bool) -> Option<Chosen> {
    let near = |x: f64| nearest(v, x, turns);
    Some(match choice {
        Choice::Nearest(x) => (near(*x).into_iter().collect(), false),
        Choice::Each(x) => {
            let all: Option<Vec<_>> = x.iter().map(|x| near(*x)).collect();
            (all.unwrap_or_default(), true)
        }
        Choice::Between(a, b) if turns => (eastward(v, *a, *b), true),
        Choice::Between(a, b) => {
            let range = a.min(*b)..=a.max(*b);
            (within(v.iter(), |x| range.contains(*x)), true)
        }
        _ => return None,
    })
}

/// Among `n` positions.
fn of_positions(n: usize, choice: &Choice) -> Option<Chosen> {
    Some(match choice {
        Choice::Nearest(x) => ((0..n).filter(|k| *k as f64 == *x).collect(), false),
        Choice::Each(x) => {
            let position = |x: &f64| (0..n).find(|k| *k as f64 == *x);
            (x.iter().filter_map(position).collect(), true)
        }
        Choice::Between(a, b) => {
            let range = *a..=*b;
            let inside = |k: &usize| range.contains(&(*k as f64));
            ((0..n).filter(inside).collect(), true)
        }
        _ => return None,
    })
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

/// The nearest position; none beyond the ends by more than the widest step, where a wrong unit or
/// sign is likelier.
fn nearest(values: &[f64], x: f64, turns: bool) -> Option<usize> {
    let distance = |v: f64| {
        if turns {
            ((v - x + 180.0).rem_euclid(360.0) - 180.0).abs()
        } else {
            (v - x).abs()
        }
    };
    let nearest_position =
        (0..values.len()).min_by(|a, b| distance(values[*a]).total_cmp(&distance(values[*b])))?;
    let widest = values
        .windows(2)
        .map(|w| (w[1] - w[0]).abs())
        .fold(0.0, f64::max);
    let far = !turns && widest > 0.0 && distance(values[nearest_position]) > widest;
    (!x.is_nan() && !far).then_some(nearest_position)
}

/// Longitudes from one eastward to another, in that order.
fn eastward(values: &[f64], from: f64, to: f64) -> Vec<usize> {
    let width = if to - from >= 360.0 {
        360.0
    } else {
        (to - from).rem_euclid(360.0)
    };
    let east = |v: f64| (v - from).rem_euclid(360.0);
    let mut positions: Vec<usize> = (0..values.len())
        .filter(|k| east(values[*k]) <= width)
        .collect();
    let falls = positions
        .windows(2)
        .filter(|w| east(values[w[1]]) < east(values[w[0]]))
        .count();
    if falls == 1 {
        positions.sort_by(|a, b| east(values[*a]).total_cmp(&east(values[*b])));
    }
    positions
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
            lon.positions("f", &Choice::Between(-100.0, 10.0))
                .unwrap()
                .0,
            [3, 0]
        );
        assert_eq!(
            lon.positions("f", &Choice::Between(80.0, 200.0)).unwrap().0,
            [1, 2]
        );
        assert_eq!(
            lon.positions("f", &Choice::Between(-180.0, 180.0))
                .unwrap()
                .0
                .len(),
            4
        );
        let lat = Dimension::numbers("lat", vec![60.0, 0.0, -60.0], Unit::none());
        assert_eq!(
            lat.positions("f", &Choice::Between(-70.0, 10.0)).unwrap().0,
            [1, 2]
        );
        assert_eq!(
            lat.positions("f", &Choice::Each(vec![50.0, -20.0]))
                .unwrap()
                .0,
            [0, 1]
        );
        assert!(lat.positions("f", &Choice::Nearest(4500.0)).is_err());
    }

    #[test]
    fn a_day_a_month_and_a_year_take_all_their_instants() {
        let times: Vec<Time> = ["2015-12-31T12:00", "2016-01-01", "2016-01-01T12:00"]
            .iter()
            .map(|t| t.parse().unwrap())
            .collect();
        let time = Dimension::times(times);
        let positions = |l: &str| time.positions("f", &Choice::Label(l.into())).unwrap();
        assert_eq!(
            (
                positions("2016-01-01"),
                positions("2015-12-31"),
                positions("2016")
            ),
            ((vec![1, 2], true), (vec![0], true), (vec![1, 2], true))
        );
        assert_eq!(positions("2016-01-01T12:00"), (vec![2], false));
        assert_eq!(positions("2016-01-01T13:00+01:00"), (vec![2], false));
        let at = |t: &str| time.positions("f", &Choice::At(t.parse().unwrap()));
        assert_eq!(at("2016-01-01").unwrap(), (vec![1], false));
        let daily = Dimension::times(vec!["2016-01-01".parse().unwrap()]);
        assert_eq!(
            daily
                .positions("f", &Choice::Label("2016-01-01".into()))
                .unwrap(),
            (vec![0], false)
        );
        for wrong in ["2016-1", "2", "2016-02-30"] {
            assert!(time.positions("f", &Choice::Label(wrong.into())).is_err());
        }
        assert!(time.positions("f", &Choice::Label("2017".into())).is_err());
        let each = |l: &[&str]| {
            time.positions(
                "f",
                &Choice::Names(l.iter().map(|t| t.to_string()).collect()),
            )
        };
        assert_eq!(
            each(&["2016-01-01", "2015"]).unwrap(),
            (vec![1, 2, 0], true)
        );
        assert!(each(&["2016", "2017"]).is_err());
        let instants = Choice::Instants(vec!["2016-01-01".parse().unwrap()]);
        assert_eq!(time.positions("f", &instants).unwrap(), (vec![1], true));
    }
}
