//! Coordinates in a file, with the bounds of their cells.

use super::cf_names::{axis_attributes, cf_unit, long_name, safe_name};
use crate::error::{Error, Result};
use crate::field::{Coordinate, Dimension};
use crate::time::Time;
use crate::units::Unit;
use netcdf::{FileMut, VariableMut};

pub(super) fn failed(cause: netcdf::Error) -> Error {
    Error::new("the NetCDF library refused to write").got(cause)
}

pub(super) fn describe(variable: &mut VariableMut, attributes: &[(&str, &str)]) -> Result<()> {
    attributes
        .iter()
        .filter(|(_, v)| !v.is_empty())
        .try_for_each(|(n, v)| variable.put_attribute(n, *v).map(drop).map_err(failed))
}

pub(super) fn put_coordinate(
    file: &mut FileMut,
    dimension: &Dimension,
    edges: Option<&[f64]>,
) -> Result<()> {
    let name = safe_name(&dimension.name);
    let bounds = format!("{name}_bnds");
    match &dimension.coordinate {
        Coordinate::Index(_) | Coordinate::Times(_) => return Ok(()),
        Coordinate::Labels(labels) => {
            let mut variable = file.add_string_variable(&name, &[&name]).map_err(failed)?;
            put_label(&mut variable, &dimension.name)?;
            return labels
                .iter()
                .enumerate()
                .try_for_each(|(k, l)| variable.put_string(l, [k]).map_err(failed));
        }
        Coordinate::Numbers(values, unit) => {
            let bounds = if edges.is_some() { &bounds } else { "" };
            let variable = (&name[..], &[&name[..]][..]);
            put_numbers(file, variable, (&dimension.name, unit), values, bounds)?;
        }
    }
    if let Some(edges) = edges {
        let pairs: Vec<f64> = edges.windows(2).flatten().copied().collect();
        file.add_variable::<f64>(&bounds, &[&name, "bnds"])
            .map_err(failed)?
            .put_values(&pairs, ..)
            .map_err(failed)?;
    }
    Ok(())
}

/// What a coordinate is called by people.
pub(super) fn put_label(variable: &mut VariableMut, name: &str) -> Result<()> {
    describe(variable, &[("long_name", &long_name(name))])
}

/// A coordinate of numbers: its name and dimensions in the file, its own name and its unit, and the
/// name of its bounds or nothing.
pub(super) fn put_numbers(
    file: &mut FileMut,
    (variable, dimensions): (&str, &[&str]),
    (name, unit): (&str, &Unit),
    values: &[f64],
    bounds: &str,
) -> Result<()> {
    let mut variable = file
        .add_variable::<f64>(variable, dimensions)
        .map_err(failed)?;
    let known = axis_attributes(name, unit);
    if !known.iter().any(|(n, _)| *n == "long_name") {
        put_label(&mut variable, name)?;
    }
    describe(&mut variable, &known)?;
    let rest = [("units", &cf_unit(unit).0[..]), ("bounds", bounds)];
    describe(&mut variable, &rest)?;
    variable.put_values(values, ..).map_err(failed)
}

/// A coordinate of instants, with the edges of intervals if there are any; where there can be none
/// it is the only one, without a dimension.
pub(super) fn put_times(
    file: &mut FileMut,
    name: &str,
    times: &[Time],
    edges: Option<&[Time]>,
) -> Result<()> {
    let (name, bounds) = (safe_name(name), format!("{}_bnds", safe_name(name)));
    let dimensions: &[&str] = if edges.is_some() { &[&name] } else { &[] };
    let edges = edges.unwrap_or_default();
    let (unit, numbers) = numbers_of(&[times, edges].concat());
    let mut variable = file
        .add_variable::<f64>(&name, dimensions)
        .map_err(failed)?;
    describe(
        &mut variable,
        &[
            ("standard_name", "time"),
            ("long_name", "time"),
            ("axis", "T"),
            ("units", unit),
            ("calendar", "proleptic_gregorian"),
            ("bounds", if edges.is_empty() { "" } else { &bounds }),
        ],
    )?;
    variable
        .put_values(&numbers[..times.len()], ..)
        .map_err(failed)?;
    if edges.is_empty() {
        return Ok(());
    }
    let pairs = numbers[times.len()..].windows(2).flatten().copied();
    file.add_variable::<f64>(&bounds, &[&name, "bnds"])
        .map_err(failed)?
        .put_values(&pairs.collect::<Vec<f64>>(), ..)
        .map_err(failed)
}

/// Whole days where every instant is a midnight, else seconds: both exact in double precision.
fn numbers_of(times: &[Time]) -> (&'static str, Vec<f64>) {
    if times.iter().all(|t| t.seconds() % 86_400 == 0) {
        (
            "days since 1970-01-01",
            times
                .iter()
                .map(|t| (t.seconds() / 86_400) as f64)
                .collect(),
        )
    } else {
        (
            "seconds since 1970-01-01",
            times.iter().map(|t| t.seconds() as f64).collect(),
        )
    }
}
