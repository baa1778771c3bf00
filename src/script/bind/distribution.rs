//! Laws of chance: `distribution::`.

use crate::error::{Error, Result};
use crate::field::Field;
use crate::script::bind::field::shaped;
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::kind;
use crate::script::{Fallible, attempt, read};
use crate::statistics::Distribution;
use rhai::Dynamic;
use rhai::plugin::*;

kind!(
    Distribution,
    "Distribution",
    "a law, such as distribution::normal(0, 1)"
);

/// Binds `distribution::` and what laws can tell.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Distribution>();
    rooms.room("distribution", exported_module!(functions));
}

fn number(value: &Dynamic) -> Result<f64> {
    read("a parameter of the law", value)
}

#[export_module]
mod functions {
    /// Gauss's law.
    ///
    /// # Arguments
    /// - `mean`: the mean.
    /// - `sd`: the standard deviation, above 0.
    ///
    /// # Returns
    /// A law, with `.mean`, `.sd`, `.density(x)`, `.below(x)`, `.quantile(p)`, `.draw(seed, stream,
    /// k, n)`.
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

    /// The law of exp(z), z normal.
    ///
    /// # Arguments
    /// - `mean`: the mean.
    /// - `sd`: the standard deviation, above 0.
    ///
    /// # Returns
    /// A law, with `.mean`, `.sd`, `.density(x)`, `.below(x)`, `.quantile(p)`, `.draw(seed, stream,
    /// k, n)`.
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

    /// Equally likely between two ends.
    ///
    /// # Arguments
    /// - `low`: the lower end.
    /// - `high`: the upper end.
    ///
    /// # Returns
    /// A law, with `.mean`, `.sd`, `.density(x)`, `.below(x)`, `.quantile(p)`, `.draw(seed, stream,
    /// k, n)`.
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

    /// Waiting times.
    ///
    /// # Arguments
    /// - `mean`: the mean.
    ///
    /// # Returns
    /// A law, with `.mean`, `.sd`, `.density(x)`, `.below(x)`, `.quantile(p)`, `.draw(seed, stream,
    /// k, n)`.
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

    /// The gamma law.
    ///
    /// # Arguments
    /// - `shape`: above 0.
    /// - `scale`: above 0.
    ///
    /// # Returns
    /// A law, with `.mean`, `.sd`, `.density(x)`, `.below(x)`, `.quantile(p)`, `.draw(seed, stream,
    /// k, n)`.
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

    /// The beta law on 0 to 1.
    ///
    /// # Arguments
    /// - `a`: above 0.
    /// - `b`: above 0.
    ///
    /// # Returns
    /// A law, with `.mean`, `.sd`, `.density(x)`, `.below(x)`, `.quantile(p)`, `.draw(seed, stream,
    /// k, n)`.
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

