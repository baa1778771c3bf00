//! Work with room for the deepest nesting that the limits of the language allow.

use crate::fault::{Fault, caught};
use std::cell::Cell;

/// Bytes of the stack: 96 calls of 128 nested expressions take 40 MB in a build that is not
/// optimised, and arrays within arrays are printed and dropped by recursion.
const STACK: usize = 256 << 20;

thread_local!(static DEEP: Cell<bool> = const { Cell::new(false) });

/// Runs work on a thread of its own with a large stack, unless this is one.
///
/// # Errors
/// A panic in it.
pub fn deep<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, Fault> {
    if DEEP.get() {
        return caught(work);
    }
    let there = || {
        DEEP.set(true);
        caught(work)
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        match thread.spawn_scoped(scope, there) {
            Ok(thread) => thread
                .join()
                .unwrap_or_else(|p| std::panic::resume_unwind(p)),
            Err(e) => Err(Fault {
                message: format!("no thread can be started: {e}"),
                location: None,
                stopped: false,
            }),
        }
    })
}
