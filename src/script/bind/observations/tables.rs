//! Observations from tables, and as tables.

use super::warn_of_repeated;
use crate::error::{Error, Result, Warning};
use crate::field::Field;
use crate::observation;
use crate::observation::{Columns, Given};
use crate::script::bind::observations::Observations;
use crate::script::bind::operator::Operator;
use crate::script::bind::table::column_of;
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::describe;
use crate::script::{Fallible, Host, attempt, read};
use crate::table::{Column, Table};
use crate::units::Unit;
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::path::Path;
use std::sync::Arc;

/// Binds `observations::from_table` and the tables of observations.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("observations", exported_module!(functions));
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
    if !all.rejected.is_empty() {
        let (n, reasons) = (all.rejected.len(), all.rejected.summary());
        let taken = match all.attributes.find("n_joined") {
            Some(Column::Numbers(joined, _)) => joined.iter().sum::<f64>() as usize,
            _ => all.len(),
        };
        let text = format!(
            "{n} of {} records are no observations: {reasons}",
            n + taken
        );
        Host::of(context).warn(Warning::new("rejected_rows", text));
    }
    let unstated = all.without_error();
    if unstated > 0 && unstated < all.len() {
        let text = format!(
            "{unstated} of {} observations state no error, which with_errors can set",
            all.len()
        );
        Host::of(context).warn(Warning::new("errors_not_stated", text));
    }
}

/// The dimension of observations in a file.
const RECORDS: &str = "observation";

fn is_netcdf(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "nc" || e == "nc4")
}

