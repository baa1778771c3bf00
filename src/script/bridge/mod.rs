//! What the bindings stand on: it knows no room of the language.
//!
//! | file | holds |
//! |---|---|
//! | [`rooms`] | the engine while modules and kinds of values are put into it |
//! | [`kind`] | the name of each kind of value |
//! | [`conversions`] | what script values can be read as |
//! | [`value`] [`arrays`] [`named`] [`options`] [`declared`] | reading arguments, arrays and the option map a function may end with |
//! | [`function`] | script functions and closures that native code can call, now or later |
//! | [`host`] | what a session keeps that functions need: settings, output folder, warnings, sources |
//! | [`outputs`] | where files of a session go, and which were written |
//! | [`grammar`] | the language without functions, and its limits |
//! | [`errors`] [`source`] | errors with a place in a text, and the texts |
//! | [`warnings`] | where warnings of one name were given |

pub mod arrays;
pub mod conversions;
pub mod declared;
pub mod errors;
pub mod function;
pub mod grammar;
pub mod host;
pub mod kind;
pub mod named;
pub mod options;
pub mod outputs;
pub mod rooms;
pub mod source;
pub mod value;
pub mod warnings;
