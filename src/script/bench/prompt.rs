//! What a person at the prompt waits for: the start of the program, help, completion, one entry.
//! All times are medians \[ms\].

use crate::error::{Error, Result};
use crate::script::Session;
use crate::script::repl::{Known, command};
use crate::script::session::Start;
use serde::Serialize;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Times of processes, each the median of this many.
const PROCESSES: usize = 21;
/// Times of everything else.
const REPETITIONS: usize = 101;
const XARRAY: usize = 3;

/// The times \[ms\].
#[derive(Debug, Serialize)]
pub struct PromptCost {
    /// From the start of the process to the prompt.
    prompt_ms: f64,
    /// The whole process of `mcas -e 1+1`.
    expression_ms: f64,
    /// The whole process of `mcas --version`: what the system takes to load the program and its
    /// libraries.
    load_ms: f64,
    /// A session: every function bound, the stdlib parsed.
    session_ms: f64,
    /// The first help in a session, which gathers all documentation.
    first_help_ms: f64,
    /// Help from then on.
    help_ms: f64,
    /// A search through all documentation.
    apropos_ms: f64,
    /// What may stand at the cursor: a function, a method, an option key.
    completion_ms: f64,
    /// The entry `1 + 1`, with what completion must know of it afterwards.
    entry_ms: f64,
    /// The process `python3 -c "import xarray"`; not a number where there is none.
    xarray_ms: f64,
}

/// Measures how long the prompt, one expression, help and completion take.
///
/// # Errors
/// The program does not start.
pub fn prompt() -> Result<PromptCost> {
    let mut session = session()?;
    let line = "let f = field([1, 2]);";
    command(&mut session, line);
    let known = Known::of(&session);
    let complete = |text: &str| known.at(text, text.len());
    Ok(PromptCost {
        prompt_ms: median(PROCESSES, greeting)?,
        expression_ms: median(PROCESSES, || program(&["-e", "1+1"]))?,
        load_ms: median(PROCESSES, || program(&["--version"]))?,
        session_ms: median(PROCESSES, || self::session().map(drop))?,
        first_help_ms: first_help()?,
        help_ms: median(REPETITIONS, || {
            done(command(&mut session, "?regions::from_function"))
        })?,
        apropos_ms: median(REPETITIONS, || done(command(&mut session, "??quantile")))?,
        completion_ms: median(REPETITIONS, || {
            done([
                complete("reg"),
                complete("f.me"),
                complete("plot::map(f, #{ ti"),
            ])
        })?,
        entry_ms: median(REPETITIONS, || {
            command(&mut session, "1 + 1");
            done(Known::of(&session))
        })?,
        xarray_ms: median(XARRAY, || {
            ended(Command::new("python3").args(["-c", "import xarray"]))
        })
        .unwrap_or(f64::NAN),
    })
}

fn session() -> Result<Session> {
    Session::new(Start {
        collect: true,
        profile: true,
        ..Start::default()
    })
    .map_err(Error::new)
}

fn done<T>(value: T) -> Result<()> {
    std::hint::black_box(value);
    Ok(())
}

/// The median time of a work done `count` times \[ms\].
fn median(count: usize, mut work: impl FnMut() -> Result<()>) -> Result<f64> {
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let start = Instant::now();
        work()?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    Ok(times[count / 2])
}

fn first_help() -> Result<f64> {
    let mut times = Vec::with_capacity(PROCESSES);
    for _ in 0..PROCESSES {
        let mut fresh = session()?;
        times.push(median(1, || done(command(&mut fresh, "?mean")))?);
    }
    times.sort_by(f64::total_cmp);
    Ok(times[PROCESSES / 2])
}

fn this_program() -> Result<Command> {
    std::env::current_exe()
        .map(Command::new)
        .map_err(|e| Error::new("the program does not know its own file").got(e))
}

fn program(arguments: &[&str]) -> Result<()> {
    ended(this_program()?.args(arguments))
}

/// Runs a process to its end, which must be a good one.
fn ended(process: &mut Command) -> Result<()> {
    let status = process
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Error::new("a process failed").got(status)),
        Err(e) => Err(Error::new("a process does not start").got(e)),
    }
}

/// Starts the prompt and waits for its greeting, which is printed when all is ready.
fn greeting() -> Result<()> {
    let failed = |e: std::io::Error| Error::new("the prompt does not start").got(e);
    let mut process = this_program()?;
    process
        .arg("repl")
        .env("MCAS_HISTORY", "/dev/null")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = process.spawn().map_err(failed)?;
    let mut greeting = String::new();
    if let Some(out) = child.stdout.take() {
        BufReader::new(out)
            .read_line(&mut greeting)
            .map_err(failed)?;
    }
    child
        .kill()
        .and_then(|()| child.wait())
        .map(drop)
        .map_err(failed)
}
