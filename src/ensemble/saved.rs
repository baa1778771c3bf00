//! Concentrations taken apart for a checkpoint, and put together again with every bit.

use super::Concentrations;
use super::concentrations::{Block, LANES};
use crate::error::{Error, Result};
use crate::grid::Grid;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// All of concentrations but their blocks of anomalies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedConcentrations {
    /// The grid in words.
    grid: String,
    /// Cells of the grid.
    cells: usize,
    /// Of each member \[mol mol-1\].
    background: Vec<f64>,
    synthetic: bool,
}

impl SavedConcentrations {
    /// How many blocks there are.
    pub fn n_blocks(&self) -> usize {
        self.background.len().div_ceil(LANES)
    }
}

impl Concentrations {
    /// What there is besides [`Concentrations::blocks`].
    pub fn saved(&self) -> SavedConcentrations {
        SavedConcentrations {
            grid: self.grid().to_string(),
            cells: self.grid().n_cells(),
            background: self.background().to_vec(),
            synthetic: self.synthetic(),
        }
    }

    /// Concentrations from what was saved and the values of their blocks.
    ///
    /// # Errors
    /// Another grid, or values that do not fit it.
    pub fn restored(
        grid: &Arc<Grid>,
        saved: SavedConcentrations,
        values: Vec<Vec<f32>>,
    ) -> Result<Self> {
        if (saved.cells, &saved.grid) != (grid.n_cells(), &grid.to_string()) {
            return Err(Error::new("the concentrations are on another grid")
                .expected(grid)
                .got(saved.grid));
        }
        let mut concentrations = Concentrations::around(grid, saved.background)?;
        let fit = concentrations.blocks().iter().map(|b| b.values.len());
        if !fit.eq(values.iter().map(Vec::len)) {
            return Err(Error::new("the concentrations do not fit their grid"));
        }
        let put = |(block, values): (&mut Block<f32>, Vec<f32>)| block.values = values;
        concentrations
            .blocks_mut()
            .iter_mut()
            .zip(values)
            .for_each(put);
        concentrations.touched_by(saved.synthetic);
        Ok(concentrations)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_comes_back_on_the_same_grid_only() {
        let grid = Grid::geos(30.0, 30.0).unwrap();
        let backgrounds = (0..70).map(|m| 4e-4 + 1e-7 * f64::from(m)).collect();
        let mut c = Concentrations::<f32>::around(&grid, backgrounds).unwrap();
        (0..70).for_each(|m| c.set(m, m, 4e-4 * (m as f64).cos()));
        c.touched_by(true);
        let values = || {
            c.blocks()
                .iter()
                .map(|b| b.values.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(c.saved().n_blocks(), 2);
        let back = Concentrations::restored(&grid, c.saved(), values()).unwrap();
        assert_eq!(back.saved(), c.saved());
        let same = |(a, b): (&Block<f32>, &Block<f32>)| a.values == b.values;
        assert!(back.blocks().iter().zip(c.blocks()).all(same));
        let other = Grid::geos(20.0, 30.0).unwrap();
        let refusal = Concentrations::restored(&other, c.saved(), values());
        assert!(refusal.unwrap_err().to_string().contains("another grid"));
        assert!(Concentrations::restored(&grid, c.saved(), vec![vec![]; 2]).is_err());
    }
}
