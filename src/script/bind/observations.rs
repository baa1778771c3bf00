//! Observations as values.

use crate::error::{Error, Result, Warning};
use crate::field::Field;
use crate::observation;
use crate::observation::{Columns, Given, HoldOut, Observation, Thinning};
use crate::script::bind::operator::Operator;
use crate::script::bridge::arrays::line_of;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::{describe, kind};
use crate::script::{Fallible, Host, ScriptFunction, attempt, read};
use crate::table::Table;
use crate::units::Unit;
use ndarray::Array1;
use rhai::plugin::*;
use rhai::{Array, Dynamic, FnPtr, Map};
use std::sync::Arc;

/// A table of observations as a script holds it.
pub type Observations = Arc<observation::Observations>;

kind!(Observations, "Observations", "observations");

/// Binds `observations::` and the methods of observations.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Observations>();
    rooms.room("observations", exported_module!(functions));
    optional!(rooms, ThinnedOptions: "thinned" = functions::thinned_token);
}

fn column(
    seen: &Observations,
    name: &str,
    unit: &str,
    of: impl Fn(&Observation) -> f64,
) -> Result<Field> {
    let mut field = line_of(
        name,
        Array1::from_iter(seen.rows.iter().map(of)),
        "observation",
    );
    field.unit = Unit::parse(unit)?;
    Ok(field)
}

fn texts(seen: &Observations, of: impl Fn(&Observation) -> String) -> Array {
    seen.rows.iter().map(|o| Dynamic::from(of(o))).collect()
}

/// One observation as a map, for closures.
fn row(seen: &observation::Observations, o: &Observation) -> Map {
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
        ("operator".into(), o.sampling.name().to_string().into()),
    ])
}

/// What a property is taken from, as a script says it.
fn given(property: &str, value: &Dynamic) -> Result<Given> {
    if let Ok(text) = value.as_immutable_string_ref() {
        return Ok(Given::Column(text.to_string(), None));
    }
    if let Some(x) = value
        .as_float()
        .ok()
        .or(value.as_int().ok().map(|i| i as f64))
    {
        return Ok(Given::Number(x, None));
    }
    if let Ok(field) = read::<Field>(property, value) {
        let rows = field.shape().first().copied().unwrap_or(1);
        let values = field
            .data()
            .to_shape((rows, field.data().len() / rows.max(1)));
        let values = values.map_err(|e| Error::new(e).at(property))?.to_owned();
        return Ok(Given::Profiles(values, Some(field.unit.clone())));
    }
    let with_unit = value.as_array_ref().ok().and_then(|a| match a.as_slice() {
        [what, unit] if unit.is_string() => Some((what.clone(), unit.clone())),
        _ => None,
    });
    if let Some((what, unit)) = with_unit {
        let unit = Some(read::<Unit>(&format!("the unit of {property}"), &unit)?);
        return Ok(match given(property, &what)? {
            Given::Column(name, _) => Given::Column(name, unit),
            Given::Number(x, _) => Given::Number(x, unit),
            Given::Profiles(values, _) => Given::Profiles(values, unit),
        });
    }
    Err(Error::new(format!("{property} cannot be taken from this"))
        .expected("the name of a column, [name, unit], a number, or a field (row) or (row, level)")
        .got(describe(value)))
}

/// What the properties of observations are taken from, as a script says it.
pub fn columns(map: Map) -> Result<Columns> {
    let mut columns = Columns::default();
    for (property, value) in &map {
        if property == "operator" && !value.is_string() {
            let operator = read::<Operator>("operator", value)?;
            columns.operator = Some(operator.0);
        } else {
            let given = given(property, value)?;
            columns.given.insert(property.to_string(), given);
        }
    }
    Ok(columns)
}

/// Warns of the rows of a table that are no observations.
pub fn warn_of_rejected(context: &NativeCallContext, all: &observation::Observations) {
    let n: usize = all.rejected.values().sum();
    if n > 0 {
        let reasons = all
            .rejected
            .iter()
            .map(|(reason, n)| format!("{reason} {n}"));
        let reasons = reasons.collect::<Vec<_>>().join(", ");
        let text = format!(
            "{n} of {} rows are no observations: {reasons}",
            n + all.len()
        );
        Host::of(context).warn(Warning::new("rejected_rows", text));
    }
}

