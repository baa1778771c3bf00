//! Fields on a sphere: on other grids, and by region.

use super::cells::{lat_cells, lon_cells, numbers};
use super::regrid::{Overlaps, overlaps};
use super::{LatLonGrid, RegionMap};
use crate::error::Result;
use crate::field::{Dimension, Field, Grouping, Outside, Reduction, agree};
use crate::units::Unit;
use ndarray::{Array2, Axis};

/// Area means on the cells of another grid, weighted by overlap; the integral is kept where all is
/// covered. A cell of which less than `least_cover` is covered by values is missing.
///
/// # Errors
/// A field without latitudes and longitudes, or with a single one without bounds.
pub fn conservative(field: &Field, target: &LatLonGrid, least_cover: f64) -> Result<Field> {
    let sine = |degrees: &f64| degrees.to_radians().sin();
    let (lat, lon) = (lat_cells(field)?, lon_cells(field)?);
    let bands: Vec<[f64; 2]> = lat.iter().map(|b| [sine(&b[0]), sine(&b[1])]).collect();
    let sines: Vec<f64> = target.lat_edges().iter().map(sine).collect();
    let rows = overlaps(&bands, &sines, None);
    let columns = overlaps(&lon, target.lon_edges(), Some(360.0));
    let leading: Vec<&str> = field
        .dimensions()
        .iter()
        .map(|d| d.name.as_str())
        .filter(|n| *n != "lat" && *n != "lon")
        .collect();
    let turned = field.transpose(&[&leading[..], &["lat", "lon"]].concat())?;
    let (n_lat, n_lon) = (lat.len(), lon.len());
    let values = turned
        .data()
        .as_slice()
        .expect("a transposition is in standard layout");
    let mut out = Vec::new();
    for map in values.chunks((n_lat * n_lon).max(1)) {
        let map = Array2::from_shape_vec((n_lat, n_lon), map.to_vec()).expect("a whole map");
        out.extend(covered_means(&map, [&rows, &columns], least_cover));
    }
    let mut dimensions = turned.dimensions()[..leading.len()].to_vec();
    dimensions.extend(target.dimensions());
    remade(field, dimensions, out)
}

/// Means of a map over the cells that overlaps of rows and of columns make.
fn covered_means(map: &Array2<f64>, [rows, columns]: [&Overlaps; 2], least: f64) -> Vec<f64> {
    let summed = |map: Array2<f64>| along(&along(&map, rows, 0), columns, 1);
    let sum = summed(map.mapv(|v| if v.is_nan() { 0.0 } else { v }));
    let cover = summed(map.mapv(|v| f64::from(u8::from(!v.is_nan()))));
    let enough = least.max(1e-9);
    let mean = |(s, c): (&f64, &f64)| if *c < enough { f64::NAN } else { s / c };
    sum.iter().zip(&cover).map(mean).collect()
}

/// Sums along an axis with the weights of overlaps.
fn along(map: &Array2<f64>, overlaps: &Overlaps, axis: usize) -> Array2<f64> {
    let mut shape = [map.nrows(), map.ncols()];
    shape[axis] = overlaps.len();
    let mut out = Array2::zeros(shape);
    for (k, sources) in overlaps.iter().enumerate() {
        for (s, w) in sources {
            out.index_axis_mut(Axis(axis), k)
                .scaled_add(*w, &map.index_axis(Axis(axis), *s));
        }
    }
    out
}

fn remade(like: &Field, dimensions: Vec<Dimension>, values: Vec<f64>) -> Result<Field> {
    let shape: Vec<usize> = dimensions.iter().map(Dimension::len).collect();
    let data = ndarray::ArrayD::from_shape_vec(shape, values).expect("as many values as places");
    let mut field = Field::new(&like.name, like.unit.clone(), dimensions, data)?;
    field.attributes = like.attributes.clone();
    Ok(field)
}

/// Values between the cells, linearly in latitude and longitude, at the centres of another grid.
/// Between the outermost latitude of a global field and the pole that latitude's values are held;
/// beyond a regional field they are missing.
///
/// # Errors
/// A field without latitudes and longitudes.
pub fn bilinear(field: &Field, target: &LatLonGrid) -> Result<Field> {
    let cells = match numbers(field, "lat")?.len() {
        1 => vec![],
        _ => lat_cells(field)?,
    };
    let global = cells.iter().any(|c| c[0] <= -89.9) && cells.iter().any(|c| c[1] >= 89.9);
    let [lat, lon] = target.dimensions();
    let rows = field.interpolated(
        "lat",
        lat.coordinate,
        if global {
            Outside::Hold
        } else {
            Outside::Missing
        },
    )?;
    rows.interpolated("lon", lon.coordinate, Outside::Missing)
}

