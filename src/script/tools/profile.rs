//! Where the time of a script goes: every line with the time spent on it, native work included.

use crate::script::bridge::host::Host;
use crate::script::bridge::source::Sources;
use rhai::debugger::{DebuggerCommand, DebuggerEvent};
use rhai::{Engine, Position};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Times of lines while a profile is taken.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    lines: BTreeMap<usize, (Duration, usize)>,
    now: Option<(usize, Instant)>,
}

impl Profile {
    /// The evaluation has come to `position`, or ended.
    fn arrive(&mut self, position: Option<Position>) {
        let time = Instant::now();
        let line = position.and_then(|p| p.line());
        if let Some((last, since)) = self.now.take() {
            let entry = self.lines.entry(last).or_default();
            entry.0 += time - since;
            entry.1 += usize::from(line != Some(last));
        }
        self.now = line.map(|l| (l, time));
    }

    /// The lines that took most time, at most `count`: time, share, how often it was come to,
    /// location and text.
    pub fn table(&self, sources: &Sources, count: usize) -> String {
        let mut sorted: Vec<(&usize, &(Duration, usize))> = self.lines.iter().collect();
        sorted.sort_by_key(|(_, (time, _))| std::cmp::Reverse(*time));
        let total: Duration = self.lines.values().map(|(t, _)| *t).sum();
        let mut text = format!("{:>11} {:>5} {:>7}  line\n", "time", "%", "times");
        for (line, (time, times)) in sorted.into_iter().take(count) {
            let location = u16::try_from(*line)
                .ok()
                .and_then(|l| sources.location(Position::new(l, 1)));
            let Some(location) = location else { continue };
            let share = 100.0 * time.as_secs_f64() / total.as_secs_f64().max(1e-12);
            let name = format!("{}:{}", location.name, location.line);
            let _ = writeln!(
                text,
                "{:>8.2} ms {share:>5.1} {times:>7}  {name:<24} {}",
                time.as_secs_f64() * 1e3,
                location.text.trim()
            );
        }
        text
    }
}

/// The profile that a session takes, if it takes one.
#[derive(Debug, Default)]
struct Taking(Mutex<Option<Profile>>);

impl Taking {
    fn lock(&self) -> MutexGuard<'_, Option<Profile>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Begins to take a profile of what the session of `host` runs.
pub fn begin(host: &Host) {
    *host.part::<Taking>().lock() = Some(Profile::default());
}

/// Ends it; empty where none was begun.
pub fn end(host: &Host) -> Profile {
    host.part::<Taking>().lock().take().unwrap_or_default()
}

/// Records where an engine is in the host's profile, if there is one.
pub fn listen(engine: &mut Engine, host: &Host) {
    let part = host.part::<Taking>();
    #[allow(deprecated)] // marked so only because it may change; the version is pinned
    engine.register_debugger(
        |_, debugger| debugger,
        move |_, event, _, _, position| {
            let mut taken = part.lock();
            let Some(profile) = &mut *taken else {
                return Ok(DebuggerCommand::Continue);
            };
            profile.arrive(if matches!(event, DebuggerEvent::End) {
                None
            } else {
                Some(position)
            });
            Ok(DebuggerCommand::StepInto)
        },
    );
}
