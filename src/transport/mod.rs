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
mod plan;
mod rehearsal;
mod release;
mod scratch;
mod step;
mod tracers;

pub use advection::{Advection, Linear, Monotone, Smooth};
pub use ledger::{Ledger, global_mass};
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
use crate::meteorology::{Forcing, Meteorology};
use crate::progress;
use crate::time::{HOUR, Time};
use decay::Decay;
use emission::Emission;
use ndarray::ArrayView2;
use plan::StepPlan;
use std::fmt;
use std::sync::Arc;
use std::time::Instant;
use step::Workspace;

/// How the transport steps.
#[derive(Debug, Clone, PartialEq)]
pub struct TransportOptions {
    /// Step of advection \[s\], whole seconds; steps also end where an interval of the meteorology
    /// or of the fluxes ends.
    pub step: f64,
    /// Longest step of emission, mixing and convection \[s\]: each step is divided into as many
    /// equal parts as it takes. Not given: `step`.
    pub column_step: Option<f64>,
    /// What is at work.
    pub processes: Processes,
    /// Fluxes are averaged over intervals of this length \[s\].
    pub flux_interval: f64,
    /// How far up fluxes are released.
    pub emission: Release,
    /// The advection scheme.
    pub advection: Advection,
}

impl Default for TransportOptions {
    /// 600 s, hourly fluxes released at the surface, monotone advection, all processes.
    fn default() -> Self {
        TransportOptions {
            step: 600.0,
            column_step: None,
            processes: Processes::default(),
            flux_interval: HOUR,
            emission: Release::default(),
            advection: Advection::default(),
        }
    }
}

/// Which processes are at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Processes {
    /// Transport by the resolved winds, horizontal and vertical. Without it a changing surface
    /// pressure does not keep tracer mass.
    pub advection: bool,
    /// Surface fluxes.
    pub emission: bool,
    /// Turbulent mixing.
    pub mixing: bool,
    /// Convective updrafts.
    pub convection: bool,
}

impl Processes {
    /// Names of those that are not at work.
    pub fn missing(&self) -> Vec<&'static str> {
        let named = [
            ("advection", self.advection),
            ("emission", self.emission),
            ("mixing", self.mixing),
            ("convection", self.convection),
        ];
        named
            .into_iter()
            .filter(|(_, on)| !on)
            .map(|(name, _)| name)
            .collect()
    }
}

impl Default for Processes {
    /// All of them.
    fn default() -> Self {
        Processes {
            advection: true,
            emission: true,
            mixing: true,
            convection: true,
        }
    }
}

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

    /// Advances all members from `start` to `end`, emitting `flux` under each member's factors;
    /// `observer` is called at the start and after each step.
    ///
    /// # Errors
    /// An end before the start, a meteorology that does not cover the run, concentrations on
    /// another grid, factors that do not fit, a wind too strong for the step, a request to stop.
    pub fn advance<T: Real>(
        &self,
        c: &mut Concentrations<T>,
        start: Time,
        end: Time,
        flux: Option<MemberFlux>,
        observer: &mut dyn Observer<T>,
    ) -> Result<Ledger> {
        self.check(c, start, end, flux)?;
        let flux = flux.filter(|_| self.options.processes.emission);
        let met = self.meteorology.as_ref();
        let grid = met.grid();
        let n_members = c.n_members();
        let none = vec![0.0; n_members];
        let mut ledger = Ledger {
            emitted: none.clone(),
            decayed: none,
            ..Ledger::default()
        };
        ledger.mass_before = global_mass(c, &met.forcing(start)?.surface_pressure_at(start));
        let workspace = Workspace::new(c);
        let (mut plans, mut emission, mut flux_end) =
            (Vec::<StepPlan<T>>::new(), Emission::new(), start);
        let name = self
            .rehearsal
            .as_ref()
            .map(|_| format!("{self}, {n_members} members, flux {}", flux.is_some()));
        let rehearsal = self.rehearsal.as_ref().zip(name.as_deref());
        let mut now = start;
        observer.see(now, c, met)?;
        while now < end {
            progress::check_stop()?;
            let forcing = met.forcing(now)?;
            if let Some((flux, factors)) = flux
                && now >= flux_end
            {
                self.options
                    .emission
                    .check(&forcing)
                    .map_err(|e| e.at(now))?;
                flux_end = now.plus(self.options.flux_interval).min(end);
                emission.update(
                    flux,
                    factors,
                    &grid.horizontal,
                    &workspace.widths,
                    now,
                    flux_end,
                )?;
            }
            let mut next = now.plus(self.options.step).min(forcing.end).min(end);
            if flux.is_some() {
                next = next.min(flux_end);
            }
            let dt = next.since(now);
            if !rehearsal.is_some_and(|(r, run)| r.leaves_out(run, dt)) {
                let begun = Instant::now();
                self.decay.apply(
                    c,
                    || forcing.surface_pressure_at(now),
                    0.5 * dt,
                    &mut ledger.decayed,
                );
                let mut step = Step {
                    options: &self.options,
                    workspace: &workspace,
                    emission: &emission,
                    forcing: &forcing,
                    plans: &mut plans,
                };
                ledger.steps += 1;
                ledger.divided_steps += step.take(c, now, next)? as usize;
                self.decay.apply(
                    c,
                    || forcing.surface_pressure_at(next),
                    0.5 * dt,
                    &mut ledger.decayed,
                );
                ledger
                    .emitted
                    .iter_mut()
                    .zip(emission.totals())
                    .for_each(|(sum, rate)| *sum += dt * rate);
                if let Some((r, run)) = rehearsal {
                    r.took(run, dt, begun.elapsed().as_secs_f64());
                }
            }
            now = next;
            observer.see(now, c, met)?;
        }
        ledger.mass_after = if start == end {
            ledger.mass_before.clone()
        } else {
            self.mass_at(c, end)?
        };
        if rehearsal.is_some() {
            // So that scripts that look at the account go on.
            ledger.mass_after = ledger
                .mass_before
                .iter()
                .zip(&ledger.emitted)
                .map(|(before, emitted)| before + emitted)
                .collect();
        }
        Ok(ledger)
    }

    /// Carbon in the air of each member at the end of a run \[kg C\]; an interval's last instant
    /// belongs to it.
    fn mass_at<T: Real>(&self, c: &Concentrations<T>, time: Time) -> Result<Vec<f64>> {
        Ok(global_mass(
            c,
            &self
                .meteorology
                .forcing(time.plus(-1.0))?
                .surface_pressure_at(time),
        ))
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

/// One step, with what it needs.
struct Step<'a, T> {
    options: &'a TransportOptions,
    workspace: &'a Workspace<T>,
    emission: &'a Emission<T>,
    forcing: &'a Arc<Forcing>,
    plans: &'a mut Vec<StepPlan<T>>,
}

impl<T: Real> Step<'_, T> {
    /// From `start` to `end`, in two halves if the wind takes all air of a cell in less. Returns
    /// whether some of it was taken in parts.
    fn take(&mut self, c: &mut Concentrations<T>, start: Time, end: Time) -> Result<bool> {
        let dt = end.since(start);
        match plan::prepare(
            self.plans,
            (c.grid(), self.options),
            self.forcing,
            start,
            dt,
        ) {
            Ok(()) => self
                .workspace
                .step(self.options.advection, c, &self.plans[0], self.emission),
            Err(e) if dt < 2.0 => return Err(e.at(start)),
            Err(_) => {
                let middle = start.plus((0.5 * dt).floor());
                self.take(c, start, middle)?;
                self.take(c, middle, end)?;
                return Ok(true);
            }
        }
        Ok(self.plans[0].divided())
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
