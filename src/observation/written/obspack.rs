//! Sampled values in the layout of an ObsPack, as GEOS-Chem's
//! `GEOSChem.ObsPack.YYYYMMDD_hhmmz.nc4`:
//! unlimited `obs`, `obspack_id` of 200 characters, `averaging_interval` \[s\] with its start and
//! end
//! in seconds since 1970, longitude, latitude, altitude, and mole fractions \[mol mol-1\], missing
//! ones -1e34. Joined with the observations by `obspack_id`.

use super::mean_and_sd;
use crate::error::{Error, Result};
use crate::io::netcdf::{RecordColumn, RecordValues, write_columns};
use crate::observation::{Observation, Observations};
use ndarray::Array2;
use std::path::Path;

const FILL: f64 = -1e34;
const WIDTH: usize = 200;
const SINCE: &str = "seconds since 1970-01-01 00:00:00 UTC";

/// Writes observations with the mean and standard deviation of their equivalents (observation,
/// member) \[mol mol-1\], keyed by their identifiers.
///
/// # Errors
/// An observation without an identifier, one twice, equivalents that do not fit, a folder that
/// cannot be written to.
pub fn write_obspack(
    observations: &Observations,
    equivalents: &Array2<f64>,
    path: &Path,
) -> Result<()> {
    let ids = identifiers(observations)?;
    let [mean, sd] = mean_and_sd(observations, equivalents)?;
    let mut columns = keys(observations, ids);
    columns.extend(values(observations, mean, sd));
    let said = [
        ("Conventions", "CF-1.8"),
        (
            "title",
            "Model values sampled at observations, keyed by obspack_id",
        ),
    ];
    write_columns(path, "obs", &columns, &said)
}

fn number(name: &str, unit: &str, long: &str, values: Vec<f64>) -> RecordColumn {
    let values = RecordValues::Numbers { values, fill: FILL };
    RecordColumn::new(name, values, unit, long)
}

/// Identifiers, and the intervals over which the model was averaged.
fn keys(observations: &Observations, ids: Vec<String>) -> Vec<RecordColumn> {
    let integer = |name: &str, unit: &str, long: &str, value: fn(&Observation) -> i64| {
        let values = observations.rows.iter().map(value).collect();
        RecordColumn::new(name, RecordValues::Integers(values), unit, long)
    };
    let length = |o: &Observation| o.end().seconds() - o.begin().seconds();
    let ids = RecordValues::Characters(ids, WIDTH);
    vec![
        RecordColumn::new("obspack_id", ids, "1", "ObsPack ID"),
        integer("time", SINCE, "middle of the averaging interval", |o| {
            o.time.seconds()
        }),
        integer(
            "averaging_interval",
            "seconds",
            "amount of model time averaged",
            length,
        ),
        integer(
            "averaging_interval_start",
            SINCE,
            "start of the interval",
            |o| o.begin().seconds(),
        ),
        integer(
            "averaging_interval_end",
            SINCE,
            "end of the interval",
            |o| o.end().seconds(),
        ),
    ]
}

/// Where and what was observed, and what the model gives.
fn values(observations: &Observations, mean: Vec<f64>, sd: Vec<f64>) -> Vec<RecordColumn> {
    let of = |value: fn(&Observation) -> f64| observations.rows.iter().map(value).collect();
    let moles = "mol mol-1";
    vec![
        number("latitude", "degrees_north", "latitude", of(|o| o.latitude)).standard("latitude"),
        number(
            "longitude",
            "degrees_east",
            "longitude",
            of(|o| o.longitude),
        )
        .standard("longitude"),
        number(
            "altitude",
            "m",
            "altitude above sea level",
            of(|o| o.altitude),
        ),
        number(
            "value",
            moles,
            "observed mole fraction of CO2",
            of(|o| o.value),
        ),
        number(
            "value_unc",
            moles,
            "stated standard deviation of its error",
            of(|o| o.error),
        ),
        number(
            "CO2",
            moles,
            "sampled mole fraction of CO2, mean over members",
            mean,
        ),
        number("CO2_sd", moles, "its standard deviation over members", sd),
    ]
}

/// The identifier of each observation.
fn identifiers(observations: &Observations) -> Result<Vec<String>> {
    let id = |o: &Observation| {
        o.id.as_deref()
            .filter(|id| !id.is_empty())
            .map(String::from)
            .ok_or_else(|| {
                Error::new("an observation has no identifier to be joined by")
                    .expected("an obspack_id, or another text of its own, in the column id")
                    .got(format!("none at {} {}", o.site, o.time))
                    .hint("observations::from_table(table, #{ id: \"obspack_id\" })")
            })
    };
    let ids = observations
        .rows
        .iter()
        .map(id)
        .collect::<Result<Vec<String>>>()?;
    let mut sorted: Vec<&String> = ids.iter().collect();
    sorted.sort();
    match sorted.windows(2).find(|w| w[0] == w[1]) {
        None => Ok(ids),
        Some(w) => Err(Error::new("an identifier comes twice").got(format!("\"{}\"", w[0]))),
    }
}
