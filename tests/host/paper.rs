//! The paper's configuration, with few files: what is missing is said before anything is computed,
//! and the script runs through on a small synthetic copy of its in situ data.

use super::command_line::{mcas, output};
use std::fs;
use std::path::Path;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/mcas_2016_2020.rhai");

/// ObsPack datasets of hourly values at four sites through five weeks. Synthetic.
const OBSPACK: &str = r#"
let times = dates("2015-07-01T00:30", "2015-08-05T00:30", 1.0 / 24);
for s in [["mlo", 19.54, -155.58, 3437.0], ["brw", 71.32, -156.61, 28.0], ["lef", 45.95, -90.27, 868.0], ["spo", -89.98, -24.8, 2820.0]] {
    let of = |name, unit, f| field(name, positions("k", times.len()).values().map(f), #{ dims: ["time"], coords: #{ time: times }, unit: unit });
    let lat = s[1];
    let lon = s[2];
    let high = s[3];
    write_netcdf(output("obspack/co2_" + s[0] + "_surface-insitu_1_allvalid.nc"), "synthetic", [
        of.call("value", "mol mol-1", |k| 399.0e-6 + 2e-6 * sin(k * 0.26)), of.call("latitude", "degrees_north", |k| lat),
        of.call("longitude", "degrees_east", |k| lon), of.call("altitude", "m", |k| high), of.call("elevation", "m", |k| high - 10.0),
        of.call("intake_height", "m", |k| 10.0), of.call("obs_flag", "1", |k| 1.0),
    ]);
}
"#;

/// Runs the script on the files of a folder.
fn run_in(folder: &Path, set: &[&str]) -> (i32, String, String) {
    let mut command = mcas();
    command.current_dir(folder).args(["run", SCRIPT, "--quiet"]);
    command.args(["--out", "out", "--set", "data=files"]);
    for pair in set {
        command.args(["--set", pair]);
    }
    output(&mut command)
}

#[test]
fn files_that_are_missing_are_named_with_where_they_are_obtained_before_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = run_in(folder.path(), &[]);
    assert_eq!(code, 1);
    for part in [
        "ObsPack CO2",
        "MERRA-2 A3dyn",
        "priors/cdiac",
        "doi 10.3334",
    ] {
        assert!(out.contains(part), "{part} is not in\n{out}");
    }
    assert!(
        err.contains("OCO-2 Lite") && err.contains("winds=built_in"),
        "{err}"
    );
}

#[test]
fn the_configuration_runs_through_on_a_synthetic_copy_of_its_in_situ_data() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("obspack.rhai"), OBSPACK).unwrap();
    let mut made = mcas();
    made.current_dir(&folder)
        .args(["run", "obspack.rhai", "--out", "files"]);
    let (code, _, err) = output(&mut made);
    assert_eq!(code, 0, "{err}");
    let set = [
        "winds=built_in",
        "priors=built_in",
        "satellite=none",
        "grid=10x15",
        "step=10800",
        "column_step=10800",
        "weeks=2",
        "members=4",
        "from=2015-07-05",
        "groups=1",
    ];
    let (code, out, err) = run_in(folder.path(), &set);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("no unit is in both"), "{out}");
    let table = fs::read_to_string(folder.path().join("out/table2.csv")).unwrap();
    let rmse = |product: &str| {
        let row = table.lines().find(|l| l.starts_with(product)).unwrap();
        row.split(',').nth(4).unwrap().parse::<f64>().unwrap()
    };
    // What was held out is fitted better, although the values are made up.
    assert!(rmse("in_situ") < rmse("prior"), "{table}");
    let again = run_in(folder.path(), &set);
    assert_eq!(again.0, 0, "{}", again.2);
    assert!(again.2.contains("going on after window 2"), "{}", again.2);
}
