//! Reductions over named dimensions. NaN marks missing values and is left out.

use super::tally::{Shape, Tally, Weights, sum_and_count, total};
use super::{Dimension, Field};
use crate::error::{Error, Result};
use ndarray::{ArrayD, ArrayView1, Axis, IxDyn};
use std::borrow::Cow;

/// How a line of values becomes one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reduction {
    /// Sum.
    Sum,
    /// Arithmetic mean.
    Mean,
    /// Standard deviation of a sample (n - 1).
    StandardDeviation,
    /// Least value.
    Min,
    /// Greatest value.
    Max,
    /// Number of values that are present.
    Count,
    /// The quantile of this probability, linear between order statistics.
    Quantile(f64),
}

impl Reduction {
    /// Applies to a line; NaN values are left out, an empty line gives NaN (0 for the sum and the
    /// count).
    pub fn of(self, line: ArrayView1<f64>) -> f64 {
        let values = line
            .as_slice()
            .map_or_else(|| Cow::Owned(line.to_vec()), Cow::Borrowed);
        let present = || values.iter().copied().filter(|v| !v.is_nan());
        let sum = || sum_and_count(&values);
        match self {
            Reduction::Sum => sum().0,
            Reduction::Count => sum().1,
            Reduction::Mean => {
                let (sum, n) = sum();
                sum / n
            }
            Reduction::StandardDeviation => {
                let (sum, n) = sum();
                if n < 2.0 {
                    return f64::NAN;
                }
                let mean = sum / n;
                (total(&values, |v, _| ((v - mean) * (v - mean), 1.0)).0 / (n - 1.0)).sqrt()
            }
            Reduction::Min => present().fold(f64::NAN, f64::min),
            Reduction::Max => present().fold(f64::NAN, f64::max),
            Reduction::Quantile(p) => quantile(&mut present().collect::<Vec<_>>(), p),
        }
    }
    /// The unit of the result for values in `unit`.
    pub(super) fn unit(self, unit: &crate::units::Unit) -> crate::units::Unit {
        match self {
            Reduction::Count => crate::units::Unit::none(),
            Reduction::StandardDeviation => unit.of_difference(),
            _ => unit.clone(),
        }
    }
}

fn quantile(values: &mut [f64], p: f64) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    values.sort_by(f64::total_cmp);
    let position = p.clamp(0.0, 1.0) * (values.len() - 1) as f64;
    let (low, high) = (
        values[position.floor() as usize],
        values[position.ceil() as usize],
    );
    low + (high - low) * (position - position.floor())
}

impl Field {
    /// Reduces over the named dimensions; over all of them when none is named.
    ///
    /// # Errors
    /// A dimension the field does not have.
    pub fn reduce(&self, how: Reduction, over: &[&str]) -> Result<Field> {
        let plan = Plan::new(&self.name, self.dimensions(), over)?;
        let trailing = plan
            .reduced
            .iter()
            .rev()
            .enumerate()
            .all(|(k, axis)| axis + k + 1 == self.shape().len());
        let values = if trailing {
            let contiguous = self.data().as_standard_layout();
            let inner: usize = plan.reduced.iter().map(|k| self.shape()[*k]).product();
            let lines = contiguous
                .to_shape((plan.cells(), inner))
                .expect("a contiguous array reshapes");
            lines.axis_iter(Axis(0)).map(|line| how.of(line)).collect()
        } else if let Reduction::Quantile(_) = how {
            let order: Vec<usize> = plan.kept.iter().chain(&plan.reduced).copied().collect();
            let inner: usize = plan.reduced.iter().map(|k| self.shape()[*k]).product();
            let turned = self.data().view().permuted_axes(order);
            let contiguous = turned.as_standard_layout();
            let lines = contiguous
                .to_shape((plan.cells(), inner))
                .expect("a contiguous array reshapes");
            lines.axis_iter(Axis(0)).map(|line| how.of(line)).collect()
        } else {
            self.tallied(how, &plan, None)
        };
        Ok(plan.field(self, how, values))
    }

    /// Mean over the named dimensions with `weights` matched by name (areas, masses).
    ///
    /// # Errors
    /// A dimension the field does not have, or weights that add up to zero.
    pub fn weighted_mean(&self, weights: &Field, over: &[&str]) -> Result<Field> {
        let mean = self.weighted(Reduction::Mean, weights, over)?;
        let nothing = !mean.is_empty()
            && mean.data().iter().all(|v| v.is_nan())
            && weights.data().iter().all(|w| *w == 0.0);
        if nothing {
            Err(Error::new(format!(
                "the weights of \"{}\" add up to zero",
                self.name
            )))
        } else {
            Ok(mean)
        }
    }

    /// Sum over the named dimensions of values times `weights`, matched by name; units multiply.
    ///
    /// # Errors
    /// A dimension the field does not have, or labels that differ.
    pub fn weighted_sum(&self, weights: &Field, over: &[&str]) -> Result<Field> {
        Ok(self
            .weighted(Reduction::Sum, weights, over)?
            .with_unit(self.unit.times(&weights.unit)))
    }

    fn weighted(&self, how: Reduction, weights: &Field, over: &[&str]) -> Result<Field> {
        let foreign = weights
            .dimensions()
            .iter()
            .any(|d| !self.dimensions().iter().any(|e| e.name == d.name));
        if foreign {
            // Weights of other dimensions make more of the field first.
            let ones = weights.map(|_| 1.0).with_unit(crate::units::Unit::none());
            return self
                .zip(&ones, self.unit.clone(), |v, _| v)?
                .weighted(how, weights, over);
        }
        let plan = Plan::new(&self.name, self.dimensions(), over)?;
        let (turned, strides) = weights.laid_out_for(self.dimensions())?;
        let values = turned.as_slice().expect("laid out in standard order");
        Ok(plan.field(
            self,
            how,
            self.tallied(
                how,
                &plan,
                Some(Weights {
                    values,
                    strides: &strides,
                }),
            ),
        ))
    }

