//! Where a field is greatest or least.

use crate::error::Result;
use crate::field::{Coordinate, Dimension, Extreme, Field};
use crate::script::bind::field::{given, labels};
use crate::script::{Fallible, attempt};
use rhai::plugin::*;
use rhai::{Dynamic, Map};

/// The position, or with several dimensions the positions by their names, as `isel` takes them.
fn position(field: &Field, extreme: Extreme) -> Result<Dynamic> {
    let positions = field.place_of(extreme)?;
    let each = field.dimensions().iter().zip(&positions);
    Ok(match positions[..] {
        [k] => Dynamic::from(k as i64),
        _ => Map::from_iter(each.map(|(d, k)| (d.name.as_str().into(), (*k as i64).into()))).into(),
    })
}

/// The same with labels, as `sel` takes them.
fn label(field: &Field, extreme: Extreme) -> Result<Dynamic> {
    let positions = field.place_of(extreme)?;
    let of = |(d, k): (&Dimension, &usize)| {
        let label = match d.coordinate {
            // Positions alone have no label but themselves.
            Coordinate::Index(_) => Dynamic::from(*k as i64),
            _ => labels(&d.coordinate.take(&[*k])).remove(0),
        };
        (d.name.clone(), label)
    };
    let mut each: Vec<(String, Dynamic)> =
        field.dimensions().iter().zip(&positions).map(of).collect();
    Ok(match each.len() {
        1 => each.remove(0).1,
        _ => Map::from_iter(each.into_iter().map(|(name, label)| (name.into(), label))).into(),
    })
}

/// Along a dimension; the only one gives the position itself.
fn position_along(field: &Field, extreme: Extreme, dim: &str) -> Result<Dynamic> {
    match field.axis(dim)? {
        _ if field.dimensions().len() == 1 => position(field, extreme),
        _ => field.positions_of(extreme, dim).map(given),
    }
}

fn label_along(field: &Field, extreme: Extreme, dim: &str) -> Result<Dynamic> {
    match field.axis(dim)? {
        _ if field.dimensions().len() == 1 => label(field, extreme),
        _ => field.labels_of(extreme, dim).map(given),
    }
}

#[export_module]
pub mod functions {
    /// The position of the greatest value; missing values are left out, of equals the first counts.
    ///
    /// # Arguments
    /// - `dim`: optional, the dimension along which to look.
    ///
    /// # Returns
    /// Without a dimension the position in a field of one dimension, in others a map of positions
    /// as `isel` takes it; along a dimension a field of positions, missing where all values are.
    ///
    /// # Errors
    /// A dimension the field does not have, no value.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([1, 5, (), 3]).argmax() == 1);
    /// let f = field([[1, 2], [7, 4]]);
    /// assert(f.argmax() == #{ y: 1, x: 0 } && f.isel(f.argmax()) == 7.0);
    /// assert(f.argmax("y").values() == [1.0, 1.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn argmax(context: NativeCallContext, field: &mut Field) -> Fallible<Dynamic> {
        attempt(&context, || position(field, Extreme::Greatest))
    }
    #[rhai_fn(name = "argmax", return_raw)]
    pub fn argmax_along(
        context: NativeCallContext,
        field: &mut Field,
        dim: &str,
    ) -> Fallible<Dynamic> {
        attempt(&context, || position_along(field, Extreme::Greatest, dim))
    }

    /// The position of the least value; missing values are left out, of equals the first counts.
    ///
    /// # Arguments
    /// - `dim`: optional, the dimension along which to look.
    ///
    /// # Returns
    /// As `argmax`.
    ///
    /// # Errors
    /// A dimension the field does not have, no value.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([4, 5, (), 3]).argmin() == 3);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn argmin(context: NativeCallContext, field: &mut Field) -> Fallible<Dynamic> {
        attempt(&context, || position(field, Extreme::Least))
    }
    #[rhai_fn(name = "argmin", return_raw)]
    pub fn argmin_along(
        context: NativeCallContext,
        field: &mut Field,
        dim: &str,
    ) -> Fallible<Dynamic> {
        attempt(&context, || position_along(field, Extreme::Least, dim))
    }

    /// The label of the greatest value; missing values are left out, of equals the first counts.
    ///
    /// # Arguments
    /// - `dim`: optional, the dimension along which to look, whose labels are numbers.
    ///
    /// # Returns
    /// Without a dimension the label in a field of one dimension, in others a map of labels as
    /// `sel` takes it; along a dimension a field of labels, missing where all values are.
    ///
    /// # Errors
    /// A dimension the field does not have or whose labels are no numbers, no value.
    ///
    /// # Example
    /// ```rhai
    /// let f = field(grid("4x5"), |lat, lon| -1.0 * (lat - 30) ** 2 - (lon + 60) ** 2);
    /// assert(f.idxmax() == #{ lat: 30.0, lon: -60.0 } && f.sel(f.idxmax()) == 0.0);
    /// assert(f.idxmax("lat").sel(#{ lon: 0 }).value() == 30.0);
    /// assert(field([2, 9]).label("x", ["west", "east"]).idxmax() == "east");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn idxmax(context: NativeCallContext, field: &mut Field) -> Fallible<Dynamic> {
        attempt(&context, || label(field, Extreme::Greatest))
    }
    #[rhai_fn(name = "idxmax", return_raw)]
    pub fn idxmax_along(
        context: NativeCallContext,
        field: &mut Field,
        dim: &str,
    ) -> Fallible<Dynamic> {
        attempt(&context, || label_along(field, Extreme::Greatest, dim))
    }

    /// The label of the least value; missing values are left out, of equals the first counts.
    ///
    /// # Arguments
    /// - `dim`: optional, the dimension along which to look, whose labels are numbers.
    ///
    /// # Returns
    /// As `idxmax`.
    ///
    /// # Errors
    /// A dimension the field does not have or whose labels are no numbers, no value.
    ///
    /// # Example
    /// ```rhai
    /// assert(field([2, 9]).label("x", ["west", "east"]).idxmin() == "west");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn idxmin(context: NativeCallContext, field: &mut Field) -> Fallible<Dynamic> {
        attempt(&context, || label(field, Extreme::Least))
    }
    #[rhai_fn(name = "idxmin", return_raw)]
    pub fn idxmin_along(
        context: NativeCallContext,
        field: &mut Field,
        dim: &str,
    ) -> Fallible<Dynamic> {
        attempt(&context, || label_along(field, Extreme::Least, dim))
    }
}
