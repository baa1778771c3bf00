//! How the cells of a map that comes from outside lie: the grid they make, and the order that puts
//! them on it from the south and eastward.

use super::{LatLonGrid, lat_cells, lon_cells};
use crate::error::{Error, Result};
use crate::field::Field;

/// The grid of a map's cells, and the place in the map of each of its rows and columns.
#[derive(Debug, Clone, PartialEq)]
pub struct MapLayout {
    /// The grid, from the south and eastward; it need not reach around the globe.
    pub grid: LatLonGrid,
    rows: Vec<usize>,
    columns: Vec<usize>,
    /// Columns of the map, of which one may come again at the end.
    width: usize,
}

/// Cells differ from their neighbours by less where they are said to be even \[degrees\].
const EVEN: f64 = 1e-3;

impl MapLayout {
    /// That of a field with latitudes and longitudes, by their bounds or centres.
    ///
    /// # Errors
    /// No latitudes or longitudes, cells that leave gaps or overlap, longitudes of unlike widths.
    pub fn of(field: &Field) -> Result<Self> {
        let (lat, lon) = (lat_cells(field)?, lon_cells(field)?);
        let (rows, lat_edges) = joined("latitudes", &lat)?;
        let (columns, lon_edges) = joined("longitudes", &side_by_side(&lon))?;
        let width = |w: &[f64]| w[1] - w[0];
        let step = width(&lon_edges[..2]);
        if let Some(w) = lon_edges
            .windows(2)
            .find(|w| (width(w) - step).abs() > EVEN)
        {
            return Err(Error::new(format!(
                "\"{}\" has longitudes of unlike widths",
                field.name
            ))
            .expected(format!("cells of {step} degrees"))
            .got(format!("one of {} degrees", width(w)))
            .hint(".regrid(grid) first"));
        }
        Ok(MapLayout {
            grid: LatLonGrid::from_edges(lat_edges, lon_edges),
            rows,
            columns,
            width: lon.len(),
        })
    }

    /// A map (lat, lon) as it was given, row-major, in the order of the grid.
    pub fn ordered(&self, map: &[f64]) -> Vec<f64> {
        let columns = |j: usize| self.columns.iter().map(move |i| map[j * self.width + i]);
        self.rows.iter().flat_map(|j| columns(*j)).collect()
    }
}

/// The order in which cells join, and their edges.
fn joined(what: &str, cells: &[[f64; 2]]) -> Result<(Vec<usize>, Vec<f64>)> {
    let mut order: Vec<usize> = (0..cells.len())
        .filter(|k| cells[*k][1] > cells[*k][0])
        .collect();
    order.sort_by(|a, b| cells[*a][0].total_cmp(&cells[*b][0]));
    let apart = |w: &&[usize]| (cells[w[0]][1] - cells[w[1]][0]).abs() > EVEN;
    if order.len() < 2 {
        return Err(
            Error::new(format!("the {what} of a map are not those of cells"))
                .expected("two cells or more")
                .got(order.len()),
        );
    }
    if let Some(w) = order.windows(2).find(apart) {
        let edge = |k: usize| format!("{} to {}", cells[k][0], cells[k][1]);
        return Err(
            Error::new(format!("the {what} of a map leave gaps or overlap"))
                .expected("cells side by side")
                .got(format!("{} and {}", edge(w[0]), edge(w[1]))),
        );
    }
    let last = cells[order[order.len() - 1]][1];
    let edges = order.iter().map(|k| cells[*k][0]).chain([last]).collect();
    Ok((order, edges))
}

/// Cells of longitude, moved by turns so that they join behind the widest gap; those around the
/// globe begin nearest to the date line.
fn side_by_side(cells: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut order: Vec<usize> = (0..cells.len()).collect();
    order.sort_by(|a, b| cells[*a][0].total_cmp(&cells[*b][0]));
    let n = order.len();
    let gap = |k: usize| {
        let (before, next) = (cells[order[(k + n - 1) % n]], cells[order[k]]);
        (next[0] - before[1]).rem_euclid(360.0) % (360.0 - EVEN)
    };
    let first = (0..n)
        .rev()
        .max_by(|a, b| gap(*a).total_cmp(&gap(*b)))
        .filter(|k| gap(*k) > EVEN)
        .unwrap_or(0);
    let mut moved = cells.to_vec();
    order[..first].iter().for_each(|k| {
        moved[*k][0] += 360.0;
        moved[*k][1] += 360.0;
    });
    moved
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Dimension;
    use crate::units::Unit;
    use ndarray::ArrayD;

    fn field(lat: Vec<f64>, lon: Vec<f64>) -> Field {
        let shape = vec![lat.len(), lon.len()];
        let dimensions = vec![
            Dimension::numbers("lat", lat, Unit::none()),
            Dimension::numbers("lon", lon, Unit::none()),
        ];
        Field::new("f", Unit::none(), dimensions, ArrayD::zeros(shape)).unwrap()
    }

    #[test]
    fn any_layout_of_one_degree_is_put_in_order() {
        let north_first = (0..180).map(|j| 89.5 - f64::from(j)).collect();
        let from_zero = (0..360).map(|i| 0.5 + f64::from(i)).collect();
        let layout = MapLayout::of(&field(north_first, from_zero)).unwrap();
        assert_eq!(layout.grid, LatLonGrid::regular(1.0, 1.0).unwrap());
        let map: Vec<f64> = (0..64_800).map(f64::from).collect();
        // 89.5 S, 179.5 W stands in the last row and in column 180.
        assert_eq!(layout.ordered(&map)[0], 179.0 * 360.0 + 180.0);
    }

    #[test]
    fn half_cells_at_the_poles_and_regions_keep_their_edges() {
        let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
        let lat = (0..46).map(|j| -90.0 + 4.0 * f64::from(j)).collect();
        let lon = (0..72).map(|i| -180.0 + 5.0 * f64::from(i)).collect();
        assert_eq!(
            MapLayout::of(&field(lat, lon)).unwrap().grid.lat_edges(),
            grid.lat_edges()
        );
        let pacific = vec![170.0, 175.0, 180.0, -175.0, -170.0];
        let part = MapLayout::of(&field(vec![0.0, 4.0, 8.0], pacific)).unwrap();
        assert_eq!(
            part.grid.lon_edges(),
            [167.5, 172.5, 177.5, 182.5, 187.5, 192.5]
        );
        assert_eq!(
            part.ordered(&(0..15).map(f64::from).collect::<Vec<_>>())[0],
            0.0
        );
        assert!(MapLayout::of(&field(vec![0.0, 4.0], vec![0.0, 10.0, 30.0])).is_err());
    }
}
