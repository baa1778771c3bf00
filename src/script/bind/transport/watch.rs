//! What a script sees of a run on the way.

use crate::ensemble::Concentrations;
use crate::error::{Error, Result};
use crate::meteorology::Meteorology;
use crate::script::{Options, ScriptFunction};
use crate::time::{DAY, Time};
use crate::transport::Observer;
use rhai::{Array, Dynamic, NativeCallContext};
use std::sync::Arc;

/// Shows the concentrations to a script function now and then, and keeps what it gives.
pub struct Watch {
    see: Option<ScriptFunction>,
    every: f64,
    due: Time,
    /// What the function gave.
    pub seen: Array,
}

impl Watch {
    /// From the options `see` and `every` of a run that begins at `start`.
    ///
    /// # Errors
    /// No function, no length of time.
    pub fn new(o: &mut Options, context: &NativeCallContext, start: Time) -> Result<Self> {
        let (see, every) = (o.function("see", context)?, o.quantity("every", "s", DAY)?);
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
