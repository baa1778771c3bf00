//! A point of air: linear in longitude, latitude and a vertical coordinate.
//!
//! H c = sum over the four columns around the position of w_q (linear in z between level middles),
//! z being the height above sea level, the height above the model's surface or the pressure. Below
//! the lowest middle of a column its lowest level is taken, above the highest its highest; so a
//! site that lies below the model's surface (a valley the grid does not have) samples the lowest
//! level, and a mountain the grid does not have is sampled at its true height in free air. Time is
//! the caller's: the air is that of the instant given.

use super::{Equivalent, Geometry, ObservationOperator, Stencil, ThinningKey, slab};
use crate::error::{Error, Result};
use crate::meteorology::Atmosphere;
use crate::observation::Observation;
use std::fmt;
use std::sync::{Arc, LazyLock};

/// The point operator: where along the vertical the observation lies.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Point {
    /// At the observation's altitude above sea level.
    #[default]
    AboveSea,
    /// So far above the model's surface \[m\].
    AboveGround(f64),
    /// At a pressure \[Pa\].
    AtPressure(f64),
}

static ABOVE_SEA: LazyLock<Arc<dyn ObservationOperator>> =
    LazyLock::new(|| Arc::new(Point::AboveSea));

impl Point {
    /// The name of the operator.
    pub const NAME: &str = "point";

    /// The operator at the observation's altitude, one for all observations.
    pub fn above_sea() -> Arc<dyn ObservationOperator> {
        ABOVE_SEA.clone()
    }
}

impl ObservationOperator for Point {
    fn name(&self) -> &str {
        Point::NAME
    }

    fn equivalent(&self, o: &Observation, air: &Atmosphere) -> Result<Equivalent> {
        o.check_position()?;
        let grid = &air.grid;
        let n = grid.levels.len();
        let mut stencil = Stencil::default();
        for (j, i, w) in grid.horizontal.bilinear(o.latitude, o.longitude) {
            let height = |k: usize| air.height[[k, j, i]];
            let levels = match *self {
                Point::AboveSea => between(n, height, o.altitude),
                Point::AboveGround(z) => between(n, height, air.surface_height[[j, i]] + z),
                Point::AtPressure(p) => {
                    let surface = air.surface_pressure[[j, i]];
                    between(n, |k| -grid.levels.middle(k, surface), -p) // negative, to rise with k
                }
            };
            for (level, v) in levels {
                stencil.add(grid.cell(level, j, i), w * v);
            }
        }
        Ok(Equivalent::Linear(stencil))
    }

    fn columns(&self) -> Vec<(&str, &str)> {
        vec![("height", "m"), ("pressure", "Pa")]
    }
    fn geometry(&self) -> Geometry {
        match *self {
            Point::AboveSea => Geometry::default(),
            Point::AboveGround(z) => Geometry::default().with("height", [z]),
            Point::AtPressure(p) => Geometry::default().with("pressure", [p]),
        }
    }
    fn with_geometry(&self, geometry: &Geometry) -> Result<Arc<dyn ObservationOperator>> {
        if geometry.find("pressure").is_some() {
            let p = geometry.number("pressure")?;
            if p <= 0.0 {
                return Err(Error::new("the pressure of a point must be positive").got(p));
            }
            return Ok(Arc::new(Point::AtPressure(p)));
        }
        if geometry.find("height").is_some() {
            return Ok(Arc::new(Point::AboveGround(geometry.number("height")?)));
        }
        Ok(Point::above_sea())
    }

    /// Observations of one site and 500 m of height (or 50 hPa), so that a tower and an aircraft
    /// stay apart.
    fn thinning_key(&self, o: &Observation, _: usize) -> ThinningKey {
        let numbers = match *self {
            Point::AboveSea => [0, slab(o.altitude, 500.0)],
            Point::AboveGround(z) => [1, slab(z, 500.0)],
            Point::AtPressure(p) => [2, slab(p, 5000.0)],
        };
        ThinningKey::of_site(o, numbers)
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Point::AboveSea => write!(f, "operator::point(#{{}})"),
            Point::AboveGround(z) => write!(f, "operator::point(#{{ height: {z:?} }})"),
            Point::AtPressure(p) => write!(f, "operator::point(#{{ pressure: {p:?} }})"),
        }
    }
}

/// The two positions around `x` on a rising axis of `n` points and their weights; the end alone
/// beyond it.
pub(super) fn between(n: usize, axis: impl Fn(usize) -> f64, x: f64) -> [(usize, f64); 2] {
    let (mut above, mut end) = (0, n); // the first position not below x, by halving
    while above < end {
        let middle = (above + end) / 2;
        if axis(middle) < x {
            above = middle + 1
        } else {
            end = middle
        }
    }
    if above == 0 || above == n {
        let end = above.min(n - 1);
        return [(end, 1.0), (end, 0.0)];
    }
    let below = above - 1;
    let v = (x - axis(below)) / (axis(above) - axis(below));
    [(below, 1.0 - v), (above, v)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::fixture::{atmosphere, linear, point};

    fn stencil(operator: Point, o: &Observation) -> Result<Stencil> {
        Ok(linear(operator.equivalent(o, &atmosphere())?))
    }

    fn sampled(operator: Point, altitude: f64, field: impl Fn(f64, f64, f64) -> f64) -> f64 {
        let air = atmosphere();
        let stencil = stencil(operator, &point(37.3, 101.1, altitude)).unwrap();
        let (n_lat, n_lon) = (46, 72);
        stencil
            .cells
            .iter()
            .map(|(cell, w)| {
                let (k, j, i) = (cell / (n_lat * n_lon), cell / n_lon % n_lat, cell % n_lon);
                w * field(
                    air.height[[k, j, i]],
                    air.grid.horizontal.lat()[j],
                    air.grid.horizontal.lon()[i],
                )
            })
            .sum()
    }

    #[test]
    fn a_linear_field_is_reproduced() {
        let value = sampled(Point::AboveSea, 2345.0, |z, lat, lon| {
            3.0 * z - 7.0 * lat + 0.5 * lon
        });
        assert!(
            (value - (3.0 * 2345.0 - 7.0 * 37.3 + 0.5 * 101.1)).abs() < 1e-6,
            "{value}"
        );
    }

    #[test]
    fn heights_above_ground_and_pressures_name_the_same_air() {
        // The still air of the tests lies at z = -7500 ln(p / 1e5), over ground at the sea.
        let height = |z: f64, _: f64, _: f64| z;
        assert!((sampled(Point::AboveGround(900.0), 0.0, height) - 900.0).abs() < 1e-9);
        let z = sampled(Point::AtPressure(7e4), 0.0, height);
        assert!((z + 7500.0 * 0.7_f64.ln()).abs() < 5.0, "{z}"); // linear in pressure, not in its logarithm
    }

    #[test]
    fn a_site_below_the_lowest_middle_samples_the_lowest_level() {
        let at = |lat, lon, z| stencil(Point::AboveSea, &point(lat, lon, z));
        let low = at(37.3, 101.1, -50.0).unwrap();
        assert!(low.cells.iter().all(|(cell, _)| *cell < 46 * 72));
        assert!((low.cells.iter().map(|c| c.1).sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(at(97.0, 0.0, 0.0).is_err());
        assert!(at(37.0, f64::NAN, 0.0).is_err());
    }
}
