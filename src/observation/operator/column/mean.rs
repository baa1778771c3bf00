//! The mean of retrievals, level by level on p / ps: an operator that is the mean of theirs.
//!
//! A retrieval weighs the model by h a and adds X_prior - sum h a cprior. With mean() over the
//! soundings the mean retrieval has the weights mean(h), the kernel mean(h a) / mean(h), the prior
//! profile mean(h a cprior) / mean(h a) and the prior column mean(X_prior), so that it weighs the
//! model by mean(h a) and adds mean(X_prior - sum h a cprior): mean(h (1 - a) cprior) of soundings
//! whose prior column is the sum of their profile. Its levels are mean(p / ps) of mean(ps), or
//! where they are matched in pressure mean(p); soundings on the same p / ps lose nothing. Means of
//! a and cprior alone would.

use super::{Column, Vertical};
use std::borrow::Cow;

/// The mean of columns of one number of levels, with weights that add up to one.
pub(super) fn mean(vertical: Vertical, all: &[Cow<Column>], weights: &[f64]) -> Column {
    let n = all[0].pressure.len();
    let mut sums = Sums::new(n);
    let mut plain = Sums::new(n);
    let (mut prior_column, mut surface, mut weight) = (0.0, 0.0, vec![0.0; n]);
    for (column, w) in all.iter().zip(weights) {
        prior_column += w * column.prior_column;
        surface += w * column.at_surface();
        let own = match vertical {
            Vertical::Pressure => 1.0,
            Vertical::Sigma => column.at_surface(),
        };
        for (j, total) in weight.iter_mut().enumerate() {
            *total += w * column.weight[j];
            sums.add(column, j, w * column.weight[j] * column.kernel[j], 0.0);
            plain.add(column, j, *w, w * column.pressure[j] / own);
        }
    }
    let scale = match vertical {
        Vertical::Pressure => 1.0,
        Vertical::Sigma => surface,
    };
    let ratio = |j: usize, above: &[f64], below: f64, plain: &[f64]| match below {
        0.0 => plain[j],
        below => above[j] / below,
    };
    let profile = |value: &dyn Fn(usize) -> f64| (0..n).map(value).collect::<Vec<f64>>();
    Column {
        pressure: profile(&|j| plain.pressure[j] * scale),
        kernel: profile(&|j| ratio(j, &sums.one, weight[j], &plain.kernel)),
        prior: profile(&|j| ratio(j, &sums.prior, sums.one[j], &plain.prior)),
        water: match all[0].water.is_empty() {
            true => Vec::new(),
            false => profile(&|j| ratio(j, &sums.water, sums.one[j], &plain.water)),
        },
        weight,
        prior_column,
        surface: all[0].surface.map(|_| surface),
        vertical,
    }
}

/// Weighted sums at the levels.
struct Sums {
    one: Vec<f64>,
    pressure: Vec<f64>,
    kernel: Vec<f64>,
    prior: Vec<f64>,
    water: Vec<f64>,
}

impl Sums {
    fn new(n: usize) -> Self {
        let [one, pressure, kernel, prior, water] = [(); 5].map(|()| vec![0.0; n]);
        Sums {
            one,
            pressure,
            kernel,
            prior,
            water,
        }
    }

    /// Adds level `j` of a column with a weight, and its pressure, which has been weighed.
    fn add(&mut self, column: &Column, j: usize, weight: f64, pressure: f64) {
        self.one[j] += weight;
        self.pressure[j] += pressure;
        self.kernel[j] += weight * column.kernel[j];
        self.prior[j] += weight * column.prior[j];
        if let Some(water) = column.water.get(j) {
            self.water[j] += weight * water;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::ObservationOperator;
    use crate::observation::fixture::{atmosphere, linear, point};
    use std::collections::BTreeMap;

    /// Retrievals on one p / ps that differ in everything else.
    fn soundings(water: bool) -> Vec<Column> {
        let one = |k: usize| {
            let (n, f) = (8, k as f64);
            let ps = 9.4e4 + 2.5e3 * f;
            let at = |g: &dyn Fn(f64) -> f64| (0..n).map(|j| g(j as f64)).collect::<Vec<f64>>();
            Column {
                pressure: at(&|j| ps * (1.0 - 0.13 * j)),
                kernel: at(&|j| if k == 1 { 1.0 } else { 1.05 - 0.02 * f * j }),
                prior: at(&|j| 4e-4 - 1e-6 * (j + f)),
                weight: at(&|j| 0.125 + 0.002 * f * (j - 3.5)),
                prior_column: 3.97e-4 + 1e-6 * f,
                water: if water {
                    at(&|j| 0.01 * (f + 1.0) / (j + 1.0))
                } else {
                    vec![]
                },
                ..Column::default()
            }
        };
        (0..4).map(one).collect()
    }

    #[test]
    fn the_operator_of_the_mean_is_the_mean_of_the_operators() {
        let weights = [0.4, 0.3, 0.2, 0.1];
        for water in [false, true] {
            let all = soundings(water);
            let operators: Vec<&dyn ObservationOperator> =
                all.iter().map(|c| c as &dyn ObservationOperator).collect();
            let joined = Column::default().mean(&operators, &weights).unwrap();
            let sampled = |operator: &dyn ObservationOperator| {
                let o = point(12.0, 33.0, 0.0);
                linear(operator.equivalent(&o, &atmosphere()).unwrap())
            };
            let (mut offset, mut cells) = (0.0, BTreeMap::new());
            for (column, w) in all.iter().zip(weights) {
                let stencil = sampled(column);
                offset += w * stencil.offset;
                for (cell, v) in stencil.cells {
                    *cells.entry(cell).or_insert(0.0) += w * v;
                }
            }
            let mut mean = sampled(joined.as_ref());
            assert!(
                (mean.offset - offset).abs() < 1e-18,
                "{} {offset}",
                mean.offset
            );
            for (cell, v) in mean.cells.drain(..) {
                *cells.entry(cell).or_insert(0.0) -= v;
            }
            assert!(cells.values().all(|v: &f64| v.abs() < 1e-15), "{cells:?}");
        }
    }
}
