//! Monitor files of the Community Inversion Framework, in both layouts, as NetCDF or CSV.
//!
//! Older: a table along `index` with `station`, `network`, `parameter`, `lon`, `lat`, `alt`, `obs`,
//! `obserror`, `sim`, `duration` \[h\] and `date`. Newer: `date`, `station`, `lon`, `lat`, `alt`,
//! `duration` in the group `metadata`, `obs`, `obserror`, `sim`, `incr` in the group `maindata`.
//! `date` is the start of the interval. `obserror` is the error of assimilation, and is the stated
//! one where it is positive. A file that says no unit needs one.

mod csv;

use super::fields::{Fields, instants};
use super::records::{Reading, Records};
use crate::error::{Error, Result};
use crate::io::netcdf::{Dataset, is_netcdf};
use crate::table::Column;
use crate::units::Unit;
use std::path::Path;

pub(super) fn read(path: &Path, reading: &Reading) -> Result<Records> {
    if path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("csv"))
        && !is_netcdf(path)
    {
        return csv::read(path, reading);
    }
    of_netcdf(path, reading)
}

fn of_netcdf(path: &Path, reading: &Reading) -> Result<Records> {
    let file = Dataset::open(path)?.without_dates();
    let obs = ["obs", "maindata/obs"].into_iter();
    let Some((obs, n)) = obs.into_iter().find_map(|v| Some((v, file.records(v)?))) else {
        return Err(
            Error::new("the file is not of the layout of a monitor file")
                .expected("a variable \"obs\" or \"maindata/obs\" along its records"),
        );
    };
    let mut fields = Fields::new(&file, 0..n);
    let Some(date) = fields.first(&["date", "metadata/date", "time", "index"]) else {
        return Err(Error::new("the times of the records are not known")
            .expected("a variable \"date\" or \"metadata/date\""));
    };
    let (times, unread) = instants(file.instants(date, 0..n)?);
    fields.add("time", Column::Times(times))?;
    let hours = match fields.first(&["duration", "metadata/duration"]) {
        Some(name) => fields.numbers(name)?,
        None => vec![0.0; n],
    };
    let hours = hours
        .iter()
        .map(|h| if *h > 0.0 { h * 3600.0 } else { 0.0 })
        .collect();
    fields.add("interval", Column::Numbers(hours, Unit::parse("s")?))?;
    fields.same("time_is", "start")?;
    values(&mut fields, obs, reading)?;
    for (column, name) in [("latitude", "lat"), ("longitude", "lon")] {
        let stated = fields
            .first(&[name, &format!("metadata/{name}")])
            .map(str::to_string);
        let stated = stated.map(|v| fields.numbers(&v)).transpose()?;
        fields.add(
            column,
            Column::numbers(stated.unwrap_or_else(|| vec![f64::NAN; n])),
        )?;
    }
    let altitude = fields.metres(&["alt", "metadata/alt"])?;
    let altitude = altitude.unwrap_or_else(|| vec![f64::NAN; n]);
    fields.add("altitude", Column::Numbers(altitude, Unit::parse("m")?))?;
    fields.text_column("site", &["station", "metadata/station"])?;
    fields.text_column("network", &["network", "metadata/network"])?;
    fields.text_column("gas", &["parameter", "metadata/parameter"])?;
    fields.same("kind", "continuous")?;
    fields.add("bad", Column::Text(unread))?;
    Ok(Records::new(path, fields.table))
}

/// Adds values, errors and what was simulated, in the unit of the values.
fn values(fields: &mut Fields, obs: &str, reading: &Reading) -> Result<()> {
    let said = fields.unit(obs);
    let unit = match &reading.unit {
        Some(given) if said.to_string().is_empty() => given.clone(),
        _ => said,
    };
    let numbers = fields.numbers(obs)?;
    fields.add("value", Column::Numbers(numbers, unit.clone()))?;
    if let Some(name) = fields.first(&["obserror", "maindata/obserror"]) {
        let errors = fields.numbers(name)?;
        let stated = errors.iter().map(|e| if *e > 0.0 { *e } else { f64::NAN });
        let stated = stated.collect();
        fields.add("sd", Column::Numbers(stated, unit.clone()))?;
    }
    for (column, names) in [
        ("sim", ["sim", "maindata/sim"]),
        ("incr", ["incr", "maindata/incr"]),
    ] {
        if let Some(name) = fields.first(&names) {
            let numbers = fields.numbers(name)?;
            fields.add(column, Column::Numbers(numbers, unit.clone()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
pub(super) use csv::tests::FLAT as CSV_SAMPLE;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::files::{Format, read as read_files};
    use std::slice::from_ref;

    /// The layout with or without groups; the values are synthetic.
    fn write(path: &Path, groups: bool, unit: &str) {
        let mut file = netcdf::create(path).unwrap();
        file.add_dimension("index", 3).unwrap();
        if groups {
            file.add_group("metadata").unwrap();
            file.add_group("maindata").unwrap();
        }
        let name = |group: &str, v: &str| match groups {
            true => format!("{group}/{v}"),
            false => v.to_string(),
        };
        let mut put = |group: &str, v: &str, values: [f64; 3], unit: &str| {
            let name = name(group, v);
            let mut variable = file.add_variable::<f64>(&name, &["index"]).unwrap();
            if !unit.is_empty() {
                variable.put_attribute("units", unit).unwrap();
            }
            variable.put_values(&values, ..).unwrap();
        };
        put(
            "metadata",
            "date",
            [0.0, 1.0, 2.0],
            "hours since 2016-07-01",
        );
        put("metadata", "lat", [10.0; 3], "");
        put("metadata", "lon", [20.0; 3], "");
        put("metadata", "alt", [30.0; 3], "");
        put("metadata", "duration", [1.0, 1.0, 0.0], "");
        put("maindata", "obs", [400.0, f64::NAN, 402.0], unit);
        put("maindata", "obserror", [1.5, 1.5, -1.0], "");
        let stations = name("metadata", "station");
        let mut station = file.add_string_variable(&stations, &["index"]).unwrap();
        (0..3).for_each(|k| station.put_string("abc", [k]).unwrap());
        file.close().unwrap();
    }

    #[test]
    fn both_layouts_give_the_same_observations() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("monitor.nc");
        let read = |reading: &Reading| read_files(Format::CifMonitor, from_ref(&path), reading);
        write(&path, false, "ppm");
        let flat = read(&Reading::default()).unwrap().0;
        write(&path, true, "ppm");
        assert_eq!(read(&Reading::default()).unwrap().0.rows, flat.rows);
        assert_eq!(flat.rejected.summary(), "no value 1");
        let first = &flat.rows[0];
        assert_eq!(first.time.to_string(), "2016-07-01T00:30:00Z");
        assert!((first.error - 1.5e-6).abs() < 1e-15 && flat.rows[1].error.is_nan());
        assert_eq!((&*first.site, first.altitude), ("abc", 30.0));
        write(&path, true, "");
        let message = read(&Reading::default()).unwrap_err().to_string();
        assert!(message.contains("unit"), "{message}");
        let ppm = Reading {
            unit: Some(Unit::parse("ppm").unwrap()),
            ..Reading::default()
        };
        assert_eq!(read(&ppm).unwrap().0.rows, flat.rows);
    }
}
