//! mcas: multi-observation carbon assimilation.
//!
//! The rooms, in dependency order; a room imports only rooms above it.
//!
//! | room | holds |
//! |---|---|
//! | [`error`] [`units`] [`time`] [`random`] [`linalg`] [`progress`] | the ground: knows no science |
//! | [`field`] | labelled arrays |
//! | [`grid`] | horizontal cells, hybrid levels, regridding, region maps |
//! | [`ensemble`] | the members in memory, correlated draws |
//! | [`meteorology`] | winds and mixing, a file per driver |
//! | [`flux`] | prior modules, eco-regions, Eq. 1 |
//! | [`transport`] | one operator-split step for all members |
//! | [`observation`] | the table, operators, networks |

pub mod ensemble;
pub mod error;
pub mod field;
pub mod flux;
pub mod grid;
pub mod linalg;
pub mod meteorology;
pub mod observation;
pub mod progress;
pub mod random;
pub mod time;
pub mod transport;
pub mod units;
