//! A rehearsal of a run: its cost, measured by doing everything but most of the transport.
//!
//! Each model moves its members for the first hours of its first run; how long a step takes is
//! measured there. After that the air is not moved, and the time of the steps is recorded. All else
//! is done as in the run, so that memory, outputs and the time of all else are those of the run;
//! the numbers are not.

use crate::time::HOUR;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Time that is not measured, and the least time that is, at the start of a model's first run
/// \[s\].
const WARM_UP: f64 = 3.0 * HOUR;
const MEASURED: f64 = 6.0 * HOUR;
/// The least work that is measured \[s by the clock\]: a few steps of a small model are not
/// representative.
const WORK: f64 = 1.0;

/// What a rehearsal has measured so far; a handle that the transports of a session share.
#[derive(Debug, Clone, Default)]
pub struct Rehearsal(Arc<Mutex<Tally>>);

/// The account.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    paces: HashMap<String, Pace>,
    /// Seconds of the steps that were left out.
    pub owed: f64,
    /// Simulated seconds, of steps taken and left out.
    pub simulated: f64,
}

/// How fast one model runs with so many members.
#[derive(Debug, Clone, Copy, Default)]
struct Pace {
    warmed: f64,
    simulated: f64,
    took: f64,
}

impl Rehearsal {
    fn lock(&self) -> MutexGuard<'_, Tally> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The account so far.
    pub fn tally(&self) -> Tally {
        self.lock().clone()
    }

    /// Whether a step of `dt` seconds of this run can be left out; if so it is owed.
    pub(crate) fn leaves_out(&self, run: &str, dt: f64) -> bool {
        let mut state = self.lock();
        state.simulated += dt;
        let pace = state.paces.entry(run.to_string()).or_default();
        let known = pace.simulated >= MEASURED && pace.took >= WORK;
        let took = pace.took / pace.simulated * dt;
        if known {
            state.owed += took;
        }
        known
    }

    /// A step of `dt` seconds of this run was taken, in `seconds`.
    pub fn took(&self, run: &str, dt: f64, seconds: f64) {
        let mut state = self.lock();
        let pace = state.paces.entry(run.to_string()).or_default();
        if pace.warmed < WARM_UP {
            pace.warmed += dt;
        } else {
            pace.simulated += dt;
            pace.took += seconds;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_left_out_once_the_pace_is_known_and_are_owed() {
        let rehearsal = Rehearsal::default();
        for hour in 0..9 {
            assert!(!rehearsal.leaves_out("a", HOUR), "hour {hour}");
            // The first three hours are slow, and do not count.
            rehearsal.took("a", HOUR, if hour < 3 { 100.0 } else { 2.0 });
        }
        assert!(rehearsal.leaves_out("a", 0.5 * HOUR));
        assert!(!rehearsal.leaves_out("b", HOUR));
        let tally = rehearsal.tally();
        assert!((tally.owed - 1.0).abs() < 1e-12 && tally.simulated == 10.5 * HOUR);
    }
}
