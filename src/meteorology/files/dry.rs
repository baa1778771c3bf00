//! Dry air of a fixed total mass: files drift by tenths of a pascal, the atmosphere does not.

use crate::grid::Grid;
use crate::meteorology::mean_state::MEAN_DRY_PRESSURE;
use crate::meteorology::unite_polar_rows;
use ndarray::Array2;

/// Makes the polar rows of a surface pressure on the model's grid uniform and its global mean that
/// of the dry atmosphere. Returns the factor that did it.
pub fn scale_to_dry_mean(grid: &Grid, pressure: &mut Array2<f64>) -> f64 {
    unite_polar_rows(&mut pressure.view_mut());
    let h = &grid.horizontal;
    let weighted: f64 = pressure
        .rows()
        .into_iter()
        .enumerate()
        .map(|(j, row)| h.area(j) * row.sum())
        .sum();
    let area: f64 = (0..h.n_lat()).map(|j| h.area(j) * h.n_lon() as f64).sum();
    let factor = MEAN_DRY_PRESSURE * area / weighted;
    pressure.mapv_inplace(|p| p * factor);
    factor
}
