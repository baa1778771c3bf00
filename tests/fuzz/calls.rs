//! Every function with arguments that nobody meant.

use super::{alone, inputs, session, survive};
use mcas::random::generator;
use mcas::script::Session;
use rand::RngExt;

/// What functions are given.
const VALUES: [&str; 34] = [
    "0",
    "1",
    "-1",
    "3",
    "9223372036854775807",
    "-9223372036854775808",
    "0.5",
    "-0.0",
    "1e308",
    "0.0/0.0",
    "1.0/0.0",
    "\"\"",
    "\"a\"",
    "\"2x2.5\"",
    "\"ppm\"",
    "\"no/such\"",
    "[]",
    "[1]",
    "[1, 2, 3]",
    "[[1.0, 2.0], [3.0, 4.0]]",
    "[\"a\", ()]",
    "#{}",
    "#{ a: 1 }",
    "()",
    "true",
    "date(\"2016-07-01\")",
    "date(\"9999-12-31\")",
    "grid(\"30x30\")",
    "field([1, 2, 3])",
    "field(grid(\"30x30\"), |lat, lon| lat)",
    "table(#{ a: [1, 2], b: [\"x\", \"y\"] })",
    "|| 1",
    "|x| x",
    "|x, y| x + y",
];

/// Not called: they end the session or wait for something.
const LEFT: [&str; 4] = ["exit", "sleep", "fail", "eval"];

fn names(session: &Session) -> Vec<String> {
    let index = session.docs().index();
    let first = |line: &str| line.split("  ").next().unwrap_or_default().to_string();
    let name = |text: &String| {
        let letters = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
        !text.is_empty() && text.chars().all(letters) && !LEFT.contains(&text.as_str())
    };
    index.lines().map(first).filter(name).collect()
}

#[test]
fn any_call_gives_a_value_or_an_error() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let mut session = session(folder.path());
    let names = names(&session);
    assert!(names.len() > 400, "{}", names.len());
    for n in inputs(800) {
        let mut rng = generator(13, "calls", n);
        let mut value = || VALUES[rng.random_range(0..VALUES.len())];
        let first = value();
        let arguments: Vec<&str> = (0..n % 4).map(|_| value()).collect();
        let name = &names[rng.random_range(0..names.len())];
        // As a function and, of the first argument, as a method.
        let call = match name.contains("::") || n % 2 == 0 {
            true => format!("{name}({})", arguments.join(", ")),
            false => format!("let x = {first}; x.{name}({})", arguments.join(", ")),
        };
        let _ = survive(&mut session, &format!("call {n}"), &call);
        session.reset();
        session.take_printed();
    }
}
