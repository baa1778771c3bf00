//! Help, from the documentation that functions are registered with.

pub mod declared;
pub mod docs;
pub mod glossary;
pub mod keys;
pub mod reference;
mod table;
pub mod words;
