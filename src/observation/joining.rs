//! One observation from several: their mean and what is known of its error.
//!
//! With weights w, equal or 1 / s^2 of the stated errors s, the mean is sum w y / sum w, and so are
//! position and time; of the geometry the operator takes the mean with the same weights, so that it
//! is the mean of the operators. Its variance is
//!
//! sum_ij w_i w_j s_i s_j r_ij / (sum w)^2,  r_ij = c + (1 - c) exp(-d_ij / L) for i not j,
//!
//! with a constant correlation c and, where a length L is given, one that falls with the distance d
//! (Baker et al. 2022, doi 10.5194/gmd-15-649-2022). What a mean does not reduce, the error of
//! representation, is added in quadrature after it; a floor comes last.

use super::{Interval, Observation, ObservationOperator, Observations, attributes};
use crate::error::{Error, Result};
use crate::grid::great_circle_km;
use crate::table::{Column, Table};
use crate::time::Time;
use std::collections::BTreeSet;
use std::sync::Arc;

/// How the error of a mean follows from those of what is joined.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Joining {
    /// Correlation c of the errors joined, 0 to 1.
    pub correlation: f64,
    /// Distance L over which a further correlation falls to 1/e \[km\]; none without it.
    pub length_km: Option<f64>,
    /// Whether the weights are 1 / s^2; they are equal otherwise, and where an error is not stated.
    pub weighted: bool,
    /// Standard deviation that a mean does not reduce \[mol mol-1\].
    pub representation: f64,
    /// Least error of a mean \[mol mol-1\].
    pub floor: f64,
    /// Least number joined; means of fewer are left out.
    pub minimum: usize,
    /// Whether a mean of instants is one over the interval from the first to the last.
    pub over_interval: bool,
}

/// Observations that are means of others, and what each is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct SuperObservations {
    /// The means, in order of time. Their attributes tell how many observations are joined in each
    /// (`n_joined`) and which (`joined`: identifiers, or site and time; empty where it is one).
    pub observations: Observations,
    /// For each, the positions in the original table of those joined in it.
    pub members: Vec<Vec<usize>>,
    /// How many observations were there twice, and count once.
    pub duplicates: usize,
    /// How many were in groups too small.
    pub too_few: usize,
}

impl Joining {
    /// # Errors
    /// Numbers out of range.
    pub fn check(&self) -> Result<()> {
        let at_least = |x: f64| x >= 0.0 && x.is_finite();
        let sound = (0.0..=1.0).contains(&self.correlation)
            && at_least(self.floor)
            && at_least(self.representation)
            && self.length_km.is_none_or(|l| l > 0.0 && l.is_finite());
        if sound {
            return Ok(());
        }
        Err(
            Error::new("super-observations cannot be made with these numbers")
                .expected("a correlation from 0 to 1, a positive length, errors of at least 0")
                .got(format!("{self:?}")),
        )
    }

    /// The means of groups of `all`, in order of time.
    ///
    /// # Errors
    /// Operators whose mean is none of their kind.
    pub fn apply(
        &self,
        all: &Observations,
        groups: impl IntoIterator<Item = Vec<usize>>,
    ) -> Result<SuperObservations> {
        let twice: BTreeSet<usize> = all.duplicates().into_iter().collect();
        let (mut joined, mut too_few) = (Vec::new(), 0);
        for mut rows in groups {
            rows.retain(|k| !twice.contains(k));
            match rows.len() {
                0 => {}
                n if n < self.minimum => too_few += n,
                _ => joined.push((self.join(all, &rows)?, rows)),
            }
        }
        joined.sort_by_key(|(o, rows)| (o.time, rows[0]));
        let (rows, members): (_, Vec<Vec<usize>>) = joined.into_iter().unzip();
        let observations = Observations {
            sources: all.sources.clone(),
            attributes: attributes::joined(&all.attributes, &members)?,
            rows,
            ..Observations::default()
        };
        Ok(SuperObservations {
            observations: named(observations, all, &members)?,
            members,
            duplicates: twice.len(),
            too_few,
        })
    }

    /// The mean of some rows.
    fn join(&self, all: &Observations, rows: &[usize]) -> Result<Observation> {
        let rows: Vec<&Observation> = rows.iter().map(|k| &all.rows[*k]).collect();
        let first = rows[0];
        if rows.len() == 1 {
            let error = self.beyond(first.error * first.error);
            return Ok(Observation {
                error,
                ..first.clone()
            });
        }
        let weights = self.weights(&rows);
        let mean = |value: &dyn Fn(&Observation) -> f64| {
            let parts = rows.iter().zip(&weights).map(|(o, w)| w * value(o));
            parts.sum::<f64>()
        };
        let turn = |lon: f64| (lon - first.longitude + 180.0).rem_euclid(360.0) - 180.0;
        let longitude =
            (first.longitude + mean(&|o| turn(o.longitude)) + 180.0).rem_euclid(360.0) - 180.0;
        let since = mean(&|o| o.time.since(first.time));
        let interval = self.interval(&rows);
        let middle = (first.time.seconds() as f64 + since).round() as i64;
        Ok(Observation {
            site: sites(&rows).into(),
            time: interval.map_or(Time::from_seconds(middle), Interval::middle),
            interval,
            latitude: mean(&|o| o.latitude),
            longitude,
            altitude: mean(&|o| o.altitude),
            value: mean(&|o| o.value),
            error: self.beyond(self.variance(&rows, &weights)),
            id: None,
            sampling: mean_operator(&rows, &weights)?,
            ..first.clone()
        })
    }

