use super::session;
use mcas::script::Session;
use mcas::script::repl::{Outcome, command};

fn text(session: &mut Session, line: &str) -> String {
    match command(session, line) {
        Outcome::Text(text) => text,
        other => panic!("{line} gave {other:?}"),
    }
}

fn report(session: &mut Session, line: &str) -> String {
    match command(session, line) {
        Outcome::Report(text) => text,
        other => panic!("{line} gave {other:?}"),
    }
}

#[test]
fn values_are_shown_and_the_last_one_is_kept() {
    let (mut session, _folder) = session();
    assert_eq!(text(&mut session, "nee = field([1, 2, 3]);"), "");
    assert_eq!(text(&mut session, "nee.sum()"), "6.0");
    assert_eq!(text(&mut session, "_ * 2"), "12.0");
    assert_eq!(text(&mut session, "_ + _"), "24.0");
    assert!(text(&mut session, ":vars").contains("nee              Field"));
}

#[test]
fn a_mistake_does_not_end_the_session() {
    let (mut session, _folder) = session();
    text(&mut session, "x = 3");
    let said = report(&mut session, "x + undefined_name");
    assert!(
        said.contains("there is no variable \"undefined_name\"") && said.contains("line 2:1:5"),
        "{said}"
    );
    assert_eq!(text(&mut session, "x"), "3");
    assert!(report(&mut session, ":vrs").contains(":vars"));
    assert_eq!(command(&mut session, ":quit"), Outcome::Quit);
}

#[test]
fn an_error_in_a_function_of_an_earlier_line_is_shown_at_that_line() {
    let (mut session, _folder) = session();
    text(&mut session, "fn broken(x) { x.no_such_function() }");
    text(&mut session, "1 + 1");
    let said = report(&mut session, "broken(3)");
    assert!(
        said.contains("line 1:1:18") && said.contains("called    broken at line 3:1:1"),
        "{said}"
    );
}

#[test]
fn a_session_is_saved_loaded_and_reset() {
    let (mut session, folder) = session();
    text(&mut session, "x = 3");
    text(&mut session, "fn twice(v) { 2 * v }");
    text(&mut session, "y = twice(x)");
    let path = folder.path().join("session.rhai");
    text(&mut session, &format!(":save {}", path.display()));
    text(&mut session, ":reset");
    assert_eq!(text(&mut session, ":vars"), "");
    text(&mut session, &format!(":load {}", path.display()));
    assert_eq!(text(&mut session, "y"), "6");
    assert!(text(&mut session, ":time y + 1").starts_with("7\n"));
}

#[test]
fn a_question_mark_gives_help() {
    let (mut session, _folder) = session();
    assert!(text(&mut session, "?quantile").contains("Quantile"));
    assert!(text(&mut session, "?").contains("regions::from_function"));
    text(&mut session, "x = 3");
    assert!(text(&mut session, "?x").contains("integer 3"));
    assert!(report(&mut session, "?quantle").contains("quantile"));
}

#[test]
fn a_symbol_of_the_equations_has_help_too() {
    let (mut session, _folder) = session();
    assert!(text(&mut session, "?theta").contains("theta"));
    assert!(text(&mut session, "?lambda").contains("multiply the prior flux"));
    assert!(text(&mut session, "??quantile").contains("quantile"));
}

#[test]
fn a_figure_is_written_and_its_path_shown() {
    let (mut session, folder) = session();
    let shown = text(
        &mut session,
        "plot::lines(#{ series: [#{ x: [1, 2], y: [1, 2] }] })",
    );
    assert!(
        shown.ends_with("figure-1.png") && folder.path().join("out/figure-1.png").exists(),
        "{shown}"
    );
    assert!(text(&mut session, "_").ends_with("figure-2.png"));
}

#[test]
fn a_saved_session_that_used_the_last_value_runs() {
    let (mut session, folder) = session();
    for line in ["x = 3", "x + 1", "y = _ * 2", "y + 1", "z = _ + _"] {
        text(&mut session, line);
    }
    let path = folder.path().join("session.rhai");
    text(&mut session, &format!(":save {}", path.display()));
    let (mut fresh, _other) = super::session();
    text(&mut fresh, &format!(":load {}", path.display()));
    assert_eq!(
        (
            text(&mut fresh, "y").as_str(),
            text(&mut fresh, "z").as_str()
        ),
        ("8", "18")
    );
}

