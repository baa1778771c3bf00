//! Effective sample size of an autocorrelated series.

use super::sequences::Sequences;
use super::{finite, mean};
use crate::error::Result;

/// Autocorrelation at a lag about the mean of the whole; 0 for a series that does not vary.
///
/// # Errors
/// A value that is not finite.
pub fn autocorrelation(values: &[f64], lag: usize) -> Result<f64> {
    finite("the values", values)?;
    let centre = mean(values);
    let all: f64 = values.iter().map(|v| (v - centre).powi(2)).sum();
    let shifted: f64 = values
        .iter()
        .zip(values.iter().skip(lag))
        .map(|(a, b)| (a - centre) * (b - centre))
        .sum();
    Ok(if all == 0.0 { 0.0 } else { shifted / all })
}

/// Effective number of independent values of a first-order autoregressive series: n (1 - r)
/// / (1 + r), r their autocorrelation at lag 1 (Zwiers and von Storch 1995), which pairs each value
/// with the next of its own sequence; between 2 and n, so that an anticorrelated series counts for
/// no more than its length.
///
/// # Errors
/// A value that is not finite, sequences of another number of values.
pub fn effective_size(values: &[f64], sequences: &Sequences) -> Result<f64> {
    finite("the values", values)?;
    sequences.check(values.len())?;
    Ok(shrunk(values.len(), memory(values, sequences)))
}

/// The same for products of two series, as in their correlation: r is the product of both
/// (Bretherton et al. 1999).
///
/// # Errors
/// As [`effective_size`].
pub(crate) fn effective_pairs(first: &[f64], second: &[f64], sequences: &Sequences) -> Result<f64> {
    finite("the first values", first)?;
    finite("the second values", second)?;
    sequences.check(first.len())?;
    sequences.check(second.len())?;
    let r = memory(first, sequences) * memory(second, sequences);
    Ok(shrunk(first.len(), r))
}

/// Autocorrelation at lag 1 within sequences, about the mean of all values. Of one sequence without
/// gaps it is [`autocorrelation`]; each sequence has one pair less than values, which is made up
/// for.
pub(super) fn memory(values: &[f64], sequences: &Sequences) -> f64 {
    let centre = mean(values);
    let all: f64 = values.iter().map(|v| (v - centre).powi(2)).sum();
    let (mut sum, mut pairs) = (0.0, 0.0);
    for (a, b) in sequences.neighbours() {
        sum += (values[a] - centre) * (values[b] - centre);
        pairs += 1.0;
    }
    if all == 0.0 || pairs == 0.0 {
        return 0.0;
    }
    (sum / all * (values.len() as f64 - 1.0) / pairs).min(1.0)
}

pub(super) fn shrunk(n: usize, r: f64) -> f64 {
    let (n, r) = (n as f64, r.max(0.0));
    (n * (1.0 - r) / (1.0 + r)).clamp(n.min(2.0), n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{generator, normals};

    fn size(values: &[f64]) -> Result<f64> {
        effective_size(values, &Sequences::one(values.len()))
    }

    #[test]
    fn the_autocorrelation_of_a_hand_computed_series() {
        // departures -1.5, -0.5, 0.5, 1.5: products 0.75 - 0.25 + 0.75 over 5
        let four = [1.0, 2.0, 3.0, 4.0];
        assert!((autocorrelation(&four, 1).unwrap() - 0.25).abs() < 1e-15);
        assert!((size(&four).unwrap() - 2.4).abs() < 1e-15);
        assert_eq!(autocorrelation(&[2.0, 2.0], 1).unwrap(), 0.0);
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
        assert!((size(&series).unwrap() / 20_000.0 - 0.2 / 1.8).abs() < 0.01);
        assert!(size(&noise).unwrap() > 19_000.0);
    }

    #[test]
    fn a_missing_value_is_refused_with_its_row() {
        let gap = [1.0, 2.0, f64::NAN, 4.0];
        assert!(size(&gap).unwrap_err().to_string().contains("row 2"));
        assert!(autocorrelation(&gap, 1).is_err());
        assert!(effective_pairs(&[1.0; 4], &gap, &Sequences::one(4)).is_err());
    }

    #[test]
    fn pooled_sites_are_worth_what_each_is_worth() {
        // Ten sites side by side in time, each with a memory of its own of 0.8.
        let mut last = [0.0; 10];
        let values: Vec<f64> = normals(&mut generator(2, "sites", 0), 20_000)
            .iter()
            .enumerate()
            .map(|(k, e)| {
                last[k % 10] = 0.8 * last[k % 10] + e;
                last[k % 10]
            })
            .collect();
        let sites: Vec<String> = (0..20_000).map(|k| format!("site {}", k % 10)).collect();
        let within = Sequences::by(&sites, None).unwrap();
        let worth = effective_size(&values, &within).unwrap() / 20_000.0;
        assert!((worth - 0.2 / 1.8).abs() < 0.01, "{worth}");
        assert!(size(&values).unwrap() > 19_000.0); // as one series it would seem without memory
    }
}
