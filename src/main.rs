//! The command line: run, repl, check, help, doc, and one expression.

use clap::{Args, Parser, Subcommand};
use mcas::progress;
use mcas::script::help::reference;
use mcas::script::session::Start;
use mcas::script::tools::plan::Plan;
use mcas::script::tools::{check, json};
use mcas::script::{Fallible, Session, repl};
use mcas::transport::{self, TransportOptions};
use std::io::{IsTerminal, Read};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Estimates CO2 fluxes from atmospheric observations, scripted.
#[derive(Parser)]
#[command(
    version,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true
)]
struct Command {
    #[command(subcommand)]
    action: Option<Action>,
    /// Runs one expression and prints its value.
    #[arg(short = 'e', value_name = "EXPR", allow_hyphen_values = true)]
    expression: Option<String>,
    #[command(flatten)]
    how: How,
}

#[derive(Subcommand)]
enum Action {
    /// Runs a script.
    Run {
        /// The script.
        file: PathBuf,
        #[command(flatten)]
        how: How,
    },
    /// Opens the prompt.
    Repl {
        #[command(flatten)]
        how: How,
    },
    /// Finds unknown functions, option keys, unused settings and other mistakes without running.
    Check {
        /// The scripts.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Predicts the time, memory and disk that a script takes, from a rehearsal with most of the
    /// transport left out.
    Plan {
        /// The script.
        file: PathBuf,
        /// Gives a setting of the script a value; may be repeated.
        #[arg(long, value_name = "KEY=VALUE", value_parser = key_and_value)]
        set: Vec<(String, String)>,
        /// Prints JSON.
        #[arg(long)]
        json: bool,
        /// Number of threads.
        #[arg(long, value_name = "N")]
        threads: Option<usize>,
    },
    /// Measures how long things take on this machine.
    Bench {
        #[command(subcommand)]
        what: Bench,
    },
    /// Shows help on a function or module, or lists them.
    Help {
        /// Such as `mean` or `regions::from_function`.
        name: Option<String>,
    },
    /// Writes the reference: a searchable page, Markdown, and definition files for editors.
    Doc {
        /// The folder to write to.
        #[arg(long, value_name = "DIR", default_value = "out/doc")]
        out: PathBuf,
    },
}

#[derive(Subcommand)]
enum Bench {
    /// One analysis of many members, observations and state rows.
    Analysis {
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
    /// Arithmetic and a sum of a million values in a script, beside bare arrays of ndarray.
    Arrays {
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
    /// How long the prompt, one expression, help and completion take.
    Prompt {
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
    /// The transport of an ensemble by the built-in meteorology.
    Transport(TransportBench),
}

#[derive(Args)]
struct TransportBench {
    /// Prints JSON.
    #[arg(long)]
    json: bool,
    /// Double precision, which is for verification.
    #[arg(long)]
    double: bool,
    /// Number of members.
    #[arg(long, default_value_t = 64)]
    members: usize,
    /// Cell size in degrees, such as 2x2.5 or 4x5.
    #[arg(long, default_value = "2x2.5", value_parser = cell_size)]
    grid: (f64, f64),
    /// Step of advection in seconds.
    #[arg(long, default_value_t = 600.0)]
    step: f64,
    /// Longest step of emission, mixing and convection in seconds [default: that of advection].
    #[arg(long)]
    column_step: Option<f64>,
    /// Number of threads.
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

#[derive(Args, Clone)]
struct How {
    /// Folder for outputs [default: out/<script name>].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Gives a setting of the script a value; may be repeated.
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_and_value)]
    set: Vec<(String, String)>,
    /// Shows no progress lines and no greeting.
    #[arg(long)]
    quiet: bool,
    /// Prints the last value, what was printed, warnings and errors as one line of JSON.
    #[arg(long)]
    json: bool,
    /// Number of threads; results do not depend on it.
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(k, v)| (k.trim().to_string(), v.trim().to_string()))
        .ok_or_else(|| "expected KEY=VALUE, such as members=32".into())
}

fn cell_size(text: &str) -> Result<(f64, f64), String> {
    let sides = text
        .split_once('x')
        .and_then(|(lat, lon)| Some((lat.parse().ok()?, lon.parse().ok()?)));
    sides.ok_or_else(|| "expected LATxLON, such as 2x2.5".into())
}

fn main() -> ExitCode {
    // A closed pipe (`mcas ... | head`) ends the program quietly.
    reset_broken_pipe();
    mcas::linalg::use_one_blas_thread();
    let command = Command::parse();
    match command.action {
        Some(Action::Run { file, how }) => run_file(&file, &how),
        Some(Action::Repl { how }) => prompt(&how),
        Some(Action::Plan {
            file,
            set,
            json,
            threads,
        }) => plan(&file, set, json, threads),
        Some(Action::Check { files }) => check_files(&files),
        Some(Action::Bench { what }) => bench(&what),
        Some(Action::Help { name }) => help(name.as_deref()),
        Some(Action::Doc { out }) => write_reference(&out),
        None => match command.expression {
            Some(text) => run_text("expression", &text, None, &command.how, true),
            None if std::io::stdin().is_terminal() => prompt(&command.how),
            None => {
                let mut text = String::new();
                match std::io::stdin().read_to_string(&mut text) {
                    Ok(_) => run_text("stdin", &text, None, &command.how, false),
                    Err(e) => failed(&format!("error: the input cannot be read: {e}\n")),
                }
            }
        },
    }
}

/// A session that the end of the process takes down: the system does that faster than the program.
fn start(
    name: &str,
    folder: Option<PathBuf>,
    how: &How,
) -> Result<ManuallyDrop<Session>, ExitCode> {
    progress::set_quiet(how.quiet);
    use_threads(how.threads);
    let output = how
        .out
        .clone()
        .unwrap_or_else(|| Path::new("out").join(name));
    let start = Start {
        output,
        settings: how.set.clone(),
        folder,
        collect: how.json,
        profile: name == "repl",
        rehearsal: None,
    };
    Session::new(start)
        .map(ManuallyDrop::new)
        .map_err(|report| failed(&report))
}

fn use_threads(threads: Option<usize>) {
    if let Some(n) = threads {
        let _ = rayon::ThreadPoolBuilder::new()
            .num_threads(n)
            .build_global();
    }
}

fn run_file(file: &Path, how: &How) -> ExitCode {
    if file.extension().is_some_and(|e| e == "json") {
        return run_again(file, how);
    }
    let name = file
        .file_stem()
        .map_or("script".into(), |n| n.to_string_lossy().into_owned());
    let mut session = match start(&name, Some(folder_of(file)), how) {
        Ok(session) => session,
        Err(code) => return code,
    };
    stop_on_interrupt();
    let outcome = session.run_file(file);
    told(&session, outcome, how, false)
}

/// The folder of a script, where its imports and its own stdlib are.
fn folder_of(script: &Path) -> PathBuf {
    script
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
        .to_path_buf()
}

/// Prints what a run came to: its value where asked, its errors, or all of it as JSON.
fn told(session: &Session, outcome: Fallible<rhai::Dynamic>, how: &How, show: bool) -> ExitCode {
    let asked = session.host().lock().exit;
    let code = if outcome.is_ok() {
        asked.map_or(ExitCode::SUCCESS, ExitCode::from)
    } else {
        ExitCode::FAILURE
    };
    if how.json {
        println!("{}", json::of_outcome(session, &outcome));
        return code;
    }
    match outcome {
        Ok(value) if show && asked.is_none() && !value.is_unit() => match session.display(&value) {
            Ok(text) => println!("{text}"),
            Err(e) => return failed(&format!("error: {e}\n")),
        },
        Ok(_) => {}
        Err(e) => return failed(&session.report(&e)),
    }
    code
}

/// Runs what a record wrote down; settings given now go before those of the record.
fn run_again(file: &Path, how: &How) -> ExitCode {
    match mcas::script::tools::record::read(file) {
        Ok(recorded) => {
            let set = recorded
                .settings
                .into_iter()
                .filter(|(k, _)| !how.set.iter().any(|(given, _)| given == k))
                .chain(how.set.clone())
                .collect();
            let name = Path::new(&recorded.script)
                .file_stem()
                .map_or("record".into(), |n| n.to_string_lossy().into_owned());
            let folder = folder_of(Path::new(&recorded.script));
            run_text(
                &name,
                &recorded.text,
                Some(folder),
                &How { set, ..how.clone() },
                false,
            )
        }
        Err(e) => failed(&format!("error: {e}\n")),
    }
}

fn run_text(name: &str, text: &str, folder: Option<PathBuf>, how: &How, show: bool) -> ExitCode {
    let mut session = match start(name, folder, how) {
        Ok(session) => session,
        Err(code) => return code,
    };
    stop_on_interrupt();
    let outcome = session.run(name, text);
    if outcome.is_ok() {
        session.host().warn_of_unused_settings();
        session.host().count_warnings();
    }
    told(&session, outcome, how, show)
}

fn prompt(how: &How) -> ExitCode {
    let mut session = match start("repl", None, how) {
        Ok(session) => session,
        Err(code) => return code,
    };
    match repl::run(&mut session) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => failed(&format!("error: {e}\n")),
    }
}

fn plan(file: &Path, set: Vec<(String, String)>, json: bool, threads: Option<usize>) -> ExitCode {
    progress::set_quiet(true);
    use_threads(threads);
    stop_on_interrupt();
    match Plan::of(file, set) {
        Ok(plan) if json => println!("{}", serde_json::to_string_pretty(&plan).expect("numbers")),
        Ok(plan) => println!("{plan}"),
        Err(report) => return failed(&report),
    }
    ExitCode::SUCCESS
}

fn check_files(files: &[PathBuf]) -> ExitCode {
    let mut found = false;
    for file in files {
        let reports = check::file(file);
        found |= reports.iter().any(|r| r.starts_with("error"));
        for report in reports {
            eprint!("{report}");
        }
    }
    if found {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn bench(what: &Bench) -> ExitCode {
    let told = match what {
        Bench::Analysis { json } => mcas::bench::analysis(*json),
        Bench::Arrays { json } => mcas::bench::arrays(*json),
        Bench::Prompt { json } => mcas::bench::prompt(*json),
        Bench::Transport(bench) => bench_transport(bench),
    };
    match told {
        Ok(text) => print!("{text}"),
        Err(e) => return failed(&format!("error: {e}\n")),
    }
    ExitCode::SUCCESS
}

fn bench_transport(b: &TransportBench) -> mcas::error::Result<String> {
    use_threads(b.threads);
    let options = TransportOptions {
        step: b.step,
        column_step: b.column_step,
        flux_interval: 10_800.0,
        ..TransportOptions::default()
    };
    let bench = transport::bench::Bench {
        cells: b.grid,
        members: b.members,
        options,
    };
    let timings = if b.double {
        bench.run::<f64>()
    } else {
        bench.run::<f32>()
    }?;
    Ok(if b.json {
        serde_json::to_string_pretty(&timings).expect("numbers and text")
    } else {
        timings.to_string()
    } + "\n")
}

fn help(name: Option<&str>) -> ExitCode {
    let session = match Session::new(Start::default()) {
        Ok(session) => session,
        Err(report) => return failed(&report),
    };
    match name.map(|n| session.docs().help(n)) {
        None => print!("{}", session.docs().index()),
        Some(Ok(text)) => print!("{text}"),
        Some(Err(e)) => return failed(&format!("error: {e}\n")),
    }
    ExitCode::SUCCESS
}

fn write_reference(folder: &Path) -> ExitCode {
    let session = match Session::new(Start::default()) {
        Ok(session) => session,
        Err(report) => return failed(&report),
    };
    match reference::write(&session, folder) {
        Ok(files) => {
            println!(
                "{} files in {}, begin with index.html",
                files.len(),
                folder.display()
            );
            ExitCode::SUCCESS
        }
        Err(e) => failed(&format!("error: {e}\n")),
    }
}

fn failed(report: &str) -> ExitCode {
    eprint!("{report}");
    ExitCode::FAILURE
}

/// The first Ctrl-C stops the work at its next step, the second ends the program.
fn stop_on_interrupt() {
    let _ = ctrlc::set_handler(|| {
        if progress::stop_requested() {
            std::process::exit(130);
        }
        progress::request_stop();
    });
}

fn reset_broken_pipe() {
    let standard = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if info
            .payload()
            .downcast_ref::<String>()
            .is_some_and(|m| m.contains("Broken pipe"))
        {
            std::process::exit(0);
        }
        standard(info);
    }));
}
