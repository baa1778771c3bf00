//! Values of two fields side by side: dimensions are matched by name, coordinates must agree.

use super::{Dimension, Field};
use crate::error::{Error, Result};
use crate::units::Unit;
use ndarray::{ArrayD, ArrayViewD, Axis, Zip};

impl Field {
    /// As [`Field::zip`], in the memory of a field that nothing else uses, such as a value on its
    /// way: pages need not be asked for anew.
    pub(super) fn combine(
        self,
        mut other: Field,
        unit: Unit,
        f: impl Fn(f64, f64) -> f64,
    ) -> Result<Field> {
        if !self.alike(&other) {
            return Ok(self.zip(&other, unit, f)?.undescribed());
        }
        if !self.data.is_unique() && !other.data.is_unique() {
            return self.undescribed().zip(&other, unit, f);
        }
        let mut field = self.undescribed().met_by(&other);
        if field.data.is_unique() {
            field.data.zip_mut_with(&other.data, |a, b| *a = f(*a, *b));
        } else {
            other.data.zip_mut_with(&field.data, |b, a| *b = f(*a, *b));
            field.data = other.data;
        }
        field.unit = unit;
        Ok(field)
    }

    /// Combines two fields value by value after matching dimensions by name. The result has the
    /// dimensions of `self`, then those only `other` has.
    ///
    /// # Errors
    /// Coordinates that differ.
    pub fn zip(&self, other: &Field, unit: Unit, f: impl Fn(f64, f64) -> f64) -> Result<Field> {
        if let (Some(a), Some(b)) = (self.data().as_slice(), other.data().as_slice()) {
            // Alike or one number: no need to match names. Small models live on this path.
            let values: Option<Vec<f64>> = if self.alike(other) {
                Some(a.iter().zip(b).map(|(x, y)| f(*x, *y)).collect())
            } else if other.dimensions().is_empty() {
                let y = b[0];
                Some(a.iter().map(|x| f(*x, y)).collect())
            } else {
                None
            };
            if let Some(values) = values {
                return Ok(self.refilled(values, unit).met_by(other));
            }
        }
        let mut dimensions = self.dimensions().to_vec();
        for d in other.dimensions() {
            match dimensions.iter().find(|e| e.name == d.name) {
                None => dimensions.push(d.clone()),
                Some(mine) => agree(mine, d)?,
            }
        }
        let shape: Vec<usize> = dimensions.iter().map(Dimension::len).collect();
        super::room_for(&shape)?;
        let (a, b) = (stretched(self, &dimensions), stretched(other, &dimensions));
        let (a, b) = (
            a.broadcast(shape.clone()).expect("shapes agree"),
            b.broadcast(shape.clone()).expect("shapes agree"),
        );
        let data: ArrayD<f64> = Zip::from(&a).and(&b).map_collect(|x, y| f(*x, *y));
        let mut field = self.assemble(dimensions, data).met_by(other);
        field.unit = unit;
        Ok(field)
    }
}

/// Refuses dimensions whose labels are not the same, in the same order.
///
/// # Errors
/// Another number of labels, or other labels.
pub fn agree(a: &Dimension, b: &Dimension) -> Result<()> {
    use super::Coordinate::*;
    let same = match (&a.coordinate, &b.coordinate) {
        (Index(n), other) | (other, Index(n)) => *n == other.len(),
        (Numbers(x, u), Numbers(y, v)) => {
            // Labels typed without a unit take that of the others.
            let bare = u.is_none() || v.is_none();
            let factor = if bare { Ok(1.0) } else { v.factor_to(u) };
            let labels = super::AxisLabels::along(&a.name, x);
            let all = |f| (0..x.len()).all(|k| labels.is(k, y[k] * f));
            x.len() == y.len() && factor.is_ok_and(all)
        }
        (x, y) => x == y,
    };
    if same {
        return Ok(());
    }
    Err(
        Error::new(format!("the coordinates of \"{}\" do not match", a.name))
            .expected(a.span())
            .got(b.span())
            .hint(".sel(...) or .regrid(...) to bring both to the same points"),
    )
}

/// A view with the axes in the order of `dimensions`, length one where the field has none.
fn stretched<'a>(field: &'a Field, dimensions: &[Dimension]) -> ArrayViewD<'a, f64> {
    let order: Vec<usize> = dimensions
        .iter()
        .filter_map(|d| field.dimensions().iter().position(|e| e.name == d.name))
        .collect();
    let mut view = field.data().view().permuted_axes(order);
    for (k, d) in dimensions.iter().enumerate() {
        if !field.dimensions().iter().any(|e| e.name == d.name) {
            view = view.insert_axis(Axis(k));
        }
    }
    view
}

#[cfg(test)]
mod tests {
    use crate::field::fixture::line;
    use ndarray::array;

    #[test]
    fn dimensions_are_matched_by_name() {
        let sum = line("a", "x", "m", &[1.0, 2.0])
            .plus(line("b", "y", "km", &[1.0, 2.0, 3.0]))
            .unwrap();
        assert_eq!(sum.shape(), [2, 3]);
        assert_eq!(sum.data()[[1, 2]], 3002.0);
    }

    #[test]
    fn values_on_their_way_give_their_memory_and_shared_ones_keep_theirs() {
        let (a, b) = (
            line("a", "x", "m", &[1.0, 2.0]),
            line("b", "x", "km", &[3.0, 5.0]),
        );
        let there = a.data().as_ptr();
        let sum = a.clone().plus(b.clone()).unwrap();
        assert_eq!(
            (a.data()[[0]], b.data()[[1]], sum.data()[[1]]),
            (1.0, 5.0, 5002.0)
        );
        let both = a.minus(b).unwrap();
        assert_eq!(
            (both.data().as_ptr(), both.data()[[0]], both.name.as_str()),
            (there, -2999.0, "a")
        );
        let (c, d) = (
            line("c", "x", "", &[8.0, 6.0]),
            line("d", "x", "", &[2.0, 3.0]),
        );
        let there = d.data().as_ptr();
        let ratio = c.clone().over(d).unwrap();
        assert_eq!(
            (
                ratio.data().as_ptr(),
                ratio.data()[[0]],
                ratio.name.as_str(),
                c.data()[[0]]
            ),
            (there, 4.0, "c", 8.0)
        );
    }

    #[test]
    fn lengths_that_differ_are_an_error() {
        assert!(
            line("a", "x", "m", &[1.0, 2.0])
                .times(line("b", "x", "m", &[1.0, 2.0, 3.0]))
                .is_err()
        );
        let product = line("a", "x", "m", &[1.0, 2.0])
            .times(line("b", "x", "m", &[3.0, 4.0]))
            .unwrap();
        assert_eq!(
            product
                .data()
                .view()
                .into_dimensionality::<ndarray::Ix1>()
                .unwrap(),
            array![3.0, 8.0]
        );
        assert_eq!(product.unit.to_string(), "m2");
    }
}
