//! Labelled arrays: making, selecting, reducing, reshaping, arithmetic.

mod between;
mod build;
mod calendar;
mod contents;
mod extremes;
mod filled;
mod group;
mod interpolate;
mod join;
mod maths;
mod missing;
mod operators;
pub(super) mod reduce;
mod regress;
pub(super) mod select;
mod shape;
mod weighted;

pub use filled::shaped;

use crate::field::{Coordinate, Dimension, Field};
use crate::script::FromScript;
use crate::script::bridge::rooms::Rooms;
use crate::time::Time;
use rhai::plugin::*;
use rhai::{Array, Dynamic};

/// Binds fields.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Field>();
    operators::bind(rooms);
    between::bind(rooms);
    group::bind(rooms);
    maths::bind(rooms);
    build::bind(rooms);
    interpolate::bind(rooms);
    rooms.global(exported_module!(calendar::functions));
    rooms.global(exported_module!(contents::functions));
    rooms.global(exported_module!(extremes::functions));
    rooms.global(exported_module!(filled::functions));
    rooms.global(exported_module!(join::functions));
    rooms.global(exported_module!(missing::functions));
    rooms.global(exported_module!(regress::functions));
    rooms.global(exported_module!(weighted::functions));
    rooms.global(exported_module!(reduce::functions));
    rooms.global(exported_module!(select::functions));
    rooms.global(exported_module!(shape::functions));
}

/// A field as scripts get it: a single value without a unit is a plain number.
pub fn given(field: Field) -> Dynamic {
    if field.dimensions().is_empty() && field.unit.is_none() {
        return Dynamic::from(field.data().iter().next().copied().unwrap_or(f64::NAN));
    }
    Dynamic::from(field)
}

/// Warns of instants along the dimensions of a field that come more than once or out of order.
pub fn note_disorder(context: &rhai::NativeCallContext, field: &Field) {
    let warnings = field.dimensions().iter().filter_map(|d| d.disorder());
    let host = crate::script::Host::of(context);
    warnings.for_each(|w| host.warn(w));
}

/// The labels of a dimension as an array.
pub fn labels(coordinate: &Coordinate) -> Array {
    match coordinate {
        Coordinate::Index(n) => (0..*n as i64).map(Dynamic::from).collect(),
        Coordinate::Numbers(v, _) => v.iter().map(|x| Dynamic::from(*x)).collect(),
        Coordinate::Times(v) => v.iter().map(|t| Dynamic::from(*t)).collect(),
        Coordinate::Labels(v) => v.iter().map(|l| Dynamic::from(l.clone())).collect(),
    }
}

/// The labels along a dimension as an array, or the one that was taken along it.
pub fn labels_along<'a>(
    taken: Option<&Coordinate>,
    dimension: impl FnOnce() -> crate::error::Result<&'a Dimension>,
) -> crate::error::Result<Dynamic> {
    match taken.and_then(|label| labels(label).pop()) {
        Some(label) => Ok(label),
        None => Ok(labels(&dimension()?.coordinate).into()),
    }
}

/// Labels from an array: numbers, dates or names; along `time`, text that can be read as dates is.
pub fn coordinate(dimension: &str, values: &Dynamic) -> crate::error::Result<Coordinate> {
    let what = format!("the labels of \"{dimension}\"");
    let array: Vec<Dynamic> = crate::script::read(&what, values)?;
    if array.first().is_some_and(|v| v.is::<Time>()) {
        return Ok(Coordinate::Times(
            crate::script::read::<Vec<Time>>(&what, values)?.into(),
        ));
    }
    if array.first().is_some_and(Dynamic::is_string) {
        if let ("time", Some(dates)) = (dimension, Vec::<Time>::from_script(values)) {
            return Ok(Coordinate::Times(dates.into()));
        }
        return Ok(Coordinate::Labels(
            crate::script::read::<Vec<String>>(&what, values)?.into(),
        ));
    }
    let unit = values.read_lock::<Field>().map(|f| f.unit.clone());
    let unit = match dimension {
        _ if unit.as_ref().is_some_and(|u| !u.is_none()) => unit.unwrap_or_default(),
        "lat" => crate::units::Unit::parse("degrees_north")?,
        "lon" => crate::units::Unit::parse("degrees_east")?,
        _ => crate::units::Unit::none(),
    };
    Ok(Coordinate::Numbers(
        crate::script::read::<Vec<f64>>(&what, values)?.into(),
        unit,
    ))
}
