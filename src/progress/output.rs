//! Lines for people on the standard streams. A reader that has gone (`mcas run x | head`) ends
//! neither the work nor its outputs.

use super::work;
use std::io::{ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

static LOST: AtomicBool = AtomicBool::new(false);

/// Writes text to standard output, past a bar that is shown. What cannot be written for another
/// reason than a reader that has gone is told once.
pub fn say(text: &str) {
    let bar = work().bar.clone();
    let write = || {
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes())
    };
    let written = match bar {
        Some(bar) => bar.suspend(write),
        None => write(),
    };
    match written {
        Err(e) if e.kind() != ErrorKind::BrokenPipe && !LOST.swap(true, Ordering::Relaxed) => tell(
            &format!("warning[output_lost]: what is printed cannot be written: {e}"),
        ),
        _ => {}
    }
}

/// Writes a line to standard error, above a bar that is shown.
pub fn tell(line: &str) {
    let bar = work().bar.clone();
    match bar {
        Some(bar) => bar.suspend(|| to_stderr(line)),
        None => to_stderr(line),
    }
}

/// Writes a line to standard error; a failure has nowhere to be reported.
pub(super) fn to_stderr(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
