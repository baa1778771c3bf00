//! Tables as comma-separated text; a unit stands in brackets after the name: `co2 [ppm]`.

use super::{Cell, Column, Table};
use crate::error::{Error, Result};
use crate::time::Time;
use crate::units::Unit;
use std::path::Path;

/// How a text of columns is laid out.
#[derive(Debug, Clone)]
pub struct Layout {
    /// What stands between values; a space stands for any run of spaces and tabs.
    pub separator: char,
    /// Lines that start with it are skipped.
    pub comment: char,
    /// Numbers that mark a missing value, besides nothing, NA and NaN.
    pub missing: Vec<f64>,
}

impl Default for Layout {
    fn default() -> Self {
        Layout {
            separator: ',',
            comment: '#',
            missing: Vec::new(),
        }
    }
}

impl Table {
    /// The table as CSV text, numbers in full precision, with units in the header.
    pub fn to_csv(&self) -> String {
        self.to_csv_with(true, "")
    }

    /// The same with or without units in the header, and with a mark for missing numbers, such as
    /// R's NA.
    pub fn to_csv_with(&self, units: bool, missing: &str) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let header = self.columns().iter().map(|(n, c)| match c {
            Column::Numbers(_, unit) if units && !unit.to_string().is_empty() => {
                format!("{n} [{unit}]")
            }
            _ => n.clone(),
        });
        let _ = writer.write_record(header);
        for row in 0..self.rows() {
            let _ = writer.write_record(self.columns().iter().map(|(_, c)| match c.cell(row) {
                Cell::Number(x) if x.is_nan() => missing.to_string(),
                Cell::Number(x) => format!("{x}"),
                other => other.to_string(),
            }));
        }
        String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
    }

    /// Writes the table: Markdown to a file that ends in `.md`, else CSV.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let text = if path.extension().is_some_and(|e| e == "md") {
            self.to_markdown() + "\n"
        } else {
            self.to_csv()
        };
        write_text(path, &text)
    }

    /// Writes CSV with or without units in the header, and with a mark for missing numbers.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_csv(&self, path: &Path, units: bool, missing: &str) -> Result<()> {
        write_text(path, &self.to_csv_with(units, missing))
    }

    /// Reads CSV text with a header. A column is of numbers where every value is one or empty, of
    /// dates where every value is one, else of text. Lines that start with `#` are skipped.
    ///
    /// # Errors
    /// Rows of other lengths than the header.
    pub fn from_csv(text: &str) -> Result<Table> {
        Table::from_text(text, &Layout::default())
    }

    /// Reads text of another layout.
    ///
    /// # Errors
    /// Rows of other lengths than the header.
    pub fn from_text(text: &str, layout: &Layout) -> Result<Table> {
        let runs;
        let (text, separator) = match layout.separator {
            ' ' => {
                runs = text
                    .lines()
                    .map(|l| l.split_whitespace().collect::<Vec<_>>().join("\t"))
                    .collect::<Vec<_>>()
                    .join("\n");
                (runs.as_str(), b'\t')
            }
            other => (text, byte("the separator", other)?),
        };
        let mut reader = csv::ReaderBuilder::new()
            .comment(Some(byte("the mark of a comment", layout.comment)?))
            .delimiter(separator)
            .trim(csv::Trim::All)
            .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let hint = "one header line and as many values in every row; separator: \";\" or the like if it is no comma";
        let bad = |e: csv::Error| Error::new("the CSV text cannot be read").got(e).hint(hint);
        let names: Vec<String> = reader
            .headers()
            .map_err(bad)?
            .iter()
            .map(str::to_string)
            .collect();
        let rows = reader
            .records()
            .collect::<std::result::Result<Vec<_>, _>>()
            .map_err(bad)?;
        names
            .iter()
            .enumerate()
            .try_fold(Table::new(), |table, (k, header)| {
                let values: Vec<&str> = rows.iter().map(|r| r.get(k).unwrap_or("")).collect();
                let (name, unit) = split_unit(header);
                table.with(name, typed(&values, unit, &layout.missing))
            })
    }

    /// Reads a CSV file.
    ///
    /// # Errors
    /// The file cannot be read, or rows of other lengths than the header.
    pub fn read_csv(path: &Path) -> Result<Table> {
        Table::read_text(path, &Layout::default())
    }

    /// Reads a file of another layout.
    ///
    /// # Errors
    /// As for [`Table::read_csv`].
    pub fn read_text(path: &Path, layout: &Layout) -> Result<Table> {
        let text = std::fs::read_to_string(path).map_err(|e| {
            let folder = path
                .parent()
                .filter(|p| !p.as_os_str().is_empty() && !p.exists());
            let error = Error::new(format!("{} cannot be read", path.display())).got(e);
            match folder {
                Some(folder) => error.hint(format!(
                    "another folder: {} does not exist",
                    folder.display()
                )),
                None => error.hint("the path as seen from the folder the program runs in"),
            }
        })?;
        Table::from_text(&text, layout).map_err(|e| e.at(path.display()))
    }
}

