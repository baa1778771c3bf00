//! Open NetCDF files and their variables, read only where they are asked for values. What a field
//! can do, a variable can: a function of fields that has no way of its own with a variable is given
//! the field that was read.

use crate::error::{Error, Result};
use crate::field::{Field, Reduction};
use crate::grid::area_weights;
use crate::io::netcdf::{Dataset, Part};
use crate::script::bind::field::select::{self, choice_along, named_dimensions, note_two_labels};
use crate::script::bind::field::{given, labels_along};
use crate::script::bridge::conversions::read_as_field;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional, texts};
use crate::script::bridge::value::kind;
use crate::script::{Fallible, attempt};
use rhai::plugin::*;
use rhai::{Array, Dynamic, Engine, FuncRegistration, Map};
use std::any::TypeId;
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

/// An open file as a script holds it.
#[derive(Clone)]
pub struct OpenFile(Arc<Dataset>);

impl fmt::Display for OpenFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A variable, or a part of one, that has not been read.
#[derive(Clone)]
pub struct Variable {
    file: Arc<Dataset>,
    part: Part,
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.part.fmt(f)
    }
}

impl Variable {
    fn reduce(&self, how: Reduction, dims: Option<&Dynamic>) -> Result<Dynamic> {
        let names = dims.map(texts).transpose()?.unwrap_or_default();
        self.file
            .reduce(
                &self.part,
                how,
                &names.iter().map(String::as_str).collect::<Vec<_>>(),
                None,
            )
            .map(given)
    }
    /// The values, read.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(&self) -> Result<Field> {
        self.file.load(&self.part)
    }
    fn note(&self, context: &NativeCallContext, labels: &Map) {
        let dimensions = self.part.dimensions();
        let of = |name: &str| dimensions.iter().find(|d| d.name == name);
        note_two_labels(context, labels, |d| of(d).map(|d| &d.coordinate));
    }
    fn selected(&self, labels: &Map) -> Result<Variable> {
        named_dimensions(labels, |d| self.part.dimension(d).map(|_| ()))?;
        let part = labels.iter().try_fold(self.part.clone(), |p, (d, v)| {
            p.sel(d, &choice_along(p.dimension(d)?, v)?)
        })?;
        Ok(Variable {
            part,
            file: self.file.clone(),
        })
    }
}

kind!(OpenFile, "OpenFile", "a file such as open_netcdf(path)");
kind!(Variable, "Variable", "a variable of an open file");

options! {
    /// How a file is opened.
    struct OpenOptions of "open_netcdf" {
        /// Whether times are dates; false leaves them as the numbers they are, for calendars whose
        /// days are no dates (360_day).
        dates: bool = true,
    }
}

/// Binds open files.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<OpenFile>();
    rooms.kind::<Variable>();
    read_as_field(|v| v.read_lock::<Variable>()?.read().ok());
    rooms.global(exported_module!(functions));
    optional!(rooms, OpenOptions: "open_netcdf" = functions::open_netcdf_token);
    let plain = [
        ("mean", Reduction::Mean),
        ("sum", Reduction::Sum),
        ("sd", Reduction::StandardDeviation),
        ("min", Reduction::Min),
        ("max", Reduction::Max),
        ("count", Reduction::Count),
        ("median", Reduction::Quantile(0.5)),
    ];
    for (name, how) in plain {
        let all = move |c: NativeCallContext, v: Variable| -> Fallible<Dynamic> {
            attempt(&c, || v.reduce(how, None))
        };
        let over = move |c: NativeCallContext, v: Variable, dims: Dynamic| -> Fallible<Dynamic> {
            attempt(&c, || v.reduce(how, Some(&dims)))
        };
        FuncRegistration::new(name)
            .with_params_info(["variable: Variable", "value"])
            .register_into_engine(&mut rooms.engine, all);
        FuncRegistration::new(name)
            .with_params_info(["variable: Variable", "dims: value", "value"])
            .register_into_engine(&mut rooms.engine, over);
    }
    read_for_fields(&mut rooms.engine);
}

