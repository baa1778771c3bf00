//! Text files of a header and lines of values, as stations and aircraft are reported in.

use crate::error::{Error, Result};
use crate::table::{Column, Encoding, Table};
use crate::time::Time;
use crate::units::Unit;
use std::ops::Range;
use std::path::Path;

/// A text file.
pub(super) struct Text {
    content: String,
    /// The lines of the header, without the mark of a comment.
    header: Vec<String>,
    names: Vec<String>,
    /// Where the values of each line are in the content; none for a line of another number.
    lines: Vec<Option<Vec<Range<usize>>>>,
}

/// The characters of a file in UTF-8 or, as many European stations write them, Latin-1.
pub(super) fn content(path: &Path) -> Result<String> {
    let bytes = crate::io::read_bytes(path)?;
    let decoded = ["utf-8", "latin1"].map(|name| Encoding::named(name)?.decode(&bytes));
    let [utf8, latin1] = decoded;
    let text = utf8.or(latin1)?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_string(),
        None => text,
    })
}

impl Text {
    /// A file whose header is `header`, with columns of these names from byte `start` on; values
    /// stand between `separator`s, or runs of blanks where there is none.
    pub fn new(
        content: String,
        header: Vec<String>,
        names: Vec<String>,
        start: usize,
        separator: Option<char>,
    ) -> Result<Self> {
        if names.len() < 2 {
            return Err(Error::new("the columns of the file are not named")
                .expected("a line of names before the values"));
        }
        let offset = |part: &str| {
            let from = part.as_ptr() as usize - content.as_ptr() as usize;
            from..from + part.len()
        };
        let body = content.get(start..).unwrap_or_default().lines();
        let lines = body
            .filter(|l| !l.trim().is_empty() && !l.starts_with('#'))
            .map(|line| {
                let parts: Vec<Range<usize>> = match separator {
                    None => line.split_whitespace().map(offset).collect(),
                    Some(c) => line.split(c).map(|p| offset(p.trim())).collect(),
                };
                (parts.len() == names.len()).then_some(parts)
            })
            .collect();
        Ok(Text {
            lines,
            content,
            header,
            names,
        })
    }

    /// Number of lines of values.
    pub fn rows(&self) -> usize {
        self.lines.len()
    }

    /// What the header says of `key`, as `key : value`, in small or capital letters.
    pub fn about(&self, key: &str) -> Option<&str> {
        self.header.iter().find_map(|line| {
            let (before, value) = split_key(line, key)?;
            (before.trim().eq_ignore_ascii_case(key)).then(|| value.trim())
        })
    }

    /// The first column of one of these names, in small or capital letters.
    pub fn find(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.find_nth(name, 0))
    }

    /// The column that is the `n`th of a name, from 0.
    pub fn find_nth(&self, name: &str, n: usize) -> Option<usize> {
        let same = |(_, other): &(usize, &String)| other.eq_ignore_ascii_case(name);
        let mut positions = self.names.iter().enumerate().filter(same);
        positions.nth(n).map(|(k, _)| k)
    }

    /// The text in a line and column.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        let range = self.lines[row].as_ref().map_or(0..0, |l| l[column].clone());
        &self.content[range]
    }

    /// The numbers of a column, NaN where there is none; nines that mark a missing value are none.
    pub fn numbers(&self, column: usize) -> Vec<f64> {
        let number = |row| {
            let text = self.cell(row, column);
            if is_fill(text) {
                f64::NAN
            } else {
                parsed(text)
            }
        };
        (0..self.rows()).map(number).collect()
    }

    /// Degrees, of which minus nine is one.
    pub fn degrees(&self, column: usize) -> Vec<f64> {
        (0..self.rows())
            .map(|row| parsed(self.cell(row, column)))
            .collect()
    }

    /// The texts of a column.
    pub fn texts(&self, column: usize) -> Column {
        Column::text((0..self.rows()).map(|row| self.cell(row, column)))
    }

    /// Why each record is none, where it is a line of another number of values or has no time.
    pub fn unreadable(&self, times: &[Option<Time>]) -> Vec<String> {
        let reason = |(line, time): (&Option<_>, &Option<Time>)| match (line, time) {
            (None, _) => super::records::RAGGED,
            (_, None) => super::records::UNREAD_TIME,
            _ => "",
        };
        let all = self.lines.iter().zip(times).map(reason);
        all.map(str::to_string).collect()
    }

    /// Adds the columns of text of these names that the file has, under their own names.
    pub fn with_texts(&self, table: Table, names: &[&str]) -> Result<Table> {
        names
            .iter()
            .try_fold(table, |t, name| match self.find(&[name]) {
                Some(k) => t.with(&name.to_lowercase(), self.texts(k)),
                None => Ok(t),
            })
    }

    /// Adds the columns of numbers of these names that the file has, in a unit.
    pub fn with_numbers(&self, table: Table, names: &[&str], unit: &Unit) -> Result<Table> {
        names
            .iter()
            .try_fold(table, |t, name| match self.find(&[name]) {
                Some(k) => t.with(
                    &name.to_lowercase(),
                    Column::Numbers(self.numbers(k), unit.clone()),
                ),
                None => Ok(t),
            })
    }
}

