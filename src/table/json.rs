//! Tables from JSON: lists of records, columns, or records by name.

use super::{Cell, Column, Table};
use crate::error::{Error, Result};
use crate::time::Time;
use serde_json::{Map, Value};
use std::path::Path;

/// A record as pairs of a column's name and a value.
type Record = Vec<(String, Value)>;

impl Table {
    /// Reads JSON text: an array of objects (a row each), an object of arrays (a column each), or
    /// objects by name in one level or several, whose names become the columns `keys` (`name`,
    /// `name_2` and so on where `keys` is empty). An object within a record becomes columns
    /// `outer_inner`.
    ///
    /// # Errors
    /// No JSON, no records, columns of different lengths, another number of levels than of keys, or
    /// two columns of one name.
    pub(crate) fn from_json(text: &str, keys: &[String]) -> Result<Table> {
        let value: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|e| Error::new("the text is no JSON").got(e))?;
        match value {
            Value::Array(rows) => table_of(&listed(rows)?),
            Value::Object(map) if !map.is_empty() && map.values().all(Value::is_array) => {
                columns(map)
            }
            Value::Object(map) => table_of(&named(map, keys)?),
            other => Err(no_records(&other)),
        }
    }

    /// The rows as a JSON array of objects; missing numbers are null, units are not written.
    pub(crate) fn to_json(&self) -> String {
        let value = |column: &Column, row| match column.cell(row) {
            Cell::Number(x) => Value::from(x), // null where it is not finite
            other => Value::String(other.to_string()),
        };
        let object = |row| {
            let columns = self.columns().iter();
            columns
                .map(|(name, c)| (name.clone(), value(c, row)))
                .collect()
        };
        let rows = (0..self.rows()).map(|row| Value::Object(object(row)));
        Value::Array(rows.collect()).to_string()
    }

    /// Reads a JSON file in UTF-8.
    ///
    /// # Errors
    /// The file cannot be read, or as for `Table::from_json`.
    pub fn read_json(path: &Path, keys: &[String]) -> Result<Table> {
        let text = super::Layout::default()
            .encoding
            .decode(&crate::io::read_bytes(path)?);
        text.and_then(|text| Table::from_json(&text, keys))
            .map_err(|e| e.at(path.display()))
    }
}

fn no_records(value: &Value) -> Error {
    let given = match value {
        Value::Object(_) => "an object of values",
        Value::Array(_) => "an array of values",
        _ => "one value",
    };
    Error::new("the JSON holds no records")
        .expected("an array of objects, an object of arrays, or objects by name")
        .got(given)
}

/// The records of an array of objects.
fn listed(rows: Vec<Value>) -> Result<Vec<Record>> {
    let record = |row: Value| match row {
        Value::Object(map) => Ok(flat("", map)),
        other => Err(no_records(&Value::Array(vec![other]))),
    };
    rows.into_iter().map(record).collect()
}

/// The table of an object of arrays.
fn columns(map: Map<String, Value>) -> Result<Table> {
    map.into_iter().try_fold(Table::new(), |table, (name, v)| {
        let cells = v.as_array().cloned().unwrap_or_default();
        table.with(&name, column(&cells.iter().map(Some).collect::<Vec<_>>()))
    })
}

/// The records of objects by name; a record is an object that holds anything but objects.
fn named(map: Map<String, Value>, keys: &[String]) -> Result<Vec<Record>> {
    let mut levels: Vec<(Vec<String>, Map<String, Value>)> = vec![(vec![], map)];
    while levels
        .iter()
        .any(|(_, m)| !m.is_empty() && m.values().all(Value::is_object))
    {
        let mut deeper = Vec::new();
        for (names, map) in levels {
            for (name, value) in map {
                let Value::Object(inner) = value else {
                    return Err(Error::new("the records lie at different depths")
                        .expected("as many levels of names for each record")
                        .at(format!("\"{name}\"")));
                };
                deeper.push(([names.clone(), vec![name]].concat(), inner));
            }
        }
        levels = deeper;
    }
    let depth = levels.first().map_or(0, |(names, _)| names.len());
    if depth == 0 {
        return Err(no_records(&Value::Object(Map::new())));
    }
    if !keys.is_empty() && keys.len() != depth {
        return Err(Error::new("every level of names needs a column")
            .expected(format!("{depth} keys"))
            .got(keys.len()));
    }
    let key = |k: usize| match (keys.get(k), k) {
        (Some(key), _) => key.clone(),
        (None, 0) => "name".into(),
        (None, _) => format!("name_{}", k + 1),
    };
    let record = |(names, map): (Vec<String>, _)| {
        let names = names.into_iter().enumerate();
        let mut record: Record = names.map(|(k, n)| (key(k), Value::String(n))).collect();
        record.extend(flat("", map));
        record
    };
    Ok(levels.into_iter().map(record).collect())
}

