//! Columns and rows of tables: adding, selecting, sorting, grouping, joining.

use super::{column_of, shown};
use crate::error::{Error, Result};
use crate::field::{Coordinate, Field, Reduction};
use crate::script::bind::texts;
use crate::script::{Fallible, ScriptFunction, attempt, read};
use crate::table::{Column, Table};
use crate::units::Unit;
use rhai::plugin::*;
use rhai::{Array, Dynamic, FnPtr, Map};

fn row(table: &Table, k: usize) -> Map {
    table.columns().iter().map(|(n, c)| (n.as_str().into(), shown(c.cell(k)))).collect()
}

fn reduction(name: &str) -> Result<Reduction> {
    let known = ["mean", "sum", "sd", "min", "max", "median"];
    Ok(match name {
        "mean" => Reduction::Mean,
        "sum" => Reduction::Sum,
        "sd" => Reduction::StandardDeviation,
        "min" => Reduction::Min,
        "max" => Reduction::Max,
        "median" => Reduction::Quantile(0.5),
        other => {
            let error = Error::new(format!("there is no summary \"{other}\"")).expected(format!("one of {}", known.join(", ")));
            return Err(match crate::error::did_you_mean(other, known) {
                Some(near) => error.hint(format!("\"{near}\"")),
                None => error,
            });
        }
    })
}

