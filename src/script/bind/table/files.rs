//! Tables as text and files.

use crate::error::{Error, Result};
use crate::script::{Fallible, Host, Options, attempt, read};
use crate::table::{Column, Encoding, Layout, Table};
use rhai::Map;
use rhai::plugin::*;
use std::path::Path;

fn character(name: &str, text: String) -> Result<char> {
    match text.chars().collect::<Vec<_>>()[..] {
        [c] => Ok(c),
        _ => Err(Error::new(format!("the option \"{name}\""))
            .expected("one character, such as \";\"")
            .got(format!("\"{text}\""))),
    }
}

#[export_module]
pub mod functions {
    /// The table as Markdown text.
    ///
    /// # Returns
    /// Text.
    ///
    /// # Example
    /// ```rhai
    /// assert(table(#{ a: [1] }).to_markdown().starts_with("| a |"));
    /// ```
    pub fn to_markdown(table: &mut Table) -> String {
        table.to_markdown()
    }

    /// Writes the table into the output folder: Markdown where the name ends in `.md`, else CSV.
    ///
    /// # Arguments
    /// - `name`: of the file.
    /// - options, for CSV: `units`: true, names are followed by their unit, `co2 [ppm]`; `missing`:
    ///   `""`, the mark of a missing number. R takes `units: false` and `missing: "NA"` as they
    ///   are.
    ///
    /// # Returns
    /// The path written.
    ///
    /// # Errors
    /// The file cannot be written.
    ///
    /// # Example
    /// ```rhai
    /// let path = table(#{ a: [1, 2] }).write("numbers.csv");
    /// assert(read_csv(path).column("a") == [1.0, 2.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn write(context: NativeCallContext, table: &mut Table, name: &str) -> Fallible<String> {
        attempt(&context, || {
            let path = Host::of(&context).output(name)?;
            table.write(&path)?;
            Ok(path.display().to_string())
        })
    }
    #[rhai_fn(name = "write", return_raw)]
    pub fn write_with(
        context: NativeCallContext,
        table: &mut Table,
        name: &str,
        options: Map,
    ) -> Fallible<String> {
        attempt(&context, || {
            let mut o = Options::new("write", options);
            let (units, missing) = (o.or("units", true)?, o.or("missing", String::new())?);
            o.finish()?;
            let path = Host::of(&context).output(name)?;
            table.write_csv(&path, units, &missing)?;
            Ok(path.display().to_string())
        })
    }

    /// Reads a CSV file with a header; `name [unit]` in the header gives a column its unit.
    ///
    /// # Arguments
    /// - `path`: of the file.
    /// - options: `separator`: `","`; `" "` stands for any run of spaces. `comment`: `"#"`, lines
    ///   that start with it are skipped, none with `""`. `missing`: `[]`, numbers that mark a
    ///   missing value. `units`: `#{}`, units of columns. `header`: true, the first line names the
    ///   columns. `names`: `[]`, names of all columns in place of the header's, or where there is
    ///   none. `text`: `[]`, columns that stay text. `decimal`: `"."`. `encoding`: `"utf-8"`, or
    ///   `"latin1"`.
    ///
    /// # Returns
    /// A table; columns are of numbers, dates or text, as all their values read. Nothing, `NA` and
    /// `NaN` are missing numbers. Identifiers with leading zeros (`0012`, but not the two digits of
    /// a month, `07`) or of more digits than a number holds stay text. A header of numbers alone
    /// is warned of.
    ///
    /// # Errors
    /// The file cannot be read, rows of different lengths, two columns of one name.
    ///
    /// # Example
    /// ```rhai
    /// let path = table(#{ site: ["MLO"] }).write("sites.csv");
    /// assert(read_csv(path).column("site") == ["MLO"]);
    /// let path = table(#{ co2: [400, -999] }).write("co2.csv");
    /// let t = read_csv(path, #{ missing: [-999], units: #{ co2: "ppm" } });
    /// assert(t.co2.count() == 1.0 && t.co2.unit == "ppm");
    /// let values = read_csv(path, #{ header: false, names: ["x"] });
    /// assert(values.rows == 3 && values.column("x")[0] == "co2");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn read_csv(context: NativeCallContext, path: &str) -> Fallible<Table> {
        read_csv_with(context, path, Map::new())
    }
    #[rhai_fn(name = "read_csv", return_raw)]
    pub fn read_csv_with(context: NativeCallContext, path: &str, options: Map) -> Fallible<Table> {
        attempt(&context, || {
            let mut o = Options::new("read_csv", options);
            let layout = Layout {
                separator: character("separator", o.or("separator", ",".to_string())?)?,
                comment: match o.or("comment", "#".to_string())? {
                    none if none.is_empty() => None,
                    mark => Some(character("comment", mark)?),
                },
                missing: o.or("missing", Vec::new())?,
                decimal: character("decimal", o.or("decimal", ".".to_string())?)?,
                header: o.or("header", true)?,
                names: o.or("names", Vec::new())?,
                text: o.or("text", Vec::new())?,
                encoding: Encoding::named(&o.or("encoding", "utf-8".to_string())?)?,
            };
            let units: Map = o.or("units", Map::new())?;
            o.finish()?;
            let (table, warnings) = Table::read_text(Path::new(path), &layout)?;
            warnings
                .into_iter()
                .for_each(|w| Host::of(&context).warn(w));
            units.iter().try_fold(table, |t, (name, unit)| {
                let numbers = t.numbers(name)?.to_vec();
                t.with(
                    name,
                    Column::Numbers(numbers, read(&format!("the unit of \"{name}\""), unit)?),
                )
            })
        })
    }
}