#[test]
fn a_value_has_a_kind_and_an_unknown_command_a_neighbour() {
    let (mut session, _folder) = session();
    assert_eq!(text(&mut session, ":type field([1])"), "Field");
    assert_eq!(text(&mut session, ":type [1, 2]"), "an array of 2");
    assert!(report(&mut session, ":tiem 1").contains(":time"));
    assert!(report(&mut session, ":profile").contains("needs an expression"));
}

#[test]
fn a_profile_names_the_line_that_takes_the_time() {
    let start = mcas::script::session::Start {
        collect: true,
        profile: true,
        ..Default::default()
    };
    let mut session = mcas::script::Session::new(start).unwrap();
    text(
        &mut session,
        "fn slow(n) {\n  let sum = 0;\n  for k in 0..n { sum += k; }\n  sum\n}",
    );
    let shown = text(&mut session, ":profile slow(2000)");
    assert!(shown.starts_with("1999000\n"), "{shown}");
    let first = shown.lines().nth(2).unwrap_or("");
    assert!(
        first.contains("line 1:3") && first.contains("sum += k"),
        "{shown}"
    );
    assert_eq!(text(&mut session, "slow(2)"), "1");
}

#[test]
fn an_import_and_each_new_name_of_an_entry_stay() {
    let (mut session, folder) = session();
    std::fs::write(folder.path().join("tools.rhai"), "fn twice(x) { 2 * x }").unwrap();
    text(&mut session, "import \"tools\" as tools");
    assert_eq!(text(&mut session, "tools::twice(4)"), "8");
    text(&mut session, "fn four(x) { tools::twice(tools::twice(x)) }");
    text(&mut session, "a = four(1); b = tools::twice(a)");
    assert_eq!(text(&mut session, "[a, b]"), "[4, 8]");
    let said = report(&mut session, "tools::twice(1) + nothing");
    assert!(said.contains("line 6:1:19"), "{said}");
    text(&mut session, ":reset");
    assert!(report(&mut session, "tools::twice(4)").contains("tools"));
}

#[test]
fn a_saved_session_of_any_entries_runs() {
    let (mut session, folder) = session();
    std::fs::write(folder.path().join("tools.rhai"), "fn twice(x) { 2 * x }").unwrap();
    for line in [
        "import \"tools\" as tools",
        "m = #{ a: 1 }",
        "fn f(x) { x + 1 }",
        "g = |x| { x * 2 }",
        "if m.a > 0 { m.a = 2 } else { m.a = 3 }",
        "n = 5 // a note",
        "m.a + n",
        "k = _7 + _",
        "w = tools::twice(k)",
    ] {
        text(&mut session, line);
    }
    let path = folder.path().join("session.rhai");
    text(&mut session, &format!(":save {}", path.display()));
    text(&mut session, ":reset");
    text(&mut session, &format!(":load {}", path.display()));
    assert_eq!(text(&mut session, "[k, w, g.call(f(1))]"), "[14, 28, 4]");
}

#[test]
fn exit_leaves_the_prompt() {
    for entry in ["exit()", "exit(0)"] {
        let (mut session, _folder) = session();
        assert_eq!(command(&mut session, entry), Outcome::Quit);
    }
}

#[test]
fn the_value_of_an_earlier_line_has_a_name() {
    let (mut session, _folder) = session();
    for line in ["10", "x = 1", "20", "_1 + _3"] {
        text(&mut session, line);
    }
    assert_eq!(text(&mut session, "_"), "30");
    assert!(report(&mut session, "_2").contains("line_2"));
}

#[test]
fn something_far_too_large_is_an_error_and_the_variables_stay() {
    let (mut session, _folder) = session();
    text(&mut session, "keep = 42");
    for entry in [
        "positions(\"x\", 10000000000).sum()",
        "zeros(\"x\", 1000000000000)",
        "random::normal(1, \"x\", 0, [\"x\"], [1000000000000])",
    ] {
        assert!(report(&mut session, entry).starts_with("error"), "{entry}");
    }
    assert_eq!(text(&mut session, "keep"), "42");
}

#[test]
fn a_long_array_fills_lines_and_a_long_map_ten() {
    let (mut session, _folder) = session();
    let shown = text(&mut session, "a = []; for k in 0..200 { a.push(k) } a");
    assert!(
        shown.lines().count() < 14 && shown.lines().all(|l| l.len() <= 100),
        "{shown}"
    );
    let entry = "m = #{}; for k in 0..30 { m[`key_${k}`] = field([k, 2, 3]) } m";
    let shown = text(&mut session, entry);
    assert!(shown.lines().count() <= 10, "{shown}");
}
