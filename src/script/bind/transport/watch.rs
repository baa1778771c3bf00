//! Samples that a script takes of a run on the way.

use crate::ensemble::Concentrations;
use crate::error::{Error, Result};
use crate::meteorology::Meteorology;
use crate::script::ScriptFunction;
use crate::script::bridge::options::options;
use crate::time::{DAY, Time};
use crate::transport::Observer;
use rhai::{Array, Dynamic};
use std::sync::Arc;

options! {
    /// Samples of a run on the way.
    pub struct WatchOptions of "transport::run" {
        /// A function of the date and the concentrations, called at the start and then at the
        /// first step at or after every `every`.
        see: Option<ScriptFunction>,
        /// The time from call to call.
        every: f64 ["s"] = DAY,
    }
}

/// Shows the concentrations to a script function now and then, and keeps what it gives.
pub struct Watch {
    see: Option<ScriptFunction>,
    every: f64,
    due: Time,
    /// What the function gave.
    pub seen: Array,
}

impl Watch {
    /// Of a run that begins at `start`.
    ///
    /// # Errors
    /// No length of time.
    pub fn new(options: WatchOptions, start: Time) -> Result<Self> {
        let WatchOptions { see, every } = options;
        if every.is_nan() || every < 1.0 {
            return Err(Error::new("\"every\" must be a length of time")
                .expected("1 s or more")
                .got(format!("{every} s")));
        }
        Ok(Watch {
            see,
            every,
            due: start,
            seen: vec![],
        })
    }
}

impl Observer<f32> for Watch {
    fn see(&mut self, time: Time, c: &Concentrations, _: &dyn Meteorology) -> Result<()> {
        let Some(see) = self.see.as_ref().filter(|_| time >= self.due) else {
            return Ok(());
        };
        self.seen
            .push(see.call((Dynamic::from(time), Dynamic::from(Arc::new(c.clone()))))?);
        while self.due <= time {
            self.due = self.due.plus(self.every);
        }
        Ok(())
    }
}
