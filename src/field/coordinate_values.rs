//! Numbers or instants along a dimension, with the bounds of the cells they stand for.

use serde::{Deserialize, Serialize};
use std::ops::Deref;
use std::sync::Arc;

/// The labels along a dimension, and of each the two ends of its cell where those are known. Two
/// are equal where their labels are.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CoordinateValues<T> {
    values: Arc<[T]>,
    bounds: Option<Arc<[[T; 2]]>>,
    /// Whether the numbers grow downwards.
    down: Option<bool>,
}

impl<T: Copy> CoordinateValues<T> {
    /// With the ends of each cell; as they are, where there are not as many.
    pub fn with_bounds(mut self, bounds: Vec<[T; 2]>) -> Self {
        if bounds.len() == self.values.len() {
            self.bounds = Some(bounds.into());
        }
        self
    }
    /// With the ends of cells that lie side by side: one more than there are cells.
    pub fn between(self, edges: &[T]) -> Self {
        self.with_bounds(edges.windows(2).map(|w| [w[0], w[1]]).collect())
    }
    /// The two ends of each cell, if they are known.
    pub fn bounds(&self) -> Option<&[[T; 2]]> {
        self.bounds.as_deref()
    }
    /// The ends of cells that lie side by side, one more than there are cells.
    pub fn edges(&self) -> Option<Vec<T>>
    where
        T: PartialEq,
    {
        let bounds = self.bounds()?;
        let joined = bounds.windows(2).all(|w| w[0][1] == w[1][0]);
        let last = bounds.last().filter(|_| joined)?[1];
        Some(bounds.iter().map(|b| b[0]).chain([last]).collect())
    }
    /// Along the vertical: said to grow downwards, as pressure does, or upwards, as height does.
    pub fn pointing(mut self, down: Option<bool>) -> Self {
        self.down = down;
        self
    }
    /// Whether the numbers of a vertical grow downwards, if it is said.
    pub fn down(&self) -> Option<bool> {
        self.down
    }
    /// The labels at `positions`, with their cells.
    pub fn take(&self, positions: &[usize]) -> Self {
        let bounds = self.bounds.as_ref();
        CoordinateValues {
            values: positions.iter().map(|k| self.values[*k]).collect(),
            bounds: bounds.map(|b| positions.iter().map(|k| b[*k]).collect()),
            down: self.down,
        }
    }
}

impl<T> Deref for CoordinateValues<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.values
    }
}

impl<T: PartialEq> PartialEq for CoordinateValues<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.values, &other.values) || self.values == other.values
    }
}

impl<T, V: Into<Arc<[T]>>> From<V> for CoordinateValues<T> {
    fn from(values: V) -> Self {
        CoordinateValues {
            values: values.into(),
            bounds: None,
            down: None,
        }
    }
}

impl<T> FromIterator<T> for CoordinateValues<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        values.into_iter().collect::<Arc<[T]>>().into()
    }
}
