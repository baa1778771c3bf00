//! Tables.

mod columns;
mod files;
mod rows;
mod several;

pub(super) use rows::row as row_map;

use crate::error::{Error, Result};
use crate::field::Field;
use crate::script::bridge::rooms::{Rooms, texts};
use crate::script::bridge::value::{describe, kind};
use crate::script::{Fallible, FromScript, attempt, read};
use crate::table::{Cell, Column, Table};
use crate::time::Time;
use rhai::plugin::*;
use rhai::{Array, Dynamic, Map};

kind!(Table, "Table", "a table");

/// Binds tables.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Table>();
    rooms.global(exported_module!(making));
    rooms.engine.register_iterator::<Table>();
    rooms.global(exported_module!(columns::functions));
    rooms.global(exported_module!(rows::functions));
    rooms.global(exported_module!(several::functions));
    files::bind(rooms);
}

/// The rows one after the other, as maps.
impl IntoIterator for Table {
    type Item = Map;
    type IntoIter = Box<dyn Iterator<Item = Map>>;
    fn into_iter(self) -> Self::IntoIter {
        Box::new((0..self.rows()).map(move |k| rows::row(&self, k)))
    }
}

fn cell(name: &str, value: &Dynamic) -> Result<Cell> {
    if value.is_unit() {
        return Ok(Cell::Number(f64::NAN));
    }
    if let Some(x) = f64::from_script(value) {
        return Ok(Cell::Number(x));
    }
    if let Some(t) = value.read_lock::<Time>() {
        return Ok(Cell::Time(*t));
    }
    if let Ok(flag) = value.as_bool() {
        return Ok(Cell::Number(f64::from(u8::from(flag))));
    }
    if let Ok(text) = value.as_immutable_string_ref() {
        return Ok(Cell::Text(text.to_string()));
    }
    Err(
        Error::new(format!("this does not fit in the column \"{name}\""))
            .expected("a number, text or a date")
            .got(describe(value)),
    )
}

fn shown(cell: Cell) -> Dynamic {
    match cell {
        Cell::Number(x) => Dynamic::from(x),
        Cell::Text(t) => Dynamic::from(t),
        Cell::Time(t) => Dynamic::from(t),
    }
}

pub(super) fn column_of(name: &str, value: &Dynamic) -> Result<Column> {
    if let Some(field) = value.read_lock::<Field>() {
        return Ok(Column::Numbers(
            field.data().iter().copied().collect(),
            field.unit.clone(),
        ));
    }
    let values: Vec<Dynamic> = read(&format!("the column \"{name}\""), value)?;
    Column::of_cells(
        name,
        values
            .iter()
            .map(|v| cell(name, v))
            .collect::<Result<_>>()?,
    )
}

/// From an array of maps, one per row; columns in the order of the first row's keys.
fn from_rows(rows: &[Dynamic]) -> Result<Table> {
    let maps: Vec<Map> = rows
        .iter()
        .map(|r| read("a row of the table", r))
        .collect::<Result<_>>()?;
    let Some(first) = maps.first() else {
        return Ok(Table::new());
    };
    first.keys().try_fold(Table::new(), |table, key| {
        let value = |(k, m): (usize, &Map)| match m.get(key) {
            Some(v) => cell(key, v),
            None => Err(Error::new(format!("row {k} of the table has no \"{key}\""))),
        };
        table.with(
            key,
            Column::of_cells(
                key,
                maps.iter().enumerate().map(value).collect::<Result<_>>()?,
            )?,
        )
    })
}

fn ordered(table: &Table, order: Array) -> Result<Table> {
    let names = texts(&order.into())?;
    table.select(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

#[export_module]
mod making {
    /// A table: an array of maps, one per row; a map of arrays or fields, one per column; or a
    /// field, a row for every value of it.
    ///
    /// Its columns are at hand by name, `t.co2`: numbers as a field along `row`, names and dates as
    /// an array. `t[0]` is a row, a map, and `for row in t { ... }` takes one after the other.
    /// `t.with_unit("co2", "ppm")` says what the numbers are in.
    ///
    /// # Arguments
    /// - `content`: the rows or the columns, numbers, text or dates; or a field.
    /// - `order`: optional, the names of the columns in the order wanted.
    ///
    /// # Returns
    /// A table; columns in alphabetical order unless an order is given.
    ///
    /// # Errors
    /// Columns of different lengths, a row without a value.
    ///
    /// # Example
    /// ```rhai
    /// let t = table([#{ site: "MLO", co2: 400 }, #{ site: "BRW", co2: 410.5 }]);
    /// assert(t.rows == 2 && t.column("co2") == [400.0, 410.5]);
    /// assert(t.co2.mean() == 405.25 && t.site == ["MLO", "BRW"] && t[0].co2 == 400);
    /// assert(table(#{ b: [1], a: [2] }, ["b", "a"]).names == ["b", "a"]);
    /// assert(table([#{ b: 1, a: 2 }], ["b", "a"]).names == ["b", "a"]);
    /// assert(table(grid("4x5").areas()).names == ["lat", "lon", "area"]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn table(context: NativeCallContext, content: Array) -> Fallible<Table> {
        attempt(&context, || from_rows(&content))
    }
    #[rhai_fn(name = "table", return_raw)]
    pub fn table_of_field(context: NativeCallContext, content: Field) -> Fallible<Table> {
        attempt(&context, || Table::of_field(&content))
    }
    #[rhai_fn(name = "table", return_raw)]
    pub fn table_of_columns(context: NativeCallContext, content: Map) -> Fallible<Table> {
        attempt(&context, || {
            content
                .iter()
                .try_fold(Table::new(), |t, (n, v)| t.with(n, column_of(n, v)?))
        })
    }
    #[rhai_fn(name = "table", return_raw)]
    pub fn table_of_columns_ordered(
        context: NativeCallContext,
        content: Map,
        order: Array,
    ) -> Fallible<Table> {
        attempt(&context, || {
            let columns = content
                .iter()
                .try_fold(Table::new(), |t, (n, v)| t.with(n, column_of(n, v)?))?;
            ordered(&columns, order)
        })
    }
    #[rhai_fn(name = "table", return_raw)]
    pub fn table_ordered(
        context: NativeCallContext,
        content: Array,
        order: Array,
    ) -> Fallible<Table> {
        attempt(&context, || ordered(&from_rows(&content)?, order))
    }
}
