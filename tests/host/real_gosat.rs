//! Two real days of GOSAT, where MCAS_TEST_DATA names the folder of real files.

use crate::command_line::{mcas, output};
use crate::{session, value};
use std::path::PathBuf;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/real_gosat.rhai");

fn satellite() -> Option<PathBuf> {
    let path = std::env::var_os("MCAS_TEST_DATA").map(|f| PathBuf::from(f).join("satellite"));
    if path.is_none() {
        eprintln!("skipped: MCAS_TEST_DATA is not set, GOSAT is not assimilated");
    }
    path
}

#[test]
fn the_script_says_which_files_are_missing() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = mcas();
    command.current_dir(folder.path());
    let (code, out, err) = output(command.args(["run", SCRIPT, "--quiet", "--out", "out"]));
    assert!(code != 0 && out.contains("20120102"), "{out}");
    assert!(
        err.contains("files are missing") && err.contains("catalogue.ceda.ac.uk"),
        "{err}"
    );
}

#[test]
fn the_script_assimilates_the_two_days() {
    let Some(data) = satellite() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut command = mcas();
    command.current_dir(folder.path());
    command.args(["run", SCRIPT, "--quiet", "--out", "out"]);
    let data = format!("data_folder={}", data.display());
    for pair in [
        &data,
        "grid=15x15",
        "members=8",
        "spin_up_days=2",
        "step=10800",
    ] {
        command.args(["--set", pair]);
    }
    let (code, out, err) = output(&mut command);
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("2012 soundings make") && out.contains("departures, rms"),
        "{out}"
    );
    assert!(folder.path().join("out/departures.png").is_file());
    assert!(folder.path().join("out/departures.csv").is_file());
}

#[test]
fn an_assimilation_of_real_soundings_takes_a_dozen_lines() {
    let Some(data) = satellite() else { return };
    let (mut session, _folder) = session();
    let script = r#"
        let g = grid("15x15"); let start = date("2012-01-01"); let prior = flux::prior(g, 1);
        let model = transport::model(meteorology::built_in(g), #{ step: 10800, flux_interval: 10800 });
        let soundings = observations::from_gosat_ocpr(FOLDER).thinned(g, #{ hours: 3 });
        let world = #{
            grid: g, model: model, start: start, weeks: 1, observations: soundings,
            initial: model.run(concentrations::uniform(g, 1, 391), prior.with_factors([]), start - 1, start).concentrations,
            draws: factors::draws(flux::factor_covariance(#{ land_sd: 1.5, ocean_sd: 1.0, length_km: 2000 })),
        };
        let run = cycle::run(world, #{ name: "prior", flux: prior }, #{ sources: ["gosat"], members: 8, step_days: 2, reach_days: #{ gosat: 2 } });
        let window = run.windows[0];
        window.factors.sd("member").mean().value() < window.forecast_factors.sd("member").mean().value()
    "#;
    let script = script.replace("FOLDER", &format!("{:?}", data.display().to_string()));
    assert!(value(&mut session, &script).as_bool().unwrap());
}
