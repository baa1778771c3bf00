use super::{run, session};
use mcas::script::Session;
use mcas::script::help::reference;
use mcas::script::tools::check;

#[test]
fn every_example_in_the_documentation_runs() {
    let (first, _folder) = session();
    let mut examples = 0;
    for entry in first.docs().entries().iter().filter(|e| e.registered) {
        for text in entry.examples() {
            let (mut session, _folder) = session();
            let _shared = super::shared();
            if let Err(e) = session.run(&format!("example of {}", entry.name), &text) {
                panic!("{}", session.report(&e));
            }
            examples += 1;
        }
    }
    assert!(examples > 50, "only {examples} examples were found");
}

#[test]
fn every_function_of_ours_is_documented_with_an_example() {
    // Mathematical functions, properties and overloads say what they are by their name or by the
    // first of them; those that need a whole experiment are run by the tests of the experiment.
    let of_an_experiment = |name: &str| {
        ["cycle::", "report::", "world::"]
            .iter()
            .any(|m| name.starts_with(m))
    };
    let docs = session().0.docs();
    let shown: std::collections::BTreeSet<&str> = docs
        .entries()
        .iter()
        .filter(|e| !e.examples().is_empty())
        .map(|e| e.name.as_str())
        .collect();
    let returning = docs
        .entries()
        .iter()
        .filter(|e| e.registered && e.text.contains("# Returns") && !of_an_experiment(&e.name));
    let without: Vec<&str> = returning
        .map(|e| e.name.as_str())
        .filter(|name| !shown.contains(name))
        .collect();
    assert!(without.is_empty(), "no example: {without:?}");
    for module in docs.modules() {
        for entry in docs
            .entries()
            .iter()
            .filter(|e| e.name.starts_with(&format!("{module}::")))
        {
            let documented = docs
                .entries()
                .iter()
                .any(|e| e.name == entry.name && !e.text.is_empty());
            assert!(documented, "{} has no documentation", entry.name);
        }
    }
}

#[test]
fn help_finds_functions_modules_and_near_misses() {
    let docs = session().0.docs();
    assert!(
        docs.help("from_function")
            .unwrap()
            .contains("regions::from_function(grid: Grid, name: function)")
    );
    assert!(docs.help("regions").unwrap().contains("regions::single"));
    let observations = docs.help("observations").unwrap();
    assert!(
        observations.contains("observations::merge")
            && observations.contains("Forecast.observations -> Observations"),
        "{observations}"
    );
    assert!(
        docs.help("regions::form_function")
            .unwrap_err()
            .to_string()
            .contains("regions::from_function")
    );
    assert!(docs.apropos("quantile").contains("quantile"));
    assert!(
        docs.help("sweep::over")
            .unwrap()
            .contains("every combination")
    );
    let transport = docs.help("Transport").unwrap();
    assert!(
        [
            "run_tracers",
            "forecast",
            "transport::run",
            "transport::meteorology"
        ]
        .iter()
        .all(|name| transport.contains(name)),
        "{transport}"
    );
}

#[test]
fn a_symbol_comes_before_a_property_of_its_name_and_a_word_of_the_language_has_help() {
    let docs = session().0.docs();
    let theta = docs.help("theta").unwrap();
    assert!(
        theta.starts_with("theta is the inflation of the forecast error")
            && theta.contains("Factors.theta -> number"),
        "{theta}"
    );
    assert!(
        docs.help("switch").unwrap().contains("_ => ")
            && docs.help("**").unwrap().contains("the power")
    );
}

/// What stands between single backticks and names a function of a module.
fn functions_named_in(text: &str) -> Vec<String> {
    let spans = text
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|s| s.contains("::") && !s.contains('\n'));
    let path = |s: &str| {
        s.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':')
            .collect::<String>()
    };
    spans
        .map(path)
        .filter(|p| !p.ends_with("::") && p.split("::").all(|w| !w.is_empty()))
        .collect()
}