/// The key of a line and what stands behind it: a key may itself hold a colon, `value:units`.
fn split_key<'a>(line: &'a str, key: &str) -> Option<(&'a str, &'a str)> {
    let colons = key.matches(':').count();
    let mut colons_at = line.match_indices(':').map(|(k, _)| k);
    let at = colons_at.nth(colons)?;
    Some((&line[..at], &line[at + 1..]))
}

/// A number, with a decimal point or, as European stations write them, a comma; NaN for none.
fn parsed(text: &str) -> f64 {
    let comma = || text.replacen(',', ".", 1).parse();
    text.parse().or_else(|_| comma()).unwrap_or(f64::NAN)
}

/// Whether a number is written with nines to mark a missing value: `-9`, `-99.99`, `-999.990`.
pub(super) fn is_fill(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('-') else {
        return false;
    };
    let (integer, part) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    let nines = |s: &str| s.bytes().all(|b| b == b'9');
    !integer.is_empty() && nines(integer) && nines(part.trim_end_matches('0'))
}

/// The instant of the parts of a date and time; the hour may be 24.
pub(super) fn instant(parts: [f64; 6]) -> Option<Time> {
    let [year, month, day, hour, minute, second] = parts;
    let integer = |x: f64| x.fract() == 0.0 && x.abs() < 1e4;
    let clock = (0.0..=24.0).contains(&hour)
        && (0.0..60.0).contains(&minute)
        && (0.0..=61.0).contains(&second);
    if !(integer(year) && integer(month) && integer(day) && clock) {
        return None;
    }
    let (month, day) = (
        i8::try_from(month as i64).ok()?,
        i8::try_from(day as i64).ok()?,
    );
    let midnight = Time::from_date(year as i16, month, day).ok()?;
    Some(midnight.plus(hour * 3600.0 + minute * 60.0 + second))
}

/// The first day of the month after that of an instant.
pub(super) fn next_month(time: Time) -> Time {
    let (year, month) = (time.year(), time.month() as i8);
    let next = match month {
        12 => Time::from_date(year.saturating_add(1), 1, 1),
        _ => Time::from_date(year, month + 1, 1),
    };
    next.unwrap_or(time)
}

/// The length of the interval that begins at an instant, by the word for it; 0 for an instant.
pub(super) fn length_of(word: &str, start: Time) -> f64 {
    let word = word.to_lowercase();
    if word.contains("month") {
        next_month(start).since(start)
    } else if word.contains("dail") || word.contains("day") {
        86_400.0
    } else if word.contains("hour") {
        3_600.0
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nines_mark_what_is_missing_and_nothing_else_does() {
        for fill in ["-9", "-99.99", "-999.990", "-9999", "-999.999", "-99.00"] {
            assert!(is_fill(fill), "{fill}");
        }
        for number in ["9", "-9.5", "-98", "99.99", "-", "", "-19", "-9.09"] {
            assert!(!is_fill(number), "{number}");
        }
    }

    #[test]
    fn decimal_commas_and_the_mark_of_an_encoding_are_read() {
        assert_eq!([parsed("404,25"), parsed("404.25")], [404.25; 2]);
        assert!(parsed("1,234.5").is_nan() && parsed("NA").is_nan() && is_fill("-999,99"));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        std::fs::write(&path, b"\xef\xbb\xbf# a").unwrap();
        assert_eq!(content(&path).unwrap(), "# a");
        std::fs::write(&path, b"# Z\xfcrich").unwrap(); // Latin-1
        assert_eq!(content(&path).unwrap(), "# Z\u{fc}rich");
    }

    #[test]
    fn parts_of_a_date_become_an_instant() {
        let at = |p: [f64; 6]| instant(p).map(|t| t.to_string());
        let day = |h: f64| at([2016.0, 2.0, 28.0, h, 0.0, 0.0]);
        assert_eq!(day(24.0).as_deref(), Some("2016-02-29"));
        assert_eq!(day(25.0), None);
        for wrong in [2.5, f64::NAN, 1e9, -1.0, 0.0, 13.0] {
            assert_eq!(at([2016.0, wrong, 1.0, 0.0, 0.0, 0.0]), None);
        }
        let december = instant([2016.0, 12.0, 1.0, 0.0, 0.0, 0.0]).unwrap();
        assert_eq!(length_of("monthly", december), 31.0 * 86_400.0);
        assert_eq!(length_of("event", december), 0.0);
    }
}
