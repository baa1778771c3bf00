//! Kolmogorov's and Smirnov's tests: whether a sample has a given distribution, or that of another
//! sample. Exact where samples are small.

use super::ranks::{RankTest, samples};
use crate::error::Result;
use ndarray::Array2;

/// Largest product of the sizes of two samples, and largest sample, whose distribution is exact.
const EXACT_PAIRS: usize = 4_000_000;
const EXACT: usize = 1000;

/// Smirnov's test of two samples: D is the largest distance of their distributions. Up to 4,000,000
/// pairs p is exact, the share of all arrangements of the values (ties as they are) with a distance
/// as large; else by Kolmogorov's distribution with Stephens' (1970) correction.
///
/// # Errors
/// An empty sample, numbers that are not finite.
pub fn kolmogorov_two(first: &[f64], second: &[f64]) -> Result<RankTest> {
    samples(first, second)?;
    let (n, m) = (first.len(), second.len());
    let mut all: Vec<(f64, bool)> = first.iter().map(|v| (*v, true)).collect();
    all.extend(second.iter().map(|v| (*v, false)));
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    // Distributions are compared between values that differ, in units of 1 / (n m).
    let ends: Vec<bool> = (1..=n + m)
        .map(|k| k == n + m || all[k].0 != all[k - 1].0)
        .collect();
    let (mut i, mut most) = (0, 0);
    for (k, (value, end)) in all.iter().zip(&ends).enumerate() {
        i += usize::from(value.1);
        if *end {
            most = most.max((i * m).abs_diff((k + 1 - i) * n));
        }
    }
    let statistic = most as f64 / (n * m) as f64;
    let p_value = if n * m <= EXACT_PAIRS {
        as_far(n, m, &ends, most)
    } else {
        asymptotic(statistic, (n as f64 * m as f64) / (n + m) as f64)
    };
    Ok(RankTest { statistic, p_value })
}

/// The probability that distributions of n and m values, mixed at random, come as far apart as
/// `most` / (n m): what is left of the walks that never do (Hodges 1957).
fn as_far(n: usize, m: usize, ends: &[bool], most: usize) -> f64 {
    if most == 0 {
        return 1.0;
    }
    // probability[i]: of i values of the first sample among the first k, never far apart before.
    let mut probability = vec![0.0; n + 1];
    probability[0] = 1.0;
    let mut gone = 0.0;
    for (k, end) in ends.iter().enumerate() {
        let left = (n + m - k) as f64;
        for i in (0..=n.min(k + 1)).rev() {
            let stays = match (k + 1).checked_sub(i + 1) {
                Some(second) if i <= k && second < m => probability[i] * (m - second) as f64 / left,
                _ => 0.0,
            };
            let comes = match i {
                0 => 0.0,
                _ => probability[i - 1] * (n + 1 - i) as f64 / left,
            };
            probability[i] = stays + comes;
            if *end && (i * m).abs_diff((k + 1 - i) * n) >= most {
                gone += std::mem::take(&mut probability[i]);
            }
        }
    }
    gone.clamp(0.0, 1.0)
}

/// Kolmogorov's test of a sample against a distribution given by its function; exact for up to 1000
/// values (Marsaglia, Tsang and Wang 2003; the tail by Birnbaum and Tingey 1951).
///
/// # Errors
/// An empty sample, numbers that are not finite.
pub fn kolmogorov_one(values: &[f64], cdf: impl Fn(f64) -> f64) -> Result<RankTest> {
    let (n, _) = samples(values, &[0.0])?;
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let distance = |(k, x): (usize, &f64)| {
        (cdf(*x) - k as f64 / n)
            .abs()
            .max((cdf(*x) - (k + 1) as f64 / n).abs())
    };
    let d = sorted.iter().enumerate().map(distance).fold(0.0, f64::max);
    let p_value = if values.len() > EXACT {
        asymptotic(d, n)
    } else if n * d * d >= 4.0 || d >= 0.5 {
        // Both sides at once are out of the question, or next to it.
        2.0 * one_sided(d, values.len())
    } else {
        1.0 - within(d, values.len())
    };
    Ok(RankTest {
        statistic: d,
        p_value: p_value.clamp(0.0, 1.0),
    })
}

