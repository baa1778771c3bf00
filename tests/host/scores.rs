//! Flux products run forward and scored on observations.

use crate::{fails, run, session};

fn holds(script: &str) {
    let (mut session, _folder) = session();
    run(&mut session, script);
}

/// Two products on two data sets of 12 values at three sites.
const DEPARTURES: &str = r#"
    let rows = [];
    for name in ["one", "two"] {
        for k in 0..12 {
            let wrong = if name == "one" { [1.0, -2.0, 0.5][k % 3] } else { [0.5, 0.25, -0.5][k % 3] };
            rows.push(#{
                product: name, dataset: "flasks", site: ["x", "y", "z"][k % 3], kind: "flask", region: "Globe",
                time: date("2016-01-01") + k, observed: 400.0 + k, model: 400.0 + k + wrong, departure: wrong,
            });
        }
    }
    let departures = table(rows);
"#;

#[test]
fn scores_of_a_group_are_those_of_its_rows() {
    holds(&format!(
        "{DEPARTURES}{}",
        r#"
        let own = departures.filter(|r| r.product == "one");
        let all = statistics::scores(own.column("model"), own.column("observed"));
        let s = score::by(departures, [])[0];
        assert(s.product == "one" && s.n == 12 && s.sites == 3);
        assert_near(s.rmse, all.rmse, 1e-12);
        assert_near(s.bias, all.bias, 1e-12);
        assert_near(s.corr, all.corr, 1e-9);
        assert(s.rmse_low <= s.rmse && s.rmse <= s.rmse_high);
        "#
    ));
}

#[test]
fn a_gain_is_the_difference_of_scores_and_none_against_oneself() {
    holds(&format!(
        "{DEPARTURES}{}",
        r#"
        let s = score::by(departures, []);
        let g = score::gains(departures, "one")[0];
        assert_near(g.gain, s[0].rmse - s[1].rmse, 1e-12);
        let twin = departures.filter(|r| r.product == "one");
        let copy = twin.with_column("product", forward::repeated("copy", 12));
        let none = score::gains(twin.append(copy), "one")[0];
        assert(none.gain == 0.0 && none.gain_low == 0.0 && none.gain_high == 0.0);
        "#
    ));
}

