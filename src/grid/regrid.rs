//! First-order conservative regridding between latitude-longitude grids.

use super::LatLonGrid;
use crate::progress::stop_here;
use ndarray::{Array2, ArrayView2};

/// Overlap weights between two grids. Because both are products of latitude bands and longitude
/// bands, the weights are too: each target row (column) lists the source rows (columns) it
/// overlaps.
#[derive(Debug, Clone)]
pub struct ConservativeRegrid {
    rows: Overlaps,
    columns: Overlaps,
}

/// For each target interval, the source intervals it overlaps and the fraction of it they cover.
pub(super) type Overlaps = Vec<Vec<(usize, f64)>>;

impl ConservativeRegrid {
    /// Weights from `source` to `target`.
    pub fn new(source: &LatLonGrid, target: &LatLonGrid) -> Self {
        let sines = |g: &LatLonGrid| {
            g.lat_edges()
                .iter()
                .map(|e| e.to_radians().sin())
                .collect::<Vec<_>>()
        };
        let cells =
            |edges: &[f64]| -> Vec<[f64; 2]> { edges.windows(2).map(|w| [w[0], w[1]]).collect() };
        let columns = cells(source.lon_edges());
        ConservativeRegrid {
            rows: overlaps(&cells(&sines(source)), &sines(target), None),
            columns: overlaps(&columns, target.lon_edges(), Some(360.0)),
        }
    }

    /// Area means on the target grid of a density (per m2) on the source grid; the integral is
    /// kept.
    pub fn density(&self, source: ArrayView2<f64>) -> Array2<f64> {
        Array2::from_shape_fn((self.rows.len(), self.columns.len()), |(j, i)| {
            if i == 0 {
                stop_here();
            }
            self.rows[j]
                .iter()
                .map(|(sj, wj)| {
                    wj * self.columns[i]
                        .iter()
                        .map(|(si, wi)| wi * source[[*sj, *si]])
                        .sum::<f64>()
                })
                .sum()
        })
    }

    /// The source cells under target cell (row, column), with the fraction of the target's area
    /// each covers.
    pub fn sources(
        &self,
        row: usize,
        column: usize,
    ) -> impl Iterator<Item = (usize, usize, f64)> + '_ {
        self.rows[row].iter().flat_map(move |(sj, wj)| {
            self.columns[column]
                .iter()
                .map(move |(si, wi)| (*sj, *si, wj * wi))
        })
    }
}

/// The overlaps of source intervals, in any order, with those between target edges; sources repeat
/// after a period.
pub(super) fn overlaps(source: &[[f64; 2]], target: &[f64], period: Option<f64>) -> Overlaps {
    let turns: &[f64] = if period.is_some() {
        &[-1.0, 0.0, 1.0]
    } else {
        &[0.0]
    };
    target
        .windows(2)
        .map(|t| {
            stop_here();
            let mut shares = Vec::new();
            for (k, s) in source.iter().enumerate() {
                for turn in turns {
                    let shift = turn * period.unwrap_or(0.0);
                    let width =
                        (s[0].max(s[1]) + shift).min(t[1]) - (s[0].min(s[1]) + shift).max(t[0]);
                    if width > 1e-12 {
                        shares.push((k, width / (t[1] - t[0])));
                    }
                }
            }
            shares
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regridding_keeps_the_global_integral_and_a_constant() {
        let (one, model) = (
            LatLonGrid::regular(1.0, 1.0).unwrap(),
            LatLonGrid::geos(4.0, 5.0).unwrap(),
        );
        let regrid = ConservativeRegrid::new(&one, &model);
        let field = Array2::from_shape_fn((180, 360), |(j, i)| ((j * 7 + i * 13) % 101) as f64);
        let integral = |g: &LatLonGrid, f: &Array2<f64>| {
            (0..g.n_lat())
                .map(|j| g.area(j) * f.row(j).sum())
                .sum::<f64>()
        };
        let coarse = regrid.density(field.view());
        assert!((integral(&model, &coarse) / integral(&one, &field) - 1.0).abs() < 1e-13);
        assert!(
            regrid
                .density(Array2::from_elem((180, 360), 3.5).view())
                .iter()
                .all(|v| (v - 3.5).abs() < 1e-12)
        );
    }
}
