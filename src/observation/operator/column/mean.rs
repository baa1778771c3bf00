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
use crate::error::Result;
use crate::observation::operator::Geometry;

/// The mean of columns of one kind and number of levels, with weights that add up to one.
pub(super) fn mean(kind: &Column, all: &[Geometry], weights: &[f64]) -> Result<Column> {
    let columns = all
        .iter()
        .map(|g| kind.read(g))
        .collect::<Result<Vec<_>>>()?;
    let of = |value: &dyn Fn(&Column) -> f64| -> f64 {
        let parts = columns.iter().zip(weights).map(|(c, w)| w * value(c));
        parts.sum()
    };
    let n = columns[0].pressure.len();
    let profile = |value: &dyn Fn(&Column, usize) -> f64| -> Vec<f64> {
        (0..n).map(|j| of(&|c| value(c, j))).collect()
    };
    let weighted = |c: &Column, j: usize| c.weight[j] * c.kernel[j];
    // A ratio of means, or the plain mean where nothing is weighed.
    let ratio = |above: &dyn Fn(&Column, usize) -> f64,
                 below: &dyn Fn(&Column, usize) -> f64,
                 plain: &dyn Fn(&Column, usize) -> f64| {
        let one = |j: usize| match of(&|c| below(c, j)) {
            0.0 => of(&|c| plain(c, j)),
            weight => of(&|c| above(c, j)) / weight,
        };
        (0..n).map(one).collect::<Vec<f64>>()
    };
    let water = match columns[0].water.is_empty() {
        true => Vec::new(),
        false => ratio(&|c, j| weighted(c, j) * c.water[j], &weighted, &|c, j| {
            c.water[j]
        }),
    };
    let surface = of(&Column::at_surface);
    let pressure = match kind.vertical {
        Vertical::Pressure => profile(&|c, j| c.pressure[j]),
        Vertical::Sigma => profile(&|c, j| c.pressure[j] / c.at_surface() * surface),
    };
    Ok(Column {
        pressure,
        kernel: ratio(&weighted, &|c, j| c.weight[j], &|c, j| c.kernel[j]),
        prior: ratio(&|c, j| weighted(c, j) * c.prior[j], &weighted, &|c, j| {
            c.prior[j]
        }),
        weight: profile(&|c, j| c.weight[j]),
        prior_column: of(&|c| c.prior_column),
        water,
        surface: columns[0].surface.map(|_| surface),
        vertical: kind.vertical,
    })
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
            let geometries: Vec<Geometry> = all.iter().map(|c| c.geometry()).collect();
            let joined = Column::default().mean(&geometries, &weights).unwrap();
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
