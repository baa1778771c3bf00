//! Other positions: interpolation along coordinates and to points, other grids.

use crate::error::{Error, Result};
use crate::field::{Coordinate, Field, Outside};
use crate::grid::{Grid, bilinear, conservative};
use crate::script::bind::field::{coordinate, given};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::choice;
use crate::script::{Fallible, FromScript, attempt, read};
use crate::time::Time;
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::sync::Arc;

/// Binds interpolation and regridding.
pub(super) fn bind(rooms: &mut Rooms) {
    rooms.global(exported_module!(functions));
    optional!(
        rooms,
        BeyondOptions: "interpolate" = functions::interpolate_token,
        "at_points" = functions::at_points_token,
    );
    optional!(rooms, RegridOptions: "regrid" = functions::regrid_token);
}

choice!(Outside, "way to go beyond the ends", {
    "missing" => Outside::Missing,
    "hold" => Outside::Hold,
});

options! {
    /// What an interpolation does beyond the labels.
    struct BeyondOptions of "interpolate", "at_points" {
        /// What a position beyond the ends gets, a missing value or the value at the end; where not
        /// given it is an error.
        outside: Option<Outside>,
    }
}

impl BeyondOptions {
    fn outside(&self) -> Outside {
        self.outside.unwrap_or(Outside::Refuse)
    }
}

options! {
    /// How a field gets onto another grid.
    struct RegridOptions of "regrid" {
        /// Whether values are means weighted by overlap, which keep the integral, or bilinear
        /// between the centres of cells.
        conservative: bool = true,
        /// The share of a cell that must have values where the means are weighted by overlap.
        least_cover: f64 = 0.5,
    }
}

/// Positions along a dimension from numbers or dates, one or several.
fn positions(field: &Field, dimension: &str, value: &Dynamic) -> Result<(Coordinate, bool)> {
    let what = format!("the positions along \"{dimension}\"");
    let dated = matches!(field.dimension(dimension)?.coordinate, Coordinate::Times(_));
    let unit = match &field.dimension(dimension)?.coordinate {
        Coordinate::Numbers(_, unit) => unit.clone(),
        _ => crate::units::Unit::none(),
    };
    if dated {
        return match Time::from_script(value) {
            Some(t) => Ok((Coordinate::Times([t].into()), true)),
            None => Ok((
                Coordinate::Times(read::<Vec<Time>>(&what, value)?.into()),
                false,
            )),
        };
    }
    if let Some(given) = value.read_lock::<Field>().filter(|f| !f.unit.is_none()) {
        let there = if unit.is_none() {
            given.clone()
        } else {
            given.beside(&unit)?
        };
        let numbers: Vec<f64> = there.data().iter().copied().collect();
        let single = given.dimensions().is_empty();
        return Ok((Coordinate::Numbers(numbers.into(), unit), single));
    }
    match f64::from_script(value) {
        Some(x) => Ok((Coordinate::Numbers(vec![x].into(), unit), true)),
        None if value
            .as_array_ref()
            .is_ok_and(|a| a.first().is_some_and(|v| v.is::<Time>())) =>
        {
            Ok((coordinate(dimension, value)?, false))
        }
        None => Ok((
            Coordinate::Numbers(read::<Vec<f64>>(&what, value)?.into(), unit),
            false,
        )),
    }
}

fn interpolated(field: &Field, to: &Map, outside: Outside) -> Result<Field> {
    to.iter().try_fold(field.clone(), |f, (dimension, value)| {
        let (to, single) = positions(&f, dimension, value)?;
        let there = f.interpolated(dimension, to, outside)?;
        if single {
            there.at(dimension, 0)
        } else {
            Ok(there)
        }
    })
}

#[export_module]
mod functions {
    /// The values between the labels, linearly along each dimension named; longitudes go round.
    ///
    /// # Arguments
    /// - `to`: a map from dimensions to a number or date, or an array of them.
    ///
    /// # Returns
    /// A field with the new labels; a dimension with a single position goes.
    ///
    /// # Errors
    /// An unknown dimension, names, labels out of order, a position beyond the ends.
    ///
    /// # Example
    /// ```rhai
    /// let f = field(#{ dims: ["x"], coords: #{ x: [0, 10, 20] } }, |x| 2 * x);
    /// assert(f.interpolate(#{ x: 15 }) == 30.0);
    /// assert(f.interpolate(#{ x: [5, 25] }, #{ outside: "hold" }).values() == [10.0, 40.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn interpolate(
        context: NativeCallContext,
        field: Field,
        to: Map,
        options: Map,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            let o = BeyondOptions::read(&context, options)?;
            interpolated(&field, &to, o.outside()).map(given)
        })
    }

    /// The values at points: one position along each dimension named for every point, linearly
    /// between the labels.
    ///
    /// # Arguments
    /// - `points`: a map from dimensions to arrays of numbers or dates, all of one length.
    ///
    /// # Returns
    /// A field (point, other dimensions).
    ///
    /// # Errors
    /// Arrays of different lengths; as for `interpolate`.
    ///
    /// # Example
    /// ```rhai
    /// let f = field(grid("4x5"), |lat, lon| lat + lon);
    /// assert(f.at_points(#{ lat: [10, 45.5], lon: [0, 2.5] }).values() == [10.0, 48.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn at_points(
        context: NativeCallContext,
        field: Field,
        points: Map,
        options: Map,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let o = BeyondOptions::read(&context, options)?;
            let positions: Vec<(&str, Coordinate)> = points
                .iter()
                .map(|(d, v)| Ok((d.as_str(), positions(&field, d, v)?.0)))
                .collect::<Result<_>>()?;
            if positions.is_empty() {
                return Err(Error::new("points need positions").hint("#{ lat: [...], lon: [...] }"));
            }
            field.at_points(&positions, o.outside())
        })
    }

    /// The field on another grid.
    ///
    /// # Arguments
    /// - `grid`: the grid.
    ///
    /// # Returns
    /// A field with the latitudes and longitudes of the grid last.
    ///
    /// # Errors
    /// No latitudes or longitudes.
    ///
    /// # Example
    /// ```rhai
    /// let f = field(grid("2x2.5"), |lat, lon| lat * lat);
    /// let coarse = f.regrid(grid("4x5"));
    /// assert_near(coarse.area_mean(), f.area_mean(), 1e-9);
    /// assert(f.regrid(grid("4x5"), #{ conservative: false }).shape == [46, 72]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn regrid(
        context: NativeCallContext,
        field: Field,
        grid: Arc<Grid>,
        options: Map,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let o = RegridOptions::read(&context, options)?;
            if o.conservative {
                conservative(&field, &grid.horizontal, o.least_cover)
            } else {
                bilinear(&field, &grid.horizontal)
            }
        })
    }
}
