//! Heights of level middles from temperature: the hypsometric equation from the ground up.

use super::mean_state::half_layers;
use crate::grid::Grid;
use ndarray::{Array2, Array3, Axis, Zip};

/// Heights above sea level (level, lat, lon) \[m\] under a surface pressure (lat, lon) \[Pa\], with
/// temperatures of level middles (level, lat, lon) \[K\] and the height of the ground (lat, lon)
/// \[m\].
pub fn heights(
    grid: &Grid,
    surface_pressure: &Array2<f64>,
    temperature: &Array3<f64>,
    ground: &Array2<f64>,
) -> Array3<f64> {
    let half = half_layers(grid, surface_pressure);
    let mut height = Array3::zeros(grid.shape());
    Zip::indexed(height.lanes_mut(Axis(0))).par_for_each(|(j, i), mut column| {
        let mut edge = ground[[j, i]];
        for (k, middle) in column.iter_mut().enumerate() {
            let [lower, upper] =
                [0, 1].map(|part: usize| temperature[[k, j, i]] * half[part][[k, j, i]]);
            *middle = edge + lower;
            edge += lower + upper;
        }
    });
    height
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::constants::{GAS_CONSTANT_DRY_AIR, GRAVITY};

    #[test]
    fn an_isothermal_column_has_the_heights_of_the_barometric_formula() {
        let grid = Grid::geos(30.0, 45.0).unwrap();
        let (_, n_lat, n_lon) = grid.shape();
        let height = heights(
            &grid,
            &Array2::from_elem((n_lat, n_lon), 1e5),
            &Array3::from_elem(grid.shape(), 250.0),
            &Array2::from_elem((n_lat, n_lon), 100.0),
        );
        for k in [0, 20, 46] {
            let barometric = 100.0
                + GAS_CONSTANT_DRY_AIR * 250.0 / GRAVITY * (1e5 / grid.levels.middle(k, 1e5)).ln();
            assert!((height[[k, 3, 2]] - barometric).abs() < 1e-6, "{k}");
        }
    }
}
