//! What a run writes down, and running it again.

use super::command_line::{mcas, output};
use std::fs;

fn record_of(folder: &std::path::Path) -> serde_json::Value {
    let text = fs::read_to_string(folder.join("record.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_record_runs_what_was_run_though_the_files_have_changed() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let write = |name: &str, text: &str| {
        fs::create_dir_all(at(name).parent().unwrap()).unwrap();
        fs::write(at(name), text).unwrap();
    };
    write("tools.rhai", "fn twice(x) { 2 * x }");
    write(
        "stdlib/sweep.rhai",
        "/// Mine.\nfn combinations(choices) { 7 }",
    );
    write("in.csv", "a\n1\n");
    let script = "import \"tools\" as tools;
        let s = settings(#{ seed: 3, none: [], names: [\"a,b\", \"c\"], pad: \" x \" });
        let n = tools::twice(read_csv(\"in.csv\").rows + sweep::combinations(#{}));
        random::normal(s.seed, \"x\", 0, [\"x\"], [2]);
        print(`${n} ${s.none.len()} ${s.names.len()} [${s.pad}]`);
        table(#{ n: [n] }).write(\"n.csv\");";
    write("try.rhai", script);
    let run = |arguments: &[&str]| output(mcas().current_dir(&folder).args(arguments));
    let (code, first, err) = run(&["run", "try.rhai", "--out", "first"]);
    assert_eq!((code, first.as_str()), (0, "16 0 2 [ x ]\n"), "{err}");
    assert!(err.contains("wrote n.csv in first"), "{err}");
    let record = record_of(&at("first"));
    assert_eq!(record["outcome"], "finished");
    assert_eq!(record["seeds"], serde_json::json!([3]));
    assert_eq!(record["inputs"][0]["file"], "in.csv");
    // printf 'a\n1\n' | sha256sum
    assert_eq!(
        record["inputs"][0]["sha256"],
        "309b0e45a73d3fc5325e2b6ed0a01ef8b9cde6b05a5633c1f893f970d52bfddc"
    );
    assert_eq!(record["parts"].as_array().unwrap().len(), 2);
    write("tools.rhai", "fn twice(x) { 3 * x }");
    fs::remove_file(at("stdlib/sweep.rhai")).unwrap();
    let (code, again, err) = run(&["run", "first/record.json", "--out", "again"]);
    assert_eq!((code, again), (0, first), "{err}");
    assert!(!err.contains("warning"), "{err}");
    assert_eq!(record_of(&at("again"))["parts"], record["parts"]);
    write("in.csv", "a\n1\n2\n");
    let (_, _, err) = run(&["run", "first/record.json", "--out", "third"]);
    assert!(err.contains("warning[another_input]: in.csv"), "{err}");
}

#[test]
fn a_run_that_fails_leaves_its_record_and_warnings() {
    let folder = tempfile::tempdir().unwrap();
    let script = "warn(\"odd\", \"an odd thing\");
        table(#{ a: [1] }).write(output(\"first.csv\"));
        fail(\"second half fails\");";
    fs::write(folder.path().join("half.rhai"), script).unwrap();
    let (code, _, err) = output(mcas().current_dir(&folder).args(["run", "half.rhai"]));
    assert!(code != 0 && err.contains("second half fails"), "{err}");
    let record = record_of(&folder.path().join("out/half"));
    assert_eq!(record["outcome"], "failed");
    assert!(
        record["error"]
            .as_str()
            .unwrap()
            .contains("second half fails")
    );
    assert_eq!(record["warnings"][0]["name"], "odd");
    assert_eq!(record["outputs"], serde_json::json!(["first.csv"]));
}

#[test]
fn the_source_of_a_module_is_printed() {
    let (code, out, _) = output(mcas().args(["source", "cycle"]));
    assert!(code == 0 && out.contains("fn run("), "{out}");
    let (code, _, err) = output(mcas().args(["source", "cycel"]));
    assert!(code != 0 && err.contains("mcas source cycle"), "{err}");
}
