//! Distances between sets of cells, by straight chords through the sphere between cell centres.

use crate::constants::EARTH_RADIUS;
use crate::grid::LatLonGrid;
use ndarray::{Array2, ArrayView1};

/// Distance from every cell to the nearest cell of a set (both lat x lon) \[km\], infinite for an
/// empty set.
///
/// Within a row of cells the nearest member of the set is the one fewest columns away, so one look
/// per row finds the nearest exactly; rows are visited outward until they are farther than what has
/// been found.
pub(crate) fn distance_to_nearest(grid: &LatLonGrid, set: &Array2<bool>) -> Array2<f64> {
    let (n_lat, n_lon) = (grid.n_lat(), grid.n_lon());
    let steps: Vec<Vec<Option<usize>>> = set.outer_iter().map(columns_to_nearest).collect();
    let lat: Vec<f64> = grid.lat().iter().map(|l| l.to_radians()).collect();
    let half_sine_squared = |angle: f64| (0.5 * angle).sin().powi(2);
    // chord^2 = 4 R^2 (sin^2(dlat/2) + cos lat cos lat' sin^2(dlon/2))
    let by_column: Vec<f64> = (0..=n_lon / 2)
        .map(|s| half_sine_squared(s as f64 * std::f64::consts::TAU / n_lon as f64))
        .collect();
    let cosine: Vec<f64> = lat.iter().map(|l| l.cos()).collect();
    let nearest = |j: usize, i: usize| {
        let mut best = f64::INFINITY;
        for away in 0..n_lat {
            let (south, north) = (j.checked_sub(away), Some(j + away).filter(|k| *k < n_lat));
            let apart =
                |k: Option<usize>| k.map_or(f64::INFINITY, |k| half_sine_squared(lat[j] - lat[k]));
            let (to_south, to_north) = (apart(south), apart(north));
            if to_south.min(to_north) >= best {
                break;
            }
            for (k, apart) in [(south, to_south), (north, to_north)] {
                if let Some((k, s)) = k.and_then(|k| steps[k][i].map(|s| (k, s))) {
                    best = best.min(apart + cosine[j] * cosine[k] * by_column[s]);
                }
            }
        }
        best
    };
    Array2::from_shape_fn((n_lat, n_lon), |(j, i)| {
        2e-3 * EARTH_RADIUS * nearest(j, i).sqrt()
    })
}

/// For every column of a row, how many columns away the nearest member of the set is, around the
/// globe.
fn columns_to_nearest(row: ArrayView1<bool>) -> Vec<Option<usize>> {
    let n = row.len();
    let mut steps: Vec<Option<usize>> = vec![None; n];
    let sweep = |steps: &mut Vec<Option<usize>>, order: &mut dyn Iterator<Item = usize>| {
        let mut since: Option<usize> = None;
        for i in order {
            since = if row[i] {
                Some(0)
            } else {
                since.map(|s| s + 1)
            };
            steps[i] = match (steps[i], since) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
    };
    sweep(&mut steps, &mut (0..2 * n).map(|i| i % n));
    sweep(&mut steps, &mut (0..2 * n).rev().map(|i| i % n));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::chord_km;

    #[test]
    fn distances_equal_those_of_a_search_through_all_cells() {
        let grid = LatLonGrid::geos(10.0, 15.0).unwrap();
        let set = Array2::from_shape_fn((grid.n_lat(), grid.n_lon()), |(j, i)| {
            (j * 31 + i * 17) % 23 == 0 || (j == 0 && i == 5)
        });
        let location = |j: usize, i: usize| (grid.lat()[j], grid.lon()[i]);
        let distances = distance_to_nearest(&grid, &set);
        for ((j, i), d) in distances.indexed_iter() {
            let slow = set
                .indexed_iter()
                .filter(|(_, s)| **s)
                .map(|((k, l), _)| chord_km(location(j, i), location(k, l)))
                .fold(f64::INFINITY, f64::min);
            assert!((d - slow).abs() < 1e-6, "{d} {slow}");
        }
        assert!(
            distance_to_nearest(&grid, &Array2::from_elem(set.dim(), false))
                .iter()
                .all(|d| d.is_infinite())
        );
    }
}
