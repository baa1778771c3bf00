//! Readers of files.

use super::mutate::changed;
use super::{alone, inputs, session, survive};
use mcas::limits::{Limits, hold};
use std::fs;
use std::path::{Path, PathBuf};

const TABLE: &str =
    "# a comment\nsite,time,co2 [ppm]\nMLO,2016-07-01T06:00,400.5\nSPO,2016-07-02,\n";
const GEOJSON: &str = r#"{ "type": "FeatureCollection", "features": [{ "type": "Feature",
  "properties": { "name": "box" }, "geometry": { "type": "Polygon",
  "coordinates": [[[0, 0], [40, 0], [40, 30], [0, 30], [0, 0]]] } }] }"#;
const READ_ALL: &str = r#"let p = PATH;
for v in list_netcdf(p) {
    try { read_netcdf(p, v.name).to_string() } catch (e) { if e.what.contains("fault of") { throw e } }
    try { open_netcdf(p)[v.name].mean() } catch (e) { if e.what.contains("fault of") { throw e } }
}
open_netcdf(p).to_string()"#;

/// Reads changes of a sample by a script in which PATH stands for the file.
fn fuzz(target: &str, name: &str, sample: &[u8], script: &str, usual: u64) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let mut session = session(folder.path());
    let script = script.replace("PATH", &format!("{:?}", path.display().to_string()));
    fs::write(&path, sample).unwrap();
    survive(&mut session, target, &script).unwrap();
    let mut refused = 0;
    for n in inputs(usual) {
        fs::write(&path, changed(sample, target, n)).unwrap();
        let outcome = survive(&mut session, &format!("{target}, input {n}"), &script);
        refused += usize::from(outcome.is_err());
    }
    assert!(refused > 0, "{target}: nothing was refused");
}

fn written(script: &str, name: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let mut session = session(folder.path());
    survive(&mut session, "a sample", script).unwrap();
    fs::read(folder.path().join("out").join(name)).unwrap()
}

#[test]
fn any_table_is_read_or_refused() {
    let _alone = alone();
    fuzz(
        "table",
        "a.csv",
        TABLE.as_bytes(),
        "read_csv(PATH).to_string()",
        400,
    );
}

#[test]
fn any_map_of_regions_is_read_or_refused() {
    let _alone = alone();
    let script = "regions::from_geojson(grid(\"30x30\"), PATH, #{ rest: \"Elsewhere\" })";
    fuzz("geojson", "a.json", GEOJSON.as_bytes(), script, 400);
}

#[test]
fn any_classic_file_is_read_or_refused() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sample.nc");
    classic(&path);
    fuzz("classic", "a.nc", &fs::read(&path).unwrap(), READ_ALL, 400);
}

/// A classic file with records, packing, text and dates.
fn classic(path: &Path) {
    let mut file = netcdf::create_with(path, netcdf::Options::_64BIT_OFFSET).unwrap();
    file.add_unlimited_dimension("time").unwrap();
    file.add_dimension("x", 3).unwrap();
    let mut time = file.add_variable::<f64>("time", &["time"]).unwrap();
    time.put_attribute("units", "days since 2016-01-01")
        .unwrap();
    let mut packed = file.add_variable::<i16>("co2", &["time", "x"]).unwrap();
    packed.put_attribute("scale_factor", 0.5).unwrap();
    packed.put_attribute("_FillValue", -1i16).unwrap();
    packed.put_attribute("units", "ppm").unwrap();
    file.add_variable::<f32>("x", &["x"]).unwrap();
    file.enddef().unwrap();
    file.variable_mut("time")
        .unwrap()
        .put_values(&[0.0, 1.0], 0..2)
        .unwrap();
    let values = [800i16, -1, 802, 803, 804, 805];
    file.variable_mut("co2")
        .unwrap()
        .put_values(&values, (0..2, ..))
        .unwrap();
    file.variable_mut("x")
        .unwrap()
        .put_values(&[1f32, 2.0, 3.0], ..)
        .unwrap();
    file.close().unwrap();
}

#[test]
fn any_checkpoint_is_read_or_refused() {
    let _alone = alone();
    let script = "checkpoint::folder(\"c\", #{}).write_result(0, #{ start: date(\"2016-07-01\"), f: field([1, 2]) });";
    let sample = written(script, "c/window_0000.mcas");
    let folder = tempfile::tempdir().unwrap();
    let mut session = session(folder.path());
    survive(&mut session, "a sample", script).unwrap();
    let path = folder.path().join("out/c/window_0000.mcas");
    let script = format!(
        "checkpoint::read({:?}).result(0)",
        folder.path().join("out/c")
    );
    for n in inputs(400) {
        fs::write(&path, changed(&sample, "checkpoint", n)).unwrap();
        let _ = survive(&mut session, &format!("checkpoint, input {n}"), &script);
    }
}

/// The files on which a library once crashed, never ended or took all memory.
fn corpus(name: &str, folder: &Path) -> PathBuf {
    let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus");
    let packed = fs::read(packed.join(format!("{name}.lz4"))).unwrap();
    let path = folder.join(format!("{name}.nc"));
    let bytes = lz4_flex::block::decompress_size_prepended(&packed).unwrap();
    fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn headers_that_end_the_library_are_refused_before_it_sees_them() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    for name in ["classic_name_not_utf8", "classic_cdf5_segv"] {
        let message = mcas::io::netcdf::list(corpus(name, folder.path()))
            .unwrap_err()
            .to_string();
        assert!(
            message.contains("header") && message.contains("broken"),
            "{message}"
        );
    }
    let vast = corpus("dimension_2e31", folder.path());
    let _held = hold(&Limits {
        memory: Some(2_000_000_000),
        ..Limits::default()
    });
    let message = mcas::io::netcdf::read(vast, "v").unwrap_err().to_string();
    assert!(message.contains("does not fit into memory"), "{message}");
}

#[test]
fn a_file_on_which_the_library_crashes_or_hangs_is_an_error_where_it_is_isolated() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let held = hold(&Limits {
        isolate: Some(assert_cmd::cargo::cargo_bin("mcas")),
        ..Limits::default()
    });
    for (name, what) in [
        ("hdf5_segv", "signal 11"),
        ("hdf5_hang", "no end after"),
        ("hdf5_panic", "damaged"),
    ] {
        let message = mcas::io::netcdf::list(corpus(name, folder.path()))
            .unwrap_err()
            .to_string();
        assert!(message.contains(what), "{name}: {message}");
    }
    drop(held);
    classic(&folder.path().join("good.nc"));
    assert_eq!(
        mcas::io::netcdf::list(folder.path().join("good.nc"))
            .unwrap()
            .len(),
        3
    );
}
