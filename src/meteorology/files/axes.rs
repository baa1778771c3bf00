//! Latitudes and longitudes of a file, and the order its values are put into: from the south,
//! eastward.

use super::weights::Line;
use crate::error::{Error, Result};
use crate::field::{AxisLabels, Coordinate, Field};
use crate::grid::{edges_of, lat_edges_of};
use ndarray::{Array3, ArrayView3, Axis, Slice};

/// The horizontal axes of a global file.
/// Two are equal where their labels are the same ([`AxisLabels`]).
#[derive(Debug, Clone)]
pub struct Axes {
    /// Latitudes, ascending \[degrees\].
    pub lat: Vec<f64>,
    /// Longitudes, ascending over one turn \[degrees\].
    pub lon: Vec<f64>,
    lat_edges: Vec<f64>,
    lon_edges: Vec<f64>,
    from_north: bool,
}

impl PartialEq for Axes {
    fn eq(&self, other: &Self) -> bool {
        self.from_north == other.from_north
            && AxisLabels::of(&self.lat).are(&other.lat)
            && AxisLabels::of(&self.lon).are(&other.lon)
    }
}

impl Axes {
    /// Those of a field whose last dimensions are `lat` and `lon`.
    ///
    /// # Errors
    /// No latitude or longitude, dimensions in another order, latitudes out of order or not up to
    /// the poles, longitudes that are not one even turn eastward.
    pub fn of(field: &Field) -> Result<Self> {
        let (mut lat, lon) = (numbers(field, "lat")?, eastward(numbers(field, "lon")?));
        in_order(field)?;
        let from_north = lat.len() > 1 && lat[1] < lat[0];
        if from_north {
            lat.reverse();
        }
        let step = (lat[lat.len() - 1] - lat[0]) / (lat.len() - 1).max(1) as f64;
        let disorder = Error::new("the latitudes are out of order")
            .expected("from pole to pole, either way, within 90 degrees");
        if let Some(w) = lat.windows(2).find(|w| w[1] <= w[0]) {
            let [before, after] = if from_north {
                [w[1], w[0]]
            } else {
                [w[0], w[1]]
            };
            return Err(disorder.got(format!("{after} after {before} in {}", listed(&lat))));
        }
        if lat.len() < 2 || lat.iter().any(|v| v.abs() > 90.0 + 1e-6) {
            return Err(disorder.got(listed(&lat)));
        }
        if lat[0] > -90.0 + 1.5 * step || lat[lat.len() - 1] < 90.0 - 1.5 * step {
            return Err(window("latitudes", &lat));
        }
        if let Some(w) = lon.windows(2).find(|w| w[1] <= w[0]) {
            return Err(Error::new("the longitudes do not go eastward")
                .expected("one turn from west to east")
                .got(format!("{} after {}", w[1], w[0])));
        }
        // One turn later the first longitude comes again.
        let turn = [&lon[..], &[lon[0] + 360.0]].concat();
        if lon.len() < 4 || !AxisLabels::of(&turn).even() {
            return Err(window("longitudes", &lon));
        }
        let (lat_edges, lon_edges) = (poles(lat_edges_of(&lat)), edges_of(&lon));
        Ok(Axes {
            lat,
            lon,
            lat_edges,
            lon_edges,
            from_north,
        })
    }

    /// Values of a field (level, lat, lon) from the south; a field without levels has one.
    pub fn ordered(&self, values: ArrayView3<f64>) -> Array3<f64> {
        let mut view = values;
        if self.from_north {
            view.slice_axis_inplace(Axis(1), Slice::new(0, None, -1));
        }
        view.as_standard_layout().into_owned()
    }

    /// Numbers of cells and the outermost ones, to hundredths of a degree.
    pub fn span(&self) -> String {
        let ends = |v: &[f64]| [v[0], v[v.len() - 1]].map(|x| (100.0 * x).round() / 100.0);
        let ([south, north], [west, east]) = (ends(&self.lat), ends(&self.lon));
        format!(
            "{} x {} cells, {south} to {north} north, {west} to {east} east",
            self.lat.len(),
            self.lon.len()
        )
    }

    /// Latitudes as a line.
    pub fn lats(&self) -> Line<'_> {
        Line {
            centres: &self.lat,
            edges: &self.lat_edges,
            period: None,
        }
    }
    /// Longitudes as a closed line.
    pub fn lons(&self) -> Line<'_> {
        Line {
            centres: &self.lon,
            edges: &self.lon_edges,
            period: Some(360.0),
        }
    }
}

/// The outermost edges are the poles.
fn poles(mut edges: Vec<f64>) -> Vec<f64> {
    let last = edges.len() - 1;
    (edges[0], edges[last]) = (-90.0, 90.0);
    edges
}

