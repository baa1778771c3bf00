//! Text of instruments without a header of their own: what GCWerks writes of a spectrometer
//! (`xyz.picarro.1minute.108m.dat`), and hourly tables.
//!
//! GCWerks has two lines of names between blanks, first the species of each column, `-` where it is
//! of none, then what the column holds: `date` and `time` (`yymmdd hhmmss` UTC, the start), `type`
//! (`air`, else a standard or a target gas, which is left out), `port`, and of each species `C`
//! (ppm of CO2), `stdev` and `N`. Site, length of the means and height of the intake are in the
//! name of the file. Hourly tables have one line, `yy mm dd hh mm ss co2`, in which `mm` is the
//! month first and the minute then. Neither says where it was measured: the reader is told.

use super::records::{Reading, Records};
use super::text::{Text, content, instant};
use crate::error::{Error, Result};
use crate::table::{Column, Table};
use crate::time::Time;
use crate::units::Unit;
use std::path::Path;

/// The reason of what is no sample of the air.
const NO_AIR: &str = "a measurement that is not of air";

pub(super) fn read(path: &Path, reading: &Reading) -> Result<Records> {
    let gas = match reading.column.as_str() {
        "" => "co2".to_string(),
        name => name.to_lowercase(),
    };
    if reading.place.latitude.is_none() || reading.place.longitude.is_none() {
        return Err(Error::new("the file does not say where it was measured")
            .expected("latitude and longitude of the instrument, and the elevation of the ground")
            .hint("latitude: 52.5, longitude: 1.25, elevation: 380"));
    }
    let text = open(path)?;
    let times: Vec<Option<Time>> = (0..text.rows()).map(|row| time(&text, row)).collect();
    let Some(value) = text.find(&[&format!("{gas} C"), &gas]) else {
        return Err(
            Error::new(format!("the file has no column of {gas}")).expected(format!(
                "columns of {gas} below two lines of names, or a column \"{gas}\""
            )),
        );
    };
    let unit = match (&reading.unit, gas.as_str()) {
        (Some(unit), _) => unit.clone(),
        (None, "co2") => Unit::parse("ppm")?,
        (None, _) => Unit::none(), // which is then asked for
    };
    let values = Column::Numbers(text.numbers(value), unit.clone());
    let table = properties(path, &gas, &times)?.with("value", values)?;
    let table = match text.find(&[&format!("{gas} stdev")]) {
        Some(k) => table.with("stdev", Column::Numbers(text.numbers(k), unit))?,
        None => table,
    };
    let mut bad = text.unreadable(&times);
    if let Some(kind) = text.find(&["type"]) {
        for (row, reason) in bad.iter_mut().enumerate().filter(|(_, r)| r.is_empty()) {
            if !text.cell(row, kind).eq_ignore_ascii_case("air") {
                *reason = NO_AIR.into();
            }
        }
    }
    Ok(Records::new(path, table.with("bad", Column::Text(bad))?))
}

/// Times, and what the name of the file says; where it was measured is not known.
fn properties(path: &Path, gas: &str, times: &[Option<Time>]) -> Result<Table> {
    let n = times.len();
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let (seconds, intake) = of_name(&stem);
    let site = stem.split(['.', '_', '-']).next().unwrap_or_default();
    let same = |text: &str| Column::Text(vec![text.to_string(); n]);
    let metre = Unit::parse("m")?;
    let all = |x: f64| Column::Numbers(vec![x; n], metre.clone());
    let nowhere = || Column::numbers(vec![f64::NAN; n]);
    Table::new()
        .with(
            "time",
            Column::Times(times.iter().map(|t| t.unwrap_or_default()).collect()),
        )?
        .with(
            "interval",
            Column::Numbers(vec![seconds; n], Unit::parse("s")?),
        )?
        .with("time_is", same("start"))?
        .with("latitude", nowhere())?
        .with("longitude", nowhere())?
        .with("altitude", all(f64::NAN))?
        .with("height", all(intake))?
        .with("elevation", all(f64::NAN))?
        .with("intake_height", all(intake))?
        .with("site", same(&site.to_uppercase()))?
        .with("kind", same("tower"))?
        .with("gas", same(gas))
}

fn open(path: &Path) -> Result<Text> {
    let content = content(path)?;
    let is_data = |line: &str| line.trim_start().starts_with(|c: char| c.is_ascii_digit());
    let mut start = 0;
    let mut header: Vec<Vec<&str>> = Vec::new();
    for line in content.split_inclusive('\n').take_while(|l| !is_data(l)) {
        start += line.len();
        header.push(line.split_whitespace().collect());
    }
    header.retain(|words| !words.is_empty());
    let names = match header.as_slice() {
        [.., species, columns] if species.len() == columns.len() => {
            let both = |(s, c): (&&str, &&str)| match *s == "-" || s == c {
                true => c.to_string(),
                false => format!("{s} {c}"),
            };
            species.iter().zip(columns).map(both).collect()
        }
        [.., one] => one.iter().map(ToString::to_string).collect(),
        [] => Vec::new(),
    };
    Text::new(content, Vec::new(), names, start, None)
}

