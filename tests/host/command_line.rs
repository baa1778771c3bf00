use assert_cmd::Command;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

pub fn mcas() -> Command {
    let mut command = Command::cargo_bin("mcas").unwrap();
    command.env_remove("MCAS_PATH");
    command
}

pub fn output(command: &mut Command) -> (i32, String, String) {
    let out = command.output().unwrap();
    let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
    (
        out.status.code().unwrap_or(-1),
        text(&out.stdout),
        text(&out.stderr),
    )
}

#[test]
fn a_script_runs_with_settings_and_writes_to_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("try.rhai");
    fs::write(
        &script,
        "let n = setting(\"members\", 64); print(n); table(#{ n: [n] }).write(\"n.csv\");",
    )
    .unwrap();
    let (code, out, err) = output(mcas().current_dir(&folder).args([
        "run",
        "try.rhai",
        "--set",
        "members=32",
        "--set",
        "seed=1",
    ]));
    assert_eq!((code, out.as_str()), (0, "32\n"), "{err}");
    assert!(
        err.contains("warning[setting_not_used]: --set seed"),
        "{err}"
    );
    assert_eq!(
        fs::read_to_string(folder.path().join("out/try/n.csv")).unwrap(),
        "n\n32\n"
    );
    let record = fs::read_to_string(folder.path().join("out/try/record.json")).unwrap();
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    assert_eq!(
        (&record["settings"]["members"], &record["outputs"][0]),
        (&32.into(), &"n.csv".into())
    );
    output(
        mcas()
            .current_dir(&folder)
            .args(["run", "try.rhai", "--out", "there"]),
    );
    assert_eq!(
        fs::read_to_string(folder.path().join("there/n.csv")).unwrap(),
        "n\n64\n"
    );
}

#[test]
fn exit_codes_tell_success_script_errors_and_misuse_apart() {
    assert_eq!(
        output(mcas().args(["-e", "1 + 1"])),
        (0, "2\n".into(), String::new())
    );
    assert_eq!(output(mcas().args(["-e", "-1 + 3"])).1, "2\n");
    let (code, out, err) = output(mcas().args(["-e", "gird(\"4x5\")"]));
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(
        err.contains("there is no function \"gird\"") && err.contains("grid(steps: text)"),
        "{err}"
    );
    assert_eq!(
        output(mcas().args(["-e", "print(1); exit(3); print(2)"])),
        (3, "1\n".into(), String::new())
    );
    assert_eq!(
        output(mcas().write_stdin("exit(0);")),
        (0, String::new(), String::new())
    );
    assert_eq!(output(mcas().args(["run"])).0, 2);
    assert_eq!(
        output(mcas().args(["run", "x.rhai", "--set", "members"])).0,
        2
    );
    assert_eq!(output(mcas().args(["run", "no_such.rhai"])).0, 1);
    assert!(output(mcas().arg("--version")).1.starts_with("mcas "));
}

#[test]
fn a_benchmark_that_does_not_exist_is_refused_with_those_that_do() {
    let (code, out, err) = output(mcas().args(["bench", "anlysis", "--json"]));
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        err.contains("unrecognized subcommand 'anlysis'") && err.contains("analysis"),
        "{err}"
    );
}

#[test]
fn piped_text_is_run_as_a_script() {
    assert_eq!(output(mcas().write_stdin("print(sqrt(4));")).1, "2.0\n");
}

#[test]
fn help_is_on_the_command_line() {
    assert!(
        output(mcas().args(["help", "regions::from_function"]))
            .1
            .contains("A region map from a function")
    );
    let index = output(mcas().arg("help")).1;
    assert!(
        index.contains("regions::from_function") && !index.contains("Usage"),
        "{index}"
    );
    assert!(
        output(mcas().args(["help", "table"]))
            .1
            .starts_with("table(content: Field) -> Table\ntable(content: array) -> Table")
    );
    assert!(
        output(mcas().args(["help", "inflation::scheme"]))
            .1
            .starts_with("inflation::scheme(scheme: Inflation) -> Inflation")
    );
    let (code, _, err) = output(mcas().args(["help", "regoins"]));
    assert_eq!(code, 1, "{err}");
}

