//! How many independent values a series is worth.

use super::mean;

/// Autocorrelation at a lag about the mean of the whole; 0 for a series that does not vary.
pub fn autocorrelation(values: &[f64], lag: usize) -> f64 {
    let centre = mean(values);
    let all: f64 = values.iter().map(|v| (v - centre).powi(2)).sum();
    let shifted: f64 = values
        .iter()
        .zip(values.iter().skip(lag))
        .map(|(a, b)| (a - centre) * (b - centre))
        .sum();
    if all == 0.0 { 0.0 } else { shifted / all }
}

/// Independent values in the mean of a series that remembers as a first-order process does: n (1 -
/// r) / (1 + r), r the autocorrelation at lag 1 (Zwiers and von Storch 1995); between 2 and n, so
/// that an anticorrelated series is worth no more than it is long.
pub fn effective_size(values: &[f64]) -> f64 {
    shrunk(values.len(), autocorrelation(values, 1))
}

/// The same for products of two series, as in their correlation: r is the product of both
/// (Bretherton et al. 1999).
pub fn effective_pairs(first: &[f64], second: &[f64]) -> f64 {
    shrunk(
        first.len(),
        autocorrelation(first, 1) * autocorrelation(second, 1),
    )
}

fn shrunk(n: usize, r: f64) -> f64 {
    let (n, r) = (n as f64, r.max(0.0));
    (n * (1.0 - r) / (1.0 + r)).clamp(n.min(2.0), n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{generator, normals};

    #[test]
    fn the_autocorrelation_of_a_hand_computed_series() {
        // departures -1.5, -0.5, 0.5, 1.5: products 0.75 - 0.25 + 0.75 over 5
        assert!((autocorrelation(&[1.0, 2.0, 3.0, 4.0], 1) - 0.25).abs() < 1e-15);
        assert!((effective_size(&[1.0, 2.0, 3.0, 4.0]) - 2.4).abs() < 1e-15);
        assert_eq!(autocorrelation(&[2.0, 2.0], 1), 0.0);
    }

    #[test]
    fn a_first_order_process_is_worth_what_theory_says() {
        let noise = normals(&mut generator(1, "noise", 0), 20_000);
        let mut last = 0.0;
        let series: Vec<f64> = noise
            .iter()
            .map(|e| {
                last = 0.8 * last + e;
                last
            })
            .collect();
        assert!((effective_size(&series) / 20_000.0 - 0.2 / 1.8).abs() < 0.01);
        assert!(effective_size(&noise) > 19_000.0);
    }
}
