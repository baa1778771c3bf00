//! Samples the model at the observations while it runs, linear in time between steps: at an instant
//! its value there, in an interval its mean, that is the integral of the line through the steps.

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
    /// Rows in the order in which sampling them begins, and how many of them have begun.
    order: Vec<usize>,
    begun: usize,
    /// Rows that have begun and are not complete, in that order.
    open: Vec<Open>,
    keep_at: Option<Time>,
    handed_over: Option<Concentrations<T>>,
}

/// A row that is being sampled.
struct Open {
    row: usize,
    /// The last instant it was sampled, and of an interval its equivalents then.
    last: Option<(Time, Vec<f64>)>,
}

impl<'a, T: Real> Sampler<'a, T> {
    /// For a run whose steps are at most `longest_step` seconds. The state at `keep_at` is kept for
    /// [`Sampler::finish`].
    pub fn new(
        rows: &'a [Observation],
        n_members: usize,
        longest_step: f64,
        keep_at: Option<Time>,
    ) -> Self {
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|k| rows[*k].begin());
        Sampler {
            rows,
            longest_step,
            equivalents: Array2::zeros((rows.len(), n_members)),
            order,
            begun: 0,
            open: Vec::new(),
            keep_at,
            handed_over: None,
        }
    }

    /// The equivalents, and the state at the instant asked for.
    ///
    /// # Errors
    /// An observation, or that instant, outside of the run.
    pub fn finish(self) -> Result<(Array2<f64>, Option<Concentrations<T>>)> {
        let open = self.open.first().map(|open| open.row);
        if let Some(row) = open.or(self.order.get(self.begun).copied()) {
            return Err(self.outside(row, "an observation lies outside of the run"));
        }
        match (self.keep_at, &self.handed_over) {
            (Some(time), None) => {
                Err(Error::new("the run never came to the hand-over time").got(time))
            }
            _ => Ok((self.equivalents, self.handed_over)),
        }
    }

    fn outside(&self, row: usize, what: &str) -> Error {
        let o = &self.rows[row];
        let error = Error::new(what).at(format!("observation {row}, {}", o.site));
        match o.interval {
            None => error.got(o.time),
            Some(interval) => error
                .got(interval)
                .hint("within(start, end), which keeps what the run samples whole"),
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

    /// Adds what the state at `time` says of an open row; whether the row is complete.
    fn add(&mut self, open: &mut Open, time: Time, values: Vec<f64>) -> Result<bool> {
        let o = &self.rows[open.row];
        if open.last.is_none() && o.begin() < time {
            let before = self.outside(open.row, "an observation lies before the run");
            return Err(before.expected(format!("{time} or later")));
        }
        let sum = self.equivalents.row_mut(open.row);
        match (o.interval, &open.last) {
            (None, last) => {
                // The state before the observation waits in the row.
                let weight = match last {
                    Some((before, _)) if o.time < time => {
                        o.time.since(*before) / time.since(*before)
                    }
                    _ => 1.0,
                };
                let pairs = sum.into_iter().zip(values);
                pairs.for_each(|(e, v)| *e += weight * (v - *e));
                open.last = Some((time, Vec::new()));
            }
            (Some(interval), last) => {
                if let Some((before, earlier)) = last {
                    let from = interval.start().max(*before);
                    let to = interval.end().min(time);
                    let share = to.since(from).max(0.0) / interval.seconds();
                    let middle = 0.5 * (from.since(*before) + to.since(*before));
                    let late = middle / time.since(*before);
                    let pairs = earlier.iter().zip(&values);
                    sum.into_iter()
                        .zip(pairs)
                        .for_each(|(e, (a, b))| *e += share * (a + late * (b - a)));
                }
                open.last = Some((time, values));
            }
        }
        Ok(o.end() <= time)
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
            self.handed_over = Some(c.clone());
        }
        while let Some(row) = self.order.get(self.begun).copied()
            && self.rows[row].begin().since(time) < self.longest_step
        {
            self.open.push(Open { row, last: None });
            self.begun += 1;
        }
        if self.open.is_empty() {
            return Ok(());
        }
        let atmosphere = meteorology.atmosphere(time)?;
        let values = self.open.par_iter();
        let values: Vec<_> = values
            .map(|open| self.equivalent(open.row, &atmosphere, c))
            .collect();
        let mut still = Vec::with_capacity(self.open.len());
        for (mut open, values) in std::mem::take(&mut self.open).into_iter().zip(values) {
            // In order, so that the first error is the same for any threads.
            if !self.add(&mut open, time, values?)? {
                still.push(open);
            }
        }
        self.open = still;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::Interval;
    use crate::observation::fixture::{StillAir, atmosphere, series};

    const STEP: i64 = 100;

    /// The equivalents of `rows` in two members whose uniform air is that of `air` at each step.
    fn sampled(rows: &[Observation], steps: &[i64], air: impl Fn(i64) -> f64) -> Result<Vec<f64>> {
        let met = StillAir(atmosphere());
        let mut sampler: Sampler<f64> = Sampler::new(rows, 2, STEP as f64, None);
        for t in steps {
            let state = Concentrations::uniform(&met.0.grid, 2, air(*t))?;
            sampler.see(Time::from_seconds(*t), &state, &met)?;
        }
        Ok(sampler.finish()?.0.column(1).to_vec())
    }

    fn means(intervals: &[(i64, i64)]) -> Vec<Observation> {
        let rows = series("a", &vec![0; intervals.len()]).rows;
        let one = |(o, (a, b)): (Observation, &(i64, i64))| {
            let ends = [*a, *b].map(Time::from_seconds);
            let interval = Interval::new(ends[0], ends[1]).unwrap();
            let (time, interval) = (interval.middle(), Some(interval));
            Observation {
                time,
                interval,
                ..o
            }
        };
        rows.into_iter().zip(intervals).map(one).collect()
    }

    #[test]
    fn a_mean_is_the_integral_of_the_line_through_the_steps() {
        let steps: Vec<i64> = vec![0, 100, 160, 200, 300, 400];
        // Within a step, over steps of several lengths, from step to step, out of order.
        let rows = means(&[(20, 70), (50, 250), (250, 300), (100, 400), (0, 400)]);
        // The air at the steps and, by hand, the integrals of the trapezoids between them.
        let air = |t: i64| 1e-6 * if t == 160 { 400.0 } else { 300.0 + t as f64 };
        let line = sampled(&rows, &steps, |t| 1e-6 * (300.0 + t as f64)).unwrap();
        for (o, y) in rows.iter().zip(&line) {
            // The mean of a line is its value in the middle.
            let middle = 300.0 + o.time.seconds() as f64;
            assert!((y * 1e6 - middle).abs() < 1e-9, "{y} {middle}");
        }
        // 400 from 100 to 160, 400 to 500 from 160 to 200, then a line.
        let bent = sampled(&rows, &steps, air).unwrap();
        let by_hand = [
            345.0,
            (50.0 * 375.0 + 60.0 * 400.0 + 40.0 * 450.0 + 50.0 * 525.0) / 200.0,
        ];
        assert!((bent[0] * 1e6 - by_hand[0]).abs() < 1e-9);
        assert!(
            (bent[1] * 1e6 - by_hand[1]).abs() < 1e-9,
            "{}",
            bent[1] * 1e6
        );
    }

    #[test]
    fn what_the_run_cuts_is_refused() {
        let refused = |interval, steps: &[i64]| {
            let run = sampled(&means(&[interval]), steps, |_| 4e-4);
            run.unwrap_err().to_string()
        };
        assert!(refused((50, 250), &[0, 100, 200]).contains("within(start, end)"));
        assert!(refused((50, 250), &[100, 200, 300]).contains("before the run"));
        assert!(refused((500, 600), &[0, 100]).contains("outside of the run"));
    }

    #[test]
    fn instants_are_sampled_between_the_steps_around_them() {
        let rows = series("a", &[0, 30, 100, 250]).rows;
        let y = sampled(&rows, &[0, 100, 200, 300], |t| 1e-6 * (300.0 + t as f64)).unwrap();
        let wanted = [300.0, 330.0, 400.0, 550.0];
        assert!(
            y.iter()
                .zip(wanted)
                .all(|(y, w)| (y * 1e6 - w).abs() < 1e-9),
            "{y:?}"
        );
        assert!(sampled(&rows, &[50, 100], |_| 4e-4).is_err());
    }
}