/// What the cells of each region are reduced to; means are weighted by area. Latitude and longitude
/// become `region`.
///
/// # Errors
/// A field that is not on the grid of the map.
pub fn by_region(field: &Field, map: &RegionMap, how: Reduction) -> Result<Field> {
    let field = &super::on_grid(field, map.grid()).unwrap_or_else(|_| field.clone());
    let grouping = regions(field, map)?;
    if how != Reduction::Mean {
        return cells(field)?.grouped(&grouping, how);
    }
    let h = map.grid();
    let areas = Array2::from_shape_fn((h.n_lat(), h.n_lon()), |(j, _)| h.area(j));
    let areas = cells(&Field::new(
        "area",
        Unit::none(),
        h.dimensions().to_vec(),
        areas.into_dyn(),
    )?)?;
    let values = cells(field)?;
    let sum = |f: Field| f.grouped(&grouping, Reduction::Sum);
    let weighted = sum(values.zip(&areas, field.unit.clone(), |v, a| v * a)?)?;
    let present = sum(values.zip(
        &areas,
        Unit::none(),
        |v, a| if v.is_nan() { 0.0 } else { a },
    )?)?;
    weighted.zip(&present, field.unit.clone(), |s, a| s / a)
}

/// The cells of each region as groups along `cell`.
fn regions(field: &Field, map: &RegionMap) -> Result<Grouping> {
    let [lat, lon] = map.grid().dimensions();
    for d in [&lat, &lon] {
        agree(d, field.dimension(&d.name)?).map_err(|e| {
            e.at(format!("\"{}\"", field.name))
                .hint(".regrid(...) to the grid of the regions")
        })?;
    }
    let names: Vec<String> = map
        .regions()
        .iter()
        .map(|r| map.names()[*r].clone())
        .collect();
    Grouping::names(&Dimension::index("cell", names.len()), "region", &names)
}

