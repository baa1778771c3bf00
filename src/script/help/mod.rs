//! Help, from the documentation that functions are registered with.

pub mod declared;
pub mod docs;
mod entry;
pub mod glossary;
mod pages;
pub mod reference;
mod table;
pub mod words;
