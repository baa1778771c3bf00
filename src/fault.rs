//! Faults of the program itself: a panic becomes an error that says what to send, and what ran
//! before it stays.

use crate::error::Error;
use crate::progress::{Stopped, stop_error};
use std::any::Any;
use std::cell::Cell;
use std::fmt;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::{Mutex, Once, PoisonError};

/// A panic that was caught.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What it said.
    pub message: String,
    /// Line of the program, where [`listen`] saw it.
    pub location: Option<String>,
    /// Whether work was left because it was asked to stop, which is no fault.
    pub stopped: bool,
}

thread_local! {
    static CAUGHT_HERE: Cell<bool> = const { Cell::new(false) };
    static LAST_HERE: Cell<Option<Fault>> = const { Cell::new(None) };
}
/// The last one of a worker thread.
static LAST: Mutex<Option<Fault>> = Mutex::new(None);

/// Runs work of which a panic is caught. Worker threads hand theirs to the one that waits for them.
///
/// # Errors
/// The panic.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Fault> {
    let outer = CAUGHT_HERE.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    CAUGHT_HERE.set(outer);
    outcome.map_err(|payload| of_payload(&*payload))
}

/// Lets panics that will be caught pass without the lines of the standard hook, and notes where
/// they are; the hook there is sees all others.
pub fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let others = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if CAUGHT_HERE.get() {
                LAST_HERE.set(Some(of_hook(info)));
            } else if rayon::current_thread_index().is_some() {
                *last() = Some(of_hook(info));
            } else {
                others(info);
            }
        }));
    });
}

fn last() -> std::sync::MutexGuard<'static, Option<Fault>> {
    LAST.lock().unwrap_or_else(PoisonError::into_inner)
}

fn of_hook(info: &PanicHookInfo) -> Fault {
    Fault {
        message: message(info.payload()),
        location: info.location().map(ToString::to_string),
        stopped: false,
    }
}

fn of_payload(payload: &(dyn Any + Send)) -> Fault {
    let message = message(payload);
    let same = |noted: &Fault| noted.message == message;
    let here = LAST_HERE.take().filter(same);
    match here.or_else(|| last().take().filter(same)) {
        Some(noted) => noted,
        None => Fault {
            message,
            location: None,
            stopped: payload.is::<Stopped>(),
        },
    }
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or(payload.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without words").to_string()
}

impl Fault {
    /// What is reported of it; `during` is what the program was at.
    pub fn error(&self, during: impl fmt::Display) -> Error {
        if self.stopped {
            return stop_error();
        }
        let version = env!("CARGO_PKG_VERSION");
        let location = self.location.as_deref().unwrap_or("an unknown line");
        Error::new("a fault of the program, not of the script")
            .got(&self.message)
            .at(format!("{during}, mcas {version}, {location}"))
            .hint("sending this report with the script to the authors; the session goes on")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_with_what_to_send() {
        listen();
        let fault = caught(|| Vec::<i32>::new()[std::hint::black_box(3)]).unwrap_err();
        let report = fault.error("mean").to_string();
        assert!(
            report.contains("index is 3") && report.contains("mean, mcas "),
            "{report}"
        );
        assert!(report.contains("src/fault.rs:"), "{report}");
        assert_eq!(caught(|| 42), Ok(42));
    }

    #[test]
    fn a_panic_of_a_worker_thread_is_caught_where_it_is_waited_for() {
        use rayon::prelude::*;
        listen();
        let sum = || (0..100).into_par_iter().map(|k| 1 / (50 - k)).sum::<i32>();
        let fault = caught(sum).unwrap_err();
        assert!(fault.message.contains("divide by zero"), "{fault:?}");
    }
}
