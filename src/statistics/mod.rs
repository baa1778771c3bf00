//! Statistics of a result: scores against observations and how certain they are, calibration of an
//! ensemble, tests of difference, lines of regression, and probability
//! distributions.
//!
//! A missing value is refused, with its row, by every statistic of samples; lines of regression
//! along a dimension of a field leave pairs with one out, as the reductions of a field do.

mod along;
mod bootstrap;
mod calibration;
mod difference;
mod distribution;
mod effective;
mod innovations;
mod intervals;
mod kolmogorov;
mod optimum;
mod ranks;
mod regression;
mod scores;
mod sequences;
mod spread;

pub use along::{coordinate_field, detrended, of_lines, regressions};
pub use bootstrap::{BlockBootstrap, Bootstrapped};
pub use calibration::{chi_square, crps, mean_crps, rank_histogram};
pub use difference::{Difference, paired, welch};
pub use distribution::Distribution;
pub use effective::{autocorrelation, effective_size};
pub use innovations::{InnovationStatistics, innovations_by_group};
pub use intervals::{Interval, ScoreIntervals, interval_of_independent, mean_interval};
pub use kolmogorov::{kolmogorov_one, kolmogorov_two};
pub use optimum::{Minimum, Search};
pub use ranks::{RankTest, rank_sum, signed_rank};
pub use regression::Regression;
pub use scores::{Scores, by_group};
pub use sequences::Sequences;
pub use spread::{SpreadSkill, flatness, spread_skill};

use crate::error::{Error, Result};

/// Refuses numbers that are not finite, naming the row.
pub(crate) fn finite(name: &str, values: &[f64]) -> Result<()> {
    match values.iter().position(|v| !v.is_finite()) {
        None => Ok(()),
        Some(row) => Err(Error::new(format!("{name} must be finite"))
            .got(values[row])
            .at(format!("row {row}"))),
    }
}

/// Mean of values, not a number of none.
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Sample variance (over n - 1).
fn variance(values: &[f64]) -> f64 {
    let centre = mean(values);
    values.iter().map(|v| (v - centre).powi(2)).sum::<f64>() / (values.len() as f64 - 1.0)
}
