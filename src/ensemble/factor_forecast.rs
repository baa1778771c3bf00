//! The forecast of factors from window to window: of their mean, and of the members about it.

use super::centred;
use crate::error::{Error, Result};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2};
use std::fmt;

/// How factors go from window to window.
///
/// # Example
/// ```
/// use mcas::ensemble::{FactorForecast, Smoothed};
/// use ndarray::array;
///
/// let mean = Smoothed.mean(array![1.0, 1.0].view(), array![1.6, 1.0].view())?;
/// assert!((mean - array![1.2, 1.0]).iter().all(|d| d.abs() < 1e-15));
/// # Ok::<(), mcas::error::Error>(())
/// ```
pub trait FactorForecast: fmt::Display + fmt::Debug + Send + Sync {
    /// The forecast mean (n) from the analysed mean of the window before last and of the last one.
    ///
    /// # Errors
    /// Means of different lengths.
    fn mean(&self, before_last: ArrayView1<f64>, last: ArrayView1<f64>) -> Result<Array1<f64>>;

    /// The part rho of a member's perturbation that it keeps, 0 to 1; by default every window draws
    /// its perturbations afresh.
    fn memory(&self) -> f64 {
        0.0
    }

    /// The forecast perturbations (n x m): those of the members of the last analysis, `last` (n x
    /// m), times rho, and fresh ones, `fresh` (n x m), times sqrt(1 - rho^2).
    ///
    /// # Errors
    /// Shapes that differ.
    fn perturbations(&self, last: ArrayView2<f64>, fresh: &Array2<f64>) -> Result<Array2<f64>> {
        let rho = self.memory();
        if rho == 0.0 {
            return Ok(fresh.clone());
        }
        if last.dim() != fresh.dim() {
            return Err(
                Error::new("factors and their fresh perturbations differ in shape")
                    .expected(format!("{:?}", last.dim()))
                    .got(format!("{:?}", fresh.dim())),
            );
        }
        let remembered = centred(&last.to_owned());
        Ok(rho * remembered + (1.0 - rho * rho).sqrt() * fresh)
    }
}

/// `(a(t-1) + a(t) + 1) / 3`, as CarbonTracker does (Peters et al. 2007); before the first window
/// a(t-1) is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Smoothed;

/// The last analysed mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Persistent;

/// One, whatever was analysed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reset;

/// A first-order autoregressive process about 1: mean and perturbations keep rho = exp(-1/tau) of
/// their departure, tau the memory in windows, and fresh draws are added with 1 - rho^2 of the
/// prior's variance, so that without observations the prior covariance is kept. Members keep
/// their history, and with it the covariance of the factors of successive windows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Autoregressive {
    rho: f64,
}

impl Autoregressive {
    /// From rho, 0 to below 1: 0 forgets everything, as [`Reset`] does.
    ///
    /// # Errors
    /// A rho outside 0 to 1, or 1 itself, which adds no draws.
    pub fn new(rho: f64) -> Result<Self> {
        if (0.0..1.0).contains(&rho) {
            return Ok(Autoregressive { rho });
        }
        Err(
            Error::new("the memory rho of factors must lie between 0 and 1")
                .expected("0 or more, and less than 1")
                .got(rho)
                .hint("rho: 0.85"),
        )
    }

    /// From an e-folding time and the time between windows, both in days.
    ///
    /// # Errors
    /// Times that are not positive.
    pub fn over(memory_days: f64, step_days: f64) -> Result<Self> {
        let positive = |days: f64| days > 0.0 && days.is_finite();
        if positive(memory_days) && positive(step_days) {
            return Autoregressive::new((-step_days / memory_days).exp());
        }
        Err(Error::new("the memory of factors must be a positive time")
            .expected("more than 0 days, and a step of more than 0")
            .got(format!("{memory_days} and {step_days} days"))
            .hint("weeks: 6"))
    }
}

impl FactorForecast for Autoregressive {
    fn mean(&self, _: ArrayView1<f64>, last: ArrayView1<f64>) -> Result<Array1<f64>> {
        Ok(last.mapv(|a| 1.0 + self.rho * (a - 1.0)))
    }
    fn memory(&self) -> f64 {
        self.rho
    }
}

