//! Draws of factors, and how their mean goes from window to window.

mod sets;

use crate::ensemble;
use crate::ensemble::{
    Autoregressive, FactorDraws, Persistent, Reset, Smoothed, exponential_covariance,
};
use crate::field::Field;
use crate::script::bridge::arrays::{field_of, line_of, matrix, vector};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::kind;
use crate::script::{Fallible, ScriptFunction, attempt, read};
use ndarray::{Array1, ArrayView1};
use rhai::plugin::*;
use rhai::{Dynamic, FnPtr, Map};
use std::fmt;
use std::sync::Arc;

/// A forecast of the factors' mean as a script holds it.
#[derive(Debug, Clone)]
pub struct FactorForecast(pub Arc<dyn ensemble::FactorForecast>);

impl fmt::Display for FactorForecast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

kind!(FactorForecast, "FactorForecast", "a forecast of factors");

/// Binds `factors::`.
pub fn bind(rooms: &mut Rooms) {
    rooms
        .engine
        .register_type_with_name::<Arc<FactorDraws>>("FactorDraws");
    for name in ["print", "debug", "to_string", "to_debug"] {
        rooms
            .engine
            .register_fn(name, |draws: &mut Arc<FactorDraws>| {
                format!("draws of {} correlated factors", draws.n_factors())
            });
    }
    rooms.kind::<FactorForecast>();
    rooms.room("factors", exported_module!(functions));
    sets::bind(rooms);
    optional!(rooms, MemoryOptions: "factors::autoregressive" = functions::autoregressive_token);
}

options! {
    /// How long factors remember.
    struct MemoryOptions of "factors::autoregressive" {
        /// The e-folding time of departures from 1.
        weeks: f64 ["weeks"] = 6.0,
        /// The time from window to window, `step_days` of the cycle.
        step_days: f64 ["days"] = 7.0,
        /// The part of a departure that is kept from window to window, 0 to less than 1; () for
        /// exp(-step_days / (7 weeks)).
        rho: Option<f64>,
    }
}

