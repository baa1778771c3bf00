//! Progress with time left for long native work, and the flag that stops it.
//!
//! Work within other work (steps of the transport within a window of a cycle) counts as a part of
//! the step it is in, so that one line tells of all. A terminal shows a bar; where there is none, a
//! line is written every half a minute.

mod output;
mod stop;

pub use output::{printable, say, tell};

pub use stop::{
    Stop, Stopped, check_stop, clear_stop, reason, request_stop, request_stop_by, stop_error,
    stop_here, stop_requested,
};

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

static QUIET: AtomicBool = AtomicBool::new(false);
static WORK: Mutex<Work> = Mutex::new(Work {
    lines: Vec::new(),
    made: 0,
    bar: None,
    last_report: None,
});

/// Where there is no terminal, a line is written this often.
const TOLD_EVERY: Duration = Duration::from_secs(30);
/// Work shorter than this shows no bar.
const SHORT: Duration = Duration::from_secs(1);
/// Parts of a bar.
const PARTS: u64 = 1000;

/// Turns progress lines off, for tests and `--quiet`.
pub fn set_quiet(quiet: bool) {
    QUIET.store(quiet, Ordering::Relaxed);
}

/// Whether progress lines are off.
pub fn quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// Work that is going on, outermost first, and what is shown of it.
struct Work {
    lines: Vec<Line>,
    made: u64,
    bar: Option<ProgressBar>,
    /// When a line was written last.
    last_report: Option<Instant>,
}

/// How far one piece of work has come.
struct Line {
    number: u64,
    name: String,
    total: f64,
    done: f64,
    message: String,
    begun: Instant,
}

/// A progress line: what is done, how far, and the time left. It goes when dropped.
pub struct Progress(Option<u64>);