#[export_module]
pub mod functions {
    /// With one more column, or with one of that name replaced.
    ///
    /// # Arguments
    /// - `name`: of the column.
    /// - `values`: an array or a field of one dimension.
    /// - `unit`: optional, the unit of the numbers.
    ///
    /// # Returns
    /// A table.
    ///
    /// # Errors
    /// Another number of rows.
    ///
    /// # Example
    /// ```rhai
    /// let t = table(#{ a: [1, 2] }).with_column("b", [3, 4], "ppm");
    /// assert(t.column("b") == [3.0, 4.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn with_column(context: NativeCallContext, table: &mut Table, name: &str, values: Dynamic) -> Fallible<Table> {
        attempt(&context, || table.clone().with(name, column_of(name, &values)?))
    }
    #[rhai_fn(name = "with_column", return_raw)]
    pub fn with_in_unit(context: NativeCallContext, table: &mut Table, name: &str, values: Dynamic, unit: &str) -> Fallible<Table> {
        attempt(&context, || match column_of(name, &values)? {
            Column::Numbers(v, _) => table.clone().with(name, Column::Numbers(v, Unit::parse(unit)?)),
            _ => Err(Error::new(format!("the column \"{name}\" does not hold numbers and has no unit")).got(unit)),
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
        attempt(&context, || {
            let column = table.column(name)?;
            Ok((0..column.len()).map(|k| shown(column.cell(k))).collect())
        })
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
        attempt(&context, || {
            let values = table.numbers(name)?.to_vec();
            let unit = if let Column::Numbers(_, unit) = table.column(name)? { unit.clone() } else { Unit::none() };
            let along = crate::field::Dimension::index("row", values.len());
            Field::new(name, unit, vec![along], ndarray::Array1::from(values).into_dyn())
        })
    }

    #[rhai_fn(name = "field", return_raw)]
    pub fn field_along(context: NativeCallContext, table: &mut Table, name: &str, along: &str) -> Fallible<Field> {
        attempt(&context, || {
            let coordinate = match table.column(along)? {
                Column::Numbers(v, unit) => Coordinate::Numbers(v.clone().into(), unit.clone()),
                Column::Text(v) => Coordinate::Labels(v.clone().into()),
                Column::Times(v) => Coordinate::Times(v.clone().into()),
            };
            let values = table.numbers(name)?.to_vec();
            let unit = if let Column::Numbers(_, unit) = table.column(name)? { unit.clone() } else { Unit::none() };
            Ok(Field::line(along, values).labelled(along, coordinate)?.named(name).with_unit(unit))
        })
    }

    /// The rows for which a function gives true.
    ///
    /// # Arguments
    /// - `keep`: a function of a row, a map.
    ///
    /// # Returns
    /// A table.
    ///
    /// # Errors
    /// The function fails or gives something else.
    ///
    /// # Example
    /// ```rhai
    /// assert(table(#{ a: [1, 2, 3] }).filter(|row| row.a > 1).rows == 2);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn filter(context: NativeCallContext, table: &mut Table, keep: FnPtr) -> Fallible<Table> {
        attempt(&context, || {
            let keep = ScriptFunction::new(&context, keep);
            let mut places = Vec::new();
            for k in 0..table.rows() {
                if keep.call_for::<bool>("the answer of the filter", (row(table, k),))? {
                    places.push(k);
                }
            }
            Ok(table.take(&places))
        })
    }

    /// The rows in order of a column.
    ///
    /// # Arguments
    /// - `by`: name of the column; with a minus before it, from the greatest down.
    ///
    /// # Returns
    /// A table; missing numbers come last.
    ///
    /// # Errors
    /// No such column.
    ///
    /// # Example
    /// ```rhai
    /// assert(table(#{ a: [1, 3, 2] }).sort("-a").column("a") == [3.0, 2.0, 1.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn sort(context: NativeCallContext, table: &mut Table, by: &str) -> Fallible<Table> {
        attempt(&context, || match by.strip_prefix('-') {
            Some(name) if !table.names().contains(&by) => table.sort(name, true),
            _ => table.sort(by, false),
        })
    }

    /// One row per group of rows that agree in some columns.
    ///
    /// # Arguments
    /// - `by`: a name or an array of names.
    /// - `of`: a map from new columns to pairs of a column and `mean`, `sum`, `sd`, `min`, `max` or `median`.
    ///
    /// # Returns
    /// A table: the keys, the number of rows as `n`, and the new columns.
    ///
    /// # Errors
    /// No such column, an unknown summary.
    ///
    /// # Example
    /// ```rhai
    /// let t = table(#{ site: ["a", "b", "a"], v: [1, 2, 3] }).group("site", #{ mean: ["v", "mean"] });
    /// assert(t.column("mean") == [2.0, 2.0] && t.column("n") == [2.0, 1.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn group(context: NativeCallContext, table: &mut Table, by: Dynamic, of: Map) -> Fallible<Table> {
        attempt(&context, || {
            let by = texts(&by)?;
            let mut reductions = Vec::new();
            for (name, pair) in &of {
                match &read::<Vec<String>>(&format!("the summary \"{name}\""), pair)?[..] {
                    [column, how] => reductions.push((name.to_string(), column.clone(), reduction(how)?)),
                    other => return Err(Error::new(format!("the summary \"{name}\"")).expected("[column, \"mean\"]").got(format!("{other:?}"))),
                }
            }
            table.summary(&by.iter().map(String::as_str).collect::<Vec<_>>(), &reductions)
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
    pub fn select(context: NativeCallContext, table: &mut Table, names: Dynamic) -> Fallible<Table> {
        attempt(&context, || table.select(&texts(&names)?.iter().map(String::as_str).collect::<Vec<_>>()))
    }

    /// Number of rows.
    #[rhai_fn(get = "rows")]
    pub fn rows(table: &mut Table) -> i64 {
        table.rows() as i64
    }
    /// Names of the columns.
    #[rhai_fn(get = "names")]
    pub fn names(table: &mut Table) -> Array {
        table.names().into_iter().map(|n| Dynamic::from(n.to_string())).collect()
    }

    /// The rows as an array of maps.
    ///
    /// # Returns
    /// An array of maps.
    ///
    /// # Example
    /// ```rhai
    /// for row in table(#{ a: [1, 2] }).to_array() { assert(row.a > 0); }
    /// ```
    pub fn to_array(table: &mut Table) -> Array {
        (0..table.rows()).map(|k| row(table, k).into()).collect()
    }

    #[rhai_fn(index_get, return_raw)]
    pub fn get(context: NativeCallContext, table: &mut Table, index: i64) -> Fallible<Map> {
        attempt(&context, || {
            let n = table.rows() as i64;
            let k = if index < 0 { index + n } else { index };
            if (0..n).contains(&k) {
                return Ok(row(table, k as usize));
            }
            Err(Error::new("row beyond the end of the table").expected(format!("0 to {}", n - 1)).got(index))
        })
    }
}
