use super::*;
use crate::grid::LatLonGrid;
use crate::observation::files::columns::synthetic::write_without;
use crate::observation::files::columns::{GosatOcpr, Lite, LiteOf, Scale, write_synthetic_lite};
use crate::observation::{Joining, Thinning};
use crate::time::{HOUR, Time};
use std::path::Path;

/// A variable in double precision: its path, dimensions, values and unit.
type Numbers<'a> = (&'a str, &'a [&'a str], Vec<f64>, &'a str);

/// A file of these variables; groups are made as their paths need them.
fn written(path: &Path, dimensions: &[(&str, usize)], variables: &[Numbers]) {
    crate::io::netcdf::quiet();
    let mut file = netcdf::create(path).unwrap();
    for (name, n) in dimensions {
        file.add_dimension(name, *n).unwrap();
    }
    for (name, along, values, unit) in variables {
        let (group, bare) = name.rsplit_once('/').unwrap_or(("", name));
        let mut variable = if group.is_empty() {
            file.add_variable::<f64>(bare, along).unwrap()
        } else {
            if file.group(group).unwrap().is_none() {
                file.add_group(group).unwrap();
            }
            let group = file.group_mut(group).unwrap();
            group.unwrap().add_variable::<f64>(bare, along).unwrap();
            file.variable_mut(name).unwrap()
        };
        if !unit.is_empty() {
            variable.put_attribute("units", *unit).unwrap();
        }
        variable.put_values(values, ..).unwrap();
    }
    file.close().unwrap();
}

fn day() -> Time {
    Time::from_date(2016, 7, 1).unwrap()
}

fn oco(any_quality: bool, kinds: &[&str], scale: Option<Scale>) -> Lite {
    let kinds = kinds.iter().map(|k| k.to_string()).collect();
    Lite::new(LiteOf::Oco, any_quality, kinds, scale).unwrap()
}

fn one(format: &dyn Format, path: &Path) -> Result<Observations> {
    Ok(read(format, &[path.into()], &Reading::default())?.observations)
}

fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let all: Vec<f64> = values.into_iter().collect();
    all.iter().sum::<f64>() / all.len() as f64
}

/// The greatest difference between prior columns from profiles and those stated \[ppm\].
fn worst_prior(all: &Observations) -> f64 {
    let table = all.prior_columns().unwrap();
    let differences = table.numbers("difference").unwrap();
    differences.iter().fold(0.0, |w: f64, d| w.max(d.abs()))
}

fn real(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("MCAS_TEST_DATA").map(|folder| Path::new(&folder).join(name));
    if path.is_none() {
        eprintln!("skipped: MCAS_TEST_DATA is not set, {name} is not read");
    }
    path
}

#[test]
fn a_lite_file_gives_good_soundings_of_the_usual_kinds_with_their_geometry() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("oco2_LtCO2_160701_synthetic.nc4");
    write_synthetic_lite(&path, 600, day(), true).unwrap();
    let all = one(&oco(false, &[], None), &path).unwrap();
    // 200 are good; of these every fourth is nadir, over land; half are over land.
    let counts = |source: &str, kind: &str, n| (source.to_string(), kind.to_string(), n);
    let wanted = [
        counts("oco2", "glint_land", 50),
        counts("oco2", "glint_ocean", 100),
        counts("oco2", "nadir_land", 50),
    ];
    assert_eq!(all.counts(), wanted);
    assert_eq!(all.rejected.summary(), "quality flag 400");
    assert!(worst_prior(&all) < 1e-3 && all.rows.is_sorted_by_key(|o| o.time));
    let o = &all.rows[1];
    assert_eq!(o.id.as_deref(), Some("2016070100000034"));
    assert_eq!((o.time.since(day()), o.altitude), (2.0, 3.0));
    let pressure = o.sampling.geometry().profile("pressure").unwrap().to_vec();
    assert!(pressure[0] > 9e4 && pressure[19] < 20.0);
    assert_eq!(all.attribute("scale").unwrap().cell(0).to_string(), "X2019");
    let older = one(&oco(false, &[], Some(Scale::X2007)), &path).unwrap();
    assert!((all.rows[7].value - older.rows[7].value - 0.2e-6).abs() < 1e-10);
    let any = one(&oco(true, &["nadir_land"], None), &path).unwrap();
    assert_eq!((any.len(), any.sources.len()), (150, 1));
    let how = Reading {
        by_kind: true,
        start: Some(day().plus(120.0)),
        end: Some(day().plus(360.0)),
        ..Reading::default()
    };
    let some = read(&oco(false, &[], None), &[path], &how)
        .unwrap()
        .observations;
    assert_eq!((some.len(), some.sources.len()), (100, 3));
    assert!(some.sources.contains(&"oco2_glint_ocean".to_string()));
    let unknown = Lite::new(LiteOf::Oco, false, vec!["nadir_lnd".into()], None).unwrap_err();
    assert!(unknown.to_string().contains("\"nadir_land\""), "{unknown}");
}

#[test]
fn a_folder_is_read_file_by_file_and_thinned_as_it_goes() {
    let folder = tempfile::tempdir().unwrap();
    for k in 0..3 {
        let path = folder
            .path()
            .join(format!("oco2_LtCO2_16070{}_x.nc4", k + 1));
        write_synthetic_lite(&path, 300, day().plus(24.0 * HOUR * f64::from(k)), false).unwrap();
    }
    let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
    let thinning = Thinning::new(Some(&grid), HOUR, Joining::default()).unwrap();
    let thinned = Reading {
        thinning: Some(thinning.clone()),
        ..Reading::default()
    };
    let paths = [folder.path().to_path_buf()];
    let format = oco(false, &[], None);
    let unthinned = read(&format, &paths, &Reading::default())
        .unwrap()
        .observations;
    let after = thinning.apply(&unthinned).unwrap().observations;
    let within = read(&format, &paths, &thinned).unwrap().observations;
    assert!(unthinned.len() == 300 && within.len() < 100);
    assert_eq!(within.rows, after.rows);
    assert_eq!(within.rejected.len(), 600);
    let none = read(&GosatOcpr::default(), &paths, &thinned).unwrap_err();
    assert!(none.to_string().contains("no GOSAT OCPR file"), "{none}");
}

