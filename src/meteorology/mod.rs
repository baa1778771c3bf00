//! Winds and mixing: one file per driver.

use crate::error::Result;
use crate::grid::Grid;
use crate::time::Time;
use ndarray::{Array2, Array3};
use std::fmt;
use std::sync::Arc;

/// The state of the air that observation operators need, at one instant.
#[derive(Debug, Clone)]
pub struct Atmosphere {
    /// The grid.
    pub grid: Arc<Grid>,
    /// Dry surface pressure (lat, lon) \[Pa\]; edges follow from the grid's hybrid levels.
    pub surface_pressure: Array2<f64>,
    /// Height of the model surface above sea level (lat, lon) \[m\].
    pub surface_height: Array2<f64>,
    /// Height of level middles above sea level (level, lat, lon) \[m\].
    pub height: Array3<f64>,
}

/// A source of winds and mixing.
pub trait Meteorology: Send + Sync + fmt::Display + fmt::Debug {
    /// The grid it is given on.
    fn grid(&self) -> &Arc<Grid>;
    /// Pressure and heights at one instant.
    fn atmosphere(&self, time: Time) -> Result<Atmosphere>;
}
