//! Values and errors as JSON, for other programs.

use crate::field::{Coordinate, Field};
use crate::script::bridge::errors::Fallible;
use crate::script::session::Session;
use crate::table::{Cell, Table};
use crate::time::Time;
use ndarray::ArrayViewD;
use rhai::{Dynamic, EvalAltResult};
use serde_json::{Value, json};

/// A value as JSON: numbers, text, truth values, arrays, maps, dates, fields and tables as they
/// are, anything else as `other` shows it. What is not a number is null.
pub fn of_value(value: &Dynamic, other: &dyn Fn(&Dynamic) -> String) -> Value {
    if let Ok(map) = value.as_map_ref() {
        return Value::Object(
            map.iter()
                .map(|(k, v)| (k.to_string(), of_value(v, other)))
                .collect(),
        );
    }
    if let Ok(array) = value.as_array_ref() {
        return array.iter().map(|v| of_value(v, other)).collect();
    }
    if let Some(field) = value.read_lock::<Field>() {
        return of_field(&field);
    }
    if let Some(table) = value.read_lock::<Table>() {
        return of_table(&table);
    }
    if let Some(time) = value.read_lock::<Time>() {
        return json!(time.to_string());
    }
    match (value.as_int(), value.as_float(), value.as_bool()) {
        (Ok(i), ..) => json!(i),
        (_, Ok(x), _) => json!(x),
        (.., Ok(b)) => json!(b),
        _ if value.is_unit() => Value::Null,
        _ => Value::String(other(value)),
    }
}

fn of_field(field: &Field) -> Value {
    let coordinate = |c: &Coordinate| match c {
        Coordinate::Index(n) => json!((0..*n).collect::<Vec<_>>()),
        Coordinate::Numbers(v, _) => json!(v.to_vec()),
        Coordinate::Times(v) => v.iter().map(|t| json!(t.to_string())).collect(),
        Coordinate::Labels(v) => json!(v.to_vec()),
    };
    let coords: serde_json::Map<String, Value> = field
        .dimensions()
        .iter()
        .map(|d| (d.name.clone(), coordinate(&d.coordinate)))
        .collect();
    let dims: Vec<&str> = field.dimensions().iter().map(|d| d.name.as_str()).collect();
    json!({ "name": field.name, "unit": field.unit.to_string(), "dims": dims, "coords": coords, "values": nested(field.data().view()) })
}

fn nested(values: ArrayViewD<f64>) -> Value {
    match values.ndim() {
        0 => json!(values.first()),
        _ => values.outer_iter().map(nested).collect(),
    }
}

/// An object for each row.
fn of_table(table: &Table) -> Value {
    let cell = |c: Cell| match c {
        Cell::Number(x) => json!(x),
        Cell::Text(t) => json!(t),
        Cell::Time(t) => json!(t.to_string()),
    };
    let row = |k: usize| {
        Value::Object(
            table
                .columns()
                .iter()
                .map(|(name, column)| (name.clone(), cell(column.cell(k))))
                .collect(),
        )
    };
    (0..table.rows()).map(row).collect()
}

/// What a run came to: its value or the parts of its error, what was printed, and the warnings.
pub fn of_outcome(session: &Session, outcome: &Fallible<Dynamic>) -> Value {
    let mut answer = match outcome {
        Ok(value) => json!({ "value": of_value(value, &|v| session.show(v)) }),
        Err(e) => of_error(session, e),
    };
    answer["printed"] = session.take_printed().into();
    answer["warnings"] = session
        .warnings()
        .iter()
        .map(|(w, _)| w.to_string())
        .collect();
    answer
}

/// An error of a session: its parts, and its report as text.
fn of_error(session: &Session, error: &EvalAltResult) -> Value {
    let (position, meant) = session.understood(error);
    let parts = meant.report();
    let location = session.host().lock().sources.location(position);
    json!({
        "error": parts.what, "expected": parts.expected, "got": parts.got, "try": parts.hint,
        "file": location.as_ref().map(|p| p.name.clone()), "line": location.as_ref().map(|p| p.line), "column": location.as_ref().map(|p| p.column),
        "report": session.report(error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::session::Start;

    #[test]
    fn fields_and_tables_keep_their_parts() {
        let mut session = Session::new(Start::default()).unwrap();
        let value = session
            .run("t", "#{ f: field(\"co2\", [[1, 2]], #{ unit: \"ppm\", dims: [\"a\", \"b\"] }), t: table(#{ n: [1, 2] }), d: date(\"2016-07-01\") }")
            .unwrap();
        let text = of_value(&value, &|v| v.to_string());
        assert_eq!(
            text["f"],
            json!({ "name": "co2", "unit": "ppm", "dims": ["a", "b"], "coords": { "a": [0], "b": [0, 1] }, "values": [[1.0, 2.0]] })
        );
        assert_eq!(
            (&text["t"], &text["d"]),
            (&json!([{ "n": 1.0 }, { "n": 2.0 }]), &json!("2016-07-01"))
        );
    }
}
