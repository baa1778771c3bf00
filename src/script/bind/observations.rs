//! Observations as values.

use crate::error::Result;
use crate::field::Field;
use crate::observation::{HoldOut, Observation, Observations, Thinning};
use crate::script::bridge::arrays::line_of;
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::handle;
use crate::script::{Fallible, Options, ScriptFunction, attempt, read};
use crate::table::{Column, Table};
use crate::units::Unit;
use ndarray::Array1;
use rhai::plugin::*;
use rhai::{Array, Dynamic, FnPtr, Map};
use std::sync::Arc;

/// A table of observations as a script holds it.
pub type Seen = Arc<Observations>;

/// Binds `observations::` and the methods of observations.
pub fn bind(rooms: &mut Rooms) {
    rooms.value::<Seen>("Observations");
    rooms.room("observations", exported_module!(functions));
}

fn column(seen: &Seen, name: &str, unit: &str, of: impl Fn(&Observation) -> f64) -> Result<Field> {
    let mut field = line_of(
        name,
        Array1::from_iter(seen.rows.iter().map(of)),
        "observation",
    );
    field.unit = Unit::parse(unit)?;
    Ok(field)
}

fn texts(seen: &Seen, of: impl Fn(&Observation) -> String) -> Array {
    seen.rows.iter().map(|o| Dynamic::from(of(o))).collect()
}

/// One observation as a map, for closures.
fn row(seen: &Observations, o: &Observation) -> Map {
    Map::from_iter([
        (
            "source".into(),
            Dynamic::from(seen.sources[o.source].clone()),
        ),
        ("site".into(), Dynamic::from(o.site.to_string())),
        ("kind".into(), Dynamic::from(o.kind.to_string())),
        ("time".into(), Dynamic::from(o.time)),
        ("latitude".into(), o.latitude.into()),
        ("longitude".into(), o.longitude.into()),
        ("altitude".into(), o.altitude.into()),
        ("value_ppm".into(), (o.value * 1e6).into()),
        ("error_ppm".into(), (o.error * 1e6).into()),
    ])
}

fn as_table(seen: &Observations) -> Result<Table> {
    let numbers = |of: fn(&Observation) -> f64, unit: Unit| {
        Column::Numbers(seen.rows.iter().map(of).collect(), unit)
    };
    Table::new()
        .with(
            "source",
            Column::text(seen.rows.iter().map(|o| &seen.sources[o.source])),
        )?
        .with("site", Column::text(seen.rows.iter().map(|o| &o.site)))?
        .with("kind", Column::text(seen.rows.iter().map(|o| &o.kind)))?
        .with(
            "time",
            Column::Times(seen.rows.iter().map(|o| o.time).collect()),
        )?
        .with(
            "latitude",
            numbers(|o| o.latitude, Unit::parse("degrees_north")?),
        )?
        .with(
            "longitude",
            numbers(|o| o.longitude, Unit::parse("degrees_east")?),
        )?
        .with("altitude", numbers(|o| o.altitude, Unit::parse("m")?))?
        .with("value", numbers(|o| o.value * 1e6, Unit::parse("ppm")?))?
        .with("error", numbers(|o| o.error * 1e6, Unit::parse("ppm")?))
}

