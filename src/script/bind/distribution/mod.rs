//! Probability distributions: `distribution::`.

mod moments;

use crate::error::Result;
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::kind;
use crate::script::{Fallible, attempt, read};
use crate::statistics::Distribution;
use rhai::Dynamic;
use rhai::plugin::*;

kind!(
    Distribution,
    "Distribution",
    "a distribution, such as distribution::normal(0, 1)"
);

/// Binds `distribution::` and the functions of distributions.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Distribution>();
    rooms.room("distribution", exported_module!(functions));
    moments::bind(rooms);
}

fn number(value: &Dynamic) -> Result<f64> {
    read("a parameter of the distribution", value)
}

#[export_module]
mod functions {
    /// The normal (Gaussian) distribution.
    ///
    /// # Arguments
    /// - `mean`: the mean.
    /// - `sd`: the standard deviation, above 0.
    ///
    /// # Returns
    /// A distribution, with `.mean`, `.sd`, `.density(x)`, `.cdf(x)`, `.quantile(p)` and
    /// `.draw(seed, stream, k, n)`.
    ///
    /// # Errors
    /// A parameter out of range.
    ///
    /// # Example
    /// ```rhai
    /// assert(distribution::normal(400, 2).quantile(0.5) == 400.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn normal(
        context: NativeCallContext,
        mean: Dynamic,
        sd: Dynamic,
    ) -> Fallible<Distribution> {
        attempt(&context, || {
            Distribution::normal(number(&mean)?, number(&sd)?)
        })
    }

    /// The log-normal distribution: that of exp(z), z normal.
    ///
    /// # Arguments
    /// - `mean`: the mean.
    /// - `sd`: the standard deviation, above 0.
    ///
    /// # Returns
    /// A distribution, with `.mean`, `.sd`, `.density(x)`, `.cdf(x)`, `.quantile(p)` and
    /// `.draw(seed, stream, k, n)`.
    ///
    /// # Errors
    /// A parameter out of range.
    ///
    /// # Example
    /// ```rhai
    /// assert(abs(distribution::log_normal(0, 1).quantile(0.5) - 1) < 1e-9);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn log_normal(
        context: NativeCallContext,
        mean: Dynamic,
        sd: Dynamic,
    ) -> Fallible<Distribution> {
        attempt(&context, || {
            Distribution::log_normal(number(&mean)?, number(&sd)?)
        })
    }

    /// The uniform distribution between two ends.
    ///
    /// # Arguments
    /// - `low`: the lower end.
    /// - `high`: the upper end.
    ///
    /// # Returns
    /// A distribution, with `.mean`, `.sd`, `.density(x)`, `.cdf(x)`, `.quantile(p)` and
    /// `.draw(seed, stream, k, n)`.
    ///
    /// # Errors
    /// A parameter out of range.
    ///
    /// # Example
    /// ```rhai
    /// assert(distribution::uniform(0, 4).mean == 2.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn uniform(
        context: NativeCallContext,
        low: Dynamic,
        high: Dynamic,
    ) -> Fallible<Distribution> {
        attempt(&context, || {
            Distribution::uniform(number(&low)?, number(&high)?)
        })
    }

    /// The exponential distribution.
    ///
    /// # Arguments
    /// - `mean`: the mean.
    ///
    /// # Returns
    /// A distribution, with `.mean`, `.sd`, `.density(x)`, `.cdf(x)`, `.quantile(p)` and
    /// `.draw(seed, stream, k, n)`.
    ///
    /// # Errors
    /// A parameter out of range.
    ///
    /// # Example
    /// ```rhai
    /// assert(distribution::exponential(3).sd == 3.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn exponential(context: NativeCallContext, mean: Dynamic) -> Fallible<Distribution> {
        attempt(&context, || Distribution::exponential(number(&mean)?))
    }

    /// The gamma distribution.
    ///
    /// # Arguments
    /// - `shape`: above 0.
    /// - `scale`: above 0.
    ///
    /// # Returns
    /// A distribution, with `.mean`, `.sd`, `.density(x)`, `.cdf(x)`, `.quantile(p)` and
    /// `.draw(seed, stream, k, n)`.
    ///
    /// # Errors
    /// A parameter out of range.
    ///
    /// # Example
    /// ```rhai
    /// assert(distribution::gamma(2, 3).mean == 6.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn gamma(
        context: NativeCallContext,
        shape: Dynamic,
        scale: Dynamic,
    ) -> Fallible<Distribution> {
        attempt(&context, || {
            Distribution::gamma(number(&shape)?, number(&scale)?)
        })
    }

    /// The beta distribution on 0 to 1.
    ///
    /// # Arguments
    /// - `a`: above 0.
    /// - `b`: above 0.
    ///
    /// # Returns
    /// A distribution, with `.mean`, `.sd`, `.density(x)`, `.cdf(x)`, `.quantile(p)` and
    /// `.draw(seed, stream, k, n)`.
    ///
    /// # Errors
    /// A parameter out of range.
    ///
    /// # Example
    /// ```rhai
    /// assert(distribution::beta(1, 3).mean == 0.25);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn beta(context: NativeCallContext, a: Dynamic, b: Dynamic) -> Fallible<Distribution> {
        attempt(&context, || Distribution::beta(number(&a)?, number(&b)?))
    }

    /// Student's t distribution.
    ///
    /// # Arguments
    /// - `degrees`: degrees of freedom, above 0.
    ///
    /// # Returns
    /// A distribution, with `.mean`, `.sd`, `.density(x)`, `.cdf(x)`, `.quantile(p)` and
    /// `.draw(seed, stream, k, n)`.
    ///
    /// # Errors
    /// A parameter out of range.
    ///
    /// # Example
    /// ```rhai
    /// assert(distribution::students_t(5).cdf(0) == 0.5);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn students_t(context: NativeCallContext, degrees: Dynamic) -> Fallible<Distribution> {
        attempt(&context, || Distribution::students_t(number(&degrees)?))
    }

    /// The chi-squared distribution.
    ///
    /// # Arguments
    /// - `degrees`: degrees of freedom, above 0.
    ///
    /// # Returns
    /// A distribution, with `.mean`, `.sd`, `.density(x)`, `.cdf(x)`, `.quantile(p)` and
    /// `.draw(seed, stream, k, n)`.
    ///
    /// # Errors
    /// A parameter out of range.
    ///
    /// # Example
    /// ```rhai
    /// assert(distribution::chi_squared(4).mean == 4.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn chi_squared(context: NativeCallContext, degrees: Dynamic) -> Fallible<Distribution> {
        attempt(&context, || Distribution::chi_squared(number(&degrees)?))
    }

    /// The Laplace distribution, with heavier tails than the normal one.
    ///
    /// # Arguments
    /// - `centre`: the mean.
    /// - `scale`: above 0.
    ///
    /// # Returns
    /// A distribution, with `.mean`, `.sd`, `.density(x)`, `.cdf(x)`, `.quantile(p)` and
    /// `.draw(seed, stream, k, n)`.
    ///
    /// # Errors
    /// A parameter out of range.
    ///
    /// # Example
    /// ```rhai
    /// assert(distribution::laplace(1, 2).mean == 1.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn laplace(
        context: NativeCallContext,
        centre: Dynamic,
        scale: Dynamic,
    ) -> Fallible<Distribution> {
        attempt(&context, || {
            Distribution::laplace(number(&centre)?, number(&scale)?)
        })
    }

    /// The Weibull distribution, as of wind speeds.
    ///
    /// # Arguments
    /// - `shape`: above 0.
    /// - `scale`: above 0.
    ///
    /// # Returns
    /// A distribution, with `.mean`, `.sd`, `.density(x)`, `.cdf(x)`, `.quantile(p)` and
    /// `.draw(seed, stream, k, n)`.
    ///
    /// # Errors
    /// A parameter out of range.
    ///
    /// # Example
    /// ```rhai
    /// assert(distribution::weibull(1, 8).mean > 7.99);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn weibull(
        context: NativeCallContext,
        shape: Dynamic,
        scale: Dynamic,
    ) -> Fallible<Distribution> {
        attempt(&context, || {
            Distribution::weibull(number(&shape)?, number(&scale)?)
        })
    }

    /// The Poisson distribution of counts.
    ///
    /// # Arguments
    /// - `mean`: the mean.
    ///
    /// # Returns
    /// A distribution, with `.mean`, `.sd`, `.density(x)`, `.cdf(x)`, `.quantile(p)` and
    /// `.draw(seed, stream, k, n)`.
    ///
    /// # Errors
    /// A parameter out of range.
    ///
    /// # Example
    /// ```rhai
    /// assert(distribution::poisson(3).cdf(-1) == 0.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn poisson(context: NativeCallContext, mean: Dynamic) -> Fallible<Distribution> {
        attempt(&context, || Distribution::poisson(number(&mean)?))
    }
}
