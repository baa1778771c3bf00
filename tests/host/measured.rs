//! Measured data through the language: the real monthly records of in situ sites, assimilated by a
//! script of fifteen lines.

use super::{run, session_with};

const SCRIPT: &str = include_str!("measured.rhai");
const SCORED: &str = include_str!("scored.rhai");

#[test]
fn scripts_of_measured_data_have_fifteen_lines() {
    assert!(SCRIPT.lines().count() <= 15 && SCORED.lines().count() <= 15);
}

/// January 2015 on a coarse grid, as short as the script can be run.
#[test]
fn a_real_flux_is_scored_on_real_monthly_records() {
    let Some(folder) = std::env::var_os("MCAS_TEST_DATA") else {
        eprintln!("skipped: MCAS_TEST_DATA is not set, no flux of a file is scored");
        return;
    };
    let data = format!("{}/", folder.to_string_lossy());
    let settings = [
        ("data", data.as_str()),
        ("grid", "10x15"),
        ("step", "10800"),
        ("start", "2015-01-01"),
        ("from", "2015-01-01"),
        ("end", "2015-02-01"),
    ];
    let (mut session, _folder) = session_with(&settings);
    let check = r#"
assert(scores.product == ["WOMBAT control", "built-in prior 1"] && scores.n.min() > 90.0);
// numpy: the sum over the months of 2015 of co2_flux * area * seconds * 12.011 / 44.009 is 7.937 PgC.
assert_near(budget_2015.filter(|r| r.region == "Globe")[0].flux, 7.937, 0.01);
"#;
    run(&mut session, &format!("{SCORED}{check}"));
}

/// One month, four members and a coarse grid, as short as the script can be run.
#[test]
fn real_monthly_records_are_assimilated_and_scored() {
    let Some(folder) = std::env::var_os("MCAS_TEST_DATA") else {
        eprintln!("skipped: MCAS_TEST_DATA is not set, no measured data are assimilated");
        return;
    };
    let data = format!("{}/insitu/", folder.to_string_lossy());
    let settings = [
        ("data", data.as_str()),
        ("grid", "10x15"),
        ("step", "10800"),
        ("members", "3"),
        ("spin_up_days", "1"),
        ("end", "2015-02-01"),
        ("windows", "1"),
        ("reach_days", "31"),
        ("aligned_days", "0"),
    ];
    let (mut session, _folder) = session_with(&settings);
    let check = r#"
let scores = score::by(forward::departures(scored, regions::seven(g)), []);
assert(scores.product == ["prior", "posterior", "prior", "posterior"]);
assert(scores.n.min() > 5.0 && scores[1].rmse < scores[0].rmse);
"#;
    run(&mut session, &format!("{SCRIPT}{check}"));
}
