//! A point of air: linear in longitude, latitude and height above sea level.
//!
//! H c = sum over the four columns around the place of w_q (linear in z between level middles).
//! Below the lowest middle of a column its lowest level is taken, above the highest its highest; so
//! a site that lies below the model's surface (a valley the grid does not have) sees the lowest
//! level, and a mountain the grid does not have is sampled at its true height in free air. Time is
//! the caller's: the air is that of the instant given.

use super::{Observation, ObservationOperator, Stencil};
use crate::error::{Error, Result};
use crate::meteorology::Atmosphere;
use std::fmt;

/// The point operator.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Point;

impl ObservationOperator for Point {
    fn stencil(&self, observation: &Observation, atmosphere: &Atmosphere) -> Result<Stencil> {
        check_place(observation)?;
        let grid = &atmosphere.grid;
        let mut stencil = Stencil::default();
        for (j, i, w) in grid
            .horizontal
            .bilinear(observation.latitude, observation.longitude)
        {
            let height = |k: usize| atmosphere.height[[k, j, i]];
            for (level, v) in between(grid.levels.len(), height, observation.altitude) {
                stencil.add(grid.cell(level, j, i), w * v);
            }
        }
        Ok(stencil)
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("observation::point()")
    }
}

/// Refuses a place that is not on the globe.
pub(super) fn check_place(o: &Observation) -> Result<()> {
    if o.latitude.abs() <= 90.0 && o.longitude.is_finite() && o.altitude.is_finite() {
        return Ok(());
    }
    Err(Error::new("an observation lies outside the grid")
        .expected("a latitude from -90 to 90 and finite numbers")
        .got(format!(
            "{} N, {} E, {} m",
            o.latitude, o.longitude, o.altitude
        ))
        .at(format!("site {} at {}", o.site, o.time)))
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
    use crate::observation::fixture::{atmosphere, point};

    fn seen(altitude: f64, field: impl Fn(f64, f64, f64) -> f64) -> f64 {
        let air = atmosphere();
        let stencil = Point.stencil(&point(37.3, 101.1, altitude), &air).unwrap();
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
        let value = seen(2345.0, |z, lat, lon| 3.0 * z - 7.0 * lat + 0.5 * lon);
        assert!(
            (value - (3.0 * 2345.0 - 7.0 * 37.3 + 0.5 * 101.1)).abs() < 1e-6,
            "{value}"
        );
    }

    #[test]
    fn a_site_below_the_lowest_middle_sees_the_lowest_level() {
        let air = atmosphere();
        let stencil = Point.stencil(&point(37.3, 101.1, -50.0), &air).unwrap();
        assert!(stencil.cells.iter().all(|(cell, _)| *cell < 46 * 72));
        assert!((stencil.cells.iter().map(|c| c.1).sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(Point.stencil(&point(97.0, 0.0, 0.0), &air).is_err());
        assert!(Point.stencil(&point(37.0, f64::NAN, 0.0), &air).is_err());
    }
}