/// Gives each function in sight that takes fields a twin for every way to put variables in their
/// positions.
fn read_for_fields(engine: &mut Engine) {
    let (field, unread) = (TypeId::of::<Field>(), TypeId::of::<Variable>());
    let native = |f: rhai::FuncInfo| {
        let types = &f.metadata.param_types;
        (types.contains(&field) || types.contains(&unread))
            .then(|| (f.metadata.name.to_string(), types.to_vec()))
    };
    let known: HashSet<(String, Vec<TypeId>)> = engine
        .collect_fn_metadata(None, native, false)
        .into_iter()
        .collect();
    for (name, types) in known.iter().filter(|(_, types)| types.contains(&field)) {
        let positions: Vec<usize> = (0..types.len()).filter(|k| types[*k] == field).collect();
        for chosen in 1..1usize << positions.len() {
            let mut twin = types.clone();
            positions
                .iter()
                .enumerate()
                .filter(|(bit, _)| chosen >> bit & 1 == 1)
                .for_each(|(_, k)| twin[*k] = unread);
            if !known.contains(&(name.clone(), twin.clone())) {
                let called = name.clone();
                engine.register_raw_fn(name, twin, move |context, given| {
                    with_fields(&context, &called, given)
                });
            }
        }
    }
}

/// Calls a function with fields in place of variables.
fn with_fields(
    context: &NativeCallContext,
    name: &str,
    given: &mut [&mut Dynamic],
) -> Fallible<Dynamic> {
    let as_field = |value: &&mut Dynamic| match value.read_lock::<Variable>() {
        Some(variable) => variable.read().map(Dynamic::from),
        None => Ok(value.flatten_clone()),
    };
    let mut fields = attempt(context, || {
        given.iter().map(as_field).collect::<Result<Vec<_>>>()
    })?;
    context.call_native_fn_raw(name, true, &mut fields.iter_mut().collect::<Vec<_>>())
}

/// A part of a variable, read.
pub fn read_part(
    context: &NativeCallContext,
    (path, variable): (&str, &str),
    labels: &Map,
) -> Result<Field> {
    let file = Arc::new(Dataset::open(path)?);
    let variable = Variable {
        part: file.part(variable)?,
        file,
    };
    variable.note(context, labels);
    let chosen = variable.selected(labels)?;
    chosen.file.load(&chosen.part)
}

