//! Merges of aircraft campaigns (HIPPO, ORCAS, ATom) as text: a line each 10 s of flight; those of
//! ATom also as NetCDF.
//!
//! A line of names, then values between blanks or commas; `NA` and nines are missing. The instant
//! is `year mon day hour min sec`, or `Year`, `DOY` (1 is the first of January) and `UTC` \[s after
//! midnight, beyond 86400 on the next day\]. Position `lat lon alt` \[degrees, m above sea level\]
//! or `GGLAT GGLON GGALT`, `pressure` or `PSXC` \[hPa\], `co2` \[ppm\], in HIPPO `CO2.X` and one
//! column for each instrument. `camp` and `flt` are campaign and flight: those of one flight are
//! held out together. `strat` 1 is stratospheric air.

mod netcdf;

use super::records::{Reading, Records};
use super::text::{Text, content, instant};
use crate::error::{Error, Result};
use crate::io::netcdf::is_netcdf;
use crate::table::{Column, Table};
use crate::time::{DAY, Time};
use crate::units::Unit;
use std::collections::BTreeMap;
use std::path::Path;

/// Names of the column of CO2, the most complete first.
const CO2: [&str; 9] = [
    "co2",
    "CO2.X",
    "CO2_X",
    "CO2_NOAA",
    "CO2_QCLS",
    "CO2_OMS",
    "CO2_AO2",
    "co2_picarro",
    "CO2_MED",
];

pub(super) fn read(path: &Path, reading: &Reading) -> Result<Records> {
    if is_netcdf(path) {
        return netcdf::read(path, reading);
    }
    let text = open(path)?;
    let times: Vec<Option<Time>> = (0..text.rows()).map(|row| time(&text, row)).collect();
    let value = value_of(&text, reading)?;
    let n = text.rows();
    let campaign = name_of(&text, &["camp", "campaign"]);
    let flight = name_of(&text, &["flt", "flight", "rf"]);
    let sites: Vec<String> = campaign
        .iter()
        .map(|c| c.clone().unwrap_or("aircraft".into()))
        .collect();
    let ppm = match &reading.unit {
        Some(unit) => unit.clone(),
        None => Unit::parse("ppm")?,
    };
    let at = times.iter().map(|t| t.unwrap_or_default()).collect();
    let table = placed(&text, Table::new().with("time", Column::Times(at))?)?
        .with("value", Column::Numbers(text.numbers(value), ppm))?
        .with("site", Column::Text(sites))?
        .with("kind", Column::Text(vec!["aircraft".into(); n]))?
        .with("unit", Column::numbers(units(&campaign, &flight)))?
        .with(
            "flight",
            Column::text(flight.iter().map(|f| f.clone().unwrap_or_default())),
        )?
        .with("gas", Column::Text(vec!["co2".into(); n]))?;
    let table = text.with_numbers(table, &["strat", "prof", "theta"], &Unit::none())?;
    let bad = text.unreadable(&times);
    Ok(Records::new(path, table.with("bad", Column::Text(bad))?))
}

/// The column of CO2: the one asked for, else any of those the campaigns have.
fn value_of(text: &Text, reading: &Reading) -> Result<usize> {
    let (values, expected) = match reading.column.as_str() {
        "" => (text.find(&CO2), format!("one of {}", CO2.join(", "))),
        name => (text.find(&[name]), format!("a column \"{name}\"")),
    };
    values.ok_or_else(|| Error::new("the file has no column of CO2").expected(expected))
}

/// The table with the position of each record.
fn placed(text: &Text, table: Table) -> Result<Table> {
    let missing = || vec![f64::NAN; text.rows()];
    let degrees = |names: &[&str]| text.find(names).map_or_else(missing, |k| text.degrees(k));
    let numbers = |names: &[&str]| text.find(names).map_or_else(missing, |k| text.numbers(k));
    let latitude = degrees(&["lat", "latitude", "GGLAT"]);
    let longitude = degrees(&["lon", "longitude", "GGLON"]);
    let altitude = numbers(&["alt", "altitude", "GGALT"]);
    let pressure = numbers(&["pressure", "PSXC", "press"]);
    table
        .with("latitude", Column::numbers(latitude))?
        .with("longitude", Column::numbers(longitude))?
        .with("altitude", Column::Numbers(altitude, Unit::parse("m")?))?
        .with(
            "air_pressure",
            Column::Numbers(pressure, Unit::parse("hPa")?),
        )
}

fn open(path: &Path) -> Result<Text> {
    let content = content(path)?;
    let first = content
        .split_inclusive('\n')
        .find(|l| !l.trim().is_empty() && !l.starts_with('#'));
    let line = first.unwrap_or_default();
    let start = line.as_ptr() as usize - content.as_ptr() as usize + line.len();
    let start = if line.is_empty() {
        content.len()
    } else {
        start
    };
    let plain = |name: &str| name.trim().trim_matches('"').to_string();
    let (names, separator) = match line.contains(',') {
        true => (line.split(',').map(plain).collect(), Some(',')),
        false => (line.split_whitespace().map(plain).collect(), None),
    };
    Text::new(content, Vec::new(), names, start, separator)
}

