//! Winds and mixing: one file per driver, the contract they fill, and the mass-consistency fix they
//! share.

mod boundary_layer;
mod built_in;
mod climatology;
mod convection;
mod file_driver;
mod files;
mod forcing;
mod geos_chem;
mod hypsometry;
mod levels_file;
mod mean_state;
mod prescribed;
mod pressure_fix;
mod read_ahead;
mod snapshot;
mod waves;

pub use built_in::{BuiltIn, BuiltInOptions};
pub use forcing::{Forcing, air_mass, air_masses, unite_polar_rows};
pub use geos_chem::GeosChem;
pub use levels_file::{LevelsFile, LevelsFileOptions};
pub use prescribed::{Conditions, ConditionsAt, Flow, Prescribed};
pub use pressure_fix::PressureFix;
pub use snapshot::Snapshot;

use crate::error::{Error, Result};
use crate::grid::Grid;
use crate::progress;
use crate::time::Time;
use ndarray::{Array2, Array3};
use std::fmt;
use std::sync::Arc;

/// The state of the air that observation operators need, at one instant.
#[derive(Debug, Clone)]
pub struct Atmosphere {
    /// The grid.
    pub grid: Arc<Grid>,
    /// Dry surface pressure (lat, lon) \[Pa\]; edges follow from the grid's hybrid levels.
    pub surface_pressure: Array2<f64>,
    /// Height of the model surface above sea level (lat, lon) \[m\].
    pub surface_height: Array2<f64>,
    /// Height of level middles above sea level (level, lat, lon) \[m\].
    pub height: Array3<f64>,
}

/// A source of winds and mixing.
///
/// # Example
/// ```
/// use mcas::grid::Grid;
/// use mcas::meteorology::{BuiltIn, BuiltInOptions, Meteorology};
/// use mcas::time::Time;
///
/// let met = BuiltIn::new(&Grid::geos(10.0, 15.0)?, None, BuiltInOptions::default())?;
/// let noon = Time::from_date(2016, 7, 1)?.plus(12.0 * 3600.0);
/// let forcing = met.forcing(noon)?;
/// assert!(forcing.start <= noon && noon < forcing.end);
/// assert_eq!(forcing.surface_pressure_at(noon).dim(), (19, 24));
/// # Ok::<(), mcas::error::Error>(())
/// ```
pub trait Meteorology: Send + Sync + fmt::Display + fmt::Debug {
    /// The grid it is given on.
    fn grid(&self) -> &Arc<Grid>;
    /// Pressure and heights at one instant.
    ///
    /// # Errors
    /// The instant lies outside its span, or its files cannot be read.
    fn atmosphere(&self, time: Time) -> Result<Atmosphere>;
    /// Mass fluxes and mixing of the interval that holds `time` (its start included, its end not).
    ///
    /// # Errors
    /// The instant lies outside its span, or its files cannot be read.
    fn forcing(&self, time: Time) -> Result<Arc<Forcing>>;
    /// First and last instant it holds; `None` where it has no beginning or no end.
    fn span(&self) -> (Option<Time>, Option<Time>) {
        (None, None)
    }
    /// Whether it is synthetic, so that concentrations transported by it describe no real air.
    fn synthetic(&self) -> bool {
        false
    }
    /// Height of the boundary layer above the ground (lat, lon) \[m\] in the interval that holds
    /// `time`; `None` where it has none.
    ///
    /// # Errors
    /// As [`Meteorology::forcing`].
    fn boundary_layer(&self, _time: Time) -> Result<Option<Array2<f64>>> {
        Ok(None)
    }
    /// Whether it can drive a run from `start` to `end`; asked before a run begins.
    ///
    /// # Errors
    /// It begins later or ends earlier.
    fn covers(&self, _start: Time, _end: Time) -> Result<()> {
        Ok(())
    }
    /// Makes every interval from `start` to `end` and discards it: what is wrong in it is reported
    /// now and not during a run. Returns the number of intervals.
    ///
    /// # Errors
    /// An end before the start; as [`Meteorology::covers`]; whatever is wrong in an interval; a
    /// request to stop.
    fn check(&self, start: Time, end: Time) -> Result<usize> {
        if end < start {
            return Err(Error::new("a period cannot end before it starts")
                .expected(format!("an end at or after {start}"))
                .got(end));
        }
        self.covers(start, end)?;
        let (mut now, mut intervals) = (start, 0);
        while now < end {
            progress::check_stop()?;
            now = self.forcing(now)?.end;
            intervals += 1;
        }
        Ok(intervals)
    }
}
