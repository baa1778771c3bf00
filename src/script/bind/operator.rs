//! Observation operators as values.

use crate::error::{Error, Result};
use crate::field::Field;
use crate::observation::operator::{
    AirColumn, Equivalent, Function, Geometry, LayerMean, OfProfile, Vertical,
};
use crate::observation::{Column, Observation, ObservationOperator, Point};
use crate::script::bridge::arrays::line_of;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::{choice, describe, kind};
use crate::script::{Fallible, ScriptFunction, attempt, read};
use crate::units::Unit;
use ndarray::Array1;
use rhai::plugin::*;
use rhai::{Dynamic, FnPtr, Map};
use std::fmt;
use std::sync::Arc;

/// An operator as a script holds it.
#[derive(Debug, Clone)]
pub struct Operator(pub Arc<dyn ObservationOperator>);

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

kind!(Operator, "Operator", "an operator");

/// Binds `operator::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Operator>();
    rooms.room("operator", exported_module!(functions));
    optional!(rooms, PointOptions: "operator::point" = functions::point_token);
    optional!(rooms, ColumnOptions: "operator::column" = functions::column_token);
    optional!(rooms, ColumnsOptions:
        "operator::weights" = functions::weights_token,
        "operator::value" = functions::value_token,
    );
}

fn in_unit(field: Field, unit: &str) -> Result<Dynamic> {
    let mut field = field;
    field.unit = Unit::parse(unit)?;
    Ok(Dynamic::from(field))
}

/// The air over an observation as a map, with the numbers of the operator's geometry.
fn air_map(o: &Observation, geometry: &Geometry, air: &AirColumn) -> Result<Map> {
    let line = |name: &str, values: &[f64], along: &str, unit: &str| {
        in_unit(line_of(name, Array1::from(values.to_vec()), along), unit)
    };
    let numbers = |values: &[f64]| match values {
        [x] => Dynamic::from(*x),
        several => Dynamic::from(line_of("geometry", Array1::from(several.to_vec()), "layer")),
    };
    let columns = geometry.columns().iter();
    let mut map: Map = columns.map(|(n, v)| ((&**n).into(), numbers(v))).collect();
    map.extend([
        ("edges".into(), line("edges", &air.edges, "edge", "Pa")?),
        (
            "pressure".into(),
            line("pressure", &air.pressure, "level", "Pa")?,
        ),
        ("height".into(), line("height", &air.height, "level", "m")?),
        ("surface_height".into(), air.surface_height.into()),
        ("latitude".into(), o.latitude.into()),
        ("longitude".into(), o.longitude.into()),
        ("altitude".into(), o.altitude.into()),
        ("time".into(), Dynamic::from(o.time)),
        ("site".into(), o.site.to_string().into()),
        ("kind".into(), o.kind.to_string().into()),
    ]);
    Ok(map)
}

options! {
    /// Options of operators of one's own.
    struct ColumnsOptions of "operator::weights", "operator::value" {
        /// Columns that its numbers are taken from in observations::from_table, with their units.
        columns: Map = Map::new(),
    }
}

impl ColumnsOptions {
    /// Names and units of the columns.
    fn columns(self) -> Result<Vec<(String, String)>> {
        let column = |(name, unit): (&rhai::Identifier, &Dynamic)| {
            let unit: String = read(&format!("the unit of {name}"), unit)?;
            Unit::parse(&unit)?;
            Ok((name.to_string(), unit))
        };
        self.columns.iter().map(column).collect()
    }
}

options! {
    /// Where a point of air lies.
    struct PointOptions of "operator::point" {
        /// The height above the model's surface.
        height: Option<f64> ["m"],
        /// The ground's height above sea level, beside `height`.
        elevation: Option<f64> ["m"],
        /// The pressure, in place of a height.
        pressure: Option<f64> ["Pa"],
    }
}

choice!(Vertical, "way to match levels", {
    "sigma" => Vertical::Sigma,
    "pressure" => Vertical::Pressure,
});

options! {
    /// How a retrieved column is sampled.
    struct ColumnOptions of "operator::column" {
        /// In what the levels of retrieval and model are matched: "sigma", pressure over surface
        /// pressure, each its own; or "pressure", as for a spectrometer on a mountain that the grid
        /// does not have.
        vertical: Vertical = Vertical::Sigma,
    }
}

