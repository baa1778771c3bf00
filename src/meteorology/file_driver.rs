//! A driver of files: forcings read ahead, the rest as its files give it.

use super::forcing::Forcing;
use super::read_ahead::{Prepare, ReadAhead};
use super::{Atmosphere, Meteorology, PressureFix};
use crate::error::Result;
use crate::grid::Grid;
use crate::time::Time;
use ndarray::{Array2, Array3};
use std::fmt;
use std::sync::Arc;

/// What the files of a driver give beside forcings; its `Display` is the script call that makes the
/// driver.
pub trait FileSource: Prepare + fmt::Display {
    /// The grid of the model.
    fn grid(&self) -> &Arc<Grid>;
    /// What closes each column of air.
    fn fix(&self) -> &PressureFix;
    /// Mass fluxes of an interval before the fix, eastward and northward \[kg s-1\].
    ///
    /// # Errors
    /// Files that cannot be read, or values that no atmosphere has.
    fn winds_between(&self, start: Time, end: Time) -> Result<(Array3<f64>, Array3<f64>)>;
    /// Pressure and heights at an instant that the files cover.
    ///
    /// # Errors
    /// Files that cannot be read, or values that no atmosphere has.
    fn atmosphere(&self, time: Time) -> Result<Atmosphere>;
    /// Refuses times outside the files.
    ///
    /// # Errors
    /// They begin later or end earlier, or there is a gap.
    fn covers(&self, start: Time, end: Time) -> Result<()>;
    /// First and last instant of the files; `None` for a climatology.
    fn span(&self) -> (Option<Time>, Option<Time>);
    /// Height of the boundary layer above the ground in an interval (lat, lon) \[m\].
    ///
    /// # Errors
    /// Files that cannot be read, or values that no atmosphere has.
    fn layer_height(&self, start: Time, end: Time) -> Result<Array2<f64>>;
}

impl<S: FileSource> ReadAhead<S> {
    /// Root mean square change of the winds that the pressure fix makes in the interval that holds
    /// `time`, eastward and northward \[m s-1\].
    ///
    /// # Errors
    /// A time outside the files, or values that no atmosphere has.
    pub fn adjustment(&self, time: Time) -> Result<[f64; 2]> {
        let source = self.source();
        let (start, end) = source.interval(time)?;
        let (mut east, mut north) = source.winds_between(start, end)?;
        let fixed = source.prepare(start, end)?;
        east -= &fixed.east;
        north -= &fixed.north;
        let surface_pressure = &fixed.surface_pressure[0];
        Ok(source.fix().rms_winds(&east, &north, surface_pressure))
    }
}

impl<S: FileSource> Meteorology for ReadAhead<S> {
    fn grid(&self) -> &Arc<Grid> {
        self.source().grid()
    }

    fn atmosphere(&self, time: Time) -> Result<Atmosphere> {
        self.source().covers(time, time)?;
        self.source().atmosphere(time)
    }

    fn forcing(&self, time: Time) -> Result<Arc<Forcing>> {
        ReadAhead::forcing(self, time)
    }

    fn covers(&self, start: Time, end: Time) -> Result<()> {
        self.source().covers(start, end)
    }

    fn span(&self) -> (Option<Time>, Option<Time>) {
        self.source().span()
    }

    fn boundary_layer(&self, time: Time) -> Result<Option<Array2<f64>>> {
        let (start, end) = self.source().interval(time)?;
        self.source().layer_height(start, end).map(Some)
    }
}

impl<S: FileSource> fmt::Display for ReadAhead<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source().fmt(f)
    }
}