#[test]
fn every_function_that_the_documentation_and_the_readme_name_exists() {
    let docs = session().0.docs();
    // Blocks between fences are run elsewhere.
    let prose = |text: &str| text.split("```").step_by(2).collect::<String>();
    let texts = docs
        .entries()
        .iter()
        .filter(|e| e.registered)
        .map(|e| (e.name.as_str(), e.text.as_str()))
        .chain(PAGES);
    let missing: Vec<String> = texts
        .flat_map(|(source, text)| {
            functions_named_in(&prose(text))
                .into_iter()
                .map(move |name| (source.to_string(), name))
        })
        .filter(|(_, name)| !docs.entries().iter().any(|e| e.name == *name))
        .map(|(source, name)| format!("{source} names {name}"))
        .collect();
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// The pages that show scripts or name functions of the language.
const PAGES: [(&str, &str); 3] = [
    ("README.md", include_str!("../../README.md")),
    (
        "examples/README.md",
        include_str!("../../examples/README.md"),
    ),
    ("scripts/README.md", include_str!("../../scripts/README.md")),
];

#[test]
fn the_script_of_the_readme_runs_and_has_twelve_lines() {
    let (_, rest) = PAGES[0].1.split_once("```rhai\n").unwrap();
    let (script, _) = rest.split_once("```").unwrap();
    assert_eq!(script.lines().filter(|l| !l.is_empty()).count(), 12);
    let (mut session, _folder) = session();
    if let Err(e) = session.run("README.md", script) {
        panic!("{}", session.report(&e));
    }
    assert!(check::text(&session, "README.md", script).is_empty());
}

#[test]
fn the_readme_has_at_most_nine_hundred_words() {
    assert!(PAGES[0].1.split_whitespace().count() <= 900);
}

#[test]
fn help_is_a_function_too() {
    let (mut session, _folder) = session();
    run(&mut session, "help(\"mean\")");
    assert!(session.take_printed().contains("Arithmetic mean"));
}

/// A call in an example with a map of documented options: the function, its number of arguments,
/// whether it is called as a method, and where the map begins.
fn calls_with_options(session: &Session, text: &str) -> Vec<(String, usize, bool, rhai::Position)> {
    let docs = session.docs();
    let ast = session
        .engine()
        .compile_with_scope(session.scope(), text)
        .unwrap_or_else(|e| panic!("{e}: {text}"));
    let mut calls = Vec::new();
    check::visit_options(&ast, &docs, |call| {
        if let rhai::Expr::Map(_, at) = call.options {
            calls.push((call.name, call.arguments, call.method, *at));
        }
    });
    calls
}

/// The text with one more key in the map that begins at a place.
fn with_a_stray_key(text: &str, at: rhai::Position) -> String {
    let (line, column) = (at.line().unwrap(), at.position().unwrap());
    let changed = |k: usize, l: &str| match k + 1 == line {
        true => format!(
            "{}{}",
            &l[..column - 1],
            l[column - 1..].replacen("#{", "#{ zz_stray: 0,", 1)
        ),
        false => l.to_string(),
    };
    text.lines()
        .enumerate()
        .map(|(k, l)| changed(k, l))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn every_option_a_function_reads_is_documented() {
    let first = session().0;
    let docs = first.docs();
    let (mut probes, mut wrong) = (0, Vec::new());
    for text in docs
        .entries()
        .iter()
        .filter(|e| e.registered)
        .flat_map(|e| e.examples())
    {
        for (name, count, method, at) in calls_with_options(&first, &text) {
            let (mut session, _folder) = session();
            let report = super::tried(&mut session, &with_a_stray_key(&text, at));
            if !report.contains("no option \"zz_stray\"") {
                wrong.push(format!(
                    "{name} takes a key it does not know, or fails otherwise: {report}\n{text}"
                ));
                continue;
            }
            let read = report
                .lines()
                .find_map(|l| l.trim().strip_prefix("expected  one of "))
                .unwrap_or("");
            let documented = docs
                .options_of_call(&name, count, method)
                .unwrap_or_default();
            // A key that is an argument of an overload too may be documented there.
            let argument = |k: &str| {
                docs.named(&name)
                    .any(|e| e.text.contains(&format!("- `{k}`")))
            };
            let missing: Vec<&str> = read
                .split(", ")
                .filter(|k| {
                    !k.is_empty() && !documented.iter().any(|d| d.key == *k) && !argument(k)
                })
                .collect();
            if !missing.is_empty() {
                wrong.push(format!(
                    "{name} reads {missing:?}, which its documentation does not name"
                ));
            }
            probes += 1;
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(probes > 20, "only {probes} calls were found");
}

#[test]
fn check_finds_nothing_wrong_in_any_example() {
    let first = session().0;
    for entry in first.docs().entries().iter().filter(|e| e.registered) {
        for text in entry.examples() {
            let (session, _folder) = session();
            let reports = check::text(&session, &format!("example of {}", entry.name), &text);
            assert!(reports.is_empty(), "{}", reports.join("\n"));
        }
    }
}

#[test]
fn the_reference_holds_every_function_and_symbol() {
    let (session, folder) = session();
    reference::write(&session, folder.path()).unwrap();
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let (html, markdown) = (read("index.html"), read("reference.md"));
    let docs = session.docs();
    for entry in docs
        .entries()
        .iter()
        .filter(|e| e.registered && e.name.starts_with(char::is_alphabetic))
    {
        assert!(
            html.contains(&format!("<section id=\"{}\">", entry.name)),
            "{}",
            entry.name
        );
        assert!(
            markdown.contains(&format!("### {}\n", entry.name)),
            "{}",
            entry.name
        );
    }
    assert_eq!(
        html.matches("<section").count(),
        html.matches("</section>").count()
    );
    assert!(html.contains("inflation of the forecast error") && markdown.contains("| theta |"));
}

#[test]
fn the_definitions_hold_the_functions_of_every_module_and_the_properties() {
    let (session, folder) = session();
    let files = reference::write(&session, folder.path()).unwrap();
    let definitions: Vec<String> = files
        .iter()
        .filter(|f| f.to_string_lossy().ends_with(".d.rhai"))
        .map(|f| std::fs::read_to_string(f).unwrap())
        .collect();
    assert!(
        definitions.iter().any(|d| d.contains("fn from_function(")) && definitions.len() > 10,
        "{}",
        definitions.len()
    );
    let tournament = definitions
        .iter()
        .find(|d| d.starts_with("module tournament;"))
        .unwrap();
    assert!(
        tournament.contains("/// # Example\n")
            && tournament.contains("fn run(schemes: ?, seeds: ?, run: ?, options: ?) -> ?;"),
        "{tournament}"
    );
    assert!(
        definitions
            .iter()
            .all(|d| !d.contains("anon$") && !d.contains("Fallible"))
    );
    assert!(
        definitions
            .iter()
            .any(|d| d.contains("fn get unit(field: Field) -> String;"))
    );
}
