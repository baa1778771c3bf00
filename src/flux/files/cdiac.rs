//! CDIAC NDP-058 `gridcar.YYYY`: fossil CO2 as text, one number a line without a header, 64,800
//! lines:
//! 180 rows from 89.5 N southward, each of 360 cells from -179.5 eastward \[Tg C per cell and
//! year\]. The name has the year; the map holds through it. (Andres, Boden and Marland 2016, doi
//! 10.3334/CDIAC/ffe.ndp058.2016)

use super::year_of;
use crate::error::{Error, Result};
use crate::flux::{Beyond, Calendar, Series, one_degree};
use crate::io::read_bytes;
use crate::time::Time;
use std::path::{Path, PathBuf};

const ROWS: usize = 180;
const COLUMNS: usize = 360;

/// The yearly maps of files, in the order of their years; years between them may be missing, which
/// a
/// run there refuses.
///
/// # Errors
/// A name without a year, a year twice, other than 64,800 numbers, a number that is negative or
/// none,
/// a file that is compressed.
pub fn from_cdiac(files: &[PathBuf], beyond: Beyond) -> Result<Series> {
    let year = |f: &PathBuf| Ok((year_of(f)?, f.clone()));
    let mut years = files.iter().map(year).collect::<Result<Vec<_>>>()?;
    years.sort();
    if let Some(w) = years.windows(2).find(|w| w[0].0 == w[1].0) {
        return Err(Error::new("a year of CDIAC comes twice").got(w[0].0));
    }
    let held = years
        .iter()
        .map(|(y, _)| Ok([Time::from_date(*y, 1, 1)?, Time::from_date(*y + 1, 1, 1)?]))
        .collect::<Result<Vec<_>>>()?;
    let maps = years
        .iter()
        .zip(&held)
        .map(|((_, file), [from, to])| map_of(file, to.since(*from)))
        .collect::<Result<Vec<_>>>()?;
    let calendar = Calendar::intervals(held, beyond)?;
    Series::of_maps("CDIAC", one_degree().clone(), calendar, maps)
}

/// A year's map from the south \[kg C m-2 s-1\].
fn map_of(path: &Path, seconds: f64) -> Result<Vec<f64>> {
    let at = |e: Error| e.at(format!("file \"{}\"", path.display()));
    let bytes = read_bytes(path)?;
    if bytes.starts_with(&[0x1f, 0x9d]) || bytes.starts_with(&[0x1f, 0x8b]) {
        return Err(at(Error::new("the file is compressed")
            .expected("plain text")
            .hint("uncompress or gunzip it first")));
    }
    let text = String::from_utf8_lossy(&bytes);
    let numbers = text
        .split_ascii_whitespace()
        .enumerate()
        .map(|(k, word)| number(word).map_err(|e| at(e.at(format!("line {}", k + 1)))))
        .collect::<Result<Vec<f64>>>()?;
    if numbers.len() != ROWS * COLUMNS {
        return Err(at(Error::new(
            "the file does not hold a map of 1 x 1 degree",
        )
        .expected(format!("{} numbers", ROWS * COLUMNS))
        .got(numbers.len())));
    }
    let density = |k: usize| {
        let (row, column) = (k / COLUMNS, k % COLUMNS);
        let teragrams = numbers[(ROWS - 1 - row) * COLUMNS + column];
        teragrams * 1e9 / one_degree().area(row) / seconds
    };
    Ok((0..ROWS * COLUMNS).map(density).collect())
}

fn number(word: &str) -> Result<f64> {
    match word.parse::<f64>() {
        Ok(v) if v >= 0.0 && v.is_finite() => Ok(v),
        _ => Err(
            Error::new("an emission of fossil CO2 is a number of 0 or more")
                .expected("Tg C per cell and year")
                .got(format!("\"{}\"", word.chars().take(40).collect::<String>())),
        ),
    }
}