    fn tallied(&self, how: Reduction, plan: &Plan, weights: Option<Weights>) -> Vec<f64> {
        let contiguous = self.data().as_standard_layout();
        let mut tally = Tally::new(how, plan.cells());
        tally.add(
            contiguous.as_slice().expect("standard layout is a slice"),
            Shape {
                lengths: self.shape(),
                strides: &plan.strides,
            },
            weights,
            0,
        );
        tally.finish()
    }

    /// The values in the order of other dimensions, and how far apart neighbours along each of
    /// those are; 0 where this field has none.
    ///
    /// # Errors
    /// Labels that differ.
    pub(crate) fn laid_out_for(
        &self,
        dimensions: &[Dimension],
    ) -> Result<(ArrayD<f64>, Vec<usize>)> {
        let axes: Vec<Option<usize>> = dimensions
            .iter()
            .map(|d| self.dimensions().iter().position(|e| e.name == d.name))
            .collect();
        for (d, axis) in dimensions.iter().zip(&axes) {
            axis.map_or(Ok(()), |k| super::matching::agree(d, &self.dimensions()[k]))?;
        }
        let order: Vec<usize> = axes.iter().flatten().copied().collect();
        let turned = self
            .data()
            .view()
            .permuted_axes(order)
            .as_standard_layout()
            .into_owned();
        let mut stride = 1;
        let mut strides: Vec<usize> = axes
            .iter()
            .rev()
            .map(|axis| {
                let here = if axis.is_some() { stride } else { 0 };
                stride *= axis.map_or(1, |k| self.shape()[k]);
                here
            })
            .collect();
        strides.reverse();
        Ok((turned, strides))
    }
}

/// Which axes of an array are reduced and which stay.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Axes that stay, in order.
    pub kept: Vec<usize>,
    /// Axes that are reduced, in order.
    pub reduced: Vec<usize>,
    /// Distance in the result between neighbours along each axis; 0 along reduced ones.
    pub strides: Vec<usize>,
    /// The dimensions of the result.
    pub dimensions: Vec<Dimension>,
}

impl Plan {
    /// Reduction of the array called `owner` over the dimensions named; over all when none is.
    ///
    /// # Errors
    /// A dimension that is not there.
    pub fn new(owner: &str, dimensions: &[Dimension], over: &[&str]) -> Result<Self> {
        let named = over
            .iter()
            .map(|n| super::axis_of(owner, dimensions, n))
            .collect::<Result<Vec<_>>>()?;
        let reduced: Vec<usize> = (0..dimensions.len())
            .filter(|k| over.is_empty() || named.contains(k))
            .collect();
        let kept: Vec<usize> = (0..dimensions.len())
            .filter(|k| !reduced.contains(k))
            .collect();
        let mut strides = vec![0; dimensions.len()];
        let mut stride = 1;
        for k in kept.iter().rev() {
            strides[*k] = stride;
            stride *= dimensions[*k].len();
        }
        let dimensions = kept.iter().map(|k| dimensions[*k].clone()).collect();
        Ok(Plan {
            kept,
            reduced,
            strides,
            dimensions,
        })
    }
    /// Number of values of the result.
    pub fn cells(&self) -> usize {
        self.dimensions.iter().map(Dimension::len).product()
    }
    /// The result, with the name and attributes of `like`.
    pub(crate) fn field(&self, like: &Field, how: Reduction, values: Vec<f64>) -> Field {
        let shape: Vec<usize> = self.dimensions.iter().map(Dimension::len).collect();
        let data = ArrayD::from_shape_vec(IxDyn(&shape), values)
            .expect("the kept lengths multiply to the number of cells");
        let field = like
            .assemble(self.dimensions.clone(), data)
            .with_unit(how.unit(&like.unit));
        match how {
            Reduction::Count | Reduction::StandardDeviation => field.undescribed(),
            _ => field,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Dimension;
    use crate::units::Unit;
    use ndarray::array;

    fn field() -> Field {
        let data = array![[1.0, 2.0, 3.0], [4.0, f64::NAN, 6.0]].into_dyn();
        Field::new(
            "f",
            Unit::none(),
            vec![Dimension::index("y", 2), Dimension::index("x", 3)],
            data,
        )
        .unwrap()
    }

    #[test]
    fn reductions_leave_missing_values_out() {
        assert_eq!(
            field()
                .reduce(Reduction::Mean, &["x"])
                .unwrap()
                .data()
                .as_slice()
                .unwrap(),
            [2.0, 5.0]
        );
        assert_eq!(
            field()
                .reduce(Reduction::Sum, &[])
                .unwrap()
                .value()
                .unwrap(),
            16.0
        );
        assert_eq!(
            field()
                .reduce(Reduction::Max, &["y"])
                .unwrap()
                .data()
                .as_slice()
                .unwrap(),
            [4.0, 2.0, 6.0]
        );
        assert_eq!(
            field()
                .reduce(Reduction::Quantile(0.5), &[])
                .unwrap()
                .value()
                .unwrap(),
            3.0
        );
    }

    #[test]
    fn a_weighted_mean_is_the_hand_computed_one() {
        let w = Field::new(
            "w",
            Unit::none(),
            vec![Dimension::index("x", 3)],
            array![1.0, 1.0, 2.0].into_dyn(),
        )
        .unwrap();
        let mean = field().weighted_mean(&w, &["x"]).unwrap();
        assert_eq!(mean.data()[[0]], 2.25);
        assert!((mean.data()[[1]] - 16.0 / 3.0).abs() < 1e-15);
    }
}
