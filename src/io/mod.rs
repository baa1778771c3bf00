//! Files: written whole or not at all.

mod output;

pub use output::write_whole;