/// P(D+ >= d) = d sum_j C(n, j) (d + j/n)^(j-1) (1 - d - j/n)^(n-j), j up to n (1 - d).
fn one_sided(d: f64, n: usize) -> f64 {
    let size = n as f64;
    let mut choose = 0.0; // its logarithm
    let mut sum = 0.0;
    for j in 0..=n {
        let (a, b) = (d + j as f64 / size, 1.0 - d - j as f64 / size);
        if b < 0.0 {
            break;
        }
        if b > 0.0 || j == n {
            let rest = if j == n { 0.0 } else { (n - j) as f64 * b.ln() };
            sum += (choose + (j as f64 - 1.0) * a.ln() + rest).exp();
        }
        choose += ((n - j) as f64 / (j + 1) as f64).ln();
    }
    d * sum
}

/// P(D < d) of n values, by powers of a matrix.
fn within(d: f64, n: usize) -> f64 {
    if d <= 0.5 / n as f64 {
        return 0.0; // a sample is at least so far from any continuous distribution
    }
    let k = (n as f64 * d).floor() as usize + 1;
    let (size, h) = (2 * k - 1, k as f64 - n as f64 * d);
    let mut start = Array2::from_shape_fn((size, size), |(i, j)| f64::from(i + 1 >= j));
    for i in 0..size {
        start[[i, 0]] -= h.powi(i as i32 + 1);
        start[[size - 1, i]] -= h.powi((size - i) as i32);
    }
    start[[size - 1, 0]] += (2.0 * h - 1.0).max(0.0).powi(size as i32);
    for ((i, j), entry) in start.indexed_iter_mut() {
        (1..=(i + 1).saturating_sub(j)).for_each(|g| *entry /= g as f64);
    }
    // The power, with its scale kept apart, then times n! / n^n.
    let (mut power, mut scale) = (Array2::<f64>::eye(size), 0.0f64);
    let (mut square, mut square_scale) = (start, 0.0f64);
    let mut left = n;
    while left > 0 {
        if left & 1 == 1 {
            power = power.dot(&square);
            scale += square_scale + rescaled(&mut power, k - 1);
        }
        square = square.dot(&square);
        square_scale = 2.0 * square_scale + rescaled(&mut square, k - 1);
        left >>= 1;
    }
    let factorial: f64 = (1..=n).map(|i| (i as f64 / n as f64).ln()).sum();
    (power[[k - 1, k - 1]].ln() + scale + factorial).exp()
}

/// Divides a matrix by its middle entry where that is large; gives the logarithm of it.
fn rescaled(matrix: &mut Array2<f64>, middle: usize) -> f64 {
    let by = matrix[[middle, middle]];
    if by < 1e100 {
        return 0.0;
    }
    *matrix /= by;
    by.ln()
}

