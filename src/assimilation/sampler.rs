//! Samples the model at the observations while it runs, linear in time between steps.

use crate::ensemble::{Concentrations, Real};
use crate::error::{Error, Result};
use crate::meteorology::Meteorology;
use crate::observation::{ObservationOperator, Observations};
use crate::time::Time;
use crate::transport::Observer;
use ndarray::Array2;
use rayon::prelude::*;

/// An [`Observer`] of a run that fills the model's equivalents (n_obs x n_members) \[mol mol-1\].
pub struct Sampler<'a> {
    observations: &'a Observations,
    operator: &'a dyn ObservationOperator,
    step: f64,
    equivalents: Array2<f64>,
    weight: Vec<f64>,
    keep_at: Option<Time>,
    kept: Option<Box<dyn std::any::Any + Send>>,
}

impl<'a> Sampler<'a> {
    /// For a run in steps of `step` seconds. `observations` are in order of time. The state at
    /// `keep_at` is kept for [`Sampler::finish`].
    pub fn new(observations: &'a Observations, operator: &'a dyn ObservationOperator, n_members: usize, step: f64, keep_at: Option<Time>) -> Self {
        let n = observations.rows.len();
        Sampler { observations, operator, step, equivalents: Array2::zeros((n, n_members)), weight: vec![0.0; n], keep_at, kept: None }
    }

    /// The equivalents, and the state at the instant asked for.
    ///
    /// # Errors
    /// An observation, or that instant, outside of the run.
    pub fn finish<T: Real>(self) -> Result<(Array2<f64>, Option<Concentrations<T>>)> {
        if let Some(row) = self.weight.iter().position(|w| (w - 1.0).abs() > 1e-9) {
            return Err(Error::new("an observation lies outside of the run").got(self.observations.rows[row].time).at(format!("observation {row}")));
        }
        match (self.keep_at, self.kept) {
            (Some(time), None) => Err(Error::new("the run never came to the hand-over time").got(time)),
            (_, kept) => Ok((self.equivalents, kept.map(|k| *k.downcast::<Concentrations<T>>().expect("kept at the precision of the run")))),
        }
    }
}

impl<T: Real> Observer<T> for Sampler<'_> {
    fn see(&mut self, time: Time, concentrations: &Concentrations<T>, meteorology: &dyn Meteorology) -> Result<()> {
        if self.keep_at == Some(time) {
            self.kept = Some(Box::new(concentrations.clone()));
        }
        let rows = &self.observations.rows;
        let first = rows.partition_point(|o| o.time.since(time) <= -self.step);
        let last = rows.partition_point(|o| o.time.since(time) < self.step);
        if first == last {
            return Ok(());
        }
        let atmosphere = meteorology.atmosphere(time)?;
        let seen = (first..last)
            .into_par_iter()
            .map(|row| {
                let near = 1.0 - rows[row].time.since(time).abs() / self.step;
                let stencil = self.operator.stencil(&rows[row], &atmosphere).map_err(|e| e.at(format!("observation {row} of {}", rows[row].site)))?;
                let mut values = vec![stencil.offset; concentrations.n_members()];
                concentrations.accumulate(&stencil.cells, &mut values);
                Ok((row, near, values))
            })
            .collect::<Result<Vec<_>>>()?;
        for (row, near, values) in seen {
            self.weight[row] += near;
            self.equivalents.row_mut(row).iter_mut().zip(values).for_each(|(e, v)| *e += near * v);
        }
        Ok(())
    }
}
