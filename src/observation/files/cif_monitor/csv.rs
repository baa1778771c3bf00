//! Monitor files as CSV: the older table with one line of names, or the newer one with a line of
//! groups (`metadata`, `maindata`) above that of the names. `date` is `%Y%m%d%H%M`, or a date as it
//! is usually written; the start of the interval.

use crate::error::{Error, Result};
use crate::observation::files::records::{Reading, Records};
use crate::observation::files::text::{Text, content, instant};
use crate::table::{Column, Table};
use crate::time::Time;
use crate::units::Unit;
use std::path::Path;

pub(super) fn read(path: &Path, reading: &Reading) -> Result<Records> {
    let text = open(path)?;
    let n = text.rows();
    let (Some(obs), Some(date)) = (text.find(&["obs"]), text.find(&["date"])) else {
        return Err(
            Error::new("the file is not of the layout of a monitor file")
                .expected("columns \"date\" and \"obs\""),
        );
    };
    let times: Vec<Option<Time>> = (0..n).map(|row| moment(plain(&text, row, date))).collect();
    let table = properties(&text, obs, &times, reading)?;
    let bad = text.unreadable(&times);
    Ok(Records::new(path, table.with("bad", Column::Text(bad))?))
}

/// What the columns say of the records.
fn properties(text: &Text, obs: usize, times: &[Option<Time>], reading: &Reading) -> Result<Table> {
    let n = text.rows();
    let missing = || vec![f64::NAN; n];
    let numbers = |name: &str| text.find(&[name]).map_or_else(missing, |k| text.numbers(k));
    let degrees = |name: &str| text.find(&[name]).map_or_else(missing, |k| text.degrees(k));
    let words = |name: &str| {
        let column = text.find(&[name]);
        let word = |row| column.map_or("", |k| plain(text, row, k)).to_string();
        Column::Text((0..n).map(word).collect())
    };
    let unit = reading.unit.clone().unwrap_or_default();
    let in_unit = |values: Vec<f64>| Column::Numbers(values, unit.clone());
    let positive = |x: f64| if x > 0.0 { x } else { f64::NAN };
    let seconds = numbers("duration")
        .into_iter()
        .map(|h| positive(h).max(0.0) * 3600.0);
    let errors = numbers("obserror").into_iter().map(positive);
    let mut table = Table::new()
        .with(
            "time",
            Column::Times(times.iter().map(|t| t.unwrap_or_default()).collect()),
        )?
        .with(
            "interval",
            Column::Numbers(seconds.collect(), Unit::parse("s")?),
        )?
        .with("time_is", Column::Text(vec!["start".into(); n]))?
        .with("value", in_unit(text.numbers(obs)))?
        .with("sd", in_unit(errors.collect()))?
        .with("latitude", Column::numbers(degrees("lat")))?
        .with("longitude", Column::numbers(degrees("lon")))?
        .with(
            "altitude",
            Column::Numbers(numbers("alt"), Unit::parse("m")?),
        )?
        .with("site", words("station"))?
        .with("network", words("network"))?
        .with("gas", words("parameter"))?
        .with("kind", Column::Text(vec!["continuous".into(); n]))?;
    for name in ["sim", "incr"] {
        if let Some(k) = text.find(&[name]) {
            table = table.with(name, in_unit(text.numbers(k)))?;
        }
    }
    Ok(table)
}

/// A cell without quotation marks.
fn plain(text: &Text, row: usize, column: usize) -> &str {
    text.cell(row, column).trim_matches('"')
}

fn open(path: &Path) -> Result<Text> {
    let content = content(path)?;
    let mut lines = content.split_inclusive('\n');
    let mut line = lines.next().unwrap_or_default();
    let mut start = line.len();
    let group = |word: &str| ["", "metadata", "maindata"].contains(&word.trim().trim_matches('"'));
    if line.contains("data") && line.split(',').all(group) {
        line = lines.next().unwrap_or_default();
        start += line.len();
    }
    let separator = if line.contains(';') { ';' } else { ',' };
    let name = |word: &str| {
        let word = word.trim().trim_matches('"');
        word.rsplit('/').next().unwrap_or(word).to_string()
    };
    let names = line.split(separator).map(name).collect();
    Text::new(content, Vec::new(), names, start, Some(separator))
}

/// The instant of `201607011300`, of a part of it from the day on, or of a date.
fn moment(text: &str) -> Option<Time> {
    let digits = text.len() >= 8 && text.len() <= 14 && text.bytes().all(|b| b.is_ascii_digit());
    if !digits || !text.len().is_multiple_of(2) {
        return text.parse().ok();
    }
    let part = |from: usize, to: usize| match text.get(from..to) {
        Some(digits) => digits.parse().unwrap_or(f64::NAN),
        None => 0.0,
    };
    instant([
        part(0, 4),
        part(4, 6),
        part(6, 8),
        part(8, 10),
        part(10, 12),
        part(12, 14),
    ])
}

#[cfg(test)]
pub(in crate::observation::files) mod tests {
    use super::*;
    use crate::observation::files::{Format, read as read_files};

    /// Written by hand; the values are synthetic.
    pub const FLAT: &str = "station,network,parameter,lon,lat,alt,obs,obserror,sim,duration,date\n\
        abc,net,CO2,20,10,30,400,1.5,401,1,201607010000\n\
        abc,net,CO2,20,10,30,,1.5,401,1,201607010100\n\
        abc,net,CO2,20,10,30,402,-1,401,0,2016-07-01 02:00:00\n\
        abc,net,CO2,20,10,30,403,1,401,0,201613010200\n";
    const GROUPS: &str = ",metadata,metadata,metadata,metadata,metadata,maindata,maindata\n\
        ,station,lon,lat,alt,date,obs,obserror\n\
        0,abc,20,10,30,201607010000,400,1.5\n1,abc,20,10,30,201607010200,402,-1\n";

    fn read(text: &str, unit: Option<&str>) -> Result<crate::observation::Observations> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("monitor.csv");
        std::fs::write(&path, text).unwrap();
        let reading = Reading {
            unit: unit.map(|u| Unit::parse(u).unwrap()),
            ..Reading::default()
        };
        Ok(read_files(Format::CifMonitor, &[path], &reading)?.0)
    }

    #[test]
    fn both_layouts_are_read() {
        let flat = read(FLAT, Some("ppm")).unwrap();
        assert_eq!(flat.rejected.summary(), "no time 1, no value 1");
        let times: Vec<String> = flat.rows.iter().map(|o| o.time.to_string()).collect();
        assert_eq!(times, ["2016-07-01T00:30:00Z", "2016-07-01T02:00:00Z"]);
        assert!((flat.rows[0].error - 1.5e-6).abs() < 1e-15 && flat.rows[1].error.is_nan());
        let grouped = read(GROUPS, Some("ppm")).unwrap();
        assert_eq!(grouped.len(), 2);
        assert_eq!(
            (&*grouped.rows[1].site, grouped.rows[1].altitude),
            ("abc", 30.0)
        );
        assert!((grouped.rows[1].value - 402e-6).abs() < 1e-15);
        assert!(read(FLAT, None).unwrap_err().to_string().contains("unit"));
        assert!(read("a,b\n1,2\n", Some("ppm")).is_err());
    }
}
