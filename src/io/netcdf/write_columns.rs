//! Columns of records to a NetCDF file: numbers, whole numbers and text along one dimension, in
//! groups where a layout has them.

use super::write_coordinates::{describe, failed};
use crate::error::{Error, Result};
use crate::io::write_whole;
use netcdf::types::{NcTypeDescriptor, NcVariableType};
use netcdf::{FileMut, GroupMut, VariableMut};
use std::path::Path;

/// The values of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum RecordValues {
    /// Numbers; NaN is written as `fill`.
    Numbers {
        /// The numbers.
        values: Vec<f64>,
        /// What stands for a missing one.
        fill: f64,
    },
    /// Whole numbers, of 32 bits where these hold them and else doubles: CF 1.8 has no longer ones.
    Integers(Vec<i64>),
    /// Rows of several whole numbers, of one length, along a dimension of this name.
    Rows(Vec<Vec<i64>>, String),
    /// Text of varying length.
    Strings(Vec<String>),
    /// Text in this many characters, filled up with zero bytes; longer text is cut.
    Characters(Vec<String>, usize),
}

/// A byte of text, which the library tells from a number.
#[repr(transparent)]
#[derive(Debug, Clone, Copy)]
struct Character(u8);

// SAFETY: the type is one byte without padding, as a character of NetCDF is.
unsafe impl NcTypeDescriptor for Character {
    fn type_descriptor() -> NcVariableType {
        NcVariableType::Char
    }
}

/// A column to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordColumn {
    /// Its name, with its group if it is in one: `metadata/station`.
    pub name: String,
    /// Its values.
    pub values: RecordValues,
    /// Its attributes.
    pub attributes: Vec<(String, String)>,
}

impl RecordColumn {
    /// A column with `units` and `long_name`; empty ones are left out.
    pub fn new(name: &str, values: RecordValues, units: &str, long_name: &str) -> Self {
        let attributes = [("units", units), ("long_name", long_name)];
        RecordColumn {
            name: name.to_string(),
            values,
            attributes: attributes
                .into_iter()
                .filter(|(_, text)| !text.is_empty())
                .map(|(key, text)| (key.to_string(), text.to_string()))
                .collect(),
        }
    }

    /// With a `standard_name`.
    pub fn standard(mut self, name: &str) -> Self {
        let attribute = ("standard_name".to_string(), name.to_string());
        self.attributes.push(attribute);
        self
    }

    fn len(&self) -> usize {
        match &self.values {
            RecordValues::Numbers { values, .. } => values.len(),
            RecordValues::Integers(v) => v.len(),
            RecordValues::Rows(v, _) => v.len(),
            RecordValues::Strings(v) | RecordValues::Characters(v, _) => v.len(),
        }
    }
}

/// Writes columns along the unlimited dimension `along`, whole or not at all; source and history
/// name this program.
///
/// # Errors
/// Columns of different lengths, a folder that cannot be written to.
pub fn write_columns(
    path: impl AsRef<Path>,
    along: &str,
    columns: &[RecordColumn],
    attributes: &[(&str, &str)],
) -> Result<()> {
    let n = columns.first().map_or(0, RecordColumn::len);
    if let Some(other) = columns.iter().find(|c| c.len() != n) {
        return Err(
            Error::new(format!("the column \"{}\" does not fit", other.name))
                .expected(n)
                .got(other.len()),
        );
    }
    super::quiet::hdf5();
    write_whole(path, |temporary| {
        let mut file = netcdf::create(temporary).map_err(failed)?;
        let program = concat!("mcas ", env!("CARGO_PKG_VERSION"));
        let history = format!("written by {program}");
        let own = [("source", program), ("history", history.as_str())];
        for (key, text) in own.iter().chain(attributes) {
            file.add_attribute(key, *text).map_err(failed)?;
        }
        file.add_unlimited_dimension(along).map_err(failed)?;
        columns.iter().try_for_each(|c| put(&mut file, along, c))?;
        file.close().map_err(failed)
    })
}

