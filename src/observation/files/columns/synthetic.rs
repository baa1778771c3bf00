//! Synthetic Lite files, laid out as those of OCO-2, to test and time readers with.

use crate::error::{Error, Result};
use crate::observation::networks::{Instrument, retrieval};
use crate::time::Time;
use netcdf::NcTypeDescriptor;
use std::path::Path;

/// Levels of a retrieval.
const LEVELS: usize = 20;
/// Between soundings \[s\]: 100 000 fill nearly a day.
const SPACING: f64 = 0.8;
/// Of an orbit \[s\].
const ORBIT: f64 = 5933.0;

/// A synthetic file of `n` soundings from the start of a day: a third are flagged good, every
/// second of these is over land, every fourth in nadir mode. Its values are the prior columns and a
/// wave of 1 ppm, on the scale X2019 0.2 ppm more.
///
/// # Errors
/// The file cannot be written.
pub fn write_synthetic_lite(path: &Path, n: usize, day: Time, deflated: bool) -> Result<()> {
    write_without(path, n, day, deflated, "")
}

/// The same without one of its variables.
///
/// # Errors
/// The file cannot be written.
pub(super) fn write_without(
    path: &Path,
    n: usize,
    day: Time,
    deflated: bool,
    variable: &str,
) -> Result<()> {
    crate::io::netcdf::quiet();
    let soundings = Soundings::new(n, day);
    let failed = |e: netcdf::Error| {
        Error::new("the synthetic file cannot be written")
            .got(e)
            .at(format!("file \"{}\"", path.display()))
    };
    soundings.write(path, deflated, variable).map_err(failed)
}

/// What a file of soundings holds.
struct Soundings {
    time: Vec<f64>,
    latitude: Vec<f32>,
    longitude: Vec<f32>,
    /// Prior columns \[ppm\].
    prior: Vec<f32>,
    /// Pressure, weight, kernel and prior profile (sounding, level), from the top down.
    profiles: [Vec<f32>; 4],
}

fn every<T>(n: usize, of: impl FnMut(usize) -> T) -> Vec<T> {
    (0..n).map(of).collect()
}

impl Soundings {
    fn new(n: usize, day: Time) -> Self {
        let orbit = |k: usize| k as f64 * SPACING / ORBIT;
        let mut profiles: [Vec<f32>; 4] = Default::default();
        // A few retrievals serve for all: their numbers do not matter to a reader.
        let surfaces = every(16, |s| {
            let pressure = 90_000.0 + 700.0 * s as f64;
            (
                pressure,
                retrieval(Instrument::Oco2Land, 4.0 * s as f64, pressure, day),
            )
        });
        for k in 0..n {
            let (_, r) = &surfaces[k % surfaces.len()];
            let scaled = [
                (&r.pressure, 0.01),
                (&r.weight, 1.0),
                (&r.kernel, 1.0),
                (&r.prior, 1e6),
            ];
            for (out, (values, factor)) in profiles.iter_mut().zip(scaled) {
                out.extend(values.iter().rev().map(|v| (v * factor) as f32));
            }
        }
        Soundings {
            time: every(n, |k| day.seconds() as f64 + k as f64 * SPACING),
            latitude: every(n, |k| {
                (75.0 * (orbit(k) * std::f64::consts::TAU).sin()) as f32
            }),
            longitude: every(n, |k| ((orbit(k) * -24.8).rem_euclid(360.0) - 180.0) as f32),
            prior: every(n, |k| {
                (1e6 * surfaces[k % surfaces.len()].1.prior_column) as f32
            }),
            profiles,
        }
    }

    fn write_modes(root: &mut Numbers, n: usize) -> netcdf::Result<()> {
        root.group(
            "Sounding",
            "operation_mode",
            &every(n, |k| i8::from(k / 3 % 4 != 0)),
        )?;
        root.group(
            "Sounding",
            "land_water_indicator",
            &every(n, |k| (k / 3 % 2) as i8),
        )?;
        root.group("Sounding", "altitude", &every(n, |k| (k % 500) as f32))?;
        root.group(
            "Sounding",
            "orbit",
            &every(n, |k| 10_000 + (k * 29 / (2 * n)) as i32),
        )?;
        root.group("Sounding", "footprint", &every(n, |k| (k % 8) as i8 + 1))?;
        Ok(())
    }

