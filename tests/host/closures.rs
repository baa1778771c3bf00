//! Closures in loops, in schemes and in catch: they do what is written.

use super::{fails, run, session, value};
use mcas::script::tools::check;

const ONE: &str = "let i = innovation(#{ a: #{ equivalents: [[1, 2, 3]], values: [3], sd: 1 } });";

fn texts(session: &mut mcas::script::Session, text: &str) -> Vec<String> {
    let array = value(session, text).into_typed_array::<String>();
    array.unwrap_or_else(|e| panic!("an array of {e}"))
}

#[test]
fn a_closure_made_in_a_loop_keeps_the_value_its_variable_had_then() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        &format!(
            "{ONE} let mine = [];
             for theta in [1.0, 1.05, 1.5] {{
                 mine.push(inflation::scheme(|i| #{{ theta: theta, mu: 1.0 }}));
             }}
             assert(mine.map(|s| s.estimate(i).theta) == [1.0, 1.05, 1.5]);
             let kept = [];
             for (x, k) in [\"a\", \"b\"] {{
                 for y in 0..2 {{ kept.push(|| `${{x}}${{k}}${{y}}`); }}
             }}
             assert(kept.map(|f| f.call()) == [\"a00\", \"a01\", \"b10\", \"b11\"]);
             fn made() {{ let all = []; for k in 0..3 {{ all.push(|| k); }} all }}
             assert(made().map(|f| f.call()) == [0, 1, 2]);
             let nested = [1, 2].map(|n| {{
                 let all = []; for k in 0..2 {{ all.push(|| 10 * n + k); }} all
             }});
             assert(nested[1][0].call() == 20 && nested[1][1].call() == 21);"
        ),
    );
}

#[test]
fn a_closure_may_use_the_value_whose_method_calls_it() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        "let a = #{ x: 1, y: 2 }; let s = #{ x: [1, 2], c: 3 }; let v = [4, 2, 3];
         assert(a.keys().map(|k| a[k]) == [1, 2] && s.x.map(|g| g + s.c) == [4, 5]);
         assert(v.filter(|x| x < v[0]).map(|x| x * v.len()) == [6, 9]);
         assert(v
             .map(|x| v.filter(|y| y <= x).len()) == [3, 1, 2]);
         assert(s[\"x\"].reduce(|t, x| t + x + s.c, 0) == 9);
         let f = field([1.0, 3.0]);
         assert(f.map(|x| x / f.mean()).values() == [0.5, 1.5]);
         let t = table(#{ n: [1, 2] });
         assert(t.filter(|r| r.n == t.rows).column(\"n\") == [2.0]);
         fn begins(w) { w.some(|x| w[0] == x) }
         assert(begins(v) && v == [4, 2, 3]);",
    );
    let report = fails(&mut session, "let w = [1];\nw.map(|x| w[x]);");
    assert!(report.contains("test:2:13"), "{report}");
    let reports = check::text(
        &session,
        "mine",
        "let u = [2, 1];\nu.sort(|a, b| a - u[1]);",
    );
    assert!(
        reports[0].contains("sort changes a value that its closure uses")
            && reports[0].contains("mine:2:3"),
        "{reports:?}"
    );
}

#[test]
fn arrays_are_in_order_or_it_is_said_why_not() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        "let in_order = |v| { v.sort(); v };
         assert(in_order.call([3, 2.5, 1]) == [1, 2.5, 3]);
         assert(in_order.call([]) == [] && in_order.call([\"b\", \"a\"]) == [\"a\", \"b\"]);
         let gaps = in_order.call([data::missing(), 2.0, 1.0]);
         assert(gaps[0] == 1.0 && gaps[2].is_nan());
         let by = [3.5, 1.0, 2.0]; by.sort(|a, b| a - b); assert(by == [1.0, 2.0, 3.5]);
         let pairs = [#{ k: 1, n: 1 }, #{ k: 0, n: 2 }, #{ k: 1, n: 3 }];
         pairs.sort(|a, b| a.k - b.k); assert(pairs.map(|p| p.n) == [2, 1, 3]);
         let odd = [3, 1, 2, 5, 4]; odd.sort(|a, b| 1); odd.sort(|a, b| -1); assert(odd.len() == 5);",
    );
    for (wrong, said) in [
        ("let v = [2, 1]; v.sort(|a, b| a > b);", "a number"),
        ("let v = [2, 1]; v.sort(|a, b| fail(\"no\"));", "no"),
        (
            "let v = [2, \"a\"]; v.sort();",
            "expected  values of one kind",
        ),
        (
            "let v = [2, 1]; v.sort(|a, b| data::missing());",
            "missing value",
        ),
        ("let v = [2, 1]; v.dedup(|a, b| 1);", "the comparison"),
    ] {
        let report = fails(&mut session, wrong);
        assert!(report.contains(said), "{wrong}: {report}");
    }
}

#[test]
fn a_loop_goes_on_through_its_values_whatever_its_closures_do() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        "let seen = []; let total = 0;
         for k in 0..3 { let f = || { k += 10; total += 1; k }; seen.push(f.call()); seen.push(k); }
         assert(seen == [10, 10, 11, 11, 12, 12] && total == 3);",
    );
}

#[test]
fn an_error_in_an_amended_line_is_shown_where_it_was_written() {
    let (mut session, _folder) = session();
    let report = fails(
        &mut session,
        "let all = [];\nfor k in 0..3 { all.push(|| k); nothing_of_the_kind(k); }",
    );
    assert!(report.contains("test:2:33"), "{report}");
}

#[test]
fn a_closure_of_a_variable_that_changes_later_is_told_with_its_place() {
    let (mut session, _folder) = session();
    let text = "let all = [];\nlet k = 0;\nwhile k < 3 {\n    all.push(|| k);\n    k += 1;\n}\nlet s = 0;\nwhile s < 3 { s += [1].map(|x| x + s)[0]; }";
    let reports = check::text(&session, "mine", text);
    assert_eq!(reports.len(), 1, "{reports:?}");
    assert!(
        reports[0].starts_with(
            "warning[captured_variable_changes]: the closure at mine:4:14 has the last value of k"
        ),
        "{reports:?}"
    );
    run(&mut session, text);
    let named = session.warnings();
    assert!(
        named
            .iter()
            .any(|(w, _)| w.name == "captured_variable_changes")
    );
}

#[test]
fn the_value_of_catch_comes_out_as_that_of_try_does() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        "let read = |s| { try { number(s) } catch (e) { -1.0 } };
         assert([\"1.5\", \"x\", \"2.5\"].map(read) == [1.5, -1.0, 2.5]);
         fn either(s) { if s == \"\" { 0.0 } else { try { number(s) } catch { let y = 2.0; -y } } }
         assert(either(\"x\") == -2.0 && either(\"3\") == 3.0 && either(\"\") == 0.0);
         fn which(s) { switch s { \"a\" => 1, _ => { try { throw s } catch (e) { if e == \"b\" { 2 } else { 3 } } } } }
         assert(which(\"a\") == 1 && which(\"b\") == 2 && which(\"c\") == 3);
         let log = [];
         for s in [\"1\", \"x\"] { try { log.push(number(s)); } catch (e) { log.push(e.what); } }
         assert(log == [1.0, \"the text is not a number\"]);",
    );
    let reports = check::text(
        &session,
        "mine",
        "let x = if true { try { number(\"x\") } catch (e) { -1.0 } } else { 0.0 };\nprint(x);",
    );
    assert!(
        reports
            .iter()
            .any(|r| r.starts_with("error: the value of this catch")),
        "{reports:?}"
    );
}

#[test]
fn a_caught_error_of_the_language_has_what_and_its_true_line() {
    let (mut session, _folder) = session();
    let said = texts(
        &mut session,
        "fn area(map) { map.heigth }\nlet double = |x| twice(x);\nlet said = [];\ntry { area(#{ height: 3 }); } catch (e) { said.push(`${e.line} ${e.what}`); }\ntry { double.call(2); } catch (e) { said.push(`${e.line} ${e.what}`); }\ntry { [1, 2][7]; } catch (e) { said.push(`${e.line} ${e.what}`); }\ntry { date(\"July\"); } catch (e) { said.push(e.what); }\ntry { throw #{ code: 3 }; } catch (e) { said.push(`${e.code}`); }\nsaid",
    );
    assert_eq!(said[0], "1 the map has no key \"heigth\"");
    assert!(
        said[1].starts_with("2 ") && said[1].contains("twice"),
        "{said:?}"
    );
    assert_eq!(
        said[2..],
        [
            "6 index beyond the end of the array",
            "the text is not a date",
            "3"
        ]
    );
    let report = fails(&mut session, "try { [1][4] }\ncatch (e) { throw e; }");
    assert!(
        report.contains("index beyond the end of the array"),
        "{report}"
    );
}

#[test]
fn a_scheme_that_changes_what_it_captures_is_told_and_one_with_memory_is_not() {
    let (session, _folder) = session();
    let traps = |text: &str| {
        let reports = check::text(&session, "mine", text);
        let state = reports
            .iter()
            .filter(|r| r.contains("warning[scheme_keeps_state]"));
        state.count()
    };
    assert_eq!(
        traps("let n = 0; let s = inflation::scheme(|i| { n += 1; #{ theta: 1.0 } });"),
        1
    );
    assert_eq!(
        traps("let a = []; let o = #{ inflation: |i| { a.push(1); #{ theta: 1.0 } } };"),
        1
    );
    assert_eq!(
        traps("let a = 2.0; let s = inflation::scheme(|i| #{ theta: a });"),
        0
    );
    let remembering =
        "let s = inflation::scheme(|i, about| { about.memory.n = 1; #{ theta: 1.0 } });";
    assert_eq!(traps(remembering), 0);
}

#[test]
fn memory_is_kept_within_a_run_and_is_empty_at_the_next() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        "let growing = |i, about| {
             let memory = about.memory;
             about.memory.n = if \"n\" in about.memory { about.memory.n + 1 } else { 1 };
             #{ theta: 1.0 + 0.01 * about.memory.n }
         };
         let short = #{ windows: 4, spin_up: 0, members: 8 };
         let once = |seed| ring::run(toy::ring_world(), growing, seed, short).theta;
         let wanted = (1.01 * 1.02 * 1.03 * 1.04) ** 0.25;
         assert_near(once.call(1), wanted, 1e-12);
         assert_near(once.call(2), wanted, 1e-12);
         let few = #{ cycles: 4, spin_up: 0 };
         let twin = |seed| twin::run(twin::lorenz96(), #{ inflation: growing }, seed, few).theta;
         assert_near(twin.call(1), wanted, 1e-12);
         assert_near(twin.call(2), wanted, 1e-12);",
    );
}
