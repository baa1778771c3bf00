//! Whether two products differ: t-tests over members.

use super::{finite, mean, variance};
use crate::error::{Error, Result};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// A difference of means with its p-value.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Difference {
    /// Mean of the first less mean of the second.
    pub mean: f64,
    /// Student's t.
    pub t: f64,
    /// Degrees of freedom.
    pub degrees: f64,
    /// Two-sided p-value.
    pub p_value: f64,
}

/// Two independent samples of unequal variance (Welch 1947).
///
/// # Errors
/// Fewer than two values of either, or one that is not finite.
pub fn welch(first: &[f64], second: &[f64]) -> Result<Difference> {
    check(first, second)?;
    let (a, b) = (
        variance(first) / first.len() as f64,
        variance(second) / second.len() as f64,
    );
    let degrees = (a + b).powi(2)
        / (a * a / (first.len() as f64 - 1.0) + b * b / (second.len() as f64 - 1.0));
    difference(mean(first) - mean(second), (a + b).sqrt(), degrees)
}

/// Pairs, such as the same members of two runs.
///
/// # Errors
/// Unequal lengths, fewer than two pairs, or a value that is not finite.
pub fn paired(first: &[f64], second: &[f64]) -> Result<Difference> {
    check(first, second)?;
    if first.len() != second.len() {
        return Err(Error::new("a paired test needs pairs")
            .expected(first.len())
            .got(second.len())
            .hint("the test of independent samples"));
    }
    let differences: Vec<f64> = first.iter().zip(second).map(|(a, b)| a - b).collect();
    let n = differences.len() as f64;
    difference(
        mean(&differences),
        (variance(&differences) / n).sqrt(),
        n - 1.0,
    )
}

fn check(first: &[f64], second: &[f64]) -> Result<()> {
    if first.len() < 2 || second.len() < 2 {
        return Err(Error::new("a test of difference needs samples")
            .expected("at least 2 values each")
            .got(format!("{} and {}", first.len(), second.len())));
    }
    finite("the first sample", first)?;
    finite("the second sample", second)
}

/// A sample without variance differs for certain, or not at all.
fn difference(mean: f64, error: f64, degrees: f64) -> Result<Difference> {
    if error == 0.0 {
        let p_value = if mean == 0.0 { 1.0 } else { 0.0 };
        return Ok(Difference {
            mean,
            t: if mean == 0.0 {
                0.0
            } else {
                mean.signum() * f64::INFINITY
            },
            degrees,
            p_value,
        });
    }
    let t = mean / error;
    let distribution = StudentsT::new(0.0, 1.0, degrees)
        .map_err(|e| Error::new("the t-test has no distribution").got(e))?;
    Ok(Difference {
        mean,
        t,
        degrees,
        p_value: 2.0 * distribution.cdf(-t.abs()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn welchs_test_of_a_hand_computed_case() {
        // variances 1 and 4 over 3 and 3: error^2 5/3, t = -2 / sqrt(5/3), degrees (25/9) / ((1/9 +
        // 16/9) / 2) = 50/17
        let d = welch(&[1.0, 2.0, 3.0], &[2.0, 4.0, 6.0]).unwrap();
        assert!(
            (d.t + 2.0 / (5.0f64 / 3.0).sqrt()).abs() < 1e-14
                && (d.degrees - 50.0 / 17.0).abs() < 1e-13
        );
        assert!(d.p_value > 0.2 && d.p_value < 0.25, "{}", d.p_value);
    }

    #[test]
    fn a_paired_test_with_one_degree_of_freedom_has_cauchys_p_value() {
        // differences 1 and 3: mean 2, error 1, t = 2, p = 1 - 2 atan(2) / pi
        let d = paired(&[1.0, 3.0], &[0.0, 0.0]).unwrap();
        assert!(
            (d.p_value - (1.0 - 2.0 * 2f64.atan() / std::f64::consts::PI)).abs() < 1e-9,
            "{}",
            d.p_value
        );
        assert_eq!(paired(&[1.0, 1.0], &[1.0, 1.0]).unwrap().p_value, 1.0);
        assert!(welch(&[1.0], &[1.0, 2.0]).is_err());
    }
}
