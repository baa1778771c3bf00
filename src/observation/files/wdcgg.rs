//! Text of the World Data Centre for Greenhouse Gases, before and since 2018.
//!
//! Before: lines `C01 TITLE: ...` to `C32   DATE  TIME  DATE  TIME  CO2  ND  SD  F  CS  REM` (or
//! with `REM` in place of `C`), then first and last date and time (`hh:mm` up to 24:00, 9999-99-99
//! 99:99 for none), value, number, standard deviation, flags, in the time zone of the header.
//! Position and scale are in the header (LATITUDE, LONGITUDE, ALTITUDE, SAMPLING HEIGHTS,
//! MEASUREMENT or REFERENCE SCALE, TIME INTERVAL, TIME ZONE).
//!
//! Since: `# header_lines : N`, `# key : value`, the last of these lines the names, blanks between
//! `site_gaw_id year month day hour minute second` (start), the same six again (end), `value
//! value_unc nvalue latitude longitude altitude elevation intake_height flask_no ORG_QCflag QCflag
//! instrument measurement_method scale`; UTC. `QCflag` 3 is invalid. Times mark the start of means
//! (`hourly`, `daily`, `monthly` in the name of the file or in TIME INTERVAL). NetCDF has the same.

mod netcdf;

use super::obspack::{Name, REJECTED};
use super::records::Records;
use super::text::{Text, content, instant, length_of};
use crate::error::{Error, Result, Warning};
use crate::io::netcdf::is_netcdf;
use crate::table::{Column, Table};
use crate::time::{HOUR, Time};
use crate::units::Unit;
use std::path::Path;

/// Start, and end where there is one.
type Span = (Option<Time>, Option<Time>);

pub(super) fn read(path: &Path) -> Result<Records> {
    if is_netcdf(path) {
        return netcdf::read(path);
    }
    let content = content(path)?;
    let (header, last, start) = header(&content);
    match last.split_whitespace().next() {
        Some("DATE") => old(path, content, header, &last, start),
        Some(_) if last.contains("site_gaw_id") => new(path, content, header, &last, start),
        _ => Err(Error::new("the file is not of the WDCGG layout")
            .expected("\"DATE TIME ...\" or \"site_gaw_id ...\" as the last line of its header")),
    }
}

/// The lines of the header without their marks, the last of them, and where the values begin.
fn header(content: &str) -> (Vec<String>, String, usize) {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in content.split_inclusive('\n') {
        let Some(bare) = without_mark(line) else {
            break;
        };
        lines.push(bare.trim().to_string());
        start += line.len();
    }
    let last = lines.last().cloned().unwrap_or_default();
    (lines, last, start)
}

/// A line of a header without `#`, `C01` or `REM01`.
fn without_mark(line: &str) -> Option<&str> {
    if let Some(rest) = line.strip_prefix('#') {
        return Some(rest);
    }
    let rest = line
        .strip_prefix("REM")
        .or_else(|| line.strip_prefix('C'))?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0).then(|| &rest[digits..])
}

