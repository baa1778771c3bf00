//! Where a field is greatest or least. Missing values are left out; of equals the first counts.

use super::{Coordinate, Field};
use crate::error::{Error, Result};
use crate::units::Unit;
use ndarray::Axis;

/// Which extreme is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extreme {
    /// The greatest value.
    Greatest,
    /// The least value.
    Least,
}

impl Extreme {
    /// The position among values; none where all are missing.
    fn position(self, values: impl Iterator<Item = f64>) -> Option<usize> {
        let better = |new: f64, best: f64| match self {
            Extreme::Greatest => new > best,
            Extreme::Least => new < best,
        };
        let present = values.enumerate().filter(|(_, v)| !v.is_nan());
        let extreme = present.fold(None, |best: Option<(usize, f64)>, (k, v)| match best {
            Some((_, b)) if !better(v, b) => best,
            _ => Some((k, v)),
        });
        extreme.map(|(k, _)| k)
    }
}

impl Field {
    /// The position of the extreme along each dimension.
    ///
    /// # Errors
    /// All values are missing, or there are none.
    pub fn place_of(&self, extreme: Extreme) -> Result<Vec<usize>> {
        let Some(mut k) = extreme.position(self.data().iter().copied()) else {
            return Err(Error::new(format!("\"{}\" has no values", self.name))
                .expected("a value that is not missing"));
        };
        let mut position: Vec<usize> = self
            .shape()
            .iter()
            .rev()
            .map(|n| {
                let here = k % n;
                k /= n;
                here
            })
            .collect();
        position.reverse();
        Ok(position)
    }

    /// The positions of the extremes along one dimension, missing where all values are.
    ///
    /// # Errors
    /// A dimension that is not there.
    pub fn positions_of(&self, extreme: Extreme, dimension: &str) -> Result<Field> {
        let axis = self.axis(dimension)?;
        let position = |line: ndarray::ArrayView1<f64>| {
            let k = extreme.position(line.iter().copied());
            k.map_or(f64::NAN, |k| k as f64)
        };
        let data = self.data().map_axis(Axis(axis), position);
        let mut dimensions = self.dimensions().to_vec();
        dimensions.remove(axis);
        let field = self.assemble(dimensions, data).with_unit(Unit::none());
        Ok(field.undescribed())
    }

    /// The labels of the extremes along one dimension of numbers, missing where all values are.
    ///
    /// # Errors
    /// A dimension that is not there, or whose labels are no numbers.
    pub fn labels_of(&self, extreme: Extreme, dimension: &str) -> Result<Field> {
        let positions = self.positions_of(extreme, dimension)?;
        match &self.dimension(dimension)?.coordinate {
            Coordinate::Index(_) => Ok(positions),
            Coordinate::Numbers(labels, unit) => {
                let label = |k: f64| labels.get(k as usize).copied().unwrap_or(f64::NAN);
                let labels = positions.map(|k| if k.is_nan() { k } else { label(k) });
                Ok(labels.with_unit(unit.clone()))
            }
            _ => Err(
                Error::new(format!("the labels of \"{dimension}\" are no numbers"))
                    .expected("numbers, which a field can hold")
                    .hint("argmax or argmin, which give positions"),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Dimension;
    use ndarray::array;

    // numpy: np.nanargmax(a), np.nanargmin(a, axis=0), np.nanargmax(a, axis=1)
    #[test]
    fn extremes_are_where_numpy_finds_them() {
        let nan = f64::NAN;
        let data = array![[1.0, 7.0, nan], [4.0, 7.0, -2.0]].into_dyn();
        let lat = Dimension::numbers("y", vec![10.0, 20.0], Unit::none());
        let f = Field::new("f", Unit::none(), vec![lat, Dimension::index("x", 3)], data).unwrap();
        assert_eq!(f.place_of(Extreme::Greatest).unwrap(), [0, 1]);
        assert_eq!(f.place_of(Extreme::Least).unwrap(), [1, 2]);
        let along = |e, d: &str| f.positions_of(e, d).unwrap().data().to_vec_of_all();
        assert_eq!(along(Extreme::Least, "y"), [0.0, 0.0, 1.0]);
        assert_eq!(along(Extreme::Greatest, "x"), [1.0, 1.0]);
        let labels = f.labels_of(Extreme::Least, "y").unwrap();
        assert_eq!(labels.data().to_vec_of_all(), [10.0, 10.0, 20.0]);
        let none = f.map(|_| f64::NAN);
        assert!(none.place_of(Extreme::Least).is_err());
        assert!(
            none.positions_of(Extreme::Least, "x")
                .unwrap()
                .data()
                .iter()
                .all(|v| v.is_nan())
        );
    }

    trait All {
        fn to_vec_of_all(&self) -> Vec<f64>;
    }
    impl All for ndarray::ArcArray<f64, ndarray::IxDyn> {
        fn to_vec_of_all(&self) -> Vec<f64> {
            self.iter().copied().collect()
        }
    }
}
