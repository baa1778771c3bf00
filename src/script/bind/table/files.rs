//! Tables as text and files.

use crate::error::Error;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::{Fallible, FromScript, Host, attempt, read};
use crate::table::{Column, Encoding, Layout, Table};
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::path::Path;

/// Binds tables as text and files.
pub(super) fn bind(rooms: &mut Rooms) {
    rooms.global(exported_module!(functions));
    optional!(rooms, WriteOptions: "write" = functions::write_token);
    optional!(rooms, ReadOptions: "read_csv" = functions::read_csv_token);
}

options! {
    /// How a table is written as CSV.
    struct WriteOptions of "write" {
        /// Whether names are followed by their unit, `co2 [ppm]`; R takes them without as they are.
        units: bool = true,
        /// The mark of a missing number, which for R is `NA`.
        missing: String = String::new(),
    }
}

options! {
    /// How a CSV file is to be read.
    struct ReadOptions of "read_csv" {
        /// The sign between values; a space stands for any run of spaces.
        separator: char = Layout::default().separator,
        /// The sign that lines to be skipped start with; empty for none.
        comment: Comment = Comment(Layout::default().comment),
        /// Numbers that mark a missing value.
        missing: Vec<f64> = Layout::default().missing,
        /// The units of columns by their names.
        units: Map = Map::new(),
        /// Whether the first line names the columns.
        header: bool = Layout::default().header,
        /// The names of all columns in place of those of the header, or where there is none.
        names: Vec<String> = Layout::default().names,
        /// The names of columns that stay text.
        text: Vec<String> = Layout::default().text,
        /// The sign before decimals.
        decimal: char = Layout::default().decimal,
        /// How bytes stand for characters: `"utf-8"` or `"latin1"`.
        encoding: Encoding = Layout::default().encoding,
    }
}

impl FromScript for char {
    fn expected() -> String {
        "one character, such as \";\"".into()
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        let text = value.as_immutable_string_ref().ok()?;
        let mut signs = text.chars();
        signs.next().filter(|_| signs.next().is_none())
    }
    fn shown(&self) -> String {
        format!("\"{self}\"")
    }
}

/// The sign of a comment, if there are any.
#[derive(Debug, Clone, Copy)]
struct Comment(Option<char>);

impl FromScript for Comment {
    fn expected() -> String {
        "one character, or none".into()
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        if value.as_immutable_string_ref().ok()?.is_empty() {
            return Some(Comment(None));
        }
        char::from_script(value).map(|sign| Comment(Some(sign)))
    }
    fn shown(&self) -> String {
        self.0.map_or_else(|| "\"\"".into(), |sign| sign.shown())
    }
}

impl FromScript for Encoding {
    fn expected() -> String {
        "an encoding".into()
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        Encoding::named(&value.as_immutable_string_ref().ok()?).ok()
    }
    fn reason(value: &Dynamic) -> Option<Error> {
        Encoding::named(&value.as_immutable_string_ref().ok()?).err()
    }
    fn shown(&self) -> String {
        match self {
            Encoding::Utf8 => "\"utf-8\"".into(),
            Encoding::Latin1 => "\"latin1\"".into(),
        }
    }
}

#[export_module]
mod functions {
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

    /// Writes the table into the output folder: Markdown where the name ends in `.md`, else CSV,
    /// which the options are for.
    ///
    /// # Arguments
    /// - `name`: of the file.
    ///
    /// # Returns
    /// The path written.
    ///
    /// # Errors
    /// The file cannot be written, options of CSV for Markdown.
    ///
    /// # Example
    /// ```rhai
    /// let path = table(#{ a: [1, 2] }).write("numbers.csv");
    /// assert(read_csv(path).column("a") == [1.0, 2.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn write(
        context: NativeCallContext,
        table: &mut Table,
        name: &str,
        options: Map,
    ) -> Fallible<String> {
        attempt(&context, || {
            let asked = !options.is_empty();
            let o = WriteOptions::read(&context, options)?;
            let path = Host::of(&context).output(name)?;
            if path.extension().is_none_or(|e| e != "md") {
                table.write_csv(&path, o.units, &o.missing)?;
            } else if asked {
                return Err(Error::new("a table in Markdown is written without options")
                    .expected("none, or the name of a CSV file")
                    .got(format!("\"{name}\"")));
            } else {
                table.write(&path)?;
            }
            Ok(path.display().to_string())
        })
    }

    /// Reads a CSV file with a header; `name [unit]` in the header gives a column its unit.
    ///
    /// # Arguments
    /// - `path`: of the file.
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
    pub fn read_csv(context: NativeCallContext, path: &str, options: Map) -> Fallible<Table> {
        attempt(&context, || {
            let o = ReadOptions::read(&context, options)?;
            let layout = Layout {
                separator: o.separator,
                comment: o.comment.0,
                missing: o.missing,
                decimal: o.decimal,
                header: o.header,
                names: o.names,
                text: o.text,
                encoding: o.encoding,
            };
            let (table, warnings) = Table::read_text(Path::new(path), &layout)?;
            warnings
                .into_iter()
                .for_each(|w| Host::of(&context).warn(w));
            o.units.iter().try_fold(table, |t, (name, unit)| {
                let numbers = t.numbers(name)?.to_vec();
                t.with(
                    name,
                    Column::Numbers(numbers, read(&format!("the unit of \"{name}\""), unit)?),
                )
            })
        })
    }
}
