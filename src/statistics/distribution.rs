//! Probability distributions: density, cumulative distribution, quantiles and random draws.

use crate::error::{Error, Result};
use crate::random::generator;
use rand::RngExt;
use statrs::distribution as families;
use statrs::distribution::{Continuous, ContinuousCDF, Discrete, DiscreteCDF};
use statrs::statistics::Distribution as Moments;
use std::fmt;
use std::sync::Arc;

/// A probability distribution. Its text is the script call that makes it.
#[derive(Clone)]
pub struct Distribution {
    name: String,
    functions: Arc<dyn Functions>,
}

/// The functions of a distribution.
trait Functions: Send + Sync {
    fn density(&self, x: f64) -> f64;
    fn cdf(&self, x: f64) -> f64;
    fn quantile(&self, p: f64) -> f64;
    fn mean(&self) -> Option<f64>;
    fn variance(&self) -> Option<f64>;
}

struct Smooth<T>(T);

impl<T: Continuous<f64, f64> + ContinuousCDF<f64, f64> + Moments<f64> + Send + Sync> Functions
    for Smooth<T>
{
    fn density(&self, x: f64) -> f64 {
        self.0.pdf(x)
    }
    fn cdf(&self, x: f64) -> f64 {
        self.0.cdf(x)
    }
    fn quantile(&self, p: f64) -> f64 {
        self.0.inverse_cdf(p)
    }
    fn mean(&self) -> Option<f64> {
        self.0.mean()
    }
    fn variance(&self) -> Option<f64> {
        self.0.variance()
    }
}

struct Counts<T>(T);

impl<T: Discrete<u64, f64> + DiscreteCDF<u64, f64> + Moments<f64> + Send + Sync> Functions
    for Counts<T>
{
    fn density(&self, x: f64) -> f64 {
        if x >= 0.0 && x.fract() == 0.0 {
            self.0.pmf(x as u64)
        } else {
            0.0
        }
    }
    fn cdf(&self, x: f64) -> f64 {
        if x < 0.0 {
            0.0
        } else {
            self.0.cdf(x.floor() as u64)
        }
    }
    fn quantile(&self, p: f64) -> f64 {
        self.0.inverse_cdf(p) as f64
    }
    fn mean(&self) -> Option<f64> {
        self.0.mean()
    }
    fn variance(&self) -> Option<f64> {
        self.0.variance()
    }
}

