//! What the program costs on this machine: `mcas bench analysis`, `mcas bench arrays` and `mcas
//! bench prompt`, each with `--json`; that of the transport is in its room. Synthetic data
//! throughout.

mod analysis;
mod arrays;
mod prompt;

use crate::error::{Error, Result};
use serde::Serialize;

/// Measures one analysis and tells what was found, as JSON if asked.
///
/// # Errors
/// Whatever the work itself refuses.
pub fn analysis(json: bool) -> Result<String> {
    told(&analysis::measure()?, json)
}

/// Measures arithmetic on arrays and tells what was found, as JSON if asked.
///
/// # Errors
/// The script that is measured fails.
pub fn arrays(json: bool) -> Result<String> {
    told(&arrays::measure()?, json)
}

/// Measures what a person at the prompt waits for and tells what was found, as JSON if asked.
///
/// # Errors
/// The program cannot be started.
pub fn prompt(json: bool) -> Result<String> {
    told(&prompt::measure()?, json)
}

/// A result as JSON, or a line for each of its fields.
fn told(result: &impl Serialize, json: bool) -> Result<String> {
    let value = serde_json::to_value(result)
        .map_err(|e| Error::new("a benchmark has no form in JSON").got(e))?;
    Ok(match value.as_object() {
        Some(fields) if !json => fields
            .iter()
            .map(|(name, v)| format!("{name:18} {v}\n"))
            .collect(),
        _ => format!("{value}\n"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_one_line_of_json_or_a_line_for_each_number() {
        #[derive(Serialize)]
        struct Two {
            a: f64,
            b: usize,
        }
        assert_eq!(
            told(&Two { a: 0.5, b: 3 }, true).unwrap(),
            "{\"a\":0.5,\"b\":3}\n"
        );
        assert_eq!(
            told(&Two { a: 0.5, b: 3 }, false).unwrap().lines().count(),
            2
        );
    }
}