options! {
    /// How observations are joined to super-observations.
    struct ThinnedOptions of "observations::thinned" {
        /// The interval of time whose observations are joined.
        hours: f64 ["h"] = 1.0,
        /// The correlation of the errors that are joined, 0 to 1.
        correlation: f64 = 0.0,
        /// The least error of the mean.
        floor_ppm: f64 ["ppm"] = 0.0,
    }
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
    pub fn merge(context: NativeCallContext, tables: Array) -> Fallible<Observations> {
        attempt(&context, || {
            let tables = tables
                .iter()
                .map(|t| Ok(read::<Observations>("a table", t)?.as_ref().clone()))
                .collect::<Result<Vec<_>>>()?;
            Ok(Arc::new(observation::Observations::merge(tables)))
        })
    }

    /// Observations from a table of measured data, of any kind; they go wherever those of a network
    /// do.
    ///
    /// A row is left out, and counted in `rejected`, where it has no time, no position on the globe,
    /// no value, a stated error that is not positive, no altitude, or numbers that its operator
    /// refuses. Rows of one source whose `block` is the same number (not 0) have correlated errors;
    /// those of one site, kind and `unit` are held out together, days where nothing is said.
    ///
    /// # Arguments
    /// - `table`: one row for each observation.
    /// - `columns`: where properties come from, a map; one that is not named is taken from the column
    ///   of its own name. `latitude`, `longitude` \[degrees\], `time`, `value` and `sd` (both in
    ///   units of a mole fraction), `source`; if wanted `site`, `kind`, `id`, `altitude` \[m above
    ///   sea level\], `unit`, `block`, `operator` (an operator or the name of a built-in one; a
    ///   point unless said) and the operator's numbers: of a point `height` above ground or
    ///   `pressure`, of a column those of `operator::column`. Each is the name of a column, `[name,
    ///   unit]`, a number, or a field (row) or (row, level); text that is no column's name counts
    ///   for all rows.
    ///
    /// # Returns
    /// Observations in order of time; a warning where rows were left out.
    ///
    /// # Errors
    /// A column that is not there or of the wrong type, numbers without a unit where several are in
    /// use, a property that is not known, or no row that is an observation.
    ///
    /// # Example
    /// ```rhai
    /// let t = table([
    ///     #{ station: "MLO", when: date("2016-07-01T12:00"), lat: 19.5, lon: -155.6, elevation: 3397, co2: 404.1 },
    ///     #{ station: "BRW", when: date("2016-07-01T22:00"), lat: 71.3, lon: -156.6, elevation: 11, co2: data::missing() },
    /// ]);
    /// let seen = observations::from_table(t, #{
    ///     latitude: "lat", longitude: "lon", time: "when", altitude: "elevation", site: "station",
    ///     value: ["co2", "ppm"], sd: "0.5 ppm", source: "in_situ", kind: "flask",
    /// });
    /// assert(seen.len == 1 && seen.rejected == #{ "no value": 1 });
    /// assert_near(seen.value.to("ppm").max().value(), 404.1, 1e-9);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_table(
        context: NativeCallContext,
        table: Table,
        columns: Map,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            let all = observation::Observations::from_table(&table, &super::columns(columns)?)?;
            warn_of_rejected(&context, &all);
            Ok(Arc::new(all))
        })
    }

    /// Number of observations.
    #[rhai_fn(get = "len", global)]
    pub fn len(seen: &mut Observations) -> i64 {
        seen.len() as i64
    }
    /// Names of the sources.
    #[rhai_fn(get = "sources", global)]
    pub fn sources(seen: &mut Observations) -> Array {
        seen.sources
            .iter()
            .map(|s| Dynamic::from(s.clone()))
            .collect()
    }
    /// Latitudes (observation) \[degrees north\].
    #[rhai_fn(get = "latitude", global, return_raw)]
    pub fn latitude(seen: &mut Observations) -> Fallible<Field> {
        plain(column(seen, "latitude", "degrees_north", |o| o.latitude))
    }
    /// Longitudes (observation) \[degrees east\].
    #[rhai_fn(get = "longitude", global, return_raw)]
    pub fn longitude(seen: &mut Observations) -> Fallible<Field> {
        plain(column(seen, "longitude", "degrees_east", |o| o.longitude))
    }
    /// Heights above sea level (observation) \[m\].
    #[rhai_fn(get = "altitude", global, return_raw)]
    pub fn altitude(seen: &mut Observations) -> Fallible<Field> {
        plain(column(seen, "altitude", "m", |o| o.altitude))
    }
    /// Observed mole fractions (observation) \[mol mol-1\].
    #[rhai_fn(get = "value", global, return_raw)]
    pub fn value(seen: &mut Observations) -> Fallible<Field> {
        plain(column(seen, "value", "mol mol-1", |o| o.value))
    }
    /// Stated standard deviations (observation) \[mol mol-1\].
    #[rhai_fn(get = "error", global, return_raw)]
    pub fn error(seen: &mut Observations) -> Fallible<Field> {
        plain(column(seen, "error", "mol mol-1", |o| o.error))
    }
    /// Instants, an array of dates.
    #[rhai_fn(get = "time", global)]
    pub fn time(seen: &mut Observations) -> Array {
        seen.rows.iter().map(|o| Dynamic::from(o.time)).collect()
    }
    /// The source of each observation, an array of text.
    #[rhai_fn(get = "source", global)]
    pub fn source_of_each(seen: &mut Observations) -> Array {
        texts(seen, |o| seen.sources[o.source].clone())
    }
    /// Sites, an array of text.
    #[rhai_fn(get = "site", global)]
    pub fn site(seen: &mut Observations) -> Array {
        texts(seen, |o| o.site.to_string())
    }
    /// Kinds, an array of text.
    #[rhai_fn(get = "kind", global)]
    pub fn kind(seen: &mut Observations) -> Array {
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
    pub fn source(
        context: NativeCallContext,
        seen: &mut Observations,
        name: &str,
    ) -> Fallible<Observations> {
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
        seen: &mut Observations,
        start: Dynamic,
        end: Dynamic,
    ) -> Fallible<Observations> {
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
    ///   longitude, altitude, value_ppm, error_ppm, operator.
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
    pub fn filter(
        context: NativeCallContext,
        seen: &mut Observations,
        keep: FnPtr,
    ) -> Fallible<Observations> {
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
            Ok(Arc::new(observation::Observations {
                sources: seen.sources.clone(),
                rows,
                ..observation::Observations::default()
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
    pub fn table_of(context: NativeCallContext, seen: &mut Observations) -> Fallible<Table> {
        attempt(&context, || seen.to_table())
    }

    /// The observations as a table that `observations::from_table` makes the same observations of:
    /// that of `table()` with block, sampling unit, id, operator and the operator's numbers.
    ///
    /// # Returns
    /// A table; a profile is text, numbers and their unit separated by spaces.
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-03", #{});
    /// let seen = network::observe(plan, 400e-6 + 0 * linspace("x", 0, 1, plan.len), #{});
    /// let again = observations::from_table(seen.full_table(), #{});
    /// assert(again.len == seen.len && again.site == seen.site);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn full_table(context: NativeCallContext, seen: &mut Observations) -> Fallible<Table> {
        attempt(&context, || seen.to_full_table())
    }

    /// How many rows of the table they were read from were left out: a map of reasons and numbers.
    #[rhai_fn(get = "rejected", global)]
    pub fn rejected(seen: &mut Observations) -> Map {
        let rejected = seen.rejected.iter();
        rejected
            .map(|(reason, n)| (reason.as_str().into(), (*n as i64).into()))
            .collect()
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
        seen: &mut Observations,
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
        seen: &mut Observations,
        grid: Arc<crate::grid::Grid>,
        options: Map,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            let o = ThinnedOptions::read(&context, options)?;
            let (interval, floor) = (o.hours * 3600.0, o.floor_ppm * 1e-6);
            Ok(Arc::new(
                Thinning::new(&grid.horizontal, interval, o.correlation, floor)?
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
