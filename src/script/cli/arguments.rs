//! What the command line takes.

use super::limited::Limited;
use crate::io::netcdf;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Estimates CO2 fluxes from atmospheric observations, scripted.
#[derive(Parser)]
#[command(
    version,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true
)]
pub(super) struct Command {
    #[command(subcommand)]
    pub(super) action: Option<Action>,
    /// Runs one expression and prints its value.
    #[arg(short = 'e', value_name = "EXPR", allow_hyphen_values = true)]
    pub(super) expression: Option<String>,
    #[command(flatten)]
    pub(super) how: How,
}

#[derive(Subcommand)]
pub(super) enum Action {
    /// Runs a script.
    Run {
        /// The script.
        file: PathBuf,
        #[command(flatten)]
        how: How,
    },
    /// Runs the experiment that comes with the program: the paper's, in the built-in world.
    Demo {
        #[command(flatten)]
        how: How,
    },
    /// Writes a folder to start an experiment from: a script, a module of its own and a page.
    New {
        /// The folder, whose name is that of the experiment.
        name: PathBuf,
    },
    /// Opens the prompt.
    Repl {
        #[command(flatten)]
        how: How,
    },
    /// Runs a session that the prompt saved, and compares what it comes to: inputs, values and
    /// variables.
    Replay {
        /// What `:save FILE` wrote, or the record of a run.
        file: PathBuf,
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
    /// Reads everything in a file; ends by itself if the NetCDF library survives it.
    #[command(name = netcdf::TRY, hide = true)]
    TryFile {
        /// The file.
        file: PathBuf,
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
    /// Prints a module of the program that is written in the language.
    Source {
        /// Such as `cycle`.
        name: String,
    },
    /// Writes the reference: a searchable page, Markdown, and definition files for editors.
    Doc {
        /// The folder to write to.
        #[arg(long, value_name = "DIR", default_value = "out/doc")]
        out: PathBuf,
    },
}

#[derive(Subcommand)]
pub(super) enum Bench {
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
    /// Soundings in files, read, filtered and thinned, beside bare reading by the NetCDF library.
    Observations {
        /// Number of synthetic files, which are written to a temporary folder and deleted.
        #[arg(long, default_value_t = 6)]
        files: usize,
        /// Soundings in each file.
        #[arg(long, default_value_t = 100_000)]
        soundings: usize,
        /// Leaves the files uncompressed.
        #[arg(long)]
        plain: bool,
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
pub(super) struct TransportBench {
    /// Prints JSON.
    #[arg(long)]
    pub(super) json: bool,
    /// Double precision, which is for verification.
    #[arg(long)]
    pub(super) double: bool,
    /// Number of members.
    #[arg(long, default_value_t = 64)]
    pub(super) members: usize,
    /// Cell size in degrees, such as 2x2.5 or 4x5.
    #[arg(long, default_value = "2x2.5", value_parser = cell_size)]
    pub(super) grid: (f64, f64),
    /// Step of advection in seconds.
    #[arg(long, default_value_t = 600.0)]
    pub(super) step: f64,
    /// Longest step of emission, mixing and convection in seconds [default: that of advection].
    #[arg(long)]
    pub(super) column_step: Option<f64>,
    /// Number of threads.
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<usize>,
}

#[derive(Args, Clone)]
pub(super) struct How {
    /// Folder for outputs [default: out/NAME of the script].
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Gives a setting of the script a value; may be repeated.
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_and_value)]
    pub(super) set: Vec<(String, String)>,
    /// Shows no progress lines and no greeting.
    #[arg(long)]
    pub(super) quiet: bool,
    /// Prints the last value, what was printed, warnings and errors as one line of JSON.
    #[arg(long)]
    pub(super) json: bool,
    /// Number of threads; results do not depend on it.
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<usize>,
    #[command(flatten)]
    pub(super) limited: Limited,
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
