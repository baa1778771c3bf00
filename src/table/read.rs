//! Tables read from text with a header; `name [unit]` gives a column its unit.

use super::comments::without_comments;
use super::typed::{is_number, typed};
use super::{Column, Layout, Table};
use crate::error::{Error, Result, Warning};
use crate::progress::{check_stop, stop_here};
use crate::units::Unit;
use std::collections::HashMap;
use std::path::Path;

/// Name of the warning of a header that looks like a row of data.
const HEADER_OF_NUMBERS: &str = "header_of_numbers";

impl Table {
    /// Reads CSV text with a header. A column is of numbers where every value is one or empty, of
    /// dates where every value is one, else of text. Lines that start with `#` are skipped.
    ///
    /// # Errors
    /// Rows of other lengths than the header, two columns of one name.
    pub fn from_csv(text: &str) -> Result<Table> {
        Ok(Table::from_text(text, &Layout::default())?.0)
    }

    /// Reads text of another layout, with a warning where the header looks like a row of data.
    ///
    /// # Errors
    /// As for [`Table::from_csv`], or a name that no column has.
    pub(crate) fn from_text(text: &str, layout: &Layout) -> Result<(Table, Vec<Warning>)> {
        let mut rows = records(text, layout)?;
        let header = match layout.header && !rows.is_empty() {
            true => Some(rows.remove(0)),
            false => None,
        };
        let width = header.as_ref().or(rows.first()).map_or(0, Vec::len);
        let names = names(header.as_deref(), width, layout)?;
        if let Some(name) = layout
            .text
            .iter()
            .find(|t| names.iter().all(|(n, _)| n != *t))
        {
            let all: Vec<&str> = names.iter().map(|(n, _)| n.as_str()).collect();
            return Err(Error::new("a column that is to be text is not there")
                .expected(format!("one of {}", all.join(", ")))
                .got(format!("\"{name}\"")));
        }
        let table =
            names
                .iter()
                .enumerate()
                .try_fold(Table::new(), |table, (k, (name, unit))| {
                    check_stop()?;
                    let values: Vec<&str> = rows.iter().map(|r| r[k].as_str()).collect();
                    let column = match layout.text.contains(name) {
                        true => Column::text(values),
                        false => typed(&values, unit.clone(), layout),
                    };
                    table.with(name, column)
                })?;
        Ok((
            table,
            doubtful(header.as_deref(), layout).into_iter().collect(),
        ))
    }

    /// Reads a CSV file.
    ///
    /// # Errors
    /// The file cannot be read, or as for [`Table::from_csv`].
    pub fn read_csv(path: &Path) -> Result<Table> {
        Ok(Table::read_text(path, &Layout::default())?.0)
    }

    /// Reads a file of another layout.
    ///
    /// # Errors
    /// As for [`Table::read_csv`] and `Table::from_text`.
    pub fn read_text(path: &Path, layout: &Layout) -> Result<(Table, Vec<Warning>)> {
        let bytes = crate::io::read_bytes(path)?;
        let text = layout
            .encoding
            .decode(&bytes)
            .map_err(|e| e.at(path.display()))?;
        let (table, warnings) =
            Table::from_text(&text, layout).map_err(|e| e.at(path.display()))?;
        let placed =
            |w: Warning| Warning::new(&w.name, format!("{} ({})", w.message, path.display()));
        Ok((table, warnings.into_iter().map(placed).collect()))
    }
}

