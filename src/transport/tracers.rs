//! A run of trace gases side by side, one in each member, each with its own source and decay.

use super::{Ledger, Observer, Transport};
use crate::ensemble::{Concentrations, Real};
use crate::error::{Error, Result};
use crate::flux::{SideBySide, Tracer};
use crate::time::Time;
use ndarray::Array2;

impl Transport {
    /// Advances member k of the concentrations from `start` to `end` as tracer k: its source is
    /// emitted, what decays is lost. The ledger counts kg of carbon of as many moles;
    /// [`Tracer::per_carbon`] makes them kg of the gas.
    ///
    /// # Errors
    /// Another number of tracers than members, and all that [`Transport::advance`] refuses.
    pub fn advance_tracers<T: Real>(
        &self,
        tracers: &[Tracer],
        c: &mut Concentrations<T>,
        start: Time,
        end: Time,
        observer: &mut dyn Observer<T>,
    ) -> Result<Ledger> {
        if tracers.len() != c.n_members() {
            return Err(Error::new("every tracer needs a member")
                .expected(format!("{} members", tracers.len()))
                .got(c.n_members()));
        }
        let sources = SideBySide(tracers.iter().map(|t| t.source.clone()).collect());
        let one_each = Array2::eye(tracers.len());
        let decaying = self.with_decay(tracers.iter().map(Tracer::loss_rate).collect())?;
        decaying.advance(c, start, end, Some((&sources, one_each.view())), observer)
    }
}
