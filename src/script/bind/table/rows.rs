//! Rows of tables: choosing, sorting, grouping.

use crate::error::{Error, Result};
use crate::field::{Field, Reduction};
use crate::script::bind::table::shown;
use crate::script::bridge::rooms::texts;
use crate::script::{Fallible, ScriptFunction, attempt, read};
use crate::table::{Summary, Table};
use rhai::plugin::*;
use rhai::{Array, Dynamic, FnPtr, Map};

/// A row as a map.
pub(in crate::script::bind) fn row(table: &Table, k: usize) -> Map {
    table
        .columns()
        .iter()
        .map(|(n, c)| (n.as_str().into(), shown(c.cell(k))))
        .collect()
}

fn reduction(name: &str) -> Result<Reduction> {
    let known = ["mean", "sum", "sd", "min", "max", "median", "count"];
    Ok(match name {
        "mean" => Reduction::Mean,
        "sum" => Reduction::Sum,
        "sd" => Reduction::StandardDeviation,
        "min" => Reduction::Min,
        "max" => Reduction::Max,
        "median" => Reduction::Quantile(0.5),
        "count" => Reduction::Count,
        other => {
            let error = Error::new(format!("there is no summary \"{other}\""))
                .expected(format!("one of {}, or a function", known.join(", ")));
            return Err(match crate::error::did_you_mean(other, known) {
                Some(near) => error.hint(format!("\"{near}\"")),
                None => error,
            });
        }
    })
}

/// A pair of a column and the name of a reduction, or a function.
fn summary_of(
    context: &NativeCallContext,
    name: &str,
    pair: &Dynamic,
) -> Result<(String, String, Summary<'static>)> {
    let what = format!("the summary \"{name}\"");
    let pair: Vec<Dynamic> = read(&what, pair)?;
    let [column, how] = &pair[..] else {
        return Err(Error::new(what)
            .expected("[column, \"mean\"]")
            .got(format!("{} values", pair.len())));
    };
    let how: Summary = match how.clone().try_cast::<FnPtr>() {
        Some(f) => {
            let f = ScriptFunction::new(context, f);
            Box::new(move |values| {
                f.call_for::<Field>("the value of the function", (values.clone(),))
            })
        }
        None => {
            let how = reduction(&read::<String>(&what, how)?)?;
            Box::new(move |values| values.reduce(how, &[]))
        }
    };
    Ok((name.to_string(), read(&what, column)?, how))
}

/// A column to sort by: with a minus before its name, downwards.
fn direction<'a>(table: &Table, by: &'a str) -> (&'a str, bool) {
    match by.strip_prefix('-') {
        Some(name) if !table.names().contains(&by) => (name, true),
        _ => (by, false),
    }
}

#[export_module]
pub mod functions {
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
            let mut positions = Vec::new();
            for k in 0..table.rows() {
                if keep.call_for::<bool>("the answer of the filter", (row(table, k),))? {
                    positions.push(k);
                }
            }
            Ok(table.take(&positions))
        })
    }

    /// The rows in order of a column, or of several.
    ///
    /// # Arguments
    /// - `by`: name of the column, or an array of names; with a minus before it, from the greatest
    ///   down.
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
    /// assert(table(#{ a: [1, 1, 0], b: [1, 2, 3] }).sort(["a", "-b"]).column("b") == [3.0, 2.0, 1.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn sort(context: NativeCallContext, table: &mut Table, by: Dynamic) -> Fallible<Table> {
        attempt(&context, || {
            let names = texts(&by)?;
            table.sort(
                &names
                    .iter()
                    .map(|n| direction(table, n))
                    .collect::<Vec<_>>(),
            )
        })
    }

    /// One row per group of rows that agree in some columns.
    ///
    /// # Arguments
    /// - `by`: a name or an array of names.
    /// - `of`: a map from new columns to pairs of a column and `"mean"`, `"sum"`, `"sd"`, `"min"`,
    ///   `"max"`, `"median"`, `"count"`, or a function of the group's numbers, a field, that gives
    ///   one number.
    ///
    /// # Returns
    /// A table: the keys, the number of rows as `n`, and the new columns.
    ///
    /// # Errors
    /// No such column, an unknown summary, a function that fails.
    ///
    /// # Example
    /// ```rhai
    /// let t = table(#{ site: ["a", "b", "a"], v: [1, 2, 3] }).group("site", #{ mean: ["v", "mean"] });
    /// assert(t.column("mean") == [2.0, 2.0] && t.column("n") == [2.0, 1.0]);
    /// let t = table(#{ site: ["a", "b", "a"], v: [1, 2, 3] }).group("site", #{ range: ["v", |v| v.max() - v.min()] });
    /// assert(t.column("range") == [2.0, 0.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn group(
        context: NativeCallContext,
        table: &mut Table,
        by: Dynamic,
        of: Map,
    ) -> Fallible<Table> {
        attempt(&context, || {
            let by = texts(&by)?;
            let summaries = of
                .iter()
                .map(|(name, pair)| summary_of(&context, name, pair))
                .collect::<Result<Vec<_>>>()?;
            table.summary(
                &by.iter().map(String::as_str).collect::<Vec<_>>(),
                &summaries,
            )
        })
    }

    /// The rows that agree in some columns, a table for each group, in order of their first rows.
    ///
    /// # Arguments
    /// - `by`: a name or an array of names.
    ///
    /// # Returns
    /// An array of tables.
    ///
    /// # Errors
    /// No such column.
    ///
    /// # Example
    /// ```rhai
    /// let parts = table(#{ site: ["a", "b", "a"], v: [1, 2, 3] }).split_by("site");
    /// assert(parts.len() == 2 && parts[0].column("v") == [1.0, 3.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn split_by(context: NativeCallContext, table: &mut Table, by: Dynamic) -> Fallible<Array> {
        attempt(&context, || {
            let by = texts(&by)?;
            let groups = table.groups(&by.iter().map(String::as_str).collect::<Vec<_>>())?;
            let parts = groups.iter().map(|g| Dynamic::from(table.take(g)));
            Ok(parts.collect())
        })
    }

    /// Number of rows.
    #[rhai_fn(get = "rows")]
    pub fn rows(table: &mut Table) -> i64 {
        table.rows() as i64
    }
    /// The rows as an array of maps.
    ///
    /// # Returns
    /// An array of maps.
    ///
    /// # Example
    /// ```rhai
    /// let t = table(#{ a: [1, 2] });
    /// assert(t.to_array().map(|row| row.a) == [1.0, 2.0]);
    /// for row in t { assert(row.a > 0); }                     // the same rows
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
            Err(Error::new("row beyond the end of the table")
                .expected(format!("0 to {}", n - 1))
                .got(index))
        })
    }
}
