//! What the language costs on this machine: a closure as a scheme, arrays, the prompt.

mod arrays;
mod prompt;

pub use arrays::{ArrayCost, arrays};
pub use prompt::{PromptCost, prompt};

use super::bind::scheme_of;
use super::session::{Session, Start};
use crate::bench::AnalysisCost;
use crate::error::{Error, Result};

/// The scheme of [`crate::bench::analysis`] in the language.
const CLOSURE: &str = "inflation::scheme(|i| {
    let mu = #{};
    for name in i.counts.keys() { mu[name] = max(0.1, i.misfit(name) / max(1, i.counts[name])); }
    #{ theta: 1.1, mu: mu }
})";

/// Measures one analysis, and what a closure in place of a built-in scheme adds to it.
///
/// # Errors
/// Whatever the work itself refuses.
pub fn analysis() -> Result<AnalysisCost> {
    crate::bench::analysis(Some(&|| {
        let mut session = Session::new(Start {
            output: std::env::temp_dir(),
            collect: true,
            ..Start::default()
        })
        .map_err(Error::new)?;
        scheme_of(&mut session, CLOSURE)
    }))
}