#[export_module]
mod functions {
    /// Observations from a table of measured data, of any kind; they go wherever those of a network
    /// do.
    ///
    /// A row is left out, counted in `rejected` and listed by `rejected_records()`, where it has no
    /// time, no position on the globe, no value, a stated error that is not positive, no altitude,
    /// or numbers that its operator refuses. Rows of one source whose `block` is the same number
    /// (not 0) have correlated errors; those of one site, kind and `unit` are held out together,
    /// days where nothing is said. Columns that are no property of observations are kept as their
    /// `attributes`.
    ///
    /// A value that is a mean is compared with the model's mean over its interval: `start` and
    /// `end`, or `time`, `interval` (a length) and `time_is`, which says whether the time is the
    /// start, the middle or the end of the interval; formats differ, so that it is never guessed.
    /// Its `time` is then the middle.
    ///
    /// An error that is not stated, where there is no `sd` or a row lacks it, is left missing: such
    /// observations can be sampled and scored, but not assimilated before one is set.
    ///
    /// # Arguments
    /// - `table`: one row for each observation.
    /// - `columns`: where properties come from, a map; one that is not named is taken from the
    ///   column of its own name. `latitude`, `longitude` \[degrees\], `time`, `value` and `source`;
    ///   if wanted `sd` (as `value` in units of a mole fraction), `start`, `end`, `interval`,
    ///   `time_is` ("start", "middle" or "end"), `site`, `kind`, `id`, `altitude`
    ///   \[m above sea level\], `unit`, `block`, `operator` (an operator or the name of a built-in
    ///   one; a point unless said) and the operator's numbers: of a point `height` above ground or
    ///   `pressure`, of a column those of `operator::column`. Each is the name of a column, `[name,
    ///   unit]`, a number, or a field (row) or (row, level); text that is no column's name counts
    ///   for all rows.
    ///
    /// # Returns
    /// Observations in order of time; a warning where rows were left out.
    ///
    /// # Errors
    /// A column that is not there or of the wrong type, numbers without a unit where several are in
    /// use, an interval whose time may mark its start as well as its end, a property that is not
    /// known, or no row that is an observation.
    ///
    /// # Example
    /// ```rhai
    /// let t = table([
    ///     #{ station: "MLO", when: date("2016-07-01T12:00"), lat: 19.5, lon: -155.6, elevation: 3397, co2: 404.1 },
    ///     #{ station: "BRW", when: date("2016-07-01T22:00"), lat: 71.3, lon: -156.6, elevation: 11, co2: data::missing() },
    /// ]);
    /// let observed = observations::from_table(t, #{
    ///     latitude: "lat", longitude: "lon", time: "when", altitude: "elevation", site: "station",
    ///     value: ["co2", "ppm"], sd: "0.5 ppm", source: "in_situ", kind: "flask",
    /// });
    /// assert(observed.len == 1 && observed.rejected == #{ "no value": 1 });
    /// assert_near(observed.value.to("ppm").max().value(), 404.1, 1e-9);
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
            warn_of_repeated(&context, &all);
            Ok(Arc::new(all))
        })
    }

    /// The observations as a table, to sort, group, join and write.
    ///
    /// # Returns
    /// A table: source, site, kind, time, latitude, longitude, altitude, value \[ppm\], error
    /// \[ppm\], start and end where there are means, and the attributes.
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-03", #{});
    /// let observed = network::observe(plan, 400e-6 + 0 * linspace("x", 0, 1, plan.len), #{});
    /// let kinds = observed.table().group("kind", #{ mean: ["value", "mean"], range: ["value", |v| v.max() - v.min()] });
    /// assert(kinds.n.sum() == observed.len);
    /// ```
    #[rhai_fn(global, name = "table", return_raw)]
    pub fn table_of(
        context: NativeCallContext,
        observations: &mut Observations,
    ) -> Fallible<Table> {
        attempt(&context, || observations.to_table())
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
    /// let observed = network::observe(plan, 400e-6 + 0 * linspace("x", 0, 1, plan.len), #{});
    /// let again = observations::from_table(observed.full_table(), #{});
    /// assert(again.len == observed.len && again.site == observed.site);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn full_table(
        context: NativeCallContext,
        observations: &mut Observations,
    ) -> Fallible<Table> {
        attempt(&context, || observations.to_full_table())
    }

    /// How many records of the table or file they were read from were left out: a map of reasons
    /// and numbers; `rejected_records()` lists them.
    #[rhai_fn(get = "rejected", global)]
    pub fn rejected(observations: &mut Observations) -> Map {
        let counts = observations.rejected.counts().iter();
        counts
            .map(|(reason, n)| (reason.as_ref().into(), (*n as i64).into()))
            .collect()
    }

    /// The records that were left out when the observations were read, the first 10 000 of them.
    ///
    /// # Returns
    /// A table: file (empty for a table), row (from 0), reason.
    ///
    /// # Example
    /// ```rhai
    /// let t = table([
    ///     #{ time: date("2016-07-01"), latitude: 19.5, longitude: -155.6, altitude: 3397, value: 404.1 },
    ///     #{ time: date("2016-07-02"), latitude: 119.5, longitude: -155.6, altitude: 3397, value: 404.3 },
    /// ]);
    /// let observed = observations::from_table(t, #{ value: ["value", "ppm"], source: "in_situ" });
    /// assert(observed.rejected_records().reason == ["no position on the globe"]);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn rejected_records(
        context: NativeCallContext,
        observations: &mut Observations,
    ) -> Fallible<Table> {
        attempt(&context, || observations.rejected.to_table())
    }

    /// What their files say of the observations beside their properties, a row for each.
    ///
    /// # Returns
    /// A table: laboratory, height of the intake, flags and whatever else the table they were read
    /// from has; without columns where there is nothing.
    ///
    /// # Example
    /// ```rhai
    /// let t = table([
    ///     #{ time: date("2016-07-01"), latitude: 19.5, longitude: -155.6, altitude: 3397, value: 404.1, lab: "NOAA" },
    /// ]);
    /// let observed = observations::from_table(t, #{ value: ["value", "ppm"], sd: "0.5 ppm", source: "in_situ" });
    /// assert(observed.attributes.lab == ["NOAA"]);
    /// ```
    #[rhai_fn(get = "attributes", global)]
    pub fn attributes(observations: &mut Observations) -> Table {
        observations.attributes.clone()
    }

    /// Writes the observations into the output folder, with everything `observations::read` makes
    /// the same observations of: NetCDF where the name ends in `.nc`, else CSV.
    ///
    /// # Arguments
    /// - `name`: of the file.
    ///
    /// # Returns
    /// The path written.
    ///
    /// # Errors
    /// The file cannot be written.
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-03", #{});
    /// let observed = network::observe(plan, 400e-6 * ones("obs", plan.len), #{});
    /// let again = observations::read(observed.write("observed.nc"));
    /// assert(again.len == observed.len && again.site == observed.site);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn write(
        context: NativeCallContext,
        observations: &mut Observations,
        name: &str,
    ) -> Fallible<String> {
        attempt(&context, || {
            let path = Host::of(&context).output(name)?;
            let table = observations.to_full_table()?;
            match is_netcdf(&path) {
                true => table.write_netcdf(&path, "Observations", RECORDS)?,
                false => table.write_csv(&path, true, "")?,
            }
            Ok(path.display().to_string())
        })
    }

    /// Reads observations that `write` wrote.
    ///
    /// # Arguments
    /// - `path`: of the file, NetCDF where it ends in `.nc`, else CSV.
    ///
    /// # Returns
    /// Observations.
    ///
    /// # Errors
    /// The file cannot be read, or holds no observations.
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-03", #{});
    /// let observed = network::observe(plan, 400e-6 * ones("obs", plan.len), #{});
    /// let again = observations::read(observed.write("observed.csv"));
    /// assert(again.len == observed.len && again.kind == observed.kind);
    /// ```
    #[rhai_fn(name = "read", return_raw)]
    pub fn read_file(context: NativeCallContext, path: &str) -> Fallible<Observations> {
        attempt(&context, || {
            let path = Path::new(path);
            let table = match is_netcdf(path) {
                true => Table::read_netcdf(path, RECORDS)?,
                false => Table::read_csv(path)?,
            };
            let all = observation::Observations::from_table(&table, &Columns::default());
            let all = all.map_err(|e| e.at(path.display()))?;
            warn_of_rejected(&context, &all);
            Ok(Arc::new(all))
        })
    }

    /// With an attribute added, or one of that name replaced.
    ///
    /// # Arguments
    /// - `name`: of the attribute, not that of a property.
    /// - `values`: one for each observation: a field, or an array of numbers, text or dates.
    ///
    /// # Returns
    /// Observations.
    ///
    /// # Errors
    /// Another number of values, or the name of a property.
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-03", #{});
    /// let observed = network::observe(plan, 400e-6 * ones("obs", plan.len), #{});
    /// let marked = observed.with_attribute("north", observed.latitude.values().map(|lat| if lat > 0 { 1 } else { 0 }));
    /// assert(marked.filter(|o| o.north == 1).latitude.min() > 0);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn with_attribute(
        context: NativeCallContext,
        observations: &mut Observations,
        name: &str,
        values: Dynamic,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            let all = observations.as_ref().clone();
            Ok(Arc::new(
                all.with_attribute(name, column_of(name, &values)?)?,
            ))
        })
    }
}
