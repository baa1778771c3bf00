//! What is done with a script besides running it.

pub mod check;
pub mod digest;
pub mod identity;
pub mod json;
pub mod plan;
pub mod profile;
pub mod record;
pub mod stored;
