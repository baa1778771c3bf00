//! Inflation factors as values: what a scheme finds, or what a script gives.

use crate::error::{Error, Result, Warning};
use crate::inflation::{Factors, Fallback, Inflation};
use crate::innovation::{About, Innovation};
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::describe;
use crate::script::bridge::warnings::Spot;
use crate::script::{Host, Options, read};
use rhai::plugin::*;
use rhai::{Dynamic, Map};

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
    let mut o = Options::new("inflation factors", read("inflation factors", value)?);
    let theta = o.required::<f64>("theta")?;
    let mu = o.or::<Dynamic>("mu", Dynamic::from(1.0))?;
    o.finish()?;
    let names = innovation.sources().iter().map(|s| s.name().to_string());
    let mu: Vec<(String, f64)> = match mu.as_map_ref() {
        Ok(map) => {
            let mu = map
                .iter()
                .map(|(k, v)| Ok((k.to_string(), read(&format!("mu.{k}"), v)?)))
                .collect::<Result<Vec<_>>>()?;
            for (name, _) in &mu {
                innovation.source(name)?;
            }
            mu
        }
        Err(_) => {
            let one = read::<f64>("mu", &mu)?;
            names.map(|n| (n, one)).collect()
        }
    };
    let factors = Factors::given(theta, mu)?;
    factors.aligned(innovation)?;
    Ok(factors)
}

/// Factors that may be left out.
pub fn some_factors(
    what: &str,
    value: Option<Dynamic>,
    innovation: &Innovation,
) -> Result<Option<Factors>> {
    match value {
        None => Ok(None),
        Some(v) if v.is_unit() => Ok(None),
        Some(v) => factors_of(&v, innovation).map(Some).map_err(|e| e.at(what)),
    }
}

/// Gives the warnings of factors with the place they are about, if it is known.
pub fn say(host: &Host, factors: &Factors, about: &About, place: Option<String>) {
    let spot = Spot {
        region: about.region.clone(),
        window: about.window,
    };
    let region = (!about.region.is_empty()).then(|| spot.to_string());
    let place = place.or(region);
    for warning in &factors.warnings {
        match &place {
            Some(place) => host.warn_at(warning, &spot, place),
            None => host.warn(warning.clone()),
        }
    }
    if factors.at_floor() {
        host.count_at("theta_at_floor", &spot);
    }
}

/// What a scheme finds without being told where, with its warnings given.
pub fn estimated(
    context: &NativeCallContext,
    scheme: &dyn Inflation,
    innovation: &Innovation,
) -> Result<Factors> {
    let found = scheme.estimate(innovation, &Fallback::none())?;
    say(&Host::of(context), &found, &About::default(), None);
    Ok(found)
}

#[export_module]
mod functions {
    /// Gives the warnings of factors once more, each with a place. `estimate` has given them with
    /// the place in its options.
    ///
    /// # Arguments
    /// - `place`: such as a region and a window.
    pub fn warn_at(context: NativeCallContext, factors: &mut Factors, place: &str) {
        for w in &factors.warnings {
            Host::of(&context).warn(Warning::new(&w.name, format!("{} ({place})", w.message)));
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
