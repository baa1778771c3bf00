//! Merges of ATom as NetCDF (`MER10_DC8_ATom-1.nc`, Wofsy et al. 2018, doi 10.3334/ORNLDAAC/1581):
//! the columns of the text in a group for each instrument.
//!
//! Records along `time` \[s since 2016-01-01 UTC\]; `MMS/G_LAT`, `MMS/G_LONG`, `MMS/G_ALT` \[m
//! above sea level\], `MMS/P` \[hPa\], `MMS/POT` \[K\]; CO2 \[ppm\] of each instrument,
//! `NOAA-Picarro/CO2_NOAA`, `QCLS-CO2/CO2_QCLS`, `AO2/CO2_AO2`, `MEDUSA/CO2_MED`; `RF` the number
//! of the flight, `prof.no` of the profile. The campaign is in the name of the file.

use super::{CO2, units};
use crate::error::{Error, Result};
use crate::io::netcdf::Dataset;
use crate::observation::files::fields::{Fields, instants};
use crate::observation::files::records::{Reading, Records};
use crate::table::Column;
use crate::units::Unit;
use std::path::Path;

/// When the seconds of a file without a unit of time begin.
const USUAL: &str = "seconds since 2016-01-01";

pub(super) fn read(path: &Path, reading: &Reading) -> Result<Records> {
    let file = Dataset::open(path)?.without_dates();
    let names: Vec<String> = file.list().into_iter().map(|l| l.name).collect();
    let find = |wanted: &[&str]| wanted.iter().find_map(|w| called(&names, w));
    let Some(n) = file.records("time") else {
        return Err(Error::new("the file is no merge of an aircraft campaign")
            .expected("a variable \"time\" along its records"));
    };
    let mut fields = Fields::new(&file, 0..n);
    let (times, unread) = instants(file.all_instants("time", USUAL)?);
    fields.add("time", Column::Times(times))?;
    let ppm = Unit::parse("ppm")?;
    let value = match reading.column.as_str() {
        "" => find(&CO2).ok_or(CO2.join(", ")),
        name => find(&[name]).ok_or(name.to_string()),
    };
    let value =
        value.map_err(|expected| Error::new("the file has no column of CO2").expected(expected))?;
    let given = reading.unit.clone().unwrap_or(ppm);
    measured(&mut fields, &find, value, given)?;
    flights(&mut fields, path, find(&["RF", "flt", "flight"]))?;
    for (column, name) in [("prof", "prof.no"), ("theta", "POT"), ("strat", "strat")] {
        if let Some(found) = find(&[name]) {
            fields.number_column(column, &[found])?;
        }
    }
    fields.add("bad", Column::Text(unread))?;
    Ok(Records::new(path, fields.table))
}

/// Adds values and positions.
fn measured<'a>(
    fields: &mut Fields,
    find: &impl Fn(&[&str]) -> Option<&'a str>,
    value: &str,
    given: Unit,
) -> Result<()> {
    let n = fields.records.len();
    for (column, wanted, usual) in [
        ("value", &[value][..], given),
        (
            "latitude",
            &["G_LAT", "GGLAT", "lat", "latitude"],
            Unit::none(),
        ),
        (
            "longitude",
            &["G_LONG", "GGLON", "lon", "longitude"],
            Unit::none(),
        ),
        (
            "altitude",
            &["G_ALT", "GGALT", "alt", "altitude"],
            Unit::parse("m")?,
        ),
        (
            "air_pressure",
            &["P", "PSXC", "pressure"],
            Unit::parse("hPa")?,
        ),
    ] {
        let numbers = match find(wanted) {
            Some(name) => fields.numbers(name)?.into_iter().map(sound).collect(),
            None => vec![f64::NAN; n],
        };
        let said = find(wanted)
            .map(|name| fields.unit(name))
            .unwrap_or_default();
        let unit = match column {
            "latitude" | "longitude" => Unit::none(),
            _ if said.to_string().is_empty() => usual,
            _ => said,
        };
        fields.add(column, Column::Numbers(numbers, unit))?;
    }
    Ok(())
}

