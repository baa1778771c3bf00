//! The air over an observation, for operators that weight the levels of a profile.

use super::{Equivalent, OfProfile, Stencil};
use crate::error::{Error, Result};
use crate::grid::Grid;
use crate::meteorology::Atmosphere;
use crate::observation::Observation;
use std::sync::Arc;

/// The column of air over a position, bilinear between the four columns of cells around it; levels
/// from the surface up.
#[derive(Debug, Clone)]
pub struct AirColumn {
    /// Dry pressure at the edges of the levels (n_levels + 1), falling \[Pa\].
    pub edges: Vec<f64>,
    /// Dry pressure at the middles of the levels (n_levels) \[Pa\].
    pub pressure: Vec<f64>,
    /// Height of the middles of the levels above sea level (n_levels) \[m\].
    pub height: Vec<f64>,
    /// Height of the model's surface above sea level \[m\].
    pub surface_height: f64,
    grid: Arc<Grid>,
    corners: [(usize, usize, f64); 4],
}

impl AirColumn {
    /// The air over an observation.
    ///
    /// # Errors
    /// A position outside the grid.
    pub fn over(o: &Observation, air: &Atmosphere) -> Result<Self> {
        o.check_position()?;
        let grid = air.grid.clone();
        let corners = grid.horizontal.bilinear(o.latitude, o.longitude);
        let mean = |of: &dyn Fn(usize, usize) -> f64| {
            let parts = corners.iter().map(|(j, i, share)| share * of(*j, *i));
            parts.sum::<f64>()
        };
        // An edge is linear in the surface pressure, so that its mean is that of the mean pressure.
        let surface = mean(&|j, i| air.surface_pressure[[j, i]]);
        let n = grid.levels.len();
        Ok(AirColumn {
            edges: (0..=n).map(|k| grid.levels.edge(k, surface)).collect(),
            pressure: (0..n).map(|k| grid.levels.middle(k, surface)).collect(),
            height: (0..n)
                .map(|k| mean(&|j, i| air.height[[k, j, i]]))
                .collect(),
            surface_height: mean(&|j, i| air.surface_height[[j, i]]),
            corners,
            grid,
        })
    }

    /// offset + sum over the levels of weight * c.
    ///
    /// # Errors
    /// Another number of weights than levels, or numbers that are not finite.
    pub fn weighted(&self, offset: f64, weights: &[f64]) -> Result<Equivalent> {
        if weights.len() != self.pressure.len() {
            return Err(
                Error::new("an observation operator needs a weight for each level")
                    .expected(format!("{} weights", self.pressure.len()))
                    .got(weights.len()),
            );
        }
        if let Some(bad) = weights.iter().chain([&offset]).find(|w| !w.is_finite()) {
            return Err(
                Error::new("an observation operator gave a weight that is not finite").got(bad),
            );
        }
        let mut stencil = self.stencil(weights.iter().copied().enumerate());
        stencil.offset = offset;
        Ok(Equivalent::Linear(stencil))
    }

    /// Any function of the profile over the observation, in general not a linear one.
    pub fn function(&self, value: OfProfile) -> Equivalent {
        let levels = (0..self.pressure.len()).map(|k| self.stencil([(k, 1.0)]));
        Equivalent::OfProfile(levels.collect(), value)
    }

    fn stencil(&self, weights: impl IntoIterator<Item = (usize, f64)>) -> Stencil {
        let mut stencil = Stencil::default();
        for (k, weight) in weights {
            for (j, i, share) in self.corners {
                stencil.add(self.grid.cell(k, j, i), share * weight);
            }
        }
        stencil
    }
}
