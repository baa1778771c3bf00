//! Surface pressure and height under a location, from the meteorology, as a retrieval would take
//! them.

use crate::error::Result;
use crate::meteorology::{Atmosphere, Meteorology};
use crate::time::Time;

/// Remembers the air of the last 3-hourly instant asked for.
pub struct SurfaceAir<'a> {
    meteorology: &'a dyn Meteorology,
    last: Option<(i64, Atmosphere)>,
}

const STEP: i64 = 3 * 3600;

impl<'a> SurfaceAir<'a> {
    /// Over this meteorology.
    pub fn new(meteorology: &'a dyn Meteorology) -> Self {
        SurfaceAir {
            meteorology,
            last: None,
        }
    }

    /// Dry surface pressure \[Pa\] and height of the model surface \[m\] at a location, bilinear,
    /// at the nearest 3-hourly instant.
    ///
    /// # Errors
    /// The meteorology does not hold the instant.
    pub fn at(&mut self, time: Time, latitude: f64, longitude: f64) -> Result<(f64, f64)> {
        let step = (time.seconds() + STEP / 2).div_euclid(STEP);
        if self.last.as_ref().is_none_or(|(known, _)| *known != step) {
            self.last = Some((
                step,
                self.meteorology
                    .atmosphere(Time::from_seconds(step * STEP))?,
            ));
        }
        let (_, air) = self.last.as_ref().expect("it was just filled");
        let corners = air.grid.horizontal.bilinear(latitude, longitude);
        Ok(corners.iter().fold((0.0, 0.0), |(p, z), (j, i, w)| {
            (
                p + w * air.surface_pressure[[*j, *i]],
                z + w * air.surface_height[[*j, *i]],
            )
        }))
    }
}
