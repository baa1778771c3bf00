//! Tables as text and files.

use crate::error::Error;
use crate::io::matching;
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
    optional!(rooms, JsonOptions: "read_json" = functions::read_json_token);
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
        /// What lines to be skipped start with, such as `"//"`, or several of such marks; empty for
        /// none.
        comment: Comments = Comments(Layout::default().comments),
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
        /// How bytes stand for characters: `"utf-8"`, `"latin1"` or another label of the WHATWG
        /// standard; a mark of byte order in the file goes before it.
        encoding: Encoding = Layout::default().encoding,
    }
}

options! {
    /// How the records of a JSON file are named.
    struct JsonOptions of "read_json" {
        /// Names of the columns that hold the names of the records, one for each level, such as
        /// `["site", "network"]`.
        keys: Vec<String> = vec![],
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

/// The marks of comments, if there are any.
#[derive(Debug, Clone)]
struct Comments(Vec<String>);

impl FromScript for Comments {
    fn expected() -> String {
        "what comments start with, an array of such marks, or \"\" for none".into()
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        match value.as_immutable_string_ref() {
            Ok(mark) => Some(vec![mark.to_string()]),
            Err(_) => Vec::<String>::from_script(value),
        }
        .map(Comments)
    }
    fn shown(&self) -> String {
        match self.0.as_slice() {
            [one] => format!("\"{one}\""),
            several => several.to_vec().shown(),
        }
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
        format!("\"{}\"", self.name().to_lowercase())
    }
}

#[export_module]
mod functions {
    /// The files that a pattern names.
    ///
    /// # Arguments
    /// - `pattern`: a path in which `*` and `?` stand for letters and `**` for folders, such as
    ///   `"data/**/*.nc4"`.
    ///
    /// # Returns
    /// A table: path, bytes; in order of the paths, without rows where nothing matches.
    ///
    /// # Errors
    /// A pattern that cannot be understood, a folder that cannot be read.
    ///
    /// # Example
    /// ```rhai
    /// table(#{ n: [1] }).write("one.csv");
    /// let found = files(output("*.csv"));
    /// assert(found.rows == 1 && found[0].bytes == 4);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn files(context: NativeCallContext, pattern: &str) -> Fallible<Table> {
        attempt(&context, || {
            let files = matching(pattern)?;
            let paths = files.iter().map(|(path, _)| path.display());
            let bytes: Vec<f64> = files.iter().map(|(_, n)| *n as f64).collect();
            Table::new()
                .with("path", Column::text(paths))?
                .with("bytes", Column::numbers(bytes))
        })
    }

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

    /// Writes the table into the output folder: Markdown where the name ends in `.md`, an array of
    /// records where it ends in `.json`, else CSV, which the options are for.
    ///
    /// # Arguments
    /// - `name`: of the file.
    ///
    /// # Returns
    /// The path written.
    ///
    /// # Errors
    /// The file cannot be written, options of CSV for another format.
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
            if path.extension().is_none_or(|e| e != "md" && e != "json") {
                table.write_csv(&path, o.units, &o.missing)?;
            } else if asked {
                return Err(Error::new("only CSV is written with options")
                    .expected("none, or the name of a CSV file")
                    .got(format!("\"{name}\"")));
            } else {
                table.write(&path)?;
            }
            Ok(path.display().to_string())
        })
    }

    /// Reads a CSV file with a header; `name [unit]` in the header gives a column its unit. What
    /// stands in the brackets and is no unit that can be read, such as `flag [0-3]`, stays a part
    /// of the name.
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
                comments: o.comment.0,
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

    /// Reads a JSON file of records, such as a list of sites.
    ///
    /// The file holds an array of objects, a row each; an object of arrays, a column each; or
    /// objects by name, in one level or several (site, then network), whose names become columns
    /// of their own. Objects within a record become columns `outer_inner`, lists of numbers text
    /// with spaces between them.
    ///
    /// # Arguments
    /// - `path`: of the file.
    ///
    /// # Returns
    /// A table; columns are of numbers, dates or text, as all their values read, and missing where
    /// a record has none. Text stays text, `"0012"` too.
    ///
    /// # Errors
    /// The file cannot be read, is no JSON, or holds no records; another number of names of levels.
    ///
    /// # Example
    /// ```rhai
    /// let path = table([#{ site: "MLO", id: "0012" }]).write("sites.json");
    /// assert(read_json(path).id == ["0012"]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn read_json(context: NativeCallContext, path: &str, options: Map) -> Fallible<Table> {
        attempt(&context, || {
            let o = JsonOptions::read(&context, options)?;
            Table::read_json(Path::new(path), &o.keys)
        })
    }
}
