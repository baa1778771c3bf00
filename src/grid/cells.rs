//! The cells that the labels of latitude and longitude stand for: their bounds where a file or a
//! grid gives them, else halfway to the neighbours, around the globe.

use super::lat_edges_of;
use crate::error::{Error, Result};
use crate::field::{APART, AxisLabels, Coordinate, CoordinateValues, Field, around};

/// West and east, or south and north, of each cell \[degrees\].
pub type Bounds = Vec<[f64; 2]>;

/// The numbers along a dimension of a field.
///
/// # Errors
/// No such dimension, or one without numbers.
pub(super) fn numbers<'a>(field: &'a Field, name: &str) -> Result<&'a CoordinateValues<f64>> {
    match &field.dimension(name)?.coordinate {
        Coordinate::Numbers(v, _) => Ok(v),
        _ => Err(Error::new(format!(
            "\"{}\" has no numbers along \"{name}\"",
            field.name
        ))
        .hint(format!(".label(\"{name}\", [...])"))),
    }
}

/// The latitudes between which each cell of a field lies, south first; the outermost rows of a
/// global field end at the poles.
///
/// # Errors
/// No latitudes, latitudes beyond the poles or twice, a single one without bounds.
pub(crate) fn lat_cells(field: &Field) -> Result<Bounds> {
    let lat = numbers(field, "lat")?;
    if let Some(beyond) = lat.iter().find(|l| l.is_nan() || l.abs() > 90.0 + 1e-6) {
        return Err(
            Error::new(format!("\"{}\" has latitudes beyond the poles", field.name))
                .expected("-90 to 90 degrees")
                .got(beyond),
        );
    }
    if let Some(bounds) = lat.bounds() {
        let inside = |b: &[f64; 2]| [b[0].min(b[1]), b[0].max(b[1])].map(|e| e.clamp(-90.0, 90.0));
        return Ok(bounds.iter().map(inside).collect());
    }
    match lat.len() {
        0 => return Ok(vec![]),
        1 => return Err(alone(field, "lat")),
        _ => {}
    }
    let mut order: Vec<usize> = (0..lat.len()).collect();
    order.sort_by(|a, b| lat[*a].total_cmp(&lat[*b]));
    let sorted: Vec<f64> = order.iter().map(|k| lat[*k]).collect();
    if let Some(w) = sorted.windows(2).find(|w| w[0] == w[1]) {
        return Err(Error::new(format!("\"{}\" has a latitude twice", field.name)).got(w[0]));
    }
    let edges = to_the_poles(&sorted, lat_edges_of(&sorted));
    let mut cells = vec![[0.0; 2]; lat.len()];
    for (position, w) in order.iter().zip(edges.windows(2)) {
        cells[*position] = [w[0], w[1]];
    }
    Ok(cells)
}

/// Edges of ascending latitudes that reach the poles where what is missing there is a sliver, as on
/// Gaussian grids, whose outermost rows lie nearer to the pole than to their neighbours.
fn to_the_poles(lat: &[f64], mut edges: Vec<f64>) -> Vec<f64> {
    let n = lat.len();
    let sliver = |edge: f64, step: f64| 90.0 - edge.abs() < 0.4 * step;
    if sliver(edges[0], lat[1] - lat[0]) && edges[0] < 0.0 {
        edges[0] = -90.0;
    }
    if sliver(edges[n], lat[n - 1] - lat[n - 2]) && edges[n] > 0.0 {
        edges[n] = 90.0;
    }
    edges
}

/// The longitudes between which each cell of a field lies, west first, the west within one turn
/// from -180; a meridian that is given twice has a cell the first time only.
///
/// # Errors
/// No longitudes, or a single one without bounds.
pub(crate) fn lon_cells(field: &Field) -> Result<Bounds> {
    let lon = numbers(field, "lon")?;
    match lon.bounds() {
        Some(bounds) => {
            let ascending = bounds.iter().map(|b| [b[0].min(b[1]), b[0].max(b[1])]);
            Ok(once(ascending.map(|b| eastward_of(b[0], b)).collect()))
        }
        None if lon.len() == 1 => Err(alone(field, "lon")),
        None => Ok(halfway(lon)),
    }
}

/// A cell that begins within one turn from -180; bounds such as 355 and -5 are of ten degrees.
fn eastward_of(west: f64, [low, high]: [f64; 2]) -> [f64; 2] {
    let width = high - low;
    let (west, width) = if width > 180.0 && width < 360.0 - 1e-6 && crosses(low, high) {
        (high, 360.0 - width)
    } else {
        (west, width)
    };
    let start = (west + 180.0).rem_euclid(360.0) - 180.0;
    [start, start + width]
}

/// Whether two bounds are those of a narrow cell at the seam, and not of half the globe.
fn crosses(low: f64, high: f64) -> bool {
    (low - high).rem_euclid(360.0) < 90.0
}

/// Whether two longitudes are the same, any number of turns apart.
fn same(a: f64, b: f64) -> bool {
    AxisLabels::around(&[a]).is(0, b)
}

