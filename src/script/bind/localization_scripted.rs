//! A localization whose observations a closure chooses.

use super::arrays::field_of;
use crate::error::{Error, Result};
use crate::localization::{Localization, Selection, SelectionContext};
use crate::script::ScriptFunction;
use ndarray::Array2;
use rhai::{Dynamic, Map};
use std::fmt;
use std::sync::Arc;

/// Regions and seams of a built-in localization, observations chosen by a closure of (region, context).
#[derive(Debug)]
pub struct Scripted {
    /// Regions, seams and where the choice starts.
    pub base: Arc<dyn Localization>,
    /// The closure.
    pub choose: ScriptFunction,
}

impl Localization for Scripted {
    fn regions(&self) -> &[String] {
        self.base.regions()
    }
    fn selection(&self, region: usize, context: &SelectionContext) -> Result<Selection> {
        context.check()?;
        let name = &self.base.regions()[region];
        let list = |v: &[f64]| Dynamic::from_array(v.iter().map(|x| Dynamic::from(*x)).collect());
        let mut map = Map::new();
        map.insert("latitude".into(), list(context.latitude));
        map.insert("longitude".into(), list(context.longitude));
        map.insert("equivalents".into(), Dynamic::from(field_of("equivalents", context.equivalents.to_owned(), ["observation", "member"], None)));
        map.insert("factors".into(), Dynamic::from(field_of("factors", context.factors.to_owned(), ["factor", "member"], None)));
        map.insert(
            "factor_region".into(),
            Dynamic::from_array(context.factor_region.iter().map(|r| Dynamic::from(self.base.regions()[*r].clone())).collect()),
        );
        map.insert(
            "base".into(),
            Dynamic::from_array(self.base.selection(region, context)?.observations.iter().map(|k| Dynamic::from(*k as i64)).collect()),
        );
        let place = || format!("the localization function, region {name}");
        let mut rows: Vec<usize> = self.choose.call_for("the choice of observations", (name.clone(), map)).map_err(|e| e.at(place()))?;
        rows.sort_unstable();
        rows.dedup();
        match rows.last() {
            Some(last) if *last >= context.latitude.len() => Err(Error::new("there is no such observation")
                .expected(format!("positions below {}", context.latitude.len()))
                .got(last)
                .hint("positions in context.latitude, counted from 0")
                .at(place())),
            _ => Ok(Selection { observations: rows, ..Selection::default() }),
        }
    }
    fn weights(&self, region: usize) -> &Array2<f64> {
        self.base.weights(region)
    }
}

impl fmt::Display for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "localization::choosing({}, {})", self.base, self.choose)
    }
}