#[test]
fn a_file_that_is_no_record_is_not_run_again() {
    let folder = tempfile::tempdir().unwrap();
    let said = |text: &str| {
        fs::write(folder.path().join("record.json"), text).unwrap();
        let (code, out, err) = output(mcas().current_dir(&folder).args(["run", "record.json"]));
        assert_eq!((code, out.as_str()), (1, ""), "{err}");
        err
    };
    assert!(
        said("{ \"seed\": 1 }").contains("record.json is not the record of a run: got no settings")
    );
    assert!(said("{ \"settings\": {} }").contains("nothing called \"script\""));
    let broken = said("{ \"settings\": ");
    assert!(
        broken.contains("line 1 column")
            && broken.contains("try the record.json of an earlier run"),
        "{broken}"
    );
}

#[test]
fn json_holds_the_value_what_was_printed_and_the_parts_of_an_error() {
    let read = |text: &str| {
        let (code, out, err) = output(mcas().args(["-e", text, "--json"]));
        (
            code,
            serde_json::from_str::<serde_json::Value>(&out)
                .unwrap_or_else(|e| panic!("{e}: {out}{err}")),
        )
    };
    let (code, reported) = read("print(\"hello\"); #{ n: [1, 2.5], f: field(\"x\", [1]) }");
    assert_eq!(
        (code, &reported["value"]["n"], &reported["printed"]),
        (0, &serde_json::json!([1, 2.5]), &"hello\n".into())
    );
    assert_eq!(reported["value"]["f"]["values"], serde_json::json!([1.0]));
    let (code, reported) = read("let x = 1;\ngird(2)");
    assert_eq!(
        (code, &reported["line"], &reported["error"]),
        (1, &2.into(), &"there is no function \"gird\"".into())
    );
    assert!(
        reported["try"].as_str().unwrap().contains("grid(")
            && reported["report"].as_str().unwrap().contains("-->")
    );
}

