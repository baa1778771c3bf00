//! RMSE, CORR and BIAS of a model against observations, as Table 2 of Su et al. (2024) gives them.

use super::{finite, mean};
use crate::error::{Error, Result};
use std::collections::BTreeMap;

/// Scores of n pairs, in the unit of the values.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Scores {
    /// Number of pairs.
    pub n: usize,
    /// Root mean square of model minus observation.
    pub rmse: f64,
    /// Pearson correlation; not a number where either does not vary.
    pub corr: f64,
    /// Mean of model minus observation.
    pub bias: f64,
}

impl Scores {
    /// Scores of `model` against `observed`.
    ///
    /// # Errors
    /// No pairs, unequal lengths, or a number that is not finite.
    pub fn new(model: &[f64], observed: &[f64]) -> Result<Self> {
        if model.len() != observed.len() || model.is_empty() {
            return Err(
                Error::new("scores need pairs of model and observation").got(format!(
                    "{} and {}",
                    model.len(),
                    observed.len()
                )),
            );
        }
        finite("the model's values", model)?;
        finite("the observations", observed)?;
        let n = model.len() as f64;
        let (x, y) = (mean(model), mean(observed));
        let pairs = || model.iter().zip(observed);
        let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
        for (a, b) in pairs() {
            xx += (a - x).powi(2);
            yy += (b - y).powi(2);
            xy += (a - x) * (b - y);
        }
        Ok(Scores {
            n: model.len(),
            rmse: (pairs().map(|(a, b)| (a - b).powi(2)).sum::<f64>() / n).sqrt(),
            corr: xy / (xx * yy).sqrt(),
            bias: x - y,
        })
    }
}

/// Scores of each group (site, region, kind) in order of its name.
///
/// # Errors
/// Unequal lengths, or a number that is not finite.
pub fn by_group<G: AsRef<str>>(
    model: &[f64],
    observed: &[f64],
    groups: &[G],
) -> Result<Vec<(String, Scores)>> {
    if groups.len() != model.len() || observed.len() != model.len() {
        return Err(Error::new("every pair needs a group")
            .expected(model.len())
            .got(groups.len()));
    }
    let mut sorted: BTreeMap<&str, (Vec<f64>, Vec<f64>)> = BTreeMap::new();
    for ((group, a), b) in groups.iter().zip(model).zip(observed) {
        let (x, y) = sorted.entry(group.as_ref()).or_default();
        x.push(*a);
        y.push(*b);
    }
    sorted
        .into_iter()
        .map(|(g, (x, y))| {
            Ok((
                g.to_string(),
                Scores::new(&x, &y).map_err(|e| e.at(format!("group {g}")))?,
            ))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scores_of_a_hand_computed_case() {
        // differences 1, -1, 3: bias 1, mean square 11/3; anomalies (-5/3, -2/3, 7/3) and (-1, 0,
        // 1): r = 4 / sqrt(26/3 * 2)
        let s = Scores::new(&[2.0, 3.0, 6.0], &[1.0, 2.0, 3.0]).unwrap();
        assert!(
            (s.rmse - (11.0f64 / 3.0).sqrt()).abs() < 1e-14 && (s.bias - 5.0 / 3.0).abs() < 1e-14
        );
        assert!((s.corr - 4.0 / (26.0f64 / 3.0 * 2.0).sqrt()).abs() < 1e-14);
        assert!(Scores::new(&[], &[]).is_err() && Scores::new(&[f64::NAN], &[1.0]).is_err());
    }

    #[test]
    fn groups_are_scored_apart_and_in_order() {
        let scores = by_group(&[1.0, 5.0, 3.0], &[0.0, 5.0, 1.0], &["b", "a", "b"]).unwrap();
        assert_eq!(
            (scores[0].0.as_str(), scores[0].1.n, scores[1].1.n),
            ("a", 1, 2)
        );
        assert!((scores[1].1.rmse - 2.5f64.sqrt()).abs() < 1e-15);
    }
}
