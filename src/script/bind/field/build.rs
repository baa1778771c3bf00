//! Making fields.

use crate::error::{Error, Result};
use crate::field::{Dimension, Field, room_for};
use crate::grid::Grid;
use crate::script::bind::field::coordinate;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional, texts};
use crate::script::bridge::value::describe;
use crate::script::{Fallible, FromScript, ScriptFunction, attempt, read};
use crate::units::Unit;
use ndarray::{ArrayD, IxDyn};
use rhai::plugin::*;
use rhai::{Array, Dynamic, FnPtr, Map};
use std::sync::Arc;

/// Binds `field`.
pub(super) fn bind(rooms: &mut Rooms) {
    rooms.global(exported_module!(functions));
    optional!(
        rooms,
        FieldOptions: "field" = functions::field_token,
        "field" = functions::field_named_token,
    );
}

/// Names of dimensions: one, or an array of them.
#[derive(Debug, Clone)]
struct Dims(Vec<String>);

impl FromScript for Dims {
    fn expected() -> String {
        "a name or an array of names".into()
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        texts(value).ok().map(Dims)
    }
}

options! {
    /// What the values of a field are.
    struct FieldOptions of "field" {
        /// The name; where not given the one before the values.
        name: Option<String>,
        /// The names of the dimensions from the outermost in; where not given the last of z, y, x.
        dims: Option<Dims>,
        /// The unit of the values.
        unit: Unit = Unit::none(),
        /// The labels of dimensions by their names, each an array of numbers, dates or names.
        coords: Map = Map::new(),
    }
}

options! {
    /// The positions where a field has the values of a function.
    struct PlaceOptions of "field" {
        /// The names of the dimensions from the outermost in.
        dims: Dims,
        /// The labels of every dimension by its name.
        coords: Map,
    }
}

/// The values of nested arrays, row-major, and their shape.
fn flatten(
    values: &Dynamic,
    depth: usize,
    shape: &mut Vec<usize>,
    out: &mut Vec<f64>,
) -> Result<()> {
    let Ok(array) = values.as_array_ref() else {
        out.push(if values.is_unit() {
            f64::NAN
        } else {
            read("a value of the field", values)?
        });
        return Ok(());
    };
    match shape.get(depth) {
        None => shape.push(array.len()),
        Some(n) if *n == array.len() => {}
        Some(n) => {
            return Err(Error::new("the rows of a field differ in length")
                .expected(n)
                .got(array.len()));
        }
    }
    let leaves = depth + 1 == shape.len() && !out.is_empty();
    for value in array.iter() {
        if leaves && value.is_array() {
            return Err(Error::new("a field mixes numbers and rows").got(describe(value)));
        }
        flatten(value, depth + 1, shape, out)?;
    }
    Ok(())
}

/// Default names of dimensions: innermost x, then y, z.
fn default_names(n: usize) -> Vec<String> {
    let names = ["x", "y", "z"];
    (0..n)
        .rev()
        .map(|k| names.get(k).map_or(format!("dim_{k}"), |s| s.to_string()))
        .collect()
}

fn from_values(name: &str, values: &Dynamic, o: FieldOptions) -> Result<Field> {
    let name = o.name.unwrap_or_else(|| name.to_string());
    let labels = o.coords;
    let (mut shape, mut data) = (Vec::new(), Vec::new());
    flatten(values, 0, &mut shape, &mut data)?;
    let names = o.dims.map_or_else(|| default_names(shape.len()), |d| d.0);
    if names.len() != shape.len() {
        return Err(
            Error::new(format!("\"{name}\" needs a name for each dimension"))
                .expected(format!("{} names", shape.len()))
                .got(names.join(", ")),
        );
    }
    let size: usize = shape.iter().product();
    if size != data.len() {
        return Err(Error::new("the rows of a field differ in length")
            .expected(size)
            .got(data.len()));
    }
    let dimensions = names
        .iter()
        .zip(&shape)
        .map(|(n, len)| dimension(n, *len, &labels))
        .collect::<Result<Vec<_>>>()?;
    if let Some(stray) = labels
        .keys()
        .find(|k| !names.iter().any(|n| n == k.as_str()))
    {
        return Err(Error::new(format!(
            "there are labels for \"{stray}\", which is not a dimension"
        ))
        .expected(names.join(", ")));
    }
    let data = ArrayD::from_shape_vec(IxDyn(&shape), data).expect("the size was checked");
    Field::new(&name, o.unit, dimensions, data)
}

