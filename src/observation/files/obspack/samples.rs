//! Small files of the ObsPack layout for tests; their values are synthetic.

use crate::io::netcdf::fixture::{put, put_characters};
use std::path::Path;

/// What differs among datasets of flasks.
pub struct Flask {
    pub site: String,
    pub scale: String,
    pub gas: String,
    /// Whether the file says its dataset; else the identifiers of the records do alone.
    pub named: bool,
}

impl Default for Flask {
    fn default() -> Self {
        Flask {
            site: "mlo".into(),
            scale: "WMO CO2 X2019".into(),
            gas: "co2".into(),
            named: true,
        }
    }
}

const EPOCH: &str = "seconds since 1970-01-01T00:00:00Z";
/// 2016-07-01.
const START: i32 = 1_467_331_200;

fn numbers(file: &mut netcdf::FileMut, name: &str, values: &[f64], unit: &str) {
    put(file, name, &["obs"], values, |v| {
        v.set_fill_value(-1e34f64).unwrap();
        v.put_attribute("units", unit).unwrap();
    });
}

/// Five flasks, out of order: one without a value, one that is flagged.
pub fn flask(path: &Path, sample: &Flask) {
    write_flask(netcdf::create(path).unwrap(), sample);
}

/// The same in the classic format.
pub(crate) fn classic_flask(path: &Path) {
    let classic = netcdf::Options::_64BIT_OFFSET;
    write_flask(
        netcdf::create_with(path, classic).unwrap(),
        &Flask::default(),
    );
}

fn write_flask(mut file: netcdf::FileMut, sample: &Flask) {
    let name = format!(
        "{}_{}_surface-flask_1_representative",
        sample.gas, sample.site
    );
    if sample.named {
        file.add_attribute("dataset_name", name.as_str()).unwrap();
    }
    file.add_attribute("dataset_calibration_scale", sample.scale.as_str())
        .unwrap();
    file.add_attribute("site_elevation", 3397.0).unwrap();
    file.add_unlimited_dimension("obs").unwrap();
    let times = [0, 3, 1, 2, 4].map(|h| START + 3600 * h);
    put(&mut file, "time", &["obs"], &times, |v| {
        v.put_attribute("units", EPOCH).unwrap();
    });
    let ppm = [400.0, 403.0, 401.0, -1e34, 404.0];
    let moles = ppm.map(|v| if v > 0.0 { v * 1e-6 } else { v });
    numbers(&mut file, "value", &moles, "mol mol-1");
    numbers(&mut file, "latitude", &[19.5; 5], "degrees_north");
    numbers(&mut file, "longitude", &[-155.6; 5], "degrees_east");
    numbers(&mut file, "altitude", &[3402.0; 5], "m");
    numbers(&mut file, "intake_height", &[5.0; 5], "m");
    numbers(&mut file, "CT_MDM", &[1.5e-6; 5], "mol mol-1");
    put(&mut file, "CT_assim", &["obs"], &[1i8, 2, 0, 0, 1], |_| {});
    put(&mut file, "obs_flag", &["obs"], &[1i8, 0, 1, 1, 1], |v| {
        v.set_fill_value(1i8).unwrap();
    });
    put_characters(
        &mut file,
        "qcflag",
        "obs",
        3,
        &["...", ".X.", "...", "...", "*.."],
    );
    let ids: Vec<String> = (1..=5).map(|k| format!("pack~{name}~{k}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    put_characters(&mut file, "obspack_id", "obs", 60, &ids);
    file.close().unwrap();
}

/// Four hours of a tower with start stamps beside the middle, one of them flagged; positions are
/// attributes as text.
pub fn tower(path: &Path) {
    let mut file = netcdf::create(path).unwrap();
    for (name, text) in [
        ("site_code", "LEF"),
        ("site_latitude", "45.9"),
        ("site_longitude", "-90.3"),
        ("site_elevation", "472.0"),
        ("dataset_intake_ht", "396.0"),
        ("dataset_project", "surface-insitu or tower-insitu"),
        ("dataset_start_date", "2016-07-01T00:00:00Z"),
        ("dataset_stop_date", "2016-07-01T04:00:00Z"),
    ] {
        file.add_attribute(name, text).unwrap();
    }
    file.add_dimension("time", 4).unwrap();
    for (name, shift) in [("time", 1800), ("start_time", 0)] {
        let mut variable = file.add_variable::<i32>(name, &["time"]).unwrap();
        variable.put_attribute("units", EPOCH).unwrap();
        let hours = [0, 1, 2, 3].map(|h| START + 3600 * h + shift);
        variable.put_values(&hours, ..).unwrap();
    }
    let mut value = file.add_variable::<f32>("value", &["time"]).unwrap();
    value.put_attribute("units", "mol mol-1").unwrap();
    value
        .put_values(&[4.0e-4f32, 4.01e-4, 4.02e-4, 4.5e-4], ..)
        .unwrap();
    put_characters(&mut file, "qc_flag", "time", 1, &["O", "U", "O", "K"]);
    file.close().unwrap();
}
