//! Observations and what a model gives for them, in files that others read.

mod monitor;
mod obspack;

pub use monitor::{departures, write_monitor};
pub use obspack::write_obspack;

use super::Observations;
use crate::error::{Error, Result};
use ndarray::Array2;

/// Mean and standard deviation over members of the equivalents (observation, member) \[mol mol-1\].
fn mean_and_sd(observations: &Observations, equivalents: &Array2<f64>) -> Result<[Vec<f64>; 2]> {
    if equivalents.nrows() != observations.len() || equivalents.ncols() == 0 {
        return Err(Error::new("the equivalents do not fit the observations")
            .expected(format!(
                "{} rows, a column for each member",
                observations.len()
            ))
            .got(format!("{} x {}", equivalents.nrows(), equivalents.ncols())));
    }
    let mean: Vec<f64> = equivalents
        .rows()
        .into_iter()
        .map(|r| r.sum() / r.len() as f64)
        .collect();
    let sd = equivalents.rows().into_iter().map(|r| match r.len() {
        1 => 0.0,
        _ => r.std(1.0),
    });
    Ok([mean, sd.collect()])
}

#[cfg(test)]
mod tests;
