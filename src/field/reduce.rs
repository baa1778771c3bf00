//! Reductions over named dimensions. NaN marks missing values and is left out.

use super::Field;
use crate::error::{Error, Result};
use ndarray::{Array1, ArrayView1, Axis};

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
    /// The quantile of this probability, linear between order statistics.
    Quantile(f64),
}

impl Reduction {
    /// Applies to a line; NaN values are left out, an empty line gives NaN (0 for the sum).
    pub fn of(self, line: ArrayView1<f64>) -> f64 {
        let present = || line.iter().copied().filter(|v| !v.is_nan());
        match self {
            Reduction::Sum => total(line, |v| v).0,
            Reduction::Mean => {
                let (sum, n) = total(line, |v| v);
                sum / n
            }
            Reduction::StandardDeviation => {
                let (sum, n) = total(line, |v| v);
                let mean = sum / n;
                (total(line, |v| (v - mean) * (v - mean)).0 / (n - 1.0)).sqrt()
            }
            Reduction::Min => present().fold(f64::NAN, f64::min),
            Reduction::Max => present().fold(f64::NAN, f64::max),
            Reduction::Quantile(p) => quantile(&mut present().collect::<Vec<_>>(), p),
        }
    }
}

/// Sum of a function of the values that are present, and their number. Eight partial sums, so that
/// the additions need not wait for each other; the order depends on the length alone.
fn total(line: ArrayView1<f64>, f: impl Fn(f64) -> f64) -> (f64, f64) {
    let (mut sums, mut counts) = ([0.0; 8], [0.0; 8]);
    let mut add = |k: usize, v: f64| {
        let here = f64::from(u8::from(!v.is_nan()));
        sums[k] += if v.is_nan() { 0.0 } else { f(v) };
        counts[k] += here;
    };
    match line.as_slice() {
        Some(values) => {
            let (blocks, rest) = values.as_chunks::<8>();
            blocks.iter().for_each(|block| (0..8).for_each(|k| add(k, block[k])));
            rest.iter().enumerate().for_each(|(k, v)| add(k, *v));
        }
        None => line.iter().enumerate().for_each(|(k, v)| add(k % 8, *v)),
    }
    (sums.iter().sum(), counts.iter().sum())
}

fn quantile(values: &mut [f64], p: f64) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    values.sort_by(f64::total_cmp);
    let place = p.clamp(0.0, 1.0) * (values.len() - 1) as f64;
    let (low, high) = (values[place.floor() as usize], values[place.ceil() as usize]);
    low + (high - low) * (place - place.floor())
}

impl Field {
    /// Reduces over the named dimensions; over all of them when none is named.
    ///
    /// # Errors
    /// A dimension the field does not have.
    pub fn reduce(&self, how: Reduction, over: &[&str]) -> Result<Field> {
        let axes = over.iter().map(|n| self.axis(n)).collect::<Result<Vec<_>>>()?;
        let axes = if over.is_empty() { (0..self.dimensions().len()).collect() } else { axes };
        let kept: Vec<usize> = (0..self.dimensions().len()).filter(|k| !axes.contains(k)).collect();
        let order: Vec<usize> = kept.iter().chain(&axes).copied().collect();
        let outer: usize = kept.iter().map(|k| self.shape()[*k]).product();
        let inner: usize = axes.iter().map(|k| self.shape()[*k]).product();
        let view = self.data().view().permuted_axes(order);
        let whole = view.as_standard_layout();
        let lines = whole.to_shape((outer, inner)).expect("a contiguous array reshapes");
        let values: Vec<f64> = lines.axis_iter(Axis(0)).map(|line| how.of(line)).collect();
        let dimensions: Vec<_> = kept.iter().map(|k| self.dimensions()[*k].clone()).collect();
        let shape: Vec<usize> = dimensions.iter().map(super::Dimension::len).collect();
        let data = Array1::from_vec(values).into_shape_with_order(shape).expect("the kept lengths multiply to the outer length");
        Ok(self.assemble(dimensions, data))
    }

    /// Mean over the named dimensions with `weights` matched by name (areas, masses).
    ///
    /// # Errors
    /// A dimension the field does not have, or weights that add up to zero.
    pub fn weighted_mean(&self, weights: &Field, over: &[&str]) -> Result<Field> {
        let weighted = self.zip(weights, self.unit.clone(), |v, w| v * w)?.reduce(Reduction::Sum, over)?;
        let total = self.zip(weights, self.unit.clone(), |v, w| if v.is_nan() { 0.0 } else { w })?.reduce(Reduction::Sum, over)?;
        if total.data().iter().all(|t| *t == 0.0) {
            return Err(Error::new(format!("the weights of \"{}\" add up to zero", self.name)));
        }
        weighted.zip(&total, self.unit.clone(), |s, t| s / t)
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
        Field::new("f", Unit::none(), vec![Dimension::index("y", 2), Dimension::index("x", 3)], data).unwrap()
    }

    #[test]
    fn reductions_leave_missing_values_out() {
        assert_eq!(field().reduce(Reduction::Mean, &["x"]).unwrap().data().as_slice().unwrap(), [2.0, 5.0]);
        assert_eq!(field().reduce(Reduction::Sum, &[]).unwrap().value().unwrap(), 16.0);
        assert_eq!(field().reduce(Reduction::Max, &["y"]).unwrap().data().as_slice().unwrap(), [4.0, 2.0, 6.0]);
        assert_eq!(field().reduce(Reduction::Quantile(0.5), &[]).unwrap().value().unwrap(), 3.0);
    }

    #[test]
    fn a_weighted_mean_is_the_hand_computed_one() {
        let w = Field::new("w", Unit::none(), vec![Dimension::index("x", 3)], array![1.0, 1.0, 2.0].into_dyn()).unwrap();
        let mean = field().weighted_mean(&w, &["x"]).unwrap();
        assert_eq!(mean.data()[[0]], 2.25);
        assert!((mean.data()[[1]] - 16.0 / 3.0).abs() < 1e-15);
    }
}