fn write_text(path: &Path, text: &str) -> Result<()> {
    crate::io::write_whole(path, |part| {
        std::fs::write(part, text).map_err(|e| Error::new("cannot write").got(e))
    })
}

fn byte(what: &str, c: char) -> Result<u8> {
    u8::try_from(c).ok().filter(u8::is_ascii).ok_or_else(|| {
        Error::new(what)
            .expected("an ASCII character")
            .got(format!("\"{c}\""))
    })
}

fn split_unit(header: &str) -> (&str, Unit) {
    let parts = header.strip_suffix(']').and_then(|h| h.rsplit_once('['));
    match parts.map(|(name, unit)| (name.trim(), Unit::parse(unit))) {
        Some((name, Ok(unit))) => (name, unit),
        _ => (header, Unit::none()),
    }
}

fn typed(values: &[&str], unit: Unit, missing: &[f64]) -> Column {
    let present = |x: f64| if missing.contains(&x) { f64::NAN } else { x };
    let number = |v: &&str| {
        if v.is_empty() || *v == "NA" {
            Some(f64::NAN)
        } else {
            v.parse::<f64>().ok().map(present)
        }
    };
    if let Some(numbers) = values.iter().map(number).collect::<Option<Vec<f64>>>() {
        return Column::Numbers(numbers, unit);
    }
    if let Some(times) = values
        .iter()
        .map(|v| v.parse::<Time>().ok())
        .collect::<Option<Vec<Time>>>()
    {
        return Column::Times(times);
    }
    Column::text(values)
}

#[cfg(test)]
mod tests {
    use super::super::tests::sites;
    use super::*;

    #[test]
    fn a_table_written_and_read_is_the_same_table() {
        let table = sites()
            .with(
                "time",
                Column::Times(vec!["2016-07-01T06:00".parse().unwrap(); 4]),
            )
            .unwrap();
        let again = Table::from_csv(&table.to_csv()).unwrap();
        assert_eq!(again.to_csv(), table.to_csv());
        assert_eq!(again.columns()[2], table.columns()[2]);
        assert_eq!(again.numbers("co2").unwrap()[..3], [400.0, 410.0, 402.0]);
    }

    #[test]
    fn columns_between_spaces_with_marks_for_missing_values_are_read() {
        let layout = Layout {
            separator: ' ',
            comment: '%',
            missing: vec![-999.99],
        };
        let table = Table::from_text(
            "% a comment\nsite  value\nMLO   410.5\nSPO  -999.99\n",
            &layout,
        )
        .unwrap();
        assert_eq!(table.column("site").unwrap(), &Column::text(["MLO", "SPO"]));
        assert!(
            table.numbers("value").unwrap()[0] == 410.5
                && table.numbers("value").unwrap()[1].is_nan()
        );
        assert!(
            Table::from_text(
                "a",
                &Layout {
                    separator: 'µ',
                    ..layout
                }
            )
            .is_err()
        );
        assert!(table.to_csv_with(false, "NA").ends_with("SPO,NA\n"));
    }

    #[test]
    fn a_missing_file_is_named() {
        assert!(
            Table::read_csv(Path::new("no/such.csv"))
                .unwrap_err()
                .to_string()
                .contains("no/such.csv")
        );
    }
}