options! {
    /// What a function of weights may answer with.
    struct LinearAnswer of "the answer of an operator" {
        /// The weight of each level.
        weights: Vec<f64>,
        /// A part that does not depend on the model.
        offset: Dynamic ["mol mol-1"] = Dynamic::from(0.0),
    }
}

/// What a function of weights answered: weights, or a map of them and an offset.
fn linear(air: &AirColumn, answer: &Dynamic) -> Result<Equivalent> {
    let Some(map) = answer.read_lock::<Map>().map(|m| m.clone()) else {
        return air.weighted(0.0, &read::<Vec<f64>>("the weights", answer)?);
    };
    let answer = LinearAnswer::read_as("the answer of an operator", map, None)?;
    air.weighted(mole_fraction(&answer.offset)?, &answer.weights)
}

/// A mole fraction \[mol mol-1\] from a number, or from a field of one value in its unit.
fn mole_fraction(value: &Dynamic) -> Result<f64> {
    let expected = || {
        Error::new("the value of an operator is not a mole fraction")
            .expected("a number in mol mol-1, or a field of one value")
            .got(describe(value))
    };
    match value.read_lock::<Field>() {
        Some(field) => {
            let factor = field.unit.factor_to(&Unit::parse("mol mol-1")?);
            Ok(field.value().map_err(|_| expected())? * factor.map_err(|_| expected())?)
        }
        None => read("the value of an operator", value).map_err(|_| expected()),
    }
}

fn of_profile(f: ScriptFunction, map: Map) -> OfProfile {
    Arc::new(move |profile: &[f64]| {
        let line = line_of("co2", Array1::from(profile.to_vec()), "level");
        mole_fraction(&f.call((in_unit(line, "mol mol-1")?, map.clone()))?)
    })
}

