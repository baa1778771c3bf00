//! Text of the NOAA Global Monitoring Laboratory: flask events, hours, days and months.
//!
//! `# header_lines : N` (before 2021 `# number_of_header_lines: N`), lines `# key : value`, then a
//! line of names, or before 2021 the names behind `# data_fields:`; values between blanks. Times
//! are UTC: the moment of a flask, the start of a mean. `value:units` is micromol mol-1 (ppm) of
//! CO2. Missing are -999.99 and the like. The first character of `qcflag` other than a dot rejects
//! a record; a second one says that the sample is not of background air.

use super::obspack::{Name, REJECTED};
use super::records::Records;
use super::text::{Text, content, instant, length_of};
use crate::error::Result;
use crate::table::{Column, Table};
use crate::time::Time;
use crate::units::Unit;
use std::path::Path;

pub(super) fn read(path: &Path) -> Result<Records> {
    let text = open(path)?;
    let name = text.about("dataset_name").and_then(Name::parse);
    let name = name.or_else(|| Name::parse(&path.file_stem()?.to_string_lossy()));
    let name = name.unwrap_or_default();
    let times = times(&text);
    let table = properties(&text, &name, &times)?;
    let table = positions(&text, table)?;
    let table = text.with_texts(table, &["qcflag", "method", "instrument", "event_number"])?;
    let table = match table.column("qcflag") {
        Ok(_) => table.rename("qcflag", "qc_flag")?, // as the flags of all ObsPacks are called
        Err(_) => table,
    };
    let mut bad = text.unreadable(&times);
    if let Some(k) = text.find(&["qcflag"]) {
        for (row, reason) in bad.iter_mut().enumerate().filter(|(_, r)| r.is_empty()) {
            if text.cell(row, k).chars().next().is_some_and(|c| c != '.') {
                *reason = REJECTED.into();
            }
        }
    }
    Ok(Records::new(path, table.with("bad", Column::Text(bad))?))
}

/// The names of older files without `sample_` and `analysis_`, as the newer ones have them.
fn plain(name: &str) -> String {
    let short = name.trim_start_matches("sample_");
    match short {
        "seconds" => "second",
        "site" => "site_code",
        "id" => "air_sample_container_id",
        "analysis_value" => "value",
        "analysis_uncertainty" => "value_unc",
        "analysis_flag" => "qcflag",
        "analysis_instrument" => "instrument",
        other => other,
    }
    .to_string()
}

fn open(path: &Path) -> Result<Text> {
    let content = content(path)?;
    let mut header = Vec::new();
    let mut start = 0;
    let mut names = Vec::new();
    for line in content.split_inclusive('\n') {
        let bare = line.trim();
        if let Some(comment) = bare.strip_prefix('#') {
            header.push(comment.trim().to_string());
        } else if !bare.is_empty() {
            let words: Vec<String> = bare.split_whitespace().map(plain).collect();
            if words.iter().any(|w| w == "year" || w == "value") {
                start += line.len();
                names = words;
            }
            break;
        }
        start += line.len();
    }
    if names.is_empty() {
        let fields = header.iter().find_map(|l| l.strip_prefix("data_fields:"));
        let last = fields
            .or(header.last().map(String::as_str))
            .unwrap_or_default();
        names = last.split_whitespace().map(plain).collect();
    }
    Text::new(content, header, names, start, None)
}

/// The instants of all lines, from `datetime` or the parts of a date, of which the smaller ones may
/// not be there.
fn times(text: &Text) -> Vec<Option<Time>> {
    let parts = ["year", "month", "day", "hour", "minute", "second"].map(|n| text.find(&[n]));
    let written = text.find(&["datetime"]);
    let part = |row: usize, k: usize| match parts[k] {
        Some(column) => text.cell(row, column).parse().unwrap_or(f64::NAN),
        None if k == 0 => f64::NAN,
        None if k < 3 => 1.0,
        None => 0.0,
    };
    let time = |row: usize| {
        let datetime = written.and_then(|k| text.cell(row, k).parse().ok());
        datetime.or_else(|| instant([0, 1, 2, 3, 4, 5].map(|k| part(row, k))))
    };
    (0..text.rows()).map(time).collect()
}

