//! Local solar hours: afternoons at low sites, where the air is mixed and the model can be
//! compared, nights on mountains, when the air comes down from above.

use super::{Outcome, Scope, Step};
use crate::error::{Error, Result};
use crate::observation::{Observation, Observations};
use std::fmt;

/// Keeps what is measured from one local solar hour up to another; passes what is out of scope.
#[derive(Debug, Clone, PartialEq)]
pub struct Hours {
    name: String,
    from: f64,
    to: f64,
    scope: Scope,
}

/// Mean local solar time \[h\], 0 up to 24: UTC + longitude / 15.
pub(crate) fn local_solar_hour(o: &Observation) -> f64 {
    (o.time.hour() + o.longitude / 15.0).rem_euclid(24.0)
}

impl Hours {
    /// From `from` up to `to`, over midnight where `to` is earlier.
    ///
    /// # Errors
    /// Hours outside 0 to 24, or none between.
    pub fn new(name: &str, from: f64, to: f64, scope: Scope) -> Result<Self> {
        let day = 0.0..=24.0;
        if !(day.contains(&from) && day.contains(&to)) || from == to {
            return Err(Error::new("hours of the day run from 0 to 24")
                .expected("two hours that differ")
                .got(format!("{from} and {to}")));
        }
        Ok(Hours {
            name: name.to_string(),
            from,
            to,
            scope,
        })
    }

    /// Whether an hour is one of them.
    pub fn holds(&self, hour: f64) -> bool {
        match self.from < self.to {
            true => hour >= self.from && hour < self.to,
            false => hour >= self.from || hour < self.to,
        }
    }
}

impl Step for Hours {
    fn apply(&self, all: &Observations) -> Result<Outcome> {
        let mut of = 0;
        let mut outcome = Outcome::keeping(all, "", |k| {
            let o = &all.rows[k];
            let in_scope = self.scope.holds(o);
            of += usize::from(in_scope);
            !in_scope || self.holds(local_solar_hour(o))
        });
        outcome.why = format!("local solar time of {of}{}", self.scope.in_words());
        Ok(outcome)
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} to {} h", self.name, self.from, self.to)
    }
}