fn dimension(name: &str, n: usize, labels: &Map) -> Result<Dimension> {
    let Some(given) = labels.get(name) else {
        return Ok(Dimension::index(name, n));
    };
    Ok(Dimension {
        name: name.to_string(),
        coordinate: coordinate(name, given)?,
    })
}

/// A field of a function of its coordinates.
fn from_function(dimensions: Vec<Dimension>, f: &ScriptFunction) -> Result<Field> {
    let shape: Vec<usize> = dimensions.iter().map(Dimension::len).collect();
    let labels: Vec<Array> = dimensions
        .iter()
        .map(|d| super::labels(&d.coordinate))
        .collect();
    room_for(&shape)?;
    let mut data = ArrayD::zeros(IxDyn(&shape));
    for (position, slot) in data.indexed_iter_mut() {
        let arguments: Vec<Dynamic> = (0..shape.len())
            .map(|k| labels[k][position[k]].clone())
            .collect();
        *slot = f.call_for("the value of the function", arguments)?;
    }
    Field::new("field", Unit::none(), dimensions, data)
}

#[export_module]
mod functions {
    /// A labelled array.
    ///
    /// # Arguments
    /// - `name`: optional, what it is called.
    /// - `values`: numbers in arrays, nested as deep as there are dimensions; `()` marks a missing
    ///   value.
    ///
    /// Or a grid, or a map of `dims` and `coords`, and a function of the coordinates that gives the
    /// value there.
    ///
    /// # Returns
    /// A field.
    ///
    /// # Errors
    /// Rows of different lengths, a name too few, an unknown unit.
    ///
    /// # Example
    /// ```rhai
    /// let co2 = field("co2", [[400, 410], [405, 415]], #{ dims: ["lat", "lon"], unit: "ppm", coords: #{ lat: [-45, 45] } });
    /// assert(co2.sel(#{ lat: 45 }).mean().value() == 410.0);
    /// let x = field([1, 2, 3]);
    /// assert(x.sum() == 6.0);
    /// let north = field(grid("4x5"), |lat, lon| if lat > 0 { 1 } else { 0 });
    /// assert(north.max() == 1.0);
    /// let wave = field(#{ dims: ["x"], coords: #{ x: [0.0, PI() / 2] } }, |x| sin(x));
    /// assert_near(wave[1], 1, 1e-12);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn field(context: NativeCallContext, values: Array, options: Map) -> Fallible<Field> {
        attempt(&context, || {
            let o = FieldOptions::read(&context, options)?;
            from_values("field", &values.into(), o)
        })
    }
    #[rhai_fn(name = "field", return_raw)]
    pub fn field_named(
        context: NativeCallContext,
        name: &str,
        values: Array,
        options: Map,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let o = FieldOptions::read(&context, options)?;
            from_values(name, &values.into(), o)
        })
    }
    #[rhai_fn(name = "field", return_raw)]
    pub fn field_from_map(context: NativeCallContext, mut options: Map) -> Fallible<Field> {
        attempt(&context, || {
            let values = options
                .remove("values")
                .ok_or_else(|| Error::new("a field needs values").hint("#{ values: [1, 2, 3] }"))?;
            from_values("field", &values, FieldOptions::read(&context, options)?)
        })
    }
    #[rhai_fn(name = "field", return_raw)]
    pub fn field_on_grid(
        context: NativeCallContext,
        grid: Arc<Grid>,
        value: FnPtr,
    ) -> Fallible<Field> {
        attempt(&context, || {
            from_function(
                grid.horizontal.dimensions().to_vec(),
                &ScriptFunction::new(&context, value),
            )
        })
    }
    #[rhai_fn(name = "field", return_raw)]
    pub fn field_over(context: NativeCallContext, over: Map, value: FnPtr) -> Fallible<Field> {
        attempt(&context, || {
            let o = PlaceOptions::read(&context, over)?;
            let given = |n: &String| {
                o.coords
                    .get(n.as_str())
                    .ok_or_else(|| Error::new(format!("there are no coordinates for \"{n}\"")))
            };
            let dimensions = o
                .dims
                .0
                .iter()
                .map(|n| {
                    Ok(Dimension {
                        name: n.clone(),
                        coordinate: coordinate(n, given(n)?)?,
                    })
                })
                .collect::<Result<_>>()?;
            from_function(dimensions, &ScriptFunction::new(&context, value))
        })
    }
}
