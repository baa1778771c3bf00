//! Concentrations from fields: any tracer, one member for each.

use crate::ensemble;
use crate::error::{Error, Result};
use crate::field::Field;
use crate::grid::{Grid, on_grid, surface_first};
use crate::script::bind::concentrations::Concentrations;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::{Fallible, attempt, read};
use crate::units::Unit;
use rhai::plugin::*;
use rhai::{Array, Dynamic, Map};
use statrs::statistics::{Data, OrderStatistics};
use std::sync::Arc;

/// Binds `concentrations::from_fields` and what scales them.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("concentrations", exported_module!(functions));
    optional!(rooms, FromFieldsOptions: "concentrations::from_fields" = functions::from_fields_token);
}

options! {
    /// Options of concentrations from fields.
    struct FromFieldsOptions of "concentrations::from_fields" {
        /// The mole fraction, such as `"400 ppm"`, that values are kept as departures from in
        /// single precision; where not given the median of each field, which keeps most digits.
        background: Option<f64> ["mol mol-1"],
    }
}

/// The median of what is finite: of a tracer in few places the value that it has elsewhere.
fn median(field: &Field) -> f64 {
    let median = Data::new(
        field
            .data()
            .iter()
            .copied()
            .filter(|v| v.is_finite())
            .collect::<Vec<_>>(),
    )
    .median();
    if median.is_finite() { median } else { 0.0 }
}

/// A field of mole fractions in mol mol-1; one without a unit is taken to be in it.
pub fn mole_fractions(field: Field) -> Result<Field> {
    let wrong = |e: Error| {
        e.expected("mol mol-1, a unit that converts to it, or none")
            .got(format!("\"{}\"", field.unit))
    };
    if field.unit.is_none() {
        Ok(field)
    } else {
        field.to_unit(&Unit::parse("mol mol-1")?).map_err(wrong)
    }
}

/// Concentrations of a member for each field, kept as departures from `background` or each from its
/// median; a field without a unit is taken to be in mol mol-1.
pub fn of_fields(
    grid: &Arc<Grid>,
    fields: Vec<Field>,
    background: Option<f64>,
) -> Result<ensemble::Concentrations> {
    if fields.is_empty() {
        return Err(Error::new("concentrations need a field for each member")
            .expected("at least 1")
            .got(0)
            .hint("[field(grid, |lat, lon| 400e-6)]"));
    }
    let fields = fields
        .into_iter()
        .map(mole_fractions)
        .collect::<Result<Vec<_>>>()?;
    let mut c = ensemble::Concentrations::around(
        grid,
        fields
            .iter()
            .map(|f| background.unwrap_or_else(|| median(f)))
            .collect(),
    )?;
    fields
        .iter()
        .enumerate()
        .try_for_each(|(member, field)| set_member(&mut c, member, field))?;
    Ok(c)
}

/// Sets one member to a field of the grid, with or without levels.
fn set_member(c: &mut ensemble::Concentrations, member: usize, field: &Field) -> Result<()> {
    let grid = c.grid().clone();
    let (levels, lats, lons) = grid.shape();
    let ordered = || match field.shape().len() {
        2 => on_grid(field, &grid.horizontal),
        3 => surface_first(&on_grid(field, &grid.horizontal)?, &grid.levels),
        _ => Ok(field.clone()),
    };
    let field = &ordered().map_err(|e| e.at(format!("field {member}")))?;
    let data = field.data();
    let flat = match data.shape() {
        [j, i] if (*j, *i) == (lats, lons) => true,
        [k, j, i] if (*k, *j, *i) == (levels, lats, lons) => false,
        other => {
            return Err(Error::new("the field does not fit the grid")
                .expected(format!("({lats}, {lons}) or ({levels}, {lats}, {lons})"))
                .got(format!("{other:?}"))
                .at(format!("field {member}")));
        }
    };
    for k in 0..levels {
        for j in 0..lats {
            for i in 0..lons {
                let value = if flat {
                    data[[j, i].as_slice()]
                } else {
                    data[[k, j, i].as_slice()]
                };
                if !value.is_finite() {
                    return Err(Error::new("a mole fraction is not a number")
                        .at(format!("field {member}, level {k}, row {j}, column {i}")));
                }
                c.set(grid.cell(k, j, i), member, value);
            }
        }
    }
    Ok(())
}

#[export_module]
mod functions {
    /// Concentrations from fields, one member for each: any tracer. The cells of a polar row become
    /// one when air moves.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    /// - `fields`: an array of fields (lat, lon), the same on all levels, or (level, lat, lon), in
    ///   mol mol-1 or a unit that converts to it.
    ///
    /// # Returns
    /// Concentrations.
    ///
    /// # Errors
    /// No fields, a field of another shape, a unit that is no mole fraction, a value that is not
    /// finite.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let north = field(g, |lat, lon| if lat > 0 { 2e-6 } else { 1e-6 });
    /// let c = concentrations::from_fields(g, [north, 3.0 * north]);
    /// assert(c.members == 2);
    /// assert_near(c.member(1).max().value(), 6e-6, 1e-12);
    /// let in_ppm = (north * 1e6).with_unit("ppm");
    /// assert_near(concentrations::from_fields(g, [in_ppm]).member(0).max().value(), 2e-6, 1e-12);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_fields(
        context: NativeCallContext,
        grid: Arc<Grid>,
        fields: Array,
        options: Map,
    ) -> Fallible<Concentrations> {
        attempt(&context, || {
            let fields = fields
                .iter()
                .map(|f| read("a field of concentrations", f))
                .collect::<Result<Vec<_>>>()?;
            let background = FromFieldsOptions::read(&context, options)?.background;
            Ok(Arc::new(of_fields(&grid, fields, background)?))
        })
    }

    /// All concentrations times a number, such as what is left of a tracer that decays.
    ///
    /// # Arguments
    /// - `factor`: the number.
    ///
    /// # Returns
    /// Concentrations.
    ///
    /// # Errors
    /// A factor that is not finite.
    ///
    /// # Example
    /// ```rhai
    /// let half = concentrations::uniform(grid("30x30"), 1, 400).scaled(0.5);
    /// assert_near(half.surface().to("ppm").max().value(), 200, 1e-3);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn scaled(
        context: NativeCallContext,
        state: &mut Concentrations,
        factor: Dynamic,
    ) -> Fallible<Concentrations> {
        attempt(&context, || {
            let factor: f64 = read("the factor", &factor)?;
            if !factor.is_finite() {
                return Err(Error::new("the factor is not a number").got(factor));
            }
            Ok(Arc::new(state.scaled(factor)))
        })
    }
}