/// The variable of this name, of its own group or in whatever group.
fn called<'a>(names: &'a [String], wanted: &str) -> Option<&'a str> {
    let is = |name: &&String| *name == wanted || name.rsplit('/').next() == Some(wanted);
    names.iter().find(is).map(String::as_str)
}

/// Merges mark what is missing by -9999 and -99999, declared or not.
fn sound(x: f64) -> f64 {
    if x > -9000.0 && x < 1e30 { x } else { f64::NAN }
}

/// Adds campaign, flight, and the number of the flight as the unit that is held out.
fn flights(fields: &mut Fields, path: &Path, flight: Option<&str>) -> Result<()> {
    let n = fields.records.len();
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let campaigns = ["ATom", "HIPPO", "ORCAS"];
    let named = |part: &&str| campaigns.iter().any(|c| part.starts_with(c));
    let campaign = stem
        .split('_')
        .find(named)
        .unwrap_or("aircraft")
        .to_string();
    let numbers = match flight {
        Some(name) => fields.numbers(name)?,
        None => vec![f64::NAN; n],
    };
    let flight: Vec<Option<String>> = numbers
        .iter()
        .map(|f| f.is_finite().then(|| f.to_string()))
        .collect();
    let unit = units(&vec![Some(campaign.clone()); n], &flight);
    fields.add("unit", Column::numbers(unit))?;
    let flight = flight.into_iter().map(Option::unwrap_or_default);
    fields.add("flight", Column::Text(flight.collect()))?;
    fields.same("site", &campaign)?;
    fields.same("kind", "aircraft")?;
    fields.same("gas", "co2")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::netcdf::fixture::put;
    use crate::observation::files::{Format, read as read_files};

    #[test]
    fn groups_of_instruments_give_the_records_of_flights() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("MER10_DC8_ATom-1.nc");
        let mut file = netcdf::create(&path).unwrap();
        file.add_dimension("time", 3).unwrap();
        for group in ["MMS", "NOAA-Picarro"] {
            file.add_group(group).unwrap();
        }
        let day = 210.0 * 86_400.0; // 2016-07-29, day 211 of a leap year
        let time = [day, day + 10.0, day + 86_400.0];
        put(&mut file, "time", &["time"], &time, |_| {});
        put(&mut file, "RF", &["time"], &[1.0, 1.0, 2.0], |_| {});
        for (name, values) in [
            ("MMS/G_LAT", [34.5, 34.6, 34.7]),
            ("MMS/G_LONG", [-118.0, -118.1, 241.8]),
            ("MMS/G_ALT", [1500.0, 11_500.0, 5000.0]),
            ("MMS/P", [850.0, 220.0, -99_999.0]),
            ("NOAA-Picarro/CO2_NOAA", [401.5, -99_999.0, 403.5]),
        ] {
            let (group, variable) = name.split_once('/').unwrap();
            let mut group = file.group_mut(group).unwrap().unwrap();
            let mut made = group.add_variable::<f64>(variable, &["time"]).unwrap();
            made.put_values(&values, ..).unwrap();
        }
        file.close().unwrap();
        let read =
            |reading: &Reading| read_files(Format::Aircraft, std::slice::from_ref(&path), reading);
        let all = read(&Reading::default()).unwrap().0;
        assert_eq!(
            (all.len(), all.rejected.summary().as_str()),
            (2, "no value 1")
        );
        let o = &all.rows[1];
        assert_eq!(o.time.to_string(), "2016-07-30");
        assert_eq!((&*o.site, o.unit, o.altitude), ("ATom-1", 2, 5000.0));
        assert!((o.value - 403.5e-6).abs() < 1e-15);
        let none = Reading {
            column: "CO2_QCLS".into(),
            ..Reading::default()
        };
        assert!(read(&none).unwrap_err().to_string().contains("CO2_QCLS"));
    }
}
