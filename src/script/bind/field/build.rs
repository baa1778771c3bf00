//! Making fields.

use crate::error::{Error, Result};
use crate::field::{Dimension, Field, room_for};
use crate::grid::Grid;
use crate::script::bind::field::coordinate;
use crate::script::bridge::rooms::texts;
use crate::script::bridge::value::describe;
use crate::script::{Fallible, FromScript, Options, ScriptFunction, attempt, read};
use crate::units::Unit;
use ndarray::{ArrayD, IxDyn};
use rhai::plugin::*;
use rhai::{Array, Dynamic, FnPtr, Map};
use std::sync::Arc;

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

fn from_values(name: &str, values: &Dynamic, options: Map) -> Result<Field> {
    let mut o = Options::new("field", options);
    let name = o.or("name", name.to_string())?;
    let dims = o.find::<Dynamic>("dims")?.map(|d| texts(&d)).transpose()?;
    let unit = o.or("unit", Unit::none())?;
    let labels = o.or("coords", Map::new())?;
    o.finish()?;
    let (mut shape, mut data) = (Vec::new(), Vec::new());
    flatten(values, 0, &mut shape, &mut data)?;
    let names = dims.unwrap_or_else(|| default_names(shape.len()));
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
    Field::new(&name, unit, dimensions, data)
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
    for (place, slot) in data.indexed_iter_mut() {
        let arguments: Vec<Dynamic> = (0..shape.len())
            .map(|k| labels[k][place[k]].clone())
            .collect();
        *slot = f.call_for("the value of the function", arguments)?;
    }
    Field::new("field", Unit::none(), dimensions, data)
}

/// Dimensions from a name and length, or arrays of both.
fn dimensions(names: &Dynamic, lengths: &Dynamic) -> Result<Vec<Dimension>> {
    let names = texts(names)?;
    let lengths: Vec<usize> = match usize::from_script(lengths) {
        Some(n) => vec![n],
        None => read("the lengths", lengths)?,
    };
    if names.len() != lengths.len() {
        return Err(Error::new("every dimension needs a name and a length")
            .expected(format!("{} lengths", names.len()))
            .got(lengths.len()));
    }
    Ok(names
        .iter()
        .zip(lengths)
        .map(|(n, len)| Dimension::index(n, len))
        .collect())
}

pub fn shaped(
    name: &str,
    names: &Dynamic,
    lengths: &Dynamic,
    fill: impl FnOnce(usize) -> Vec<f64>,
) -> Result<Field> {
    let dimensions = dimensions(names, lengths)?;
    let shape: Vec<usize> = dimensions.iter().map(Dimension::len).collect();
    let data =
        ArrayD::from_shape_vec(IxDyn(&shape), fill(room_for(&shape)?)).expect("filled to size");
    Field::new(name, Unit::none(), dimensions, data)
}

