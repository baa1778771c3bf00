//! MERRA-2 and GEOS-FP winds in the NetCDF files GEOS-Chem uses: collections A1, A3dyn, A3mstE and
//! I3, a file for each day.
//!
//! Over three hours the winds of A3dyn are constant; surface pressure goes from one instant of I3
//! to the next. Air is dry: the water of the column, sum q dp, is taken from the surface pressure,
//! and levels are hybrid in what is left, as in GEOS-Chem. Momentum u dp / g is summed over the
//! levels the model lumps together (72 to 47), then regridded as a mass flux: the flux through a
//! face of the model is the sum of those through the faces of the file on it (`Faces`). The mean of
//! dry pressure is held at that of the atmosphere; `PressureFix` closes each column. Updraft
//! (CMFMC) and detrainment (DTRAIN) are the files'. Turbulence is `SurfaceLayer`'s, from A1
//! averaged over the three hours. The height of the ground is the built-in one.

mod collections;
mod files;
mod levels;
mod mixing;
mod span;
mod vertical;

use super::built_in::BuiltIn;
use super::files::Quantity;
use super::read_ahead::{Prepare, ReadAhead};
use crate::error::Result;
use crate::time::HOUR;
use collections::unscaled;
use files::GeosChemFiles;
use std::path::Path;

const UPDRAFT: Quantity = Quantity {
    mislabelled: &["kg m-2 s-2"],
    ..unscaled("the updraft", &["CMFMC"], "kg m-2 s-1", (-1.0, 10.0))
};
const DETRAINMENT: Quantity = unscaled("the detrainment", &["DTRAIN"], "kg m-2 s-1", (-1.0, 10.0));
const LAYER: [Quantity; 4] = [
    unscaled(
        "the height of the boundary layer",
        &["PBLH"],
        "m",
        (0.0, 2.0e4),
    ),
    unscaled("the friction velocity", &["USTAR"], "m s-1", (0.0, 20.0)),
    unscaled(
        "the sensible heat flux",
        &["HFLUX"],
        "W m-2",
        (-3000.0, 3000.0),
    ),
    unscaled(
        "the temperature near the ground",
        &["T2M"],
        "K",
        (150.0, 400.0),
    ),
];
/// Length of an interval \[s\].
const INTERVAL: f64 = 3.0 * HOUR;

/// The driver.
pub type GeosChem = ReadAhead<GeosChemFiles>;

impl GeosChem {
    /// Finds the files below `folder`, by names such as `MERRA2.20160102.A3dyn.2x25.nc4`, and reads
    /// the first and the last interval; `built_in` gives the grid, the height of the ground, and
    /// factors of mixing and convection.
    ///
    /// # Errors
    /// No files, a collection or variable that is missing, days that are missing, files of a
    /// region, levels the model's are not made of, values that no atmosphere has; each names file,
    /// variable, time and cell.
    pub fn new(built_in: BuiltIn, folder: &Path) -> Result<Self> {
        let call = format!(
            "meteorology::geos_chem(grid, {:?}, #{{ {} }})",
            folder.display().to_string(),
            built_in.mixing_options()
        );
        let mut source = GeosChemFiles::new(built_in, folder)?;
        let (first, last) = source.span;
        source.call = format!(
            "{call} /* {first} to {last}, winds of 3 h on {}; built in: height of the ground */",
            source.winds[0].axes.span()
        );
        source.prepare(first, first.plus(INTERVAL))?;
        source.prepare(last.plus(-INTERVAL), last)?;
        Ok(ReadAhead::of(source))
    }
}
