//! Text of the ICOS Atmosphere Thematic Centre, hourly values of a station and height.
//!
//! Lines `# KEY: value` (LATITUDE, LONGITUDE, ALTITUDE [m above sea level], SAMPLING HEIGHTS,
//! MEASUREMENT UNIT, MEASUREMENT SCALE), the last of them the names of the columns, `;` between
//! values:
//! `Site;SamplingHeight;Year;Month;Day;Hour;Minute;DecimalDate;co2;Stdev;NbPoints;Flag;...`. Times
//! are UTC, whatever the time zone of the station in the header, and mark the start of the hour.
//! Flags O and U (after and before manual control) and R are good. Missing are -999.99 and -9.99.

use super::obspack::REJECTED;
use super::records::Records;
use super::text::{Text, content, instant, length_of};
use crate::error::{Error, Result};
use crate::table::{Column, Table};
use crate::time::Time;
use crate::units::Unit;
use std::path::Path;

pub(super) fn read(path: &Path) -> Result<Records> {
    let text = open(path)?;
    let parts = ["Year", "Month", "Day", "Hour", "Minute", "Second"].map(|n| text.find(&[n]));
    let part = |row: usize, k: usize| match parts[k] {
        Some(column) => text.cell(row, column).parse().unwrap_or(f64::NAN),
        None if k < 3 => f64::NAN,
        None => 0.0,
    };
    let time = |row| instant([0, 1, 2, 3, 4, 5].map(|k| part(row, k)));
    let times: Vec<Option<Time>> = (0..text.rows()).map(time).collect();
    let table = properties(&text, &times)?;
    let mut bad = text.unreadable(&times);
    if let Some(k) = text.find(&["Flag", "co2-Flag"]) {
        for (row, reason) in bad.iter_mut().enumerate().filter(|(_, r)| r.is_empty()) {
            if !["O", "U", "R", ""].contains(&text.cell(row, k)) {
                *reason = REJECTED.into();
            }
        }
    }
    let table = text.with_texts(table, &["Flag", "InstrumentId", "QualityId"])?;
    let table = match table.column("flag") {
        Ok(_) => table.rename("flag", "qc_flag")?, // as in ICOS's ObsPacks
        Err(_) => table,
    };
    Ok(Records::new(path, table.with("bad", Column::Text(bad))?))
}

fn open(path: &Path) -> Result<Text> {
    let content = content(path)?;
    let mut header: Vec<String> = Vec::new();
    let mut start = 0;
    for line in content.split_inclusive('\n') {
        let Some(comment) = line.strip_prefix('#') else {
            break;
        };
        header.push(comment.trim().to_string());
        start += line.len();
    }
    let names = header.last().map_or("", String::as_str).split(';');
    let names = names.map(|n| n.trim().to_string()).collect();
    Text::new(content, header, names, start, Some(';'))
}

/// The first number of a text.
fn number(text: Option<&str>) -> f64 {
    let words = text.unwrap_or_default().split([' ', ',', ';', '°']);
    words
        .into_iter()
        .find_map(|w| w.trim_end_matches('m').parse().ok())
        .unwrap_or(f64::NAN)
}

/// Degrees as `51.97`, `51.97 N` or `4.93 W`.
fn degrees(text: Option<&str>) -> f64 {
    let turned = text.is_some_and(|t| t.trim_end().ends_with(['S', 'W', 's', 'w']));
    number(text) * if turned { -1.0 } else { 1.0 }
}