    /// Weights that add up to one.
    fn weights(&self, rows: &[&Observation]) -> Vec<f64> {
        let stated = rows.iter().all(|o| o.error > 0.0);
        let weight = |o: &&Observation| match self.weighted && stated {
            true => (o.error * o.error).recip(),
            false => 1.0,
        };
        let weights: Vec<f64> = rows.iter().map(weight).collect();
        let total: f64 = weights.iter().sum();
        weights.into_iter().map(|w| w / total).collect()
    }

    fn variance(&self, rows: &[&Observation], weights: &[f64]) -> f64 {
        let parts: Vec<f64> = rows.iter().zip(weights).map(|(o, w)| w * o.error).collect();
        let squares: f64 = parts.iter().map(|p| p * p).sum();
        let c = self.correlation;
        let constant = (1.0 - c) * squares + c * parts.iter().sum::<f64>().powi(2);
        let Some(length) = self.length_km else {
            return constant;
        };
        let mut near = 0.0;
        for (i, a) in rows.iter().enumerate() {
            for (j, b) in rows.iter().enumerate().skip(i + 1) {
                let apart = great_circle_km((a.latitude, a.longitude), (b.latitude, b.longitude));
                near += 2.0 * parts[i] * parts[j] * (-apart / length).exp();
            }
        }
        constant + (1.0 - c) * near
    }

    /// The error of a mean of this variance.
    fn beyond(&self, variance: f64) -> f64 {
        let sd = (variance + self.representation.powi(2)).sqrt();
        if sd.is_nan() { sd } else { sd.max(self.floor) }
    }

    fn interval(&self, rows: &[&Observation]) -> Option<Interval> {
        if !self.over_interval && rows.iter().all(|o| o.interval.is_none()) {
            return None;
        }
        let begin = rows.iter().map(|o| o.begin()).min()?;
        let end = rows.iter().map(|o| o.end()).max()?;
        Interval::new(begin, end).ok()
    }
}

impl Observations {
    /// Names of what observation `k` is made of: its own, if it is no mean of others.
    pub fn made_of(&self, k: usize) -> Vec<String> {
        let joined = names(&self.attributes).map_or("", |names| &names[k]);
        match joined.is_empty() {
            true => vec![self.rows[k].name()],
            false => joined.split(' ').map(str::to_string).collect(),
        }
    }
}

/// The names of what means are made of, in their attributes.
fn names(attributes: &Table) -> Option<&[String]> {
    match attributes.find("joined")? {
        Column::Text(names) => Some(names),
        _ => None,
    }
}

/// With the attributes that tell what each mean is made of.
fn named(joined: Observations, all: &Observations, members: &[Vec<usize>]) -> Result<Observations> {
    let counts = match all.attributes.find("n_joined") {
        Some(Column::Numbers(counts, _)) => counts.as_slice(),
        _ => &[],
    };
    let joined_before = names(&all.attributes).unwrap_or_default();
    let count = |k: usize| counts.get(k).copied().filter(|n| *n >= 1.0).unwrap_or(1.0);
    let total = |rows: &Vec<usize>| rows.iter().map(|k| count(*k)).sum::<f64>();
    let names = |rows: &Vec<usize>| match rows[..] {
        [one] if count(one) == 1.0 => String::new(),
        _ => {
            let mut text = String::new();
            for k in rows {
                text += if text.is_empty() { "" } else { " " };
                match (joined_before.get(*k), &all.rows[*k].id) {
                    (Some(names), _) if !names.is_empty() => text += names,
                    (_, Some(id)) => text += id,
                    (_, None) => text += &all.rows[*k].name(),
                }
            }
            text
        }
    };
    let counts = members.iter().map(total).collect::<Vec<_>>();
    joined
        .with_attribute("n_joined", Column::numbers(counts))?
        .with_attribute("joined", Column::Text(members.iter().map(names).collect()))
}

/// The sites of the rows, in order of name.
fn sites(rows: &[&Observation]) -> String {
    let all: BTreeSet<&str> = rows.iter().map(|o| &*o.site).collect();
    let some: Vec<&str> = all.iter().copied().take(3).collect();
    match all.len() - some.len() {
        0 => some.join("+"),
        more => format!("{}+{more} more", some.join("+")),
    }
}

/// The operator that is the mean of those of the rows.
fn mean_operator(rows: &[&Observation], weights: &[f64]) -> Result<Arc<dyn ObservationOperator>> {
    let first = &rows[0].sampling;
    if rows.iter().all(|o| Arc::ptr_eq(&o.sampling, first)) {
        return Ok(first.clone());
    }
    let operators: Vec<&dyn ObservationOperator> = rows.iter().map(|o| &*o.sampling).collect();
    first.mean(&operators, weights)
}

#[cfg(test)]
mod tests;
