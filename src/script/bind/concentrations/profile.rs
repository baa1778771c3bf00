//! The air above one position.

use crate::error::{Error, Result};
use crate::field::{Dimension, Field};
use crate::script::bind::concentrations::Concentrations;
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, attempt};
use crate::units::Unit;
use ndarray::Array2;
use rhai::plugin::*;

/// Binds what looks at single cells of concentrations.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("concentrations", exported_module!(functions));
}

fn position(value: i64, what: &str, n: usize) -> Result<usize> {
    let inside = usize::try_from(value).ok().filter(|k| *k < n);
    inside.ok_or_else(|| {
        Error::new(format!("there is no such {what}"))
            .expected(format!("0 to {}", n - 1))
            .got(value)
            .hint("grid.cell(lat, lon)")
    })
}

#[export_module]
mod functions {
    /// Mole fractions of all members in the cells above one position.
    ///
    /// # Arguments
    /// - `row`, `column`: of the cell, such as `grid.cell(lat, lon)` gives.
    ///
    /// # Returns
    /// A field (level, member) \[mol mol-1\], level 0 at the surface.
    ///
    /// # Errors
    /// No such cell.
    ///
    /// # Example
    /// ```rhai
    /// let above = concentrations::uniform(grid("4x5"), 3, 400).profile(20, 10);
    /// assert(above.shape == [47, 3]);
    /// assert_near(above.to("ppm").max().value(), 400, 1e-3);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn profile(
        context: NativeCallContext,
        state: &mut Concentrations,
        row: i64,
        column: i64,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let grid = state.grid().clone();
            let (levels, lats, lons) = grid.shape();
            let (row, column) = (
                position(row, "row", lats)?,
                position(column, "column", lons)?,
            );
            let data = Array2::from_shape_fn((levels, state.n_members()), |(level, member)| {
                state.get(grid.cell(level, row, column), member)
            });
            let dimensions = vec![
                Dimension::index("level", levels),
                Dimension::index("member", state.n_members()),
            ];
            let field = Field::new(
                "co2",
                Unit::parse("mol mol-1")?,
                dimensions,
                data.into_dyn(),
            )?;
            Ok(super::super::of_origin(state, field))
        })
    }
}