    fn write(&self, path: &Path, deflated: bool, without: &str) -> netcdf::Result<()> {
        let n = self.time.len();
        let mut file = netcdf::create(path)?;
        file.add_attribute(
            "title",
            "Synthetic soundings, laid out as an OCO-2 Lite file",
        )?;
        file.add_dimension("sounding_id", n)?;
        file.add_dimension("levels", LEVELS)?;
        let mut root = Numbers {
            file: &mut file,
            deflated,
            without,
        };
        let id = |k: usize| 2_016_070_100_000_000 + 10 * k as i64 + (k % 8) as i64 + 1;
        root.put("sounding_id", &every(n, id), "")?;
        root.put("time", &self.time, "seconds since 1970-01-01 00:00:00")?;
        root.put("latitude", &self.latitude, "degrees_north")?;
        root.put("longitude", &self.longitude, "degrees_east")?;
        let value = |more: f32| every(n, |k| self.prior[k] + more + (k as f32 * 0.01).sin());
        root.put("xco2", &value(0.0), "ppm")?;
        root.put("xco2_x2019", &value(0.2), "ppm")?;
        root.put("xco2_apriori", &self.prior, "ppm")?;
        root.put(
            "xco2_uncertainty",
            &every(n, |k| 0.4 + 0.01 * (k % 30) as f32),
            "ppm",
        )?;
        root.put("xco2_quality_flag", &every(n, |k| i8::from(k % 3 != 0)), "")?;
        root.put(
            "solar_zenith_angle",
            &every(n, |k| (k % 70) as f32),
            "degrees",
        )?;
        for (name, values, unit) in [
            ("pressure_levels", 0, "hPa"),
            ("pressure_weight", 1, ""),
            ("xco2_averaging_kernel", 2, ""),
            ("co2_profile_apriori", 3, "ppm"),
        ] {
            root.put(name, &self.profiles[values], unit)?;
        }
        Soundings::write_modes(&mut root, n)?;
        file.close()
    }
}

/// Writes variables along the soundings.
struct Numbers<'a> {
    file: &'a mut netcdf::FileMut,
    deflated: bool,
    /// The name of one that is left out.
    without: &'a str,
}

impl Numbers<'_> {
    fn put<T: NcTypeDescriptor + Copy>(
        &mut self,
        name: &str,
        values: &[T],
        unit: &str,
    ) -> netcdf::Result<()> {
        if name == self.without {
            return Ok(());
        }
        let n = self.file.dimension("sounding_id").map_or(0, |d| d.len());
        let along: &[&str] = match values.len() > n {
            true => &["sounding_id", "levels"],
            false => &["sounding_id"],
        };
        let mut variable = self.file.add_variable::<T>(name, along)?;
        if self.deflated {
            variable.set_compression(4, true)?;
        }
        if !unit.is_empty() {
            variable.put_attribute("units", unit)?;
        }
        if n > 0 {
            variable.put_values(values, ..)?;
        }
        Ok(())
    }

    fn group<T: NcTypeDescriptor + Copy>(
        &mut self,
        group: &str,
        name: &str,
        values: &[T],
    ) -> netcdf::Result<()> {
        if name == self.without {
            return Ok(());
        }
        if self.file.group(group)?.is_none() {
            self.file.add_group(group)?;
        }
        let Some(mut group) = self.file.group_mut(group)? else {
            return Ok(()); // it was just made
        };
        let mut variable = group.add_variable::<T>(name, &["sounding_id"])?;
        if self.deflated {
            variable.set_compression(4, true)?;
        }
        if !values.is_empty() {
            variable.put_values(values, ..)?;
        }
        Ok(())
    }
}
