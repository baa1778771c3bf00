//! Inflation schemes as values; a closure may stand wherever a built-in one does.

mod composed;
pub(super) mod factors;
mod scripted;

use crate::error::{Error, Result};
use crate::inflation;
use crate::inflation::{Desroziers, EnkfN, Factors, Fallback, Fixed, MaximumLikelihood, Theta};
use crate::innovation::Innovation;
use crate::script::bind::inflation::factors::{say, some_factors};
use crate::script::bind::innovation::about::about_from;
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::{handle, kind};
use crate::script::{Fallible, Host, Options, ScriptFunction, Session, attempt, read};
use rhai::plugin::*;
use rhai::{Dynamic, FnPtr, Map};
pub(super) use scripted::Scripted;
use std::fmt;
use std::sync::Arc;

/// A scheme as a script holds it.
#[derive(Debug, Clone)]
pub struct Inflation(pub Arc<dyn inflation::Inflation>);

impl fmt::Display for Inflation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The scheme that a script's text makes, for work outside of a session.
///
/// # Errors
/// The report of the text's failure, or a value that is no scheme.
pub fn scheme_of(session: &mut Session, text: &str) -> Result<Arc<dyn inflation::Inflation>> {
    let made = session
        .run("scheme", text)
        .map_err(|e| Error::new(session.report(&e)))?;
    Ok(handle::<Inflation>("the value of the text", &made, "an inflation scheme")?.0)
}

kind!(Inflation, "Inflation", "an inflation scheme");

/// Binds `inflation::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Inflation>();
    rooms.room("inflation", exported_module!(functions));
    composed::bind(rooms);
    factors::bind(rooms);
}

fn named_numbers(what: &str, value: &Dynamic) -> Result<Vec<(String, f64)>> {
    let map: Map = read(what, value)?;
    map.iter()
        .map(|(k, v)| Ok((k.to_string(), read(&format!("{what}.{k}"), v)?)))
        .collect()
}

fn bounds(what: &str, value: Vec<f64>) -> Result<(f64, f64)> {
    match value[..] {
        [low, high] => Ok((low, high)),
        _ => Err(
            Error::new(format!("{what} needs a lower and an upper bound"))
                .got(format!("{} numbers", value.len()))
                .hint("[1.0, 100.0]"),
        ),
    }
}

/// The settings that all maximum-likelihood schemes share.
fn with_settings(mut scheme: MaximumLikelihood, function: &str, options: Map) -> Result<Inflation> {
    let mut o = Options::new(function, options);
    if let Some(theta) = o.find::<Dynamic>("theta")? {
        let theta = if theta.is_array() {
            Theta::Estimated(bounds("theta", read("theta", &theta)?)?)
        } else {
            Theta::Fixed(read("theta", &theta)?)
        };
        scheme = scheme.with_theta(theta)?;
    }
    if let Some(b) = o.find::<Vec<f64>>("mu")? {
        scheme = scheme.with_mu_bounds(bounds("mu", b)?)?;
    }
    if let Some(groups) = o.find::<Vec<Vec<String>>>("groups")? {
        scheme = scheme.with_groups(groups)?;
    }
    if let Some(n) = o.find::<usize>("minimum_observations")? {
        scheme = scheme.with_minimum_observations(n);
    }
    if let Some(sd) = o.find::<f64>("prior_sd")? {
        scheme = scheme.with_prior(sd)?;
    }
    o.finish()?;
    Ok(Inflation(Arc::new(scheme)))
}