fn properties(text: &Text, times: &[Option<Time>]) -> Result<Table> {
    let n = text.rows();
    let Some(column) = text.find(&["co2"]) else {
        return Err(Error::new("the file has no values of CO2").expected("a column \"co2\""));
    };
    let unit = match text.about("MEASUREMENT UNIT").map(Unit::parse) {
        Some(Ok(unit)) if unit.factor_to(&Unit::parse("mol mol-1")?).is_ok() => unit,
        _ => Unit::parse("ppm")?, // "µmol.mol-¹" and the like
    };
    let every = text.about("TIME INTERVAL").unwrap_or("hourly");
    let length = |t: &Option<Time>| t.map_or(0.0, |t| length_of(every, t));
    let same = |text: &str| Column::Text(vec![text.trim().to_string(); n]);
    let sites = text.find(&["Site"]).map(|k| text.texts(k));
    let name = text
        .about("STATION CODE")
        .or_else(|| text.about("STATION NAME"));
    let at = times.iter().map(|t| t.unwrap_or_default()).collect();
    let table = with_heights(text, Table::new().with("time", Column::Times(at))?)?
        .with(
            "interval",
            Column::Numbers(times.iter().map(length).collect(), Unit::parse("s")?),
        )?
        .with("time_is", same("start"))?
        .with("value", Column::Numbers(text.numbers(column), unit.clone()))?
        .with(
            "latitude",
            Column::numbers(vec![degrees(text.about("LATITUDE")); n]),
        )?
        .with(
            "longitude",
            Column::numbers(vec![degrees(text.about("LONGITUDE")); n]),
        )?
        .with(
            "site",
            sites.unwrap_or_else(|| same(name.unwrap_or_default())),
        )?
        .with("kind", same("tower"))?
        .with("type", same("tower-insitu"))?
        .with("lab", same("ICOS"))?
        .with(
            "scale",
            same(text.about("MEASUREMENT SCALE").unwrap_or_default()),
        )?
        .with("gas", same("co2"))?;
    let table = text.with_numbers(table, &["Stdev"], &unit)?;
    text.with_numbers(table, &["NbPoints"], &Unit::none())
}

/// The table with the heights of ground and intake.
fn with_heights(text: &Text, table: Table) -> Result<Table> {
    let metre = Unit::parse("m")?;
    let metres = |v: Vec<f64>| Column::Numbers(v, metre.clone());
    let heights = match text.find(&["SamplingHeight"]) {
        Some(k) => text.numbers(k),
        None => vec![number(text.about("SAMPLING HEIGHTS")); text.rows()],
    };
    let ground = number(text.about("ALTITUDE"));
    let altitude = heights.iter().map(|h| ground + h.max(0.0)).collect();
    table
        .with("altitude", metres(altitude))?
        .with("height", metres(heights.clone()))?
        .with("elevation", metres(vec![ground; text.rows()]))?
        .with("intake_height", metres(heights))
}

#[cfg(test)]
pub(super) mod tests {
    use crate::observation::files::{Format, Reading, read};

    /// Written by hand in the layout of the format; the values are synthetic.
    pub(crate) const SAMPLE: &str = "# TITLE: ICOS ATC CO2 Release\n# STATION CODE: XYZ\n\
        # LATITUDE: 51.5 N\n# LONGITUDE: 4.25 W\n# ALTITUDE: 10 m asl\n\
        # SAMPLING HEIGHTS: 27 m\n# TIME ZONE: UTC+1\n# TIME INTERVAL: hourly\n\
        # MEASUREMENT UNIT: \u{b5}mol.mol-\u{b9}\n# MEASUREMENT SCALE: WMO CO2 X2019\n#\n\
        #Site;SamplingHeight;Year;Month;Day;Hour;Minute;DecimalDate;co2;Stdev;NbPoints;Flag\n\
        XYZ;27.0;2015;12;31;23;00;2015.9999;405.25;0.50;58;O\n\
        XYZ;27.0;2015;12;31;22;00;2015.9998;404.25;0.40;60;U\n\
        XYZ;27.0;2016;01;01;00;00;2016.0000;-999.99;-9.99;0;O\n\
        XYZ;27.0;2016;01;01;01;00;2016.0001;450.00;3.00;60;K\n";

    #[test]
    fn hours_of_a_tower_are_read_with_start_stamps() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ICOS_ATC_XYZ.CO2");
        std::fs::write(&path, SAMPLE).unwrap();
        let (all, _) = read(Format::Icos, &[path], &Reading::default()).unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!(
            all.rejected.summary(),
            "flagged as bad by its provider 1, no value 1"
        );
        let last = &all.rows[1];
        assert_eq!(last.time.to_string(), "2015-12-31T23:30:00Z");
        assert_eq!(last.interval.unwrap().end().to_string(), "2016-01-01");
        assert!((last.value - 405.25e-6).abs() < 1e-15 && last.error.is_nan());
        assert_eq!(
            (last.latitude, last.longitude, last.altitude),
            (51.5, -4.25, 37.0)
        );
    }
}
