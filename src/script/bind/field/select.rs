//! Selecting by label and by position.

use crate::error::{Error, Result, Warning};
use crate::field::{Choice, Coordinate, Dimension, Field};
use crate::script::bind::field::between::choice_between;
use crate::script::bind::field::{given, note_disorder};
use crate::script::bridge::value::describe;
use crate::script::{Fallible, FromScript, Host, attempt, read};
use crate::time::Time;
use rhai::plugin::*;
use rhai::{Array, Dynamic, Map};
use std::ops::{Range, RangeInclusive};

/// What a script value chooses along a dimension.
fn choice(value: &Dynamic) -> Result<Choice> {
    if let Some(x) = f64::from_script(value) {
        return Ok(Choice::Nearest(x));
    }
    if let Some(t) = value.read_lock::<Time>() {
        return Ok(Choice::At(*t));
    }
    if let Ok(text) = value.as_immutable_string_ref() {
        return Ok(Choice::Label(text.to_string()));
    }
    if let Some(r) = value.read_lock::<RangeInclusive<i64>>() {
        return Ok(Choice::Between(*r.start() as f64, *r.end() as f64));
    }
    if let Some(r) = value.read_lock::<Range<i64>>() {
        return Ok(Choice::Between(r.start as f64, r.end as f64 - 1.0));
    }
    if let Some(numbers) = Vec::<f64>::from_script(value) {
        return Ok(Choice::Each(numbers));
    }
    if let Some(names) = Vec::<String>::from_script(value) {
        return Ok(Choice::Names(names));
    }
    match Vec::<Time>::from_script(value) {
        Some(dates) => Ok(Choice::Instants(dates)),
        None => Err(Error::new("nothing can be selected by this")
            .expected("a number, a name, a date, a month such as \"2016-07\", a range a..=b, or an array of labels")
            .got(describe(value))),
    }
}

/// The same for a dimension that is known.
pub(in crate::script::bind) fn choice_along(
    dimension: &Dimension,
    value: &Dynamic,
) -> Result<Choice> {
    choice_between(dimension, value).unwrap_or_else(|| choice(value))
}

/// Warns of two labels that were a range in an earlier version.
pub(in crate::script::bind) fn note_two_labels<'a>(
    context: &NativeCallContext,
    chosen: &Map,
    dimension: impl Fn(&str) -> Option<&'a Coordinate>,
) {
    for (name, value) in chosen {
        let two = value.as_array_ref().ok().filter(|labels| labels.len() == 2);
        let ordered = !matches!(dimension(name), None | Some(Coordinate::Labels(_)));
        let Some(labels) = two.filter(|_| ordered) else {
            continue;
        };
        let written = |v: &Dynamic| match v.is_string() {
            true => format!("{:?}", v.to_string()),
            false => v.to_string(),
        };
        let (a, b) = (written(&labels[0]), written(&labels[1]));
        let message = format!(
            "{name}: [{a}, {b}] takes these two labels; all between them, as in earlier versions, is {name}: {a}..={b}"
        );
        Host::of(context).warn(Warning::new("two_labels", message));
    }
}

/// Refuses dimensions that an array does not have before any is selected from, so that all it has
/// can be named.
pub(in crate::script::bind) fn named_dimensions(
    positions: &Map,
    dimension: impl Fn(&str) -> Result<()>,
) -> Result<()> {
    positions.keys().try_for_each(|name| {
        dimension(name).map_err(|e| match name.as_str() {
            "method" | "tolerance" => {
                e.hint("no method: a number takes the nearest position by itself")
            }
            _ => e,
        })
    })
}

fn select(field: &Field, dimension: &str, value: &Dynamic) -> Result<Field> {
    field.sel(
        dimension,
        &choice_along(field.dimension(dimension)?, value)?,
    )
}

/// A position counted from the end when negative.
fn position(dimension: &str, k: i64, n: usize) -> Result<usize> {
    let position = if k < 0 { k + n as i64 } else { k };
    if (0..n as i64).contains(&position) {
        return Ok(position as usize);
    }
    let expected = if n == 0 {
        "none: it is empty".to_string()
    } else {
        format!("0 to {}, or -{n} to -1 from the end", n - 1)
    };
    Err(
        Error::new(format!("position beyond the end of \"{dimension}\""))
            .expected(expected)
            .got(k),
    )
}

/// The positions a script value means along a dimension, and whether the dimension stays.
pub(in crate::script::bind) fn positions(
    dimension: &Dimension,
    value: &Dynamic,
) -> Result<(Vec<usize>, bool)> {
    let every = |positions: &mut dyn Iterator<Item = i64>| {
        let chosen = positions
            .map(|k| position(&dimension.name, k, dimension.len()))
            .collect::<Result<Vec<_>>>()?;
        if chosen.is_empty() {
            return Err(
                Error::new(format!("nothing is taken along \"{}\"", dimension.name))
                    .expected(format!("at least one of its {} positions", dimension.len()))
                    .got(value),
            );
        }
        Ok(chosen)
    };
    if let Ok(k) = value.as_int() {
        return Ok((every(&mut [k].into_iter())?, false));
    }
    if let Some(r) = value.read_lock::<Range<i64>>() {
        return Ok((every(&mut r.clone())?, true));
    }
    if let Some(r) = value.read_lock::<RangeInclusive<i64>>() {
        return Ok((every(&mut r.clone())?, true));
    }
    let positions: Vec<i64> = read("the positions", value)?;
    Ok((every(&mut positions.into_iter())?, true))
}

