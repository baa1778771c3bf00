//! Plain matrices and vectors from what a script holds, and back.

use crate::error::{Error, Result};
use crate::field::{Dimension, Field};
use crate::script::bridge::value::describe;
use crate::script::{FromScript, read};
use crate::units::Unit;
use ndarray::{Array1, Array2, Ix1, Ix2};
use rhai::Dynamic;

/// The unit of a field, or of the first of an array of fields; none of plain numbers.
pub fn unit_of(value: &Dynamic) -> Option<Unit> {
    if let Some(field) = value.read_lock::<Field>() {
        return Some(field.unit.clone());
    }
    value.as_array_ref().ok()?.first().and_then(unit_of)
}

/// A value in a unit that it meets: fields are converted or refused, plain numbers and arrays are
/// in it.
///
/// # Errors
/// A field in a unit of another kind, or without one.
pub fn beside(unit: Option<&Unit>, what: &str, value: &Dynamic) -> Result<Dynamic> {
    let Some(unit) = unit else {
        return Ok(value.clone());
    };
    if let Some(field) = value.read_lock::<Field>() {
        return field
            .beside(unit)
            .map(Dynamic::from)
            .map_err(|e| e.at(what));
    }
    match value.as_array_ref() {
        Ok(all) if unit_of(value).is_some() => Ok(Dynamic::from_array(
            all.iter()
                .map(|v| beside(Some(unit), what, v))
                .collect::<Result<_>>()?,
        )),
        _ => Ok(value.clone()),
    }
}

/// A matrix from a field of two dimensions or an array of arrays; fields in an array in the unit of
/// the first.
///
/// # Errors
/// Anything else, such as rows of different lengths.
pub fn matrix(what: &str, value: &Dynamic) -> Result<Array2<f64>> {
    if let Some(field) = value.read_lock::<Field>() {
        return field
            .data()
            .to_owned()
            .into_dimensionality::<Ix2>()
            .map_err(|_| {
                Error::new(format!("{what} must have two dimensions"))
                    .got(format!("{} of them", field.dimensions().len()))
            });
    }
    let rows: Vec<Vec<f64>> = read(what, &beside(unit_of(value).as_ref(), what, value)?)?;
    let width = rows.first().map_or(0, Vec::len);
    if let Some(k) = rows.iter().position(|r| r.len() != width) {
        return Err(Error::new(format!("the rows of {what} differ in length"))
            .expected(width)
            .got(rows[k].len())
            .at(format!("row {k}")));
    }
    Ok(
        Array2::from_shape_vec((rows.len(), width), rows.into_iter().flatten().collect())
            .expect("the rows are of one length"),
    )
}

/// A vector from a field of one dimension, an array, or one number repeated `n` times.
///
/// # Errors
/// Anything else, or another length than `n`.
pub fn vector(what: &str, value: &Dynamic, n: usize) -> Result<Array1<f64>> {
    if let Some(field) = value.read_lock::<Field>()
        && field.dimensions().len() == 1
    {
        return Ok(field
            .data()
            .to_owned()
            .into_dimensionality::<Ix1>()
            .expect("one dimension"));
    }
    if let Ok(number) = read::<f64>(what, value) {
        return Ok(Array1::from_elem(n, number));
    }
    let list: Vec<f64> = read(what, value).map_err(|_| {
        Error::new(format!("{what} has the wrong type"))
            .expected("a number, an array or a field")
            .got(describe(value))
    })?;
    Ok(Array1::from(list))
}

/// A field without unit of a matrix, its dimensions by name; `like` lends the coordinates it has.
pub fn field_of(
    name: &str,
    data: Array2<f64>,
    dimensions: [&str; 2],
    like: Option<&Field>,
) -> Field {
    let (rows, columns) = data.dim();
    let lengths = [rows, columns];
    let of = |k: usize| {
        let lent = like.and_then(|f| {
            f.dimensions()
                .iter()
                .find(|d| d.name == dimensions[k] && d.len() == lengths[k])
        });
        lent.cloned()
            .unwrap_or_else(|| Dimension::index(dimensions[k], lengths[k]))
    };
    let unit = like.map_or_else(Unit::none, |f| f.unit.clone());
    Field::new(name, unit, vec![of(0), of(1)], data.into_dyn()).expect("the lengths are its own")
}

/// A field without unit of a vector.
pub fn line_of(name: &str, data: Array1<f64>, dimension: &str) -> Field {
    Field::new(
        name,
        Unit::none(),
        vec![Dimension::index(dimension, data.len())],
        data.into_dyn(),
    )
    .expect("the length is its own")
}

impl FromScript for Array2<f64> {
    fn expected() -> String {
        "a field of two dimensions, or an array of rows".into()
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        matrix("the matrix", value).ok()
    }
    fn reason(value: &Dynamic) -> Option<Error> {
        matrix("the matrix", value).err()
    }
}
