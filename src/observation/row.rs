//! One observation.

use super::{Interval, ObservationOperator, Point};
use crate::error::{Error, Result};
use crate::grid::check_place;
use crate::time::Time;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Altitudes above sea level at which air is observed \[m\]: from the lowest shores to the edge of
/// space. What lies beyond has a wrong unit, and would be taken as the lowest or highest level.
pub(super) const ALTITUDES: RangeInclusive<f64> = -1000.0..=100_000.0;

/// One observation.
#[derive(Debug, Clone)]
pub struct Observation {
    /// Source, an index into [`super::Observations::sources`].
    pub source: usize,
    /// Site, dataset, orbit or instrument.
    pub site: Arc<str>,
    /// Sub-kind within a source: `flask`, `continuous`, `tower`, `aircraft`, `nadir_land`,
    /// `glint_ocean`, `tccon`, ...
    pub kind: Arc<str>,
    /// When; the middle of the interval of a mean.
    pub time: Time,
    /// The interval in which the value is a mean; none for a value at an instant.
    pub interval: Option<Interval>,
    /// \[degrees north\]
    pub latitude: f64,
    /// \[degrees east\]
    pub longitude: f64,
    /// Height above sea level \[m\]; of a column, that of the surface.
    pub altitude: f64,
    /// Mole fraction in dry air \[mol mol-1\].
    pub value: f64,
    /// Stated standard deviation of the error \[mol mol-1\]; not a number where none is stated, as
    /// in many files: it can be sampled, but not assimilated before one is set.
    pub error: f64,
    /// Observations of a source that share a block number (not 0) have correlated errors.
    pub block: u32,
    /// Sampling unit for hold-out: flight, day or sample; a number of its own within site and kind.
    pub unit: u32,
    /// Its identifier in the file it was read from.
    pub id: Option<Arc<str>>,
    /// What the model is sampled through.
    pub sampling: Arc<dyn ObservationOperator>,
}

impl Observation {
    /// An observation of a point, without site, time and value: what others are filled in from.
    pub fn template() -> Self {
        Observation {
            source: 0,
            site: "".into(),
            kind: "".into(),
            time: Time::default(),
            interval: None,
            latitude: 0.0,
            longitude: 0.0,
            altitude: 0.0,
            value: 0.0,
            error: 0.0,
            block: 0,
            unit: 0,
            id: None,
            sampling: Point::above_sea(),
        }
    }

    /// Site and time, as messages name it.
    pub fn location(&self) -> String {
        format!("site {} at {}", self.site, self.time)
    }

    /// Its identifier, or its site and time where it has none.
    pub fn name(&self) -> String {
        match &self.id {
            Some(id) => id.to_string(),
            None => format!("{}@{}", self.site, self.time),
        }
    }

    /// When sampling it begins.
    pub fn begin(&self) -> Time {
        self.interval.map_or(self.time, Interval::start)
    }

    /// When sampling it ends.
    pub fn end(&self) -> Time {
        self.interval.map_or(self.time, Interval::end)
    }

    /// Whether a forecast from `start` to `end` can sample it whole.
    pub(crate) fn is_within(&self, start: Time, end: Time) -> bool {
        match self.interval {
            None => self.time >= start && self.time < end,
            Some(interval) => interval.start() >= start && interval.end() <= end,
        }
    }

    /// Refuses a position that is not on the globe.
    pub(super) fn check_position(&self) -> Result<()> {
        let in_the_air = ALTITUDES.contains(&self.altitude);
        if check_place(self.latitude, self.longitude).is_ok() && in_the_air {
            return Ok(());
        }
        Err(Error::new("an observation lies outside the grid")
            .expected(format!(
                "a latitude from -90 to 90, a longitude, and an altitude from {} to {} m",
                ALTITUDES.start(),
                ALTITUDES.end()
            ))
            .got(format!(
                "{} N, {} E, {} m",
                self.latitude, self.longitude, self.altitude
            ))
            .at(self.location()))
    }
}

impl PartialEq for Observation {
    fn eq(&self, other: &Self) -> bool {
        let names = |o: &Self| (o.source, o.site.clone(), o.kind.clone(), o.id.clone());
        let when = |o: &Self| (o.time, o.interval, o.block, o.unit);
        let numbers = |o: &Self| [o.latitude, o.longitude, o.altitude, o.value];
        let errors = self.error == other.error || (self.error.is_nan() && other.error.is_nan());
        names(self) == names(other)
            && when(self) == when(other)
            && numbers(self) == numbers(other)
            && errors
            && *self.sampling == *other.sampling
    }
}
