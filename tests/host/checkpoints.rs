//! Runs that are killed, gone on with, branched, and kept apart from each other.

use super::command_line::{mcas, output};
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A filter of a toy that keeps every step, and prints the digest of all of them. `pause` makes it
/// last longer and is no setting.
const TOY: &str = r#"
let s = settings(#{ steps: 12, seed: 1 });
let c = checkpoint::folder("steps", #{ world: "Lorenz-96" });
let x = toy::lorenz96_start(s.seed, 8.0);
let first = 0;
if c.resumable > 0 {
    let kept = c.state(());
    first = kept.window + 1;
    x = kept.x;
    note(`going on after step ${first}`);
}
for t in first..s.steps {
    for k in 0..20 { x = toy::lorenz96_step(x, 8.0, 0.05); }
    let draw = resumable::once(`draw ${t}`, || random::normal(s.seed, "draws", t, 1)[0]);
    x += 0.1 * draw;
    c.write_result(t, #{ step: t, mean: x.mean(), x: x });
    c.write_state(t, #{ x: x });
}
let all = [];
for t in 0..s.steps { all.push(c.result(t)); }
table(#{ digest: [digest(all)] }).write("digest.csv");
print(digest(all));
"#;

fn folder_with(name: &str, text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), text).unwrap();
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    output(
        mcas()
            .current_dir(folder)
            .args(["run", "--quiet"])
            .args(arguments),
    )
}

fn started(folder: &Path, arguments: &[&str]) -> Child {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("mcas"));
    let command = command
        .current_dir(folder)
        .args(["run", "--quiet"])
        .args(arguments);
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn kill(child: &mut Child, signal: &str) {
    let id = child.id().to_string();
    let _ = Command::new("kill").args([signal, &id]).status();
    child.wait().unwrap();
}

#[test]
fn a_run_killed_at_any_moment_goes_on_to_the_same_bits() {
    const KILLS: u64 = 20;
    let unbroken = folder_with("toy.rhai", TOY);
    let begun = Instant::now();
    let (code, wanted, err) = run(unbroken.path(), &["toy.rhai"]);
    assert_eq!(code, 0, "{err}");
    let took = begun.elapsed();
    for k in 0..KILLS {
        let killed = folder_with("toy.rhai", TOY);
        // Moments spread over the run, in a fixed order that is not that of the parts.
        let share = f64::from(u32::try_from(k * 7919 % 997).unwrap()) / 997.0;
        let mut child = started(killed.path(), &["toy.rhai"]);
        std::thread::sleep(Duration::from_secs_f64(took.as_secs_f64() * share));
        kill(&mut child, if k % 2 == 0 { "-KILL" } else { "-TERM" });
        let (code, got, err) = run(killed.path(), &["toy.rhai"]);
        assert_eq!((code, &got), (0, &wanted), "kill {k} at {share}: {err}");
        let mut left: Vec<String> = fs::read_dir(killed.path().join("out/toy"))
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "failed") // of a run killed after its last record
            .collect();
        left.sort();
        assert_eq!(left, ["digest.csv", "record.json", "steps"], "kill {k}");
    }
}

#[test]
fn a_run_that_differs_is_refused_with_the_difference() {
    let folder = folder_with("toy.rhai", TOY);
    let at = folder.path();
    assert_eq!(run(at, &["toy.rhai", "--set", "steps=3"]).0, 0);
    let (code, _, err) = run(at, &["toy.rhai", "--set", "steps=4"]);
    assert!(
        code != 0 && err.contains("the setting steps is not what it was"),
        "{err}"
    );
    assert!(
        err.contains("expected  3") && err.contains("got       4"),
        "{err}"
    );
    // The good result of before is still there.
    let record = fs::read_to_string(at.join("out/toy/record.json")).unwrap();
    assert!(record.contains("\"finished\"") && at.join("out/toy/digest.csv").exists());
    fs::write(at.join("toy.rhai"), format!("{TOY}// another\n")).unwrap();
    let (code, _, err) = run(at, &["toy.rhai", "--set", "steps=3"]);
    assert!(
        code != 0 && err.contains("the script is not what it was"),
        "{err}"
    );
    fs::write(
        at.join("toy.rhai"),
        TOY.replace("Lorenz-96\" }", "Lorenz-63\" }"),
    )
    .unwrap();
    let (_, _, err) = run(at, &["toy.rhai", "--set", "steps=3"]);
    assert!(err.contains("is not what it was"), "{err}");
}

#[test]
fn a_damaged_state_is_passed_over_and_the_window_before_survives() {
    let folder = folder_with("toy.rhai", TOY);
    let at = folder.path();
    let (_, wanted, _) = run(at, &["toy.rhai"]);
    let states = at.join("out/toy/steps");
    let last = states.join("state_0011.mcas");
    let intact = fs::read(&last).unwrap();
    let mut flipped = intact.clone();
    flipped[40] ^= 1;
    let mut version = intact.clone();
    version[8] = 9;
    let damages = [
        (flipped, "checksum"),
        (intact[..intact.len() / 2].to_vec(), "cut short"),
        (version, "another version"),
    ];
    for (bytes, why) in damages {
        fs::write(&last, bytes).unwrap();
        let (code, got, err) = run(at, &["toy.rhai"]);
        assert_eq!((code, &got), (0, &wanted), "{why}: {err}");
        assert!(
            err.contains("damaged_checkpoint") && err.contains(why),
            "{err}"
        );
        assert!(err.contains("going on after step 11"), "{err}");
        assert_eq!(fs::read(&last).unwrap(), intact, "{why}");
    }
    for name in ["state_0010.mcas", "state_0011.mcas"] {
        fs::write(states.join(name), "MCASCKPT").unwrap();
    }
    let (code, _, err) = run(at, &["toy.rhai"]);
    assert!(code != 0 && err.contains("cut short"), "{err}");
}

#[test]
fn a_clock_that_went_back_is_a_warning_and_no_error() {
    let folder = folder_with("toy.rhai", TOY);
    let at = folder.path();
    let (_, wanted, _) = run(at, &["toy.rhai"]);
    let about = at.join("out/toy/steps/run.json");
    let text = fs::read_to_string(&about).unwrap();
    let since = text.find("since ").unwrap() + 6;
    fs::write(
        &about,
        format!("{}2999{}", &text[..since], &text[since + 4..]),
    )
    .unwrap();
    let (code, got, err) = run(at, &["toy.rhai"]);
    assert_eq!((code, got), (0, wanted), "{err}");
    assert!(err.contains("warning[clock_went_back]"), "{err}");
}

#[test]
fn a_second_run_into_a_folder_is_refused_with_who_and_when() {
    let slow = "let t = 0; for k in 0..200000000 { t += 1; } table(#{ t: [t] }).write(\"t.csv\");";
    let folder = folder_with("slow.rhai", slow);
    let mut child = started(folder.path(), &["slow.rhai"]);
    let lock = folder.path().join("out/slow/record.unfinished.json");
    let begun = Instant::now();
    while !lock.exists() && begun.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let (code, _, err) = run(folder.path(), &["slow.rhai"]);
    let who = format!("process {}", child.id());
    assert!(
        code != 0 && err.contains("another run uses the folder"),
        "{err}"
    );
    assert!(
        err.contains(&who) && err.contains("since 20") && err.contains("--out"),
        "{err}"
    );
    kill(&mut child, "-TERM");
    // Nothing was written: nothing is left.
    assert!(!folder.path().join("out").exists());
}

#[test]
fn a_failing_run_leaves_the_earlier_good_result_as_it_was() {
    let text = "let s = settings(#{ a: 1, fail: false });
        table(#{ a: [s.a] }).write(\"first.csv\");
        if s.fail { fail(\"second half fails\"); }
        table(#{ a: [s.a] }).write(\"second.csv\");";
    let folder = folder_with("half.rhai", text);
    let at = folder.path();
    assert_eq!(run(at, &["half.rhai"]).0, 0);
    let read = |name: &str| fs::read_to_string(at.join("out/half").join(name)).unwrap();
    let before = read("record.json");
    let (code, _, err) = run(at, &["half.rhai", "--set", "a=2", "--set", "fail=true"]);
    assert!(code != 0 && err.contains("out/half/failed"), "{err}");
    assert_eq!(
        (read("first.csv"), read("second.csv")),
        ("a\n1\n".into(), "a\n1\n".into())
    );
    assert_eq!(read("record.json"), before);
    assert_eq!(read("failed/first.csv"), "a\n2\n");
    let failed: serde_json::Value = serde_json::from_str(&read("failed/record.json")).unwrap();
    assert_eq!(
        (&failed["outcome"], &failed["outputs"][0]),
        (&"failed".into(), &"first.csv".into())
    );
}

#[test]
fn a_folder_that_cannot_be_used_stops_a_run_before_it_computes() {
    let folder = folder_with(
        "s.rhai",
        "print(\"computed\"); table(#{ a: [1] }).write(\"a.csv\");",
    );
    fs::write(folder.path().join("file"), "").unwrap();
    let (code, out, err) = run(folder.path(), &["s.rhai", "--out", "file/out"]);
    assert!(code != 0 && out.is_empty(), "{out}");
    assert!(
        err.contains("the folder cannot be used") && err.contains("--out DIR"),
        "{err}"
    );
}

#[test]
fn parts_are_taken_from_a_run_that_was_stopped_unless_it_differs() {
    let text = "let s = settings(#{ fail: 3, n: 4 });
        let score = |scheme, seed| { warn(\"odd\", `seed ${seed}`); scheme + 0.1 * seed };
        let parts = resumable::map([0, 1, 2, 3], |k| {
            if k == number(read_csv(\"fail.csv\").column(\"k\")[0]) { fail(\"stopped\"); }
            print(`part ${k}`);
            resumable::once(\"inner\", || #{ k: k, f: field(\"x\", [k]) })
        });
        let t = tournament::run(#{ a: 1.0, b: 2.0 }, 2, score, #{});
        print(t.ranking[0].scheme);
        print(digest(parts));
        table(#{ k: parts.map(|p| p.k) }).write(\"k.csv\");";
    let folder = folder_with("parts.rhai", text);
    let at = folder.path();
    fs::write(at.join("fail.csv"), "k\n2\n").unwrap();
    let (code, out, _) = run(at, &["parts.rhai"]);
    assert_eq!((code, out.as_str()), (1, "part 0\npart 1\n"));
    // The same input: the parts that are done are taken.
    let (_, out, err) = run(at, &["parts.rhai"]);
    assert!(
        out.is_empty() && err.contains("item 1: taken from the run"),
        "{out}{err}"
    );
    // Another input: they are done again, and it is said why.
    fs::write(at.join("fail.csv"), "k\n9\n").unwrap();
    let (code, out, err) = run(at, &["parts.rhai"]);
    assert!(
        code == 0 && out.starts_with("part 0\npart 1\npart 2\npart 3\na\n"),
        "{out}{err}"
    );
    assert!(
        err.contains("warning[part_not_reused]") && err.contains("the input fail.csv"),
        "{err}"
    );
    // A run that has finished leaves no parts.
    assert!(!at.join("out/parts/.parts").exists());
    let (_, again, _) = run(at, &["parts.rhai"]);
    assert_eq!(again, out);
}

#[test]
fn a_disk_that_fills_is_an_error_and_the_run_ends_well() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let mount = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=256k", "tmpfs"])
        .arg(&disk)
        .stderr(Stdio::null())
        .status();
    if !mount.is_ok_and(|s| s.success()) {
        return eprintln!("skipped: a small disk cannot be mounted");
    }
    let text = "let fields = [];
        for k in 0..4 { fields.push(random::normal(1, `f${k}`, k, [\"x\"], [20000])); }
        let failed = 0;
        for i in 0..5 { try { write_netcdf(\"x.nc\", \"t\", fields); } catch (e) { failed += 1; print(`${e}`); } }
        try { checkpoint::folder(\"c\", #{}).write_state(0, fields); } catch (e) { failed += 1; print(`${e}`); }
        table(#{ failed: [failed] }).write(\"small.csv\");
        print(failed);";
    fs::write(folder.path().join("s.rhai"), text).unwrap();
    let (code, out, err) = run(folder.path(), &["s.rhai", "--out", "disk/out"]);
    let left = fs::read_to_string(disk.join("out/small.csv"));
    let all = fs::read_dir(disk.join("out")).unwrap().count();
    let _ = Command::new("umount").arg(&disk).status();
    assert!(code == 0 && out.ends_with("6\n"), "{out}{err}");
    assert!(out.contains("No space left on device"), "{out}");
    assert_eq!(
        (left.unwrap().as_str(), all),
        ("failed\n6\n", 3),
        "{out}{err}"
    );
}
