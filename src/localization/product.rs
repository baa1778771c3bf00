//! Two localizations at once: the regions are the pairs that meet, such as the northern and the
//! southern part of every region of another map.
//!
//! `w_ab(g) = w_a(g) w_b(g)`, which add up to one because those of a and of b do; a pair is
//! analysed with the observations that both would take, and holds the factors that belong to both.
//! Pairs without weight anywhere are left out.

use super::{Localization, Selection, SelectionContext};
use crate::error::{Error, Result};
use crate::grid::LatLonGrid;
use ndarray::Array2;
use std::fmt;
use std::sync::Arc;

/// The product of two localizations on one grid.
#[derive(Debug, Clone)]
pub struct Product {
    first: Arc<dyn Localization>,
    second: Arc<dyn Localization>,
    pairs: Vec<(usize, usize)>,
    names: Vec<String>,
    weights: Vec<Array2<f64>>,
}

impl Product {
    /// Of two localizations; a pair is called `"first, second"`.
    ///
    /// # Errors
    /// Weights of different shapes.
    pub fn new(first: Arc<dyn Localization>, second: Arc<dyn Localization>) -> Result<Self> {
        let (mut pairs, mut names, mut weights) = (vec![], vec![], vec![]);
        for (a, name) in first.regions().iter().enumerate() {
            for (b, other) in second.regions().iter().enumerate() {
                let (u, v) = (first.weights(a), second.weights(b));
                if u.dim() != v.dim() {
                    return Err(Error::new("a product of localizations needs one grid")
                        .expected(format!("{} x {}", u.nrows(), u.ncols()))
                        .got(format!("{} x {}", v.nrows(), v.ncols())));
                }
                let weight = u * v;
                if weight.iter().any(|w| *w > 0.0) {
                    pairs.push((a, b));
                    names.push(format!("{name}, {other}"));
                    weights.push(weight);
                }
            }
        }
        Ok(Product {
            first,
            second,
            pairs,
            names,
            weights,
        })
    }

    fn pair(&self, region: usize) -> Result<(usize, usize)> {
        self.pairs.get(region).copied().ok_or_else(|| {
            Error::new("no such pair of regions")
                .expected(format!("a region number below {}", self.pairs.len()))
                .got(region)
        })
    }
}

impl Localization for Product {
    fn regions(&self) -> &[String] {
        &self.names
    }

    fn selection(&self, region: usize, context: &SelectionContext) -> Result<Selection> {
        let (a, b) = self.pair(region)?;
        let pairs = context
            .factor_region
            .iter()
            .map(|r| self.pair(*r))
            .collect::<Result<Vec<_>>>()?;
        let (of_first, of_second): (Vec<usize>, Vec<usize>) = pairs.into_iter().unzip();
        let one = self.first.selection(
            a,
            &SelectionContext {
                factor_region: &of_first,
                ..context.clone()
            },
        )?;
        let other = self.second.selection(
            b,
            &SelectionContext {
                factor_region: &of_second,
                ..context.clone()
            },
        )?;
        let (observations, weights) = both(&one, &other);
        let mut warnings = one.warnings;
        warnings.extend(
            other
                .warnings
                .into_iter()
                .filter(|w| !warnings.contains(w))
                .collect::<Vec<_>>(),
        );
        // At most so many: neither says which they are.
        let by_correlation = (one.by_correlation + other.by_correlation).min(observations.len());
        Ok(Selection {
            observations,
            weights,
            by_correlation,
            warnings,
        })
    }

    fn weights(&self, region: usize) -> &Array2<f64> {
        &self.weights[region]
    }

    fn region_at(&self, grid: &LatLonGrid, lat: f64, lon: f64) -> usize {
        let (first, second) = (&self.first, &self.second);
        let pair = (
            first.region_at(grid, lat, lon),
            second.region_at(grid, lat, lon),
        );
        match self.pairs.iter().position(|p| *p == pair) {
            Some(region) => region,
            // Regions known more finely than the grid may not meet on it: the heaviest pair there.
            None => {
                let cell = (grid.row_of(lat), grid.column_of(lon));
                let weight = |r: usize| self.weights[r][cell];
                (1..self.pairs.len()).fold(0, |a, b| if weight(b) > weight(a) { b } else { a })
            }
        }
    }
}

/// The observations that both selections hold, their weights multiplied.
fn both(one: &Selection, other: &Selection) -> (Vec<usize>, Option<Vec<f64>>) {
    let (mut observations, mut weights) = (vec![], vec![]);
    for (k, number) in one.observations.iter().enumerate() {
        if let Ok(l) = other.observations.binary_search(number) {
            observations.push(*number);
            weights.push(one.weight(k) * other.weight(l));
        }
    }
    let weighted = one.weights.is_some() || other.weights.is_some();
    (observations, weighted.then_some(weights))
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "localization::product({}, {})", self.first, self.second)
    }
}
