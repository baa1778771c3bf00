//! `mcas check` and `mcas plan`: what is told of a script without running it.

use crate::command_line::{mcas, output};
use std::fs;

#[test]
fn check_finds_a_misspelt_function_in_a_branch_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("a.rhai");
    fs::write(&script, "if false { gird(\"4x5\"); }\nlet f = field([1]).mean(1, 2, 3);\nlet m = #{ act: |x| x }; m.act(1);\nlet h = 1/2;\n").unwrap();
    let (code, _, err) = output(mcas().arg("check").arg(&script));
    assert_eq!(code, 1);
    assert!(
        err.contains("there is no function \"gird\"") && err.contains("a.rhai:1:12"),
        "{err}"
    );
    assert!(
        err.contains("mean does not take 4 arguments") && err.contains("warning[integer_division]"),
        "{err}"
    );
    assert!(!err.contains("\"act\""), "{err}");
    fs::write(&script, "print(field([1]).mean());").unwrap();
    assert_eq!(
        output(mcas().arg("check").arg(&script)),
        (0, String::new(), String::new())
    );
}

#[test]
fn check_knows_a_changed_copy_of_a_module_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("stdlib")).unwrap();
    fs::write(
        folder.path().join("stdlib/sweep.rhai"),
        "fn added(x) { x }\nfn over(x) { sweep::added(x) }",
    )
    .unwrap();
    let (code, _, err) = output(
        mcas()
            .current_dir(&folder)
            .args(["check", "stdlib/sweep.rhai"]),
    );
    assert_eq!(code, 0, "{err}");
}

#[test]
fn check_finds_unknown_options_and_settings_that_are_never_read() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("a.rhai");
    let text = "let s = settings(#{ members: 64, weeks: 3 });\nlet seed = setting(\"seed\", 1);\nlet g = grid(\"4x5\");\n\
        if false { plot::map(g.areas(), #{ titel: \"x\", unit: \"km2\" }); }\nprint(s.members);\nprint(2 ^ 3);\n";
    fs::write(&script, text).unwrap();
    let (code, _, err) = output(mcas().arg("check").arg(&script));
    assert_eq!(code, 1);
    assert!(
        err.contains("plot::map has no option \"titel\"")
            && err.contains("a.rhai:4:36")
            && err.contains("title: ..."),
        "{err}"
    );
    assert!(
        err.contains("the setting \"weeks\" is never read")
            && err.contains("the setting \"seed\" is never read"),
        "{err}"
    );
    assert!(
        !err.contains("\"members\"") && err.contains("warning[power]"),
        "{err}"
    );
}

#[test]
fn check_looks_into_maps_of_options_too() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("a.rhai");
    fs::write(&script, "let w = world::built_in(#{ satellite: #{ intervall: 60 }, true_meteorology: #{ mixing: 0.9 } });\n").unwrap();
    let (code, _, err) = output(mcas().arg("check").arg(&script));
    assert_eq!(code, 1);
    assert!(
        err.contains("network::satellite has no option \"intervall\"")
            && err.contains("a.rhai:1:42"),
        "{err}"
    );
    assert!(
        err.contains("interval: ...") && !err.contains("no option \"mixing\""),
        "{err}"
    );
}

#[test]
fn a_plan_predicts_the_run_without_making_it_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let text = r#"
        let s = settings(#{ days: 1 });
        let model = transport::model(meteorology::built_in(grid("30x30")), #{ step: "1 h" });
        let start = date("2016-07-01");
        let run = model.run(concentrations::uniform(model.grid, 3, 400), (), start, start + s.days);
        assert(run.ledger.imbalance < 1e-6);
        print("not shown");
        let n = [];
        for k in 0..1000 { n.push(k); }
        table(#{ n: n }).write("n.csv");
    "#;
    fs::write(folder.path().join("try.rhai"), text).unwrap();
    let (code, out, err) = output(mcas().current_dir(&folder).args([
        "plan",
        "try.rhai",
        "--set",
        "days=4000",
        "--json",
    ]));
    assert_eq!(code, 0, "{err}");
    let plan: serde_json::Value = serde_json::from_str(&out).unwrap();
    let number = |key: &str| plan[key].as_f64().unwrap();
    assert_eq!(number("simulated_days"), 4000.0);
    // A second of steps is taken, the others are owed.
    assert!(number("transport_seconds") > 0.0, "{out}");
    assert!(
        (number("seconds") - number("transport_seconds") - number("rehearsal_seconds")).abs()
            < 1e-6,
        "{out}"
    );
    assert!(
        number("memory_mb") > 10.0 && number("disk_mb") > 0.003,
        "{out}"
    );
    assert!(!folder.path().join("out").exists());
    plans_are_written_for_people(&folder);
}

/// In words, without what the script prints, and with errors that say where they come from.
fn plans_are_written_for_people(folder: &tempfile::TempDir) {
    let (code, out, _) = output(mcas().current_dir(folder).args(["plan", "try.rhai"]));
    assert!(
        code == 0
            && out.contains("1 simulated days")
            && out.contains("rehearsal")
            && !out.contains("not shown"),
        "{out}"
    );
    fs::write(folder.path().join("bad.rhai"), "print(1); gird(3)").unwrap();
    let (code, _, err) = output(mcas().current_dir(folder).args(["plan", "bad.rhai"]));
    assert!(
        code == 1 && err.contains("gird") && err.contains("rehearsal"),
        "{err}"
    );
}
