//! Samples the model at the observations while it runs, linear in time between steps.

use crate::ensemble::{Concentrations, Real};
use crate::error::{Error, Result};
use crate::meteorology::{Atmosphere, Meteorology};
use crate::observation::Observation;
use crate::time::Time;
use crate::transport::Observer;
use ndarray::Array2;
use rayon::prelude::*;

/// An [`Observer`] of a run that fills the model's equivalents (n_obs x n_members) \[mol mol-1\].
pub struct Sampler<'a, T> {
    rows: &'a [Observation],
    longest_step: f64,
    equivalents: Array2<f64>,
    /// Last instant each row was sampled at or before its time.
    sampled: Vec<Option<Time>>,
    /// Rows before this one are complete.
    complete: usize,
    keep_at: Option<Time>,
    kept: Option<Concentrations<T>>,
}

impl<'a, T: Real> Sampler<'a, T> {
    /// For a run whose steps are at most `longest_step` seconds. `rows` are in order of time. The
    /// state at `keep_at` is kept for [`Sampler::finish`].
    pub fn new(
        rows: &'a [Observation],
        n_members: usize,
        longest_step: f64,
        keep_at: Option<Time>,
    ) -> Self {
        let n = rows.len();
        Sampler {
            rows,
            longest_step,
            equivalents: Array2::zeros((n, n_members)),
            sampled: vec![None; n],
            complete: 0,
            keep_at,
            kept: None,
        }
    }

    /// The equivalents, and the state at the instant asked for.
    ///
    /// # Errors
    /// An observation, or that instant, outside of the run.
    pub fn finish(self) -> Result<(Array2<f64>, Option<Concentrations<T>>)> {
        if let Some(row) = self.rows.get(self.complete) {
            return Err(Error::new("an observation lies outside of the run")
                .got(row.time)
                .at(format!("observation {}, {}", self.complete, row.site)));
        }
        match (self.keep_at, &self.kept) {
            (Some(time), None) => {
                Err(Error::new("the run never came to the hand-over time").got(time))
            }
            _ => Ok((self.equivalents, self.kept)),
        }
    }

    /// The equivalents of row `k` from the state at one instant.
    fn equivalent(
        &self,
        k: usize,
        atmosphere: &Atmosphere,
        c: &Concentrations<T>,
    ) -> Result<Vec<f64>> {
        let o = &self.rows[k];
        let equivalent = o.sampling.equivalent(o, atmosphere);
        equivalent
            .and_then(|e| e.sample(c))
            .map_err(|e| e.at(format!("observation {k}, {} at {}", o.site, o.time)))
    }
}

impl<T: Real> Observer<T> for Sampler<'_, T> {
    fn see(
        &mut self,
        time: Time,
        c: &Concentrations<T>,
        meteorology: &dyn Meteorology,
    ) -> Result<()> {
        if self.keep_at == Some(time) {
            self.kept = Some(c.clone());
        }
        let last = self.complete
            + self.rows[self.complete..]
                .partition_point(|o| o.time.since(time) < self.longest_step);
        if last == self.complete {
            return Ok(());
        }
        let atmosphere = meteorology.atmosphere(time)?;
        let values = (self.complete..last)
            .into_par_iter()
            .map(|k| self.equivalent(k, &atmosphere, c))
            .collect::<Vec<_>>();
        for (k, values) in (self.complete..last).zip(values) {
            let values = values?; // in order, so that the first error is the same for any threads
            let due = self.rows[k].time;
            // Linear between the states around the observation; the earlier one waits in the row.
            let weight = match self.sampled[k] {
                Some(before) if due < time => due.since(before) / time.since(before),
                _ => 1.0,
            };
            if due < time && self.sampled[k].is_none() {
                return Err(Error::new("an observation lies before the run")
                    .expected(format!("{time} or later"))
                    .got(due)
                    .at(format!("observation {k}")));
            }
            self.equivalents
                .row_mut(k)
                .iter_mut()
                .zip(values)
                .for_each(|(e, v)| *e += weight * (v - *e));
            self.sampled[k] = Some(time);
        }
        self.complete += self.rows[self.complete..].partition_point(|o| o.time <= time);
        Ok(())
    }
}
