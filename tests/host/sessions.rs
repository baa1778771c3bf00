use super::{fails, run, session, session_with, value};
use std::fs;

#[test]
fn a_closure_kept_from_an_earlier_entry_still_works() {
    let (mut session, _folder) = session();
    run(&mut session, "fn helper(x) { x + 1 }");
    run(
        &mut session,
        "let offset = 10; let f = |x| helper(x) + offset;",
    );
    run(&mut session, "let unrelated = [1, 2].map(|x| x * 2);");
    assert_eq!(value(&mut session, "f.call(1)").as_int().unwrap(), 12);
    assert_eq!(value(&mut session, "[1, 2].map(f)").to_string(), "[12, 13]");
}

#[test]
fn a_closure_returned_by_an_imported_module_still_works() {
    let (mut session, folder) = session();
    fs::write(
        folder.path().join("tools.rhai"),
        "fn scaled(k) { |x| k * x }",
    )
    .unwrap();
    assert_eq!(
        value(
            &mut session,
            "import \"tools\" as tools; let f = tools::scaled(3); f.call(4)"
        )
        .as_int()
        .unwrap(),
        12
    );
    assert_eq!(value(&mut session, "f.call(5)").as_int().unwrap(), 15);
}

#[test]
fn a_closure_of_an_earlier_entry_works_inside_a_native() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        "fn hemisphere(lat) { if lat > 0 { \"North\" } else { \"South\" } }",
    );
    run(&mut session, "let name = |lat, lon| hemisphere(lat);");
    run(
        &mut session,
        "let map = regions::from_function(grid(\"4x5\"), name);",
    );
    assert_eq!(value(&mut session, "map.at(10, 0)").to_string(), "North");
}

#[test]
fn modules_of_the_stdlib_need_no_import_and_a_users_folder_adds_its_own() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("stdlib")).unwrap();
    fs::write(
        folder.path().join("stdlib/mine.rhai"),
        "fn count(c) { sweep::combinations(c).len() }",
    )
    .unwrap();
    let start = mcas::script::session::Start {
        folder: Some(folder.path().into()),
        collect: true,
        ..Default::default()
    };
    let mut session = mcas::script::Session::new(start).unwrap();
    assert_eq!(
        value(&mut session, "mine::count(#{ a: [1, 2], b: [1, 2, 3] })")
            .as_int()
            .unwrap(),
        6
    );
}

#[test]
fn settings_are_read_as_the_type_of_their_default() {
    let (mut session, _folder) = session_with(&[
        ("members", "32"),
        ("sd", "2"),
        ("sources", "a, b"),
        ("start", "2016-07-01"),
    ]);
    run(
        &mut session,
        "let s = settings(#{ members: 64, sd: 0.5, sources: [\"x\"], start: date(\"2015-01-01\"), seed: 7 });",
    );
    run(
        &mut session,
        "assert(s.members == 32 && s.sd == 2.0 && s.sources == [\"a\", \"b\"] && s.start.month == 7 && s.seed == 7);",
    );
}

#[test]
fn an_unknown_setting_is_an_error_and_an_unused_one_a_warning() {
    let (mut session, _folder) = session_with(&[("membres", "32")]);
    let report = fails(&mut session, "settings(#{ members: 64 })");
    assert!(
        report.contains("no setting \"membres\"") && report.contains("--set members=..."),
        "{report}"
    );
    let (session, _folder) = session_with(&[("seed", "3")]);
    session.host().warn_of_unused_settings();
    assert_eq!(session.warnings()[0].0.name, "setting_not_used");
    let (mut session, _folder) = session_with(&[("members", "many")]);
    assert!(fails(&mut session, "setting(\"members\", 64)").contains("expected  an integer"));
}

#[test]
fn outputs_stay_inside_the_output_folder() {
    let (mut session, folder) = session();
    run(&mut session, "table(#{ a: [1] }).write(\"deep/a.csv\")");
    assert_eq!(
        fs::read_to_string(folder.path().join("out/deep/a.csv")).unwrap(),
        "a\n1\n"
    );
    assert!(fails(&mut session, "output(\"../a.csv\")").contains("stays inside the output folder"));
}