/// A dimension of the file, made where it is not there.
fn dimension(file: &mut FileMut, name: &str, length: usize) -> Result<()> {
    match file.dimension(name) {
        Some(_) => Ok(()),
        None => file.add_dimension(name, length).map(drop).map_err(failed),
    }
}

fn put(file: &mut FileMut, along: &str, column: &RecordColumn) -> Result<()> {
    match &column.values {
        RecordValues::Characters(_, width) => {
            dimension(file, &format!("string_of_{width}"), *width)?
        }
        RecordValues::Rows(rows, name) => dimension(file, name, rows.first().map_or(1, Vec::len))?,
        _ => {}
    }
    let Some((group, name)) = column.name.split_once('/') else {
        let mut root = file
            .root_mut()
            .ok_or_else(|| Error::new("the file has no root"))?;
        return put_in(&mut root, along, &column.name, column);
    };
    if file.group(group).map_err(failed)?.is_none() {
        file.add_group(group).map_err(failed)?;
    }
    let inside = file.group_mut(group).map_err(failed)?;
    let mut inside = inside.ok_or_else(|| Error::new("a group of the file is gone").got(group))?;
    put_in(&mut inside, along, name, column)
}

fn put_in(group: &mut GroupMut, along: &str, name: &str, column: &RecordColumn) -> Result<()> {
    let said: Vec<(&str, &str)> = column
        .attributes
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str()))
        .collect();
    match &column.values {
        RecordValues::Numbers { values, fill } => {
            let mut v = group.add_variable::<f64>(name, &[along]).map_err(failed)?;
            v.set_fill_value(*fill).map_err(failed)?;
            describe(&mut v, &said)?;
            let number = |x: &f64| if x.is_nan() { *fill } else { *x };
            let stored: Vec<f64> = values.iter().map(number).collect();
            v.put_values(&stored, 0..stored.len()).map_err(failed)
        }
        RecordValues::Integers(values) => {
            let mut v = whole_numbers(group, name, &[along], values)?;
            describe(&mut v, &said)?;
            v.put_values(values, 0..values.len()).map_err(failed)
        }
        RecordValues::Rows(rows, across) => {
            let mut v = whole_numbers(group, name, &[along, across], &rows.concat())?;
            describe(&mut v, &said)?;
            let width = rows.first().map_or(0, Vec::len);
            v.put_values(&rows.concat(), (0..rows.len(), 0..width))
                .map_err(failed)
        }
        RecordValues::Strings(texts) => {
            let mut v = group.add_string_variable(name, &[along]).map_err(failed)?;
            describe(&mut v, &said)?;
            let mut each = texts.iter().enumerate();
            each.try_for_each(|(k, text)| v.put_string(text, [k]).map_err(failed))
        }
        RecordValues::Characters(texts, width) => {
            let across = format!("string_of_{width}");
            let mut v = group
                .add_variable::<Character>(name, &[along, &across])
                .map_err(failed)?;
            describe(&mut v, &said)?;
            let chars: Vec<Character> = texts.iter().flat_map(|t| padded(t, *width)).collect();
            v.put_values(&chars, (0..texts.len(), 0..*width))
                .map_err(failed)
        }
    }
}

/// A variable of a type that holds whole numbers; the library converts what is put into it.
fn whole_numbers<'g>(
    group: &'g mut GroupMut,
    name: &str,
    dimensions: &[&str],
    values: &[i64],
) -> Result<VariableMut<'g>> {
    match values.iter().all(|v| i32::try_from(*v).is_ok()) {
        true => group.add_variable::<i32>(name, dimensions),
        false => group.add_variable::<f64>(name, dimensions),
    }
    .map_err(failed)
}

/// The bytes of a text, filled up with zeros or cut.
fn padded(text: &str, width: usize) -> Vec<Character> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(width, 0);
    bytes.into_iter().map(Character).collect()
}
