use super::*;
use crate::observation::Observations;
use crate::observation::files::obspack::samples::{Flask, flask, tower};
use crate::observation::files::{Format, read as read_files};
use crate::table::Cell;
use std::path::PathBuf;

fn read_one(path: &Path, reading: &Reading) -> (Observations, Vec<Warning>) {
    read_files(Format::ObsPack, &[path.into()], reading).unwrap()
}

#[test]
fn names_of_datasets_say_platform_method_and_height() {
    let name = Name::parse("co2_cbw_tower-insitu_445_allvalid-207magl.nc").unwrap();
    assert_eq!((name.site.as_str(), name.height), ("CBW", Some(207.0)));
    assert_eq!(
        (name.kind(), name.project.as_str()),
        ("tower", "tower-insitu")
    );
    let kind = |text: &str| Name::parse(text).map(|n| n.kind());
    assert_eq!(
        kind("co2_mlo_surface-flask_1_representative"),
        Some("flask")
    );
    assert_eq!(kind("co2_bao_surface-pfp_1_allvalid"), Some("flask"));
    assert_eq!(kind("co2_car_aircraft-pfp_1_allvalid"), Some("aircraft"));
    assert_eq!(
        kind("co2_poc_shipboard-flask_1_representative"),
        Some("flask")
    );
    assert_eq!(kind("co2_aircorenoaa_aircore_1_allvalid"), Some("aircore"));
    assert_eq!(kind("GEOSChem.ObsPack.20160701_0000z"), None);
    assert_eq!(kind("oco2_LtCO2_160701_B11"), None);
}

#[test]
fn records_of_a_flask_are_instants_with_flags_and_heights() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder
        .path()
        .join("co2_mlo_surface-flask_1_representative.nc");
    flask(&path, &Flask::default());
    let (all, warnings) = read_one(&path, &Reading::default());
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(
        all.rejected.summary(),
        "flagged as bad by its provider 1, no value 1"
    );
    // Not in order of time in the file.
    let hours: Vec<f64> = all.rows.iter().map(|o| o.time.hour()).collect();
    assert_eq!(hours, [0.0, 1.0, 3.0]);
    let first = &all.rows[0];
    assert_eq!((&*first.site, &*first.kind), ("MLO", "flask"));
    assert_eq!(
        first.id.as_deref(),
        Some("pack~co2_mlo_surface-flask_1_representative~1")
    );
    assert!((first.value - 400e-6).abs() < 1e-11 && first.error.is_nan());
    assert_eq!(
        first.sampling.to_string(),
        "operator::point(#{ height: 5.0, elevation: 3397.0 })"
    );
    let cell = |name: &str| all.attribute(name).unwrap().cell(0);
    assert_eq!(cell("ct_assim"), Cell::Number(1.0));
    assert_eq!(cell("obs_flag"), Cell::Number(1.0)); // although it is the fill value
    assert_eq!(cell("qc_flag"), Cell::Text("...".into()));
    let Cell::Number(mismatch) = cell("ct_mdm") else {
        panic!("a number");
    };
    assert!((mismatch - 1.5e-6).abs() < 1e-12);
    let all = read_one(
        &path,
        &Reading {
            flagged: true,
            ..Reading::default()
        },
    )
    .0;
    assert_eq!(all.len(), 4);
}

#[test]
fn a_file_of_several_datasets_takes_them_from_its_identifiers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("obspack_co2_1_OCO2MIP_v5.0_20160701.nc");
    let unnamed = Flask {
        named: false,
        ..Flask::default()
    };
    flask(&path, &unnamed);
    let all = read_one(&path, &Reading::default()).0;
    assert_eq!(
        (all.len(), &*all.rows[0].site, &*all.rows[0].kind),
        (3, "MLO", "flask")
    );
    let height = all.rows[0].sampling.geometry();
    assert_eq!(height.number("height").unwrap(), 5.0);
}

