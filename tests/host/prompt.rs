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