#[export_module]
mod functions {
    /// Factors of greatest likelihood, found anew in every region and window (Su et al. 2024).
    ///
    /// # Arguments
    /// - `options`: optional. `theta`: bounds `[1, 100]`, or one number to keep it fixed; `mu`:
    ///   bounds `[0.01, 100]`; `groups`: sources that share a factor, such as `[["in_situ"],
    ///   ["land", "ocean"]]`, by default each has its own; `minimum_observations`: 30, fewer take
    ///   the pooled value; `prior_sd`: width of a log-normal prior about 1, none by default.
    ///
    /// # Returns
    /// An inflation scheme.
    ///
    /// # Errors
    /// Bounds that are not positive or out of order; an unknown option.
    ///
    /// # Example
    /// ```rhai
    /// let scheme = inflation::maximum_likelihood(#{ theta: [1, 50] });
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3], [2, 2, 5]], values: [3, 4], sd: 0.5 } });
    /// assert(scheme.estimate(i).theta >= 1.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn maximum_likelihood(context: NativeCallContext, options: Map) -> Fallible<Inflation> {
        attempt(&context, || {
            with_settings(
                MaximumLikelihood::new(),
                "inflation::maximum_likelihood",
                options,
            )
        })
    }

    #[rhai_fn(name = "maximum_likelihood")]
    pub fn maximum_likelihood_plain() -> Inflation {
        Inflation(Arc::new(MaximumLikelihood::new()))
    }

    /// Factors of greatest likelihood, one mu for all sources together: what a system without
    /// separate factors does.
    ///
    /// # Arguments
    /// - `options`: optional, as for `maximum_likelihood`.
    ///
    /// # Returns
    /// An inflation scheme.
    ///
    /// # Errors
    /// As for `maximum_likelihood`.
    ///
    /// # Example
    /// ```rhai
    /// assert(inflation::one_mu().to_string() == "inflation::one_mu()");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn one_mu(context: NativeCallContext, options: Map) -> Fallible<Inflation> {
        attempt(&context, || {
            with_settings(MaximumLikelihood::one_mu(), "inflation::one_mu", options)
        })
    }

    #[rhai_fn(name = "one_mu")]
    pub fn one_mu_plain() -> Inflation {
        Inflation(Arc::new(MaximumLikelihood::one_mu()))
    }

    /// The theta of greatest likelihood; every mu is 1.
    ///
    /// # Arguments
    /// - `options`: optional, as for `maximum_likelihood`.
    ///
    /// # Returns
    /// An inflation scheme.
    ///
    /// # Errors
    /// As for `maximum_likelihood`.
    ///
    /// # Example
    /// ```rhai
    /// assert(inflation::theta_only().to_string() == "inflation::theta_only()");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn theta_only(context: NativeCallContext, options: Map) -> Fallible<Inflation> {
        attempt(&context, || {
            with_settings(
                MaximumLikelihood::theta_only(),
                "inflation::theta_only",
                options,
            )
        })
    }

    #[rhai_fn(name = "theta_only")]
    pub fn theta_only_plain() -> Inflation {
        Inflation(Arc::new(MaximumLikelihood::theta_only()))
    }

    /// Factors by the fixed-point iteration of Desroziers et al. (2005).
    ///
    /// # Arguments
    /// - `options`: optional. `passes`: how many.
    ///
    /// # Returns
    /// An inflation scheme.
    ///
    /// # Errors
    /// No passes.
    ///
    /// # Example
    /// ```rhai
    /// print(inflation::desroziers());
    /// ```
    #[rhai_fn(return_raw)]
    pub fn desroziers(context: NativeCallContext, options: Map) -> Fallible<Inflation> {
        attempt(&context, || {
            let mut o = Options::new("inflation::desroziers", options);
            let passes = o.required("passes")?;
            o.finish()?;
            Ok(Inflation(Arc::new(Desroziers::with_passes(passes)?)))
        })
    }

    #[rhai_fn(name = "desroziers")]
    pub fn desroziers_plain() -> Inflation {
        Inflation(Arc::new(Desroziers::new()))
    }

    /// Factors that do not change.
    ///
    /// # Arguments
    /// - `factors`: `#{ theta, mu: #{ source: value } }`; what is left out is 1.
    ///
    /// # Returns
    /// An inflation scheme.
    ///
    /// # Errors
    /// A factor that is not positive and finite.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3]], values: [3], sd: 0.5 } });
    /// assert(inflation::fixed(#{ theta: 1.5, mu: #{ a: 4 } }).estimate(i).mu.a == 4.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn fixed(context: NativeCallContext, factors: Map) -> Fallible<Inflation> {
        attempt(&context, || {
            let mut o = Options::new("inflation::fixed", factors);
            let theta = o.or("theta", 1.0)?;
            let mu = named_numbers("mu", &o.or::<Dynamic>("mu", Map::new().into())?)?;
            o.finish()?;
            Ok(Inflation(Arc::new(Fixed::new(theta, mu)?)))
        })
    }

    /// No inflation: every factor is 1.
    ///
    /// # Returns
    /// An inflation scheme.
    ///
    /// # Example
    /// ```rhai
    /// assert(inflation::none().to_string() == "inflation::none()");
    /// ```
    pub fn none() -> Inflation {
        Inflation(Arc::new(Fixed::none()))
    }

    /// The theta of the finite-size filter (Bocquet et al. 2015), which needs no tuning; every mu
    /// is 1.
    ///
    /// # Arguments
    /// - `options`: optional. `certainty`: 1; how much the ensemble's covariance is trusted, more
    ///   for weakly nonlinear models.
    ///
    /// # Returns
    /// An inflation scheme.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3]], values: [9], sd: 1 } });
    /// assert(inflation::enkf_n().estimate(i).theta > 1.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn enkf_n(context: NativeCallContext, options: Map) -> Fallible<Inflation> {
        attempt(&context, || {
            let mut o = Options::new("inflation::enkf_n", options);
            let certainty = o.or("certainty", 1.0)?;
            o.finish()?;
            Ok(Inflation(Arc::new(EnkfN::with_certainty(certainty)?)))
        })
    }

    #[rhai_fn(name = "enkf_n")]
    pub fn enkf_n_plain() -> Inflation {
        Inflation(Arc::new(EnkfN::new()))
    }

    /// A scheme from a function of your own.
    ///
    /// # Arguments
    /// - `scheme`: a function of (innovation) or of (innovation, about) that gives `#{ theta, mu: #{
    ///   source: value } }`; mu may be one number for all sources, 1 if it is left out. `about` is a
    ///   map: region, window (its number from 0), start (a date or ()), pooled and last (factors of
    ///   all regions and of the last window, or ()), members, and memory, a map that is kept for the
    ///   region from window to window and is empty at the start of a run: `about.memory.x = 1`. A
    ///   scheme is given back as it is.
    ///
    /// # Returns
    /// An inflation scheme.
    ///
    /// # Errors
    /// When it is used: an answer of another form, a source missing in mu or unknown, a factor that
    /// is not positive or not finite.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3]], values: [3], sd: 0.5 } });
    /// let half = inflation::scheme(|i| #{ theta: 1.0, mu: #{ a: i.misfit("a") / 2 } });
    /// assert_near(half.estimate(i).mu.a, 2.0, 1e-12);
    /// let smooth = inflation::scheme(|i, about| {
    ///     let theta = i.maximise().theta;
    ///     if "theta" in about.memory { theta = 0.5 * (theta + about.memory.theta); }
    ///     about.memory.theta = theta;
    ///     #{ theta: theta }
    /// });
    /// assert(smooth.estimate(i).theta == i.maximise().theta); // nothing is remembered yet
    /// ```
    pub fn scheme(context: NativeCallContext, scheme: FnPtr) -> Inflation {
        Inflation(Arc::new(Scripted(ScriptFunction::new(&context, scheme))))
    }

    #[rhai_fn(name = "scheme")]
    pub fn scheme_itself(scheme: Inflation) -> Inflation {
        scheme
    }

    /// The factors of one innovation.
    ///
    /// # Arguments
    /// - `innovation`: of one region and window.
    /// - `fallback`: optional. `pooled`, `last`: factors to use where there are too few
    ///   observations, or (); `place`: the region and window this is about, for errors and
    ///   warnings; `region`, `window`, `start`, `memory`: what a function of your own is told as
    ///   `about`.
    ///
    /// # Returns
    /// Factors: theta, mu (a map by source), at_bound, iterations, converged, log_likelihood.
    ///
    /// # Errors
    /// Those of the scheme.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ flask: #{ equivalents: [[1, 2, 3], [2, 2, 5]], values: [3, 4], sd: 0.5 } });
    /// let few = inflation::maximum_likelihood().estimate(i, #{ pooled: #{ theta: 1.5, mu: 2 } });
    /// assert(few.theta == 1.5 && few.mu.flask == 2.0); // 2 observations are too few of their own
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn estimate(
        context: NativeCallContext,
        scheme: &mut Inflation,
        innovation: Arc<Innovation>,
    ) -> Fallible<Factors> {
        estimate_with(context, scheme, innovation, Map::new())
    }

    #[rhai_fn(global, name = "estimate", return_raw)]
    pub fn estimate_with(
        context: NativeCallContext,
        scheme: &mut Inflation,
        innovation: Arc<Innovation>,
        fallback: Map,
    ) -> Fallible<Factors> {
        let (factors, about, place) = attempt(&context, || {
            let mut o = Options::new("fallback", fallback);
            let pooled = some_factors("pooled", o.find("pooled")?, &innovation)?;
            let last = some_factors("last", o.find("last")?, &innovation)?;
            let place = o.find::<String>("place")?;
            let about = about_from(&mut o)?;
            o.finish()?;
            let fallback = Fallback {
                pooled,
                last,
                about,
            };
            let found = scheme.0.estimate(&innovation, &fallback);
            let found = found.map_err(|e| place.iter().fold(e, |e, place| e.at(place)))?;
            Ok((found, fallback.about, place))
        })?;
        say(&Host::of(&context), &factors, &about, place);
        Ok(factors)
    }
}
