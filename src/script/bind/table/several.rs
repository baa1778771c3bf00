//! Two tables together, and a table about a table.

use crate::script::bridge::rooms::texts;
use crate::script::{Fallible, attempt};
use crate::table::Table;
use crate::units::Unit;
use rhai::Dynamic;
use rhai::plugin::*;

#[export_module]
pub mod functions {
    /// The rows of two tables that agree in a column or in several, side by side.
    ///
    /// # Arguments
    /// - `other`: a table.
    /// - `on`: the name of the column, or the names of several.
    ///
    /// # Returns
    /// A table.
    ///
    /// # Errors
    /// A table without the column.
    ///
    /// # Example
    /// ```rhai
    /// let t = table(#{ k: [1, 2], a: [3, 4] }).join(table(#{ k: [2], b: [5] }), "k");
    /// assert(t.rows == 1 && t.column("b") == [5.0]);
    /// let growth = table(#{ site: ["MLO", "MLO"], year: [2015, 2016], growth: [2.8, 2.9] });
    /// let counts = table(#{ site: ["MLO", "BRW"], year: [2016, 2016], n: [52, 48] });
    /// assert(growth.join(counts, ["site", "year"]).n.sum() == 52.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn join(
        context: NativeCallContext,
        table: &mut Table,
        other: Table,
        on: Dynamic,
    ) -> Fallible<Table> {
        attempt(&context, || {
            let on = texts(&on)?;
            table.join(&other, &on.iter().map(String::as_str).collect::<Vec<_>>())
        })
    }

    /// A wide table, with a column for each date or the like, as a long one, with a row for each
    /// value.
    ///
    /// # Arguments
    /// - `keep`: the names of the columns that are kept in each row.
    /// - `name`: of the column of what the other columns were called; dates where all are.
    /// - `value`: of the column of their values.
    ///
    /// # Returns
    /// A table.
    ///
    /// # Errors
    /// No such column, other columns than of numbers in one kind of unit, names that are taken.
    ///
    /// # Example
    /// ```rhai
    /// let wide = table([#{ site: "MLO", "2016-01-15": 402.5, "2016-02-15": 404.0 }]);
    /// let long = wide.melt(["site"], "time", "co2");
    /// assert(long.rows == 2 && long[1].time == date("2016-02-15") && long[1].co2 == 404.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn melt(
        context: NativeCallContext,
        table: &mut Table,
        keep: Dynamic,
        name: &str,
        value: &str,
    ) -> Fallible<Table> {
        attempt(&context, || {
            let keep = texts(&keep)?;
            table.melt(
                &keep.iter().map(String::as_str).collect::<Vec<_>>(),
                name,
                value,
            )
        })
    }

    /// The rows of another table below those of this one.
    ///
    /// # Arguments
    /// - `other`: a table with the same columns.
    ///
    /// # Returns
    /// A table.
    ///
    /// # Errors
    /// Other columns, units of different kinds.
    ///
    /// # Example
    /// ```rhai
    /// assert(table(#{ a: [1] }).append(table(#{ a: [2] })).rows == 2);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn append(context: NativeCallContext, table: &mut Table, other: Table) -> Fallible<Table> {
        attempt(&context, || table.append(&other))
    }

    /// What each column holds.
    ///
    /// # Returns
    /// A table: column, unit, n (values present), and of numbers mean, sd, min, median, max.
    ///
    /// # Errors
    /// None.
    ///
    /// # Example
    /// ```rhai
    /// let s = table(#{ co2: [400, 410, ()] }).summary();
    /// assert(s.column("n") == [2.0] && s.column("mean") == [405.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn summary(context: NativeCallContext, table: &mut Table) -> Fallible<Table> {
        attempt(&context, || table.description())
    }

    /// The table with a column of numbers in another unit.
    ///
    /// # Arguments
    /// - `name`: of the column.
    /// - `unit`: such as `"ppb"`.
    ///
    /// # Returns
    /// A table.
    ///
    /// # Errors
    /// No such column, an unknown unit or one of another kind.
    ///
    /// # Example
    /// ```rhai
    /// let t = table(#{ a: [1] }).with_column("a", [400], "ppm").to("a", "ppb");
    /// assert_near(t.column("a")[0], 400000, 1e-6);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn to(
        context: NativeCallContext,
        table: &mut Table,
        name: &str,
        unit: &str,
    ) -> Fallible<Table> {
        attempt(&context, || table.to_unit(name, &Unit::parse(unit)?))
    }

    #[rhai_fn(name = "rename", return_raw)]
    pub fn rename_column(
        context: NativeCallContext,
        table: &mut Table,
        from: &str,
        to: &str,
    ) -> Fallible<Table> {
        attempt(&context, || table.rename(from, to))
    }

    /// The first rows.
    ///
    /// # Arguments
    /// - `n`: how many.
    ///
    /// # Returns
    /// A table.
    ///
    /// # Example
    /// ```rhai
    /// assert(table(#{ a: [1, 2, 3] }).head(2).rows == 2);
    /// ```
    pub fn head(table: &mut Table, n: i64) -> Table {
        table.take(&(0..table.rows().min(n.max(0) as usize)).collect::<Vec<_>>())
    }
}