impl Progress {
    /// A line for `total` steps of the work called `name`.
    pub fn new(name: &str, total: u64) -> Self {
        match quiet() {
            true => Progress(None),
            false => Progress::begun(name, total),
        }
    }
    fn begun(name: &str, total: u64) -> Self {
        let mut work = work();
        work.made += 1;
        let number = work.made;
        work.lines.push(Line {
            number,
            name: name.to_string(),
            total: total as f64,
            done: 0.0,
            message: String::new(),
            begun: Instant::now(),
        });
        Progress(Some(number))
    }
    /// One more step is done.
    pub fn step(&self, message: &str) {
        self.change(|line| {
            line.done += 1.0;
            line.message = message.to_string();
        });
    }
    /// So many steps are done in all.
    pub fn reach(&self, done: f64) {
        self.change(|line| line.done = done);
    }
    fn change(&self, change: impl FnOnce(&mut Line)) {
        let mut work = work();
        let mine = work.lines.iter_mut().find(|l| Some(l.number) == self.0);
        if let Some(line) = mine {
            change(line);
            let over = line.done >= line.total;
            work.show(Instant::now());
            if over {
                work.forget(self.0);
            }
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        work().forget(self.0);
    }
}

fn work() -> MutexGuard<'static, Work> {
    WORK.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Work {
    fn forget(&mut self, number: Option<u64>) {
        self.lines.retain(|l| Some(l.number) != number);
        if self.lines.is_empty() {
            self.last_report = None;
            if let Some(bar) = self.bar.take() {
                bar.finish_and_clear();
            }
        }
    }

    /// How much of the outermost work is done, 0 to 1: each step counts the work within it.
    fn fraction(&self) -> f64 {
        self.lines.iter().rev().fold(0.0, |inner, line| {
            ((line.done + inner) / line.total.max(1.0)).clamp(0.0, 1.0)
        })
    }

    /// What is done, how far it is, and the time left; nothing where there is no work.
    fn sentence(&self, now: Instant) -> Option<String> {
        let first = self.lines.first()?;
        let (elapsed, fraction) = (now.duration_since(first.begun), self.fraction());
        let left = match fraction {
            f if f > 0.0 => clock(elapsed.as_secs_f64() * (1.0 - f) / f),
            _ => "?".to_string(),
        };
        let percent = (100.0 * fraction).floor();
        let inner = self.lines.last().filter(|l| l.number != first.number);
        let within = inner.map_or(String::new(), |l| format!(", {}", l.name));
        let message = match first.message.as_str() {
            "" => String::new(),
            message => format!("; {message}"),
        };
        Some(format!(
            "{}: {percent} % done, {} elapsed, {left} left{within}{message}",
            first.name,
            clock(elapsed.as_secs_f64())
        ))
    }

    /// Shows how far the work is, on a terminal as a bar, else as a line now and then.
    fn show(&mut self, now: Instant) {
        if std::io::stderr().is_terminal() {
            return self.draw(now);
        }
        if let Some(line) = self.due(now) {
            output::to_stderr(&line);
        }
    }

    /// The line that is to be written now, if it is time for one.
    fn due(&mut self, now: Instant) -> Option<String> {
        let since = self.last_report.or(self.lines.first().map(|l| l.begun))?;
        if now.duration_since(since) < TOLD_EVERY {
            return None;
        }
        self.last_report = Some(now);
        self.sentence(now)
    }

    fn draw(&mut self, now: Instant) {
        let first = self.lines.first();
        if first.is_none_or(|l| now.duration_since(l.begun) < SHORT) {
            return;
        }
        let (sentence, fraction) = (self.sentence(now).unwrap_or_default(), self.fraction());
        let bar = self.bar.get_or_insert_with(|| {
            let style = ProgressStyle::with_template("{bar:24.cyan/dim} {msg}");
            let style = style.expect("the template is a constant");
            ProgressBar::new(PARTS).with_style(style)
        });
        bar.set_position((fraction * PARTS as f64) as u64);
        bar.set_message(sentence);
    }
}

/// Seconds as hours, minutes and seconds.
fn clock(seconds: f64) -> String {
    let s = seconds.round() as u64;
    match s {
        0..3600 => format!("{}:{:02}", s / 60, s % 60),
        _ => format!("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: u64, name: &str, total: f64, done: f64, begun: Instant) -> Line {
        let (name, message) = (name.to_string(), String::new());
        Line {
            number,
            name,
            total,
            done,
            message,
            begun,
        }
    }

    fn work_of(lines: Vec<Line>) -> Work {
        Work {
            lines,
            made: 2,
            bar: None,
            last_report: None,
        }
    }

    #[test]
    fn work_within_a_step_counts_as_a_part_of_it() {
        let begun = Instant::now();
        let (cycle, air) = (
            line(1, "cycle", 4.0, 1.0, begun),
            line(2, "transport", 10.0, 5.0, begun),
        );
        let mut work = work_of(vec![cycle, air]);
        assert_eq!(work.fraction(), (1.0 + 0.5) / 4.0);
        let said = work.sentence(begun + Duration::from_secs(90)).unwrap();
        assert_eq!(said, "cycle: 37 % done, 1:30 elapsed, 2:30 left, transport");
        work.forget(Some(2));
        assert_eq!(work.fraction(), 0.25);
    }

    #[test]
    fn without_a_terminal_a_line_is_due_every_half_a_minute() {
        let begun = Instant::now();
        let mut work = work_of(vec![line(1, "cycle", 4.0, 1.0, begun)]);
        let due = |s: u64| work.due(begun + Duration::from_secs(s)).is_some();
        let asked: Vec<bool> = [1, 29, 30, 31, 59, 60, 100].map(due).to_vec();
        assert_eq!(asked, [false, false, true, false, false, true, true]);
    }

    #[test]
    fn a_line_that_is_over_or_dropped_is_gone() {
        let (outer, inner) = (Progress::begun("outer", 2), Progress::begun("inner", 1));
        let there = |p: &Progress| work().lines.iter().any(|l| Some(l.number) == p.0);
        assert!(there(&inner));
        inner.step("");
        assert!(!there(&inner) && there(&outer));
        let number = outer.0;
        drop(outer);
        assert!(!work().lines.iter().any(|l| Some(l.number) == number));
    }
}
