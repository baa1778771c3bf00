//! CarbonTracker's `CT20xx.flux1x1.YYYYMMDD.nc` and `CT20xx.flux1x1-monthly.nc`: `bio_flux_opt`,
//! `ocn_flux_opt`, `fire_flux_imp`, `fossil_flux_imp` (older releases `fossil_imp`)
//! (time or date, 180 lat from the south, 360 lon from -179.5) \[mol m-2 s-1, upward\]; `time` in
//! days
//! since 2000-01-01, in the **middle** of its three hours or month; `date_components` beside it.

use super::cf::{CfFlux, from_cf};
use crate::error::{Error, Result};
use crate::flux::{MapStamp, Series, SeriesReading};
use crate::io::netcdf::Dataset;
use std::path::PathBuf;

/// What is read of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CarbonTrackerPart {
    /// The terrestrial biosphere.
    Biosphere,
    /// The ocean.
    Ocean,
    /// Fires.
    Fire,
    /// Fossil fuel.
    Fossil,
    /// Their sum.
    #[default]
    Total,
}

impl CarbonTrackerPart {
    /// The names that releases give it, the optimised flux first.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Biosphere => &["bio_flux_opt", "bio_flux_prior", "bio_flux"],
            Self::Ocean => &["ocn_flux_opt", "ocn_flux_prior", "ocn_flux"],
            Self::Fire => &["fire_flux_imp", "fire_flux_opt", "fire_flux"],
            Self::Fossil => &["fossil_flux_imp", "fossil_imp", "fossil_flux"],
            Self::Total => &[],
        }
    }
}

/// A part of CarbonTracker's fluxes, or their total.
///
/// # Errors
/// A file without that part; what [`from_cf`] refuses.
pub fn from_carbontracker(
    files: &[PathBuf],
    part: CarbonTrackerPart,
    reading: SeriesReading,
) -> Result<Series> {
    use CarbonTrackerPart::{Biosphere, Fire, Fossil, Ocean, Total};
    let first = files
        .first()
        .ok_or_else(|| Error::new("there are no files of fluxes to read"))?;
    let dataset = Dataset::open(first)?;
    let one = |part: &CarbonTrackerPart| {
        let name = part.names().iter().find(|n| dataset.has(n));
        name.map(ToString::to_string).ok_or_else(|| {
            Error::new("the file lacks a part of CarbonTracker's fluxes")
                .expected(part.names().join(" or "))
                .at(format!("file \"{}\"", first.display()))
        })
    };
    let parts: &[CarbonTrackerPart] = match part {
        Total => &[Biosphere, Ocean, Fire, Fossil],
        _ => &[part],
    };
    let what = CfFlux {
        variables: parts.iter().map(one).collect::<Result<_>>()?,
        reading,
        stamp: Some(MapStamp::Middle),
        ..CfFlux::default()
    };
    from_cf("CarbonTracker", files, &what)
}
