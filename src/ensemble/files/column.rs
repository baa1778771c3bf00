//! Maps of mole fractions between pressures, brought to the levels of a grid.

use crate::grid::{ConservativeRegrid, Grid, LatLonGrid};

/// Mole fractions of levels (level, cell) and pressures of their edges (edge, cell), from the
/// ground up; cells row-major on a grid of their own.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Levels {
    pub grid: LatLonGrid,
    /// \[mol mol-1\]
    pub values: Vec<Vec<f64>>,
    /// \[Pa\]
    pub edges: Vec<Vec<f64>>,
}

/// One column: mean pressures of edges and mole fractions between them.
struct Column {
    edges: Vec<f64>,
    values: Vec<f64>,
}

impl Levels {
    /// Mole fractions in the cells of a grid (level, lat, lon).
    pub fn on(&self, grid: &Grid) -> Vec<f64> {
        let (levels, lats, lons) = grid.shape();
        let regrid = ConservativeRegrid::new(&self.grid, &grid.horizontal);
        let mut out = vec![0.0; levels * lats * lons];
        for row in 0..lats {
            for column in 0..lons {
                let parts: Vec<(usize, f64)> = regrid
                    .sources(row, column)
                    .map(|(j, i, share)| (j * self.grid.n_lon() + i, share))
                    .collect();
                let air = self.joined(&parts);
                for (level, value) in air.onto(grid).into_iter().enumerate() {
                    out[grid.cell(level, row, column)] = value;
                }
            }
        }
        out
    }

    /// Cells joined level by level, each with its share of the area.
    fn joined(&self, parts: &[(usize, f64)]) -> Column {
        let total: f64 = parts.iter().map(|p| p.1).sum();
        let mean = |edge: &Vec<f64>| parts.iter().map(|(c, s)| s * edge[*c]).sum::<f64>() / total;
        let edges: Vec<f64> = self.edges.iter().map(mean).collect();
        let value = |(k, values): (usize, &Vec<f64>)| {
            let mass = |c: usize, share: f64| share * (self.edges[k][c] - self.edges[k + 1][c]);
            let all = parts.iter().map(|(c, s)| mass(*c, *s));
            let tracer: f64 = parts.iter().map(|(c, s)| mass(*c, *s) * values[*c]).sum();
            tracer / all.sum::<f64>()
        };
        Column {
            values: self.values.iter().enumerate().map(value).collect(),
            edges,
        }
    }
}

impl Column {
    /// The mean of each level of a grid over the part of it that the column has; beyond the
    /// column's ends its last values.
    fn onto(&self, grid: &Grid) -> Vec<f64> {
        let ground = self.edges[0];
        let level = |k: usize| {
            let (low, high) = (grid.levels.edge(k, ground), grid.levels.edge(k + 1, ground));
            self.mean(low, high)
        };
        (0..grid.levels.len()).map(level).collect()
    }

    /// The mean between two pressures, the greater first.
    fn mean(&self, low: f64, high: f64) -> f64 {
        let (mut sum, mut mass) = (0.0, 0.0);
        let n = self.values.len();
        for (k, value) in self.values.iter().enumerate() {
            let bottom = if k == 0 { f64::INFINITY } else { self.edges[k] };
            let top = if k + 1 == n { 0.0 } else { self.edges[k + 1] };
            let part = low.min(bottom) - high.max(top);
            if part > 0.0 {
                sum += part * value;
                mass += part;
            }
        }
        if mass > 0.0 {
            sum / mass
        } else {
            self.values[n - 1]
        }
    }
}
