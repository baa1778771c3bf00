//! The scripting layer: the only room that names Rhai.
//!
//! | file | holds |
//! |---|---|
//! | [`engine`] | builds the engine with every room bound |
//! | [`bind`] | one file per room: its types and functions, documented where they are registered |
//! | [`options`] [`value`] | reading arguments and the option map every function may end with |
//! | [`function`] | script functions and closures that native code can call, now or later |
//! | [`host`] | what a session keeps that functions need: settings, output folder, warnings, sources |
//! | [`errors`] [`explain`] [`report`] `arithmetic` | from an error to a report with file, line, caret, expected, got and hint |
//! | [`docs`] [`keys`] [`glossary`] [`words`] | help and option keys from the registered documentation; symbols and their names; words of the language |
//! | [`reference`] | the same documentation as HTML, Markdown and definition files |
//! | [`stdlib`] | the modules written in Rhai |
//! | [`session`] | one session type for scripts and for the prompt |
//! | [`record`] | what a run wrote down, to run it again |
//! | [`check`] | finds unknown functions, option keys and unused settings without running |
//! | [`plan`] | what a script would take, from a rehearsal |
//! | [`profile`] | where the time of a script goes, line by line |
//! | [`json`] | values and errors as JSON |
//! | [`repl`] | the prompt |

mod arithmetic;
pub mod bind;
pub mod check;
pub mod docs;
pub mod engine;
pub mod errors;
pub mod explain;
pub mod function;
pub mod glossary;
pub mod host;
pub mod json;
pub mod keys;
pub mod options;
pub mod plan;
pub mod profile;
pub mod record;
pub mod reference;
pub mod repl;
pub mod report;
pub mod session;
pub mod show;
pub mod source;
pub mod stdlib;
pub mod value;
pub mod words;

pub use errors::{Fallible, attempt};
pub use function::ScriptFunction;
pub use host::Host;
pub use options::Options;
pub use session::Session;
pub use value::{FromScript, read};
