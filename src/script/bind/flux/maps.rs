//! Fluxes from maps: fields, and functions of the date that give them.

use crate::error::{Error, Result};
use crate::field::{Coordinate, Dimension, Field};
use crate::flux::{Given, Maps, SurfaceFlux};
use crate::grid::{Grid, LatLonGrid};
use crate::script::bind::flux::Flux;
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::{describe, handle};
use crate::script::{Fallible, Options, ScriptFunction, attempt};
use crate::time::Time;
use crate::units::{MOLAR_MASS_CARBON, Unit};
use ndarray::Axis;
use rhai::plugin::*;
use rhai::{Dynamic, FnPtr, Map};
use std::sync::Arc;

/// Binds `flux::from_field` and `flux::from_function`.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("flux", exported_module!(flux));
}

/// What makes a field a flux on a grid \[kg C m-2 s-1\].
#[derive(Clone)]
pub(in crate::script::bind) struct Reading {
    pub(in crate::script::bind) grid: LatLonGrid,
    /// Of the gas \[kg mol-1\], for fluxes in kg.
    pub(in crate::script::bind) molar_mass: Option<f64>,
}

impl Reading {
    /// The factor from a unit to kg C m-2 s-1.
    fn factor(&self, unit: &Unit) -> Result<f64> {
        let (carbon, mass) = (Unit::parse("kgC m-2 s-1")?, Unit::parse("kg m-2 s-1")?);
        if let Ok(factor) = unit.factor_to(&carbon) {
            return Ok(factor);
        }
        match (unit.factor_to(&mass), self.molar_mass) {
            (Ok(factor), Some(molar_mass)) => Ok(factor * MOLAR_MASS_CARBON / molar_mass),
            (Ok(_), None) => Err(
                Error::new("a flux in kilograms of a gas needs its molar mass")
                    .got(unit)
                    .hint("#{ molar_mass: \"146 g mol-1\" }"),
            ),
            _ => {
                let got = if unit.is_none() {
                    "no unit".to_string()
                } else {
                    unit.to_string()
                };
                let expected = "a flux such as mol m-2 s-1, kgC m-2 s-1, atoms cm-2 s-1 or, with a molar mass, kg m-2 s-1";
                Err(Error::new("the unit of a flux")
                    .expected(expected)
                    .got(got)
                    .hint(".with_unit(\"mol m-2 s-1\")"))
            }
        }
    }

    /// Refuses other dimensions than the latitudes and longitudes of the grid.
    fn check(&self, dimensions: &[Dimension]) -> Result<()> {
        for (got, wanted) in dimensions.iter().zip(self.grid.dimensions()) {
            let same = got.name == wanted.name
                && got.len() == wanted.len()
                && match (&got.coordinate, &wanted.coordinate) {
                    (Coordinate::Numbers(a, _), Coordinate::Numbers(b, _)) => {
                        a.iter().zip(b.iter()).all(|(a, b)| (a - b).abs() < 1e-4)
                    }
                    _ => true,
                };
            if !same {
                return Err(Error::new("a flux is on another grid")
                    .expected(format!("{}: {}", wanted.name, wanted.span()))
                    .got(format!("{}: {}", got.name, got.span()))
                    .hint("field(grid, |lat, lon| ...)"));
            }
        }
        Ok(())
    }

    /// A map (lat, lon).
    fn map(&self, field: &Field) -> Result<Vec<f64>> {
        let factor = self.factor(&field.unit)?;
        if field.dimensions().len() != 2 {
            let got: Vec<&str> = field.dimensions().iter().map(|d| d.name.as_str()).collect();
            return Err(Error::new("a flux must be a map")
                .expected("a field (lat, lon)")
                .got(format!("({})", got.join(", "))));
        }
        self.check(field.dimensions())?;
        Ok(field.data().iter().map(|v| factor * v).collect())
    }

    /// One map, maps of months, or maps from instants on.
    fn field(&self, field: &Field) -> Result<Maps> {
        let Some(first) = field
            .dimensions()
            .first()
            .filter(|_| field.dimensions().len() == 3)
        else {
            return Ok(Maps::Constant(self.map(field)?));
        };
        let factor = self.factor(&field.unit)?;
        self.check(&field.dimensions()[1..])?;
        let maps = field
            .data()
            .axis_iter(Axis(0))
            .map(|map| map.iter().map(|v| factor * v).collect::<Vec<f64>>());
        match (first.name.as_str(), &first.coordinate) {
            ("month", _) => Ok(Maps::Monthly(maps.collect())),
            (_, Coordinate::Times(times)) => {
                Ok(Maps::From(times.iter().copied().zip(maps).collect()))
            }
            (name, _) => Err(Error::new("a flux changes by month or from dates on")
                .expected("a first dimension \"month\", or one of dates")
                .got(format!("\"{name}\""))),
        }
    }

    /// Maps by a function of the date.
    fn function(self, function: ScriptFunction) -> Maps {
        Maps::At(Box::new(move |time: Time| {
            self.map(&function.call_for("the flux of a date", (Dynamic::from(time),))?)
        }))
    }

