//! Whether ensemble spread predicts error: spread and skill over cases sorted by spread, and
//! the test of a flat rank histogram.

use super::finite;
use crate::error::{Error, Result};
use ndarray::ArrayView2;
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// Spread and error of cases of like spread, in the unit of the values.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct SpreadSkill {
    /// Number of cases.
    pub n: usize,
    /// Root of the mean variance over members, times (m+1)/m for the sampling of the mean (Fortin
    /// et al. 2014).
    pub spread: f64,
    /// Root mean square error of the mean over members.
    pub rmse: f64,
    /// spread / rmse: one where the ensemble is calibrated, below one where it is too sure of
    /// itself.
    pub ratio: f64,
}

/// Spread and skill of `n_bins` equal shares of the cases, from the smallest spread to the largest;
/// one bin for a single number. `members` are n x m, `truth` has n values. Against observations,
/// add the error variance to the members first.
///
/// # Errors
/// Shapes that differ, fewer than two members, more bins than cases, or a number that is not
/// finite.
pub fn spread_skill(
    members: ArrayView2<f64>,
    truth: &[f64],
    n_bins: usize,
) -> Result<Vec<SpreadSkill>> {
    let (n, m) = members.dim();
    if n != truth.len() || m < 2 {
        return Err(Error::new("every case needs its members")
            .expected(format!("{} rows of at least 2", truth.len()))
            .got(format!("{n} x {m}")));
    }
    if n_bins == 0 || n_bins > n {
        return Err(Error::new("spread and skill need cases in every bin")
            .expected(format!("1 to {n} bins"))
            .got(n_bins));
    }
    finite("the truth", truth)?;
    let mut cases = Vec::with_capacity(n);
    for (row, (values, t)) in members.outer_iter().zip(truth).enumerate() {
        let values = values.to_vec();
        finite("the members", &values).map_err(|e| e.at(format!("case {row}")))?;
        cases.push((super::variance(&values), (super::mean(&values) - t).powi(2)));
    }
    cases.sort_by(|a, b| a.0.total_cmp(&b.0));
    let bin = |k: usize| {
        let part = &cases[k * n / n_bins..(k + 1) * n / n_bins];
        let mean =
            |of: fn(&(f64, f64)) -> f64| part.iter().map(of).sum::<f64>() / part.len() as f64;
        let (spread, rmse) = (
            (mean(|c| c.0) * (m as f64 + 1.0) / m as f64).sqrt(),
            mean(|c| c.1).sqrt(),
        );
        SpreadSkill {
            n: part.len(),
            spread,
            rmse,
            ratio: spread / rmse,
        }
    };
    Ok((0..n_bins).map(bin).collect())
}

/// The probability of counts at least as uneven as these, were all ranks alike (Pearson's
/// chi-square): small where the ensemble is not calibrated. Cases that depend on each other make it
/// too small.
///
/// # Errors
/// Fewer than two ranks, or fewer than 5 expected in each, where the test does not hold.
pub fn flatness(counts: &[usize]) -> Result<f64> {
    let n: usize = counts.iter().sum();
    if counts.len() < 2 {
        return Err(Error::new("a rank histogram needs ranks")
            .expected("at least 2")
            .got(counts.len()));
    }
    let expected = n as f64 / counts.len() as f64;
    if expected < 5.0 {
        return Err(Error::new("too few cases for a test of flatness")
            .expected(format!("at least {}", 5 * counts.len()))
            .got(n));
    }
    let statistic: f64 = counts
        .iter()
        .map(|c| (*c as f64 - expected).powi(2) / expected)
        .sum();
    let distribution = ChiSquared::new(counts.len() as f64 - 1.0)
        .map_err(|e| Error::new("chi-square has no distribution").got(e))?;
    Ok(distribution.sf(statistic))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random;
    use crate::statistics::rank_histogram;
    use ndarray::{Array2, array, s};

    #[test]
    fn spread_and_skill_of_a_hand_computed_case() {
        // variances 2 and 8, errors 1 and 4 from the means 1 and 2
        let bins = spread_skill(array![[0.0, 4.0], [0.0, 2.0]].view(), &[-2.0, 0.0], 2).unwrap();
        assert_eq!((bins[0].spread, bins[0].rmse), (3f64.sqrt(), 1.0));
        assert_eq!((bins[1].spread, bins[1].rmse), (12f64.sqrt(), 4.0));
        let all = spread_skill(array![[0.0, 4.0], [0.0, 2.0]].view(), &[-2.0, 0.0], 1).unwrap()[0];
        assert!((all.ratio - (7.5f64 / 8.5).sqrt()).abs() < 1e-15);
        assert!(spread_skill(array![[0.0, 4.0]].view(), &[1.0], 2).is_err());
    }

    /// A truth drawn like its five members, 1000 times.
    fn drawn(seed: u64) -> (Array2<f64>, Vec<f64>) {
        let all = Array2::from_shape_vec(
            (1000, 6),
            random::normals(&mut random::generator(seed, "spread", 0), 6000),
        )
        .unwrap();
        (all.slice(s![.., 1..]).to_owned(), all.column(0).to_vec())
    }

    #[test]
    fn truth_drawn_like_the_members_is_as_far_as_the_spread() {
        let ratio = |scale: f64| {
            let (members, truth) = drawn(4);
            spread_skill((members * scale).view(), &truth, 1).unwrap()[0].ratio
        };
        assert!(
            (ratio(1.0) - 1.0).abs() < 0.08 && ratio(0.5) < 0.8,
            "{} {}",
            ratio(1.0),
            ratio(0.5)
        );
    }

    #[test]
    fn the_chance_of_uneven_ranks_is_the_one_stated() {
        // Of 400 calibrated ensembles a tenth has a p-value below 0.1; the standard error of that
        // share is 0.015.
        let p_value = |seed: u64, scale: f64| {
            let (members, truth) = drawn(seed);
            flatness(&rank_histogram((members * scale).view(), &truth, 1).unwrap()).unwrap()
        };
        let share = (0..400).filter(|seed| p_value(*seed, 1.0) < 0.1).count() as f64 / 400.0;
        assert!((share - 0.1).abs() < 0.06, "{share}");
        assert!(p_value(4, 0.6) < 1e-6);
    }

    #[test]
    fn the_chance_of_two_ranks_is_that_of_a_normal_number() {
        // 60 and 40 of 100: chi-square 4 with one degree of freedom, twice the tail of a normal
        // number beyond 2.
        assert!((flatness(&[60, 40]).unwrap() - 0.045_500_263_896).abs() < 1e-9);
        assert!(flatness(&[4, 4]).is_err() && flatness(&[100]).is_err());
    }
}