/// Latitude and longitude as one dimension `cell`, the last.
fn cells(field: &Field) -> Result<Field> {
    let leading: Vec<&str> = field
        .dimensions()
        .iter()
        .map(|d| d.name.as_str())
        .filter(|n| *n != "lat" && *n != "lon")
        .collect();
    let turned = field.transpose(&[&leading[..], &["lat", "lon"]].concat())?;
    let n = turned.shape()[leading.len()..].iter().product();
    let mut dimensions = turned.dimensions()[..leading.len()].to_vec();
    dimensions.push(Dimension::index("cell", n));
    remade(field, dimensions, turned.data().iter().copied().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::constants::EARTH_RADIUS;
    use crate::field::{Choice, Coordinate};
    use crate::grid::cell_areas;

    fn field(grid: &LatLonGrid, of: impl Fn(f64, f64) -> f64) -> Field {
        let data = Array2::from_shape_fn((grid.n_lat(), grid.n_lon()), |(j, i)| {
            of(grid.lat()[j], grid.lon()[i])
        });
        Field::new(
            "f",
            Unit::none(),
            grid.dimensions().to_vec(),
            data.into_dyn(),
        )
        .unwrap()
    }

    #[test]
    fn areas_found_from_the_centres_are_those_of_the_grid() {
        let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
        let areas = cell_areas(&field(&grid, |_, _| 1.0)).unwrap();
        assert!(
            areas
                .data()
                .iter()
                .enumerate()
                .all(|(j, a)| (a / grid.area(j) - 1.0).abs() < 1e-12)
        );
    }

    #[test]
    fn a_part_of_a_grid_has_the_areas_of_its_cells() {
        let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
        let one = field(&grid, |_, _| 1.0);
        let area = |part: &Field| part.weighted_sum(&cell_areas(part).unwrap(), &[]).unwrap();
        let rows = |rows: &[usize]| one.take("lat", rows).unwrap();
        for part in [vec![34], vec![44, 45], (38..46).collect(), vec![0]] {
            let hand: f64 = part.iter().map(|j| 72.0 * grid.area(*j)).sum();
            assert!((area(&rows(&part)).value().unwrap() / hand - 1.0).abs() < 1e-12);
        }
        let columns = Choice::Between(150.0, -150.0);
        let pacific = one.sel("lon", &columns).unwrap();
        let hand = (0..46).map(|j| 13.0 * grid.area(j)).sum::<f64>();
        assert!((area(&pacific).value().unwrap() / hand - 1.0).abs() < 1e-12);
        let there = conservative(&pacific, &LatLonGrid::geos(2.0, 2.5).unwrap(), 0.5).unwrap();
        let full = there.data().iter().filter(|v| v.is_finite()).count();
        assert!((full as i64 - 91 * 26).abs() <= 91, "{full}");
    }

    #[test]
    fn a_meridian_given_twice_counts_once() {
        let lon: Vec<f64> = (0..=36).map(|k| 10.0 * f64::from(k)).collect();
        let lat: Vec<f64> = (0..18).map(|k| -85.0 + 10.0 * f64::from(k)).collect();
        let dimensions = vec![
            Dimension::numbers("lat", lat, Unit::none()),
            Dimension::numbers("lon", lon, Unit::none()),
        ];
        let one = Field::new(
            "f",
            Unit::none(),
            dimensions,
            ndarray::ArrayD::ones(vec![18, 37]),
        );
        let one = one.unwrap();
        let sphere = 4.0 * std::f64::consts::PI * EARTH_RADIUS * EARTH_RADIUS;
        let area = one.weighted_sum(&cell_areas(&one).unwrap(), &[]).unwrap();
        assert!((area.value().unwrap() / sphere - 1.0).abs() < 1e-12);
        let there = bilinear(&one, &LatLonGrid::geos(4.0, 5.0).unwrap()).unwrap();
        assert!(there.data().iter().all(|v| *v == 1.0));
    }

    #[test]
    fn a_region_in_0_to_360_lies_in_its_place_on_a_grid_from_minus_180() {
        let lon: Vec<f64> = (0..9).map(|k| 240.0 + 5.0 * f64::from(k)).collect();
        let lat: Vec<f64> = (0..9).map(|k| 30.0 + 4.0 * f64::from(k)).collect();
        let dimensions = vec![
            Dimension::numbers("lat", lat, Unit::none()),
            Dimension::numbers("lon", lon, Unit::none()),
        ];
        let data = ndarray::ArrayD::from_shape_fn(vec![9, 9], |k| 240.0 + 5.0 * k[1] as f64);
        let f = Field::new("f", Unit::none(), dimensions, data).unwrap();
        let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
        for there in [bilinear(&f, &grid), conservative(&f, &grid, 0.5)] {
            let there = there.unwrap();
            let at = there.data()[[grid.row_of(46.0), grid.column_of(-100.0)].as_slice()];
            assert!((at - 260.0).abs() < 1e-9, "{at}");
            assert!(there.data()[[grid.row_of(46.0), grid.column_of(100.0)].as_slice()].is_nan());
        }
    }

    #[test]
    fn a_conservative_map_keeps_the_integral_from_any_layout() {
        let (fine, coarse) = (
            LatLonGrid::regular(1.0, 1.0).unwrap(),
            LatLonGrid::geos(4.0, 5.0).unwrap(),
        );
        let f = field(&fine, |lat, lon| {
            lat * lat + 30.0 * (lon.to_radians() * 2.0).sin() + lon
        });
        let mean = |f: &Field| {
            f.weighted_mean(&cell_areas(f).unwrap(), &[])
                .unwrap()
                .value()
                .unwrap()
        };
        let there = conservative(&f, &coarse, 0.5).unwrap();
        assert!((mean(&there) - mean(&f)).abs() < 1e-9);
        // Latitudes from the north and longitudes from 0 east are the same field.
        let turned: Vec<usize> = (180..360).chain(0..180).collect();
        let east = |k: &usize| {
            let l = fine.lon()[*k];
            if l < 0.0 { l + 360.0 } else { l }
        };
        let lon = Coordinate::Numbers(turned.iter().map(east).collect(), Unit::none());
        let other = f
            .take("lat", &(0..180).rev().collect::<Vec<_>>())
            .unwrap()
            .take("lon", &turned)
            .unwrap()
            .labelled("lon", lon)
            .unwrap();
        let again = conservative(&other, &coarse, 0.5).unwrap();
        assert!(
            again
                .data()
                .iter()
                .zip(there.data())
                .all(|(a, b)| (a - b).abs() < 1e-9)
        );
    }

    #[test]
    fn a_cell_mostly_without_values_is_missing_and_the_rest_is_not_diluted() {
        let (fine, coarse) = (
            LatLonGrid::regular(1.0, 1.0).unwrap(),
            LatLonGrid::regular(10.0, 10.0).unwrap(),
        );
        let f = field(&fine, |lat, _| if lat > 2.0 { 5.0 } else { f64::NAN });
        let there = conservative(&f, &coarse, 0.5).unwrap();
        assert!((there.data()[[9, 0]] - 5.0).abs() < 1e-12 && there.data()[[8, 0]].is_nan());
    }

    #[test]
    fn a_bilinear_map_of_a_plane_is_the_plane_between_the_poles() {
        let (coarse, fine) = (
            LatLonGrid::geos(4.0, 5.0).unwrap(),
            LatLonGrid::regular(1.0, 1.0).unwrap(),
        );
        let there = bilinear(&field(&coarse, |lat, _| lat), &fine).unwrap();
        assert!((there.data()[[90, 7]] - 0.5).abs() < 1e-12 && there.data()[[0, 0]] == -89.0);
    }

    #[test]
    fn region_means_are_weighted_by_area() {
        let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
        let map = RegionMap::from_function(&grid, |lat, _, _, _| {
            Ok(Some(if lat > 0.0 { "N" } else { "S" }.to_string()))
        })
        .unwrap();
        let f = field(&grid, |lat, _| {
            if lat > 0.0 {
                lat.to_radians().sin()
            } else {
                1.0
            }
        });
        let means = by_region(&f, &map, Reduction::Mean).unwrap();
        assert_eq!(means.data()[[0]], 1.0);
        assert!((means.data()[[1]] - 0.5).abs() < 2e-3); // the mean of sin(lat) over a hemisphere
        assert_eq!(
            by_region(&f, &map, Reduction::Count).unwrap().data().sum(),
            46.0 * 72.0
        );
        let elsewhere = field(&LatLonGrid::regular(10.0, 10.0).unwrap(), |_, _| 1.0);
        assert!(
            by_region(&elsewhere, &map, Reduction::Mean)
                .unwrap_err()
                .to_string()
                .contains("regrid")
        );
    }
}
