//! The main experiment, as small as it goes: a coarse world, one week, a few members.

use super::command_line::{mcas, output};
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
"#;

#[test]
fn the_experiment_conserves_carbon_and_does_not_depend_on_the_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("small.rhai"), SCRIPT).unwrap();
    let printed = |threads: &str| {
        let (code, out, err) = output(mcas().current_dir(&folder).args(["run", "small.rhai", "--quiet", "--threads", threads]));
        assert_eq!(code, 0, "{err}");
        out
    };
    let one = printed("1");
    assert!(one.contains("Tropical Asia 1") && one.len() > 175 * 4 * 10, "{one}");
    assert_eq!(one, printed("2"));
}

#[test]
fn the_script_of_tracers_closes_the_account_of_every_gas_and_draws_its_figures() {
    let folder = tempfile::tempdir().unwrap();
    let small = ["--set", "lat=15", "--set", "lon=20", "--set", "step=10800", "--set", "years=1", "--quiet", "--out"];
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/tracers.rhai");
    let (code, _, err) = output(mcas().args(["run", script]).args(small).arg(folder.path()));
    assert_eq!(code, 0, "{err}");
    let table = fs::read_to_string(folder.path().join("tracers.csv")).unwrap();
    let closed = table.lines().filter(|line| line.starts_with("mass,") && line.ends_with(",yes")).count();
    assert_eq!((closed, table.lines().count()), (3, 13), "{table}");
    assert!(["sf6.png", "radon.png", "cycles.png"].into_iter().all(|name| folder.path().join(name).is_file()));
}
