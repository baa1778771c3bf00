//! A point of air: linear in longitude, latitude and a vertical coordinate.
//!
//! H c = sum over the four columns around the position of w_q (linear in z between level middles),
//! z being the height above sea level, the height above the model's surface or the pressure. Which
//! of them is for the kind of measurement to say:
//!
//! - aircraft, mountains and balloons: the altitude above sea level, or the pressure;
//! - towers: the height of the intake above the ground, over the model's surface;
//! - a station whose intake height and elevation are both known: over the model's surface, unless
//!   the station's ground is more than 500 m above it, as on a mountain that the grid does not
//!   have, which is sampled at its true height above sea level in free air.
//!
//! Below the lowest middle of a column its lowest level is taken, so that a site that lies below
//! the model's surface (a valley the grid does not have) samples the lowest level, which is warned
//! of (`below_surface`); a point above the model's top is an error. Time is the caller's: the air
//! is that of the instant given.

use super::{Equivalent, Geometry, ObservationOperator, Stencil, slab};
use crate::error::{Error, Result};
use crate::meteorology::Atmosphere;
use crate::observation::Observation;
use crate::observation::row::ALTITUDES;
use ndarray::Array2;
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
    /// At a station: so far above ground of this elevation above sea level \[m\].
    Station {
        /// Of the intake above ground \[m\].
        height: f64,
        /// Of the ground above sea level \[m\].
        elevation: f64,
    },
    /// At a pressure \[Pa\].
    AtPressure(f64),
}

static ABOVE_SEA: LazyLock<Arc<dyn ObservationOperator>> =
    LazyLock::new(|| Arc::new(Point::AboveSea));

/// How far a station's ground is above the model's surface where it is a mountain \[m\].
const MOUNTAIN: f64 = 500.0;
/// Of pressure near the ground \[m\].
const SCALE_HEIGHT: f64 = 8000.0;
/// Pressures that points of air have \[Pa\].
const PRESSURES: std::ops::RangeInclusive<f64> = 1e-2..=1.2e5;

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
        let corners = grid.horizontal.bilinear(o.latitude, o.longitude);
        let ground = corners
            .iter()
            .map(|(j, i, w)| w * air.surface_height[[*j, *i]]);
        let reach = self.reach(o, ground.sum());
        for (j, i, w) in corners {
            let height = |k: usize| air.height[[k, j, i]];
            let levels = match reach {
                Reach::Sea(z) => between(n, height, below_top(o, air, (j, i), z)?),
                Reach::Ground(z) => {
                    let z = air.surface_height[[j, i]] + z;
                    between(n, height, below_top(o, air, (j, i), z)?)
                }
                Reach::Pressure(p) => {
                    let surface = air.surface_pressure[[j, i]];
                    under_top(o, grid.levels.edge(n, surface), p)?;
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
        vec![("height", "m"), ("elevation", "m"), ("pressure", "Pa")]
    }
    fn geometry(&self) -> Geometry {
        match *self {
            Point::AboveSea => Geometry::default(),
            Point::AboveGround(z) => Geometry::default().with("height", [z]),
            Point::Station { height, elevation } => Geometry::default()
                .with("height", [height])
                .with("elevation", [elevation]),
            Point::AtPressure(p) => Geometry::default().with("pressure", [p]),
        }
    }
    fn with_geometry(&self, geometry: &Geometry) -> Result<Arc<dyn ObservationOperator>> {
        if geometry.find("pressure").is_some() {
            let p = within("pressure", geometry.number("pressure")?, PRESSURES, "Pa")?;
            return Ok(Arc::new(Point::AtPressure(p)));
        }
        if geometry.find("height").is_none() {
            return Ok(Point::above_sea());
        }
        let height = geometry.number("height")?;
        let height = within("height above ground", height, 0.0..=*ALTITUDES.end(), "m")?;
        if geometry.find("elevation").is_none() {
            return Ok(Arc::new(Point::AboveGround(height)));
        }
        let elevation = within("elevation", geometry.number("elevation")?, ALTITUDES, "m")?;
        Ok(Arc::new(Point::Station { height, elevation }))
    }

    fn below_surface(&self, o: &Observation, air: &Atmosphere) -> f64 {
        let corners = air.grid.horizontal.bilinear(o.latitude, o.longitude);
        let over = |surface: &Array2<f64>| -> f64 {
            corners.iter().map(|(j, i, w)| w * surface[[*j, *i]]).sum()
        };
        let ground = over(&air.surface_height);
        match self.reach(o, ground) {
            Reach::Sea(z) => (ground - z).max(0.0),
            Reach::Ground(_) => 0.0,
            Reach::Pressure(p) => SCALE_HEIGHT * (p / over(&air.surface_pressure)).ln().max(0.0),
        }
    }

    /// Observations of 500 m of height (or 50 hPa), so that a valley and a mountain stay apart.
    fn thinning_key(&self, o: &Observation) -> Vec<i64> {
        let numbers = match *self {
            Point::AboveSea => [0, slab(o.altitude, 500.0)],
            Point::AboveGround(z) => [1, slab(z, 500.0)],
            Point::Station { height, elevation } => [3, slab(height + elevation, 500.0)],
            Point::AtPressure(p) => [2, slab(p, 5000.0)],
        };
        numbers.to_vec()
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Point::AboveSea => write!(f, "operator::point(#{{}})"),
            Point::AboveGround(z) => write!(f, "operator::point(#{{ height: {z:?} }})"),
            Point::Station { height, elevation } => write!(
                f,
                "operator::point(#{{ height: {height:?}, elevation: {elevation:?} }})"
            ),
            Point::AtPressure(p) => write!(f, "operator::point(#{{ pressure: {p:?} }})"),
        }
    }
}

