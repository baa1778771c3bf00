//! Edges of cells where only their centres are known, as in fields read from files.

use crate::field::AxisLabels;

/// Edges halfway between centres, one more than cells, the outermost as far out as the next one is
/// in. A polar cell of half size, as GEOS grids have, does not shift its neighbour's edge.
pub fn edges_of(centres: &[f64]) -> Vec<f64> {
    let n = centres.len();
    if n < 2 {
        return centres.iter().flat_map(|c| [c - 0.5, c + 0.5]).collect();
    }
    let mut edges: Vec<f64> = (1..n)
        .map(|k| 0.5 * (centres[k - 1] + centres[k]))
        .collect();
    if n > 4 {
        edges[0] = centres[1] - 0.5 * (centres[2] - centres[1]);
        edges[n - 2] = centres[n - 2] + 0.5 * (centres[n - 2] - centres[n - 3]);
    }
    edges.insert(0, 2.0 * centres[0] - edges[0]);
    edges.push(2.0 * centres[n - 1] - edges[n - 1]);
    edges
}

/// [`edges_of`] latitudes, which end at the poles \[degrees\].
pub fn lat_edges_of(centres: &[f64]) -> Vec<f64> {
    edges_of(centres)
        .into_iter()
        .map(|e| e.clamp(-90.0, 90.0))
        .collect()
}

/// Whether centres are evenly spaced, so that their edges are certain; half cells at either end may
/// be closer, as at poles.
pub fn evenly_spaced(centres: &[f64]) -> bool {
    let n = centres.len();
    if n < 4 {
        return false;
    }
    let inner = &centres[1..n - 1];
    let step = (inner[n - 3] - inner[0]) / (n - 3) as f64;
    let end = |at: f64, beside: f64, step: f64| {
        let labels = [beside, at];
        let is = |part: f64| AxisLabels::of(&labels).is(1, beside + part * step);
        is(1.0) || is(0.75)
    };
    step != 0.0
        && AxisLabels::of(inner).even()
        && end(centres[0], centres[1], -step)
        && end(centres[n - 1], centres[n - 2], step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::LatLonGrid;

    #[test]
    fn edges_are_those_the_grid_was_made_of() {
        for grid in [
            LatLonGrid::geos(4.0, 5.0).unwrap(),
            LatLonGrid::geos(2.0, 2.5).unwrap(),
            LatLonGrid::regular(1.0, 1.0).unwrap(),
        ] {
            let near = |a: &[f64], b: &[f64]| {
                a.len() == b.len() && a.iter().zip(b).all(|(x, y)| (x - y).abs() < 1e-9)
            };
            assert!(
                near(&lat_edges_of(grid.lat()), grid.lat_edges())
                    && near(&edges_of(grid.lon()), grid.lon_edges())
            );
            assert!(evenly_spaced(grid.lat()) && evenly_spaced(grid.lon()));
        }
    }

    #[test]
    fn polar_cells_named_by_the_pole_end_there() {
        assert_eq!(
            lat_edges_of(&[90.0, 60.0, 30.0, 0.0, -30.0, -60.0, -90.0]),
            [90.0, 75.0, 45.0, 15.0, -15.0, -45.0, -75.0, -90.0]
        );
    }

    #[test]
    fn gaussian_latitudes_are_not_even() {
        assert!(
            !evenly_spaced(&[-88.54, -86.65, -84.76, -82.86, -80.0]) && !evenly_spaced(&[1.0, 2.0])
        );
    }
}
