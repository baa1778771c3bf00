//! The main experiment, as small as it goes: a coarse world, one week, a few members.

use super::command_line::{mcas, output};
use super::{run, session};
use std::fs;

const SCRIPT: &str = r#"
let world = world::built_in(#{
    grid: "10x15", step: 10800, weeks: 1, groups: [1], spin_up_days: 1, reach_days: 7, satellite: #{ interval: 60 },
});
let options = #{ members: 4, reach_days: #{ in_situ: 7, satellite: 7 }, localization: localization::regional(regions::seven(world.grid)) };
let run = cycle::run(world, world.priors[0], options);
assert(run.windows.len() == 1);
for w in run.windows {
    assert(w.counts.pooled.in_situ > 100 && w.counts.pooled.satellite > 100);
    assert(w.ledger.imbalance < 1e-6, `imbalance ${w.ledger.imbalance}`);
    assert((w.factors - w.forecast_factors).abs().max() > 0.01, "the analysis changes the factors");
    print(w.factors.values());
    for region in w.inflation.keys() { print(`${region} ${w.inflation[region].theta} ${w.inflation[region].mu}`); }
    print(w.ledger);
}
let told = report::osse(world, [#{ name: "both", runs: [run] }], #{});
assert(told.table2.filter(|r| r.experiment == "both").rows == 2);
// Against the noise-free truth: every measure of the prior and the product, the product nearer.
assert(told.truth.rows == 12 && told.truth.names == ["experiment", "seed", "measure", "value"]);
for pair in verification::paired(told.truth, "both") {
    if pair.measure != "transcom_error_over_spread" { assert(pair.difference > 0.0, `${pair}`); }
}
let noise = report::with_noise(report::against_truth(world, [#{ name: "both", runs: [run] }], #{}).validated);
assert(noise.column("noise").all(|n| n > 0.4 && n < 3.0));
"#;

#[test]
fn the_experiment_conserves_carbon_and_does_not_depend_on_the_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("small.rhai"), SCRIPT).unwrap();
    let printed = |threads: &str| {
        let (code, out, err) = output(mcas().current_dir(&folder).args([
            "run",
            "small.rhai",
            "--quiet",
            "--threads",
            threads,
        ]));
        assert_eq!(code, 0, "{err}");
        assert!(!err.contains("figure_failed"), "{err}");
        out
    };
    let one = printed("1");
    assert!(
        one.contains("Tropical Asia 1") && one.len() > 175 * 4 * 10,
        "{one}"
    );
    assert_eq!(one, printed("2"));
}

#[test]
fn an_observation_and_a_cell_of_a_window_are_explained_by_parts_that_add_up() {
    let (mut session, folder) = session();
    run(
        &mut session,
        r#"
        let world = world::built_in(#{
            grid: "10x15", step: 10800, weeks: 1, groups: [1], spin_up_days: 1, reach_days: 7, satellite: #{ interval: 60 },
        });
        let options = #{ members: 20, reach_days: #{ in_situ: 7, satellite: 7 }, keep: true, localization: localization::none(world.grid) };
        let window = cycle::run(world, world.priors[0], options).windows[0];

        let d = diagnostics::departures(window);
        assert(d.rows == window.counts.pooled.in_situ + window.counts.pooled.satellite);
        assert(max(abs(d.field("observed") - d.field("forecast") - d.field("departure"))).to("ppm").value() < 1e-9);
        let all = diagnostics::calibration(window);
        assert(all.column("source") == ["in_situ", "satellite"] && all.column("crps")[0] > 0.0);
        let share = diagnostics::regions(window).filter(|r| r.region == "pooled");
        assert(share.column("dfs").filter(|v| v > 0.0).len() == 2);
        assert_near(diagnostics::by(d, "source", #{ inflated: false }).column("n")[0], window.counts.pooled.in_situ, 0);

        // One region: the influences of all observations are the degrees of freedom for signal.
        let why = diagnostics::explain_observation(window, 5);
        assert(why.regions.rows == 1 && why.regions[0].blend == 1.0);
        assert(why.regions[0].influence > 0.0 && why.regions[0].influence < 1.0);
        assert_near(why.increment, why.regions[0].increment, 1e-9);
        assert(why.story.contains("departure of") && why.partners.rows == 10);
        let here = diagnostics::explain_cell(window, #{ latitude: d[5].latitude, longitude: d[5].longitude });
        assert(here.partners.rows == 10 && here.regions[0].blend == 1.0);
        // The increment of the cell is what the update makes of its members.
        let cell = world.grid.cell(d[5].latitude, d[5].longitude);
        let before = window.kept.forecast.concentrations.profile(cell[0], cell[1]).to("ppm");
        let one = window.kept.analyses[0];
        let after = analysis::etkf().matrices(one.innovation, one.factors).apply(before);
        assert_near(here.increment, (after - before).mean("member")[0].value(), 1e-6);
        diagnostics::figure(window).save(output("diagnostics.png"));
        "#,
    );
    assert!(
        std::fs::metadata(folder.path().join("out/diagnostics.png"))
            .unwrap()
            .len()
            > 20_000
    );
}

#[test]
fn the_script_of_tracers_closes_the_account_of_every_gas_and_draws_its_figures() {
    let folder = tempfile::tempdir().unwrap();
    let small = [
        "--set",
        "lat=15",
        "--set",
        "lon=20",
        "--set",
        "step=10800",
        "--set",
        "years=1",
        "--quiet",
        "--out",
    ];
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/tracers.rhai");
    let (code, _, err) = output(mcas().args(["run", script]).args(small).arg(folder.path()));
    assert_eq!(code, 0, "{err}");
    let table = fs::read_to_string(folder.path().join("tracers.csv")).unwrap();
    let closed = table
        .lines()
        .filter(|line| line.starts_with("mass,") && line.ends_with(",yes"))
        .count();
    assert_eq!((closed, table.lines().count()), (3, 13), "{table}");
    assert!(
        ["sf6.png", "radon.png", "cycles.png"]
            .into_iter()
            .all(|name| folder.path().join(name).is_file())
    );
}

/// A script of the project on a very coarse grid: the file it writes.
fn small(script: &str, settings: &[&str], written: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let script = format!("{}/scripts/{script}", env!("CARGO_MANIFEST_DIR"));
    let settings = settings.iter().flat_map(|setting| ["--set", setting]);
    let (code, _, err) = output(
        mcas()
            .args(["run", &script, "--quiet", "--out"])
            .arg(folder.path())
            .args(settings),
    );
    assert_eq!(code, 0, "{err}");
    fs::read_to_string(folder.path().join(written)).unwrap()
}

#[test]
fn the_script_of_transport_tests_passes_every_gate_of_a_coarse_grid() {
    let table = small(
        "transport_tests.rhai",
        &["grids=15x20", "steps=3600", "order=false", "tracers=false"],
        "transport_tests.csv",
    );
    let ends = |with: &str| table.lines().filter(|line| line.ends_with(with)).count();
    assert_eq!(
        (ends(",yes"), ends(",NO"), table.lines().count()),
        (13, 0, 28),
        "{table}"
    );
}

#[test]
fn the_parts_of_a_cycle_add_up_to_it_and_the_caps_lose_their_air() {
    let coarse = ["lat=15", "lon=20", "step=10800"];
    let table = small(
        "co2_cycle.rhai",
        &[&coarse[..], &["years=1"]].concat(),
        "co2_cycle.csv",
    );
    // Of Cape Grim in July: the whole, and the sum of the ten parts. The limiter and the diurnal
    // cycle are between them.
    let july: Vec<f64> = table
        .lines()
        .filter(|l| l.starts_with("CGO,") && l.contains(",7,"))
        .map(|l| l.rsplit(',').next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(july.len(), 11, "{table}");
    let parts: f64 = july[1..].iter().sum();
    assert!((july[0] - parts).abs() < 0.3, "{} {parts}", july[0]);
    let table = small("polar_caps.rhai", &coarse, "polar_caps.csv");
    let left: Vec<f64> = table
        .lines()
        .skip(1)
        .map(|l| l.rsplit(',').next().unwrap().parse().unwrap())
        .collect();
    assert!(
        left.len() == 6 && left.windows(2).all(|w| w[1] < w[0] + 0.05) && left[5] < 0.6,
        "{table}"
    );
}
