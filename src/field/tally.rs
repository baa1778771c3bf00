//! Reductions that are added to piece by piece: a part of an array at a time, missing values (NaN)
//! left out.
//!
//! Each cell of the result keeps n, the number of values met, and two sums: s of v (or the least or
//! greatest value so far) and q of (v - c)^2, where c is the first value met, so that the variance
//! (q - d^2 / n) / (n - 1), d the sum of v - c, does not cancel. The order of additions depends on
//! the shapes alone.

use super::Reduction;

/// Sums in progress, one of each per cell of the result.
#[derive(Debug, Clone)]
pub struct Tally {
    how: Reduction,
    n: Vec<f64>,
    sum: Vec<f64>,
    square: Vec<f64>,
    first: Vec<f64>,
}

/// Weights laid out as a [`Shape`] says.
#[derive(Debug, Clone, Copy)]
pub struct Weights<'a> {
    /// The weights, row-major over the dimensions they have.
    pub values: &'a [f64],
    /// Distance between neighbours along each axis of the array; 0 along axes the weights do not
    /// have.
    pub strides: &'a [usize],
}

/// A row-major array, and where its values go in the result.
#[derive(Debug, Clone, Copy)]
pub struct Shape<'a> {
    /// Lengths of the array's axes, outermost first.
    pub lengths: &'a [usize],
    /// Distance in the result between neighbours along each axis; 0 along axes that are reduced.
    pub strides: &'a [usize],
}

/// What multiplies a row of values.
#[derive(Clone, Copy)]
enum Factor<'a> {
    None,
    One(f64),
    Each(&'a [f64]),
}

impl Tally {
    /// Nothing met yet, for a result of `cells` values; quantiles cannot be tallied and are given
    /// as NaN.
    pub fn new(how: Reduction, cells: usize) -> Self {
        let start = if matches!(how, Reduction::Min | Reduction::Max) {
            f64::NAN
        } else {
            0.0
        };
        let spread = if how == Reduction::StandardDeviation {
            cells
        } else {
            0
        };
        Tally {
            how,
            n: vec![0.0; cells],
            sum: vec![start; cells],
            square: vec![0.0; spread],
            first: vec![f64::NAN; spread],
        }
    }

    /// Adds an array whose first value belongs to cell `base`; weights multiply sums and means
    /// only.
    pub fn add(&mut self, values: &[f64], shape: Shape, weights: Option<Weights>, base: usize) {
        let Some((&inner, outer)) = shape.lengths.split_last() else {
            return self.put(
                base,
                false,
                values,
                weights.map_or(Factor::None, |w| Factor::One(w.values[0])),
            );
        };
        let spread = shape.strides[outer.len()] != 0;
        let mut position = vec![0; outer.len()];
        for row in values.chunks(inner.max(1)) {
            let at = base
                + position
                    .iter()
                    .zip(shape.strides)
                    .map(|(k, s)| k * s)
                    .sum::<usize>();
            let factor = weights.map_or(Factor::None, |w| {
                let start = position
                    .iter()
                    .zip(w.strides)
                    .map(|(k, s)| k * s)
                    .sum::<usize>();
                if w.strides[outer.len()] == 0 {
                    Factor::One(w.values[start])
                } else {
                    Factor::Each(&w.values[start..start + inner])
                }
            });
            self.put(at, spread, row, factor);
            for axis in (0..outer.len()).rev() {
                position[axis] += 1;
                if position[axis] < outer[axis] {
                    break;
                }
                position[axis] = 0;
            }
        }
    }

    /// A row of values, each to a cell of its own from `at` on (`spread`) or all to the cell `at`.
    fn put(&mut self, at: usize, spread: bool, row: &[f64], factor: Factor) {
        match (self.how, factor) {
            (Reduction::Min, _) if spread => self.sum[at..at + row.len()]
                .iter_mut()
                .zip(row)
                .for_each(|(s, v)| *s = s.min(*v)),
            (Reduction::Max, _) if spread => self.sum[at..at + row.len()]
                .iter_mut()
                .zip(row)
                .for_each(|(s, v)| *s = s.max(*v)),
            (Reduction::Min, _) => self.sum[at] = row.iter().fold(self.sum[at], |s, v| s.min(*v)),
            (Reduction::Max, _) => self.sum[at] = row.iter().fold(self.sum[at], |s, v| s.max(*v)),
            (Reduction::StandardDeviation, _) => self.moments(at, spread, row),
            (_, Factor::None) if spread => self.each(at, row, |v, _| (v, 1.0)),
            (_, Factor::One(w)) if spread => self.each(at, row, |v, _| (v * w, w)),
            (_, Factor::Each(w)) if spread => self.each(at, row, |v, k| (v * w[k], w[k])),
            (_, Factor::None) => self.all(at, row, |v, _| (v, 1.0)),
            (_, Factor::One(w)) => self.all(at, row, |v, _| (v * w, w)),
            (_, Factor::Each(w)) => self.all(at, row, |v, k| (v * w[k], w[k])),
        }
    }

    fn each(&mut self, at: usize, row: &[f64], of: impl Fn(f64, usize) -> (f64, f64)) {
        let (sum, n) = (
            &mut self.sum[at..at + row.len()],
            &mut self.n[at..at + row.len()],
        );
        for (k, v) in row.iter().enumerate() {
            let (value, weight) = of(*v, k);
            sum[k] += if v.is_nan() { 0.0 } else { value };
            n[k] += if v.is_nan() { 0.0 } else { weight };
        }
    }

    fn all(&mut self, at: usize, row: &[f64], of: impl Fn(f64, usize) -> (f64, f64)) {
        let (sum, n) = total(row, of);
        self.sum[at] += sum;
        self.n[at] += n;
    }

