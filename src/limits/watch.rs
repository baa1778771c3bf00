//! A thread that looks at the clock and at the memory taken, and asks the work to stop.

use super::Limits;
use super::machine::{free, resident, total};
use crate::progress::{self, Stop};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often it looks.
const EVERY: Duration = Duration::from_millis(50);
/// Of the machine's memory, what is left for others when a run without a limit of its own is
/// stopped: one part in so many.
const RESERVE: u64 = 64;

/// Looks until it is dropped.
#[derive(Debug)]
pub(super) struct Watch {
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Over memory and time.
    pub(super) fn over(limits: &Limits) -> Self {
        let begun = Instant::now();
        let limits = limits.clone();
        let (end, ended) = channel::<()>();
        let look = move || {
            let mut asked: Option<Instant> = None;
            while ended.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                if let Some(stop) = passed(&limits, begun) {
                    asked.get_or_insert_with(Instant::now);
                    progress::request_stop_by(stop);
                }
                let late = |asked: Instant| limits.patience.is_some_and(|p| asked.elapsed() > p);
                if asked.is_some_and(late) {
                    progress::tell(&format!("error: {}, and did not stop", progress::reason()));
                    std::process::exit(124);
                }
            }
        };
        let thread = std::thread::Builder::new().name("limits".into());
        Watch {
            end: Some(end),
            thread: thread.spawn(look).ok(),
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.end.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The limit that is passed, if one is.
fn passed(limits: &Limits, begun: Instant) -> Option<Stop> {
    if let Some(time) = limits.time.filter(|time| begun.elapsed() > *time) {
        return Some(Stop::Time(time));
    }
    let taken = resident()?;
    match limits.memory {
        Some(limit) => (taken > limit).then_some(Stop::Memory(limit)),
        // Only the process that fills the machine is stopped.
        None => {
            let total = total()?;
            let full = taken > total / 2 && free()? < total / RESERVE;
            full.then_some(Stop::Memory(taken))
        }
    }
}
