//! Tests of difference that ask for no normal law: Wilcoxon's signed ranks and rank sums,
//! Kolmogorov and Smirnov's.

use super::finite;
use crate::error::{Error, Result};
use statrs::distribution::{ContinuousCDF, Normal};

/// A statistic and how likely one so extreme is by chance.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct RankTest {
    /// W, U or D.
    pub statistic: f64,
    /// Two-sided p-value.
    pub p_value: f64,
}

/// Largest samples whose ranks are counted exactly.
const EXACT: usize = 25;

/// Wilcoxon's signed-rank test of pairs (1945): W is the sum of the ranks of positive differences.
/// Zero differences are left out; exact for up to 25 pairs without ties, else normal with the
/// corrections for ties and continuity.
///
/// # Errors
/// Unequal lengths, no difference that is not zero, numbers that are not finite.
pub fn signed_rank(first: &[f64], second: &[f64]) -> Result<RankTest> {
    if first.len() != second.len() {
        return Err(Error::new("a signed-rank test needs pairs")
            .expected(first.len())
            .got(second.len())
            .hint("the rank-sum test of independent samples"));
    }
    finite("the first sample", first)?;
    finite("the second sample", second)?;
    let differences: Vec<f64> = first
        .iter()
        .zip(second)
        .map(|(a, b)| a - b)
        .filter(|d| *d != 0.0)
        .collect();
    let n = differences.len();
    if n == 0 {
        return Err(
            Error::new("a signed-rank test needs differences").got("pairs that are all equal")
        );
    }
    let (ranks, ties) = ranked(&differences.iter().map(|d| d.abs()).collect::<Vec<_>>());
    let w: f64 = differences
        .iter()
        .zip(&ranks)
        .filter(|(d, _)| **d > 0.0)
        .map(|(_, r)| r)
        .sum();
    let m = n as f64;
    if n <= EXACT && ties == 0.0 {
        let counts = subsets(
            (1..=n)
                .collect::<Vec<_>>()
                .iter()
                .fold(vec![1.0], |c, r| with_rank(c, *r)),
        );
        return Ok(RankTest {
            statistic: w,
            p_value: two_sided(&counts, w as usize),
        });
    }
    let variance = m * (m + 1.0) * (2.0 * m + 1.0) / 24.0 - ties / 48.0;
    Ok(RankTest {
        statistic: w,
        p_value: normal(w - m * (m + 1.0) / 4.0, variance),
    })
}

/// Wilcoxon's rank-sum test of independent samples (Mann and Whitney 1947): U is how many pairs
/// have the first value above the second, ties counting half. Exact for up to 25 values in all
/// without ties, else normal with both corrections.
///
/// # Errors
/// An empty sample, numbers that are not finite.
pub fn rank_sum(first: &[f64], second: &[f64]) -> Result<RankTest> {
    let (n, m) = samples(first, second)?;
    let (ranks, ties) = ranked(&[first, second].concat());
    let u = ranks[..first.len()].iter().sum::<f64>() - n * (n + 1.0) / 2.0;
    let all = n + m;
    if first.len() + second.len() <= EXACT && ties == 0.0 {
        return Ok(RankTest {
            statistic: u,
            p_value: two_sided(
                &subsets(arrangements(first.len(), second.len())),
                u as usize,
            ),
        });
    }
    let variance = n * m / 12.0 * (all + 1.0 - ties / (all * (all - 1.0)));
    Ok(RankTest {
        statistic: u,
        p_value: normal(u - n * m / 2.0, variance),
    })
}

/// Smirnov's test of two samples: D is the largest distance of their distributions; p by
/// Kolmogorov's law with Stephens' (1970) correction.
///
/// # Errors
/// An empty sample, numbers that are not finite.
pub fn kolmogorov_two(first: &[f64], second: &[f64]) -> Result<RankTest> {
    let (n, m) = samples(first, second)?;
    let (mut a, mut b) = (first.to_vec(), second.to_vec());
    a.sort_by(f64::total_cmp);
    b.sort_by(f64::total_cmp);
    let below =
        |sorted: &[f64], x: f64| sorted.partition_point(|v| *v <= x) as f64 / sorted.len() as f64;
    let d = a
        .iter()
        .chain(&b)
        .map(|x| (below(&a, *x) - below(&b, *x)).abs())
        .fold(0.0, f64::max);
    Ok(RankTest {
        statistic: d,
        p_value: kolmogorov_law(d, n * m / (n + m)),
    })
}

/// Kolmogorov's test of a sample against a law given by its distribution function.
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
    Ok(RankTest {
        statistic: d,
        p_value: kolmogorov_law(d, n),
    })
}

fn samples(first: &[f64], second: &[f64]) -> Result<(f64, f64)> {
    if first.is_empty() || second.is_empty() {
        return Err(
            Error::new("a test of difference needs samples").got(format!(
                "{} and {} values",
                first.len(),
                second.len()
            )),
        );
    }
    finite("the first sample", first)?;
    finite("the second sample", second)?;
    Ok((first.len() as f64, second.len() as f64))
}

