//! One operator-split step for all members: advection, emission, boundary-layer mixing, convection.

mod advection;
mod column_plan;
mod columns;
mod convection;
mod decay;
mod diffusion;
mod emission;
mod lanes;
mod ledger;
mod options;
mod plan;
mod rehearsal;
mod release;
mod run;
mod scratch;
mod step;
mod tracers;

pub use advection::{Advection, Linear, Monotone, Smooth};
pub use ledger::{Ledger, global_mass};
pub use options::{Processes, TransportOptions};
pub use rehearsal::Rehearsal;
pub use release::Release;

/// The parts of a step, for the benchmark that times them one by one.
pub(crate) mod kernel {
    pub(crate) use super::emission::Emission;
    pub(crate) use super::lanes::{Kernel, Processor, fma};
    pub(crate) use super::plan::{StepPlan, prepare};
    pub(crate) use super::step::Workspace;
}

use crate::ensemble::{Concentrations, Real};
use crate::error::{Error, Result};
use crate::flux::SurfaceFlux;
use crate::meteorology::Meteorology;
use crate::time::Time;
use decay::Decay;
use ndarray::ArrayView2;
use std::fmt;
use std::sync::Arc;

/// The transport model: a meteorology and the operators it drives.
#[derive(Debug, Clone)]
pub struct Transport {
    meteorology: Arc<dyn Meteorology>,
    options: TransportOptions,
    decay: Decay,
    rehearsal: Option<Rehearsal>,
}

/// Sees the concentrations at the start of a run and after each step, such as one that samples
/// observations.
///
/// # Example
/// ```
/// use mcas::ensemble::Concentrations;
/// use mcas::error::Result;
/// use mcas::meteorology::Meteorology;
/// use mcas::time::Time;
/// use mcas::transport::Observer;
///
/// /// Counts the steps of a run.
/// struct Steps(usize);
///
/// impl<T> Observer<T> for Steps {
///     fn see(&mut self, _: Time, _: &Concentrations<T>, _: &dyn Meteorology) -> Result<()> {
///         self.0 += 1;
///         Ok(())
///     }
/// }
/// ```
pub trait Observer<T> {
    /// Called with the concentrations at `time`.
    ///
    /// # Errors
    /// Whatever the observer refuses; it ends the run.
    fn see(
        &mut self,
        time: Time,
        c: &Concentrations<T>,
        meteorology: &dyn Meteorology,
    ) -> Result<()>;
}

impl<T> Observer<T> for () {
    fn see(&mut self, _: Time, _: &Concentrations<T>, _: &dyn Meteorology) -> Result<()> {
        Ok(())
    }
}

/// A flux model and the factors (factor, member) of every member.
pub type MemberFlux<'a> = (&'a dyn SurfaceFlux, ArrayView2<'a, f64>);

impl Transport {
    /// A transport under `meteorology`.
    ///
    /// # Errors
    /// A step or flux interval that is not a whole number of seconds from 1 s to a day; a grid the
    /// scheme cannot cross the poles of.
    pub fn new(meteorology: Arc<dyn Meteorology>, options: TransportOptions) -> Result<Self> {
        let column_step = options.column_step.unwrap_or(options.step);
        for (name, length) in [
            ("step", options.step),
            ("column_step", column_step),
            ("flux_interval", options.flux_interval),
        ] {
            if !(1.0..=86_400.0).contains(&length) || length.fract() != 0.0 {
                return Err(Error::new(format!(
                    "\"{name}\" is not a length of time the transport can take"
                ))
                .expected("a whole number of seconds, 1 to 86400")
                .got(format!("{length} s"))
                .hint(format!("{name}: 600.0")));
            }
        }
        let (levels, lats, lons) = meteorology.grid().shape();
        if lons % 2 == 1 || lons < 8 || lats < 6 || levels < 3 {
            return Err(Error::new("the transport cannot use this grid")
                .expected(
                    "at least 3 levels, 6 latitudes and 8 longitudes, the last an even number",
                )
                .got(meteorology.grid()));
        }
        Ok(Transport {
            meteorology,
            options,
            decay: Decay::default(),
            rehearsal: None,
        })
    }

    /// The same transport of members that decay, each at its own rate \[s-1\].
    ///
    /// # Errors
    /// A rate below zero or that is not a number.
    pub fn with_decay(&self, rates: Vec<f64>) -> Result<Self> {
        Ok(Transport {
            decay: Decay::new(rates)?,
            ..self.clone()
        })
    }

    /// The same, only rehearsing: see [`Rehearsal`].
    pub fn rehearsing(self, rehearsal: Rehearsal) -> Self {
        Transport {
            rehearsal: Some(rehearsal),
            ..self
        }
    }

    /// The meteorology.
    pub fn meteorology(&self) -> &Arc<dyn Meteorology> {
        &self.meteorology
    }
    /// The options.
    pub fn options(&self) -> &TransportOptions {
        &self.options
    }

    fn check<T: Real>(
        &self,
        c: &Concentrations<T>,
        start: Time,
        end: Time,
        flux: Option<MemberFlux>,
    ) -> Result<()> {
        if end < start {
            return Err(Error::new("the transport cannot run backwards")
                .expected(format!("an end at or after {start}"))
                .got(end)
                .hint("start and end exchanged"));
        }
        self.meteorology.covers(start, end)?;
        if c.grid() != self.meteorology.grid() {
            return Err(
                Error::new("the concentrations are on another grid than the meteorology")
                    .expected(self.meteorology.grid())
                    .got(c.grid()),
            );
        }
        self.decay.check(c.n_members())?;
        if let Some((flux, factors)) = flux {
            flux.covers(start, end)?;
            if factors.ncols() != c.n_members() {
                let (expected, got) = (format!("{} columns", c.n_members()), factors.ncols());
                return Err(Error::new("every member needs its factors")
                    .expected(expected)
                    .got(got)
                    .hint("factors (factor, member) of as many members"));
            }
            if let Some(bad) = factors.iter().find(|f| !f.is_finite()) {
                return Err(Error::new("a flux factor is not a number").got(bad));
            }
        }
        Ok(())
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let o = &self.options;
        write!(
            f,
            "transport::model({}, #{{ step: {:?}, ",
            self.meteorology, o.step
        )?;
        if let Some(step) = o.column_step {
            write!(f, "column_step: {step:?}, ")?;
        }
        if o.processes != Processes::default() {
            write!(f, "without: {:?}, ", o.processes.missing())?;
        }
        if o.emission != Release::default() {
            write!(f, "emission: {}, ", o.emission)?;
        }
        write!(
            f,
            "flux_interval: {:?}, advection: {} }})",
            o.flux_interval, o.advection
        )
    }
}
