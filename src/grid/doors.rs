//! Arrays that come in from outside: put into the order of a grid where their coordinates say how,
//! refused where they do not fit.

use super::{HybridLevels, LatLonGrid};
use crate::error::{Error, Result};
use crate::field::{AxisLabels, Coordinate, Dimension, Field, agree};
use crate::units::Unit;

/// A field with its latitudes from the south and its longitudes as the grid has them, both last;
/// from files that begin in the north, go from 0 to 360 degrees, or have their dimensions in
/// another order. Dimensions that have positions only are taken to be in order.
///
/// # Errors
/// No latitudes or longitudes, or others than those of the grid.
pub fn on_grid(field: &Field, grid: &LatLonGrid) -> Result<Field> {
    at_points(field, &grid.dimensions())
}

/// As [`on_grid`], at other points of a grid, such as the faces and corners of its cells.
///
/// # Errors
/// No latitudes or longitudes, or others than those wanted.
pub fn at_points(field: &Field, wanted: &[Dimension; 2]) -> Result<Field> {
    let leading: Vec<&str> = field
        .dimensions()
        .iter()
        .map(|d| d.name.as_str())
        .filter(|n| *n != "lat" && *n != "lon")
        .collect();
    let named = |n: &str| field.dimension(n).is_ok();
    let order = [&leading[..], &["lat", "lon"]].concat();
    let mut placed = match (named("lat"), named("lon")) {
        (true, true) => field.transpose(&order)?,
        // An array of plain numbers, of the grid's shape.
        (false, false) if unnamed(field, wanted) => return Ok(field.clone()),
        _ => return Err(elsewhere(field, wanted)),
    };
    for along in wanted {
        let name = along.name.clone();
        let along_points = placed.dimension(&name)?;
        if let Coordinate::Index(n) = along_points.coordinate {
            if n == along.len() {
                continue;
            }
            return Err(elsewhere(field, wanted));
        }
        let Some(positions) = order_like(along_points, along) else {
            return Err(elsewhere(field, wanted));
        };
        if positions.iter().enumerate().any(|(k, p)| k != *p) {
            placed = placed.take(&name, &positions)?;
        }
        placed = placed.labelled(&name, along.coordinate.clone())?;
    }
    Ok(placed)
}

/// Whether the last two dimensions have positions only, as many as wanted.
fn unnamed(field: &Field, wanted: &[Dimension; 2]) -> bool {
    let last = field.dimensions().iter().rev().take(2);
    let lengths: Vec<usize> = last.clone().map(Dimension::len).collect();
    let plain = |d: &Dimension| matches!(d.coordinate, Coordinate::Index(_));
    lengths == [wanted[1].len(), wanted[0].len()] && last.clone().all(plain)
}

/// For each label of the grid the position in the array; none where one is missing.
fn order_like(present: &Dimension, wanted: &Dimension) -> Option<Vec<usize>> {
    let (Coordinate::Numbers(present, _), Coordinate::Numbers(labels, _)) =
        (&present.coordinate, &wanted.coordinate)
    else {
        return None;
    };
    let labels = AxisLabels::along(&wanted.name, labels);
    let label = |k: usize| labels.position(present[k]);
    // A meridian given twice may come at the end.
    let twice = || present.len() == wanted.len() + 1 && label(0) == label(present.len() - 1);
    let position = |k: usize| present.iter().position(|x| labels.is(k, *x));
    let fits = present.len() == wanted.len() || (wanted.name == "lon" && twice());
    fits.then(|| (0..wanted.len()).map(position).collect())
        .flatten()
}

fn elsewhere(field: &Field, wanted: &[Dimension; 2]) -> Error {
    let spans = |dimensions: &[Dimension]| {
        let one = |d: &Dimension| format!("{}: {}", d.name, d.span());
        dimensions.iter().map(one).collect::<Vec<_>>().join("; ")
    };
    let wrong = wanted
        .iter()
        .find(|d| field.dimension(&d.name).is_ok_and(|f| agree(f, d).is_err()));
    let got = match wrong {
        Some(d) => spans(std::slice::from_ref(field.dimension(&d.name).unwrap_or(d))),
        None => spans(field.dimensions()),
    };
    Error::new(format!("\"{}\" is on another grid", field.name))
        .expected(spans(wanted))
        .got(got)
        .hint(".regrid(grid), or field(grid, |lat, lon| ...)")
}

