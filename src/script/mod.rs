//! The scripting layer: the only room that names Rhai.
//!
//! | folder | holds |
//! |---|---|
//! | [`bridge`] | what a binding stands on: arguments, options, closures, errors, the host |
//! | [`bind`] | one file or folder for each room of the language: its types and functions |
//! | [`help`] | help and the reference, from the registered documentation |
//! | [`report`] | from an error to a report with file, line, caret, expected, got and hint |
//! | [`tools`] | check, plan, profile and record of a script; values as JSON |
//! | [`session`] | the engine, the modules written in Rhai, one session type for scripts and the prompt |
//! | [`repl`] | the prompt |
//! | [`mod@bench`] | what the language costs on this machine |
//! | [`cli`] | the command line of the program |

pub mod bench;
pub mod bind;
pub mod bridge;
pub mod cli;
pub mod help;
pub mod repl;
pub mod report;
pub mod session;
pub mod tools;

pub use bridge::errors::{Fallible, attempt};
pub use bridge::function::ScriptFunction;
pub use bridge::host::Host;
pub use bridge::value::{FromScript, read};
pub use session::Session;
