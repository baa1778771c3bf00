//! What the command line says of what a script may use.

use crate::error::{Error, Result};
use crate::limits::Limits;
use clap::Args;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long after its limit work may go on before the program ends.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Args, Clone)]
pub(super) struct Limited {
    /// Runs a script of someone else: it reads its own folder and those of --read, writes to its
    /// output folder and those of --write, and imports from its own folder; 4GB, 1h, 10^10 steps
    /// and arrays of 10^8 values unless said otherwise; NetCDF files as with --isolate.
    #[arg(long, help_heading = "Limits")]
    sandbox: bool,
    /// In the sandbox, a folder or file that may be read; may be repeated.
    #[arg(
        long,
        value_name = "DIR",
        requires = "sandbox",
        help_heading = "Limits"
    )]
    read: Vec<PathBuf>,
    /// In the sandbox, a folder that may be written; may be repeated.
    #[arg(
        long,
        value_name = "DIR",
        requires = "sandbox",
        help_heading = "Limits"
    )]
    write: Vec<PathBuf>,
    /// Memory that may be taken, such as 4GB [default: what the machine has].
    #[arg(long, value_name = "SIZE", value_parser = bytes, help_heading = "Limits")]
    memory: Option<u64>,
    /// How long it may take, such as 2h or 30min.
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Limits")]
    time: Option<Duration>,
    /// Steps of the language that it may take.
    #[arg(long, value_name = "N", value_parser = number, help_heading = "Limits")]
    operations: Option<u64>,
    /// Values that an array or field may hold, and characters a text.
    #[arg(long, value_name = "N", value_parser = number, help_heading = "Limits")]
    values: Option<u64>,
    /// Tries each NetCDF file in a process of its own before it is read.
    #[arg(long, help_heading = "Limits")]
    isolate: bool,
}

impl Limited {
    /// The limits of a run of a script in `folder` with outputs in `output`.
    ///
    /// # Errors
    /// This program is not found, which is to try files.
    pub(super) fn limits(&self, folder: &Path, output: &Path) -> Result<Limits> {
        let write: Vec<PathBuf> = [output.to_path_buf()]
            .into_iter()
            .chain(self.write.clone())
            .collect();
        let whole = match self.sandbox {
            true => Limits::sandbox(folder, &self.read, &write),
            false => Limits::default(),
        };
        let program =
            || std::env::current_exe().map_err(|e| Error::new("the program is not found").got(e));
        let isolate = (self.isolate || self.sandbox).then(program).transpose()?;
        let values = self
            .values
            .map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        let limits = Limits {
            memory: self.memory.or(whole.memory),
            time: self.time.or(whole.time),
            operations: self.operations.or(whole.operations),
            values: values.or(whole.values),
            isolate,
            ..whole
        };
        if let Some(memory) = limits.memory {
            refuse_beyond(memory);
        }
        let patience = (limits.memory.is_some() || limits.time.is_some()).then_some(PATIENCE);
        Ok(Limits { patience, ..limits })
    }
}

/// Lets allocations fail that a run would not survive being noticed after: those far beyond its
/// limit.
fn refuse_beyond(memory: u64) {
    let far = memory.saturating_mul(2).saturating_add(1 << 30);
    let limit = rustix::process::Rlimit {
        current: Some(far),
        maximum: Some(far),
    };
    let _ = rustix::process::setrlimit(rustix::process::Resource::Data, limit);
}

fn bytes(text: &str) -> std::result::Result<u64, String> {
    let size = text.parse::<bytesize::ByteSize>();
    let size = size.map(|s| s.as_u64()).ok().filter(|n| *n > 0);
    size.ok_or_else(|| "expected a size, such as 4GB or 500MB".into())
}

fn duration(text: &str) -> std::result::Result<Duration, String> {
    let time = humantime::parse_duration(text)
        .ok()
        .filter(|t| !t.is_zero());
    time.ok_or_else(|| "expected a time, such as 2h, 30min or 90s".into())
}

/// A whole number, also as 1e9.
fn number(text: &str) -> std::result::Result<u64, String> {
    let number = text
        .parse::<f64>()
        .ok()
        .filter(|n| n.fract() == 0.0 && (1.0..1.8e19).contains(n));
    number
        .map(|n| n as u64)
        .ok_or_else(|| "expected a number, such as 1000000 or 1e9".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_times_and_numbers_have_units_or_are_refused() {
        assert_eq!(bytes("4GB"), Ok(4_000_000_000));
        assert_eq!(bytes("500 MB"), Ok(500_000_000));
        assert_eq!(duration("2h"), Ok(Duration::from_secs(7200)));
        assert_eq!(number("1e9"), Ok(1_000_000_000));
        for wrong in ["", "0", "-1", "much", "1.5"] {
            assert!(
                number(wrong).is_err() && duration(wrong).is_err(),
                "{wrong}"
            );
        }
        assert!(bytes("0").is_err() && bytes("-4GB").is_err() && bytes("4 apples").is_err());
    }
}
