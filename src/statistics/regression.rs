//! A straight line through pairs, and whether its slope is more than chance when the residuals
//! remember.
//!
//! y = a + b x + e by least squares. The number of independent pairs n' = n (1 - r) / (1 + r), r
//! the product of the autocorrelations of x and e at lag 1 (Bretherton et al. 1999), stands in for
//! n in the standard error of b and in the degrees of freedom. Of a trend, where x is time and
//! remembers everything, this is the rule of Santer et al. (2000).

use super::effective::{memory, shrunk};
use super::mean;
use super::sequences::Sequences;
use crate::error::{Error, Result};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// A line and its certainty. NaN where x or y do not vary or there are fewer than three pairs.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Regression {
    /// Pairs with both values present.
    pub n: usize,
    /// b, in the unit of y per unit of x.
    pub slope: f64,
    /// a, in the unit of y.
    pub intercept: f64,
    /// Pearson correlation.
    pub correlation: f64,
    /// Standard error of b.
    pub standard_error: f64,
    /// Two-sided p-value of b being 0.
    pub p_value: f64,
    /// n'.
    pub n_effective: f64,
}

impl Regression {
    /// The line through the pairs that are present, in time order.
    ///
    /// # Errors
    /// Unequal lengths.
    pub fn new(x: &[f64], y: &[f64]) -> Result<Self> {
        if x.len() != y.len() {
            return Err(Error::new("a regression needs pairs")
                .expected(x.len())
                .got(y.len()));
        }
        if x.iter().chain(y).all(|v| !v.is_nan()) {
            return Ok(Self::through(x, y));
        }
        let (x, y): (Vec<f64>, Vec<f64>) = x
            .iter()
            .zip(y)
            .filter(|(a, b)| !a.is_nan() && !b.is_nan())
            .unzip();
        Ok(Self::through(&x, &y))
    }

    fn through(x: &[f64], y: &[f64]) -> Self {
        let n = x.len();
        let (mx, my) = (mean(x), mean(y));
        let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
        for (a, b) in x.iter().zip(y) {
            let (a, b) = (a - mx, b - my);
            xx += a * a;
            yy += b * b;
            xy += a * b;
        }
        let nothing = f64::NAN;
        let mut line = Regression {
            n,
            slope: nothing,
            intercept: nothing,
            correlation: nothing,
            standard_error: nothing,
            p_value: nothing,
            n_effective: nothing,
        };
        if n < 3 || xx == 0.0 {
            return line;
        }
        line.slope = xy / xx;
        line.intercept = my - line.slope * mx;
        line.correlation = xy / (xx * yy).sqrt();
        let residuals: Vec<f64> = x
            .iter()
            .zip(y)
            .map(|(a, b)| b - line.intercept - line.slope * a)
            .collect();
        let series = Sequences::one(n);
        line.n_effective = shrunk(n, memory(x, &series) * memory(&residuals, &series));
        let degrees = line.n_effective - 2.0;
        let square: f64 = residuals.iter().map(|e| e * e).sum();
        if degrees > 0.0 && square > 0.0 {
            line.standard_error = (square / degrees / xx).sqrt();
            line.p_value = StudentsT::new(0.0, 1.0, degrees).map_or(nothing, |distribution| {
                2.0 * distribution.cdf(-(line.slope / line.standard_error).abs())
            });
        } else if square == 0.0 {
            (line.standard_error, line.p_value) = (0.0, if line.slope == 0.0 { 1.0 } else { 0.0 });
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{generator, normals};

    #[test]
    fn the_line_of_a_hand_computed_case() {
        // x - 2 = -1, 0, 1 against y - 7/3 = -4/3, -1/3, 5/3: b = 3/2
        let line = Regression::new(&[1.0, 2.0, 3.0, 9.0], &[1.0, 2.0, 4.0, f64::NAN]).unwrap();
        assert!(
            (line.slope - 1.5).abs() < 1e-14
                && (line.intercept + 2.0 / 3.0).abs() < 1e-14
                && line.n == 3
        );
        assert!((line.correlation - 3.0 / (2.0f64 * 14.0 / 3.0).sqrt()).abs() < 1e-14);
        assert!(
            Regression::new(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0])
                .unwrap()
                .slope
                .is_nan()
        );
        assert!(Regression::new(&[1.0], &[]).is_err());
    }

    #[test]
    fn a_chance_slope_of_a_series_that_remembers_is_seldom_called_certain() {
        let x: Vec<f64> = (0..200).map(f64::from).collect();
        let called = (0..300)
            .filter(|k| {
                let mut last = 0.0;
                let y: Vec<f64> = normals(&mut generator(5, "red", *k), 200)
                    .iter()
                    .map(|e| {
                        last = 0.7 * last + e;
                        last
                    })
                    .collect();
                Regression::new(&x, &y).unwrap().p_value < 0.05
            })
            .count();
        assert!((5..=35).contains(&called), "{called} of 300"); // 15 expected; about 100 without n'
    }

    /// A series that remembers this part of its last value.
    fn red(name: &str, k: u64, part: f64) -> Vec<f64> {
        let mut last = 0.0;
        normals(&mut generator(5, name, k), 200)
            .iter()
            .map(|e| {
                last = part * last + e;
                last
            })
            .collect()
    }

    #[test]
    fn two_series_that_remember_and_one_that_does_not_are_called_certain_as_often_as_chance_has_it()
    {
        let called = |other: f64| {
            let one = |k: &u64| {
                let line = Regression::new(&red("x", *k, other), &red("y", *k, 0.8)).unwrap();
                line.p_value < 0.05
            };
            (0..300).filter(one).count()
        };
        // 15 expected, with a standard error of 4; two that remember without n' some 85.
        for other in [0.8, 0.0] {
            assert!(
                (5..=30).contains(&called(other)),
                "{other}: {}",
                called(other)
            );
        }
    }
}