fn numbers(field: &Field, name: &str) -> Result<Vec<f64>> {
    match &field.dimension(name)?.coordinate {
        Coordinate::Numbers(values, _) if values.iter().all(|v| v.is_finite()) => {
            Ok(values.to_vec())
        }
        _ => Err(
            Error::new(format!("the dimension \"{name}\" has no values in degrees")).expected(
                format!("a variable \"{name}\" of numbers, none of them missing"),
            ),
        ),
    }
}

/// Longitudes that fall back by a turn on their way, as from 180 to -175, go on instead.
fn eastward(mut lon: Vec<f64>) -> Vec<f64> {
    for k in 1..lon.len() {
        if lon[k] < lon[k - 1] - 180.0 {
            lon[k..].iter_mut().for_each(|v| *v += 360.0);
        }
    }
    lon
}

/// Values are taken by their positions, so that the order of dimensions matters.
fn in_order(field: &Field) -> Result<()> {
    let names: Vec<&str> = field.dimensions().iter().map(|d| d.name.as_str()).collect();
    if names.ends_with(&["lat", "lon"]) {
        return Ok(());
    }
    Err(Error::new("the dimensions are in another order")
        .expected("latitude and longitude last, after time and levels")
        .got(names.join(", "))
        .hint("ncpdq -a time,lev,lat,lon, or what else reorders dimensions"))
}

fn listed(values: &[f64]) -> String {
    let n = values.len();
    if n <= 4 {
        format!("{values:?}")
    } else {
        format!(
            "{}, {} ... {} ({n} values)",
            values[0],
            values[1],
            values[n - 1]
        )
    }
}

fn window(what: &str, values: &[f64]) -> Error {
    Error::new(format!("the {what} do not go around the globe"))
        .expected(format!("even steps over all {what}"))
        .got(listed(values))
        .hint("global files")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Dimension;
    use crate::units::Unit;
    use ndarray::ArrayD;

    fn field(lat: Vec<f64>, lon: Vec<f64>) -> Field {
        let shape = vec![lat.len(), lon.len()];
        let data = ArrayD::from_shape_fn(shape, |p| (10 * p[0] + p[1]) as f64);
        Field::new(
            "u",
            Unit::none(),
            vec![
                Dimension::numbers("lat", lat, Unit::none()),
                Dimension::numbers("lon", lon, Unit::none()),
            ],
            data,
        )
        .unwrap()
    }

    #[test]
    fn rows_from_the_north_are_turned() {
        let f = field(vec![60.0, 0.0, -60.0], vec![0.0, 90.0, 180.0, 270.0]);
        let axes = Axes::of(&f).unwrap();
        assert_eq!(axes.lat, [-60.0, 0.0, 60.0]);
        let values = axes.ordered(
            f.data()
                .view()
                .insert_axis(Axis(0))
                .into_dimensionality()
                .unwrap(),
        );
        assert_eq!((values[[0, 0, 1]], values[[0, 2, 1]]), (21.0, 1.0));
    }

    #[test]
    fn windows_and_disorder_are_refused() {
        let refused = |lat: &[f64], lon: &[f64]| {
            Axes::of(&field(lat.to_vec(), lon.to_vec()))
                .unwrap_err()
                .to_string()
        };
        let (lat, lon) = ([-60.0, 0.0, 60.0], [0.0, 90.0, 180.0, 270.0]);
        assert!(refused(&[50.0, 52.0], &lon).contains("around the globe"));
        assert!(refused(&lat, &[-2.5, 0.0]).contains("around the globe"));
        let disorder = refused(&[-60.0, 60.0, 0.0], &lon);
        assert!(
            disorder.contains("out of order") && disorder.contains("0 after 60"),
            "{disorder}"
        );
        assert!(refused(&[60.0, -30.0, 0.0, -60.0], &lon).contains("0 after -30"));
        assert!(refused(&[-60.0, f64::NAN, 60.0], &lon).contains("lat"));
        assert!(refused(&lat, &[270.0, 180.0, 90.0, 0.0]).contains("eastward"));
        let mut turned = field(lat.to_vec(), lon.to_vec());
        turned = turned.transpose(&["lon", "lat"]).unwrap();
        assert!(
            Axes::of(&turned)
                .unwrap_err()
                .to_string()
                .contains("another order")
        );
    }

    #[test]
    fn longitudes_that_fall_back_by_a_turn_go_on() {
        let axes = Axes::of(&field(
            vec![-60.0, 0.0, 60.0],
            vec![0.0, 90.0, 180.0, -90.0],
        ))
        .unwrap();
        assert_eq!(axes.lon, [0.0, 90.0, 180.0, 270.0]);
    }
}
