//! Fluxes made of fluxes: a posterior (one set of factors per window), an average of products, and
//! several products side by side, one per member.

use super::{FactorWindow, FluxBasis, SurfaceFlux};
use crate::error::{Error, Result};
use crate::time::Time;
use ndarray::{Array1, Axis};
use std::sync::Arc;

/// A flux model whose factors are given once and for all, window by window; it has none of its own.
pub struct FixedFactors {
    model: Arc<dyn SurfaceFlux>,
    windows: Vec<(Time, Time, Array1<f64>)>,
}

impl FixedFactors {
    /// The mean over the members of each window's factors holds in it. Outside of all windows the
    /// factors are 1.
    ///
    /// # Errors
    /// A window with another number of factors than the model, or without members.
    pub fn new(model: Arc<dyn SurfaceFlux>, windows: &[FactorWindow]) -> Result<Self> {
        let mean = |w: &FactorWindow| match w.factors.mean_axis(Axis(1)) {
            Some(mean) if mean.len() == model.n_factors() => Ok((w.start, w.end, mean)),
            _ => Err(Error::new("a window has the wrong number of factors")
                .expected(format!(
                    "{} factors of at least one member",
                    model.n_factors()
                ))
                .got(format!("{:?}", w.factors.dim()))
                .at(format!("the window that starts {}", w.start))),
        };
        let windows = windows.iter().map(mean).collect::<Result<Vec<_>>>()?;
        Ok(FixedFactors { model, windows })
    }

    fn factors_at(&self, time: Time) -> Option<&Array1<f64>> {
        self.windows
            .iter()
            .find(|(start, end, _)| *start <= time && time < *end)
            .map(|w| &w.2)
    }
}

impl SurfaceFlux for FixedFactors {
    fn n_factors(&self) -> usize {
        0
    }
    fn synthetic(&self) -> bool {
        self.model.synthetic()
    }
    fn covers(&self, start: Time, end: Time) -> Result<()> {
        self.model.covers(start, end)
    }
    fn between(&self, start: Time, end: Time, basis: &mut FluxBasis) -> Result<()> {
        self.model.between(start, end, basis)?;
        let factors = self.factors_at(start.plus(end.since(start) / 2.0));
        for cell in 0..basis.fixed.len() {
            let terms = basis.first[cell]..basis.first[cell + 1];
            basis.fixed[cell] += terms
                .map(|k| basis.value[k] * factors.map_or(1.0, |f| f[basis.factor[k]]))
                .sum::<f64>();
        }
        basis.first.fill(0);
        basis.factor.clear();
        basis.value.clear();
        Ok(())
    }
}

/// The mean of several products without factors (Su et al. 2024 report the mean over two groups of
/// priors), each with its weight.
pub struct Average {
    products: Vec<Arc<dyn SurfaceFlux>>,
    weights: Vec<f64>,
}

impl Average {
    /// The mean with equal weights.
    pub fn new(products: Vec<Arc<dyn SurfaceFlux>>) -> Self {
        let weights = vec![1.0; products.len()];
        Average { products, weights }
    }

    /// The mean with given weights, which need not add up to one.
    ///
    /// # Errors
    /// Other than one weight for each product, a negative weight, or a sum of 0.
    pub fn weighted(products: Vec<Arc<dyn SurfaceFlux>>, weights: Vec<f64>) -> Result<Self> {
        let sum: f64 = weights.iter().sum();
        let valid = weights.iter().all(|w| *w >= 0.0) && sum > 0.0 && sum.is_finite();
        if weights.len() != products.len() || !valid {
            return Err(Error::new("the weights do not fit the fluxes")
                .expected(format!(
                    "{} weights, none negative, with a sum above 0",
                    products.len()
                ))
                .got(format!("{weights:?}"))
                .hint("flux::average([a, b], [0.7, 0.3])"));
        }
        Ok(Average { products, weights })
    }
}

impl SurfaceFlux for Average {
    fn n_factors(&self) -> usize {
        0
    }
    fn synthetic(&self) -> bool {
        self.products.iter().any(|m| m.synthetic())
    }
    fn covers(&self, start: Time, end: Time) -> Result<()> {
        self.products
            .iter()
            .try_for_each(|product| product.covers(start, end))
    }
    fn between(&self, start: Time, end: Time, basis: &mut FluxBasis) -> Result<()> {
        let parts = fixed_parts(&self.products, start, end)?;
        let cells = parts.first().map_or(0, Vec::len);
        let sum: f64 = self.weights.iter().sum();
        let weighted = |s: usize| parts.iter().zip(&self.weights).map(move |(p, w)| w * p[s]);
        basis.fixed = (0..cells).map(|s| weighted(s).sum::<f64>() / sum).collect();
        basis.first = vec![0; cells + 1];
        basis.factor.clear();
        basis.value.clear();
        Ok(())
    }
}