/// Kolmogorov's tail 2 sum (-1)^(k-1) exp(-2 k^2 x^2) at x = (sqrt(n) + 0.12 + 0.11 / sqrt(n)) D.
fn asymptotic(d: f64, n: f64) -> f64 {
    let x = (n.sqrt() + 0.12 + 0.11 / n.sqrt()) * d;
    if x < 0.2 {
        return 1.0; // the series converges slowly where the tail is 1 to twelve digits
    }
    let term =
        |k: i32| (if k % 2 == 1 { 2.0 } else { -2.0 }) * (-2.0 * f64::from(k * k) * x * x).exp();
    (1..=100).map(term).sum::<f64>().clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{generator, normals};
    use statrs::distribution::{ContinuousCDF, Normal};

    #[track_caller]
    fn close(a: f64, b: f64, part: f64) {
        assert!((a / b - 1.0).abs() < part, "{a} for {b}");
    }

    #[test]
    fn the_chance_of_two_samples_apart_is_that_of_counting_arrangements() {
        let apart = |n: usize, shift: f64| {
            let first: Vec<f64> = (0..n).map(|k| k as f64).collect();
            let second: Vec<f64> = first.iter().map(|v| v + shift).collect();
            kolmogorov_two(&first, &second).unwrap().p_value
        };
        // scipy 1.17, ks_2samp
        close(apart(3, 2.3), 0.1, 1e-12);
        close(apart(5, 3.5), 0.079_365_079_365, 1e-9);
        close(apart(10, 6.5), 0.012_340_600_575_9, 1e-9);
        let two = |a: &[f64], b: &[f64]| kolmogorov_two(a, b).unwrap();
        close(
            two(&[1.0, 2.0], &[3.0, 4.0, 5.0, 6.0]).p_value,
            2.0 / 15.0,
            1e-12,
        );
        let uneven = two(
            &[1.0, 2.0, 3.0, 4.5, 7.0],
            &[2.5, 3.5, 5.0, 6.0, 8.0, 9.0, 10.0],
        );
        close(uneven.p_value, 0.328_282_828_282_8, 1e-9);
        assert_eq!(two(&[1.0, 2.0], &[3.0, 4.0]).statistic, 1.0);
        assert_eq!(two(&[1.0, 2.0], &[1.0, 2.0]).p_value, 1.0);
    }

    #[test]
    fn ties_are_counted_as_they_are() {
        let t = kolmogorov_two(&[1.0, 1.0, 2.0, 2.0, 3.0], &[2.0, 2.0, 3.0, 3.0, 4.0, 5.0]);
        let t = t.unwrap();
        // 112 of the 462 arrangements, listed with scipy's statistic for each.
        close(t.statistic, 7.0 / 15.0, 1e-12);
        close(t.p_value, 112.0 / 462.0, 1e-9);
    }

    #[test]
    fn the_chance_of_one_sample_is_exact() {
        let uniform = |values: &[f64]| kolmogorov_one(values, |x| x).unwrap().p_value;
        let even = |from: f64, to: f64, n: usize| -> Vec<f64> {
            (0..n)
                .map(|k| from + (to - from) * k as f64 / (n as f64 - 1.0))
                .collect()
        };
        // scipy 1.17, ks_1samp
        let normal = Normal::new(0.0, 1.0).unwrap();
        let one = kolmogorov_one(&[0.3], |x| normal.cdf(x)).unwrap();
        close(one.p_value, 0.764_177_155_622, 1e-9);
        close(uniform(&[0.1, 0.4, 0.7]), 0.886_222_222_222, 1e-9);
        close(uniform(&even(0.05, 0.6, 20)), 0.002_118_922_182, 1e-6);
        close(uniform(&even(0.05, 0.85, 100)), 0.019_839_242_125_6, 1e-9);
        // scipy 1.17, kstwo.sf, which approximates beyond 140 values
        close(1.0 - within(0.3, 20), 0.043_067_066_658_5, 1e-9);
        close(1.0 - within(0.05, 500), 0.158_662_602_238, 1e-6);
        close(1.0 - within(0.06, 900), 0.002_936_654_866_9, 1e-4);
        close(2.0 * one_sided(0.6, 20), 2.048_301_164_971_985e-7, 1e-9);
    }

    #[test]
    fn kolmogorov_accepts_its_own_distribution_and_refuses_another() {
        let normal = Normal::new(0.0, 1.0).unwrap();
        let sample = normals(&mut generator(2, "ks", 0), 500);
        assert!(kolmogorov_one(&sample, |x| normal.cdf(x)).unwrap().p_value > 0.05);
        let shifted = kolmogorov_one(&sample, |x| normal.cdf(x - 0.3)).unwrap();
        assert!(shifted.p_value < 1e-3);
        // Smirnov's table: x = 1.358 has a tail of 0.05; and both ways meet where they part.
        assert!((asymptotic(1.358 / (1e6f64).sqrt(), 1e6) - 0.05).abs() < 1e-3);
        close(asymptotic(0.045, 1000.0), 1.0 - within(0.045, 1000), 0.01);
    }
}
