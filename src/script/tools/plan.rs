//! What a script would take, before it runs: time, memory and disk, from a rehearsal.
//!
//! The script is run without transport once the time of a step is known ([`Rehearsal`]), in
//! a folder that is removed afterwards. Time is what the rehearsal took and what the steps left out
//! would have; memory is the most that the rehearsal held, for it holds what the run holds; disk is
//! what it wrote.

use crate::bench::peak_memory;
use crate::script::Session;
use crate::script::session::Start;
use crate::time::DAY;
use crate::transport::Rehearsal;
use serde::Serialize;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The prediction.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// Predicted time by the clock \[s\].
    pub seconds: f64,
    /// Of it the time in steps of the transport that the rehearsal left out \[s\].
    pub transport_seconds: f64,
    /// Time that the rehearsal took \[s\].
    pub rehearsal_seconds: f64,
    /// Simulated days of transport, of all runs in the script together.
    pub simulated_days: f64,
    /// Predicted most memory \[MB\].
    pub memory_mb: f64,
    /// Predicted size of all outputs \[MB\].
    pub disk_mb: f64,
    /// Threads at work.
    pub threads: usize,
}

impl Plan {
    /// Rehearses a script file with settings, as `--set` gives them.
    ///
    /// # Errors
    /// The script fails, with its report; in a rehearsal it may fail because the numbers are not
    /// those of the run.
    pub fn of(file: &Path, settings: Vec<(String, String)>) -> Result<Self, String> {
        let output =
            Scratch(std::env::temp_dir().join(format!("mcas-plan-{}", std::process::id())));
        let folder = file.parent().map(|p| {
            if p.as_os_str().is_empty() {
                Path::new(".")
            } else {
                p
            }
            .to_path_buf()
        });
        let (rehearsal, begun) = (Rehearsal::default(), Instant::now());
        let start = Start {
            output: output.0.clone(),
            settings,
            folder,
            collect: true,
            rehearsal: Some(rehearsal.clone()),
            ..Start::default()
        };
        let mut session = Session::new(start)?;
        let failed = session.run_file(file).err();
        if let Some(e) = failed {
            return Err(format!(
                "{}note: this was a rehearsal, in which the air stands still\n",
                session.report(&e)
            ));
        }
        let (took, rehearsed) = (begun.elapsed().as_secs_f64(), rehearsal.tally());
        Ok(Plan {
            seconds: took + rehearsed.owed,
            transport_seconds: rehearsed.owed,
            rehearsal_seconds: took,
            simulated_days: rehearsed.simulated / DAY,
            memory_mb: peak_memory(),
            disk_mb: size(&output.0) as f64 * 1e-6,
            threads: rayon::current_num_threads(),
        })
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = |s: f64| {
            if s < 120.0 {
                format!("{s:.1} s")
            } else {
                format!("{:.1} min", s / 60.0)
            }
        };
        writeln!(
            f,
            "time    {:>10}, on {} threads; {} simulated days of transport",
            minutes(self.seconds),
            self.threads,
            self.simulated_days.round()
        )?;
        writeln!(f, "memory  {:>7.0} MB", self.memory_mb)?;
        writeln!(f, "disk    {:>7.1} MB", self.disk_mb)?;
        write!(
            f,
            "found in a rehearsal of {}",
            minutes(self.rehearsal_seconds)
        )
    }
}

/// A folder that is removed with all in it.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Bytes of all files in a folder and the folders in it.
fn size(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    let of = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(m) if m.is_dir() => size(&entry.path()),
        Ok(m) => m.len(),
        Err(_) => 0,
    };
    entries.filter_map(Result::ok).map(of).sum()
}
