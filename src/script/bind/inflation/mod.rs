//! Inflation schemes as values; a closure may stand wherever a built-in one does.

mod composed;
pub(super) mod factors;
mod scripted;
mod settings;

use crate::error::{Error, Result};
use crate::inflation;
use crate::inflation::{Desroziers, EnkfN, Factors, Fallback, Fixed, MaximumLikelihood};
use crate::innovation::Innovation;
use crate::script::bind::inflation::factors::{say, some_factors};
use crate::script::bridge::options::OptionTable;
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::kind;
use crate::script::{Fallible, Host, ScriptFunction, Session, attempt, read};
use rhai::plugin::*;
use rhai::{FnPtr, Map};
pub(super) use scripted::Scripted;
use settings::{DesroziersOptions, EnkfNOptions, EstimateOptions, FixedOptions, LikelihoodOptions};
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
    Ok(read::<Inflation>("the value of the text", &made)?.0)
}

kind!(Inflation, "Inflation", "an inflation scheme");

/// Binds `inflation::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Inflation>();
    rooms.room("inflation", exported_module!(functions));
    optional!(rooms, LikelihoodOptions:
        "inflation::maximum_likelihood" = functions::maximum_likelihood_token,
        "inflation::one_mu" = functions::one_mu_token,
        "inflation::theta_only" = functions::theta_only_token,
    );
    optional!(rooms, DesroziersOptions: "inflation::desroziers" = functions::desroziers_token);
    optional!(rooms, FixedOptions: "inflation::fixed" = functions::fixed_token);
    optional!(rooms, EnkfNOptions: "inflation::enkf_n" = functions::enkf_n_token);
    optional!(rooms, EstimateOptions: "estimate" = functions::estimate_token);
    composed::bind(rooms);
    factors::bind(rooms);
}

fn with_settings(
    context: &NativeCallContext,
    scheme: MaximumLikelihood,
    options: Map,
) -> Fallible<Inflation> {
    attempt(context, || {
        let settings = LikelihoodOptions::read(context, options)?;
        Ok(Inflation(Arc::new(settings.settle(scheme)?)))
    })
}

#[export_module]
mod functions {
    /// Factors of greatest likelihood, found anew in every region and window (Su et al. 2024).
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
        with_settings(&context, MaximumLikelihood::new(), options)
    }

    /// Factors of greatest likelihood, one mu for all sources together: what a system without
    /// separate factors does.
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
        with_settings(&context, MaximumLikelihood::one_mu(), options)
    }

    /// The theta of greatest likelihood; every mu is 1.
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
        with_settings(&context, MaximumLikelihood::theta_only(), options)
    }

    /// Factors by the fixed-point iteration of Desroziers et al. (2005).
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
            let o = DesroziersOptions::read(&context, options)?;
            let scheme = o
                .passes
                .map_or(Ok(Desroziers::new()), Desroziers::with_passes)?;
            Ok(Inflation(Arc::new(scheme)))
        })
    }

    /// Factors that do not change.
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
    pub fn fixed(context: NativeCallContext, options: Map) -> Fallible<Inflation> {
        attempt(&context, || {
            let o = FixedOptions::read(&context, options)?;
            let mu = o.mu.into_iter().collect();
            Ok(Inflation(Arc::new(Fixed::new(o.theta, mu)?)))
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
            let o = EnkfNOptions::read(&context, options)?;
            Ok(Inflation(Arc::new(EnkfN::with_certainty(o.certainty)?)))
        })
    }

    /// A scheme from a function of your own.
    ///
    /// # Arguments
    /// - `scheme`: a function of (innovation) or of (innovation, about) that gives `#{ theta, mu:
    ///   #{ source: value } }`; mu may be one number for all sources, 1 if it is left out. `about`
    ///   is a map: region, window (its number from 0), start (a date or ()), pooled and last
    ///   (factors of all regions and of the last window, or ()), members, and memory, a map that is
    ///   kept for the region from window to window and is empty at the start of a run:
    ///   `about.memory.x = 1`. A scheme is given back as it is.
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
        options: Map,
    ) -> Fallible<Factors> {
        let (factors, about, place) = attempt(&context, || {
            let o = EstimateOptions::read(&context, options)?;
            let place = o.place;
            let fallback = Fallback {
                pooled: some_factors("pooled", o.pooled, &innovation)?,
                last: some_factors("last", o.last, &innovation)?,
                about: o.about.about(),
            };
            let factors = scheme.0.estimate(&innovation, &fallback);
            let factors = factors.map_err(|e| place.iter().fold(e, |e, place| e.at(place)))?;
            Ok((factors, fallback.about, place))
        })?;
        say(&Host::of(&context), &factors, &about, place);
        Ok(factors)
    }
}
