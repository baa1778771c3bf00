//! What GEOS-Chem's ObsPack diagnostic samples, `GEOSChem.ObsPack.YYYYMMDD_hhmmz.nc4`.
//!
//! Records along `obs`: `obspack_id`, by which they are joined with the observations,
//! `averaging_interval_start` and `_end` \[s since 1970\], `lat`, `lon`, `CO2` \[mol mol-1\] (or
//! `SpeciesConc_CO2`), `pressure` (documented in Pa, written in hPa), `nsamples`; -1e34 is missing.
//! The values are a model's, of kind `model`.

use super::fields::{Fields, instants};
use super::records::Records;
use crate::error::{Error, Result};
use crate::io::netcdf::Dataset;
use crate::table::Column;
use crate::time::Time;
use crate::units::Unit;
use std::path::Path;

pub(super) fn read(path: &Path) -> Result<Records> {
    let file = Dataset::open(path)?.without_dates();
    let Some(n) = file.records("obspack_id") else {
        return Err(Error::new("the file is no ObsPack output of GEOS-Chem")
            .expected("a variable \"obspack_id\" along its records"));
    };
    let mut fields = Fields::new(&file, 0..n);
    let (starts, lengths) = intervals(&file, n)?;
    let (times, unread) = instants(starts);
    fields.add("time", Column::Times(times))?;
    fields.add("interval", Column::Numbers(lengths, Unit::parse("s")?))?;
    fields.same("time_is", "start")?;
    let Some(value) = fields.first(&["CO2", "SpeciesConc_CO2", "SpeciesConcVV_CO2"]) else {
        return Err(
            Error::new("the file has no CO2").expected("a variable \"CO2\" or \"SpeciesConc_CO2\"")
        );
    };
    let moles = Unit::parse("mol mol-1")?;
    let numbers = fields.numbers(value)?;
    let numbers = numbers
        .iter()
        .map(|v| if *v > -1e30 { *v } else { f64::NAN });
    let numbers = numbers.collect();
    fields.add("value", Column::Numbers(numbers, moles))?;
    for (column, name) in [("latitude", "lat"), ("longitude", "lon")] {
        let degrees = fields.numbers(name)?;
        fields.add(column, Column::numbers(degrees))?;
    }
    fields.add("altitude", Column::numbers(vec![0.0; n]))?;
    fields.text_column("id", &["obspack_id"])?;
    fields.number_column("nsamples", &["nsamples"])?;
    if let Some(name) = fields.first(&["pressure"]) {
        let pressure = fields.numbers(name)?;
        // Documented in Pa, written in hPa: no air at a station is at 2 kPa.
        let hpa = |p: &f64| if *p > 2000.0 { 0.01 * p } else { *p };
        let hpa = pressure.iter().map(hpa).collect();
        fields.add("air_pressure", Column::Numbers(hpa, Unit::parse("hPa")?))?;
    }
    let site = |id: &String| {
        let dataset = id.split('~').nth(1).and_then(super::obspack::Name::parse);
        dataset.map_or_else(String::new, |n| n.site)
    };
    if let Ok(Column::Text(ids)) = fields.table.column("id") {
        let sites = ids.iter().map(site).collect();
        fields.add("site", Column::Text(sites))?;
    }
    fields.same("kind", "model")?;
    fields.add("bad", Column::Text(unread))?;
    Ok(Records::new(path, fields.table))
}

/// The starts of the intervals of `n` records, and their lengths \[s\].
fn intervals(file: &Dataset, n: usize) -> Result<(Vec<Option<Time>>, Vec<f64>)> {
    let starts = file.instants("averaging_interval_start", 0..n)?;
    let ends = file.instants("averaging_interval_end", 0..n)?;
    let length = |(start, end): (&Option<Time>, &Option<Time>)| match (start, end) {
        (Some(start), Some(end)) => end.since(*start).max(0.0),
        _ => 0.0,
    };
    let lengths = starts.iter().zip(&ends).map(length).collect();
    Ok((starts, lengths))
}

#[cfg(test)]
mod tests {
    use crate::observation::files::{Format, Reading, read as read_files};

    #[test]
    fn samples_are_keyed_by_the_identifier_of_the_observation() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("GEOSChem.ObsPack.20160701_0000z.nc4");
        let mut file = netcdf::create(&path).unwrap();
        file.add_dimension("obs", 2).unwrap();
        let mut put = |name: &str, values: [f64; 2], unit: &str| {
            let mut variable = file.add_variable::<f64>(name, &["obs"]).unwrap();
            variable.put_attribute("units", unit).unwrap();
            variable.put_values(&values, ..).unwrap();
        };
        let seconds = "seconds since 1970-01-01 00:00:00 UTC";
        put(
            "averaging_interval_start",
            [1_467_331_200.0, 1_467_334_800.0],
            seconds,
        );
        put(
            "averaging_interval_end",
            [1_467_334_800.0, 1_467_338_400.0],
            seconds,
        );
        put("CO2", [4.0e-4, -1e34], "mol mol-1");
        put("lat", [10.0; 2], "degrees_north");
        put("lon", [20.0; 2], "degrees_east");
        put("pressure", [1000.0, 900.0], "Pa");
        let mut id = file.add_string_variable("obspack_id", &["obs"]).unwrap();
        for k in 0..2 {
            let name = format!("pack~co2_mlo_surface-flask_1_representative~{k}");
            id.put_string(&name, [k]).unwrap();
        }
        file.close().unwrap();
        let (all, _) = read_files(Format::GeosChem, &[path], &Reading::default()).unwrap();
        assert_eq!(
            (all.len(), all.rejected.summary().as_str()),
            (1, "no value 1")
        );
        let one = &all.rows[0];
        assert_eq!(one.time.to_string(), "2016-07-01T00:30:00Z");
        assert_eq!(
            one.id.as_deref(),
            Some("pack~co2_mlo_surface-flask_1_representative~0")
        );
        assert_eq!((one.value, &*one.site), (4.0e-4, "MLO"));
    }
}
