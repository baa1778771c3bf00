//! The hidden truth of a twin world: a third product, and departures from it that a prior cannot
//! know.
//!
//! lambda_w = 1 + delta_w for week w, with delta_w = phi delta_(w-1) + sqrt(1 - phi^2) L z_w, L L'
//! the factors' prior covariance, phi = exp(-1 / weeks), z_w drawn from (seed, week). The recursion
//! is summed back until nothing is left, so that the truth of a date depends on the seed alone and
//! not on when a run starts. Weeks count from 1970-01-01.

use super::budget::FactorWindow;
use super::factor_prior::FactorPrior;
use super::{FluxBasis, PriorFlux, Product, SurfaceFlux};
use crate::error::{Error, Result};
use crate::grid::LatLonGrid;
use crate::linalg::cholesky;
use crate::random;
use crate::time::Time;
use ndarray::{Array1, Array2, Axis};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

const WEEK: i64 = 7 * 86_400;

/// How the truth departs from its product.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TruthOptions {
    /// Seed of the departures.
    pub seed: u64,
    /// Their standard deviations and correlation in space.
    pub departures: FactorPrior,
    /// Correlation time in weeks (e-folding).
    pub weeks: f64,
}

impl Default for TruthOptions {
    fn default() -> Self {
        TruthOptions {
            seed: 1,
            departures: FactorPrior::default(),
            weeks: 6.0,
        }
    }
}

/// The true fluxes. A flux model without factors.
#[derive(Debug)]
pub struct Truth {
    flux: PriorFlux,
    options: TruthOptions,
    root: Array2<f64>,
    weeks: Mutex<BTreeMap<i64, Arc<Array1<f64>>>>,
}

impl Truth {
    /// The truth on `grid`, which departs from `product`: [`Product::truth`], or that of a prior,
    /// whose factors can then reach it.
    ///
    /// # Errors
    /// A memory that is not a positive number of weeks.
    pub fn new(grid: &LatLonGrid, product: Product, options: TruthOptions) -> Result<Self> {
        if !(options.weeks > 0.0 && options.weeks <= 52.0) {
            return Err(
                Error::new("the correlation time of the true departures is out of range")
                    .expected("more than 0 and at most 52 weeks")
                    .got(options.weeks),
            );
        }
        let flux = PriorFlux::new(grid, product);
        let root = cholesky(options.departures.covariance(flux.regions()).view())?;
        Ok(Truth {
            flux,
            options,
            root,
            weeks: Mutex::default(),
        })
    }

    /// The product it departs from, for fields and budgets with [`Truth::windows`].
    pub fn flux(&self) -> &PriorFlux {
        &self.flux
    }

    /// The true factors at an instant.
    pub fn factors(&self, time: Time) -> Arc<Array1<f64>> {
        self.week(time.seconds().div_euclid(WEEK))
    }

    /// The true factors from `start` to `end` as windows of one member.
    pub fn windows(&self, start: Time, end: Time) -> Vec<FactorWindow> {
        pieces(start, end)
            .into_iter()
            .map(|(week, start, end)| FactorWindow {
                start,
                end,
                factors: self.week(week).as_ref().clone().insert_axis(Axis(1)),
            })
            .collect()
    }

    fn week(&self, week: i64) -> Arc<Array1<f64>> {
        let mut known = self
            .weeks
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        known
            .entry(week)
            .or_insert_with(|| Arc::new(self.draw(week)))
            .clone()
    }

    fn draw(&self, week: i64) -> Array1<f64> {
        let n = self.root.nrows();
        let phi = (-1.0 / self.options.weeks).exp();
        // exp(-16) of the oldest week is left out.
        let depth = (16.0 * self.options.weeks).ceil() as i64;
        let mut white = Array1::zeros(n);
        for back in 0..=depth {
            let mut rng =
                random::generator(self.options.seed, "true departures", (week - back) as u64);
            white.scaled_add(
                phi.powi(back as i32),
                &Array1::from(random::normals(&mut rng, n)),
            );
        }
        white *= (1.0 - phi * phi).sqrt();
        1.0 + self.root.dot(&white)
    }
}