impl fmt::Display for Autoregressive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "factors::autoregressive(#{{ rho: {:?} }})", self.rho)
    }
}

impl FactorForecast for Smoothed {
    fn mean(&self, before_last: ArrayView1<f64>, last: ArrayView1<f64>) -> Result<Array1<f64>> {
        Ok((&before_last + &last + 1.0) / 3.0)
    }
}

impl FactorForecast for Persistent {
    fn mean(&self, _: ArrayView1<f64>, last: ArrayView1<f64>) -> Result<Array1<f64>> {
        Ok(last.to_owned())
    }
}

impl FactorForecast for Reset {
    fn mean(&self, _: ArrayView1<f64>, last: ArrayView1<f64>) -> Result<Array1<f64>> {
        Ok(Array1::ones(last.len()))
    }
}

impl fmt::Display for Smoothed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "factors::smoothed()")
    }
}

impl fmt::Display for Persistent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "factors::persistent()")
    }
}

impl fmt::Display for Reset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "factors::reset()")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_smoothed_forecast_is_a_third_of_each() {
        let (before, last) = (array![0.4], array![1.3]);
        assert!((Smoothed.mean(before.view(), last.view()).unwrap()[0] - 0.9).abs() < 1e-15);
        assert_eq!(Persistent.mean(before.view(), last.view()).unwrap(), last);
        assert_eq!(Reset.mean(before.view(), last.view()).unwrap(), array![1.0]);
    }

    #[test]
    fn without_memory_an_autoregression_is_the_reset() {
        let (last, fresh) = (
            array![[1.5, 0.5, 1.3], [2.0, 1.0, 0.0]],
            array![[0.1, -0.3, 0.2], [0.3, 0.1, -0.4]],
        );
        let (none, before) = (Autoregressive::new(0.0).unwrap(), array![1.0, 1.0]);
        assert_eq!(none.perturbations(last.view(), &fresh).unwrap(), fresh);
        let last = array![1.5, 0.2];
        assert_eq!(
            none.mean(before.view(), last.view()).unwrap(),
            Reset.mean(before.view(), last.view()).unwrap()
        );
    }

    #[test]
    fn an_autoregression_keeps_a_part_of_each_members_perturbation() {
        let (last, fresh) = (array![[1.5, 0.5, 1.3, 1.1]], array![[0.1, -0.4, 0.2, 0.1]]);
        let forecast = Autoregressive::new(0.6).unwrap();
        let members = forecast.perturbations(last.view(), &fresh).unwrap();
        // By hand: member 0 is 0.4 above the mean of 1.1; 0.6 * 0.4 + 0.8 * 0.1.
        assert!((members[[0, 0]] - 0.32).abs() < 1e-15);
        let mean = forecast
            .mean(array![1.0].view(), array![1.1].view())
            .unwrap();
        assert!((mean[0] - 1.06).abs() < 1e-15);
        assert!(forecast.perturbations(last.view(), &array![[0.0]]).is_err());
    }

    #[test]
    fn the_prior_variance_is_stationary() {
        let forecast = Autoregressive::over(42.0, 7.0).unwrap();
        assert!((forecast.memory() - (-1.0_f64 / 6.0).exp()).abs() < 1e-15);
        let draws = super::super::FactorDraws::new(&array![[0.25]]).unwrap();
        let mut members = draws.perturbations(4000, 1, "first").unwrap();
        for week in 0..20 {
            let fresh = draws
                .perturbations(4000, 1, &format!("week {week}"))
                .unwrap();
            members = forecast.perturbations(members.view(), &fresh).unwrap();
        }
        let variance = members.row(0).var(1.0);
        assert!((variance - 0.25).abs() < 0.02, "{variance}");
    }

    #[test]
    fn a_memory_out_of_range_is_refused() {
        for rho in [-0.1, 1.0, 1.5, f64::NAN] {
            assert!(Autoregressive::new(rho).is_err());
        }
        assert!(Autoregressive::over(0.0, 7.0).is_err());
        assert!(Autoregressive::over(42.0, f64::INFINITY).is_err());
    }
}
