//! The block bootstrap (Kuensch 1989): series made of whole blocks of the given one, drawn with
//! replacement, so that the memory within a block stays. Of pooled sites a block is of one site;
//! it may be of whole days.

use super::intervals::checked;
use super::sequences::Sequences;
use crate::error::{Error, Result};
use crate::field::Reduction;
use crate::random::generator;
use crate::time::Time;
use ndarray::ArrayView1;
use rand::RngExt;

/// Most series that are drawn: quantiles of more are no more certain than the series is.
const MOST_SAMPLES: usize = 10_000_000;

/// How blocks are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlockBootstrap {
    length: usize,
    samples: usize,
    seed: u64,
}

/// A statistic, its spread over resampled series and the interval between their quantiles.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Bootstrapped {
    /// Of the given series.
    pub value: f64,
    /// Standard deviation over the samples.
    pub standard_error: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl BlockBootstrap {
    /// Blocks of `length` values (or days) in each of `samples` series, drawn from `seed`.
    ///
    /// # Errors
    /// A length of 0, or fewer than 10 samples.
    pub fn new(length: usize, samples: usize, seed: u64) -> Result<Self> {
        if length == 0 || !(10..=MOST_SAMPLES).contains(&samples) {
            return Err(Error::new("a bootstrap needs blocks and samples")
                .expected(format!(
                    "blocks of 1 value or more, 10 to {MOST_SAMPLES} samples"
                ))
                .got(format!("{length} and {samples}")));
        }
        Ok(BlockBootstrap {
            length,
            samples,
            seed,
        })
    }

    /// The length that grows with the memory of the series as n^(1/3) does with its own.
    pub fn usual_length(n: usize) -> usize {
        (n as f64).cbrt().ceil().max(1.0) as usize
    }

    /// The positions of sample `k`: blocks from random starts until there are as many as values,
    /// the last one cut. A sequence shorter than a block is a block.
    fn positions(&self, units: &[Vec<Vec<usize>>], n: usize, k: usize) -> Vec<usize> {
        let mut rng = generator(self.seed, "bootstrap", k as u64);
        let length = |sequence: &Vec<Vec<usize>>| self.length.min(sequence.len());
        let starts = |sequence: &Vec<Vec<usize>>| sequence.len() - length(sequence) + 1;
        let all: usize = units.iter().map(starts).sum();
        let mut positions = Vec::with_capacity(n + self.length);
        while positions.len() < n {
            let mut start = rng.random_range(0..=all - 1);
            for sequence in units {
                if start < starts(sequence) {
                    let block = &sequence[start..start + length(sequence)];
                    positions.extend(block.iter().flatten());
                    break;
                }
                start -= starts(sequence);
            }
        }
        positions.truncate(n);
        positions
    }

    /// The statistic of the values and of every sample of them; it is given positions. With times
    /// of the values, a block is of whole days.
    ///
    /// # Errors
    /// No values, another number of times, a statistic that fails or gives no number, a confidence
    /// outside 0 to 1.
    pub fn of(
        &self,
        sequences: &Sequences,
        days: Option<&[Time]>,
        confidence: f64,
        statistic: impl Fn(&[usize]) -> Result<f64>,
    ) -> Result<Bootstrapped> {
        let tail = 0.5 * (1.0 - checked(confidence)?);
        let n = sequences.len();
        if n == 0 {
            return Err(Error::new("a bootstrap needs values").got("none"));
        }
        days.map_or(Ok(()), |t| sequences.check(t.len()))?;
        let units = sequences.units(days);
        let value = statistic(&(0..n).collect::<Vec<_>>())?;
        let all = (0..self.samples).map(|k| {
            statistic(&self.positions(&units, n, k)).map_err(|e| e.at(format!("sample {k}")))
        });
        let all = all.collect::<Result<Vec<f64>>>()?;
        if let Some(k) = all.iter().position(|v| v.is_nan()) {
            return Err(
                Error::new("the statistic of a sample is not a number").at(format!("sample {k}"))
            );
        }
        let line = ArrayView1::from(&all);
        let at = |p: f64| Reduction::Quantile(p).of(line);
        Ok(Bootstrapped {
            value,
            standard_error: Reduction::StandardDeviation.of(line),
            low: at(tail),
            high: at(1.0 - tail),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::normals;
    use crate::statistics::mean;

    #[test]
    fn every_sample_is_made_of_whole_blocks() {
        let units = Sequences::one(10).units(None);
        let positions = BlockBootstrap::new(4, 10, 1)
            .unwrap()
            .positions(&units, 10, 3);
        assert_eq!(positions.len(), 10);
        assert!(
            positions[..8]
                .chunks(4)
                .all(|b| b.windows(2).all(|w| w[1] == w[0] + 1))
        );
        assert!(BlockBootstrap::new(0, 100, 1).is_err());
    }

    #[test]
    fn blocks_find_the_spread_of_a_mean_that_single_values_miss() {
        let mut last = 0.0;
        let series: Vec<f64> = normals(&mut generator(2, "red", 0), 2000)
            .iter()
            .map(|e| {
                last = 0.8 * last + e;
                last
            })
            .collect();
        let error = |length| {
            let boot = BlockBootstrap::new(length, 300, 1).unwrap();
            boot.of(&Sequences::one(2000), None, 0.95, |p| {
                Ok(mean(&p.iter().map(|k| series[*k]).collect::<Vec<_>>()))
            })
            .unwrap()
            .standard_error
        };
        let theory = 5.0 / 2000f64.sqrt(); // 1 / (1 - 0.8)
        assert!(
            error(1) < 0.5 * theory && (error(50) / theory - 1.0).abs() < 0.25,
            "{} {} {theory}",
            error(1),
            error(50)
        );
    }

    #[test]
    fn a_block_is_of_one_site_and_of_whole_days() {
        let sites: Vec<String> = (0..24).map(|k| format!("site {}", k % 2)).collect();
        let start: Time = "2016-07-01".parse().unwrap();
        // Two values of each site a day.
        let times: Vec<Time> = (0..24)
            .map(|k| start.plus(f64::from(k / 2) * 43_200.0))
            .collect();
        let sequences = Sequences::by(&sites, Some(&times)).unwrap();
        let units = sequences.units(Some(&times));
        assert!(units.iter().all(|s| s.len() == 6));
        let positions = BlockBootstrap::new(2, 10, 1)
            .unwrap()
            .positions(&units, 24, 0);
        for block in positions.chunks(4) {
            assert!(block.windows(2).all(|w| w[1] == w[0] + 2), "{positions:?}");
            assert!(block[0] / 2 % 2 == 0, "a day is cut: {positions:?}");
        }
    }
}