#[export_module]
pub mod functions {
    /// A labelled array.
    ///
    /// # Arguments
    /// - `name`: optional, what it is called.
    /// - `values`: numbers in arrays, nested as deep as there are dimensions; `()` marks a missing
    ///   value.
    /// - options: `dims`, names from the outermost in (default z, y, x); `unit`, such as `"ppm"`;
    ///   `coords`, a map from dimensions to their labels (numbers, dates or names).
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
    pub fn field(context: NativeCallContext, values: Array) -> Fallible<Field> {
        attempt(&context, || {
            from_values("field", &values.into(), Map::new())
        })
    }
    #[rhai_fn(name = "field", return_raw)]
    pub fn field_with(context: NativeCallContext, values: Array, options: Map) -> Fallible<Field> {
        attempt(&context, || from_values("field", &values.into(), options))
    }
    #[rhai_fn(name = "field", return_raw)]
    pub fn field_named(context: NativeCallContext, name: &str, values: Array) -> Fallible<Field> {
        attempt(&context, || from_values(name, &values.into(), Map::new()))
    }
    #[rhai_fn(name = "field", return_raw)]
    pub fn field_named_with(
        context: NativeCallContext,
        name: &str,
        values: Array,
        options: Map,
    ) -> Fallible<Field> {
        attempt(&context, || from_values(name, &values.into(), options))
    }
    #[rhai_fn(name = "field", return_raw)]
    pub fn field_from_map(context: NativeCallContext, mut options: Map) -> Fallible<Field> {
        attempt(&context, || {
            let values = options
                .remove("values")
                .ok_or_else(|| Error::new("a field needs values").hint("#{ values: [1, 2, 3] }"))?;
            from_values("field", &values, options)
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
            let mut o = Options::new("field", over);
            let names = texts(&o.required::<Dynamic>("dims")?)?;
            let labels = o.required::<Map>("coords")?;
            o.finish()?;
            let given = |n: &String| {
                labels
                    .get(n.as_str())
                    .ok_or_else(|| Error::new(format!("there are no coordinates for \"{n}\"")))
            };
            let dimensions = names
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

    /// A field of zeros.
    ///
    /// # Arguments
    /// - `dims`: a name, or an array of names from the outermost in.
    /// - `lengths`: a length, or an array of them.
    ///
    /// # Returns
    /// A field without unit.
    ///
    /// # Errors
    /// A length too few.
    ///
    /// # Example
    /// ```rhai
    /// assert(zeros(["layer", "cell"], [4, 48]).shape == [4, 48]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn zeros(context: NativeCallContext, dims: Dynamic, lengths: Dynamic) -> Fallible<Field> {
        attempt(&context, || {
            shaped("zeros", &dims, &lengths, |n| vec![0.0; n])
        })
    }

    /// A field of ones.
    ///
    /// # Arguments
    /// - `dims`: a name, or an array of names from the outermost in.
    /// - `lengths`: a length, or an array of them.
    ///
    /// # Returns
    /// A field without unit.
    ///
    /// # Errors
    /// A length too few.
    ///
    /// # Example
    /// ```rhai
    /// assert(ones("x", 5).sum() == 5.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn ones(context: NativeCallContext, dims: Dynamic, lengths: Dynamic) -> Fallible<Field> {
        attempt(&context, || {
            shaped("ones", &dims, &lengths, |n| vec![1.0; n])
        })
    }

    /// The square matrix with ones on its diagonal.
    ///
    /// # Arguments
    /// - `dims`: two names.
    /// - `n`: rows and columns.
    ///
    /// # Returns
    /// A field (n, n).
    ///
    /// # Errors
    /// Not two names.
    ///
    /// # Example
    /// ```rhai
    /// assert(identity(["i", "j"], 3).sum() == 3.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn identity(context: NativeCallContext, dims: Dynamic, n: i64) -> Fallible<Field> {
        let lengths = Dynamic::from_array(vec![n.into(), n.into()]);
        attempt(&context, || {
            shaped("identity", &dims, &lengths, |m| {
                (0..m)
                    .map(|k| if k % (n as usize + 1) == 0 { 1.0 } else { 0.0 })
                    .collect()
            })
        })
    }

    /// Positions 0, 1, 2, ... along a dimension.
    ///
    /// # Arguments
    /// - `dim`: its name.
    /// - `n`: its length.
    ///
    /// # Returns
    /// A field of one dimension.
    ///
    /// # Errors
    /// A negative length.
    ///
    /// # Example
    /// ```rhai
    /// assert(positions("x", 4).values() == [0.0, 1.0, 2.0, 3.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn positions(context: NativeCallContext, dim: &str, n: i64) -> Fallible<Field> {
        attempt(&context, || {
            shaped(dim, &dim.into(), &n.into(), |n| {
                (0..n).map(|k| k as f64).collect()
            })
        })
    }

    /// Evenly spaced numbers, both ends included; they are values and coordinates alike.
    ///
    /// # Arguments
    /// - `dim`: name of the dimension.
    /// - `start`, `end`: numbers.
    /// - `n`: how many, at least 2.
    ///
    /// # Returns
    /// A field of one dimension.
    ///
    /// # Errors
    /// Fewer than 2.
    ///
    /// # Example
    /// ```rhai
    /// assert(linspace("x", 0, 1, 5).values() == [0.0, 0.25, 0.5, 0.75, 1.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn linspace(
        context: NativeCallContext,
        dim: &str,
        start: Dynamic,
        end: Dynamic,
        n: i64,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let (a, b) = (
                read::<f64>("the start", &start)?,
                read::<f64>("the end", &end)?,
            );
            if n < 2 {
                return Err(Error::new("evenly spaced numbers")
                    .expected("at least 2")
                    .got(n));
            }
            room_for(&[n as usize])?;
            let values: Vec<f64> = (0..n)
                .map(|k| a + (b - a) * k as f64 / (n - 1) as f64)
                .collect();
            let along = Dimension::numbers(dim, values.clone(), Unit::none());
            Field::new(
                dim,
                Unit::none(),
                vec![along],
                ArrayD::from_shape_vec(IxDyn(&[values.len()]), values).expect("one dimension"),
            )
        })
    }
}
