//! Still air for tests: uniform surface pressure, exponential heights.

use super::operator::{Equivalent, Stencil};
use super::{Observation, Observations, Point};
use crate::error::Result;
use crate::grid::Grid;
use crate::meteorology::{Atmosphere, Forcing, Meteorology};
use crate::time::Time;
use ndarray::{Array2, Array3};
use std::fmt;
use std::sync::Arc;

pub fn atmosphere() -> Atmosphere {
    let grid = Grid::geos(4.0, 5.0).unwrap();
    let (n, rows, columns) = grid.shape();
    let height = Array3::from_shape_fn((n, rows, columns), |(k, _, _)| {
        -7500.0 * (grid.levels.middle(k, 1e5) / 1e5).ln()
    });
    Atmosphere {
        surface_pressure: Array2::from_elem((rows, columns), 1e5),
        surface_height: Array2::zeros((rows, columns)),
        height,
        grid,
    }
}

pub fn point(latitude: f64, longitude: f64, altitude: f64) -> Observation {
    Observation {
        source: 0,
        site: "TST".into(),
        kind: "flask".into(),
        time: Time::from_seconds(1_430_000_000),
        latitude,
        longitude,
        altitude,
        value: 4e-4,
        error: 1e-6,
        block: 0,
        unit: 0,
        id: None,
        interval: None,
        sampling: Point::above_sea(),
    }
}

/// Observations of one source at these seconds, in this order.
pub fn series(source: &str, seconds: &[i64]) -> Observations {
    let row = |s: &i64| Observation {
        time: Time::from_seconds(*s),
        site: source.into(),
        ..point(0.0, 0.0, 0.0)
    };
    Observations {
        sources: vec![source.into()],
        rows: seconds.iter().map(row).collect(),
        ..Observations::default()
    }
}

/// The stencil of a linear equivalent.
pub fn linear(equivalent: Equivalent) -> Stencil {
    match equivalent {
        Equivalent::Linear(stencil) => stencil,
        Equivalent::OfProfile(..) => panic!("this operator is linear"),
    }
}

#[derive(Debug)]
pub struct StillAir(pub Atmosphere);

impl Meteorology for StillAir {
    fn grid(&self) -> &Arc<Grid> {
        &self.0.grid
    }
    fn forcing(&self, _: Time) -> Result<Arc<Forcing>> {
        Err(crate::error::Error::new("still air drives no transport"))
    }
    fn atmosphere(&self, _: Time) -> Result<Atmosphere> {
        Ok(self.0.clone())
    }
}

impl fmt::Display for StillAir {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("still air")
    }
}
