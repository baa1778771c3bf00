//! Distribution-free tests of difference: Wilcoxon's signed ranks and rank sums.
//! Exact where samples are small, ties included: all signs, or all arrangements, of the ranks as
//! they are.

use super::finite;
use crate::error::{Error, Result};
use statrs::distribution::{ContinuousCDF, Normal};

/// A statistic with its p-value.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct RankTest {
    /// W, U or D.
    pub statistic: f64,
    /// Two-sided p-value.
    pub p_value: f64,
}

/// Most differences whose signs are counted.
const EXACT_SIGNS: usize = 100;
/// Most additions for counting arrangements: about 100 values in all, more where one sample is
/// small.
const EXACT_WORK: usize = 100_000_000;

/// Wilcoxon's signed-rank test of pairs (1945): W is the sum of the ranks of positive differences.
/// Zero differences are left out; exact for up to 100 pairs, else normal with the corrections for
/// ties and continuity.
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
    if n <= EXACT_SIGNS {
        // A rank is in the sum or not: twice the ranks are whole.
        let mut probabilities = vec![1.0];
        for rank in doubled(&ranks) {
            let mut more = vec![0.0; probabilities.len() + rank];
            for (sum, probability) in probabilities.iter().enumerate() {
                more[sum] += 0.5 * probability;
                more[sum + rank] += 0.5 * probability;
            }
            probabilities = more;
        }
        return Ok(RankTest {
            statistic: w,
            p_value: two_sided(&probabilities, (2.0 * w).round() as usize),
        });
    }
    let variance = m * (m + 1.0) * (2.0 * m + 1.0) / 24.0 - ties / 48.0;
    Ok(RankTest {
        statistic: w,
        p_value: normal(w - m * (m + 1.0) / 4.0, variance),
    })
}

/// Wilcoxon's rank-sum test of independent samples (Mann and Whitney 1947): U is how many pairs
/// have the first value above the second, ties counting half. Exact for up to about 100 values in
/// all, more where one sample is small, else normal with both corrections.
///
/// # Errors
/// An empty sample, numbers that are not finite.
pub fn rank_sum(first: &[f64], second: &[f64]) -> Result<RankTest> {
    let (n, m) = samples(first, second)?;
    let (ranks, ties) = ranked(&[first, second].concat());
    let u = ranks[..first.len()].iter().sum::<f64>() - n * (n + 1.0) / 2.0;
    let all = n + m;
    let fewer = first.len().min(second.len());
    if work(fewer, ranks.len()) <= EXACT_WORK {
        // The sum of the smaller sample's ranks; the other's is what is left.
        let rank_sum_of_fewer: f64 = match first.len() == fewer {
            true => ranks[..first.len()].iter().sum(),
            false => ranks[first.len()..].iter().sum(),
        };
        return Ok(RankTest {
            statistic: u,
            p_value: two_sided(
                &rank_sums(&ranks, fewer),
                (2.0 * rank_sum_of_fewer).round() as usize,
            ),
        });
    }
    let variance = n * m / 12.0 * (all + 1.0 - ties / (all * (all - 1.0)));
    Ok(RankTest {
        statistic: u,
        p_value: normal(u - n * m / 2.0, variance),
    })
}

pub(super) fn samples(first: &[f64], second: &[f64]) -> Result<(f64, f64)> {
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

/// Twice each rank, which is whole also where tied values share it.
fn doubled(ranks: &[f64]) -> impl Iterator<Item = usize> {
    ranks.iter().map(|r| (2.0 * r).round() as usize)
}

/// Additions to count the sums of `fewer` ranks of `all`.
fn work(fewer: usize, all: usize) -> usize {
    // Twice the ranks of the smaller sample add up to no more than this.
    (all * fewer).saturating_mul(2 * fewer * all)
}

/// The probability of every sum of `fewer` of twice the ranks, drawn at random.
fn rank_sums(ranks: &[f64], fewer: usize) -> Vec<f64> {
    let most = 2 * fewer * ranks.len();
    // probabilities[k][s]: of k ranks chosen so far with the sum s.
    let mut probabilities = vec![vec![0.0; most + 1]; fewer + 1];
    probabilities[0][0] = 1.0;
    for (before, rank) in doubled(ranks).enumerate() {
        let left = (ranks.len() - before) as f64;
        for k in (0..=fewer.min(before + 1)).rev() {
            let needed = (fewer - k) as f64;
            // Of those left, so many are not chosen.
            let passed = (left - needed).max(0.0) / left;
            for sum in (0..=most).rev() {
                let chosen = match k > 0 && sum >= rank {
                    true => probabilities[k - 1][sum - rank] * (needed + 1.0) / left,
                    false => 0.0,
                };
                probabilities[k][sum] = probabilities[k][sum] * passed + chosen;
            }
        }
    }
    probabilities.swap_remove(fewer)
}

fn two_sided(probabilities: &[f64], at: usize) -> f64 {
    let below: f64 = probabilities[..=at.min(probabilities.len() - 1)]
        .iter()
        .sum();
    let above: f64 = probabilities[at.min(probabilities.len() - 1)..]
        .iter()
        .sum();
    (2.0 * below.min(above)).min(1.0)
}

fn normal(departure: f64, variance: f64) -> f64 {
    if variance <= 0.0 {
        return 1.0;
    }
    let z = (departure.abs() - 0.5).max(0.0) / variance.sqrt();
    (2.0 * Normal::new(0.0, 1.0)
        .expect("the standard normal distribution exists")
        .cdf(-z))
    .min(1.0)
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
    fn ties_are_counted_as_they_are() {
        // scipy 1.17: wilcoxon and mannwhitneyu with PermutationMethod over all arrangements
        let signed = |first: &[f64]| signed_rank(first, &vec![0.0; first.len()]).unwrap();
        assert_eq!(signed(&[1.0; 5]).p_value, 2.0 / 32.0);
        let mixed = signed(&[1.0, 2.0, 2.0, -3.0, 4.0, 4.0, -1.0, 5.0]);
        assert!((mixed.p_value - 0.132_812_5).abs() < 1e-12, "{mixed:?}");
        let sums = rank_sum(&[1.0, 1.0, 2.0, 2.0, 3.0], &[2.0, 2.0, 3.0, 3.0, 4.0, 5.0]).unwrap();
        assert_eq!(sums.statistic, 5.0);
        assert!((sums.p_value - 48.0 / 462.0).abs() < 1e-12, "{sums:?}");
    }

    #[test]
    fn a_small_sample_beside_a_large_one_is_counted() {
        // scipy 1.17: mannwhitneyu, method exact
        let many: Vec<f64> = (1..=40).map(f64::from).collect();
        let test = rank_sum(&[0.5, 1.5], &many).unwrap();
        assert!(
            (test.p_value - 0.004_645_760_743_321_719).abs() < 1e-12,
            "{test:?}"
        );
        let turned = rank_sum(&many, &[0.5, 1.5]).unwrap();
        assert!((turned.p_value - test.p_value).abs() < 1e-14 && turned.statistic == 79.0);
    }
}
