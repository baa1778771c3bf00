//! What a run may use, from the command line: a limit that is passed is an error, and no input ends
//! the process.

use super::command_line::{mcas, output};
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Runs a text as `own/s.rhai` in a folder.
fn run(folder: &Path, text: &str, flags: &[&str]) -> (i32, String, String) {
    let own = folder.join("own");
    fs::create_dir_all(&own).unwrap();
    fs::write(own.join("s.rhai"), text).unwrap();
    let mut command = mcas();
    command
        .current_dir(folder)
        .args(["run", "own/s.rhai", "--quiet"]);
    output(command.args(flags))
}

#[test]
fn a_sandbox_reads_and_writes_its_folders_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("secret.csv"), "a\n1\n").unwrap();
    fs::create_dir_all(at.join("own")).unwrap();
    fs::write(at.join("own/mine.csv"), "a\n2\n").unwrap();
    let within = "print(read_csv(\"own/mine.csv\").rows); print(read_csv(table(#{ a: [1] }).write(\"b.csv\")).rows);";
    let (code, out, err) = run(at, within, &["--sandbox"]);
    assert_eq!((code, out.as_str()), (0, "1\n1\n"), "{err}");
    let inside = at.display();
    for beyond in [
        "read_csv(\"secret.csv\")".to_string(),
        "read_csv(\"own/../secret.csv\")".into(),
        "read_netcdf(\"/etc/passwd\", \"x\")".into(),
        "list_netcdf(\"secret.csv\")".into(),
        "regions::from_geojson(grid(\"30x30\"), \"secret.csv\")".into(),
        format!("table(#{{ a: [1] }}).write(\"{inside}/stolen.csv\")"),
        format!("write_netcdf(\"{inside}/stolen.nc\", \"t\", [field([1]).named(\"a\")])"),
        "import \"../secret\" as s;".into(),
    ] {
        fs::write(at.join("secret.rhai"), "fn f() { 1 }").unwrap();
        let (code, _, err) = run(at, &beyond, &["--sandbox"]);
        assert_eq!(code, 1, "{beyond}: {err}");
        let named = err.contains("in the sandbox") || err.contains("inside the output folder");
        assert!(named, "{beyond}: {err}");
        assert!(!at.join("stolen.csv").exists() && !at.join("stolen.nc").exists());
    }
    let read = "print(read_csv(\"secret.csv\").rows)";
    assert_eq!(
        run(at, read, &["--sandbox", "--read", "secret.csv"]).1,
        "1\n"
    );
    assert_eq!(
        run(at, read, &["--read", "."]).0,
        2,
        "--read needs --sandbox"
    );
}

#[test]
fn a_limit_that_is_passed_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    for (text, flags, what) in [
        (
            "loop { }",
            ["--time", "300ms"],
            "the limit of time is reached",
        ),
        (
            "random::normal(1, \"x\", 0, 2000000000)",
            ["--time", "500ms"],
            "the limit of time is reached",
        ),
        (
            "let all = []; loop { all.push(random::normal(1, \"x\", all.len(), 1000000)); }",
            ["--memory", "400MB"],
            "the limit of memory is reached",
        ),
        (
            "let f = positions(\"x\", 1000000000);",
            ["--memory", "1GB"],
            "does not fit into memory",
        ),
        (
            "let n = 0; loop { n += 1; }",
            ["--operations", "1e5"],
            "more steps than are allowed",
        ),
        (
            "let a = []; loop { a.push(1); }",
            ["--values", "1000"],
            "larger than is allowed",
        ),
        (
            "positions(\"x\", 5000)",
            ["--values", "1000"],
            "more values than are allowed",
        ),
    ] {
        let begun = Instant::now();
        let (code, _, err) = run(folder.path(), text, &flags);
        assert_eq!(code, 1, "{text}: {err}");
        assert!(err.contains(what), "{text}: {err}");
        assert!(begun.elapsed() < Duration::from_secs(60), "{text}");
    }
    assert_eq!(run(folder.path(), "1", &["--memory", "much"]).0, 2);
}

#[test]
fn recursion_ends_in_an_error_whatever_it_goes_through() {
    let folder = tempfile::tempdir().unwrap();
    let nested = format!(
        "fn f(n) {{ {}f(n + 1){} }} f(0)",
        "1 + (".repeat(60),
        ")".repeat(60)
    );
    for text in [
        "fn g(n) { [n].map(|x| g(x + 1)) } g(0)",
        "fn g(n) { field(grid(\"30x30\"), |la, lo| { g(n + 1); 1.0 }) } g(0)",
        "let f = |x, f| [1].map(|y| f.call(x, f)); f.call(1, f)",
        "fn g(n) { try { g(n + 1) } catch (e) { throw e } } g(0)",
        &nested,
    ] {
        let (code, _, err) = run(folder.path(), text, &["--memory", "2GB"]);
        assert_eq!(code, 1, "{text}: {err}");
        assert!(err.contains("too deeply"), "{text}: {err}");
    }
}

#[test]
fn closures_twelve_deep_are_called() {
    let folder = tempfile::tempdir().unwrap();
    let text = "fn g(n) { if n > 12 { 42 } else { [n].map(|x| g(x + 1))[0] } } print(g(0))";
    assert_eq!(run(folder.path(), text, &[]).1, "42\n");
}

#[test]
fn long_work_of_any_kind_stops_soon_after_ctrl_c() {
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..200_000).map(|k| format!("c{k}")).collect();
    fs::write(folder.path().join("wide.csv"), names.join(",")).unwrap();
    for text in [
        "read_csv(\"wide.csv\")",
        "random::normal(1, \"x\", 0, 1000000000)",
        "random::uniform(1, \"x\", 0, 1000000000)",
        "let g = grid(\"0.05x0.05\"); field(grid(\"1x1\"), |la, lo| la).regrid(g)",
    ] {
        fs::write(
            folder.path().join("s.rhai"),
            format!("print(1); {text}; {text}; print(2);"),
        )
        .unwrap();
        let (code, took, err) = interrupted(folder.path());
        assert_eq!(code, Some(1), "{text}: {err}");
        assert!(err.contains("stopped by the user"), "{text}: {err}");
        // 0.2 s on an idle machine; tests share theirs.
        assert!(took < Duration::from_secs(3), "{text}: {took:?}");
    }
}

/// Runs `s.rhai`, which prints once it has begun, and presses Ctrl-C: its code, how long it took to
/// stop, and what it reported.
fn interrupted(folder: &Path) -> (Option<i32>, Duration, String) {
    let program = assert_cmd::cargo::cargo_bin("mcas");
    let mut child = std::process::Command::new(program)
        .args(["run", "s.rhai", "--quiet", "--threads", "1"])
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 2];
    child
        .stdout
        .as_mut()
        .unwrap()
        .read_exact(&mut first)
        .unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let begun = Instant::now();
    let kill = ["-INT".to_string(), child.id().to_string()];
    std::process::Command::new("kill")
        .args(kill)
        .status()
        .unwrap();
    let ended = child.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&ended.stderr).into_owned();
    (ended.status.code(), begun.elapsed(), err)
}
