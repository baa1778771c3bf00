//! Inflation by a closure, and the factors a script gives.

use crate::error::{Error, Result};
use crate::inflation::{Factors, Fallback, Inflation};
use crate::innovation::Innovation;
use crate::script::value::describe;
use crate::script::{Options, ScriptFunction, read};
use rhai::Dynamic;
use std::fmt;
use std::sync::Arc;

/// A closure of (innovation) that gives `#{ theta, mu }`.
#[derive(Debug)]
pub struct Scripted(pub ScriptFunction);

impl Inflation for Scripted {
    fn estimate(&self, innovation: &Innovation, _: &Fallback) -> Result<Factors> {
        let answer = self.0.call((Arc::new(innovation.clone()),))?;
        factors_of(&answer, innovation).map_err(|e| e.at("the inflation function"))
    }
}

impl fmt::Display for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Factors from what a script gave: factors, or a map `#{ theta, mu: #{ source: value } }`; one number for mu serves all sources.
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
            let mu = map.iter().map(|(k, v)| Ok((k.to_string(), read(&format!("mu.{k}"), v)?))).collect::<Result<Vec<_>>>()?;
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