/// The pairs of an object, those of objects within it by both names.
fn flat(above: &str, map: Map<String, Value>) -> Record {
    let pair = |(name, value): (String, Value)| match value {
        Value::Object(inner) => flat(&format!("{above}{name}_"), inner),
        other => vec![(format!("{above}{name}"), other)],
    };
    map.into_iter().flat_map(pair).collect()
}

/// The table of records, with all their columns in the order they are first met.
fn table_of(records: &[Record]) -> Result<Table> {
    let mut names: Vec<&str> = Vec::new();
    let mut positions = std::collections::HashMap::new();
    let mut cells: Vec<Vec<Option<&Value>>> = Vec::new();
    for (row, record) in records.iter().enumerate() {
        for (name, value) in record {
            let position = *positions.entry(name.as_str()).or_insert_with(|| {
                names.push(name);
                cells.push(vec![None; records.len()]);
                names.len() - 1
            });
            if cells[position][row].replace(value).is_some() {
                return Err(Error::new(format!("two columns are called \"{name}\""))
                    .expected("names that differ")
                    .at(format!("record {}", row + 1)));
            }
        }
    }
    let columns = names.iter().zip(&cells);
    columns
        .into_iter()
        .try_fold(Table::new(), |t, (name, cells)| t.with(name, column(cells)))
}

/// A column of numbers where all values are numbers or missing, of dates where all are, else of
/// text.
fn column(cells: &[Option<&Value>]) -> Column {
    let number = |cell: &Option<&Value>| match cell {
        None | Some(Value::Null) => Some(f64::NAN),
        Some(Value::Bool(flag)) => Some(f64::from(u8::from(*flag))),
        Some(Value::Number(n)) => n.as_f64(),
        _ => None,
    };
    if let Some(numbers) = cells.iter().map(number).collect::<Option<Vec<f64>>>() {
        return Column::numbers(numbers);
    }
    let texts: Vec<String> = cells
        .iter()
        .map(|c| c.map_or_else(String::new, text))
        .collect();
    let times: Option<Vec<Time>> = texts.iter().map(|t| t.parse().ok()).collect();
    times.map_or(Column::Text(texts), Column::Times)
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) if list.iter().all(Value::is_number) => {
            list.iter().map(text).collect::<Vec<_>>().join(" ")
        }
        Value::Array(list) => list.iter().map(text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Table> {
        Table::from_json(text, &[])
    }

    #[test]
    fn records_by_name_in_two_levels_become_rows() {
        let text = r#"{"BSD": {"DECC": {"latitude": 54.4, "height": ["42m", "248m"]}},
                       "CBW": {"ICOS": {"latitude": 52, "inlets": [27, 67.5]},
                               "RHUL": {"latitude": null, "at": {"masl": 0}}}}"#;
        let keys = ["site", "network"].map(String::from);
        let table = Table::from_json(text, &keys).unwrap();
        assert_eq!(
            table.names(),
            ["site", "network", "latitude", "height", "inlets", "at_masl"]
        );
        assert_eq!(
            table.column("site").unwrap(),
            &Column::text(["BSD", "CBW", "CBW"])
        );
        assert_eq!(table.numbers("latitude").unwrap()[..2], [54.4, 52.0]);
        assert!(table.numbers("latitude").unwrap()[2].is_nan());
        let cell = |name: &str, row| table.column(name).unwrap().cell(row);
        assert_eq!(cell("height", 0), Cell::Text("42m, 248m".into()));
        assert_eq!(cell("inlets", 1), Cell::Text("27 67.5".into()));
        assert!(Table::from_json(text, &keys[..1]).is_err());
    }

    #[test]
    fn lists_of_records_and_columns_are_read_alike() {
        let rows = read(r#"[{"id": "0012", "t": "2016-07-01"}, {"id": "7", "t": "2016-07-02"}]"#);
        let columns = read(r#"{"id": ["0012", "7"], "t": ["2016-07-01", "2016-07-02"]}"#);
        assert_eq!(rows.clone().unwrap(), columns.unwrap());
        let rows = rows.unwrap();
        assert_eq!(read(&rows.to_json()).unwrap(), rows);
        let id = rows.column("id").unwrap().cell(0);
        assert_eq!(id, Cell::Text("0012".into()));
    }

    #[test]
    fn what_holds_no_records_is_refused() {
        for text in [
            "",
            "{",
            "7",
            "[1, 2]",
            "{}",
            r#"{"a": 1}"#,
            r#"{"a": {"b": 1}, "c": 2}"#,
            r#"{"a": [1], "b": [1, 2]}"#,
            r#"[{"a_b": 1, "a": {"b": 2}}]"#,
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        assert_eq!(read("[]").unwrap().rows(), 0);
    }
}
