//! Quantities without time, such as the height of the ground.

use super::axes::Axes;
use super::quantity::Quantity;
use super::search::named;
use super::variable::{cell, unit_factor};
use crate::error::{Error, Result};
use crate::io::netcdf::Dataset;
use ndarray::{Array2, Axis, Ix2};
use std::path::PathBuf;

/// A quantity without time, such as the height of the ground (lat, lon), where a file has it on
/// these axes.
///
/// # Errors
/// A file that cannot be read, a wrong unit, values that are missing or out of range.
pub fn constant(
    files: &[PathBuf],
    quantity: &Quantity,
    axes: &Axes,
) -> Result<Option<Array2<f64>>> {
    for path in files {
        let file = Dataset::open(path)?;
        let Some((name, dimensions)) = named(&file, quantity) else {
            continue;
        };
        let field = file.field(&name)?;
        if dimensions.len() != 2 || Axes::of(&field).ok().as_ref() != Some(axes) {
            continue;
        }
        let located = |e: Error| {
            e.at(format!("variable \"{name}\""))
                .at(format!("file \"{}\"", path.display()))
        };
        let factor = unit_factor(&field, quantity).map_err(located)?;
        if let Ok(flat) = field.data().view().into_dimensionality::<Ix2>() {
            let values = axes
                .ordered(flat.insert_axis(Axis(0)))
                .index_axis_move(Axis(0), 0)
                .mapv_into(|v| v * factor);
            let (low, high) = quantity.range;
            return match values
                .indexed_iter()
                .find(|(_, v)| !(low..=high).contains(*v))
            {
                None => Ok(Some(values)),
                Some(((j, i), v)) => Err(located(quantity.refused(*v).at(cell(axes, j, i)))),
            };
        }
    }
    Ok(None)
}
