//! Real monthly records, assimilated month by month, where MCAS_TEST_DATA names the folder of real
//! files.

use crate::command_line::{mcas, output};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/real_insitu.rhai");

#[test]
fn the_script_says_which_records_are_missing() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = mcas();
    command.current_dir(folder.path());
    let (code, _, err) = output(command.args(["run", SCRIPT, "--quiet", "--out", "out"]));
    assert_eq!(code, 1);
    for part in ["site_altitudes.csv", "gml.noaa.gov", "--set data=FOLDER"] {
        assert!(err.contains(part), "{part} is not in {err}");
    }
}

/// Two months, four members and a coarse grid, as short as the script can be run.
#[test]
fn the_script_assimilates_two_months() {
    let Some(data) = std::env::var_os("MCAS_TEST_DATA") else {
        eprintln!("skipped: MCAS_TEST_DATA is not set, no monthly records are assimilated");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut command = mcas();
    command.current_dir(folder.path());
    command.args(["run", SCRIPT, "--quiet", "--out", "out"]);
    let data = format!("data={}/insitu", data.to_string_lossy());
    for pair in [
        &data,
        "grid=22.5x22.5",
        "members=4",
        "lag=1",
        "start=2015-01-01",
        "from=2015-01-01",
        "end=2015-03-01",
        "spin_up_days=2",
        "aligned_days=31",
    ] {
        command.args(["--set", pair]);
    }
    let (code, out, err) = output(&mut command);
    assert_eq!(code, 0, "{err}");
    for part in ["withheld", "CT2019B, published", "DJF"] {
        assert!(out.contains(part), "{part} is not in {out}");
    }
    let scores = std::fs::read_to_string(folder.path().join("out/scores.csv")).unwrap();
    let rmse = |product: &str| {
        let row = scores.lines().find(|l| l.starts_with(product)).unwrap();
        row.split(',').nth(4).unwrap().parse::<f64>().unwrap()
    };
    assert!(rmse("posterior,used") < rmse("prior,used"), "{scores}");
    assert!(folder.path().join("out/bias.png").is_file());
}