/// The instant of a line.
fn time(text: &Text, row: usize) -> Option<Time> {
    let number = |names: &[&str]| -> Option<f64> { text.cell(row, text.find(names)?).parse().ok() };
    let year = number(&["year", "yr"])?;
    match (number(&["mon", "month"]), number(&["day"])) {
        (Some(month), Some(day)) => {
            let clock = [&["hour", "hr"][..], &["min", "minute"], &["sec", "second"]];
            let [hour, minute, second] = clock.map(|names| number(names).unwrap_or(0.0));
            // Leap seconds and 60 s occur in merges.
            instant([year, month, day, hour, minute, 0.0]).map(|t| t.plus(second.clamp(0.0, 61.0)))
        }
        _ => {
            let (day, seconds) = (number(&["DOY", "jday"])?, number(&["UTC", "utc_sec"])?);
            let within = (1.0..=366.0).contains(&day) && (0.0..2.0 * DAY).contains(&seconds);
            let first = instant([year, 1.0, 1.0, 0.0, 0.0, 0.0]).filter(|_| within)?;
            Some(first.plus((day.floor() - 1.0) * DAY + seconds))
        }
    }
}

fn name_of(text: &Text, names: &[&str]) -> Vec<Option<String>> {
    let column = text.find(names);
    let name = |row| column.map(|k| text.cell(row, k).trim_matches('"').to_string());
    (0..text.rows()).map(name).collect()
}

/// A number for each flight of each campaign, from 1; NaN where the flight is not known, so that
/// days are held out together.
fn units(campaign: &[Option<String>], flight: &[Option<String>]) -> Vec<f64> {
    let mut numbers = BTreeMap::new();
    let unit = |(campaign, flight): (&Option<String>, &Option<String>)| {
        let Some(flight) = flight else {
            return f64::NAN;
        };
        let next = numbers.len() as f64 + 1.0;
        *numbers
            .entry((campaign.clone(), flight.clone()))
            .or_insert(next)
    };
    campaign.iter().zip(flight).map(unit).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::observation::files::{Format, read as read_files};

    /// Written by hand; the values are synthetic.
    pub const SAMPLE: &str = "year mon day hour min sec camp flt prof lat lon alt pressure theta co2 strat\n\
        2016 7 29 18 0 60 ATom-1 1 1 34.5 -118.0 1500 850.5 300.1 401.5 0\n\
        2016 7 29 18 1 10 ATom-1 1 1 34.6 -118.1 11500 220.5 360.1 NA 1\n\
        2016 7 30 18 1 20 ATom-1 2 2 34.7 -118.2 NA 500 320 402.5 0\n\
        2016 7 30 18 1 30 ATom-1 2 2 34.7 -118.2 5000 500 320 403.5 0\n";

    fn read(text: &str, reading: &Reading) -> Result<crate::observation::Observations> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("merge.tbl");
        std::fs::write(&path, text).unwrap();
        Ok(read_files(Format::Aircraft, &[path], reading)?.0)
    }

    #[test]
    fn flights_are_units_of_a_campaign() {
        let all = read(SAMPLE, &Reading::default()).unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!(all.rejected.summary(), "no altitude 1, no value 1");
        assert_eq!(all.rows[0].time.to_string(), "2016-07-29T18:01:00Z");
        let units: Vec<u32> = all.rows.iter().map(|o| o.unit).collect();
        assert_eq!((units, &*all.rows[0].site), (vec![1, 2], "ATom-1"));
        assert_eq!(
            (all.rows[1].altitude, &*all.rows[1].kind),
            (5000.0, "aircraft")
        );
    }

    #[test]
    fn seconds_after_midnight_may_reach_into_the_next_day() {
        let text = "Year,DOY,UTC,flt,GGLAT,GGLON,GGALT,CO2.X,CO2_QCLS\n\
                    2009,366,0,1,0,0,100,390,391\n2009,365,86410,1,0,0,100,390,391\n";
        let all = read(text, &Reading::default()).unwrap();
        let times: Vec<String> = all.rows.iter().map(|o| o.time.to_string()).collect();
        assert_eq!(times, ["2010-01-01", "2010-01-01T00:00:10Z"]);
        let qcls = Reading {
            column: "CO2_QCLS".into(),
            ..Reading::default()
        };
        assert!((read(text, &qcls).unwrap().rows[0].value - 391e-6).abs() < 1e-15);
        let none = Reading {
            column: "CH4".into(),
            ..Reading::default()
        };
        assert!(read(text, &none).is_err() && read("", &qcls).is_err());
    }
}