#[export_module]
mod functions {
    /// Several tables of observations in one, in order of time; sources of one name are one source.
    ///
    /// # Arguments
    /// - `tables`: an array of observations.
    ///
    /// # Returns
    /// Observations.
    ///
    /// # Errors
    /// Something that is not observations.
    ///
    /// # Example
    /// ```rhai
    /// assert(observations::merge([]).len == 0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn merge(context: NativeCallContext, tables: Array) -> Fallible<Seen> {
        attempt(&context, || {
            let tables = tables
                .iter()
                .map(|t| {
                    Ok(handle::<Seen>("a table", t, "observations")?
                        .as_ref()
                        .clone())
                })
                .collect::<Result<Vec<_>>>()?;
            Ok(Arc::new(Observations::merge(tables)))
        })
    }

    /// Number of observations.
    #[rhai_fn(get = "len", global)]
    pub fn len(seen: &mut Seen) -> i64 {
        seen.len() as i64
    }
    /// Names of the sources.
    #[rhai_fn(get = "sources", global)]
    pub fn sources(seen: &mut Seen) -> Array {
        seen.sources
            .iter()
            .map(|s| Dynamic::from(s.clone()))
            .collect()
    }
    /// Latitudes (observation) \[degrees north\].
    #[rhai_fn(get = "latitude", global, return_raw)]
    pub fn latitude(seen: &mut Seen) -> Fallible<Field> {
        plain(column(seen, "latitude", "degrees_north", |o| o.latitude))
    }
    /// Longitudes (observation) \[degrees east\].
    #[rhai_fn(get = "longitude", global, return_raw)]
    pub fn longitude(seen: &mut Seen) -> Fallible<Field> {
        plain(column(seen, "longitude", "degrees_east", |o| o.longitude))
    }
    /// Heights above sea level (observation) \[m\].
    #[rhai_fn(get = "altitude", global, return_raw)]
    pub fn altitude(seen: &mut Seen) -> Fallible<Field> {
        plain(column(seen, "altitude", "m", |o| o.altitude))
    }
    /// Observed mole fractions (observation) \[mol mol-1\].
    #[rhai_fn(get = "value", global, return_raw)]
    pub fn value(seen: &mut Seen) -> Fallible<Field> {
        plain(column(seen, "value", "mol mol-1", |o| o.value))
    }
    /// Stated standard deviations (observation) \[mol mol-1\].
    #[rhai_fn(get = "error", global, return_raw)]
    pub fn error(seen: &mut Seen) -> Fallible<Field> {
        plain(column(seen, "error", "mol mol-1", |o| o.error))
    }
    /// Instants, an array of dates.
    #[rhai_fn(get = "time", global)]
    pub fn time(seen: &mut Seen) -> Array {
        seen.rows.iter().map(|o| Dynamic::from(o.time)).collect()
    }
    /// The source of each observation, an array of text.
    #[rhai_fn(get = "source", global)]
    pub fn source_of_each(seen: &mut Seen) -> Array {
        texts(seen, |o| seen.sources[o.source].clone())
    }
    /// Sites, an array of text.
    #[rhai_fn(get = "site", global)]
    pub fn site(seen: &mut Seen) -> Array {
        texts(seen, |o| o.site.to_string())
    }
    /// Kinds, an array of text.
    #[rhai_fn(get = "kind", global)]
    pub fn kind(seen: &mut Seen) -> Array {
        texts(seen, |o| o.kind.to_string())
    }

    /// The observations of one source.
    ///
    /// # Arguments
    /// - `name`: of the source.
    ///
    /// # Returns
    /// Observations.
    ///
    /// # Errors
    /// No such source; those there are are listed.
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-03", #{});
    /// let truth = [];
    /// truth.pad(plan.len, 400e-6);
    /// let seen = network::observe(plan, field("co2", truth), #{});
    /// assert(seen.source("in_situ").len == seen.len);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn source(context: NativeCallContext, seen: &mut Seen, name: &str) -> Fallible<Seen> {
        attempt(&context, || Ok(Arc::new(seen.by_source(name)?)))
    }

    /// The observations from one instant up to, but not at, another.
    ///
    /// # Arguments
    /// - `start`, `end`: dates.
    ///
    /// # Returns
    /// Observations.
    ///
    /// # Errors
    /// Something that is not a date.
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-03", #{});
    /// let truth = [];
    /// truth.pad(plan.len, 400e-6);
    /// let seen = network::observe(plan, field("co2", truth), #{});
    /// assert(seen.between("2016-07-01", "2016-07-02").len < seen.len);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn between(
        context: NativeCallContext,
        seen: &mut Seen,
        start: Dynamic,
        end: Dynamic,
    ) -> Fallible<Seen> {
        attempt(&context, || {
            Ok(Arc::new(seen.between(
                read("the start", &start)?,
                read("the end", &end)?,
            )))
        })
    }

    /// The observations a function says yes to.
    ///
    /// # Arguments
    /// - `keep`: a function of one observation, a map: source, site, kind, time, latitude,
    ///   longitude, altitude, value_ppm, error_ppm.
    ///
    /// # Returns
    /// Observations.
    ///
    /// # Errors
    /// An answer that is not true or false.
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-03", #{});
    /// let truth = [];
    /// truth.pad(plan.len, 400e-6);
    /// let seen = network::observe(plan, field("co2", truth), #{});
    /// assert(seen.filter(|o| o.kind == "flask").len < seen.len);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn filter(context: NativeCallContext, seen: &mut Seen, keep: FnPtr) -> Fallible<Seen> {
        attempt(&context, || {
            let keep = ScriptFunction::new(&context, keep);
            let answers = seen
                .rows
                .iter()
                .map(|o| keep.call_for::<bool>("the answer", (row(seen, o),)))
                .collect::<Result<Vec<bool>>>()?;
            let rows = seen
                .rows
                .iter()
                .zip(answers)
                .filter(|(_, k)| *k)
                .map(|(o, _)| o.clone())
                .collect();
            Ok(Arc::new(Observations {
                sources: seen.sources.clone(),
                rows,
                ..Observations::default()
            }))
        })
    }

    /// The observations as a table, to sort, group, join and write.
    ///
    /// # Returns
    /// A table: source, site, kind, time, latitude, longitude, altitude, value \[ppm\], error
    /// \[ppm\].
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-03", #{});
    /// let seen = network::observe(plan, 400e-6 + 0 * linspace("x", 0, 1, plan.len), #{});
    /// let kinds = seen.table().group("kind", #{ mean: ["value", "mean"], range: ["value", |v| v.max() - v.min()] });
    /// assert(kinds.n.sum() == seen.len);
    /// ```
    #[rhai_fn(global, name = "table", return_raw)]
    pub fn table_of(context: NativeCallContext, seen: &mut Seen) -> Fallible<Table> {
        attempt(&context, || as_table(seen))
    }

    /// Splits off a part for validation: whole flights, whole days of quasi-continuous records,
    /// single flasks.
    ///
    /// # Arguments
    /// - `fraction`: of the sampling units to hold out, 0 to 1.
    /// - `seed`: of the choice.
    ///
    /// # Returns
    /// A map: `kept` and `held_out`, observations.
    ///
    /// # Errors
    /// A fraction outside 0 to 1.
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-03", #{});
    /// let truth = [];
    /// truth.pad(plan.len, 400e-6);
    /// let seen = network::observe(plan, field("co2", truth), #{});
    /// let parts = seen.hold_out(0.2, 1);
    /// assert(parts.kept.len + parts.held_out.len == seen.len);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn hold_out(
        context: NativeCallContext,
        seen: &mut Seen,
        fraction: Dynamic,
        seed: Dynamic,
    ) -> Fallible<Map> {
        attempt(&context, || {
            let (kept, held) =
                HoldOut::new(read("the fraction", &fraction)?, read("the seed", &seed)?)?
                    .split(seen);
            Ok(Map::from_iter([
                ("kept".into(), Dynamic::from(Arc::new(kept))),
                ("held_out".into(), Dynamic::from(Arc::new(held))),
            ]))
        })
    }

    /// Joins observations of one source, cell and interval of time to super-observations.
    ///
    /// # Arguments
    /// - `grid`: whose cells to use.
    /// - `options`: optional. `hours`: 1; `correlation`: 0, of the errors joined; `floor_ppm`: 0,
    ///   the least error of the mean.
    ///
    /// # Returns
    /// Observations.
    ///
    /// # Errors
    /// An interval that is not positive, a correlation outside 0 to 1.
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-03", #{});
    /// let truth = [];
    /// truth.pad(plan.len, 400e-6);
    /// let seen = network::observe(plan, field("co2", truth), #{});
    /// assert(seen.thinned(grid("4x5"), #{ hours: 6 }).len < seen.len);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn thinned(
        context: NativeCallContext,
        seen: &mut Seen,
        grid: Arc<crate::grid::Grid>,
        options: Map,
    ) -> Fallible<Seen> {
        attempt(&context, || {
            let mut o = Options::new("thinned", options);
            let (hours, correlation, floor) = (
                o.quantity("hours", "h", 1.0)?,
                o.or("correlation", 0.0)?,
                o.quantity("floor_ppm", "ppm", 0.0)?,
            );
            o.finish()?;
            Ok(Arc::new(
                Thinning::new(&grid.horizontal, hours * 3600.0, correlation, floor * 1e-6)?
                    .apply(seen)?
                    .observations,
            ))
        })
    }
}

/// The outcome of a getter, which has no call position of its own.
fn plain<T>(outcome: Result<T>) -> Fallible<T> {
    outcome.map_err(|e| crate::script::bridge::errors::thrown(e, rhai::Position::NONE))
}