#[test]
fn values_on_two_scales_are_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    write_synthetic_lite(&path("oco2_LtCO2_160701.nc4"), 30, day(), false).unwrap();
    let older = path("oco2_LtCO2_160702.nc4");
    write_without(&older, 30, day(), false, "xco2_x2019").unwrap();
    let all = read(
        &oco(false, &[], None),
        &[folder.path().into()],
        &Reading::default(),
    );
    let warnings = all.unwrap().warnings;
    assert_eq!(warnings[0].name, "mixed_scales");
    assert!(warnings[0].message.contains("X2007") && warnings[0].message.contains("160702"));
}

/// A synthetic Lite file of 30 soundings that is changed.
fn changed(folder: &Path, change: impl FnOnce(&mut netcdf::FileMut)) -> Result<Observations> {
    let path = folder.join("oco2_LtCO2_changed.nc4");
    write_synthetic_lite(&path, 30, day(), false)?;
    let mut file = netcdf::append(&path).unwrap();
    change(&mut file);
    file.close().unwrap();
    one(&oco(false, &[], None), &path)
}

#[test]
fn bad_records_are_left_out_and_counted_with_their_places() {
    let folder = tempfile::tempdir().unwrap();
    let put = |file: &mut netcdf::FileMut, name: &str, at: [usize; 2], value: f32| {
        let mut v = file.variable_mut(name).unwrap();
        if v.dimensions().len() == 2 {
            v.put_value(value, at).unwrap();
        } else {
            v.put_value(value, at[0]).unwrap();
        }
    };
    let all = changed(folder.path(), |f| {
        put(f, "co2_profile_apriori", [3, 19], -999_999.0);
        put(f, "pressure_levels", [6, 4], f32::NAN);
        put(f, "latitude", [9, 0], 123.0);
        put(f, "longitude", [12, 0], 500.0);
        put(f, "xco2_x2019", [15, 0], -999_999.0);
        put(f, "pressure_levels", [18, 4], 2000.0);
    });
    let all = all.unwrap();
    let summary = all.rejected.summary();
    for reason in [
        "a retrieval holds a number that is not finite 2",
        "a retrieval's pressure must fall from the surface up 1",
        "no position on the globe 2",
        "no value 1",
        "quality flag 20",
    ] {
        assert!(summary.contains(reason), "{summary}");
    }
    assert_eq!(all.len(), 4);
    let rows: Vec<usize> = all.rejected.records().iter().map(|r| r.row).collect();
    assert_eq!(rows, [3, 6, 15, 18]);
    assert!(all.rejected.records()[0].file.ends_with("changed.nc4"));
    let unsure = changed(folder.path(), |f| {
        put(f, "xco2_uncertainty", [0, 0], f32::NAN)
    });
    assert_eq!(unsure.unwrap().without_error(), 1);
    let none = changed(folder.path(), |f| {
        let all = vec![-999_999.0f32; 600];
        f.variable_mut("co2_profile_apriori")
            .unwrap()
            .put_values(&all, ..)
            .unwrap();
    });
    assert_eq!(none.unwrap().rejected.len(), 30);
}

#[test]
fn levels_from_the_surface_up_are_the_same_columns() {
    let folder = tempfile::tempdir().unwrap();
    let as_it_is = changed(folder.path(), |_| ()).unwrap();
    let turned = changed(folder.path(), |f| {
        for name in [
            "pressure_levels",
            "pressure_weight",
            "xco2_averaging_kernel",
            "co2_profile_apriori",
        ] {
            let mut v = f.variable_mut(name).unwrap();
            let values: Vec<f32> = v.get_values(..).unwrap();
            let turned = values.chunks(20).flat_map(|c| c.iter().rev().copied());
            v.put_values(&turned.collect::<Vec<f32>>(), ..).unwrap();
        }
    });
    assert_eq!(turned.unwrap().rows, as_it_is.rows);
}

#[test]
fn broken_files_and_those_that_lack_a_variable_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("oco2_LtCO2_broken.nc4");
    let refused = |what: &str| {
        let message = one(&oco(false, &[], None), &path).unwrap_err().to_string();
        assert!(
            message.contains(what) && message.contains("oco2_LtCO2_broken"),
            "{message}"
        );
    };
    for bytes in [&b""[..], b"CDF\x01", b"\x89HDF\r\n\x1a\n", b"GRIB", b"text"] {
        std::fs::write(&path, bytes).unwrap();
        refused("");
    }
    write_synthetic_lite(&path, 30, day(), false).unwrap();
    let intact = std::fs::read(&path).unwrap();
    for part in [8, 100, 512, 2048, intact.len() / 2, intact.len() - 1] {
        std::fs::write(&path, &intact[..part]).unwrap();
        refused("");
    }
    for name in ["xco2_quality_flag", "pressure_weight", "operation_mode"] {
        write_without(&path, 30, day(), false, name).unwrap();
        refused(name);
    }
    written(
        &path,
        &[("x", 3)],
        &[("latitude", &["x"], vec![0.0; 3], "")],
    );
    refused("\"time\"");
    write_synthetic_lite(&path, 0, day(), false).unwrap();
    let none = one(&oco(false, &[], None), &path).unwrap();
    assert!(none.is_empty() && none.sources == ["oco2"]);
}

mod formats;
