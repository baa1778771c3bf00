//! Departures as a monitor file of the Community Inversion Framework, NetCDF with the groups
//! `metadata` (station, network, parameter, lon, lat, alt \[m\], date at the **start**, duration
//! \[h\])
//! and `maindata` (obs, obserror, sim, incr \[ppm\]), or as a table.

use super::mean_and_sd;
use crate::error::Result;
use crate::io::netcdf::{RecordColumn, RecordValues, write_columns};
use crate::observation::{Observation, Observations};
use crate::table::{Column, Table};
use crate::time::HOUR;
use crate::units::Unit;
use ndarray::Array2;
use std::path::Path;

const PPM: f64 = 1e6;

/// Writes observations, their errors, the mean of their equivalents (observation, member) \[mol
/// mol-1\] and the departures observation less model.
///
/// # Errors
/// Equivalents that do not fit, a folder that cannot be written to.
pub fn write_monitor(
    observations: &Observations,
    equivalents: &Array2<f64>,
    path: &Path,
) -> Result<()> {
    let [mean, _] = mean_and_sd(observations, equivalents)?;
    let mut columns = metadata(observations);
    columns.extend(maindata(observations, &mean));
    let said = [("title", "Departures of observations from the model")];
    write_columns(path, "index", &columns, &said)
}

fn number(name: &str, unit: &str, long: &str, values: Vec<f64>) -> RecordColumn {
    let fill = f64::NAN;
    RecordColumn::new(name, RecordValues::Numbers { values, fill }, unit, long)
}

/// Who observed, where and when.
fn metadata(observations: &Observations) -> Vec<RecordColumn> {
    let rows = &observations.rows;
    let text = |name: &str, of: &dyn Fn(&Observation) -> String| {
        let values = RecordValues::Strings(rows.iter().map(of).collect());
        RecordColumn::new(name, values, "", "")
    };
    let of = |value: fn(&Observation) -> f64| rows.iter().map(value).collect();
    let dates = RecordValues::Integers(rows.iter().map(|o| o.begin().seconds()).collect());
    let since = "seconds since 1970-01-01 00:00:00";
    vec![
        text("metadata/station", &|o| o.site.to_string()),
        text("metadata/network", &|o| {
            observations.sources[o.source].clone()
        }),
        text("metadata/parameter", &|_| "CO2".to_string()),
        text("metadata/id", &|o| {
            o.id.as_deref().unwrap_or("").to_string()
        }),
        number(
            "metadata/lon",
            "degrees_east",
            "longitude",
            of(|o| o.longitude),
        ),
        number(
            "metadata/lat",
            "degrees_north",
            "latitude",
            of(|o| o.latitude),
        ),
        number(
            "metadata/alt",
            "m",
            "altitude above sea level",
            of(|o| o.altitude),
        ),
        RecordColumn::new("metadata/date", dates, since, "start of the interval"),
        number(
            "metadata/duration",
            "hours",
            "length of the interval",
            of(hours),
        ),
    ]
}

/// What was observed and what the model gives \[ppm\].
fn maindata(observations: &Observations, mean: &[f64]) -> Vec<RecordColumn> {
    let rows = &observations.rows;
    let of = |value: fn(&Observation) -> f64| rows.iter().map(|o| PPM * value(o)).collect();
    let model = mean.iter().map(|m| PPM * m).collect();
    let departure = rows.iter().zip(mean).map(|(o, m)| PPM * (o.value - m));
    vec![
        number("maindata/obs", "ppm", "observation", of(|o| o.value)),
        number(
            "maindata/obserror",
            "ppm",
            "stated standard deviation",
            of(|o| o.error),
        ),
        number("maindata/sim", "ppm", "model, mean over members", model),
        number(
            "maindata/incr",
            "ppm",
            "observation less model",
            departure.collect(),
        ),
    ]
}

fn hours(o: &Observation) -> f64 {
    o.end().since(o.begin()) / HOUR
}

/// The table of observations with `model`, `model_sd` and `departure` (observation less model)
/// \[ppm\], and their identifiers.
///
/// # Errors
/// Equivalents that do not fit.
pub fn departures(observations: &Observations, equivalents: &Array2<f64>) -> Result<Table> {
    let [mean, sd] = mean_and_sd(observations, equivalents)?;
    let rows = &observations.rows;
    let ppm = |values: Vec<f64>| {
        Ok::<_, crate::error::Error>(Column::Numbers(values, Unit::parse("ppm")?))
    };
    let scaled = |values: &[f64]| values.iter().map(|v| PPM * v).collect::<Vec<f64>>();
    let departure = rows
        .iter()
        .zip(&mean)
        .map(|(o, m)| PPM * (o.value - m))
        .collect();
    let ids = rows.iter().map(|o| o.id.as_deref().unwrap_or(""));
    observations
        .to_table()?
        .with("id", Column::text(ids))?
        .with("model", ppm(scaled(&mean))?)?
        .with("model_sd", ppm(scaled(&sd))?)?
        .with("departure", ppm(departure)?)
}
