//! The forecast step (Su et al. 2024, Eq. 2): every member from the last analysis for as long as
//! the window's observations reach.

use super::Sampler;
use crate::ensemble::Concentrations;
use crate::error::{Error, Result};
use crate::observation::Observation;
use crate::time::Time;
use crate::transport::{Ledger, MemberFlux, Transport};
use ndarray::Array2;

/// When a window starts, hands over to the next, and ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// First instant.
    pub start: Time,
    /// The end of the step: the state here is what the analysis changes.
    pub handover: Time,
    /// The end of the longest reach of its observations.
    pub end: Time,
}

/// What a forecast gives the analysis.
#[derive(Debug, Clone)]
pub struct Forecast {
    /// The concentrations at the hand-over.
    pub concentrations: Concentrations,
    /// The model's equivalents of the observations (n_obs x n_members) \[mol mol-1\].
    pub equivalents: Array2<f64>,
    /// Carbon before, emitted and after, over the whole span.
    pub ledger: Ledger,
}

/// Runs all members over `span` under their fluxes and samples `rows`, each through its own
/// operator; a value that is a mean by the mean of the model over its interval, which the span must
/// hold whole.
///
/// # Errors
/// A span out of order, observations outside of it, or whatever the transport refuses.
pub fn forecast(
    transport: &Transport,
    mut concentrations: Concentrations,
    flux: MemberFlux,
    span: Span,
    rows: &[Observation],
) -> Result<Forecast> {
    if !(span.start < span.handover && span.handover <= span.end) {
        return Err(Error::new(
            "a window must start before it hands over, and hand over before it ends",
        )
        .got(format!(
            "start {}, handover {}, end {}",
            span.start, span.handover, span.end
        ))
        .hint("#{ start, handover: start + 7, end: start + 16 }"));
    }
    let mut sampler = Sampler::new(
        rows,
        concentrations.n_members(),
        transport.options().step,
        Some(span.handover),
    );
    let ledger = transport.advance(
        &mut concentrations,
        span.start,
        span.end,
        Some(flux),
        &mut sampler,
    )?;
    drop(concentrations);
    let (equivalents, concentrations) = sampler.finish()?;
    Ok(Forecast {
        concentrations: concentrations.expect("a hand-over was asked for"),
        equivalents,
        ledger,
    })
}