#[export_module]
mod functions {
    /// Opens a NetCDF file; nothing is read but what it lists.
    ///
    /// # Arguments
    /// - `path`: of the file.
    ///
    /// # Returns
    /// A file, with `.variables`; `file["t"]`, or `file.t`, is a variable that has not been read.
    /// `sel` and `isel` choose a part of it, and means, sums and the like read that block by block;
    /// whatever else a field can do reads it whole.
    ///
    /// # Errors
    /// No such file, or one that is not NetCDF.
    ///
    /// # Example
    /// ```rhai
    /// let file = open_netcdf(write_netcdf(output("world.nc"), "Areas", grid("4x5").areas()));
    /// assert(file.variables.contains("area"));
    /// let tropics = file["area"].sel(#{ lat: -30..=30 });
    /// assert(tropics.shape == [16, 72]);                     // still not read
    /// assert_near(tropics.sum().to("km2").value(), 2.703e8, 1e5); // read block by block
    /// assert((tropics / 1e6).unit == "m2" && kind(tropics.load()) == "Field");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn open_netcdf(context: NativeCallContext, path: &str, options: Map) -> Fallible<OpenFile> {
        attempt(&context, || {
            let o = OpenOptions::read(&context, options)?;
            let file = Dataset::open(path)?;
            Ok(OpenFile(Arc::new(if o.dates {
                file
            } else {
                file.without_dates()
            })))
        })
    }

    /// Names of the variables of an open file.
    #[rhai_fn(get = "variables")]
    pub fn variables(file: &mut OpenFile) -> Array {
        file.0
            .list()
            .into_iter()
            .map(|l| Dynamic::from(l.name))
            .collect()
    }

    #[rhai_fn(index_get, return_raw)]
    pub fn variable(
        context: NativeCallContext,
        file: &mut OpenFile,
        name: &str,
    ) -> Fallible<Variable> {
        attempt(&context, || {
            Ok(Variable {
                part: file.0.part(name)?,
                file: file.0.clone(),
            })
        })
    }

    /// Reads what was selected of a variable.
    ///
    /// # Returns
    /// A field.
    ///
    /// # Errors
    /// Text instead of numbers, values the library cannot read.
    ///
    /// # Example
    /// ```rhai
    /// let file = open_netcdf(write_netcdf(output("one.nc"), "One row", grid("4x5").areas()));
    /// assert(file["area"].isel(#{ lat: 0 }).load().shape == [72]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn load(context: NativeCallContext, variable: Variable) -> Fallible<Dynamic> {
        attempt(&context, || variable.read().map(given))
    }

    #[rhai_fn(name = "sel", return_raw)]
    pub fn sel_unread(
        context: NativeCallContext,
        variable: Variable,
        labels: Map,
    ) -> Fallible<Variable> {
        variable.note(&context, &labels);
        attempt(&context, || variable.selected(&labels))
    }
    #[rhai_fn(name = "isel", return_raw)]
    pub fn isel_unread(
        context: NativeCallContext,
        variable: Variable,
        positions: Map,
    ) -> Fallible<Variable> {
        attempt(&context, || {
            named_dimensions(&positions, |d| variable.part.dimension(d).map(|_| ()))?;
            let part = positions
                .iter()
                .try_fold(variable.part.clone(), |p, (d, v)| {
                    let (taken, keep) = select::positions(p.dimension(d)?, v)?;
                    p.at_positions(d, &taken, keep)
                })?;
            Ok(Variable { part, ..variable })
        })
    }
    #[rhai_fn(name = "area_mean", return_raw)]
    pub fn area_mean_unread(context: NativeCallContext, variable: Variable) -> Fallible<Dynamic> {
        attempt(&context, || {
            // Areas follow from the labels alone: a field of nothing lends them.
            let named: Vec<_> = variable
                .part
                .dimensions()
                .into_iter()
                .filter(|d| d.name == "lat" || d.name == "lon")
                .collect();
            if named.is_empty() {
                return Err(Error::new(format!(
                    "\"{}\" has no latitudes",
                    variable.part.head().name
                )));
            }
            let shape: Vec<usize> = named.iter().map(crate::field::Dimension::len).collect();
            let names: Vec<String> = named.iter().map(|d| d.name.clone()).collect();
            let areas = area_weights(&Field::new(
                "area",
                crate::units::Unit::none(),
                named,
                ndarray::ArrayD::zeros(shape),
            )?)?;
            let over: Vec<&str> = names.iter().map(String::as_str).collect();
            variable
                .file
                .reduce(&variable.part, Reduction::Mean, &over, Some(&areas))
                .map(given)
        })
    }

    #[rhai_fn(get = "dims")]
    pub fn dims_unread(variable: &mut Variable) -> Array {
        variable
            .part
            .dimensions()
            .into_iter()
            .map(|d| Dynamic::from(d.name))
            .collect()
    }
    #[rhai_fn(get = "shape")]
    pub fn shape_unread(variable: &mut Variable) -> Array {
        variable
            .part
            .dimensions()
            .iter()
            .map(|d| Dynamic::from(d.len() as i64))
            .collect()
    }
    #[rhai_fn(get = "unit")]
    pub fn unit_unread(variable: &mut Variable) -> String {
        variable.part.head().unit.to_string()
    }
    #[rhai_fn(name = "coord", return_raw)]
    pub fn coord_unread(
        context: NativeCallContext,
        variable: Variable,
        dim: &str,
    ) -> Fallible<Dynamic> {
        let part = &variable.part;
        attempt(&context, || {
            labels_along(part.head().taken_along(dim), || part.dimension(dim))
        })
    }
}
