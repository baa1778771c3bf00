//! No localization: one region, all observations.

use super::{Localization, Selection, SelectionContext};
use crate::error::Result;
use crate::grid::LatLonGrid;
use ndarray::Array2;
use std::fmt;

/// One region for the whole globe.
#[derive(Debug, Clone, PartialEq)]
pub struct Global {
    name: [String; 1],
    weight: Array2<f64>,
}

impl Global {
    /// On a grid.
    pub fn new(grid: &LatLonGrid) -> Self {
        Global {
            name: ["Globe".to_string()],
            weight: Array2::ones((grid.n_lat(), grid.n_lon())),
        }
    }
}

impl Localization for Global {
    fn regions(&self) -> &[String] {
        &self.name
    }
    fn selection(&self, _: usize, context: &SelectionContext) -> Result<Selection> {
        context.check()?;
        Ok(Selection {
            observations: (0..context.latitude.len()).collect(),
            ..Selection::default()
        })
    }
    fn weights(&self, _: usize) -> &Array2<f64> {
        &self.weight
    }
}

impl fmt::Display for Global {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "localization::none()")
    }
}