#[export_module]
mod functions {
    /// A point of air: linear in longitude, latitude and height. What observations are sampled
    /// through unless another operator is given.
    ///
    /// Without options the observation's altitude above sea level counts, as aircraft, balloons and
    /// mountains have it; so does `pressure` in its place. With `height` it is so far above the
    /// model's surface, as the intake of a tower is above the ground. With `height` and `elevation`
    /// it is above the model's surface too, unless the station's ground lies more than 500 m above
    /// that, as a mountain does that the grid does not have: then it is at `elevation` + `height`
    /// above sea level. A point below the model's surface is in the lowest level; one above the
    /// model's top is an error.
    ///
    /// # Returns
    /// An operator.
    ///
    /// # Errors
    /// A pressure or height that no air has.
    ///
    /// # Example
    /// ```rhai
    /// let sonde = operator::point(#{ pressure: "500 hPa" });
    /// assert(sonde.to_string() == "operator::point(#{ pressure: 50000.0 })");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn point(context: NativeCallContext, options: Map) -> Fallible<Operator> {
        attempt(&context, || {
            let o = PointOptions::read(&context, options)?;
            let given = [
                ("height", o.height),
                ("elevation", o.elevation),
                ("pressure", o.pressure),
            ];
            let geometry = given
                .into_iter()
                .fold(Geometry::default(), |all, (name, x)| match x {
                    Some(x) => all.with(name, [x]),
                    None => all,
                });
            Ok(Operator(Point::default().with_geometry(&geometry)?))
        })
    }

    /// A retrieved column (Connor et al. 2008): the prior column plus, level by level, pressure
    /// weight times averaging kernel times what the model's dry air differs from the prior profile.
    ///
    /// Its levels come from a table, in either order: `pressure`, or `sigma` and
    /// `surface_pressure`; `kernel`, `prior`, `weight`, and, if it is not their sum,
    /// `prior_column`. `surface_pressure` beside `pressure` says where the retrieval's surface is,
    /// if not at its lowest level; `kernel_pressure` the levels of a kernel on levels of its own;
    /// `water` the mole fraction of water in the prior, where prior and weights are of wet air, as
    /// TCCON's integration operator is.
    ///
    /// # Returns
    /// An operator, for `observations::from_table`.
    ///
    /// # Errors
    /// Another way to match levels.
    ///
    /// # Example
    /// ```rhai
    /// let row = #{ time: date("2016-07-01T13:00"), latitude: 45, longitude: 10, xco2: 400.2, sd: 0.5,
    ///     levels: "1000 700 400 100 hPa", kernel: "1 1 1 0.9", prior: "400 399 398 396 ppm", weight: "0.2 0.3 0.3 0.2" };
    /// let observed = observations::from_table(table([row]), #{
    ///     source: "satellite", value: ["xco2", "ppm"], sd: ["sd", "ppm"], operator: operator::column(), pressure: "levels",
    /// });
    /// assert(observed.len == 1);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn column(context: NativeCallContext, options: Map) -> Fallible<Operator> {
        attempt(&context, || {
            let vertical = ColumnOptions::read(&context, options)?.vertical;
            Ok(Operator(Arc::new(Column {
                vertical,
                ..Column::default()
            })))
        })
    }

    /// The mean of a layer of air by mass, as an air core gives it; the layer comes from a table:
    /// `bottom` and `top` \[Pa\].
    ///
    /// # Returns
    /// An operator, for `observations::from_table`.
    ///
    /// # Example
    /// ```rhai
    /// let row = #{ time: date("2016-07-01"), latitude: 45, longitude: 2, bottom: "800 hPa", top: "700 hPa" };
    /// let plan = network::from_table(table([row]), #{ source: "air_core", operator: operator::layer_mean() });
    /// assert(plan.len == 1);
    /// ```
    pub fn layer_mean() -> Operator {
        Operator(Arc::new(LayerMean::default()))
    }

    /// A linear operator of one's own: a function of the air over an observation that gives the
    /// weight of each level.
    ///
    /// It is called once for an observation and an instant, for all members together. The air is a
    /// map: `pressure` \[Pa\] and `height` \[m above sea level\] of the levels (level), from the
    /// surface up, `edges` between them (edge) \[Pa\], `surface_height` \[m\]; the observation's
    /// latitude, longitude, altitude, time, site and kind; and a number (or a field) for each of
    /// the operator's own `columns`.
    ///
    /// # Arguments
    /// - `name`: of the kind of operator.
    /// - `weights`: the function; it gives a field or an array with a weight for each level, or a
    ///   map `#{ weights, offset }` with a part that does not depend on the model \[mol mol-1\].
    ///
    /// # Returns
    /// An operator.
    ///
    /// # Errors
    /// An unknown unit; when it samples, another number of weights than levels.
    ///
    /// # Example
    /// ```rhai
    /// // The mean of the lowest three levels by their mass.
    /// let lowest = operator::weights("lowest", |air| {
    ///     let mass = -air.edges.diff("edge").values();
    ///     let below = mass[0] + mass[1] + mass[2];
    ///     let w = [mass[0] / below, mass[1] / below, mass[2] / below];
    ///     w.pad(air.pressure.len(), 0.0);
    ///     w
    /// });
    /// assert(kind(lowest) == "Operator");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn weights(
        context: NativeCallContext,
        name: &str,
        weights: FnPtr,
        options: Map,
    ) -> Fallible<Operator> {
        attempt(&context, || {
            let columns = ColumnsOptions::read(&context, options)?.columns()?;
            let f = ScriptFunction::new(&context, weights);
            let sampled = move |o: &Observation, geometry: &Geometry, air: &Arc<AirColumn>| {
                linear(air, &f.call((air_map(o, geometry, air)?,))?)
            };
            Ok(Operator(Arc::new(Function::new(name, &columns, sampled))))
        })
    }

    /// An operator of one's own that need not be linear: a function of a member's profile and of
    /// the air over an observation that gives the equivalent.
    ///
    /// It is called for each member; where weights of the levels say the same, `operator::weights`
    /// is much faster.
    ///
    /// # Arguments
    /// - `name`: of the kind of operator.
    /// - `value`: the function; the profile is a field (level) \[mol mol-1\], from the surface up,
    ///   the air a map as `operator::weights` has it. It gives a number in mol mol-1, or a field of
    ///   one value in a unit of its own.
    ///
    /// # Returns
    /// An operator.
    ///
    /// # Errors
    /// An unknown unit; when it samples, a value that is not finite.
    ///
    /// # Example
    /// ```rhai
    /// let highest = operator::value("highest", |profile, air| profile.max());
    /// assert(kind(highest) == "Operator");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn value(
        context: NativeCallContext,
        name: &str,
        value: FnPtr,
        options: Map,
    ) -> Fallible<Operator> {
        attempt(&context, || {
            let columns = ColumnsOptions::read(&context, options)?.columns()?;
            let f = ScriptFunction::new(&context, value);
            let sampled = move |o: &Observation, geometry: &Geometry, air: &Arc<AirColumn>| {
                Ok(air.function(of_profile(f.clone(), air_map(o, geometry, air)?)))
            };
            Ok(Operator(Arc::new(Function::new(name, &columns, sampled))))
        })
    }
}
