//! The command line: run, demo, new, repl, check, plan, bench, help, doc, and one expression.

mod arguments;
mod bench;
mod limited;
mod run;
mod starter;

use crate::fault;
use crate::io::netcdf;
use crate::linalg;
use crate::progress;
use crate::script::help::reference;
use crate::script::session::{Start, deep, stdlib};
use crate::script::tools::check;
use crate::script::tools::plan::Plan;
use crate::script::{Session, repl};
use arguments::{Action, Command, How};
use bench::bench;
use clap::Parser;
use run::{run_file, run_text, start};
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Does what the arguments of the process ask for; its exit code.
pub fn main() -> ExitCode {
    // A closed pipe (`mcas ... | head`) ends the program quietly.
    fault::listen();
    reset_broken_pipe();
    linalg::use_one_blas_thread();
    let command = Command::parse();
    deep(|| done(command))
        .unwrap_or_else(|fault| failed(&format!("error: {}\n", fault.error("the program"))))
}

fn done(command: Command) -> ExitCode {
    match command.action {
        Some(Action::Run { file, how }) => run_file(&file, &how),
        Some(Action::Demo { how }) => starter::demo(&how),
        Some(Action::New { name }) => starter::new(&name),
        Some(Action::Replay { file, how }) => run::replay_file(&file, &how),
        Some(Action::Repl { how }) => prompt(&how),
        Some(Action::Plan {
            file,
            set,
            json,
            threads,
        }) => plan(&file, set, json, threads),
        Some(Action::Check { files }) => check_files(&files),
        Some(Action::TryFile { file }) => {
            netcdf::try_file(&file);
            ExitCode::SUCCESS
        }
        Some(Action::Bench { what }) => bench(&what),
        Some(Action::Help { name }) => help(name.as_deref()),
        Some(Action::Source { name }) => source(&name),
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

/// Stack of the threads that work in parallel, on which closures of a script may call each other.
const STACK: usize = 64 << 20;

fn use_threads(threads: Option<usize>) {
    let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK);
    let _ = pool.num_threads(threads.unwrap_or(0)).build_global();
}

fn prompt(how: &How) -> ExitCode {
    let mut session = match start("repl", None, how) {
        Ok(session) => session,
        Err(code) => return code,
    };
    match repl::run(&mut session) {
        Ok(()) => {
            let asked = session.host().lock().exit;
            asked.map_or(ExitCode::SUCCESS, ExitCode::from)
        }
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
    let mut failed = false;
    for file in files {
        let reports = check::file(file);
        failed |= reports.iter().any(|r| r.starts_with("error"));
        for report in reports {
            eprint!("{report}");
        }
    }
    if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
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

fn source(name: &str) -> ExitCode {
    match stdlib::source(name) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(e) => failed(&format!("error: {e}\n")),
    }
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
    progress::tell(report.trim_end());
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