/// The parts of `start..end` in each week.
fn pieces(start: Time, end: Time) -> Vec<(i64, Time, Time)> {
    let week_of = |t: Time| t.seconds().div_euclid(WEEK);
    let from = |week: i64| Time::from_seconds(week * WEEK);
    (week_of(start)..=week_of(end))
        .map(|w| (w, from(w).max(start), from(w + 1).min(end)))
        .filter(|(_, a, b)| b > a)
        .collect()
}

impl SurfaceFlux for Truth {
    fn n_factors(&self) -> usize {
        0
    }

    fn synthetic(&self) -> bool {
        true
    }

    fn between(&self, start: Time, end: Time, basis: &mut FluxBasis) -> Result<()> {
        if end <= start {
            return self.flux.between(start, end, basis);
        }
        let mut fixed = vec![0.0; self.flux.grid().n_cells()];
        for (week, from, until) in pieces(start, end) {
            let (share, factors) = (until.since(from) / end.since(start), self.week(week));
            self.flux.between(from, until, basis)?;
            for (s, sum) in fixed.iter_mut().enumerate() {
                let terms: f64 = (basis.first[s]..basis.first[s + 1])
                    .map(|k| basis.value[k] * factors[basis.factor[k]])
                    .sum();
                *sum += share * (basis.fixed[s] + terms);
            }
        }
        basis.first = vec![0; fixed.len() + 1];
        basis.factor.clear();
        basis.value.clear();
        basis.fixed = fixed;
        Ok(())
    }
}

impl fmt::Display for Truth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let o = &self.options;
        write!(
            f,
            "flux::truth(#{{ product: {}, seed: {}, weeks: {:?}, departures: {} }})",
            self.flux.product(),
            o.seed,
            o.weeks,
            o.departures
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::DAY;

    fn truth(seed: u64) -> Truth {
        Truth::new(
            &LatLonGrid::geos(4.0, 5.0).unwrap(),
            Product::truth(),
            TruthOptions {
                seed,
                ..TruthOptions::default()
            },
        )
        .unwrap()
    }

    #[test]
    fn the_truth_of_a_date_depends_on_the_seed_alone() {
        let t: Time = "2016-07-05".parse().unwrap();
        let (a, b) = (truth(3), truth(3));
        a.windows("2015-01-01".parse().unwrap(), t);
        assert_eq!(a.factors(t), b.factors(t));
        assert_ne!(a.factors(t), truth(4).factors(t));
    }

    #[test]
    fn departures_have_the_stated_spread_and_memory() {
        let truth = truth(1);
        let start: Time = "2000-01-06".parse().unwrap();
        let weeks: Vec<_> = (0..400)
            .map(|w| truth.factors(start.plus(w as f64 * 7.0 * DAY)))
            .collect();
        let (mut variance, mut lagged, mut n) = (0.0, 0.0, 0.0_f64);
        for pair in weeks.windows(2) {
            for (now, last) in pair[1].iter().zip(pair[0].iter()).take(145) {
                variance += (now - 1.0).powi(2);
                lagged += (now - 1.0) * (last - 1.0);
                n += 1.0;
            }
        }
        let (sd, memory) = ((variance / n).sqrt(), lagged / variance);
        assert!((sd - 0.5).abs() < 0.05, "{sd}");
        assert!((memory - (-1.0_f64 / 6.0).exp()).abs() < 0.03, "{memory}");
    }

    #[test]
    fn the_truth_is_its_product_scaled_by_its_factors() {
        let truth = truth(2);
        let (start, end): (Time, Time) = (
            "2016-07-08T00:00".parse().unwrap(),
            "2016-07-08T03:00".parse().unwrap(),
        );
        let (mut basis, mut product) = (FluxBasis::default(), FluxBasis::default());
        truth.between(start, end, &mut basis).unwrap();
        truth.flux().between(start, end, &mut product).unwrap();
        let factors = truth.factors(start);
        let cell = 2000;
        let terms: f64 = (product.first[cell]..product.first[cell + 1])
            .map(|k| product.value[k] * factors[product.factor[k]])
            .sum();
        assert!((basis.fixed[cell] - product.fixed[cell] - terms).abs() < 1e-20);
        assert!(basis.value.is_empty() && truth.n_factors() == 0);
    }
}
