//! Coincidence: what was measured near something else, such as soundings near a spectrometer.

use super::{Outcome, Scope, Step};
use crate::error::{Error, Result};
use crate::observation::{Observation, Observations};
use crate::time::Time;
use std::fmt;

/// Keeps what lies within a box of latitude, longitude and time around some of other observations.
#[derive(Debug, Clone)]
pub struct Coincident {
    /// Times of the others, in order, and the others.
    others: Vec<(Time, f64, f64)>,
    latitude: f64,
    longitude: f64,
    seconds: f64,
    scope: Scope,
}

impl Coincident {
    /// Within +- `latitude`, +- `longitude` \[degrees\] and +- `seconds`.
    ///
    /// # Errors
    /// A box that is not positive.
    pub fn new(
        others: &Observations,
        (latitude, longitude): (f64, f64),
        seconds: f64,
        scope: Scope,
    ) -> Result<Self> {
        if !(latitude > 0.0 && longitude > 0.0 && seconds > 0.0) {
            return Err(Error::new("coincidence needs a box in place and time")
                .expected("positive numbers")
                .got(format!("{latitude} and {longitude} degrees, {seconds} s")));
        }
        let location = |o: &Observation| (o.time, o.latitude, o.longitude);
        let mut others: Vec<_> = others.rows.iter().map(location).collect();
        others.sort_by_key(|(time, ..)| *time);
        Ok(Coincident {
            others,
            latitude,
            longitude,
            seconds,
            scope,
        })
    }

    fn holds(&self, o: &Observation) -> bool {
        let first = self
            .others
            .partition_point(|(t, ..)| o.time.since(*t) > self.seconds);
        let near = self.others[first..].iter();
        near.take_while(|(t, ..)| t.since(o.time) <= self.seconds)
            .any(|(_, latitude, longitude)| {
                let apart = (o.longitude - longitude + 180.0).rem_euclid(360.0) - 180.0;
                (o.latitude - latitude).abs() <= self.latitude && apart.abs() <= self.longitude
            })
    }
}

impl Step for Coincident {
    fn apply(&self, all: &Observations) -> Result<Outcome> {
        let why = format!("near one of {}{}", self.others.len(), self.scope.in_words());
        Ok(Outcome::keeping(all, why, |k| {
            !self.scope.holds(&all.rows[k]) || self.holds(&all.rows[k])
        }))
    }
}

impl fmt::Display for Coincident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hours = self.seconds / 3600.0;
        write!(
            f,
            "within {} x {} degrees and {hours} h",
            self.latitude, self.longitude
        )
    }
}
