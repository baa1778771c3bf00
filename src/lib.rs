//! mcas: multi-observation carbon assimilation.
//!
//! The rooms, in dependency order; a room imports only rooms above it.
//!
//! | room | holds |
//! |---|---|
//! | [`error`] [`units`] [`time`] [`random`] [`linalg`] [`progress`] | the ground: knows no science |
//! | [`field`] | labelled arrays |
//! | [`io`] | files, written whole or not at all |
//! | [`table`] | named columns: numbers with a unit, text, instants |
//! | [`grid`] | horizontal cells, hybrid levels, regridding, region maps |
//! | [`ensemble`] | the members in memory, correlated draws |
//! | [`meteorology`] | winds and mixing, a file per driver |
//! | [`flux`] | prior modules, eco-regions, Eq. 1 |
//! | [`transport`] | one operator-split step for all members |
//! | [`observation`] | the table, operators, networks |
//! | [`script`] | the scripting language: engine, options, help, sessions, the prompt |

pub mod ensemble;
pub mod error;
pub mod field;
pub mod flux;
pub mod grid;
pub mod io;
pub mod linalg;
pub mod meteorology;
pub mod observation;
pub mod progress;
pub mod random;
pub mod script;
pub mod table;
pub mod time;
pub mod units;