#[test]
fn a_warning_is_counted_and_not_repeated() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        "for k in 0..3 { warn(\"few_observations\", \"only 3\"); } warn(\"other\", \"x\");",
    );
    let warnings = session.warnings();
    assert_eq!(
        (warnings.len(), warnings[0].1, warnings[0].0.name.as_str()),
        (2, 3, "few_observations")
    );
}

#[test]
fn maps_and_arrays_print_legibly() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        "print(#{ a: 1, b: [1.5, \"x\"], t: date(\"2016-07-01\"), f: field([1, 2]).mean() });",
    );
    assert_eq!(
        session.take_printed(),
        "#{ a: 1, b: [1.5, \"x\"], f: 1.5, t: 2016-07-01 }\n"
    );
    run(
        &mut session,
        "print(`${[field([400], #{ unit: \"ppm\" }).mean()]}`)",
    );
    assert_eq!(session.take_printed(), "[400 [ppm]]\n");
}

#[test]
fn a_caught_error_keeps_its_parts() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        "let what = \"\"; try { grid(\"4x7\"); } catch (e) { what = e.what; } assert(what.contains(\"divide 360\"));",
    );
}

#[test]
fn arithmetic_between_fields_and_numbers_goes_both_ways() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        "let f = field([1, 2, 4]);
         assert((2 * f + 1).values() == [3.0, 5.0, 9.0]);
         assert((1 - f / 2).values() == [0.5, 0.0, -1.0]);
         assert((8.0 / f).values() == [8.0, 4.0, 2.0]);
         assert((-f).sum() == -7.0 && (f ** 2).sum() == 21.0 && (2 ** f).sum() == 22.0);
         assert((f > 1).sum() == 2.0);
         f[0] = 9; assert(f[0] == 9.0 && f[-1] == 4.0);
         f += 1; assert(f[1] == 3.0);
         let c = field([400, 410], #{ unit: \"ppm\" });
         assert(c.mean() > 404 && (c + 1).unit == \"ppm\");
         assert((2 / field([4], #{ unit: \"s\" })).unit == \"s-1\");",
    );
}

#[test]
fn options_may_be_left_out_of_functions_written_in_the_language() {
    let (mut session, folder) = session();
    fs::write(
        folder.path().join("tools.rhai"),
        "fn scaled(x, options) { let o = fill(\"scaled\", #{ by: 2 }, options); x * o.by }",
    )
    .unwrap();
    run(&mut session, "import \"tools\" as tools;");
    assert_eq!(value(&mut session, "tools::scaled(3)").as_int().unwrap(), 6);
    assert_eq!(
        value(&mut session, "tools::scaled(3, #{ by: 5 })")
            .as_int()
            .unwrap(),
        15
    );
    run(
        &mut session,
        "fn counted(x, options) {\n  x + options.len()\n}\nfn kept(options) { 1 } fn kept() { 2 }",
    );
    assert_eq!(
        value(&mut session, "counted(3) + kept()").as_int().unwrap(),
        5
    );
    let reports =
        mcas::script::tools::check::text(&session, "t", "counted(3); kept(); counted(1, 2, 3);");
    assert!(
        reports.len() == 1 && reports[0].contains("3 arguments"),
        "{reports:?}"
    );
    let help = session.docs().help("counted").unwrap();
    assert!(
        help.contains("counted(x, options)") && !help.contains("counted(x)"),
        "{help}"
    );
}

#[test]
fn an_error_behind_options_left_out_is_where_it_is() {
    let (mut session, _folder) = session();
    let said = fails(
        &mut session,
        "fn f(x, options) {\n  x + nothing_here(options)\n}\n\nf(1)",
    );
    assert!(said.contains("test:2:7"), "{said}");
}

#[test]
fn a_file_that_imports_itself_is_an_error() {
    let (mut session, folder) = session();
    fs::write(
        folder.path().join("round.rhai"),
        "import \"round\" as again; fn f() { 1 }",
    )
    .unwrap();
    let said = fails(&mut session, "import \"round\" as r; r::f()");
    assert!(said.contains("imports itself"), "{said}");
}