#[export_module]
mod functions {
    /// A covariance of factors that falls off with distance: exp(-d / length) within a group, none
    /// between groups.
    ///
    /// # Arguments
    /// - `sd`: standard deviation of each factor.
    /// - `locations`: an array of `[lat, lon]` \[degrees\], one per factor.
    /// - `groups`: a whole number per factor; factors of different groups are independent.
    /// - `length_km`: the correlation length.
    ///
    /// # Returns
    /// A field (factor, other).
    ///
    /// # Errors
    /// Arrays of different lengths, a length that is not positive.
    ///
    /// # Example
    /// ```rhai
    /// let c = factors::covariance([0.5, 0.5], [[0, 0], [0, 10]], [0, 0], 2000);
    /// assert_near(c[0][1], 0.25 * exp(-distance_km(0, 0, 0, 10) / 2000), 1e-12);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn covariance(
        context: NativeCallContext,
        sd: Dynamic,
        locations: Dynamic,
        groups: Dynamic,
        length_km: Dynamic,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let locations: Vec<Vec<f64>> = read("the locations", &locations)?;
            let locations: Vec<(f64, f64)> = locations
                .iter()
                .map(|p| {
                    (
                        p.first().copied().unwrap_or(f64::NAN),
                        p.get(1).copied().unwrap_or(f64::NAN),
                    )
                })
                .collect();
            let sd: Vec<f64> = read("the sd", &sd)?;
            let c = exponential_covariance(
                &sd,
                &locations,
                &read::<Vec<usize>>("the groups", &groups)?,
                read("the length", &length_km)?,
            )?;
            Ok(field_of("covariance", c, ["factor", "other"], None))
        })
    }

    /// Draws from a covariance; member k's draw depends on (seed, stream, k) only.
    ///
    /// # Arguments
    /// - `covariance`: a field (factor, other) or an array of arrays.
    ///
    /// # Returns
    /// Draws, with `perturbations(members, seed, stream)`.
    ///
    /// # Errors
    /// Not symmetric, not finite, or a negative eigenvalue.
    ///
    /// # Example
    /// ```rhai
    /// let d = factors::draws([[1, 0.5], [0.5, 1]]);
    /// let few = d.perturbations(4, 1, "week 1");
    /// let many = d.perturbations(8, 1, "week 1");
    /// assert(few[0][3] == many[0][3]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn draws(context: NativeCallContext, covariance: Dynamic) -> Fallible<Arc<FactorDraws>> {
        attempt(&context, || {
            Ok(Arc::new(FactorDraws::new(&matrix(
                "the covariance",
                &covariance,
            )?)?))
        })
    }

    /// Perturbations of all factors and members, mean zero in expectation (not centred).
    ///
    /// # Arguments
    /// - `members`: how many.
    /// - `seed`: of the run.
    /// - `stream`: what the draws are for, text.
    ///
    /// # Returns
    /// A field (factor, member).
    ///
    /// # Errors
    /// Numbers that are not whole or negative.
    ///
    /// # Example
    /// ```rhai
    /// let d = factors::draws(flux::factor_covariance(#{}));
    /// assert(d.perturbations(8, 1, "week 1").shape == [175, 8]);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn perturbations(
        context: NativeCallContext,
        draws: &mut Arc<FactorDraws>,
        members: Dynamic,
        seed: Dynamic,
        stream: &str,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let p = draws.perturbations(
                read("members", &members)?,
                read("the seed", &seed)?,
                stream,
            )?;
            Ok(field_of("perturbations", p, ["factor", "member"], None))
        })
    }

    /// The mean of the last two analyses and 1, as CarbonTracker does: (a(t-1) + a(t) + 1) / 3.
    ///
    /// # Returns
    /// A forecast of the factors' mean.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(factors::smoothed().mean([0.4], [1.3])[0], 0.9, 1e-12);
    /// ```
    pub fn smoothed() -> FactorForecast {
        FactorForecast(Arc::new(Smoothed))
    }

    /// The mean of the last analysis.
    ///
    /// # Returns
    /// A forecast of the factors' mean.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(factors::persistent().mean([0.4], [1.3])[0], 1.3, 1e-12);
    /// ```
    pub fn persistent() -> FactorForecast {
        FactorForecast(Arc::new(Persistent))
    }

    /// Always 1.
    ///
    /// # Returns
    /// A forecast of the factors' mean.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(factors::reset().mean([0.4], [1.3])[0], 1.0, 1e-12);
    /// ```
    pub fn reset() -> FactorForecast {
        FactorForecast(Arc::new(Reset))
    }

    /// Factors that remember: mean and perturbations of the last analysis keep the part rho of
    /// their departure from 1, and fresh perturbations are added with the part 1 - rho^2 of the
    /// prior's variance.
    ///
    /// Without observations the prior covariance is kept. Members keep their history, so that the
    /// spread of a mean over weeks is that of factors that are alike from week to week; with fresh
    /// perturbations every week, as the other forecasts draw them, it is far too small. It costs
    /// nothing.
    ///
    /// # Returns
    /// A forecast of factors.
    ///
    /// # Errors
    /// A rho outside 0 to 1, a time that is not positive.
    ///
    /// # Example
    /// ```rhai
    /// let six = factors::autoregressive(#{ weeks: 6 });
    /// assert_near(six.mean([1], [2])[0], 1 + exp(-1.0 / 6), 1e-12);
    /// assert_near(six.rho, exp(-1.0 / 6), 1e-12);
    /// let forgetful = factors::autoregressive(#{ rho: 0 });
    /// let fresh = field([[0.5, -0.5]], #{ dims: ["factor", "member"] });
    /// assert((forgetful.perturbations(1 + fresh, fresh) - fresh).abs().max() == 0.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn autoregressive(context: NativeCallContext, options: Map) -> Fallible<FactorForecast> {
        attempt(&context, || {
            let o = MemoryOptions::read(&context, options)?;
            Ok(FactorForecast(Arc::new(match o.rho {
                Some(rho) => Autoregressive::new(rho)?,
                None => Autoregressive::over(7.0 * o.weeks, o.step_days)?,
            })))
        })
    }

    /// The part of a departure from 1 that members keep from window to window; 0 where every
    /// window draws afresh.
    #[rhai_fn(get = "rho", global)]
    pub fn rho(forecast: &mut FactorForecast) -> f64 {
        forecast.0.memory()
    }

    /// The next perturbations of the members' factors.
    ///
    /// # Arguments
    /// - `last`: the analysed factors of the last window (factor, member).
    /// - `fresh`: perturbations drawn from the prior, their mean over the members 0 (factor,
    ///   member).
    ///
    /// # Returns
    /// A field (factor, member): rho times the members' departures from their mean and sqrt(1 -
    /// rho^2) times the fresh ones; those alone where nothing is remembered.
    ///
    /// # Errors
    /// Shapes that differ.
    ///
    /// # Example
    /// ```rhai
    /// let last = field([[1.5, 0.5]], #{ dims: ["factor", "member"] });
    /// let fresh = field([[-1.0, 1.0]], #{ dims: ["factor", "member"] });
    /// assert_near(factors::autoregressive(#{ rho: 0.6 }).perturbations(last, fresh)[0][0], 0.3 - 0.8, 1e-12);
    /// assert(factors::smoothed().perturbations(last, fresh)[0][0] == -1.0);
    /// ```
    #[rhai_fn(global, name = "perturbations", return_raw)]
    pub fn next_perturbations(
        context: NativeCallContext,
        forecast: &mut FactorForecast,
        last: Dynamic,
        fresh: Field,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let last = matrix("the last factors", &last)?;
            let drawn = matrix("the fresh perturbations", &Dynamic::from(fresh.clone()))?;
            let next = forecast.0.perturbations(last.view(), &drawn)?;
            let names = ["factor", "member"];
            Ok(field_of("perturbations", next, names, Some(&fresh)))
        })
    }

    /// A forecast of the factors' mean from a function of your own.
    ///
    /// # Arguments
    /// - `forecast`: a function of (before_last, last), fields (factor), that gives the next mean.
    ///   A forecast is given back as it is.
    ///
    /// # Returns
    /// A forecast of the factors' mean.
    ///
    /// # Example
    /// ```rhai
    /// let damped = factors::forecast(|before, last| (last + 1) / 2);
    /// assert_near(damped.mean([1], [2])[0], 1.5, 1e-12);
    /// ```
    pub fn forecast(context: NativeCallContext, forecast: FnPtr) -> FactorForecast {
        FactorForecast(Arc::new(Scripted(ScriptFunction::new(&context, forecast))))
    }

    #[rhai_fn(name = "forecast")]
    pub fn forecast_itself(forecast: FactorForecast) -> FactorForecast {
        forecast
    }

    /// The next mean of the factors.
    ///
    /// # Arguments
    /// - `before_last`, `last`: the analysed means of the last two windows, fields (factor) or
    ///   arrays.
    ///
    /// # Returns
    /// A field (factor).
    ///
    /// # Errors
    /// Lengths that differ.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(factors::smoothed().mean([1, 1], [1, 1.3])[1], 1.1, 1e-12);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn mean(
        context: NativeCallContext,
        forecast: &mut FactorForecast,
        before_last: Dynamic,
        last: Dynamic,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let last = vector("the last mean", &last, 1)?;
            let before = vector("the mean before it", &before_last, last.len())?;
            if before.len() != last.len() {
                return Err(crate::error::Error::new("the two means differ in length")
                    .expected(last.len())
                    .got(before.len()));
            }
            Ok(line_of(
                "mean",
                forecast.0.mean(before.view(), last.view())?,
                "factor",
            ))
        })
    }
}

/// A closure of (before_last, last).
#[derive(Debug)]
struct Scripted(ScriptFunction);

impl ensemble::FactorForecast for Scripted {
    fn mean(
        &self,
        before_last: ArrayView1<f64>,
        last: ArrayView1<f64>,
    ) -> crate::error::Result<Array1<f64>> {
        let of = |v: ArrayView1<f64>| line_of("mean", v.to_owned(), "factor");
        let answer = self.0.call((of(before_last), of(last)))?;
        let mean = vector("the next mean of the factors", &answer, last.len())?;
        match mean.iter().position(|v| !v.is_finite()) {
            _ if mean.len() != last.len() => Err(crate::error::Error::new(
                "the next mean has the wrong length",
            )
            .expected(last.len())
            .got(mean.len())
            .at("the factor forecast")),
            Some(k) => Err(crate::error::Error::new("the next mean is not finite")
                .got(mean[k])
                .at(format!("factor {k}"))),
            None => Ok(mean),
        }
    }
}

impl fmt::Display for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