#[test]
fn a_record_runs_again_with_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    let scripts = folder.path().join("scripts");
    fs::create_dir(&scripts).unwrap();
    fs::write(scripts.join("tools.rhai"), "fn scaled(x, by) { x * by }").unwrap();
    let text = "import \"tools\" as tools;
        let s = settings(#{ members: 8, seed: 1, by: 2.0 });
        let x = tools::scaled(random::normal(s.seed, \"x\", 0, [\"state\", \"member\"], [50, s.members]), s.by);
        let y = analysis::etkf().matrices(innovation(#{ a: #{ equivalents: x, values: zeros(\"n\", 50).values(), sd: 0.7 } }), #{ theta: 1.0, mu: #{ a: 1.0 } }).apply(x);
        write_netcdf(output(\"x.nc\"), \"a test\", [y]);
        table(#{ mean: y.mean(\"member\").values() }).write(\"mean.csv\");";
    fs::write(scripts.join("try.rhai"), text).unwrap();
    let run = |arguments: &[&str]| {
        let (code, _, err) = output(mcas().current_dir(&folder).args(arguments));
        assert_eq!(code, 0, "{err}");
    };
    run(&[
        "run",
        "scripts/try.rhai",
        "--out",
        "first",
        "--set",
        "members=12",
        "--set",
        "seed=7",
        "--threads",
        "1",
    ]);
    run(&[
        "run",
        "first/record.json",
        "--out",
        "again",
        "--threads",
        "2",
    ]);
    for name in ["x.nc", "mean.csv"] {
        let read = |run: &str| fs::read(folder.path().join(run).join(name)).unwrap();
        assert!(read("first") == read("again"), "{name} differs");
    }
}

#[test]
fn a_folder_named_by_mcas_path_shadows_a_module_and_adds_one() {
    let folder = tempfile::tempdir().unwrap();
    let write = |file: &str, text: &str| {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("one/sweep.rhai", "fn combinations(choices) { \"mine\" }");
    write(
        "one/extra.rhai",
        "/// Twice a number.\nfn twice(x) { 2 * x }",
    );
    write(
        "two/extra.rhai",
        "/// Three times a number.\nfn twice(x) { 3 * x }",
    );
    let path =
        std::env::join_paths([folder.path().join("one"), folder.path().join("two")]).unwrap();
    let said = |arguments: &[&str]| {
        output(
            mcas()
                .current_dir(&folder)
                .env("MCAS_PATH", &path)
                .args(arguments),
        )
    };
    assert_eq!(
        said(&["-e", "[sweep::combinations(#{}), extra::twice(2)]"]).1,
        "[\"mine\", 6]\n"
    );
    assert!(
        said(&["help", "extra::twice"])
            .1
            .contains("Three times a number.")
    );
    write("two/broken.rhai", "fn broken(x) { x + }");
    let (code, _, err) = said(&["-e", "1"]);
    assert!(code == 1 && err.contains("broken.rhai:1:"), "{err}");
}

#[test]
fn the_reference_is_written_by_a_command() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = output(
        mcas()
            .current_dir(&folder)
            .args(["doc", "--out", "reference"]),
    );
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("index.html") && folder.path().join("reference/definitions").is_dir(),
        "{out}"
    );
    let (code, _, err) =
        output(
            mcas()
                .current_dir(&folder)
                .args(["doc", "--out", "/dev/null/reference"]),
        );
    assert!(code == 1 && err.contains("cannot be made"), "{err}");
}

#[test]
fn a_terminal_that_shows_pictures_gets_them() {
    let folder = tempfile::tempdir().unwrap();
    let shown = |how: &str| {
        output(mcas().current_dir(&folder).env("MCAS_PICTURES", how).args([
            "-e",
            "plot::lines(#{ title: \"T\", series: [#{ x: [1, 2], y: [1, 2] }] })",
        ]))
        .1
    };
    assert!(shown("kitty").starts_with("\x1b_Ga=T,f=100,"));
    assert!(shown("iterm").starts_with("\x1b]1337;File=inline=1;"));
    assert!(shown("sixel").starts_with("\x1bPq"));
    assert!(shown("text").lines().count() > 10);
    assert_eq!(shown("path").trim(), "out/expression/figure-1.png");
}

#[test]
fn an_entry_is_edited_in_the_editor_of_the_environment() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let editor = folder.path().join("editor.sh");
    fs::write(&editor, "#!/bin/sh\necho '6 * 7' > \"$1\"\n").unwrap();
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o755)).unwrap();
    let run = |editor: &std::path::Path| {
        let mut command = mcas();
        command
            .arg("repl")
            .env("MCAS_HISTORY", folder.path().join("history"))
            .env_remove("VISUAL")
            .env("EDITOR", editor);
        output(command.write_stdin("1 + 1\n:edit\n:quit\n"))
    };
    assert!(run(&editor).1.contains("42"));
    let (_, _, err) = run(&folder.path().join("no_such_editor"));
    assert!(err.contains("does not start"), "{err}");
}

/// The prompt in a process of its own, because a request to stop reaches the whole process.
#[test]
fn an_interrupt_stops_what_runs_and_keeps_the_session() {
    let mut prompt = std::process::Command::new(env!("CARGO_BIN_EXE_mcas"))
        .arg("repl")
        .env(
            "MCAS_HISTORY",
            tempfile::tempdir().unwrap().path().join("history"),
        )
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = prompt.stdin.take().unwrap();
    let mut lines = BufReader::new(prompt.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let text = "x = 40\nloop { x += 1; if x == 41 { print(\"started\"); } }";
    writeln!(input, "{text}").unwrap();
    assert!(lines.any(|l| l.contains("started")));
    assert!(
        std::process::Command::new("kill")
            .args(["-INT", &prompt.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    writeln!(input, "print(`still here ${{x > 40}}`)\n:quit").unwrap();
    drop(input);
    assert!(lines.any(|l| l.contains("still here true")));
    let out = prompt.wait_with_output().unwrap();
    assert!(out.status.success());
    assert!(String::from_utf8_lossy(&out.stderr).contains("stopped by the user"));
}

#[test]
fn a_new_experiment_runs_as_it_is_and_is_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = output(mcas().current_dir(&folder).args(["new", "mine"]));
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("mcas run mine.rhai"), "{out}");
    let mine = folder.path().join("mine");
    let (code, _, err) = output(mcas().current_dir(&mine).args(["check", "mine.rhai"]));
    assert_eq!((code, err.as_str()), (0, ""));
    let few = ["run", "mine.rhai", "--set", "seeds=2", "--set", "windows=8"];
    let (code, out, err) = output(mcas().current_dir(&mine).args(few));
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("own") && mine.join("out/mine/ranking.csv").exists());
    let page = fs::read_to_string(mine.join("README.md")).unwrap();
    assert!(page.contains("mcas run mine.rhai") && !page.contains("NAME"));
    for name in ["mine", "a b", ".."] {
        let (code, _, err) = output(mcas().current_dir(&folder).args(["new", name]));
        assert!(code == 1 && err.starts_with("error:"), "{name}: {err}");
    }
}