/// A vertical coordinate and where on it a point lies.
#[derive(Debug, Clone, Copy)]
enum Reach {
    Sea(f64),
    Ground(f64),
    Pressure(f64),
}

impl Point {
    /// Where an observation lies over a surface of the model at this height.
    fn reach(&self, o: &Observation, ground: f64) -> Reach {
        match *self {
            Point::AboveSea => Reach::Sea(o.altitude),
            Point::AboveGround(z) => Reach::Ground(z),
            Point::Station { height, elevation } if elevation - ground > MOUNTAIN => {
                Reach::Sea(elevation + height)
            }
            Point::Station { height, .. } => Reach::Ground(height),
            Point::AtPressure(p) => Reach::Pressure(p),
        }
    }
}

fn within(what: &str, x: f64, range: std::ops::RangeInclusive<f64>, unit: &str) -> Result<f64> {
    if range.contains(&x) {
        return Ok(x);
    }
    Err(Error::new(format!("the {what} of a point is none of air"))
        .expected(format!("{} to {} {unit}", range.start(), range.end()))
        .got(format!("{x} {unit}")))
}

/// The height of a point that lies no higher than the highest level of a column reaches.
fn below_top(o: &Observation, air: &Atmosphere, (j, i): (usize, usize), z: f64) -> Result<f64> {
    let n = air.grid.levels.len();
    let highest = air.height[[n - 1, j, i]];
    let half = match n {
        1 => f64::INFINITY,
        _ => 0.5 * (highest - air.height[[n - 2, j, i]]),
    };
    if z <= highest + half {
        return Ok(z);
    }
    Err(Error::new("an observation lies above the top of the model")
        .expected(format!("at most {:.0} m", highest + half))
        .got(format!("{z} m"))
        .at(o.location())
        .hint("its altitude in metres, or leave it out"))
}

/// Refuses a point at a lower pressure than the highest level reaches.
fn under_top(o: &Observation, top: f64, p: f64) -> Result<()> {
    if p >= top {
        return Ok(());
    }
    Err(Error::new("an observation lies above the top of the model")
        .expected(format!("at least {top} Pa"))
        .got(format!("{p} Pa"))
        .at(o.location())
        .hint("its pressure in Pa, or leave it out"))
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
    fn a_station_is_above_the_models_ground_unless_it_is_a_mountain() {
        // The ground of the tests lies at the sea.
        let height = |z: f64, _: f64, _: f64| z;
        let at = |elevation| {
            let station = Point::Station {
                height: 100.0,
                elevation,
            };
            sampled(station, 0.0, height)
        };
        assert!((at(400.0) - 100.0).abs() < 1e-9);
        assert!((at(3397.0) - 3497.0).abs() < 1e-9);
        let read = |g: Geometry| Point::AboveSea.with_geometry(&g);
        let both = Geometry::default().with("height", [100.0]);
        let both = both.with("elevation", [3397.0]);
        assert_eq!(read(both.clone()).unwrap().geometry(), both);
    }

    #[test]
    fn heights_and_pressures_that_no_air_has_are_refused() {
        let refused = |name: &str, x: f64| {
            let read = Point::AboveSea.with_geometry(&Geometry::default().with(name, [x]));
            read.unwrap_err().to_string().contains("none of air")
        };
        assert!(refused("height", -20.0) && refused("height", 2e5));
        assert!(refused("pressure", 0.0) && refused("pressure", 1.013e7));
        let above = stencil(Point::AboveSea, &point(0.0, 0.0, 9e4)).unwrap_err();
        assert!(above.to_string().contains("above the top of the model"));
        assert!(stencil(Point::AboveSea, &point(0.0, 0.0, 3e4)).is_ok());
        let above = stencil(Point::AtPressure(0.5), &point(0.0, 0.0, 0.0)).unwrap_err();
        assert!(above.to_string().contains("at least 1 Pa"), "{above}");
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
