//! Columns of tables: adding, taking out, naming, giving units.

use crate::error::{Error, Result};
use crate::field::{Coordinate, Field};
use crate::script::bind::table::rows::row;
use crate::script::bind::table::{cell, column_of, shown};
use crate::script::bridge::rooms::texts;
use crate::script::{Fallible, ScriptFunction, attempt};
use crate::table::{Column, Table};
use crate::units::Unit;
use rhai::plugin::*;
use rhai::{Array, Dynamic, FnPtr};

/// A column from values, or from a function of each row.
fn column_from(
    context: &NativeCallContext,
    table: &Table,
    name: &str,
    values: &Dynamic,
) -> Result<Column> {
    let made = match values.clone().try_cast::<FnPtr>() {
        None if values.is::<Field>() => return column_of(name, values),
        None => column_of(name, values)?,
        Some(f) => {
            let f = ScriptFunction::new(context, f);
            let cells = (0..table.rows())
                .map(|k| cell(name, &f.call((row(table, k),))?))
                .collect::<Result<_>>()?;
            Column::of_cells(name, cells)?
        }
    };
    // Plain numbers are in the unit of the column that they replace.
    match (made, table.column(name)) {
        (Column::Numbers(v, _), Ok(Column::Numbers(_, unit))) => {
            Ok(Column::Numbers(v, unit.clone()))
        }
        (made, _) => Ok(made),
    }
}

/// A column of numbers along `row`.
fn field_of(table: &Table, name: &str) -> Result<Field> {
    let values = table.numbers(name)?.to_vec();
    let unit = if let Column::Numbers(_, unit) = table.column(name)? {
        unit.clone()
    } else {
        Unit::none()
    };
    Ok(Field::line("row", values).named(name).with_unit(unit))
}

fn array_of(column: &Column) -> Array {
    (0..column.len()).map(|k| shown(column.cell(k))).collect()
}

#[export_module]
pub mod functions {
    /// With one more column, or with one of that name replaced. A field brings its unit; plain
    /// numbers are in the unit of the column they replace.
    ///
    /// # Arguments
    /// - `name`: of the column.
    /// - `values`: an array, a field of one dimension, or a function of a row, a map.
    /// - `unit`: optional, the unit of the numbers.
    ///
    /// # Returns
    /// A table.
    ///
    /// # Errors
    /// Another number of rows, a function that fails.
    ///
    /// # Example
    /// ```rhai
    /// let t = table(#{ a: [1, 2] }).with_column("b", [3, 4], "ppm");
    /// assert(t.column("b") == [3.0, 4.0]);
    /// assert(t.with_column("c", |row| row.a + row.b).column("c") == [4.0, 6.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn with_column(
        context: NativeCallContext,
        table: &mut Table,
        name: &str,
        values: Dynamic,
    ) -> Fallible<Table> {
        attempt(&context, || {
            table
                .clone()
                .with(name, column_from(&context, table, name, &values)?)
        })
    }
    #[rhai_fn(name = "with_column", return_raw)]
    pub fn with_in_unit(
        context: NativeCallContext,
        table: &mut Table,
        name: &str,
        values: Dynamic,
        unit: &str,
    ) -> Fallible<Table> {
        attempt(&context, || {
            match column_from(&context, table, name, &values)? {
                Column::Numbers(v, _) => table
                    .clone()
                    .with(name, Column::Numbers(v, Unit::parse(unit)?)),
                _ => Err(Error::new(format!(
                    "the column \"{name}\" does not hold numbers and has no unit"
                ))
                .got(unit)),
            }
        })
    }

    /// The values of a column.
    ///
    /// # Arguments
    /// - `name`: of the column.
    ///
    /// # Returns
    /// An array of numbers, text or dates.
    ///
    /// # Errors
    /// No such column.
    ///
    /// # Example
    /// ```rhai
    /// assert(table(#{ a: [1, 2] }).column("a") == [1.0, 2.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn column(context: NativeCallContext, table: &mut Table, name: &str) -> Fallible<Array> {
        attempt(&context, || Ok(array_of(table.column(name)?)))
    }

    /// A column of numbers as a field along `row`, or along another column, with its unit.
    ///
    /// # Arguments
    /// - `name`: of the column.
    /// - `along`: optional, the column of dates, names or numbers that labels it.
    ///
    /// # Returns
    /// A field.
    ///
    /// # Errors
    /// No such column, or one that does not hold numbers.
    ///
    /// # Example
    /// ```rhai
    /// assert(table(#{ a: [1, 3] }).field("a").mean() == 2.0);
    /// assert(table(#{ site: ["MLO", "SPO"], co2: [400, 398] }).field("co2", "site").sel(#{ site: "SPO" }) == 398.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn field(context: NativeCallContext, table: &mut Table, name: &str) -> Fallible<Field> {
        attempt(&context, || field_of(table, name))
    }

    #[rhai_fn(name = "field", return_raw)]
    pub fn field_along(
        context: NativeCallContext,
        table: &mut Table,
        name: &str,
        along: &str,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let coordinate = match table.column(along)? {
                Column::Numbers(v, unit) => Coordinate::Numbers(v.clone().into(), unit.clone()),
                Column::Text(v) => Coordinate::Labels(v.clone().into()),
                Column::Times(v) => Coordinate::Times(v.clone().into()),
            };
            field_of(table, name)?
                .rename("row", along)?
                .labelled(along, coordinate)
        })
    }

    /// Some of the columns, in the order named.
    ///
    /// # Arguments
    /// - `names`: an array of names.
    ///
    /// # Returns
    /// A table.
    ///
    /// # Errors
    /// No such column.
    ///
    /// # Example
    /// ```rhai
    /// assert(table(#{ a: [1], b: [2] }).select(["b"]).names == ["b"]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn select(
        context: NativeCallContext,
        table: &mut Table,
        names: Dynamic,
    ) -> Fallible<Table> {
        attempt(&context, || {
            table.select(
                &texts(&names)?
                    .iter()
                    .map(String::as_str)
                    .collect::<Vec<_>>(),
            )
        })
    }

    /// Names of the columns.
    #[rhai_fn(get = "names")]
    pub fn names(table: &mut Table) -> Array {
        table
            .names()
            .into_iter()
            .map(|n| Dynamic::from(n.to_string()))
            .collect()
    }

    /// A column by its name: `t.co2`, or `t["co2"]`.
    #[rhai_fn(index_get, return_raw)]
    pub fn named(context: NativeCallContext, table: &mut Table, name: &str) -> Fallible<Dynamic> {
        attempt(&context, || match table.column(name)? {
            Column::Numbers(..) => field_of(table, name).map(Dynamic::from),
            column => Ok(array_of(column).into()),
        })
    }

    #[rhai_fn(name = "with_unit", return_raw)]
    pub fn with_unit_of(
        context: NativeCallContext,
        table: &mut Table,
        name: &str,
        unit: &str,
    ) -> Fallible<Table> {
        attempt(&context, || {
            table.clone().with(
                name,
                Column::Numbers(table.numbers(name)?.to_vec(), Unit::parse(unit)?),
            )
        })
    }
}
