//! Tables as text and files.

use crate::script::{Fallible, Host, attempt};
use crate::table::Table;
use rhai::plugin::*;
use std::path::Path;

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

    /// Reads a CSV file with a header; `name [unit]` in the header gives a column its unit.
    ///
    /// # Arguments
    /// - `path`: of the file.
    ///
    /// # Returns
    /// A table; columns are of numbers, dates or text, as all their values read.
    ///
    /// # Errors
    /// The file cannot be read, rows of different lengths.
    ///
    /// # Example
    /// ```rhai
    /// let path = table(#{ site: ["MLO"] }).write("sites.csv");
    /// assert(read_csv(path).column("site") == ["MLO"]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn read_csv(context: NativeCallContext, path: &str) -> Fallible<Table> {
        attempt(&context, || Table::read_csv(Path::new(path)))
    }
}
