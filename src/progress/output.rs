//! Lines for people on the standard streams. A reader that has gone (`mcas run x | head`) ends
//! neither the work nor its outputs.

use super::work;
use std::borrow::Cow;
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

/// Text without characters that a terminal obeys, such as those in the names of a file from
/// elsewhere: each stands as its number.
pub fn printable(text: &str) -> Cow<'_, str> {
    let obeyed = |c: char| c.is_control() && c != '\n' && c != '\t';
    if !text.contains(obeyed) {
        return Cow::Borrowed(text);
    }
    // Lines of texts from other systems end in two characters.
    let text = text.replace("\r\n", "\n");
    let shown = |c: char| match obeyed(c) {
        true => c.escape_unicode().to_string(),
        false => c.to_string(),
    };
    Cow::Owned(text.chars().map(shown).collect())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_a_terminal_obeys_stand_as_numbers() {
        let name = "co2\u{1b}]0;title\u{7}\u{9b}31m\ttab\nline µ";
        let shown = printable(name);
        assert_eq!(shown, "co2\\u{1b}]0;title\\u{7}\\u{9b}31m\ttab\nline µ");
        assert!(matches!(printable("co2 [ppm]"), Cow::Borrowed(_)));
    }
}
