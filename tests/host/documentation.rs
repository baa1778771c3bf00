use super::{run, session};

#[test]
fn every_example_in_the_documentation_runs() {
    let (first, _folder) = session();
    let mut examples = 0;
    for entry in first.docs().entries().iter().filter(|e| e.own) {
        for text in entry.examples() {
            let (mut session, _folder) = session();
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
    // Mathematical functions, properties and overloads say what they are by their name or by the first of them; those that
    // need a whole experiment are run by the tests of the experiment.
    let of_an_experiment = |name: &str| ["cycle::", "report::", "world::"].iter().any(|m| name.starts_with(m));
    let docs = session().0.docs();
    let shown: std::collections::BTreeSet<&str> = docs.entries().iter().filter(|e| !e.examples().is_empty()).map(|e| e.name.as_str()).collect();
    let returning = docs.entries().iter().filter(|e| e.own && e.text.contains("# Returns") && !of_an_experiment(&e.name));
    let without: Vec<&str> = returning.map(|e| e.name.as_str()).filter(|name| !shown.contains(name)).collect();
    assert!(without.is_empty(), "no example: {without:?}");
    for module in docs.modules() {
        for entry in docs.entries().iter().filter(|e| e.name.starts_with(&format!("{module}::"))) {
            let documented = docs.entries().iter().any(|e| e.name == entry.name && !e.text.is_empty());
            assert!(documented, "{} has no documentation", entry.name);
        }
    }
}

#[test]
fn help_finds_functions_modules_and_near_misses() {
    let docs = session().0.docs();
    assert!(docs.help("from_function").unwrap().contains("regions::from_function(grid: Grid, name: function)"));
    assert!(docs.help("regions").unwrap().contains("regions::single"));
    let observations = docs.help("observations").unwrap();
    assert!(observations.contains("observations::merge") && observations.contains("observations(f: Forecast)"), "{observations}");
    assert!(docs.help("regions::form_function").unwrap_err().to_string().contains("regions::from_function"));
    assert!(docs.apropos("quantile").contains("quantile"));
    assert!(docs.help("sweep::over").unwrap().contains("every combination"));
}

#[test]
fn help_is_a_function_too() {
    let (mut session, _folder) = session();
    run(&mut session, "help(\"mean\")");
    assert!(session.take_printed().contains("Arithmetic mean"));
}
