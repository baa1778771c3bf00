//! A named dimension and its coordinate.

use super::CoordinateValues;
use crate::error::Warning;
use crate::time::Time;
use crate::units::Unit;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The labels along a dimension.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Coordinate {
    /// Positions only: 0, 1, 2, ... of this length.
    Index(usize),
    /// Numbers with a unit, such as latitudes.
    Numbers(CoordinateValues<f64>, Unit),
    /// Instants.
    Times(CoordinateValues<Time>),
    /// Names, such as regions.
    Labels(Arc<[String]>),
}

impl Coordinate {
    /// Number of labels.
    pub fn len(&self) -> usize {
        match self {
            Coordinate::Index(n) => *n,
            Coordinate::Numbers(v, _) => v.len(),
            Coordinate::Times(v) => v.len(),
            Coordinate::Labels(v) => v.len(),
        }
    }
    /// Whether there are no labels.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The labels at `positions`.
    pub fn take(&self, positions: &[usize]) -> Coordinate {
        match self {
            Coordinate::Index(_) => Coordinate::Index(positions.len()),
            Coordinate::Numbers(v, u) => Coordinate::Numbers(v.take(positions), u.clone()),
            Coordinate::Times(v) => Coordinate::Times(v.take(positions)),
            Coordinate::Labels(v) => {
                Coordinate::Labels(positions.iter().map(|k| v[*k].clone()).collect())
            }
        }
    }
    /// Label `k` as text.
    pub fn label(&self, k: usize) -> String {
        match self {
            Coordinate::Index(_) => k.to_string(),
            Coordinate::Numbers(v, _) => super::display::significant(v[k], 7),
            Coordinate::Times(v) => v[k].to_string(),
            Coordinate::Labels(v) => v[k].clone(),
        }
    }
}

/// A named dimension.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dimension {
    /// Such as `time`, `lat`, `lon`, `level`, `member`, `region`.
    pub name: String,
    /// The labels.
    pub coordinate: Coordinate,
}

impl Dimension {
    /// What is suspicious in the order of instants: some come more than once, or before the one
    /// that they follow.
    pub fn disorder(&self) -> Option<Warning> {
        let Coordinate::Times(times) = &self.coordinate else {
            return None;
        };
        if times.windows(2).all(|w| w[0] < w[1]) {
            return None;
        }
        let mut sorted = times.to_vec();
        sorted.sort_unstable();
        let twice = sorted.windows(2).find(|w| w[0] == w[1]);
        match (twice, times.windows(2).find(|w| w[1] < w[0])) {
            (Some(w), _) => Some(Warning::new(
                "repeated_dates",
                format!("along \"{}\" {} comes more than once", self.name, w[0]),
            )),
            (None, Some(w)) if times.windows(2).any(|w| w[0] < w[1]) => Some(Warning::new(
                "unsorted_dates",
                format!("along \"{}\" {} follows {}", self.name, w[1], w[0]),
            )),
            _ => None,
        }
    }

    /// A dimension with positions only.
    pub fn index(name: &str, n: usize) -> Self {
        Dimension {
            name: name.into(),
            coordinate: Coordinate::Index(n),
        }
    }
    /// A dimension of numbers.
    pub fn numbers(name: &str, values: impl Into<CoordinateValues<f64>>, unit: Unit) -> Self {
        Dimension {
            name: name.into(),
            coordinate: Coordinate::Numbers(values.into(), unit),
        }
    }
    /// A dimension of instants.
    pub fn times(values: impl Into<CoordinateValues<Time>>) -> Self {
        Dimension {
            name: "time".into(),
            coordinate: Coordinate::Times(values.into()),
        }
    }
    /// A dimension of names.
    pub fn labels(name: &str, values: impl Into<Arc<[String]>>) -> Self {
        Dimension {
            name: name.into(),
            coordinate: Coordinate::Labels(values.into()),
        }
    }
    /// Number of labels and the outermost ones, as text.
    pub fn span(&self) -> String {
        let label = |k: usize| self.coordinate.label(k);
        if self.is_empty() {
            "none".into()
        } else {
            format!(
                "{} from {} to {}",
                self.len(),
                label(0),
                label(self.len() - 1)
            )
        }
    }
    /// Number of labels.
    pub fn len(&self) -> usize {
        self.coordinate.len()
    }
    /// Whether there are no labels.
    pub fn is_empty(&self) -> bool {
        self.coordinate.is_empty()
    }
}
