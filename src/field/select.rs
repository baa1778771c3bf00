//! Selection by position and by label.

use super::{Coordinate, Field};
use crate::error::{Error, Result};
use crate::time::Time;
use ndarray::Axis;

/// What to take along a dimension.
#[derive(Debug, Clone, PartialEq)]
pub enum Choice {
    /// The place nearest to a number; the dimension goes.
    Nearest(f64),
    /// All places from one number to another, both included.
    Between(f64, f64),
    /// The instant, month (`2016-07`) or name with this text.
    Label(String),
    /// All instants from one to another, both included.
    Span(Time, Time),
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
            return Err(Error::new(format!("position beyond the end of \"{dimension}\"")).expected(format!("0 to {}", n as i64 - 1)).got(beyond));
        }
        let mut dimensions = self.dimensions().to_vec();
        dimensions[axis].coordinate = dimensions[axis].coordinate.take(positions);
        Ok(self.assemble(dimensions, self.data().select(Axis(axis), positions)))
    }

    /// The values at one position along a dimension, which goes.
    pub fn at(&self, dimension: &str, position: usize) -> Result<Field> {
        let axis = self.axis(dimension)?;
        let taken = self.take(dimension, &[position])?;
        let mut dimensions = taken.dimensions().to_vec();
        dimensions.remove(axis);
        Ok(taken.assemble(dimensions, taken.data().index_axis(Axis(axis), 0).to_owned()))
    }

    /// Selects along one dimension by label.
    ///
    /// # Errors
    /// A label that is not there, a number for a dimension of names, an empty range.
    pub fn sel(&self, dimension: &str, choice: &Choice) -> Result<Field> {
        let coordinate = &self.dimension(dimension)?.coordinate;
        let refuse =
            |expected: &str| Error::new(format!("cannot select from \"{dimension}\" that way")).expected(expected).got(format!("{choice:?}"));
        let (positions, keep) = match (coordinate, choice) {
            (Coordinate::Numbers(v, _), Choice::Nearest(x)) => (nearest(v, *x, dimension == "lon").into_iter().collect(), false),
            (Coordinate::Index(n), Choice::Nearest(x)) => ((0..*n).filter(|k| *k as f64 == *x).collect(), false),
            (Coordinate::Numbers(v, _), Choice::Between(a, b)) => (within(v.iter(), |x| (*a..=*b).contains(x)), true),
            (Coordinate::Index(n), Choice::Between(a, b)) => ((0..*n).filter(|k| (*a..=*b).contains(&(*k as f64))).collect(), true),
            (Coordinate::Labels(v), Choice::Label(l)) => (within(v.iter(), |x| *x == l), false),
            (Coordinate::Times(v), Choice::Span(a, b)) => (within(v.iter(), |x| *x >= a && *x <= b), true),
            (Coordinate::Times(v), Choice::Label(l)) => match l.parse::<Time>() {
                Ok(time) => (within(v.iter(), |x| **x == time), false),
                Err(_) => (within(v.iter(), |x| x.to_string().starts_with(l.as_str())), true),
            },
            (Coordinate::Labels(_), _) => return Err(refuse("a name")),
            (Coordinate::Times(_), _) => return Err(refuse("a date, a month or a range of dates")),
            _ => return Err(refuse("a number or a range of numbers")),
        };
        match positions.as_slice() {
            [] => Err(self.nothing_there(dimension, coordinate, choice)),
            [one] if !keep => self.at(dimension, *one),
            all => self.take(dimension, all),
        }
    }

    fn nothing_there(&self, dimension: &str, coordinate: &Coordinate, choice: &Choice) -> Error {
        let n = coordinate.len();
        let error = Error::new(format!("nothing of \"{}\" lies there along \"{dimension}\"", self.name)).got(format!("{choice:?}"));
        match (coordinate, choice) {
            (Coordinate::Labels(v), Choice::Label(l)) => match crate::error::did_you_mean(l, v.iter().map(String::as_str)) {
                Some(near) => error.hint(format!("\"{near}\"")),
                None => error.expected(format!("one of {}", v.join(", "))),
            },
            _ if n > 0 => error.expected(format!("{} to {}", coordinate.label(0), coordinate.label(n - 1))),
            _ => error,
        }
    }
}

fn within<'a, T: 'a>(values: impl Iterator<Item = &'a T>, keep: impl Fn(&&'a T) -> bool) -> Vec<usize> {
    values.enumerate().filter(|(_, v)| keep(v)).map(|(k, _)| k).collect()
}

fn nearest(values: &[f64], x: f64, turns: bool) -> Option<usize> {
    let distance = |v: f64| if turns { ((v - x + 180.0).rem_euclid(360.0) - 180.0).abs() } else { (v - x).abs() };
    (0..values.len()).min_by(|a, b| distance(values[*a]).total_cmp(&distance(values[*b])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Dimension;
    use crate::grid::LatLonGrid;
    use crate::units::Unit;
    use ndarray::Array2;

    #[test]
    fn the_nearest_cell_and_a_band_are_selected_by_label() {
        let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
        let data = Array2::from_shape_fn((46, 72), |(j, i)| grid.lat()[j] + 1000.0 * grid.lon()[i]).into_dyn();
        let field = Field::new("f", Unit::none(), Dimension::of_grid(&grid).to_vec(), data).unwrap();
        assert_eq!(field.sel("lat", &Choice::Nearest(45.0)).unwrap().sel("lon", &Choice::Nearest(359.0)).unwrap().value().unwrap(), 46.0); // 46 N is the nearest centre to 45, 0 E to 359
        assert_eq!(field.sel("lat", &Choice::Between(-10.0, 10.0)).unwrap().shape(), [6, 72]);
        assert!(field.sel("lat", &Choice::Label("x".into())).is_err());
        assert!(field.sel("lta", &Choice::Nearest(0.0)).unwrap_err().to_string().contains("\"lat\""));
    }
}
