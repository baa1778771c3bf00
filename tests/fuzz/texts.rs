//! The parser, settings and the records of runs.

use super::mutate::changed;
use super::{alone, inputs, session, survive};
use mcas::script::repl;
use mcas::script::session::Start;
use mcas::script::{Session, tools};
use std::fs;

const SCRIPT: &str = r#"
fn twice(x) { if x > 2 { x * 2 } else { [x, 2][0] } }
let m = #{ a: 1.5, "b c": [1, 2, 3].map(|v| twice(v)), d: `text ${1 + 1}` };
for k in 0..3 { m.a += k; while m.a > 100 { break; } }
switch m.a { 1 => "one", _ => () }
try { throw "x" } catch (e) { print(e) } // a comment /* nested */
let f = field([1, 2, 3]).with_unit("ppm");
f.mean() + 1.0
"#;

#[test]
fn any_text_is_a_program_or_refused() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let mut session = session(folder.path());
    survive(&mut session, "script", SCRIPT).unwrap();
    for n in inputs(300) {
        let text = changed(SCRIPT.as_bytes(), "script", n);
        let text = String::from_utf8_lossy(&text).into_owned();
        let _ = survive(&mut session, &format!("script, input {n}"), &text);
        let _ = tools::check::text(&session, "input", &text);
        let _ = repl::is_whole(&text);
        session.reset();
    }
}

#[test]
fn any_record_is_read_or_refused() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("a.rhai");
    fs::write(
        &script,
        "let s = settings(#{ a: 1, b: [1.5], c: \"x\" }); table(#{ a: [s.a] }).write(\"a.csv\");",
    )
    .unwrap();
    let _ = session(folder.path()).run_file(&script).unwrap();
    let path = folder.path().join("out/record.json");
    let sample = fs::read(&path).unwrap();
    tools::record::read(&path).unwrap();
    for n in inputs(300) {
        fs::write(&path, changed(&sample, "record", n)).unwrap();
        let _ = tools::record::read(&path);
    }
}

#[test]
fn any_setting_is_taken_or_refused() {
    let _alone = alone();
    let defaults = [
        "1",
        "1.5",
        "true",
        "\"x\"",
        "[1, 2]",
        "[1.5]",
        "[]",
        "date(\"2016-07-01\")",
    ];
    let folder = tempfile::tempdir().unwrap();
    for n in inputs(40) {
        let text = changed(b"2016-07-01T06:00,[1.5,2]", "setting", n);
        let mut session = Session::new(Start {
            output: folder.path().join("out"),
            collect: true,
            settings: vec![("k".into(), String::from_utf8_lossy(&text).into_owned())],
            ..Start::default()
        })
        .unwrap();
        for default in defaults {
            let call = format!("setting(\"k\", {default})");
            let _ = survive(&mut session, &format!("setting, input {n}"), &call);
        }
    }
}