/// The instant of a line: `yymmdd hhmmss` in the columns `date` and `time`, or the parts of a date.
fn time(text: &Text, row: usize) -> Option<Time> {
    if let (Some(date), Some(clock)) = (text.find(&["date"]), text.find(&["time"])) {
        let (date, clock) = (text.cell(row, date), text.cell(row, clock));
        let (years, rest) = date.split_at_checked(date.len().checked_sub(4)?)?;
        let two = |digits: &str, k: usize| digits.get(k..k + 2)?.parse::<f64>().ok();
        let clock = format!("{clock:0>6}");
        let year = full_year(years.parse().ok()?);
        let day = [year, two(rest, 0)?, two(rest, 2)?];
        let [h, m, s] = [two(&clock, 0)?, two(&clock, 2)?, two(&clock, 4)?];
        return instant([day[0], day[1], day[2], h, m, s]);
    }
    let number = |column: Option<usize>| text.cell(row, column?).parse::<f64>().ok();
    let minute = text
        .find_nth("mm", 1)
        .or_else(|| text.find(&["mi", "min", "minute"]));
    instant([
        full_year(number(text.find(&["yy", "yyyy", "year"]))?),
        number(text.find(&["mm", "mon", "month"]))?,
        number(text.find(&["dd", "day"]))?,
        number(text.find(&["hh", "hour"])).unwrap_or(0.0),
        number(minute).unwrap_or(0.0),
        number(text.find(&["ss", "sec", "second"])).unwrap_or(0.0),
    ])
}

/// A year of two digits is of 1970 to 2069.
fn full_year(year: f64) -> f64 {
    match year {
        y if (0.0..70.0).contains(&y) => 2000.0 + y,
        y if (70.0..100.0).contains(&y) => 1900.0 + y,
        y => y,
    }
}

/// The length of the means \[s\] and the height of the intake \[m\] in the name of a file.
fn of_name(stem: &str) -> (f64, f64) {
    let (mut seconds, mut height) = (0.0, f64::NAN);
    for part in stem.split(['.', '_', '-']) {
        let number = |ending: &str| part.strip_suffix(ending)?.parse::<f64>().ok();
        if let Some(minutes) = number("minute").or_else(|| number("min")) {
            seconds = minutes * 60.0;
        } else if part == "hourly" {
            seconds = 3600.0;
        } else if let Some(metres) = number("magl").or_else(|| number("m")) {
            height = metres;
        }
    }
    (seconds, height)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::observation::Observations;
    use crate::observation::files::{Format, Place, read as read_files};

    /// Written by hand; the values are synthetic.
    pub const SAMPLE: &str = "     -      -    -    -     co2   co2 co2\n\
          date   time type port       C stdev   N\n\
        160701 000000  air    9  404.25  0.31  20\n\
        160701 000100  std    1  380.00  0.05  20\n\
        160701 000200  air    9     nan  0.31   0\n\
        161301 000300  air    9  404.50  0.31  20\n";
    const HOURS: &str = "yy mm dd hh mm ss co2\n16 7 1 13 30 0 404.5\n99 7 1 13 0 0 -999.99\n";

    fn read(name: &str, text: &str, place: Place) -> Result<Observations> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let reading = Reading {
            place,
            ..Reading::default()
        };
        Ok(read_files(Format::Gcwerks, &[path], &reading)?.0)
    }

    fn tower() -> Place {
        Place {
            latitude: Some(52.5),
            longitude: Some(1.25),
            elevation: Some(380.0),
            intake_height: None,
        }
    }

    #[test]
    fn means_of_air_are_read_at_the_place_that_is_told() {
        let name = "xyz.picarro.1minute.108m.dat";
        let all = read(name, SAMPLE, tower()).unwrap();
        assert_eq!(
            all.rejected.summary(),
            "a measurement that is not of air 1, no time 1, no value 1"
        );
        let o = &all.rows[0];
        assert_eq!(o.time.to_string(), "2016-07-01T00:00:30Z");
        assert_eq!((&*o.site, o.altitude, o.latitude), ("XYZ", 488.0, 52.5));
        assert_eq!(o.interval.unwrap().seconds(), 60.0);
        let geometry = o.sampling.geometry();
        assert_eq!(geometry.number("height").unwrap(), 108.0);
        let lost = read(name, SAMPLE, Place::default()).unwrap_err();
        assert!(lost.to_string().contains("latitude"), "{lost}");
    }

    #[test]
    fn a_name_twice_is_the_month_and_the_minute() {
        let place = Place {
            intake_height: Some(10.0),
            ..tower()
        };
        let all = read("xyz.dat", HOURS, place).unwrap();
        assert_eq!(all.rows[0].time.to_string(), "2016-07-01T13:30:00Z");
        assert_eq!((all.len(), all.rows[0].altitude), (1, 390.0));
        assert!(read("xyz.dat", "a b\n1 2\n", tower()).is_err());
        assert!(read("xyz.dat", "", tower()).is_err());
    }
}
