//! The flag that stops work, and why it was raised.

use crate::error::{Error, Result};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

static STOP: AtomicBool = AtomicBool::new(false);
static WHY: Mutex<Stop> = Mutex::new(Stop::User);

/// Why work is to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Ctrl-C, or a signal.
    User,
    /// It took more than so many bytes.
    Memory(u64),
    /// It took longer.
    Time(Duration),
}

/// Asks running native work to stop at its next step (Ctrl-C).
pub fn request_stop() {
    request_stop_by(Stop::User);
}

/// The same for another reason; the first one counts.
pub fn request_stop_by(why: Stop) {
    let mut reason = WHY.lock().unwrap_or_else(PoisonError::into_inner);
    if !stop_requested() {
        *reason = why;
        STOP.store(true, Ordering::Relaxed);
    }
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
        Err(stop_error())
    } else {
        Ok(())
    }
}

/// What a loop that cannot fail is left with: who asked for the work catches it.
#[derive(Debug)]
pub struct Stopped;

/// Long loops without a result to report in call this once per step: it unwinds to
/// [`caught`](crate::fault::caught) when a stop has been requested.
pub fn stop_here() {
    if stop_requested() {
        std::panic::resume_unwind(Box::new(Stopped));
    }
}

/// Why work was asked to stop last, in words.
pub fn reason() -> String {
    match *WHY.lock().unwrap_or_else(PoisonError::into_inner) {
        Stop::User => "stopped by the user".into(),
        Stop::Memory(_) => "the limit of memory is reached".into(),
        Stop::Time(_) => "the limit of time is reached".into(),
    }
}

/// What is reported of work that was stopped.
pub fn stop_error() -> Error {
    let why = *WHY.lock().unwrap_or_else(PoisonError::into_inner);
    let error = Error::new(reason());
    match why {
        Stop::User => error,
        Stop::Memory(bytes) => error
            .expected(format!("at most {:.2} GB", bytes as f64 * 1e-9))
            .hint("--memory with more, fewer members, or a coarser grid"),
        Stop::Time(time) => error
            .expected(format!("at most {} s", time.as_secs_f64()))
            .hint("--time with more; a run with checkpoints goes on where it stopped"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_says_what_it_was() {
        *WHY.lock().unwrap() = Stop::Time(Duration::from_secs(7200));
        let report = stop_error().to_string();
        assert!(
            report.contains("limit of time") && report.contains("7200 s"),
            "{report}"
        );
        *WHY.lock().unwrap() = Stop::User;
        assert_eq!(stop_error().to_string(), "stopped by the user");
    }
}
