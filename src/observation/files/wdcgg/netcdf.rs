//! NetCDF of the World Data Centre for Greenhouse Gases: the columns of its text as variables along
//! the records, `start_time` and `end_time` (or `time`) as instants or as six numbers each,
//! position and scale as variables or as attributes (`site_latitude`, ...,
//! `dataset_calibration_scale`).

use crate::error::{Error, Result};
use crate::io::netcdf::Dataset;
use crate::observation::files::fields::{Fields, instants};
use crate::observation::files::obspack::{Name, REJECTED, positions};
use crate::observation::files::records::Records;
use crate::observation::files::text::length_of;
use crate::table::Column;
use crate::time::Time;
use crate::units::Unit;
use std::path::Path;

pub(super) fn read(path: &Path) -> Result<Records> {
    let file = Dataset::open(path)?.without_dates();
    let Some(n) = file.records("value") else {
        return Err(Error::new("the file is not of the WDCGG layout")
            .expected("a variable \"value\" along its records"));
    };
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let mut fields = Fields::new(&file, 0..n);
    let named = Name::parse(&fields.about("dataset_name"));
    let name = named.or_else(|| Name::parse(&stem)).unwrap_or_default();
    let unread = when(&mut fields, &stem)?;
    fields.number_column("value", &["value"])?;
    for column in ["value_unc", "nvalue"] {
        fields.number_column(column, &[column])?;
    }
    positions(&mut fields, Some(&name))?;
    names(&mut fields, &name)?;
    let bad = match fields.first(&["QCflag"]) {
        None => unread,
        Some(flag) => {
            let flags = file.all_stored(flag)?;
            fields.add("wdcgg_flag", Column::numbers(flags.as_slice()))?;
            let reason = |(unread, flag): (String, &f64)| match *flag == 3.0 && unread.is_empty() {
                true => REJECTED.to_string(),
                false => unread,
            };
            unread.into_iter().zip(&flags).map(reason).collect()
        }
    };
    fields.add("bad", Column::Text(bad))?;
    Ok(Records::new(path, fields.table))
}

/// Adds the starts and lengths of the means; gives why a record has none.
fn when(fields: &mut Fields, stem: &str) -> Result<Vec<String>> {
    let Some(starts) = fields.moments(&["start_time", "time", "time_components"])? else {
        return Err(Error::new("the times of the records are not known")
            .expected("a variable \"start_time\" or \"time\""));
    };
    let ends = fields
        .moments(&["end_time"])?
        .unwrap_or_else(|| vec![None; starts.len()]);
    let every = match fields.about("dataset_time_interval") {
        none if none.is_empty() => stem.to_string(),
        every => every,
    };
    let length = |(start, end): (&Option<Time>, &Option<Time>)| match (start, end) {
        (Some(start), Some(end)) if end > start => end.since(*start),
        (Some(start), None) => length_of(&every, *start),
        _ => 0.0,
    };
    let lengths = starts.iter().zip(&ends).map(length).collect();
    let (times, unread) = instants(starts);
    fields.add("time", Column::Times(times))?;
    fields.add("interval", Column::Numbers(lengths, Unit::parse("s")?))?;
    fields.same("time_is", "start")?;
    Ok(unread)
}

/// Adds site, kind, laboratory, gas and scale.
fn names(fields: &mut Fields, name: &Name) -> Result<()> {
    let or = |attribute: &str, other: &str| match fields.about(attribute) {
        none if none.is_empty() => other.to_string(),
        text => text,
    };
    let site = or("site_gaw_id", &or("site_code", &name.site));
    let gas = or("dataset_parameter", &name.gas);
    let scale = or("dataset_calibration_scale", "");
    match fields.first(&["site_gaw_id"]) {
        Some(variable) => fields.text_column("site", &[variable])?,
        None => fields.same("site", &site)?,
    }
    match fields.first(&["scale"]) {
        Some(variable) => fields.text_column("scale", &[variable])?,
        None => fields.same("scale", &scale)?,
    }
    fields.same("kind", name.kind())?;
    fields.same("lab", &name.lab)?;
    fields.same("gas", &gas)
}

#[cfg(test)]
mod tests {
    use crate::io::netcdf::fixture::put;
    use crate::observation::files::{Format, Reading, read};

    #[test]
    fn the_text_and_the_netcdf_of_an_archive_are_the_same_observations() {
        let folder = tempfile::tempdir().unwrap();
        let stem = "co2_alt_surface-insitu_6_9999-9999_hourly";
        let text = folder.path().join(format!("{stem}.txt"));
        std::fs::write(&text, super::super::tests::NEW).unwrap();
        let path = folder.path().join(format!("{stem}.nc"));
        let mut file = netcdf::create(&path).unwrap();
        file.add_dimension("time", 4).unwrap();
        file.add_dimension("calendar", 6).unwrap();
        for (name, value) in [
            ("site_gaw_id", "ALT"),
            ("site_latitude", "82.5"),
            ("site_longitude", "-62.5"),
            ("site_elevation", "185"),
            ("dataset_intake_ht", "10"),
            ("dataset_calibration_scale", "WMO_CO2_X2019"),
        ] {
            file.add_attribute(name, value).unwrap();
        }
        let hour = |k: usize| [2016.0, 1.0, 1.0, k as f64, 0.0, 0.0];
        let starts: Vec<f64> = (0..4).flat_map(hour).collect();
        put(
            &mut file,
            "start_time",
            &["time", "calendar"],
            &starts,
            |_| {},
        );
        let values = [405.5, 406.5, 409.5, -999.999];
        put(&mut file, "value", &["time"], &values, |v| {
            v.put_attribute("units", "ppm").unwrap();
            v.set_fill_value(-999.999f64).unwrap();
        });
        put(&mut file, "QCflag", &["time"], &[1i8, 1, 3, 1], |v| {
            v.set_fill_value(1i8).unwrap();
        });
        file.close().unwrap();
        let read = |path| read(Format::Wdcgg, &[path], &Reading::default()).unwrap().0;
        let (of_text, of_netcdf) = (read(text), read(path));
        assert_eq!(of_netcdf.rows.len(), 2);
        assert_eq!(of_text.rows, of_netcdf.rows);
        assert_eq!(of_text.rejected.summary(), of_netcdf.rejected.summary());
    }
}
