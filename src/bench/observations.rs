//! How fast soundings are read from files, filtered and thinned, beside the bare reading of the
//! same variables by the NetCDF library in the same run. The files are synthetic, laid out as a day
//! of OCO-2 each, and deleted in the end.

use super::machine::cpu_seconds;
use super::peak_memory;
use crate::error::{Error, Result};
use crate::grid::LatLonGrid;
use crate::observation::files::columns::{Lite, LiteOf, Reading, read, write_synthetic_lite};
use crate::observation::{Joining, Thinning};
use crate::time::{DAY, HOUR, Time};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What is measured.
#[derive(Debug, Clone, Copy)]
pub struct ObservationCost {
    /// Number of files.
    pub files: usize,
    /// Soundings in each.
    pub soundings: usize,
    /// Whether the files are compressed, as those of the product are.
    pub deflated: bool,
}

/// What was measured. All times are of one thread.
#[derive(Debug, Serialize)]
pub struct ObservationTimings {
    /// Number of files.
    files: usize,
    /// Soundings in all files.
    soundings: usize,
    /// Super-observations on 2 x 2.5 degrees and an hour.
    super_observations: usize,
    /// Opening, filtering, reading and thinning \[s\].
    read_s: f64,
    /// Soundings in a second.
    soundings_per_s: f64,
    /// Processor time of the same \[s\], which other programs hardly change.
    read_cpu_s: f64,
    /// Soundings in a second of a processor.
    per_cpu_s: f64,
    /// The bare reading of the same variables, whole \[s\].
    bare_s: f64,
    /// Processor time of the same \[s\], which is the NetCDF library's and zlib's alone.
    bare_cpu_s: f64,
    /// `read_s` over `bare_s`.
    ratio: f64,
    /// What the program held at most before the last two thirds of the files were read \[MB\].
    early_rss_mb: f64,
    /// What it held at most \[MB\].
    peak_rss_mb: f64,
}

impl ObservationCost {
    /// Writes the files into a temporary folder, reads and deletes them.
    ///
    /// # Errors
    /// No files or soundings, or a folder that cannot be written to.
    pub fn measure(&self) -> Result<ObservationTimings> {
        if self.files < 1 || self.soundings < 1 {
            return Err(Error::new("there is nothing to read")
                .expected("one file or more, of one sounding or more")
                .got(format!("{} files of {}", self.files, self.soundings)));
        }
        let name = format!("mcas-bench-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).map_err(Error::new)?;
        let measured = self.written(&folder).and_then(|paths| self.timed(&paths));
        let removed = std::fs::remove_dir_all(&folder).map_err(Error::new);
        let measured = measured?;
        removed.map(|()| measured)
    }

    fn written(&self, folder: &Path) -> Result<Vec<PathBuf>> {
        let start = Time::from_date(2016, 1, 1)?;
        let one = |k: usize| {
            let path = folder.join(format!("oco2_LtCO2_{k:06}_synthetic.nc4"));
            let day = start.plus(k as f64 * DAY);
            write_synthetic_lite(&path, self.soundings, day, self.deflated).map(|()| path)
        };
        (0..self.files).map(one).collect()
    }

    fn timed(&self, paths: &[PathBuf]) -> Result<ObservationTimings> {
        let grid = LatLonGrid::geos(2.0, 2.5)?;
        let how = Reading {
            thinning: Some(Thinning::new(Some(&grid), HOUR, Joining::default())?),
            ..Reading::default()
        };
        let lite = Lite::new(LiteOf::Oco, false, vec![], None)?;
        read(&lite, &paths[..self.files.div_ceil(3)], &how)?;
        let early_rss_mb = peak_memory();
        let (read_lite, [read_s, read_cpu_s]) = timed(|| read(&lite, paths, &how))?;
        let peak_rss_mb = peak_memory();
        let all = || paths.iter().try_for_each(|path| bare(path));
        let ((), [bare_s, bare_cpu_s]) = timed(|| all().map_err(Error::new))?;
        let soundings = self.files * self.soundings;
        Ok(ObservationTimings {
            files: self.files,
            soundings,
            super_observations: read_lite.observations.len(),
            read_s,
            soundings_per_s: soundings as f64 / read_s,
            read_cpu_s,
            per_cpu_s: soundings as f64 / read_cpu_s.max(0.01), // it is counted in hundredths
            bare_s,
            bare_cpu_s,
            ratio: read_s / bare_s,
            early_rss_mb,
            peak_rss_mb,
        })
    }
}

/// What some work gives, and its time by the clock and of the processor \[s\].
fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<(T, [f64; 2])> {
    let (begun, used) = (Instant::now(), cpu_seconds());
    let result = work()?;
    Ok((
        result,
        [begun.elapsed().as_secs_f64(), cpu_seconds() - used],
    ))
}

/// Reads the variables of a file that soundings need, whole, in the types they are stored in.
fn bare(path: &Path) -> netcdf::Result<()> {
    let file = netcdf::open(path)?;
    let variable = |name: &str| {
        file.variable(name)
            .ok_or(netcdf::Error::Str(name.to_string()))
    };
    for name in [
        "xco2_quality_flag",
        "Sounding/operation_mode",
        "Sounding/footprint",
    ] {
        std::hint::black_box(variable(name)?.get_values::<i8, _>(..)?);
    }
    std::hint::black_box(variable("time")?.get_values::<f64, _>(..)?);
    std::hint::black_box(variable("sounding_id")?.get_values::<i64, _>(..)?);
    for name in [
        "latitude",
        "longitude",
        "xco2_x2019",
        "xco2_uncertainty",
        "xco2_apriori",
        "solar_zenith_angle",
        "pressure_levels",
        "pressure_weight",
        "xco2_averaging_kernel",
        "co2_profile_apriori",
    ] {
        std::hint::black_box(variable(name)?.get_values::<f32, _>(..)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_read_thinned_and_deleted() {
        let cost = ObservationCost {
            files: 2,
            soundings: 300,
            deflated: true,
        };
        let timings = cost.measure().unwrap();
        assert!(timings.soundings == 600 && (1..200).contains(&timings.super_observations));
        let none = ObservationCost { files: 0, ..cost };
        assert!(none.measure().is_err());
    }
}
