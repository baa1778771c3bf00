//! What the core costs on this machine: one analysis, the transport of an ensemble, the reading of
//! observations. Synthetic data throughout.

mod analysis;
mod machine;
mod observations;
mod transport;

pub use analysis::{AnalysisCost, analysis};
pub use machine::peak_memory;
pub use observations::{ObservationCost, ObservationTimings};
pub use transport::{TransportCost, TransportTimings};

use crate::error::{Error, Result};
use serde::Serialize;

/// A measurement as one line of JSON, or a line for each of its fields.
///
/// # Errors
/// The measurement has no form in JSON.
pub fn tabulated(measurement: &impl Serialize, json: bool) -> Result<String> {
    let value = serde_json::to_value(measurement)
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
    fn a_measurement_is_one_line_of_json_or_a_line_for_each_number() {
        #[derive(Serialize)]
        struct Two {
            a: f64,
            b: usize,
        }
        let two = Two { a: 0.5, b: 3 };
        assert_eq!(tabulated(&two, true).unwrap(), "{\"a\":0.5,\"b\":3}\n");
        assert_eq!(tabulated(&two, false).unwrap().lines().count(), 2);
    }
}
