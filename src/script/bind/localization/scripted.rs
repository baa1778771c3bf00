//! A closure that chooses or weighs the observations of a region.

use crate::error::{Error, Result};
use crate::field::Field;
use crate::grid::LatLonGrid;
use crate::localization::{Localization, Selection, SelectionContext};
use crate::script::bind::innovation::about::about_map;
use crate::script::bridge::arrays::field_of;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::{ScriptFunction, read};
use ndarray::{Array2, ArrayView2};
use rhai::{Array, Dynamic, Map};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Regions and seams of a built-in localization, observations chosen or weighed by a closure of
/// (region, context) or (region, context, about).
#[derive(Debug)]
pub(super) struct Scripted {
    pub base: Arc<dyn Localization>,
    pub choose: ScriptFunction,
}

impl Scripted {
    /// The context as it is passed to the closure.
    fn context(&self, region: usize, context: &SelectionContext) -> Result<Map> {
        let numbers = |v: &[f64]| v.iter().map(|x| Dynamic::from(*x)).collect::<Array>();
        let rows = |name: &str, of: ArrayView2<f64>, dims| {
            Dynamic::from(field_of(name, of.to_owned(), dims, None))
        };
        let names = self.base.regions();
        let of_factors = context.factor_region.iter();
        let of_factors: Array = of_factors.map(|r| names[*r].clone().into()).collect();
        let base = self.base.selection(region, context)?.observations;
        let base: Array = base.iter().map(|k| Dynamic::from(*k as i64)).collect();
        let equivalents = context.equivalents;
        Ok(Map::from_iter([
            ("latitude".into(), numbers(context.latitude).into()),
            ("longitude".into(), numbers(context.longitude).into()),
            (
                "equivalents".into(),
                rows("equivalents", equivalents, ["observation", "member"]),
            ),
            (
                "factors".into(),
                rows("factors", context.factors, ["factor", "member"]),
            ),
            ("factor_region".into(), of_factors.into()),
            ("base".into(), base.into()),
        ]))
    }
}

impl Localization for Scripted {
    fn regions(&self) -> &[String] {
        self.base.regions()
    }

    fn selection(&self, region: usize, context: &SelectionContext) -> Result<Selection> {
        context.check()?;
        let name = &self.base.regions()[region];
        let about = about_map(&context.about, context.equivalents.ncols(), vec![]);
        let arguments = [
            Dynamic::from(name.clone()),
            self.context(region, context)?.into(),
        ];
        self.choose
            .call_and(arguments, about)
            .and_then(|answer| chosen(&answer, context.latitude.len()))
            .map_err(|e| e.at(format!("the localization function, region {name}")))
    }

    fn weights(&self, region: usize) -> &Array2<f64> {
        self.base.weights(region)
    }

    fn region_at(&self, grid: &LatLonGrid, lat: f64, lon: f64) -> usize {
        self.base.region_at(grid, lat, lon)
    }
}

options! {
    /// What a choosing function may answer with.
    struct Choice of "the choice of observations" {
        /// A weight from 0 to 1 for every observation that is chosen.
        weights: Vec<f64>,
        /// Positions of the observations, counted from 0; where not given all of them.
        observations: Option<Vec<usize>>,
    }
}

/// The selection that an answer means, of `n` observations.
fn chosen(answer: &Dynamic, n: usize) -> Result<Selection> {
    if answer.is_map() {
        let map = read("the choice", answer)?;
        let choice = Choice::read_as("the choice of observations", map, None)?;
        let all = || (0..n).collect();
        return weighed(choice.observations.unwrap_or_else(all), choice.weights, n);
    }
    match answer.as_array_ref() {
        Ok(list) if list.iter().any(Dynamic::is_float) => {}
        _ if answer.is::<Field>() => {}
        _ => {
            let mut observations: Vec<usize> = read("the choice of observations", answer)?;
            observations.sort_unstable();
            observations.dedup();
            within(&observations, n)?;
            return Ok(Selection {
                observations,
                ..Selection::default()
            });
        }
    }
    weighed((0..n).collect(), read("the weights", answer)?, n)
}

/// Observations with their weights; those of weight 0 are left out.
fn weighed(observations: Vec<usize>, weights: Vec<f64>, n: usize) -> Result<Selection> {
    within(&observations, n)?;
    if weights.len() != observations.len() {
        return Err(Error::new("every observation needs a weight")
            .expected(observations.len())
            .got(weights.len()));
    }
    if let Some(k) = weights.iter().position(|w| !(0.0..=1.0).contains(w)) {
        return Err(Error::new("the weight of an observation is out of range")
            .expected("0 to 1")
            .got(weights[k])
            .at(format!("observation {}", observations[k])));
    }
    let mut weight_of = BTreeMap::new();
    for (observation, weight) in observations.into_iter().zip(weights) {
        if weight_of.insert(observation, weight).is_some() {
            return Err(Error::new(format!(
                "observation {observation} is chosen twice"
            )));
        }
    }
    weight_of.retain(|_, weight| *weight > 0.0);
    let (observations, weights) = weight_of.into_iter().unzip();
    Ok(Selection {
        observations,
        weights: Some(weights),
        ..Selection::default()
    })
}

fn within(observations: &[usize], n: usize) -> Result<()> {
    match observations.iter().find(|o| **o >= n) {
        Some(beyond) => Err(Error::new("there is no such observation")
            .expected(format!("positions below {n}"))
            .got(beyond)
            .hint("positions in context.latitude, counted from 0")),
        None => Ok(()),
    }
}

impl fmt::Display for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "localization::choosing({}, {})", self.base, self.choose)
    }
}