fn old(
    path: &Path,
    content: String,
    header: Vec<String>,
    last: &str,
    start: usize,
) -> Result<Records> {
    let names = last.split_whitespace().map(str::to_string).collect();
    let text = Text::new(content, header, names, start, None)?;
    let (zone, unsaid) = zone(text.about("TIME ZONE").unwrap_or_default());
    let cell = |row, name, n| text.find_nth(name, n).map_or("", |k| text.cell(row, k));
    let at = |row: usize, n: usize| moment(cell(row, "DATE", n), cell(row, "TIME", n), zone);
    let spans: Vec<Span> = (0..text.rows()).map(|r| (at(r, 0), at(r, 1))).collect();
    // The value is the fifth column, which is called by the gas.
    let values = text.numbers(4.min(text.find(&["ND"]).map_or(4, |k| k.max(1) - 1)));
    let number = |key: &str| first_number(text.about(key).unwrap_or_default());
    let n = text.rows();
    let (ground, intake) = (number("ALTITUDE"), number("SAMPLING HEIGHTS"));
    let site = text.about("STATION NAME").unwrap_or_default().to_string();
    let scale = text
        .about("MEASUREMENT SCALE")
        .or_else(|| text.about("REFERENCE SCALE"));
    let kind = match text.about("SAMPLING TYPE").unwrap_or_default() {
        sampling if sampling.to_lowercase().contains("flask") => "flask",
        _ => "continuous",
    };
    let every = text.about("TIME INTERVAL").unwrap_or_default();
    let unit = text.about("MEASUREMENT UNIT").unwrap_or("ppm");
    let all = |x: f64| vec![x; n];
    let table = table(&spans, every, (values, unit))?;
    let table = placed(table, [all(number("LATITUDE")), all(number("LONGITUDE"))])?;
    let table = heights(table, all(f64::NAN), all(ground), all(intake))?;
    let same = |text: &str| Column::Text(vec![text.to_string(); n]);
    let table = table
        .with("site", same(&site))?
        .with("kind", same(kind))?
        .with("lab", same(text.about("CONTRIBUTOR").unwrap_or_default()))?
        .with("scale", same(scale.unwrap_or_default()))?
        .with("gas", same(text.about("PARAMETER").unwrap_or("co2")))?;
    let table = text.with_numbers(table, &["ND"], &Unit::none())?;
    let table = text.with_texts(table, &["F", "REM"])?;
    let bad = text.unreadable(&spans.iter().map(|s| s.0).collect::<Vec<_>>());
    let mut records = Records::new(path, table.with("bad", Column::Text(bad))?);
    records.warnings.extend(unsaid.map(|zone| {
        let path = path.display();
        let said = format!("{path}: the time zone \"{zone}\" is taken as UTC");
        Warning::new("time_zone_unknown", said)
    }));
    Ok(records)
}

/// The first number in a text; missing where there is none.
fn first_number(text: &str) -> f64 {
    let mut numbers = text.split_whitespace().filter_map(|w| w.parse().ok());
    numbers.next().unwrap_or(f64::NAN)
}

fn new(
    path: &Path,
    content: String,
    header: Vec<String>,
    last: &str,
    start: usize,
) -> Result<Records> {
    let names = last.split_whitespace().map(str::to_string).collect();
    let text = Text::new(content, header, names, start, None)?;
    let stem = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let name = Name::parse(&stem).unwrap_or_default();
    let n = text.rows();
    let spans: Vec<Span> = (0..n).map(|row| span(&text, row)).collect();
    let missing = || vec![f64::NAN; n];
    let column = |name| text.find(&[name]).map_or_else(missing, |k| text.numbers(k));
    let degrees = |name| text.find(&[name]).map_or_else(missing, |k| text.degrees(k));
    let every = text.about("dataset_time_interval").unwrap_or(&stem);
    let unit = text.about("value:units").unwrap_or("ppm");
    let table = table(&spans, every, (column("value"), unit))?;
    let table = placed(table, [degrees("latitude"), degrees("longitude")])?;
    let table = heights(
        table,
        column("altitude"),
        column("elevation"),
        column("intake_height"),
    )?;
    let same = |text: &str| Column::Text(vec![text.to_string(); n]);
    let site = text.find(&["site_gaw_id"]).map(|k| text.texts(k));
    let table = table
        .with("site", site.unwrap_or_else(|| same(&name.site)))?
        .with("kind", same(name.kind()))?
        .with("lab", same(&name.lab))?
        .with("gas", same(&name.gas))?;
    let table = text.with_texts(table, &["scale", "flask_no", "QCflag", "instrument"])?;
    let table = match table.column("qcflag") {
        Ok(_) => table.rename("qcflag", "wdcgg_flag")?, // not NOAA's three characters
        Err(_) => table,
    };
    let ppm = Unit::parse(unit)?;
    let table = text.with_numbers(table, &["value_unc"], &ppm)?;
    let bad = Column::Text(bad(&text, &spans));
    Ok(Records::new(path, table.with("bad", bad)?))
}

/// Start and end of a record: the second column of a name is of the end.
fn span(text: &Text, row: usize) -> Span {
    let parts = ["year", "month", "day", "hour", "minute", "second"];
    let at = |n: usize| {
        let number = |name| text.cell(row, text.find_nth(name, n)?).parse().ok();
        instant(parts.map(|p| number(p).unwrap_or(f64::NAN)))
    };
    (at(0), at(1))
}