/// The rows of values, all of one length.
fn records(text: &str, layout: &Layout) -> Result<Vec<Vec<String>>> {
    if layout.separator == layout.decimal {
        return Err(
            Error::new("values and the parts of a number are separated alike")
                .got(format!("\"{}\" for both", layout.decimal))
                .hint("separator: \";\""),
        );
    }
    let text = &without_comments(text, layout);
    let runs;
    let (text, separator) = match layout.separator {
        ' ' => {
            let line = |l: &str| l.split_whitespace().collect::<Vec<_>>().join("\t");
            runs = text.lines().map(line).collect::<Vec<_>>().join("\n");
            (runs.as_str(), b'\t')
        }
        other => (text.as_ref(), byte("the separator", other)?),
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(separator)
        .trim(csv::Trim::All)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let hint = "one header line and as many values in every row; separator: \";\" or the like if it is no comma";
    let row = |r: csv::Result<csv::StringRecord>| {
        stop_here();
        r.map(|r| r.iter().map(str::to_string).collect())
    };
    reader
        .records()
        .map(row)
        .collect::<csv::Result<_>>()
        .map_err(|e| Error::new("the CSV text cannot be read").got(e).hint(hint))
}

/// Names and units of the columns: those asked for, else those of the header, else `column_1` and
/// so on, which is also what a column without a name is called.
fn names(header: Option<&[String]>, width: usize, layout: &Layout) -> Result<Vec<(String, Unit)>> {
    let given = &layout.names;
    if !given.is_empty() && given.len() != width && width > 0 {
        return Err(Error::new("every column needs a name")
            .expected(format!("{width} names"))
            .got(given.len()));
    }
    let name = |k: usize| {
        let written = match given.is_empty() {
            true => header.map_or("", |h| h[k].as_str()),
            false => given[k].as_str(),
        };
        match split_unit(written) {
            ("", unit) => (format!("column_{}", k + 1), unit),
            (name, unit) => (name.to_string(), unit),
        }
    };
    let names: Vec<(String, Unit)> = (0..width.max(given.len())).map(name).collect();
    let mut known = HashMap::with_capacity(names.len());
    for (k, (name, _)) in names.iter().enumerate() {
        if let Some(first) = known.insert(name, k) {
            let error = Error::new(format!("two columns are called \"{name}\""))
                .expected("names that differ")
                .got(format!("columns {} and {}", first + 1, k + 1));
            return Err(
                match header.is_some_and(|h| h.iter().all(|n| is_number(n))) {
                    true => error.hint("header: false, if the first line holds values"),
                    false => error.hint("names: [...], a name for each column"),
                },
            );
        }
    }
    Ok(names)
}

/// A warning of a header of numbers alone, which is likely the first row of a file without one.
fn doubtful(header: Option<&[String]>, layout: &Layout) -> Option<Warning> {
    let header = header.filter(|h| layout.names.is_empty() && !h.is_empty())?;
    header.iter().all(|n| is_number(n)).then(|| {
        let message = format!(
            "the header is all numbers, {}: header: false if it is the first row of values",
            header.join(", ")
        );
        Warning::new(HEADER_OF_NUMBERS, message)
    })
}

fn byte(what: &str, c: char) -> Result<u8> {
    u8::try_from(c)
        .ok()
        .filter(u8::is_ascii)
        .ok_or_else(|| Error::new(format!("{what} is no ASCII character")).got(format!("\"{c}\"")))
}

fn split_unit(header: &str) -> (&str, Unit) {
    let parts = header.strip_suffix(']').and_then(|h| h.rsplit_once('['));
    match parts.map(|(name, unit)| (name.trim(), Unit::parse(unit))) {
        Some((name, Ok(unit))) => (name, unit),
        _ => (header, Unit::none()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::sites;
    use super::*;
    use crate::table::Cell;

    fn read(text: &str, layout: Layout) -> Result<(Table, Vec<Warning>)> {
        Table::from_text(text, &layout)
    }

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
    fn text_that_begins_with_the_mark_of_a_comment_is_read_again() {
        let notes = Table::new()
            .with("#note", Column::text(["#1", "b", "# c, d"]))
            .unwrap();
        assert_eq!(Table::from_csv(&notes.to_csv()).unwrap(), notes);
        let layout = Layout {
            comments: vec![],
            ..Layout::default()
        };
        assert_eq!(read("note\n#1\nb\n", layout).unwrap().0.rows(), 2);
    }

    #[test]
    fn two_columns_of_one_name_are_refused_whatever_their_units() {
        for text in ["a,b,a\n1,2,3\n", "a [ppm],a [ppb]\n1,2\n", "1,0,1\n0,0,1\n"] {
            let message = Table::from_csv(text).unwrap_err().to_string();
            assert!(message.contains("two columns are called"), "{message}");
        }
        let layout = Layout {
            names: ["a", "b", "c [ppm]"].map(String::from).to_vec(),
            ..Layout::default()
        };
        let table = read("a,b,a\n1,2,3\n", layout).unwrap().0;
        assert_eq!(table.names(), ["a", "b", "c"]);
        assert!(
            matches!(table.column("c").unwrap(), Column::Numbers(_, u) if u.to_string() == "ppm")
        );
    }

    #[test]
    fn a_missing_header_is_said_or_told() {
        let (table, warnings) = read("1.5\n2.5\n", Layout::default()).unwrap();
        assert_eq!(
            (table.rows(), warnings[0].name.as_str()),
            (1, HEADER_OF_NUMBERS)
        );
        let layout = Layout {
            header: false,
            ..Layout::default()
        };
        let (table, warnings) = read("1.5,7\n2.5,8\n", layout.clone()).unwrap();
        assert_eq!(table.numbers("column_2").unwrap(), [7.0, 8.0]);
        assert!(warnings.is_empty());
        let named = Layout {
            names: vec!["x".into()],
            ..layout
        };
        assert_eq!(
            read("1.5\n", named.clone())
                .unwrap()
                .0
                .numbers("x")
                .unwrap(),
            [1.5]
        );
        assert!(read("1.5,2\n", named).is_err());
        // A year may stand in a header beside names.
        assert!(
            read("site,2016\nMLO,1\n", Layout::default())
                .unwrap()
                .1
                .is_empty()
        );
    }

    #[test]
    fn columns_between_spaces_with_marks_for_missing_values_are_read() {
        let layout = Layout {
            separator: ' ',
            comments: vec!["%".into()],
            missing: vec![-999.99],
            ..Layout::default()
        };
        let text = "% a comment\nsite  value\nMLO   410.5\nSPO  -999.99\n";
        let table = read(text, layout.clone()).unwrap().0;
        assert_eq!(table.column("site").unwrap(), &Column::text(["MLO", "SPO"]));
        let value = table.numbers("value").unwrap();
        assert!(value[0] == 410.5 && value[1].is_nan());
        let separator = Layout {
            separator: 'µ',
            ..layout
        };
        assert!(read("a", separator).is_err());
        assert!(table.to_csv_with(false, "NA").ends_with("SPO,NA\n"));
    }

    #[test]
    fn a_decimal_comma_is_read_where_it_is_told() {
        let layout = Layout {
            decimal: ',',
            ..Layout::default()
        };
        assert!(read("a\n1\n", layout.clone()).is_err());
        let layout = Layout {
            separator: ';',
            missing: vec![-9.9],
            ..layout
        };
        let table = read("site;co2\nMLO;400,5\nSPO;-9,9\n", layout).unwrap().0;
        assert_eq!(table.numbers("co2").unwrap()[0], 400.5);
        assert!(table.numbers("co2").unwrap()[1].is_nan());
    }

    #[test]
    fn a_column_is_text_where_it_is_told() {
        let layout = Layout {
            text: vec!["id".into()],
            ..Layout::default()
        };
        let table = read("id\n7\n", layout.clone()).unwrap().0;
        assert_eq!(table.column("id").unwrap().cell(0), Cell::Text("7".into()));
        assert!(
            read("x\n7\n", layout)
                .unwrap_err()
                .to_string()
                .contains("\"id\"")
        );
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
