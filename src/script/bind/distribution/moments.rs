//! The functions of a distribution: moments, density, cumulative distribution, quantiles, and
//! draws from it.

use crate::error::{Error, Result, Warning};
use crate::field::Field;
use crate::script::bind::field::shaped;
use crate::script::bridge::host::Host;
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, attempt, read};
use crate::statistics::Distribution;
use rhai::Dynamic;
use rhai::plugin::*;

/// Binds the functions of distributions.
pub(super) fn bind(rooms: &mut Rooms) {
    rooms.room("distribution", exported_module!(functions));
}

#[export_module]
mod functions {
    /// The mean of a distribution.
    #[rhai_fn(get = "mean", global)]
    pub fn mean(distribution: &mut Distribution) -> f64 {
        distribution.mean()
    }
    /// The standard deviation of a distribution.
    #[rhai_fn(get = "sd", global)]
    pub fn sd(distribution: &mut Distribution) -> f64 {
        distribution.sd()
    }

    /// Density of a distribution, or the probability of a count.
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
        distribution: &mut Distribution,
        x: Dynamic,
    ) -> Fallible<f64> {
        attempt(&context, || Ok(distribution.density(read("x", &x)?)))
    }

    /// Cumulative distribution: the probability of a value of x or less.
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
    /// assert_near(distribution::normal(0, 1).cdf(1.96), 0.975, 1e-4);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn cdf(
        context: NativeCallContext,
        distribution: &mut Distribution,
        x: Dynamic,
    ) -> Fallible<f64> {
        attempt(&context, || Ok(distribution.cdf(read("x", &x)?)))
    }

    /// The former name of `cdf`, for one version.
    ///
    /// # Arguments
    /// - `x`: a number.
    ///
    /// # Returns
    /// As `cdf`.
    ///
    /// # Example
    /// ```rhai
    /// assert(distribution::normal(0, 1).cdf(0) == 0.5);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn below(
        context: NativeCallContext,
        distribution: &mut Distribution,
        x: Dynamic,
    ) -> Fallible<f64> {
        let renamed = "below of a distribution is now called cdf";
        Host::of(&context).warn(Warning::new("renamed", renamed));
        cdf(context, distribution, x)
    }

    /// The value that a share of a distribution lies below.
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
    pub fn quantile_of(
        context: NativeCallContext,
        distribution: &mut Distribution,
        p: Dynamic,
    ) -> Fallible<f64> {
        attempt(&context, || {
            distribution.quantile(read("the probability", &p)?)
        })
    }

    /// Numbers drawn from a distribution; they depend on seed, stream and k only.
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
    /// let rain = distribution::gamma(2, 3);
    /// let x = rain.draw(1, "rain", 0, 500);
    /// assert(x.min() > 0 && abs(x.mean() - 6) < 1);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn draw(
        context: NativeCallContext,
        distribution: &mut Distribution,
        seed: i64,
        stream: &str,
        k: i64,
        n: i64,
    ) -> Fallible<Field> {
        attempt(&context, || {
            drawn(distribution, seed, stream, k, &"draw".into(), &n.into())
        })
    }
    #[rhai_fn(global, name = "draw", return_raw)]
    pub fn draw_field(
        context: NativeCallContext,
        distribution: &mut Distribution,
        seed: i64,
        stream: &str,
        k: i64,
        n: Dynamic,
        lengths: Dynamic,
    ) -> Fallible<Field> {
        attempt(&context, || {
            drawn(distribution, seed, stream, k, &n, &lengths)
        })
    }
}

fn drawn(
    distribution: &Distribution,
    seed: i64,
    stream: &str,
    k: i64,
    dims: &Dynamic,
    lengths: &Dynamic,
) -> Result<Field> {
    match (u64::try_from(seed), u64::try_from(k)) {
        (Ok(seed), Ok(k)) => shaped(stream, dims, lengths, |n| {
            distribution.draw(seed, stream, k, n)
        }),
        _ => Err(Error::new("a seed and a draw are whole numbers, 0 or more")
            .got(format!("seed {seed}, k {k}"))),
    }
}