/// Why records are none: what cannot be read, and the flag 3.
fn bad(text: &Text, spans: &[Span]) -> Vec<String> {
    let mut bad = text.unreadable(&spans.iter().map(|s| s.0).collect::<Vec<_>>());
    if let Some(k) = text.find(&["QCflag"]) {
        for (row, reason) in bad.iter_mut().enumerate().filter(|(_, r)| r.is_empty()) {
            if text.cell(row, k) == "3" {
                *reason = REJECTED.into();
            }
        }
    }
    bad
}

/// Times, intervals and values.
fn table(spans: &[Span], every: &str, values: (Vec<f64>, &str)) -> Result<Table> {
    let length = |(start, end): &Span| match (start, end) {
        (Some(start), Some(end)) if end > start => end.since(*start),
        (Some(start), None) => length_of(every, *start),
        _ => 0.0,
    };
    let seconds = spans.iter().map(length).collect();
    let starts = spans.iter().map(|(start, _)| start.unwrap_or_default());
    Table::new()
        .with("time", Column::Times(starts.collect()))?
        .with("interval", Column::Numbers(seconds, Unit::parse("s")?))?
        .with("time_is", Column::Text(vec!["start".into(); spans.len()]))?
        .with("value", Column::Numbers(values.0, Unit::parse(values.1)?))
}

fn placed(table: Table, [latitude, longitude]: [Vec<f64>; 2]) -> Result<Table> {
    table
        .with("latitude", Column::numbers(latitude))?
        .with("longitude", Column::numbers(longitude))
}

fn heights(table: Table, altitude: Vec<f64>, ground: Vec<f64>, intake: Vec<f64>) -> Result<Table> {
    let metre = Unit::parse("m")?;
    let metres = |v: Vec<f64>| Column::Numbers(v, metre.clone());
    let above = |h: &f64| if *h >= 0.0 { *h } else { f64::NAN };
    let height: Vec<f64> = intake.iter().map(above).collect();
    let sum = |k: usize| match altitude[k].is_finite() {
        true => altitude[k],
        false => ground[k] + if intake[k] >= 0.0 { intake[k] } else { 0.0 },
    };
    let altitude = (0..altitude.len()).map(sum).collect();
    table
        .with("altitude", metres(altitude))?
        .with("height", metres(height))?
        .with("elevation", metres(ground))?
        .with("intake_height", metres(intake))
}

/// The instant of a date and a time of a zone \[s east of UTC\].
fn moment(date: &str, time: &str, zone: f64) -> Option<Time> {
    let mut parts = [f64::NAN, f64::NAN, f64::NAN, 0.0, 0.0, 0.0];
    let words = date.split('-').chain(time.split(':'));
    for (part, word) in parts.iter_mut().zip(words) {
        *part = word.parse().ok()?;
    }
    instant(parts).map(|t| t.plus(-zone))
}

/// The offset of a time zone such as `UTC+9` or `UTC-3:30` \[s\], and the zone where it is no
/// offset.
fn zone(text: &str) -> (f64, Option<String>) {
    let upper = text.to_uppercase();
    let offset = upper.split(['(', ')']).find_map(|part| {
        let rest = part
            .trim()
            .strip_prefix("UTC")
            .or_else(|| part.trim().strip_prefix("GMT"))?;
        let rest = rest.trim();
        if rest.is_empty() {
            return Some(0.0);
        }
        let sign = if rest.starts_with('-') { -1.0 } else { 1.0 };
        let (hours, minutes) = rest
            .trim_start_matches(['+', '-'])
            .split_once(':')
            .unwrap_or((rest.trim_start_matches(['+', '-']), "0"));
        let (hours, minutes): (f64, f64) = (hours.parse().ok()?, minutes.parse().ok()?);
        (hours <= 14.0).then_some(sign * (hours * HOUR + minutes * 60.0))
    });
    match offset {
        Some(seconds) => (seconds, None),
        None if text.is_empty() => (0.0, None),
        None => (0.0, Some(text.to_string())),
    }
}

#[cfg(test)]
pub(super) mod tests;