/// Mean ranks from 1, and the sum of t^3 - t over groups of t ties.
fn ranked(values: &[f64]) -> (Vec<f64>, f64) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let (mut ranks, mut ties) = (vec![0.0; values.len()], 0.0);
    for group in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let before = order.iter().position(|k| *k == group[0]).unwrap_or(0) as f64;
        let t = group.len() as f64;
        group
            .iter()
            .for_each(|k| ranks[*k] = before + (t + 1.0) / 2.0);
        ties += t * t * t - t;
    }
    (ranks, ties)
}

/// Numbers of subsets by their sum, with one more rank to choose from.
fn with_rank(counts: Vec<f64>, rank: usize) -> Vec<f64> {
    let mut more = vec![0.0; counts.len() + rank];
    counts.iter().enumerate().for_each(|(k, c)| {
        more[k] += c;
        more[k + rank] += c;
    });
    more
}

/// How many arrangements of n and m values give each U.
fn arrangements(n: usize, m: usize) -> Vec<f64> {
    // f(i, j, u) = f(i - 1, j, u - j) + f(i, j - 1, u): the largest value is of the first sample,
    // or of the second.
    let mut table = vec![vec![vec![0.0; n * m + 1]; m + 1]; n + 1];
    for i in 0..=n {
        for j in 0..=m {
            for u in 0..=i * j {
                table[i][j][u] = match (i, j) {
                    (0, _) | (_, 0) => 1.0,
                    _ => table[i][j - 1][u] + if u >= j { table[i - 1][j][u - j] } else { 0.0 },
                };
            }
        }
    }
    table[n][m].clone()
}

/// Counts as probabilities.
fn subsets(counts: Vec<f64>) -> Vec<f64> {
    let all: f64 = counts.iter().sum();
    counts.iter().map(|c| c / all).collect()
}

fn two_sided(law: &[f64], at: usize) -> f64 {
    let below: f64 = law[..=at.min(law.len() - 1)].iter().sum();
    let above: f64 = law[at.min(law.len() - 1)..].iter().sum();
    (2.0 * below.min(above)).min(1.0)
}

fn normal(departure: f64, variance: f64) -> f64 {
    if variance <= 0.0 {
        return 1.0;
    }
    let z = (departure.abs() - 0.5).max(0.0) / variance.sqrt();
    (2.0 * Normal::new(0.0, 1.0)
        .expect("the standard normal law exists")
        .cdf(-z))
    .min(1.0)
}

/// Kolmogorov's tail 2 sum (-1)^(k-1) exp(-2 k^2 x^2) at x = (sqrt(n) + 0.12 + 0.11 / sqrt(n)) D.
fn kolmogorov_law(d: f64, n: f64) -> f64 {
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

    #[test]
    fn signed_ranks_of_five_positive_differences_have_one_chance_in_sixteen() {
        let t = signed_rank(&[2.0, 4.0, 6.0, 8.0, 10.0], &[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
        assert_eq!((t.statistic, t.p_value), (15.0, 0.0625));
        assert!(signed_rank(&[1.0], &[1.0]).is_err());
    }

    #[test]
    fn rank_sums_of_three_below_three_have_one_chance_in_ten() {
        let t = rank_sum(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]).unwrap();
        assert_eq!((t.statistic, t.p_value), (0.0, 0.1)); // 2 of 20 arrangements
        assert_eq!(rank_sum(&[1.0, 4.0], &[2.0, 3.0]).unwrap().p_value, 1.0);
    }

    #[test]
    fn the_normal_law_takes_over_where_exact_counts_end() {
        let shifted = |n: u64, by: f64| {
            normals(&mut generator(4, "ranks", n), 12)
                .iter()
                .map(|v| v + by)
                .collect::<Vec<f64>>()
        };
        let (a, b) = (shifted(0, 0.0), shifted(1, 0.7));
        let exact = rank_sum(&a, &b).unwrap();
        let (ranks, _) = ranked(&[&a[..], &b].concat());
        let u = ranks[..12].iter().sum::<f64>() - 78.0;
        assert!((exact.p_value - normal(u - 72.0, 300.0)).abs() < 0.01);
    }

    #[test]
    fn tied_values_share_their_ranks() {
        assert_eq!(
            ranked(&[3.0, 1.0, 3.0, 2.0]),
            (vec![3.5, 1.0, 3.5, 2.0], 6.0)
        );
        assert_eq!(rank_sum(&[1.0; 4], &[1.0; 4]).unwrap().p_value, 1.0);
    }

    #[test]
    fn kolmogorov_accepts_its_own_law_and_refuses_another() {
        let law = Normal::new(0.0, 1.0).unwrap();
        let sample = normals(&mut generator(2, "ks", 0), 500);
        assert!(kolmogorov_one(&sample, |x| law.cdf(x)).unwrap().p_value > 0.05);
        assert!(
            kolmogorov_one(&sample, |x| law.cdf(x - 0.3))
                .unwrap()
                .p_value
                < 1e-3
        );
        assert_eq!(
            kolmogorov_two(&[1.0, 2.0], &[3.0, 4.0]).unwrap().statistic,
            1.0
        );
        // Smirnov's table: x = 1.358 has a tail of 0.05
        assert!((kolmogorov_law(1.358 / (1e6f64).sqrt(), 1e6) - 0.05).abs() < 1e-3);
    }
}
