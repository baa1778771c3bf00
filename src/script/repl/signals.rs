//! Signals at the prompt: Ctrl-C clears the line, which the editor sees to; while something runs, a
//! signal stops that and keeps the session; while a line is waited for, SIGTERM and SIGHUP end the
//! program with the terminal as it was.

use crate::progress;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use std::io::stdin;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

static WAITING: AtomicBool = AtomicBool::new(false);
static TERMINAL: OnceLock<Option<Termios>> = OnceLock::new();

/// What a shell reports of a program that SIGTERM ended.
const ENDED: i32 = 128 + 15;

/// Sets the handler, and notes how the terminal is.
pub(super) fn listen() {
    TERMINAL.get_or_init(|| tcgetattr(stdin()).ok());
    let _ = ctrlc::set_handler(|| {
        if !WAITING.load(Ordering::SeqCst) {
            return progress::request_stop();
        }
        if let Some(Some(terminal)) = TERMINAL.get() {
            let _ = tcsetattr(stdin(), OptionalActions::Now, terminal);
        }
        println!();
        std::process::exit(ENDED);
    });
}

/// Waits for a line. A terminal without an editor hands Ctrl-C on as a signal, which no more than
/// clears the line.
pub(super) fn waiting<T>(read: impl FnOnce() -> T) -> T {
    let plain = std::env::var("TERM").is_ok_and(|t| ["dumb", "cons25", "emacs"].contains(&&*t));
    WAITING.store(!plain, Ordering::SeqCst);
    let line = read();
    WAITING.store(false, Ordering::SeqCst);
    line
}