/// Several products at once: product p is switched on by factor p, so an ensemble whose factors are
/// the identity transports each product as a member of its own.
pub struct SideBySide(pub Vec<Arc<dyn SurfaceFlux>>);

impl SurfaceFlux for SideBySide {
    fn n_factors(&self) -> usize {
        self.0.len()
    }
    fn synthetic(&self) -> bool {
        self.0.iter().any(|m| m.synthetic())
    }
    fn covers(&self, start: Time, end: Time) -> Result<()> {
        self.0
            .iter()
            .try_for_each(|product| product.covers(start, end))
    }
    fn between(&self, start: Time, end: Time, basis: &mut FluxBasis) -> Result<()> {
        let parts = fixed_parts(&self.0, start, end)?;
        let (cells, n) = (parts.first().map_or(0, Vec::len), parts.len());
        basis.fixed = vec![0.0; cells];
        basis.first = (0..=cells).map(|s| s * n).collect();
        basis.factor = (0..cells * n).map(|k| k % n).collect();
        basis.value = (0..cells * n).map(|k| parts[k % n][k / n]).collect();
        Ok(())
    }
}

/// The fluxes of products that have no factors \[kg C m-2 s-1\], per product and cell.
fn fixed_parts(products: &[Arc<dyn SurfaceFlux>], start: Time, end: Time) -> Result<Vec<Vec<f64>>> {
    products
        .iter()
        .map(|product| {
            let mut basis = FluxBasis::default();
            product.between(start, end, &mut basis)?;
            if product.n_factors() != 0 {
                return Err(
                    Error::new("only fluxes without free factors can be put together")
                        .got(format!("one with {} factors", product.n_factors())),
                );
            }
            Ok(basis.fixed)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    /// Two cells: the first 1 + 2 lambda_0, the second 3 lambda_0 + 5 lambda_1.
    struct Two;
    impl SurfaceFlux for Two {
        fn n_factors(&self) -> usize {
            2
        }
        fn between(&self, _: Time, _: Time, basis: &mut FluxBasis) -> Result<()> {
            *basis = FluxBasis {
                fixed: vec![1.0, 0.0],
                first: vec![0, 1, 3],
                factor: vec![0, 0, 1],
                value: vec![2.0, 3.0, 5.0],
            };
            Ok(())
        }
    }

    fn at(flux: &dyn SurfaceFlux, day: i64) -> FluxBasis {
        let mut basis = FluxBasis::default();
        flux.between(
            Time::from_seconds(day * 86_400),
            Time::from_seconds(day * 86_400 + 3600),
            &mut basis,
        )
        .unwrap();
        basis
    }

    #[test]
    fn factors_hold_in_their_window_and_are_one_outside() {
        let window = |factors| FactorWindow {
            start: Time::from_seconds(0),
            end: Time::from_seconds(7 * 86_400),
            factors,
        };
        let week = window(array![[0.25, 0.75], [2.0, 2.0]]);
        let posterior: Arc<dyn SurfaceFlux> =
            Arc::new(FixedFactors::new(Arc::new(Two), &[week]).unwrap());
        assert_eq!(at(posterior.as_ref(), 3).fixed, [2.0, 11.5]);
        assert_eq!(at(posterior.as_ref(), 8).fixed, [3.0, 8.0]);
        let prior: Arc<dyn SurfaceFlux> = Arc::new(FixedFactors::new(Arc::new(Two), &[]).unwrap());
        assert_eq!(
            at(&Average::new(vec![prior.clone(), posterior.clone()]), 3).fixed,
            [2.5, 9.75]
        );
        let products = vec![prior.clone(), posterior.clone()];
        let weighted = Average::weighted(products.clone(), vec![3.0, 1.0]).unwrap();
        assert_eq!(at(&weighted, 3).fixed, [2.75, 8.875]);
        assert!(Average::weighted(products.clone(), vec![1.0]).is_err());
        assert!(Average::weighted(products, vec![1.0, -1.0]).is_err());
        let both = at(&SideBySide(vec![prior, posterior]), 3);
        assert_eq!(
            (both.value, both.factor),
            (vec![3.0, 2.0, 8.0, 11.5], vec![0, 1, 0, 1])
        );
        assert!(FixedFactors::new(Arc::new(Two), &[window(array![[1.0]])]).is_err());
    }
}