#[test]
fn means_of_a_tower_have_intervals_whatever_the_stamp() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder
        .path()
        .join("co2_lef_tower-insitu_1_allvalid-396magl.nc");
    tower(&path);
    let (all, _) = read_one(&path, &Reading::default());
    let interval = all.rows[0].interval.unwrap();
    assert_eq!(
        (interval.seconds(), all.rows[0].time),
        (3600.0, interval.middle())
    );
    assert_eq!(interval.start().to_string(), "2016-07-01");
    assert_eq!(all.rows[0].altitude, 868.0); // of elevation and intake
    assert_eq!(all.rejected.summary(), "flagged as bad by its provider 1");
    // A period reads no more than it must, and may hold nothing.
    let from = |start: &str| Reading {
        start: Some(start.parse().unwrap()),
        ..Reading::default()
    };
    assert_eq!(read_one(&path, &from("2016-07-01T01:00")).0.len(), 2);
    assert!(read_one(&path, &from("2017-01-01")).0.is_empty());
}

#[test]
fn other_gases_other_scales_and_other_files_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (new, old) = (
        at("co2_a_surface-flask_1_x.nc"),
        at("co2_b_surface-flask_1_x.nc"),
    );
    let methane = at("ch4_a_surface-flask_1_x.nc");
    let sample = |site: &str, scale: &str, gas: &str| Flask {
        site: site.into(),
        scale: scale.into(),
        gas: gas.into(),
        ..Flask::default()
    };
    flask(&new, &sample("a", "WMO CO2 X2019", "co2"));
    flask(&old, &sample("b", "WMO CO2 X2007", "co2"));
    flask(&methane, &sample("a", "WMO CO2 X2019", "ch4"));
    let names = |paths: &[PathBuf]| {
        let (_, warnings) = read_files(Format::ObsPack, paths, &Reading::default()).unwrap();
        warnings.into_iter().map(|w| w.name).collect::<Vec<_>>()
    };
    assert_eq!(names(&[new.clone(), old]), ["mixed_scales"]);
    assert_eq!(names(&[methane, new]), ["other_gas", "mixed_gases"]);
    let empty = at("co2_c_surface-flask_1_x.nc");
    netcdf::create(&empty).unwrap().close().unwrap();
    let message = read_files(Format::ObsPack, &[empty], &Reading::default()).unwrap_err();
    assert!(message.to_string().contains("ObsPack"), "{message}");
}

/// The values by netCDF4 1.7 and numpy: records, mean of 2015, and of 12-16 h of UTC + lon / 15.
#[test]
fn the_real_files_hold_what_other_tools_find() {
    let Some(folder) = std::env::var_os("MCAS_TEST_DATA") else {
        eprintln!("skipped: MCAS_TEST_DATA is not set, no real ObsPack is read");
        return;
    };
    let folder = Path::new(&folder).join("insitu");
    let cabauw = folder.join("co2_cbw_tower-insitu_445_allvalid-207magl.nc");
    let (all, warnings) = read_one(&cabauw, &Reading::default());
    assert!(
        warnings.is_empty() && all.rejected.is_empty(),
        "{warnings:?}"
    );
    assert_eq!(all.len(), 198_752);
    let first = all.rows[0].interval.unwrap();
    assert_eq!(first.start().to_string(), "1992-10-23T13:00:00Z");
    let year = |y: i64| Time::from_date(y as i16, 1, 1).unwrap();
    let one = all.between(year(2015), year(2016));
    let ppm = |o: &Observations| 1e6 * o.rows.iter().map(|o| o.value).sum::<f64>() / o.len() as f64;
    assert_eq!(one.len(), 5468);
    assert!((ppm(&one) - 406.947_299_258).abs() < 1e-6, "{}", ppm(&one));
    let noon = one.filter(|o| {
        let hour = (o.time.hour() + o.longitude / 15.0).rem_euclid(24.0);
        (12.0..16.0).contains(&hour)
    });
    assert_eq!(noon.len(), 905);
    assert!(
        (ppm(&noon) - 405.336_845_548).abs() < 1e-6,
        "{}",
        ppm(&noon)
    );
    let flags = one.attribute("obs_flag").unwrap();
    assert!((0..one.len()).all(|k| flags.cell(k) == Cell::Number(1.0)));
    // The methane of two laboratories, in mol mol-1 and in nanomol mol-1.
    let (esp, warnings) = read_one(
        &folder.join("ch4_esp_surface-flask_2_representative.nc"),
        &Reading::default(),
    );
    assert_eq!((esp.len(), warnings[0].name.as_str()), (109, "other_gas"));
    assert!((esp.rows[0].value - 1.767630e-6).abs() < 1e-12);
    let (spf, _) = read_one(
        &folder.join("ch4_spf_surface-flask_1_ccgg_Event.nc"),
        &Reading::default(),
    );
    assert_eq!(spf.len() + spf.rejected.len(), 410);
    assert_eq!(
        spf.rejected.summary(),
        "a value that is not positive 1, flagged as bad by its provider 12"
    );
    assert!((spf.rows[0].value - 1673.89e-9).abs() < 1e-13);
}

