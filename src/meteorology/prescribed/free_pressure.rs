//! A surface pressure that is free: it follows the winds from an instant on.

use super::Prescribed;
use crate::constants::GRAVITY;
use crate::error::{Error, Result};
use crate::meteorology::Meteorology;
use crate::meteorology::forcing::unite_polar_rows;
use crate::progress;
use crate::time::Time;
use ndarray::{Array2, Array3, Axis};
use std::sync::{MutexGuard, PoisonError};

impl Prescribed {
    /// The same with a surface pressure that follows the winds from `since` on, where it is uniform
    /// still.
    ///
    /// # Errors
    /// An instant within an interval.
    pub fn with_free_pressure(self, since: Time) -> Result<Self> {
        if since.seconds().rem_euclid(self.interval as i64) != 0 {
            return Err(Error::new(
                "a free surface pressure must begin with an interval of the meteorology",
            )
            .expected(format!(
                "a whole number of intervals of {} s since 1970",
                self.interval
            ))
            .got(since));
        }
        Ok(Prescribed {
            free_since: Some(since),
            ..self
        })
    }

    fn known(&self) -> MutexGuard<'_, Vec<(Time, Array2<f64>)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn keep(&self, time: Time, pressure: &Array2<f64>) {
        let mut known = self.known();
        known.insert(0, (time, pressure.clone()));
        known.truncate(3);
    }

    /// Surface pressure at the start of an interval \[Pa\].
    pub(super) fn pressure_at(&self, time: Time) -> Result<Array2<f64>> {
        let (_, n_lat, n_lon) = self.grid.shape();
        let flat = Array2::from_elem((n_lat, n_lon), self.surface_pressure);
        let Some(since) = self.free_since else {
            return Ok(flat);
        };
        self.covers(time, time)?;
        let known = self
            .known()
            .iter()
            .filter(|(instant, _)| *instant <= time)
            .max_by_key(|(instant, _)| *instant)
            .cloned();
        let (mut now, mut pressure) = known.unwrap_or((since, flat));
        while now < time {
            progress::check_stop()?;
            let (_, [east, north]) = self.blow(now.plus(0.5 * self.interval), &pressure)?;
            now = now.plus(self.interval);
            pressure = self
                .follow(&pressure, &east, &north)
                .map_err(|e| e.at(now))?;
        }
        Ok(pressure)
    }

    /// Surface pressure after an interval of these fluxes.
    pub(super) fn follow(
        &self,
        before: &Array2<f64>,
        east: &Array3<f64>,
        north: &Array3<f64>,
    ) -> Result<Array2<f64>> {
        let (east, north) = (east.sum_axis(Axis(0)), north.sum_axis(Axis(0)));
        let (h, n_lon) = (&self.grid.horizontal, before.ncols());
        let gain = |j: usize, i: usize| {
            east[[j, i]] - east[[j, (i + 1) % n_lon]] + north[[j, i]] - north[[j + 1, i]]
        };
        let mut after = Array2::from_shape_fn(before.dim(), |(j, i)| {
            before[[j, i]] + self.interval * GRAVITY / h.area(j) * gain(j, i)
        });
        unite_polar_rows(&mut after.view_mut());
        match after
            .indexed_iter()
            .find(|(_, p)| !(1e3..=1e6).contains(*p))
        {
            None => Ok(after),
            Some(((j, i), p)) => Err(Error::new(
                "the winds leave a surface pressure that no atmosphere has",
            )
            .expected("10 to 10000 hPa")
            .got(format!("{} hPa", 0.01 * p))
            .at(format!("{} north, {} east", h.lat()[j], h.lon()[i]))),
        }
    }
}
