//! The paper's configuration: what is missing is said before anything is computed, and the script
//! runs through on a small synthetic copy of every file that it reads.

use super::command_line::{mcas, output};
use super::paper_files;
use std::fs;
use std::path::Path;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/mcas_2016_2020.rhai");

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
fn the_configuration_runs_through_on_a_synthetic_copy_of_every_file() {
    let folder = tempfile::tempdir().unwrap();
    paper_files::write(&folder.path().join("files"));
    let set = [
        "grid=22.5x22.5",
        "step=10800",
        "column_step=10800",
        "weeks=1",
        "members=4",
        "from=2015-07-03",
        "held_out=0.3",
    ];
    let (code, out, err) = run_in(folder.path(), &set);
    assert_eq!(code, 0, "{err}\n{out}");
    for part in ["no unit is in both", "MERRA-2 I3", "hours on two cores"] {
        assert!(out.contains(part), "{part} is not in\n{out}");
    }
    let written = |name: &str| fs::read_to_string(folder.path().join("out").join(name)).unwrap();
    let table = written("table2.csv");
    let rmse = |product: &str| {
        let row = table.lines().find(|l| l.starts_with(product)).unwrap();
        row.split(',').nth(4).unwrap().parse::<f64>().unwrap()
    };
    // What was held out is fitted better, although the values are made up.
    assert!(rmse("in_situ") < rmse("prior"), "{table}");
    for product in ["satellite", "both", "CarbonTracker"] {
        assert!(table.contains(&format!("{product},tccon")), "{table}");
    }
    assert!(written("table_s4.csv").contains("above 3000 m"));
    assert!(written("table_s3.csv").contains("group 2"));
    assert!(written("table_s2_nee_in_situ_both.csv").contains("p_value"));
    let again = run_in(folder.path(), &set);
    assert_eq!(again.0, 0, "{}", again.2);
    assert!(again.2.contains("going on after window 1"), "{}", again.2);
}