    fn moments(&mut self, at: usize, spread: bool, row: &[f64]) {
        for (k, v) in row.iter().enumerate().filter(|(_, v)| !v.is_nan()) {
            let cell = if spread { at + k } else { at };
            if self.n[cell] == 0.0 {
                self.first[cell] = *v;
            }
            let d = v - self.first[cell];
            self.n[cell] += 1.0;
            self.sum[cell] += d;
            self.square[cell] += d * d;
        }
    }

    /// The result; cells that met no value are NaN (0 for the sum and the count).
    pub fn finish(self) -> Vec<f64> {
        match self.how {
            Reduction::Sum | Reduction::Min | Reduction::Max => self.sum,
            Reduction::Count => self.n,
            Reduction::Mean => self.sum.iter().zip(&self.n).map(|(s, n)| s / n).collect(),
            Reduction::StandardDeviation => {
                let variance = |k: usize| {
                    (self.square[k] - self.sum[k] * self.sum[k] / self.n[k]).max(0.0)
                        / (self.n[k] - 1.0)
                };
                (0..self.n.len())
                    .map(|k| {
                        if self.n[k] < 2.0 {
                            f64::NAN
                        } else {
                            variance(k).sqrt()
                        }
                    })
                    .collect()
            }
            Reduction::Quantile(_) => vec![f64::NAN; self.n.len()],
        }
    }
}

/// Sums of what `of` gives for each value that is present and its position, as (value, weight).
/// Eight partial sums, so that the additions need not wait for each other; the order depends on the
/// length alone.
pub fn total(row: &[f64], of: impl Fn(f64, usize) -> (f64, f64)) -> (f64, f64) {
    let (mut sums, mut counts) = ([0.0; 8], [0.0; 8]);
    let mut add = |lane: usize, v: f64, k: usize| {
        let (value, weight) = of(v, k);
        sums[lane] += if v.is_nan() { 0.0 } else { value };
        counts[lane] += if v.is_nan() { 0.0 } else { weight };
    };
    let (blocks, rest) = row.as_chunks::<8>();
    blocks
        .iter()
        .enumerate()
        .for_each(|(b, block)| (0..8).for_each(|lane| add(lane, block[lane], 8 * b + lane)));
    rest.iter()
        .enumerate()
        .for_each(|(lane, v)| add(lane, *v, 8 * blocks.len() + lane));
    (sums.iter().sum(), counts.iter().sum())
}

/// Sum and number of the values that are present, to the same bits as [`total`]. A sum that is a
/// number has met none that is missing, and need not look for them one by one.
pub(crate) fn sum_and_count(row: &[f64]) -> (f64, f64) {
    let mut sums = [0.0; 8];
    let (blocks, rest) = row.as_chunks::<8>();
    blocks
        .iter()
        .for_each(|block| (0..8).for_each(|lane| sums[lane] += block[lane]));
    rest.iter().zip(&mut sums).for_each(|(v, sum)| *sum += v);
    let sum: f64 = sums.iter().sum();
    if sum.is_nan() {
        total(row, |v, _| (v, 1.0))
    } else {
        (sum, row.len() as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A (2, 2, 3) array in two parts, reduced over the outer and inner axes to (2).
    fn by_parts(how: Reduction) -> Vec<f64> {
        let mut tally = Tally::new(how, 2);
        let shape = Shape {
            lengths: &[1, 2, 3],
            strides: &[0, 1, 0],
        };
        tally.add(&[1.0, 2.0, f64::NAN, 4.0, 5.0, 6.0], shape, None, 0);
        tally.add(&[3.0, f64::NAN, 6.0, 7.0, 8.0, 9.0], shape, None, 0);
        tally.finish()
    }

    #[test]
    fn a_sum_of_values_that_are_all_present_is_the_careful_sum() {
        let values: Vec<f64> = (0..1003).map(|k| 0.1 * k as f64).collect();
        assert_eq!(sum_and_count(&values), total(&values, |v, _| (v, 1.0)));
        assert_eq!(sum_and_count(&[1.0, f64::NAN, 2.5]), (3.5, 2.0));
        assert_eq!(sum_and_count(&[]), (0.0, 0.0));
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        assert_eq!(by_parts(Reduction::Sum), [12.0, 39.0]);
        assert_eq!(by_parts(Reduction::Mean), [3.0, 6.5]);
        assert_eq!(by_parts(Reduction::Count), [4.0, 6.0]);
        assert_eq!(by_parts(Reduction::Min), [1.0, 4.0]);
        assert_eq!(by_parts(Reduction::Max), [6.0, 9.0]);
        // 1, 2, 3, 6: squares of departures from 3 add up to 14
        assert!((by_parts(Reduction::StandardDeviation)[0] - (14.0f64 / 3.0).sqrt()).abs() < 1e-15);
    }

    #[test]
    fn a_spread_about_a_far_mean_does_not_cancel() {
        let mut tally = Tally::new(Reduction::StandardDeviation, 1);
        tally.add(
            &[1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0],
            Shape {
                lengths: &[3],
                strides: &[0],
            },
            None,
            0,
        );
        assert_eq!(tally.finish(), [1.0]);
    }

    #[test]
    fn weights_count_where_values_are_present() {
        let mut tally = Tally::new(Reduction::Mean, 2);
        let shape = Shape {
            lengths: &[2, 2],
            strides: &[0, 1],
        };
        tally.add(
            &[1.0, f64::NAN, 4.0, 5.0],
            shape,
            Some(Weights {
                values: &[1.0, 2.0],
                strides: &[1, 0],
            }),
            0,
        );
        assert_eq!(tally.finish(), [3.0, 5.0]);
    }
}