#[test]
fn a_constant_that_the_start_has_wrong_is_taken_off_and_said() {
    holds(
        r#"
        let g = grid("30x30");
        let model = transport::model(meteorology::built_in(g), #{ step: 10800 });
        let seen = table(#{
            latitude: [19.5, 19.5, -75.0], longitude: [-155.6, -155.6, 10.0], altitude: [3397, 3397, 30],
            time: [date("2016-06-01T12:00"), date("2016-06-03"), date("2016-06-04")],
        }).with_column("value", [404.0, 404.5, 404.0], "ppm").with_column("sd", [1.0, 1.0, 1.0], "ppm");
        let none = flux::from_field(g, field(g, |lat, lon| 0.0).with_unit("gC m-2 d-1"));
        let run = forward::run(model, [#{ name: "nothing", flux: none }], #{
            flasks: observations::from_table(seen, #{ source: "in_situ" }),
        }, #{ aligned_days: 1 });
        assert_near(run.offsets[0], -4.0, 1e-6);
        assert(run.sets.flasks.len == 2);
        assert_near(run.departures.flasks[[0, 0]].value(), -0.5, 1e-6);
        "#,
    );
}

#[test]
fn what_cannot_be_scored_is_refused_with_what_is_there() {
    let (mut session, _folder) = session();
    for (script, part) in [
        ("forward::run((), [], #{})", "no product"),
        ("score::gains(departures, \"three\")", "one, two"),
        ("score::aircraft(departures)", "no aircraft data"),
        ("score::figure(departures, \"towers\")", "flasks"),
        (
            "score::by(departures.with_column(\"departure\", departures.departure + data::missing()), [])",
            "departures are missing",
        ),
        (
            "averaging::bayesian_weights(departures.filter(|r| r.product == \"one\"))",
            "two products",
        ),
    ] {
        let report = fails(&mut session, &format!("{DEPARTURES}{script}"));
        assert!(report.contains(part), "{script}: {report}");
    }
}

#[test]
fn means_are_sampled_whole_or_left_out_with_a_warning() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        r#"
        let g = grid("30x30");
        let model = transport::model(meteorology::built_in(g), #{ step: 10800 });
        let none = flux::from_field(g, field(g, |lat, lon| 0.0).with_unit("gC m-2 d-1"));
        let at = |start, end| #{ start: date(start), end: date(end), latitude: 45, longitude: 5, altitude: 100, value: 404 };
        let rows = table([at.call("2016-06-01T12:00", "2016-06-03"), at.call("2016-06-02", "2016-06-06")]);
        let means = observations::from_table(rows, #{ source: "in_situ", value: ["value", "ppm"] });
        let whole = forward::run(model, [#{ name: "n", flux: none }], #{ a: means });
        assert(whole.start == "2016-06-01" && whole.end == "2016-06-06" && whole.sets.a.len == 2);
        let cut = forward::run(model, [#{ name: "n", flux: none }], #{ a: means }, #{ end: "2016-06-05" });
        assert(cut.sets.a.len == 1);
        let noon = table([#{ time: date("2016-06-03"), latitude: 45, longitude: 5, altitude: 100, value: 404 }]);
        let midnight = observations::from_table(noon, #{ source: "in_situ", value: ["value", "ppm"] });
        assert(forward::run(model, [#{ name: "n", flux: none }], #{ a: midnight }).sets.a.len == 1);
        "#,
    );
    let warnings = session.warnings();
    let cut = warnings.iter().filter(|(w, _)| w.name == "interval_cut");
    assert_eq!(cut.count(), 1);
}

/// Runs the script that scores a flux; what it prints.
fn scored(folder: &std::path::Path, set: &[String]) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/score_a_flux.rhai");
    let mut command = crate::command_line::mcas();
    command
        .current_dir(folder)
        .args(["run", script, "--quiet", "--out", "out"]);
    for pair in set {
        command.args(["--set", pair]);
    }
    let (code, out, err) = crate::command_line::output(&mut command);
    assert_eq!(code, 0, "{err}");
    out
}

#[test]
fn the_script_that_scores_a_flux_finds_the_truth_nearest_without_any_file() {
    let folder = tempfile::tempdir().unwrap();
    let set = [
        "grid=10x15",
        "step=10800",
        "end=2014-09-20",
        "aligned_days=5",
    ];
    scored(folder.path(), &set.map(String::from));
    let scores = std::fs::read_to_string(folder.path().join("out/scores.csv")).unwrap();
    let rmse = |name: &str| {
        let row = scores
            .lines()
            .find(|l| l.starts_with(name) && l.contains("surface"));
        let cells: Vec<&str> = row.unwrap().split(',').collect();
        cells[4].parse::<f64>().unwrap()
    };
    let priors = [rmse("built-in prior 1"), rmse("built-in prior 2")];
    assert!(priors.iter().all(|p| rmse("truth") < *p), "{scores}");
    assert!(folder.path().join("out/departures.png").exists());
}

#[test]
fn a_real_flux_is_scored_on_real_monthly_means() {
    let Ok(data) = std::env::var("MCAS_TEST_DATA") else {
        eprintln!("MCAS_TEST_DATA is not set: SKIPPED");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| format!("{data}/{name}");
    let set = [
        format!(
            "flux={}",
            file("fluxes/wombat_v1_control_total_co2_flux_2x25_monthly.nc")
        ),
        format!("records={}", file("insitu/ctracker_obs_monthly_raw.csv")),
        format!("heights={}", file("insitu/site_altitudes.csv")),
        "variable=co2_flux".into(),
        "grid=10x15".into(),
        "step=10800".into(),
        "start=2014-11-01".into(),
        "end=2015-01-01".into(),
        "aligned_days=30".into(),
    ];
    let out = scored(folder.path(), &set);
    // 104 surface sites with an altitude have a mean of December 2014.
    assert!(out.contains("surface"), "{out}");
    let budgets = std::fs::read_to_string(folder.path().join("out/budgets.csv")).unwrap();
    let globe = budgets
        .lines()
        .find(|l| l.starts_with("the flux of the file") && l.contains("Globe"))
        .unwrap();
    // The sum of the file's cells, flux times its own area, of these months: 18.42 PgC/yr (netCDF4,
    // numpy).
    let flux: f64 = globe.rsplit(',').next().unwrap().parse().unwrap();
    assert!((flux - 18.42).abs() < 0.05, "{globe}");
}