/// Cells halfway to the neighbours on the circle; beside a gap as wide as on the other side.
fn halfway(lon: &[f64]) -> Bounds {
    let turned = |k: usize| (lon[k] + 180.0).rem_euclid(360.0) - 180.0;
    // Of a meridian given twice the first.
    let mut order: Vec<usize> = vec![];
    for position in around(lon) {
        match order.last_mut() {
            Some(last) if same(lon[*last], lon[position]) => *last = position.min(*last),
            _ => order.push(position),
        }
    }
    let n = order.len();
    if n > 1 && same(lon[order[0]], lon[order[n - 1]]) {
        let last = order.pop().unwrap_or(0);
        order[0] = order[0].min(last);
    }
    let n = order.len();
    if n == 0 {
        return vec![];
    }
    let step = |k: usize| (lon[order[(k + 1) % n]] - lon[order[k]]).rem_euclid(360.0);
    let steps: Vec<f64> = (0..n).map(step).collect();
    let mut sorted = steps.clone();
    sorted.sort_by(f64::total_cmp);
    let usual = sorted[(n - 1) / 2];
    let within = |s: f64| (s <= APART * usual).then_some(s);
    let mut cells: Bounds = (0..lon.len()).map(|k| [turned(k); 2]).collect();
    for (k, position) in order.iter().enumerate() {
        let (before, after) = (within(steps[(k + n - 1) % n]), within(steps[k]));
        let [west, east] = [before.or(after), after.or(before)].map(|s| 0.5 * s.unwrap_or(usual));
        cells[*position] = [turned(*position) - west, turned(*position) + east];
    }
    cells
}

/// With no width where a cell comes again.
fn once(mut cells: Bounds) -> Bounds {
    let mut order: Vec<usize> = (0..cells.len()).collect();
    order.sort_by(|a, b| cells[*a][0].total_cmp(&cells[*b][0]).then(a.cmp(b)));
    for w in order.windows(2) {
        let (first, again) = (cells[w[0]], cells[w[1]]);
        if same(first[0], again[0]) && same(first[1], again[1]) {
            cells[w[1]] = [again[0]; 2];
        }
    }
    cells
}

fn alone(field: &Field, name: &str) -> Error {
    Error::new(format!(
        "the width of the cells of \"{}\" along \"{name}\" is not known",
        field.name
    ))
    .expected("two labels or more, or cells with bounds, as of a grid or a file")
    .got("one label without bounds")
    .hint(".sum() or .mean() with areas of your own")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Dimension;
    use crate::units::Unit;

    fn along(name: &str, values: CoordinateValues<f64>) -> Field {
        let n = values.len();
        let dimension = Dimension::numbers(name, values, Unit::none());
        Field::new(
            "f",
            Unit::none(),
            vec![dimension],
            ndarray::ArrayD::zeros(vec![n]),
        )
        .unwrap()
    }

    fn widths(lon: Vec<f64>) -> Vec<f64> {
        let cells = lon_cells(&along("lon", lon.into())).unwrap();
        cells.iter().map(|c| c[1] - c[0]).collect()
    }

    #[test]
    fn cells_across_a_seam_are_as_wide_as_the_others() {
        assert_eq!(widths(vec![350.0, 355.0, 0.0, 5.0]), [5.0; 4]);
        assert_eq!(widths(vec![0.0, 5.0, 350.0, 355.0]), [5.0; 4]);
        assert_eq!(widths(vec![170.0, 175.0, -180.0, -175.0]), [5.0; 4]);
        assert_eq!(widths(vec![0.0, 90.0, 180.0, 270.0]), [90.0; 4]);
        assert_eq!(widths(vec![10.0, 20.0]), [10.0; 2]);
        // Two regions of three columns each.
        assert_eq!(
            widths(vec![10.0, 15.0, 20.0, 100.0, 105.0, 110.0]),
            [5.0; 6]
        );
    }

    #[test]
    fn a_meridian_given_twice_has_one_cell() {
        let turn: Vec<f64> = (0..=72).map(|k| 5.0 * f64::from(k)).collect();
        let widths_of_cells = widths(turn);
        assert_eq!(
            (
                widths_of_cells.iter().sum::<f64>(),
                widths_of_cells[0],
                widths_of_cells[72]
            ),
            (360.0, 5.0, 0.0)
        );
    }

    #[test]
    fn bounds_are_used_and_go_with_a_selection() {
        let grid = crate::grid::LatLonGrid::geos(4.0, 5.0).unwrap();
        let [lat, lon] = grid.dimensions();
        let of = |d: Dimension| {
            let n = d.len();
            Field::new("f", Unit::none(), vec![d], ndarray::ArrayD::zeros(vec![n])).unwrap()
        };
        let pole = of(lat).take("lat", &[45]).unwrap();
        assert_eq!(lat_cells(&pole).unwrap(), [[88.0, 90.0]]);
        let column = of(lon).take("lon", &[0]).unwrap();
        assert_eq!(lon_cells(&column).unwrap(), [[177.5, 182.5]]);
        assert!(lat_cells(&along("lat", vec![46.0].into())).is_err());
        let seam = CoordinateValues::from(vec![0.0]).with_bounds(vec![[355.0, 5.0]]);
        assert_eq!(lon_cells(&along("lon", seam)).unwrap(), [[-5.0, 5.0]]);
    }

    #[test]
    fn a_gaussian_grid_covers_the_sphere() {
        // The first rows of a grid of 48 latitudes, by numpy's leggauss.
        let north = [
            87.159095, 83.478937, 79.777046, 76.070245, 72.361581, 68.652017,
        ];
        let all: Vec<f64> = (0..48).map(|k| 87.159 - 3.7089 * f64::from(k)).collect();
        assert_eq!(lat_cells(&along("lat", all.into())).unwrap()[0][1], 90.0);
        assert_eq!(
            lat_cells(&along("lat", north.to_vec().into())).unwrap()[0][1],
            90.0
        );
        let region = lat_cells(&along("lat", vec![40.0, 42.0, 44.0].into())).unwrap();
        assert_eq!(region, [[39.0, 41.0], [41.0, 43.0], [43.0, 45.0]]);
    }
}
