//! Help, from the documentation that functions are registered with.

pub mod docs;
pub mod glossary;
pub mod keys;
pub mod reference;
pub mod words;
