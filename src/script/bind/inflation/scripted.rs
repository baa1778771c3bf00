//! A closure as an inflation scheme.

use crate::error::Result;
use crate::inflation::{Factors, Fallback, Inflation};
use crate::innovation::Innovation;
use crate::script::ScriptFunction;
use crate::script::bind::inflation::factors::factors_of;
use crate::script::bind::innovation::about::about_map;
use rhai::Dynamic;
use std::fmt;
use std::sync::Arc;

/// A closure of (innovation) or (innovation, about) that gives `#{ theta, mu }`.
#[derive(Debug)]
pub struct Scripted(pub ScriptFunction);

impl Inflation for Scripted {
    fn estimate(&self, innovation: &Innovation, fallback: &Fallback) -> Result<Factors> {
        let given = |f: &Option<Factors>| f.clone().map_or(Dynamic::UNIT, Dynamic::from);
        let more = vec![
            ("pooled", given(&fallback.pooled)),
            ("last", given(&fallback.last)),
        ];
        let about = about_map(&fallback.about, innovation.n_members(), more);
        let innovation = Arc::new(innovation.clone());
        let answer = self
            .0
            .call_and([Dynamic::from(innovation.clone())], about)?;
        factors_of(&answer, &innovation).map_err(|e| e.at("the inflation function"))
    }
}

impl fmt::Display for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