impl Distribution {
    fn made<F: Functions + 'static, E: fmt::Display>(
        name: &str,
        parameters: &[f64],
        functions: std::result::Result<F, E>,
    ) -> Result<Self> {
        let text: Vec<String> = parameters.iter().map(f64::to_string).collect();
        let name = format!("distribution::{name}({})", text.join(", "));
        if parameters.iter().any(|p| !p.is_finite()) {
            return Err(Error::new("the parameters of a distribution must be finite").got(name));
        }
        match functions {
            Ok(functions) => Ok(Distribution {
                name,
                functions: Arc::new(functions),
            }),
            Err(e) => Err(Error::new(format!(
                "there is no such distribution: {}",
                e.to_string().to_lowercase()
            ))
            .got(name)),
        }
    }
    /// The normal distribution with this mean and standard deviation.
    ///
    /// # Errors
    /// A standard deviation that is not positive; likewise below for parameters out of range.
    pub fn normal(mean: f64, sd: f64) -> Result<Self> {
        Self::made(
            "normal",
            &[mean, sd],
            families::Normal::new(mean, sd).map(Smooth),
        )
    }
    /// The lognormal distribution: exp(z), z normal with this mean and standard deviation.
    ///
    /// # Errors
    /// A standard deviation that is not positive, or a parameter that is not finite.
    pub fn log_normal(mean: f64, sd: f64) -> Result<Self> {
        Self::made(
            "log_normal",
            &[mean, sd],
            families::LogNormal::new(mean, sd).map(Smooth),
        )
    }
    /// Equally likely between two ends.
    ///
    /// # Errors
    /// Ends that are not finite or not in ascending order.
    pub fn uniform(low: f64, high: f64) -> Result<Self> {
        Self::made(
            "uniform",
            &[low, high],
            families::Uniform::new(low, high).map(Smooth),
        )
    }
    /// The exponential distribution with this mean.
    ///
    /// # Errors
    /// A mean that is not positive.
    pub fn exponential(mean: f64) -> Result<Self> {
        let rate = if mean > 0.0 { 1.0 / mean } else { -1.0 };
        Self::made("exponential", &[mean], families::Exp::new(rate).map(Smooth))
    }
    /// The gamma distribution with this shape and scale.
    ///
    /// # Errors
    /// A shape or scale that is not positive.
    pub fn gamma(shape: f64, scale: f64) -> Result<Self> {
        Self::made(
            "gamma",
            &[shape, scale],
            families::Gamma::new(shape, 1.0 / scale).map(Smooth),
        )
    }
    /// The beta distribution on 0 to 1.
    ///
    /// # Errors
    /// A shape that is not positive.
    pub fn beta(a: f64, b: f64) -> Result<Self> {
        Self::made("beta", &[a, b], families::Beta::new(a, b).map(Smooth))
    }
    /// Student's t with these degrees of freedom.
    ///
    /// # Errors
    /// Degrees of freedom that are not positive.
    pub fn students_t(degrees: f64) -> Result<Self> {
        Self::made(
            "students_t",
            &[degrees],
            families::StudentsT::new(0.0, 1.0, degrees).map(Smooth),
        )
    }
    /// Chi squared with these degrees of freedom.
    ///
    /// # Errors
    /// Degrees of freedom that are not positive.
    pub fn chi_squared(degrees: f64) -> Result<Self> {
        Self::made(
            "chi_squared",
            &[degrees],
            families::ChiSquared::new(degrees).map(Smooth),
        )
    }
    /// The Laplace distribution about a centre.
    ///
    /// # Errors
    /// A scale that is not positive.
    pub fn laplace(centre: f64, scale: f64) -> Result<Self> {
        Self::made(
            "laplace",
            &[centre, scale],
            families::Laplace::new(centre, scale).map(Smooth),
        )
    }
    /// The Weibull distribution, as of wind speeds.
    ///
    /// # Errors
    /// A shape or scale that is not positive.
    pub fn weibull(shape: f64, scale: f64) -> Result<Self> {
        Self::made(
            "weibull",
            &[shape, scale],
            families::Weibull::new(shape, scale).map(Smooth),
        )
    }
    /// Poisson's counts with this mean.
    ///
    /// # Errors
    /// A mean that is not positive.
    pub fn poisson(mean: f64) -> Result<Self> {
        Self::made("poisson", &[mean], families::Poisson::new(mean).map(Counts))
    }

    /// Density at x, or the probability of the count x.
    pub fn density(&self, x: f64) -> f64 {
        self.functions.density(x)
    }
    /// Cumulative distribution: the probability of a value of x or less.
    pub fn cdf(&self, x: f64) -> f64 {
        self.functions.cdf(x)
    }
    /// The value that a share p lies below.
    ///
    /// # Errors
    /// A probability outside 0 to 1.
    pub fn quantile(&self, p: f64) -> Result<f64> {
        if (0.0..=1.0).contains(&p) {
            return Ok(self.functions.quantile(p));
        }
        Err(Error::new("a probability lies between 0 and 1").got(p))
    }
    /// Mean, where there is one.
    pub fn mean(&self) -> f64 {
        self.functions.mean().unwrap_or(f64::NAN)
    }
    /// Standard deviation, where there is one.
    pub fn sd(&self) -> f64 {
        self.functions.variance().map_or(f64::NAN, f64::sqrt)
    }
    /// `n` numbers by the inverse of the distribution: draw `k` of the stream, whatever else is
    /// drawn.
    pub fn draw(&self, seed: u64, stream: &str, k: u64, n: usize) -> Vec<f64> {
        let mut rng = generator(seed, stream, k);
        // In the middle of one of 2^52 shares, so never 0 or 1.
        (0..n)
            .map(|_| {
                self.functions
                    .quantile((rng.random_range(0..1u64 << 52) as f64 + 0.5) / (1u64 << 52) as f64)
            })
            .collect()
    }
}

impl fmt::Display for Distribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Debug for Distribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::{kolmogorov_one, mean, variance};

    #[test]
    fn numbers_drawn_have_the_distribution_they_were_drawn_from() {
        let all = [
            Distribution::normal(3.0, 2.0),
            Distribution::log_normal(0.0, 0.5),
            Distribution::uniform(-1.0, 1.0),
            Distribution::exponential(4.0),
            Distribution::gamma(2.0, 3.0),
            Distribution::beta(2.0, 5.0),
            Distribution::students_t(9.0),
            Distribution::chi_squared(4.0),
            Distribution::laplace(1.0, 2.0),
            Distribution::weibull(2.0, 8.0),
        ];
        for distribution in all.map(Result::unwrap) {
            let drawn = distribution.draw(1, "draws", 0, 2000);
            assert!(
                kolmogorov_one(&drawn, |x| distribution.cdf(x))
                    .unwrap()
                    .p_value
                    > 0.01,
                "{distribution}"
            );
            assert!(
                (mean(&drawn) - distribution.mean()).abs()
                    < 4.0 * distribution.sd() / 2000f64.sqrt(),
                "{distribution}"
            );
            assert!(
                (distribution.cdf(distribution.quantile(0.3).unwrap()) - 0.3).abs() < 1e-6,
                "{distribution}"
            );
        }
    }

    #[test]
    fn counts_have_their_mean_for_variance() {
        let distribution = Distribution::poisson(3.0).unwrap();
        let drawn = distribution.draw(1, "counts", 0, 4000);
        assert!((mean(&drawn) - 3.0).abs() < 0.15 && (variance(&drawn) - 3.0).abs() < 0.3);
        assert!((distribution.density(2.0) - 4.5 * (-3.0f64).exp()).abs() < 1e-12);
    }

    #[test]
    fn parameters_out_of_range_are_refused() {
        assert!(
            Distribution::normal(0.0, -1.0)
                .unwrap_err()
                .to_string()
                .contains("distribution::normal(0, -1)")
        );
        assert!(
            Distribution::gamma(f64::NAN, 1.0).is_err() && Distribution::exponential(0.0).is_err()
        );
        assert!(
            Distribution::normal(0.0, 1.0)
                .unwrap()
                .quantile(1.5)
                .is_err()
        );
    }
}
