//! Departures from the forecast, group by group (site, kind, region, month), against what spread
//! and stated error expect.

use super::sequences::Sequences;
use super::{finite, mean, mean_interval, variance};
use crate::error::{Error, Result};
use std::collections::BTreeMap;

/// Departures of one group, in the unit of the observations.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct InnovationStatistics {
    /// Number of observations.
    pub n: usize,
    /// Mean departure, observation minus model.
    pub mean: f64,
    /// Ends of the mean's interval of 95 %, which counts the memory within sites; not a number of
    /// fewer than three observations.
    pub mean_low: f64,
    /// Its upper end.
    pub mean_high: f64,
    /// Standard deviation of the departures; not a number of one observation.
    pub sd: f64,
    /// Root mean square departure.
    pub rms: f64,
    /// Root mean of spread squared and error squared, what the root mean square should be.
    pub expected: f64,
    /// Mean of departure squared over expected square, each its own: one where the errors are
    /// right.
    pub chi_square: f64,
}

/// Statistics of each group in order of its name: `departures` (observation minus model's mean),
/// the ensemble's `spread` and the stated `error` (standard deviations), and the `group` of every
/// observation; `sequences` say which follow each other, at a site.
///
/// # Errors
/// Unequal lengths, a number that is not finite, spread and error that are both zero.
pub fn innovations_by_group<G: AsRef<str>>(
    departures: &[f64],
    spread: &[f64],
    error: &[f64],
    group: &[G],
    sequences: &Sequences,
) -> Result<Vec<(String, InnovationStatistics)>> {
    let n = departures.len();
    if [spread.len(), error.len(), group.len()] != [n; 3] {
        let got = format!(
            "{} spreads, {} errors and {} groups",
            spread.len(),
            error.len(),
            group.len()
        );
        return Err(
            Error::new("every departure needs a spread, an error and a group")
                .expected(n)
                .got(got),
        );
    }
    sequences.check(n)?;
    finite("the departures", departures)?;
    finite("the spread", spread)?;
    finite("the errors", error)?;
    let expected: Vec<f64> = spread
        .iter()
        .zip(error)
        .map(|(s, e)| s * s + e * e)
        .collect();
    if let Some(row) = expected.iter().position(|v| *v <= 0.0) {
        return Err(Error::new("spread and error are both zero").at(format!("row {row}")));
    }
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    group
        .iter()
        .enumerate()
        .for_each(|(row, g)| groups.entry(g.as_ref()).or_default().push(row));
    groups
        .into_iter()
        .map(|(name, rows)| {
            let statistics = of_rows(departures, &expected, &rows, sequences)?;
            Ok((name.to_string(), statistics))
        })
        .collect()
}

fn of_rows(
    departures: &[f64],
    expected: &[f64],
    rows: &[usize],
    sequences: &Sequences,
) -> Result<InnovationStatistics> {
    let d: Vec<f64> = rows.iter().map(|r| departures[*r]).collect();
    let average =
        |of: &dyn Fn(usize) -> f64| rows.iter().map(|r| of(*r)).sum::<f64>() / rows.len() as f64;
    let (mean_low, mean_high) = match rows.len() {
        0..3 => (f64::NAN, f64::NAN),
        _ => {
            let interval = mean_interval(&d, &sequences.among(rows), 0.95)?;
            (interval.low, interval.high)
        }
    };
    Ok(InnovationStatistics {
        n: rows.len(),
        mean: mean(&d),
        mean_low,
        mean_high,
        sd: variance(&d).sqrt(),
        rms: average(&|r| departures[r].powi(2)).sqrt(),
        expected: average(&|r| expected[r]).sqrt(),
        chi_square: average(&|r| departures[r].powi(2) / expected[r]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statistics_of_a_hand_computed_group() {
        let groups = innovations_by_group(
            &[5.0, 1.0, -1.0],
            &[3.0, 0.0, 0.0],
            &[4.0, 1.0, 2.0],
            &["b", "a", "a"],
            &Sequences::one(3),
        )
        .unwrap();
        assert_eq!(
            (
                groups[0].0.as_str(),
                groups[0].1.n,
                groups[0].1.mean,
                groups[0].1.rms
            ),
            ("a", 2, 0.0, 1.0)
        );
        assert_eq!(
            (groups[0].1.sd, groups[0].1.expected, groups[0].1.chi_square),
            (2f64.sqrt(), 2.5f64.sqrt(), 0.625)
        );
        assert_eq!((groups[1].1.expected, groups[1].1.chi_square), (5.0, 1.0));
        assert!(
            innovations_by_group(&[1.0], &[0.0], &[0.0], &["a"], &Sequences::one(1))
                .unwrap_err()
                .to_string()
                .contains("row 0")
        );
        assert!(
            innovations_by_group(&[1.0], &[0.0], &[0.0], &[] as &[&str], &Sequences::one(1))
                .is_err()
        );
    }
}