    /// Student's t.
    ///
    /// # Arguments
    /// - `degrees`: degrees of freedom, above 0.
    ///
    /// # Returns
    /// A law, with `.mean`, `.sd`, `.density(x)`, `.below(x)`, `.quantile(p)`, `.draw(seed, stream,
    /// k, n)`.
    ///
    /// # Errors
    /// A parameter out of range.
    ///
    /// # Example
    /// ```rhai
    /// assert(distribution::students_t(5).below(0) == 0.5);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn students_t(context: NativeCallContext, degrees: Dynamic) -> Fallible<Distribution> {
        attempt(&context, || Distribution::students_t(number(&degrees)?))
    }

    /// Chi squared.
    ///
    /// # Arguments
    /// - `degrees`: degrees of freedom, above 0.
    ///
    /// # Returns
    /// A law, with `.mean`, `.sd`, `.density(x)`, `.below(x)`, `.quantile(p)`, `.draw(seed, stream,
    /// k, n)`.
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

    /// Laplace's law, with heavier tails than Gauss's.
    ///
    /// # Arguments
    /// - `centre`: the mean.
    /// - `scale`: above 0.
    ///
    /// # Returns
    /// A law, with `.mean`, `.sd`, `.density(x)`, `.below(x)`, `.quantile(p)`, `.draw(seed, stream,
    /// k, n)`.
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

    /// Weibull's law, as wind speeds have.
    ///
    /// # Arguments
    /// - `shape`: above 0.
    /// - `scale`: above 0.
    ///
    /// # Returns
    /// A law, with `.mean`, `.sd`, `.density(x)`, `.below(x)`, `.quantile(p)`, `.draw(seed, stream,
    /// k, n)`.
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

    /// Poisson's counts.
    ///
    /// # Arguments
    /// - `mean`: the mean.
    ///
    /// # Returns
    /// A law, with `.mean`, `.sd`, `.density(x)`, `.below(x)`, `.quantile(p)`, `.draw(seed, stream,
    /// k, n)`.
    ///
    /// # Errors
    /// A parameter out of range.
    ///
    /// # Example
    /// ```rhai
    /// assert(distribution::poisson(3).below(-1) == 0.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn poisson(context: NativeCallContext, mean: Dynamic) -> Fallible<Distribution> {
        attempt(&context, || Distribution::poisson(number(&mean)?))
    }

    /// The mean of a law.
    #[rhai_fn(get = "mean", global)]
    pub fn mean(law: &mut Distribution) -> f64 {
        law.mean()
    }
    /// The standard deviation of a law.
    #[rhai_fn(get = "sd", global)]
    pub fn sd(law: &mut Distribution) -> f64 {
        law.sd()
    }

    /// Density of a law, or the chance of a count.
    ///
    /// # Arguments
    /// - `x`: a number.
    ///
    /// # Returns
    /// A number.
    ///
    /// # Errors
    /// Not a number.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(distribution::poisson(1).density(0), exp(-1), 1e-12);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn density(
        context: NativeCallContext,
        law: &mut Distribution,
        x: Dynamic,
    ) -> Fallible<f64> {
        attempt(&context, || Ok(law.density(read("x", &x)?)))
    }

    /// The chance of a value of x or less.
    ///
    /// # Arguments
    /// - `x`: a number.
    ///
    /// # Returns
    /// A number from 0 to 1.
    ///
    /// # Errors
    /// Not a number.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(distribution::normal(0, 1).below(1.96), 0.975, 1e-4);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn below(context: NativeCallContext, law: &mut Distribution, x: Dynamic) -> Fallible<f64> {
        attempt(&context, || Ok(law.below(read("x", &x)?)))
    }

    /// The value that a share of a law lies below.
    ///
    /// # Arguments
    /// - `p`: the share, 0 to 1.
    ///
    /// # Returns
    /// A number.
    ///
    /// # Errors
    /// A share outside 0 to 1.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(distribution::normal(0, 1).quantile(0.975), 1.96, 1e-3);
    /// ```
    #[rhai_fn(global, name = "quantile", return_raw)]
    pub fn quantile_of_law(
        context: NativeCallContext,
        law: &mut Distribution,
        p: Dynamic,
    ) -> Fallible<f64> {
        attempt(&context, || law.quantile(read("the probability", &p)?))
    }

    /// Numbers drawn from a law; they depend on seed, stream and k only.
    ///
    /// # Arguments
    /// - `seed`: of the run.
    /// - `stream`: what the draw is for; streams are independent.
    /// - `k`: which draw of the stream, such as the member.
    /// - `n`: how many, or names of dimensions.
    /// - `lengths`: optional, the lengths of those dimensions.
    ///
    /// # Returns
    /// A field along `draw`, or of the dimensions named.
    ///
    /// # Errors
    /// A negative seed, draw or length.
    ///
    /// # Example
    /// ```rhai
    /// let law = distribution::gamma(2, 3);
    /// let x = law.draw(1, "rain", 0, 500);
    /// assert(x.min() > 0 && abs(x.mean() - 6) < 1);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn draw(
        context: NativeCallContext,
        law: &mut Distribution,
        seed: i64,
        stream: &str,
        k: i64,
        n: i64,
    ) -> Fallible<Field> {
        attempt(&context, || {
            drawn(law, seed, stream, k, &"draw".into(), &n.into())
        })
    }
    #[rhai_fn(global, name = "draw", return_raw)]
    pub fn draw_field(
        context: NativeCallContext,
        law: &mut Distribution,
        seed: i64,
        stream: &str,
        k: i64,
        n: Dynamic,
        lengths: Dynamic,
    ) -> Fallible<Field> {
        attempt(&context, || drawn(law, seed, stream, k, &n, &lengths))
    }
}

fn drawn(
    law: &Distribution,
    seed: i64,
    stream: &str,
    k: i64,
    dims: &Dynamic,
    lengths: &Dynamic,
) -> Result<Field> {
    match (u64::try_from(seed), u64::try_from(k)) {
        (Ok(seed), Ok(k)) => shaped(stream, dims, lengths, |n| law.draw(seed, stream, k, n)),
        _ => Err(Error::new("a seed and a draw are whole numbers, 0 or more")
            .got(format!("seed {seed}, k {k}"))),
    }
}