/// Its numbers, with fills that are not declared.
fn put_values(file: &mut netcdf::FileMut) {
    use crate::io::netcdf::fixture::put;
    for (name, values, unit) in [
        ("value", [4.0e-4, 4.01e-4, 4.02e-4], "mol mol-1"),
        ("value_unc", [1e-7, -9.0, -1e34], "mol mol-1"),
        ("latitude", [19.5; 3], "degrees_north"),
        ("longitude", [-155.6; 3], "degrees_east"),
        ("altitude", [3402.0; 3], "m"),
        ("nvalue", [3.0, 0.0, -9.0], ""),
        ("MIP_MDM", [1.5e-6, -999.0, 3e-6], ""),
    ] {
        put(file, name, &["obs"], &values, |v| {
            v.put_attribute("units", unit).unwrap();
        });
    }
}

/// A daily file of the OCO-2 MIP: windows to be sampled in, fills that are not declared, concerns.
fn of_the_mip(path: &Path) {
    use crate::io::netcdf::fixture::{put, put_characters};
    let mut file = netcdf::create(path).unwrap();
    file.add_dimension("obs", 3).unwrap();
    file.add_dimension("concern", 6).unwrap();
    file.add_dimension("calendar", 6).unwrap();
    let seconds = |v: &mut netcdf::VariableMut| {
        v.put_attribute("units", "seconds since 1970-01-01T00:00:00Z")
            .unwrap();
    };
    let start = 1_467_331_200;
    let times = [start + 1800, start + 84_600, start + 600];
    put(&mut file, "time", &["obs"], &times, seconds);
    // From 23:00 to 01:00 of the next day, and none of the last.
    let starts = [start, start + 82_800, start + 600];
    let ends = [start + 3600, start + 90_000, start + 600];
    put(
        &mut file,
        "model_sample_window_start",
        &["obs"],
        &starts,
        seconds,
    );
    put(
        &mut file,
        "model_sample_window_end",
        &["obs"],
        &ends,
        seconds,
    );
    put_values(&mut file);
    let concerns = [0i8, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, -9, 0, 0];
    put(
        &mut file,
        "assimilation_concerns",
        &["obs", "concern"],
        &concerns,
        |_| {},
    );
    let id = |k: usize| format!("pack~co2_mlo_surface-insitu_1_allhours~{k}");
    let ids = [id(1), id(2), id(3)];
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    put_characters(&mut file, "obspack_id", "obs", 60, &ids);
    file.close().unwrap();
}

#[test]
fn windows_concerns_and_fills_that_are_not_declared_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("obspack_co2_1_OCO2MIP_v5.20160701.nc");
    of_the_mip(&path);
    let (all, warnings) = read_one(&path, &Reading::default());
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!((all.len(), all.rejected.is_empty()), (3, true));
    let interval = |k: usize| all.rows[k].interval;
    let second = interval(2).unwrap();
    assert_eq!(second.start().to_string(), "2016-07-01T23:00:00Z");
    assert_eq!(second.end().to_string(), "2016-07-02T01:00:00Z");
    // In order of time: the instant at 00:10, the hour around 00:30, the two hours.
    assert_eq!(
        (interval(0), interval(1).unwrap().seconds()),
        (None, 3600.0)
    );
    let mdm = all.attributes.numbers("mip_mdm").unwrap();
    assert!(mdm[0] == 3e-6 && mdm[1] == 1.5e-6 && mdm[2].is_nan());
    let unit = all.attribute("mip_mdm").unwrap();
    assert!(matches!(unit, crate::table::Column::Numbers(_, u) if u.to_string() == "mol mol-1"));
    let unc = all.attributes.numbers("value_unc").unwrap();
    assert!(unc[1] == 1e-7 && unc[0].is_nan() && unc[2].is_nan());
    assert_eq!(
        all.attribute("assimilation_concerns").unwrap(),
        &crate::table::Column::text(["000000", "000000", "100001"])
    );
}
