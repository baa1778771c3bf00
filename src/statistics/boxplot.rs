//! The numbers of a box plot.

use super::{finite, mean};
use crate::error::{Error, Result};

/// Quartiles, whiskers and outliers (Tukey 1977), in the unit of the values.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct BoxPlot {
    /// Number of values.
    pub n: usize,
    /// Mean.
    pub mean: f64,
    /// First quartile.
    pub lower: f64,
    /// Median.
    pub median: f64,
    /// Third quartile.
    pub upper: f64,
    /// Smallest value within 1.5 times the interquartile range of the box.
    pub low_whisker: f64,
    /// Largest such value.
    pub high_whisker: f64,
    /// Values beyond the whiskers, ascending.
    pub outliers: Vec<f64>,
}

impl BoxPlot {
    /// Of `values`.
    ///
    /// # Errors
    /// No values, or one that is not finite.
    pub fn new(values: &[f64]) -> Result<Self> {
        if values.is_empty() {
            return Err(Error::new("a box needs values")
                .expected("at least 1")
                .got(0));
        }
        finite("the values of a box", values)?;
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (lower, median, upper) = (
            quantile(&sorted, 0.25),
            quantile(&sorted, 0.5),
            quantile(&sorted, 0.75),
        );
        let reach = 1.5 * (upper - lower);
        let within = |v: &&f64| lower - reach <= **v && **v <= upper + reach;
        let low_whisker = *sorted.iter().find(within).unwrap_or(&lower);
        let high_whisker = *sorted.iter().rev().find(within).unwrap_or(&upper);
        let outliers = sorted.iter().filter(|v| !within(v)).copied().collect();
        Ok(BoxPlot {
            n: values.len(),
            mean: mean(values),
            lower,
            median,
            upper,
            low_whisker,
            high_whisker,
            outliers,
        })
    }
}

/// Quantile of sorted values, linear between order statistics (Hyndman and Fan's type 7).
fn quantile(sorted: &[f64], q: f64) -> f64 {
    let position = q * (sorted.len() - 1) as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (position - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_box_of_a_hand_computed_case() {
        let b = BoxPlot::new(&[5.0, 1.0, 2.0, 3.0, 4.0, 30.0]).unwrap();
        assert_eq!((b.lower, b.median, b.upper), (2.25, 3.5, 4.75));
        assert_eq!(
            (b.low_whisker, b.high_whisker, b.outliers, b.mean),
            (1.0, 5.0, vec![30.0], 7.5)
        );
        assert!(BoxPlot::new(&[]).is_err() && BoxPlot::new(&[f64::NAN]).is_err());
    }
}