    /// The source of a tracer: nothing, a flux, a field or a function.
    pub(in crate::script::bind) fn source(
        self,
        context: &NativeCallContext,
        value: Option<Dynamic>,
    ) -> Result<Arc<dyn SurfaceFlux>> {
        let grid = self.grid.clone();
        let Some(value) = value.filter(|v| !v.is_unit()) else {
            return Ok(Arc::new(Given::none(&grid)));
        };
        if value.is::<Flux>() {
            return Ok(handle::<Flux>("the source", &value, "a flux")?.model);
        }
        let maps = if let Some(pointer) = value.clone().try_cast::<FnPtr>() {
            self.function(ScriptFunction::new(context, pointer))
        } else if let Some(field) = value.clone().try_cast::<Field>() {
            self.field(&field)?
        } else {
            return Err(Error::new("the source has the wrong type")
                .expected("a field, a function of the date, or a flux")
                .got(describe(&value)));
        };
        Ok(Arc::new(Given::new(&grid, maps)?))
    }
}

/// Options of a flux: the molar mass.
fn reading(function: &str, grid: &Grid, options: Map) -> Result<Reading> {
    let mut o = Options::new(function, options);
    let mass = o.quantity("molar_mass", "kg mol-1", 0.0)?;
    o.finish()?;
    Ok(Reading {
        grid: grid.horizontal.clone(),
        molar_mass: (mass > 0.0).then_some(mass),
    })
}

#[export_module]
mod flux {
    /// A flux that is given as a map, the same at any time, or as one map for each month or from
    /// each of several dates on.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    /// - `maps`: a field (lat, lon) on that grid; or (month, lat, lon) with twelve months from
    ///   January, each held through its month of every year; or (time, lat, lon), each held from
    ///   its date to the next, the last as long as the one before it. In a unit of flux: `mol m-2
    ///   s-1`, `kgC m-2 s-1`, `atoms cm-2 s-1` or, with a molar mass, `kg m-2 s-1`.
    /// - `options`: optional. `molar_mass`: of the gas, such as `"146 g mol-1"`.
    ///
    /// # Returns
    /// A flux without factors.
    ///
    /// # Errors
    /// A field on another grid, in another unit or with a missing value; other than twelve months;
    /// dates that do not rise. A run beyond the dates is refused before it starts.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let breath = flux::from_field(g, field(g, |lat, lon| if lat > 0 { 1.0 } else { 0.0 }).with_unit("gC m-2 d-1"));
    /// let model = transport::model(meteorology::built_in(g), #{ step: "3 h" });
    /// let run = model.run(concentrations::uniform(g, 1, 400), breath, "2016-07-01", "2016-07-02");
    /// assert_near(run.ledger.emitted, 0.189, 0.001); // PgC: 1 g from the 1.89e14 m2 north of 15 degrees
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_field(
        context: NativeCallContext,
        grid: Arc<Grid>,
        maps: Field,
        options: Map,
    ) -> Fallible<Flux> {
        attempt(&context, || {
            let reading = reading("flux::from_field", &grid, options)?;
            let given = Given::new(&grid.horizontal, reading.field(&maps)?)?;
            Ok(Flux::without_factors(
                Arc::new(given),
                "flux::from_field(...)",
            ))
        })
    }

    #[rhai_fn(name = "from_field", return_raw)]
    pub fn from_field_plain(
        context: NativeCallContext,
        grid: Arc<Grid>,
        maps: Field,
    ) -> Fallible<Flux> {
        from_field(context, grid, maps, Map::new())
    }

    /// A flux that a function of the date gives.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    /// - `map`: a function of the date in the middle of an interval over which the transport
    ///   averages fluxes (its option `flux_interval`) that gives a field (lat, lon) in a unit of
    ///   flux, as `flux::from_field` takes it.
    /// - `options`: optional. `molar_mass`: of the gas, such as `"146 g mol-1"`.
    ///
    /// # Returns
    /// A flux without factors.
    ///
    /// # Errors
    /// When it is used: what the function gives is no such field.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let one = field(g, |lat, lon| 1.0).with_unit("gC m-2 d-1");
    /// let by_day = flux::from_function(g, |date| if date < date("2016-07-02") { one } else { 0.0 * one });
    /// let model = transport::model(meteorology::built_in(g), #{ step: "3 h" });
    /// let run = model.run(concentrations::uniform(g, 1, 400), by_day, "2016-07-01", "2016-07-03");
    /// assert_near(run.ledger.emitted, 0.51, 0.005); // one day of the whole globe
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_function(
        context: NativeCallContext,
        grid: Arc<Grid>,
        map: FnPtr,
        options: Map,
    ) -> Fallible<Flux> {
        attempt(&context, || {
            let reading = reading("flux::from_function", &grid, options)?;
            let given = Given::new(
                &grid.horizontal,
                reading.function(ScriptFunction::new(&context, map)),
            )?;
            Ok(Flux::without_factors(
                Arc::new(given),
                "flux::from_function(...)",
            ))
        })
    }

    #[rhai_fn(name = "from_function", return_raw)]
    pub fn from_function_plain(
        context: NativeCallContext,
        grid: Arc<Grid>,
        map: FnPtr,
    ) -> Fallible<Flux> {
        from_function(context, grid, map, Map::new())
    }
}
