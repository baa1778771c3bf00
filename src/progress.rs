//! Progress with time left for long native work, and the flag that stops it.

use crate::error::{Error, Result};
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::atomic::{AtomicBool, Ordering};

static STOP: AtomicBool = AtomicBool::new(false);
static QUIET: AtomicBool = AtomicBool::new(false);

/// Asks running native work to stop at its next step (Ctrl-C).
pub fn request_stop() {
    STOP.store(true, Ordering::Relaxed);
}

/// Forgets an earlier request to stop.
pub fn clear_stop() {
    STOP.store(false, Ordering::Relaxed);
}

/// Whether work has been asked to stop.
pub fn stop_requested() -> bool {
    STOP.load(Ordering::Relaxed)
}

/// Long loops call this once per step.
///
/// # Errors
/// A stop has been requested.
pub fn check_stop() -> Result<()> {
    if stop_requested() {
        Err(Error::new("stopped by the user"))
    } else {
        Ok(())
    }
}

/// Turns progress lines off, for tests and `--quiet`.
pub fn set_quiet(quiet: bool) {
    QUIET.store(quiet, Ordering::Relaxed);
}

/// Whether progress lines are off.
pub fn quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// A progress line: what is done, how far, and the time left. It goes when dropped.
pub struct Progress(ProgressBar);

impl Progress {
    /// A line for `total` steps of the work called `name`.
    pub fn new(name: &str, total: u64) -> Self {
        if quiet() {
            return Progress(ProgressBar::hidden());
        }
        let style = ProgressStyle::with_template(
            "{prefix:<24} {wide_bar:.cyan/dim} {pos}/{len} {elapsed} left {eta} {msg}",
        )
        .expect("the template is a constant");
        Progress(
            ProgressBar::new(total)
                .with_prefix(name.to_string())
                .with_style(style),
        )
    }
    /// One more step is done.
    pub fn step(&self, message: &str) {
        self.0.set_message(message.to_string());
        self.0.inc(1);
    }
    /// Prints a line above the progress line.
    pub fn print(&self, line: &str) {
        if self.0.is_hidden() {
            eprintln!("{line}")
        } else {
            self.0.println(line)
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
