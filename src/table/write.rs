//! Tables written as comma-separated text; a unit stands in brackets after the name: `co2 [ppm]`.

use super::{Cell, Column, Table};
use crate::error::{Error, Result};
use std::path::Path;

impl Table {
    /// The table as CSV text, numbers in full precision, with units in the header.
    pub fn to_csv(&self) -> String {
        self.to_csv_with(true, "")
    }

    /// The same with or without units in the header, and with a mark for missing numbers, such as
    /// R's NA. Text that holds the mark of a comment is quoted, so that it is read again.
    pub(crate) fn to_csv_with(&self, units: bool, missing: &str) -> String {
        let mut writer = csv::WriterBuilder::new()
            .comment(Some(b'#'))
            .from_writer(Vec::new());
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

    /// Writes the table: Markdown to a file that ends in `.md`, JSON to one in `.json`, else CSV.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let text = match path.extension().and_then(|e| e.to_str()) {
            Some("md") => self.to_markdown() + "\n",
            Some("json") => self.to_json() + "\n",
            _ => self.to_csv(),
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
}

fn write_text(path: &Path, text: &str) -> Result<()> {
    crate::io::write_whole(path, |part| {
        std::fs::write(part, text).map_err(|e| Error::new("the table cannot be written").got(e))
    })
}