fn take(field: &Field, dimension: &str, value: &Dynamic) -> Result<Field> {
    let (positions, keep) = positions(field.dimension(dimension)?, value)?;
    if keep {
        field.take(dimension, &positions)
    } else {
        field.at(dimension, positions[0])
    }
}

/// One position per dimension.
fn all_positions(field: &Field, positions: &[i64]) -> Result<Vec<usize>> {
    if positions.len() != field.shape().len() {
        return Err(Error::new("an index names one position per dimension")
            .expected(field.shape().len())
            .got(positions.len()));
    }
    positions
        .iter()
        .zip(field.dimensions())
        .map(|(k, d)| position(&d.name, *k, d.len()))
        .collect()
}

fn first(field: &Field) -> Result<String> {
    let dimension = field
        .dimensions()
        .first()
        .ok_or_else(|| Error::new("a single value has no positions").hint(".value()"))?;
    Ok(dimension.name.clone())
}

#[export_module]
pub mod functions {
    /// Selects by label.
    ///
    /// # Arguments
    /// - `labels`: a map from dimensions to what to take: a number takes the nearest label, a name
    ///   or date the one called so, a day, month (`"2016-07"`) or year all its dates; a range
    ///   `a..=b` of numbers, dates or months all between them, both included and longitudes
    ///   eastward over the seam; an array each of its labels, of numbers the nearest.
    ///
    /// # Returns
    /// A field; a single value without unit is a number. A dimension with one position taken goes
    /// and leaves its label: `.coord(...)`, titles and files have it.
    ///
    /// # Errors
    /// An unknown dimension, nothing there.
    ///
    /// # Example
    /// ```rhai
    /// let f = field(grid("4x5"), |lat, lon| lat);
    /// assert(f.sel(#{ lat: 45, lon: 10 }) == 46.0);
    /// assert(f.sel(#{ lat: -10..=10 }).shape == [6, 72]);
    /// assert(f.sel(#{ lon: -20..=52.5, lat: -35..=37.5 }).shape == [18, 15]); // Africa
    /// assert(f.sel(#{ lat: [-35, 37.5] }).shape == [2, 72]);                  // two rows
    /// ```
    #[rhai_fn(return_raw)]
    pub fn sel(context: NativeCallContext, field: &mut Field, labels: Map) -> Fallible<Dynamic> {
        note_two_labels(&context, &labels, |d| {
            field.dimension(d).ok().map(|d| &d.coordinate)
        });
        let selected = attempt(&context, || {
            named_dimensions(&labels, |d| field.dimension(d).map(|_| ()))?;
            labels
                .iter()
                .try_fold(field.clone(), |f, (d, v)| select(&f, d, v))
        })?;
        if labels.contains_key("time") {
            note_disorder(&context, &selected);
        }
        Ok(given(selected))
    }

    /// Selects by position, from 0; negative positions count from the end.
    ///
    /// # Arguments
    /// - `positions`: a map from dimensions to a position, a range, or an array of positions.
    ///
    /// # Returns
    /// A field; a single value without unit is a number. A dimension with one position taken goes
    /// and leaves its label: `.coord(...)`, titles and files have it.
    ///
    /// # Errors
    /// An unknown dimension, a position beyond its end.
    ///
    /// # Example
    /// ```rhai
    /// let f = field([[1, 2, 3], [4, 5, 6]]);
    /// assert(f.isel(#{ x: -1 }).values() == [3.0, 6.0]);
    /// assert(f.isel(#{ y: 1, x: 0..2 }).values() == [4.0, 5.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn isel(
        context: NativeCallContext,
        field: &mut Field,
        positions: Map,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            named_dimensions(&positions, |d| field.dimension(d).map(|_| ()))?;
            positions
                .iter()
                .try_fold(field.clone(), |f, (d, v)| take(&f, d, v))
                .map(given)
        })
    }

    #[rhai_fn(index_get, return_raw)]
    pub fn get(context: NativeCallContext, field: &mut Field, index: i64) -> Fallible<Dynamic> {
        attempt(&context, || {
            let dimension = first(field)?;
            if field.dimensions().len() == 1 && field.unit.is_none() {
                return Ok(Dynamic::from(
                    field.data()[[position(&dimension, index, field.len())?]],
                ));
            }
            take(field, &dimension, &index.into()).map(given)
        })
    }
    #[rhai_fn(index_get, return_raw)]
    pub fn get_all(
        context: NativeCallContext,
        field: &mut Field,
        index: Array,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            let positions = all_positions(field, &read::<Vec<i64>>("the index", &index.into())?)?;
            Ok(given(Field::scalar(
                &field.name,
                field.unit.clone(),
                field.data()[positions.as_slice()],
            )))
        })
    }
    #[rhai_fn(index_set, return_raw)]
    pub fn set(
        context: NativeCallContext,
        field: &mut Field,
        index: i64,
        value: Dynamic,
    ) -> Fallible<()> {
        attempt(&context, || {
            let positions = all_positions(field, &[index])?;
            field.put(&positions, in_unit(field, &value)?)
        })
    }
    #[rhai_fn(index_set, return_raw)]
    pub fn set_all(
        context: NativeCallContext,
        field: &mut Field,
        index: Array,
        value: Dynamic,
    ) -> Fallible<()> {
        attempt(&context, || {
            let positions = all_positions(field, &read::<Vec<i64>>("the index", &index.into())?)?;
            field.put(&positions, in_unit(field, &value)?)
        })
    }
}

/// A number to put into a field: plain numbers are in its unit, others are converted.
fn in_unit(field: &Field, value: &Dynamic) -> Result<f64> {
    match value.read_lock::<Field>() {
        Some(v) => v.beside(&field.unit)?.value(),
        None => read("the value", value),
    }
}