/// A field with its first dimension from the surface up, where its labels say that it is not:
/// pressures, or numbers that grow downwards, that ascend; heights that descend.
///
/// # Errors
/// Another number of levels, labels that are out of order.
pub fn surface_first(field: &Field, levels: &HybridLevels) -> Result<Field> {
    let Some(dimension) = field.dimensions().first().cloned() else {
        return Ok(field.clone());
    };
    if dimension.len() != levels.len() {
        return Err(Error::new(format!("\"{}\" has other levels", field.name))
            .expected(format!("{} levels", levels.len()))
            .got(format!("{}: {}", dimension.name, dimension.span())));
    }
    let Coordinate::Numbers(v, unit) = &dimension.coordinate else {
        return Ok(field.clone());
    };
    let (rises, falls) = (
        v.windows(2).all(|w| w[1] > w[0]),
        v.windows(2).all(|w| w[1] < w[0]),
    );
    if !rises && !falls && v.len() > 1 {
        return Err(
            Error::new(format!("the levels of \"{}\" are out of order", field.name))
                .expected("labels that ascend or descend")
                .got(dimension.span()),
        );
    }
    let turned = match grows_downwards(v, unit, v.down()) {
        Some(true) => rises,
        Some(false) => falls,
        None => false,
    };
    if turned && v.len() > 1 {
        let positions: Vec<usize> = (0..v.len()).rev().collect();
        return field.take(&dimension.name, &positions);
    }
    Ok(field.clone())
}

/// Whether labels of levels grow towards the ground; nothing where it cannot be determined, as of
/// numbers of levels.
fn grows_downwards(v: &[f64], unit: &Unit, said: Option<bool>) -> Option<bool> {
    let like = |text: &str| Unit::parse(text).is_ok_and(|u| unit.same_kind(&u));
    if like("Pa") {
        return Some(true);
    }
    if like("m") {
        return Some(false);
    }
    // Sigma and eta are 1 at the ground, whatever the direction their axis is said to be drawn in.
    let shares = v.iter().all(|x| (0.0..=1.1).contains(x)) && v.iter().any(|x| x.fract() != 0.0);
    if shares { Some(true) } else { said }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Choice;
    use ndarray::ArrayD;

    fn grid() -> LatLonGrid {
        LatLonGrid::geos(30.0, 30.0).unwrap()
    }

    fn map() -> Field {
        let g = grid();
        let data = ArrayD::from_shape_fn(vec![g.n_lat(), g.n_lon()], |k| {
            g.lat()[k[0]] + 1000.0 * g.lon()[k[1]]
        });
        Field::new("f", Unit::none(), g.dimensions().to_vec(), data).unwrap()
    }

    #[test]
    fn a_map_in_any_layout_is_put_into_that_of_the_grid() {
        let down: Vec<usize> = (0..grid().n_lat()).rev().collect();
        let from_zero: Vec<usize> = (6..12).chain(0..6).collect();
        let east = |f: &Field| {
            let lon = match &f.dimension("lon").unwrap().coordinate {
                Coordinate::Numbers(v, u) => {
                    (v.iter().map(|x| x.rem_euclid(360.0)).collect(), u.clone())
                }
                _ => unreachable!(),
            };
            f.labelled("lon", Coordinate::Numbers(lon.0, lon.1))
                .unwrap()
        };
        let layouts = [
            map().take("lat", &down).unwrap(),
            east(&map().take("lon", &from_zero).unwrap()),
            map().transpose(&["lon", "lat"]).unwrap(),
        ];
        for layout in layouts {
            assert_eq!(on_grid(&layout, &grid()).unwrap(), map());
        }
        let part = map().sel("lat", &Choice::Between(-40.0, 40.0)).unwrap();
        let message = on_grid(&part, &grid()).unwrap_err().to_string();
        assert!(
            message.contains("another grid") && message.contains("regrid"),
            "{message}"
        );
        let shifted: Vec<f64> = grid().lon().iter().map(|x| x + 2.5).collect();
        let shifted = map().labelled("lon", Coordinate::Numbers(shifted.into(), Unit::none()));
        assert!(on_grid(&shifted.unwrap(), &grid()).is_err());
    }

    #[test]
    fn levels_that_begin_at_the_top_are_turned() {
        let levels = HybridLevels::new(vec![0.0, 0.0, 0.0, 1.0], vec![1.0, 0.7, 0.3, 0.0]).unwrap();
        let line = |labels: Vec<f64>, unit: &str| {
            let d = Dimension::numbers("lev", labels, Unit::as_written(unit));
            let data = ArrayD::from_shape_fn(vec![d.len()], |k| k[0] as f64);
            Field::new("f", Unit::none(), vec![d], data).unwrap()
        };
        let first = |labels: [f64; 3], unit: &str| {
            surface_first(&line(labels.to_vec(), unit), &levels)
                .unwrap()
                .data()[[0]]
        };
        assert_eq!(first([10.0, 500.0, 1000.0], "hPa"), 2.0);
        assert_eq!(first([1000.0, 500.0, 10.0], "hPa"), 0.0);
        assert_eq!(first([0.1, 0.5, 0.99], "level"), 2.0);
        assert_eq!(first([0.99, 0.5, 0.1], "1"), 0.0);
        assert_eq!(first([9.0, 5.0, 0.1], "km"), 2.0);
        assert_eq!(first([1.0, 2.0, 3.0], "1"), 0.0);
        assert!(surface_first(&line(vec![1.0, 3.0, 2.0], "hPa"), &levels).is_err());
        assert!(surface_first(&line(vec![1.0, 2.0], "hPa"), &levels).is_err());
    }
}
