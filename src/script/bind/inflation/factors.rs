//! Inflation factors as values: what a scheme finds, or what a script gives.

use crate::error::{Error, Result, Warning};
use crate::inflation::{Factors, Fallback, Inflation};
use crate::innovation::{About, Innovation};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::describe;
use crate::script::bridge::warnings::Spot;
use crate::script::{FromScript, Host, read};
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::collections::BTreeMap;

/// Binds the properties of factors.
pub fn bind(rooms: &mut Rooms) {
    rooms.engine.register_type_with_name::<Factors>("Factors");
    for name in ["print", "debug", "to_string", "to_debug"] {
        rooms
            .engine
            .register_fn(name, |factors: &mut Factors| shown(factors));
    }
    rooms.global(exported_module!(functions));
}

fn shown(factors: &Factors) -> String {
    let mu: Vec<String> = factors
        .mu
        .iter()
        .map(|(n, v)| format!("mu.{n} {v:.3}"))
        .collect();
    let bound = if factors.at_bound.is_empty() {
        String::new()
    } else {
        format!(" (at its bound: {})", factors.at_bound.join(", "))
    };
    format!("theta {:.3} {}{bound}", factors.theta, mu.join(" "))
}

/// The factors of the sources' error covariances as a script gives them.
#[derive(Clone)]
enum Mu {
    All(f64),
    Each(BTreeMap<String, f64>),
}

impl FromScript for Mu {
    fn expected() -> String {
        "a number, or a map of numbers by source".into()
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        let each = || BTreeMap::from_script(value).map(Mu::Each);
        f64::from_script(value).map(Mu::All).or_else(each)
    }
    fn reason(value: &Dynamic) -> Option<Error> {
        BTreeMap::<String, f64>::reason(value)
    }
    fn shown(&self) -> String {
        match self {
            Mu::All(one) => one.shown(),
            Mu::Each(all) => all.shown(),
        }
    }
}

options! {
    /// Inflation factors as a script gives them.
    struct GivenFactors of "inflation factors" {
        /// The factor of the forecast error covariance.
        theta: f64,
        /// The factor of each source's error covariance, or one for all sources.
        mu: Mu = Mu::All(1.0),
    }
}

/// Factors as an option: what a scheme found, or a map that [`factors_of`] reads.
#[derive(Clone)]
pub struct FactorsOption(Dynamic);

impl FromScript for FactorsOption {
    fn expected() -> String {
        "inflation factors, or a map #{ theta, mu }".into()
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        let may = value.is::<Factors>() || value.is_map();
        may.then(|| FactorsOption(value.clone()))
    }
}

/// Factors from what a script gave: factors, or a map `#{ theta, mu: #{ source: value } }`; one
/// number for mu serves all sources.
pub fn factors_of(value: &Dynamic, innovation: &Innovation) -> Result<Factors> {
    if let Some(factors) = value.read_lock::<Factors>() {
        return Ok(factors.clone());
    }
    if !value.is_map() {
        return Err(Error::new("inflation factors have the wrong form")
            .expected("a map #{ theta: ..., mu: #{ ... } }")
            .got(describe(value))
            .hint("a last line without a semicolon, such as #{ theta: 1.2, mu: #{ in_situ: 2.0, satellite: 0.5 } }"));
    }
    let map = read("inflation factors", value)?;
    let given = GivenFactors::read_as("inflation factors", map, None)?;
    let mu: Vec<(String, f64)> = match given.mu {
        Mu::All(one) => {
            let names = innovation.sources().iter().map(|s| s.name().to_string());
            names.map(|n| (n, one)).collect()
        }
        Mu::Each(mu) => {
            mu.keys()
                .try_for_each(|name| innovation.source(name).map(|_| ()))?;
            mu.into_iter().collect()
        }
    };
    let factors = Factors::given(given.theta, mu)?;
    factors.aligned(innovation)?;
    Ok(factors)
}

/// Factors that may be left out.
pub fn some_factors(
    what: &str,
    value: Option<FactorsOption>,
    innovation: &Innovation,
) -> Result<Option<Factors>> {
    value
        .map(|v| factors_of(&v.0, innovation).map_err(|e| e.at(what)))
        .transpose()
}

/// Gives the warnings of factors with the place they are about, if it is known.
pub fn say(host: &Host, factors: &Factors, about: &About, location: Option<String>) {
    let spot = Spot {
        region: about.region.clone(),
        window: about.window,
    };
    let region = (!about.region.is_empty()).then(|| spot.to_string());
    let location = location.or(region);
    for warning in &factors.warnings {
        match &location {
            Some(location) => host.warn_at(warning, &spot, location),
            None => host.warn(warning.clone()),
        }
    }
    if factors.at_floor() {
        host.count_at("theta_at_floor", &spot);
    }
}

/// The factors of a scheme without a region or window, with its warnings.
pub fn estimated(
    context: &NativeCallContext,
    scheme: &dyn Inflation,
    innovation: &Innovation,
) -> Result<Factors> {
    let factors = scheme.estimate(innovation, &Fallback::none())?;
    say(&Host::of(context), &factors, &About::default(), None);
    Ok(factors)
}

#[export_module]
mod functions {
    /// Gives the warnings of factors once more, each with a place. `estimate` has given them with
    /// the place in its options.
    ///
    /// # Arguments
    /// - `place`: such as a region and a window.
    pub fn warn_at(context: NativeCallContext, factors: &mut Factors, location: &str) {
        for w in &factors.warnings {
            Host::of(&context).warn(Warning::new(&w.name, format!("{} ({location})", w.message)));
        }
    }

    /// The factor of the forecast error covariance.
    #[rhai_fn(get = "theta")]
    pub fn theta(factors: &mut Factors) -> f64 {
        factors.theta
    }
    /// The factor of each source's error covariance, a map by name.
    #[rhai_fn(get = "mu")]
    pub fn mu(factors: &mut Factors) -> Map {
        factors
            .mu
            .iter()
            .map(|(n, v)| (n.as_str().into(), Dynamic::from(*v)))
            .collect()
    }
    /// Factors of single observations' error variances on top of mu, an array of `#{ observation,
    /// factor }`.
    #[rhai_fn(get = "observations")]
    pub fn observations(factors: &mut Factors) -> rhai::Array {
        let one = |(o, f): &(usize, f64)| {
            Dynamic::from_map(Map::from_iter([
                ("observation".into(), (*o as i64).into()),
                ("factor".into(), (*f).into()),
            ]))
        };
        factors.observations.iter().map(one).collect()
    }
    /// Names of the factors that stand at a bound.
    #[rhai_fn(get = "at_bound")]
    pub fn at_bound(factors: &mut Factors) -> rhai::Array {
        factors
            .at_bound
            .iter()
            .map(|n| Dynamic::from(n.clone()))
            .collect()
    }
    /// Iterations taken.
    #[rhai_fn(get = "iterations")]
    pub fn iterations(factors: &mut Factors) -> i64 {
        factors.iterations as i64
    }
    /// Whether the scheme reached its condition.
    #[rhai_fn(get = "converged")]
    pub fn converged(factors: &mut Factors) -> bool {
        factors.converged
    }
    /// ln L at the factors, without the constant.
    #[rhai_fn(get = "log_likelihood")]
    pub fn log_likelihood(factors: &mut Factors) -> f64 {
        factors.log_likelihood
    }
}
