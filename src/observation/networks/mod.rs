//! Networks of a twin world: where and when instruments like the real ones would measure.

mod in_situ;
mod orbit;
mod retrievals;
mod surface;
mod tccon;

pub use in_situ::InSitu;
pub use orbit::{Orbit, Pointing, Satellite};
pub use retrievals::{Instrument, retrieval};
pub use surface::SurfaceAir;
pub use tccon::Tccon;

use crate::error::{Error, Result};
use crate::random::Generator;
use crate::time::{Time, YEAR};
use rand_distr::{Distribution, StandardUniform};

/// A number from 0 up to 1.
fn uniform(rng: &mut Generator) -> f64 {
    StandardUniform.sample(rng)
}

/// Days since 1970 that a local day between `start` and `end` can have.
fn days(start: Time, end: Time) -> std::ops::RangeInclusive<i64> {
    start.seconds().div_euclid(86_400) - 1..=end.seconds().div_euclid(86_400) + 1
}

/// The instant of a local mean solar hour on a day since 1970.
fn at_local_hour(day: i64, hour: f64, longitude: f64) -> Time {
    Time::from_seconds(day * 86_400 + ((hour - longitude / 15.0) * 3600.0).round() as i64)
}

/// Longest period that a schedule is made for \[years\].
const LONGEST: f64 = 200.0;

/// Refuses a period that no network is run for: a slip of the keys in a year.
fn check_period(start: Time, end: Time) -> Result<()> {
    if end.since(start) <= LONGEST * YEAR {
        return Ok(());
    }
    Err(Error::new("the period of a network is too long")
        .expected(format!("at most {LONGEST} years"))
        .got(format!("{start} to {end}")))
}

/// Refuses what is not a probability.
fn check_share(name: &str, value: f64) -> Result<()> {
    if (0.0..=1.0).contains(&value) {
        Ok(())
    } else {
        Err(Error::new(format!("{name} must lie between 0 and 1"))
            .expected("0 to 1")
            .got(value))
    }
}