/// Time, interval, value and what the data set is.
fn properties(text: &Text, name: &Name, times: &[Option<Time>]) -> Result<Table> {
    let n = text.rows();
    let unit = match text.about("value:units").map(Unit::parse) {
        Some(Ok(unit)) => unit,
        _ => Unit::parse("ppm")?,
    };
    let values = text.find(&["value"]).map(|k| text.numbers(k));
    let mean = match text.find(&["day"]) {
        None => "monthly",
        Some(_) => &name.selection,
    };
    let length = |t: &Option<Time>| t.map_or(0.0, |t| length_of(mean, t));
    let lengths: Vec<f64> = times.iter().map(length).collect();
    let instants = times.iter().map(|t| t.unwrap_or_default()).collect();
    let scale = text.about("dataset_calibration_scale");
    let scale = scale.or_else(|| text.about("value:scale_comment"));
    let same = |text: &str| Column::Text(vec![text.to_string(); n]);
    let sites = match text.find(&["site_code"]) {
        Some(k) => text.texts(k),
        None => same(&name.site),
    };
    let table = Table::new()
        .with("time", Column::Times(instants))?
        .with("interval", Column::Numbers(lengths, Unit::parse("s")?))?
        .with("time_is", same("start"))?
        .with(
            "value",
            Column::Numbers(values.unwrap_or_else(|| vec![f64::NAN; n]), unit.clone()),
        )?
        .with("site", sites)?
        .with("kind", same(name.kind()))?
        .with("type", same(&name.project))?
        .with("lab", same(text.about("lab_1_abbr").unwrap_or("NOAA")))?
        .with("selection", same(&name.selection))?
        .with("scale", same(scale.unwrap_or_default()))?
        .with("gas", same(&name.gas))?;
    let table = text.with_numbers(table, &["value_unc", "value_std_dev"], &unit)?;
    let table = text.with_numbers(table, &["nvalue"], &Unit::none())?;
    identifiers(text, table)
}

/// A sample is named by its event and container.
fn identifiers(text: &Text, table: Table) -> Result<Table> {
    let Some(event) = text.find(&["event_number"]) else {
        return Ok(table);
    };
    let container = text.find(&["air_sample_container_id"]);
    let id = |row: usize| match container {
        Some(k) => format!("{}~{}", text.cell(row, event), text.cell(row, k)),
        None => text.cell(row, event).to_string(),
    };
    table.with("id", Column::text((0..text.rows()).map(id)))
}

/// Adds positions and heights: the header's where a line has none.
fn positions(text: &Text, table: Table) -> Result<Table> {
    let metre = Unit::parse("m")?;
    let n = text.rows();
    let of_all = |key: &str| text.about(key).and_then(|t| t.parse::<f64>().ok());
    let all = |key: &str| vec![of_all(key).unwrap_or(f64::NAN); n];
    let degrees = |name: &str, key: &str| match text.find(&[name]) {
        Some(k) => text.degrees(k),
        None => all(key),
    };
    let metres = |name: &str, key: &str| match text.find(&[name]) {
        Some(k) => text.numbers(k),
        None => all(key),
    };
    let elevation = metres("elevation", "site_elevation");
    let intake = metres("intake_height", "dataset_intake_ht");
    let written = metres("altitude", "");
    let sum = |k: usize| match written[k].is_finite() {
        true => written[k],
        false => elevation[k] + if intake[k] >= 0.0 { intake[k] } else { 0.0 },
    };
    let altitude = (0..n).map(sum).collect();
    let height = intake.iter().map(|h| if *h >= 0.0 { *h } else { f64::NAN });
    let height = height.collect();
    table
        .with(
            "latitude",
            Column::numbers(degrees("latitude", "site_latitude")),
        )?
        .with(
            "longitude",
            Column::numbers(degrees("longitude", "site_longitude")),
        )?
        .with("altitude", Column::Numbers(altitude, metre.clone()))?
        .with("height", Column::Numbers(height, metre.clone()))?
        .with("elevation", Column::Numbers(elevation, metre.clone()))?
        .with("intake_height", Column::Numbers(intake, metre))
}

#[cfg(test)]
pub(super) mod tests;
