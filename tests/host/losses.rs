//! What would be lost without a word is told: air that is no number, observations that count twice,
//! outputs of a run whose reader has gone, settings that a record cannot give back.

use super::command_line::{mcas, output};
use super::{fails, run, session};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn said(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "\"{part}\" is not in\n{text}");
    }
}

#[test]
fn a_run_after_which_the_air_is_no_number_is_refused() {
    let (mut session, _own) = session();
    let report = fails(
        &mut session,
        "let g = grid(\"30x30\"); let m = transport::model(meteorology::built_in(g), #{ step: \"3 h\" });
         let big = flux::from_field(g, field(g, |lat, lon| 1e30).with_unit(\"kgC m-2 s-1\"));
         m.run(concentrations::uniform(g, 1, 400), big, \"2016-07-01\", \"2016-07-02\")",
    );
    said(
        &report,
        &["the air is not a number after the run", "member 0"],
    );
}

#[test]
fn winds_stronger_than_any_are_refused_however_they_are_given() {
    let (mut session, _own) = session();
    let prescribed = |flow: &str| {
        format!(
            "let g = grid(\"30x30\"); let m = meteorology::prescribed(g, |t| {flow}, #{{}});
             transport::model(m, #{{ step: \"1 h\" }}).run(concentrations::uniform(g, 1, 400), (), \"2016-07-01\", \"2016-07-02\")"
        )
    };
    let psi =
        "#{ streamfunction: field(g.corners, |lat, lon| -6.4e6 * 1500 * sin(lat * PI() / 180)) }";
    let report = fails(&mut session, &prescribed(psi));
    said(
        &report,
        &[
            "the u of the streamfunction",
            "-1000 to 1000 m s-1",
            "north",
        ],
    );
}

#[test]
fn a_place_that_is_none_is_refused() {
    let (mut session, _own) = session();
    run(&mut session, "let map = regions::seven(grid(\"4x5\"));");
    let nan = "0.0 / 0.0";
    for call in [
        format!("map.at({nan}, 0)"),
        "map.at(0, 1e300)".into(),
        format!("grid(\"4x5\").cell(0, {nan})"),
        format!("distance_km(0, 0, {nan}, 90)"),
        "regions::from_points(grid(\"30x30\"), [0], [1e300], [\"A\"])".into(),
    ] {
        said(&fails(&mut session, &call), &["not on the globe"]);
    }
    let ring = "[[1e300, -20], [20, -20], [20, 20], [1e300, -20]]";
    let polygon = format!(
        "regions::from_geojson(grid(\"30x30\"), #{{ type: \"Feature\", properties: #{{ name: \"A\" }}, geometry: #{{ type: \"Polygon\", coordinates: [{ring}] }} }})"
    );
    said(
        &fails(&mut session, &polygon),
        &["not on the globe", "1e300"],
    );
}

#[test]
fn an_observation_beyond_the_air_is_left_out_and_counted() {
    let (mut session, _own) = session();
    run(
        &mut session,
        "let t = table(#{ latitude: [10, 10], longitude: [20, 20], time: [date(\"2016-07-01\"), date(\"2016-07-02\")], altitude: [100.0, 1e9] });
         let o = observations::from_table(t, #{ altitude: [\"altitude\", \"m\"], value: \"400 ppm\", sd: \"1 ppm\", source: \"a\" });",
    );
    run(
        &mut session,
        "assert(o.len == 1); assert(o.rejected[\"an altitude outside -1 to 100 km\"] == 1);",
    );
    said(
        &fails(&mut session, "operator::point(#{ height: 1e9 })"),
        &["the height above ground", "100000 m"],
    );
    said(
        &fails(&mut session, "operator::point(#{ pressure: 1e9 })"),
        &["pressure", "120000 Pa"],
    );
}

#[test]
fn observations_merged_with_themselves_are_told() {
    let (mut session, _own) = session();
    run(
        &mut session,
        "let plan = network::in_situ(\"2016-07-01\", \"2016-07-02\", #{});
         let seen = network::observe(plan, 400e-6 * ones(\"obs\", plan.len), #{});
         observations::merge([seen]);",
    );
    assert!(session.warnings().is_empty());
    run(&mut session, "observations::merge([seen, seen]);");
    let warnings = session.warnings();
    assert_eq!(warnings[0].0.name, "repeated_observations");
}

#[test]
fn a_source_named_twice_and_a_region_called_as_all_together_are_refused() {
    let (mut session, _own) = session();
    run(
        &mut session,
        "let world = world::built_in(#{ grid: \"30x30\", step: 10800, weeks: 1, groups: [1], spin_up_days: 0, reach_days: 7, satellite: #{ interval: 3600 } });",
    );
    let twice =
        "cycle::run(world, world.priors[0], #{ members: 3, sources: [\"in_situ\", \"in_situ\"] })";
    said(&fails(&mut session, twice), &["in_situ is named twice"]);
    for name in ["pooled", "all regions"] {
        let called = format!(
            "cycle::run(world, world.priors[0], #{{ members: 3, localization: localization::regional(regions::single(world.grid, \"{name}\")) }})"
        );
        said(
            &fails(&mut session, &called),
            &["the name of all regions together", name],
        );
    }
}

#[test]
fn settings_that_json_has_no_form_for_come_back_from_a_record() {
    let folder = tempfile::tempdir().unwrap();
    let script = "let s = settings(#{ e: [], x: 1.0 / 0.0, n: [0.0 / 0.0, -1.0 / 0.0], t: [\"a,b\", \"\"], u: \" p \" });
        print(`${s}`); table(#{ a: [1] }).write(\"a.csv\");";
    fs::write(folder.path().join("s.rhai"), script).unwrap();
    let run = |what: &str| {
        output(
            mcas()
                .current_dir(&folder)
                .args(["run", what, "--out", "o"]),
        )
    };
    let (code, first, err) = run("s.rhai");
    assert_eq!(code, 0, "{err}");
    assert_eq!(run("o/record.json").1, first);
}

#[test]
fn a_reader_that_goes_ends_neither_a_run_nor_its_outputs() {
    let folder = tempfile::tempdir().unwrap();
    let script =
        "for k in 0..20000 { print(`line ${k} of many`); } table(#{ a: [1] }).write(\"a.csv\");";
    fs::write(folder.path().join("p.rhai"), script).unwrap();
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("mcas"))
        .current_dir(&folder)
        .args(["run", "p.rhai"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    assert_eq!(first, "line 0 of many\n");
    let status = child.wait().unwrap();
    assert!(status.success());
    assert!(folder.path().join("out/p/a.csv").exists());
    assert!(folder.path().join("out/p/record.json").exists());
}

#[test]
fn a_run_that_is_stopped_leaves_its_record_and_warnings() {
    let folder = tempfile::tempdir().unwrap();
    let script = "warn(\"odd\", \"an odd thing\"); table(#{ a: [1] }).write(\"a.csv\"); print(\"ready\"); loop { let x = 1; }";
    fs::write(folder.path().join("long.rhai"), script).unwrap();
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("mcas"))
        .current_dir(&folder)
        .args(["run", "long.rhai"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    let kill = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(kill.success());
    let begun = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if begun.elapsed() > Duration::from_secs(20) => panic!("it goes on"),
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    assert!(!status.success());
    let mut err = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut err)
        .unwrap();
    let record = fs::read_to_string(folder.path().join("out/long/record.json")).unwrap();
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    assert_eq!(record["outcome"], "stopped", "{err}");
    assert_eq!(record["warnings"][0]["name"], "odd");
    assert_eq!(record["outputs"], serde_json::json!(["a.csv"]));
}

#[test]
fn a_check_runs_nothing_of_the_modules_beside_a_script() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("stdlib")).unwrap();
    let module = "print(\"it runs\"); fn twice(x) { 2 * x }";
    fs::write(folder.path().join("stdlib/mine.rhai"), module).unwrap();
    fs::write(
        folder.path().join("a.rhai"),
        "mine::twice(1); mine::thrice(1);",
    )
    .unwrap();
    let (code, out, err) = output(mcas().current_dir(&folder).args(["check", "a.rhai"]));
    assert_eq!((code, out.as_str()), (1, ""), "{err}");
    said(&err, &["mine::thrice"]);
    assert!(!err.contains("it runs"), "{err}");
}

#[test]
fn a_comment_that_is_not_closed_hides_nothing() {
    let (mut session, _own) = session();
    let report = fails(&mut session, "print(1);\n /* never closed\nprint(2);");
    said(&report, &["a comment is not closed", "test:2:2"]);
    run(
        &mut session,
        "let s = \"/* text\"; /* a /* nested */ one */ print(s); // /* no",
    );
}
