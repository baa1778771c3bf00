//! A run: the loop over steps, from one instant to another.

use super::decay::Decay;
use super::emission::Emission;
use super::ledger::{Ledger, global_mass};
use super::plan::{self, StepPlan};
use super::rehearsal::Rehearsal;
use super::step::Workspace;
use super::{MemberFlux, Observer, Transport, TransportOptions};
use crate::ensemble::{Concentrations, Real};
use crate::error::Result;
use crate::meteorology::{Forcing, Meteorology};
use crate::progress::{self, Progress};
use crate::time::Time;
use std::sync::Arc;
use std::time::Instant;

impl Transport {
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
        let met = self.meteorology.as_ref();
        c.touched_by(met.synthetic() || flux.is_some_and(|(f, _)| f.synthetic()));
        let mut run = Run::new(self, c, flux, (start, end));
        run.ledger.mass_before = global_mass(c, &met.forcing(start)?.surface_pressure_at(start));
        let mut now = start;
        let line = Progress::new(&format!("transport to {end}"), end.since(start) as u64);
        observer.see(now, c, met)?;
        while now < end {
            progress::check_stop()?;
            line.reach(now.since(start));
            let forcing = met.forcing(now)?;
            run.emit(&forcing, now)?;
            let next = run.next(&forcing, now);
            if !run.skips.leaves_out(next.since(now)) {
                let begun = Instant::now();
                run.step(c, &forcing, now, next)?;
                run.skips
                    .took(next.since(now), begun.elapsed().as_secs_f64());
            }
            now = next;
            observer.see(now, c, met)?;
        }
        run.account(c, start)
    }
}

/// Which steps are left out: none, or those of a rehearsal.
struct Skips<'a>(Option<(&'a Rehearsal, String)>);

impl Skips<'_> {
    fn leaves_out(&self, dt: f64) -> bool {
        let rehearsal = self.0.as_ref();
        rehearsal.is_some_and(|(rehearsal, run)| rehearsal.leaves_out(run, dt))
    }

    fn took(&self, dt: f64, seconds: f64) {
        if let Some((rehearsal, run)) = &self.0 {
            rehearsal.took(run, dt, seconds);
        }
    }
}

/// What stays from step to step.
struct Run<'a, T> {
    options: &'a TransportOptions,
    meteorology: &'a dyn Meteorology,
    decay: &'a Decay,
    skips: Skips<'a>,
    flux: Option<MemberFlux<'a>>,
    /// Until when the emission holds.
    flux_end: Time,
    end: Time,
    emission: Emission<T>,
    workspace: Workspace<T>,
    plans: Vec<StepPlan<T>>,
    ledger: Ledger,
}

impl<'a, T: Real> Run<'a, T> {
    fn new(
        transport: &'a Transport,
        c: &Concentrations<T>,
        flux: Option<MemberFlux<'a>>,
        (start, end): (Time, Time),
    ) -> Self {
        let flux = flux.filter(|_| transport.options.processes.emission);
        let members = c.n_members();
        let name = || format!("{transport}, {members} members, flux {}", flux.is_some());
        Run {
            options: &transport.options,
            meteorology: transport.meteorology.as_ref(),
            decay: &transport.decay,
            skips: Skips(transport.rehearsal.as_ref().map(|r| (r, name()))),
            flux,
            flux_end: start,
            end,
            emission: Emission::new(),
            workspace: Workspace::new(c),
            plans: Vec::new(),
            ledger: Ledger {
                emitted: vec![0.0; members],
                decayed: vec![0.0; members],
                ..Ledger::default()
            },
        }
    }

    /// Takes the fluxes of the next interval where one begins.
    fn emit(&mut self, forcing: &Forcing, now: Time) -> Result<()> {
        let Some((flux, factors)) = self.flux.filter(|_| now >= self.flux_end) else {
            return Ok(());
        };
        let release = self.options.emission;
        release.check(forcing).map_err(|e| e.at(now))?;
        self.flux_end = now.plus(self.options.flux_interval).min(self.end);
        let grid = &self.meteorology.grid().horizontal;
        let widths = &self.workspace.widths;
        self.emission
            .update(flux, factors, grid, widths, now, self.flux_end)
    }

    /// Where the step from `now` ends.
    fn next(&self, forcing: &Forcing, now: Time) -> Time {
        let next = now.plus(self.options.step).min(forcing.end).min(self.end);
        match self.flux {
            Some(_) => next.min(self.flux_end),
            None => next,
        }
    }

    /// One step between two half steps of decay, written down in the ledger.
    fn step(
        &mut self,
        c: &mut Concentrations<T>,
        forcing: &Arc<Forcing>,
        now: Time,
        next: Time,
    ) -> Result<()> {
        let dt = next.since(now);
        let (decay, decayed) = (self.decay, &mut self.ledger.decayed);
        decay.apply(c, || forcing.surface_pressure_at(now), 0.5 * dt, decayed);
        self.ledger.steps += 1;
        self.ledger.divided_steps += self.take(c, forcing, now, next)? as usize;
        let decayed = &mut self.ledger.decayed;
        decay.apply(c, || forcing.surface_pressure_at(next), 0.5 * dt, decayed);
        let emitted = self.ledger.emitted.iter_mut();
        emitted
            .zip(self.emission.totals())
            .for_each(|(sum, rate)| *sum += dt * rate);
        Ok(())
    }

    /// From `start` to `end`, in two halves if the wind takes all air of a cell in less. Returns
    /// whether some of it was taken in parts.
    fn take(
        &mut self,
        c: &mut Concentrations<T>,
        forcing: &Arc<Forcing>,
        start: Time,
        end: Time,
    ) -> Result<bool> {
        let dt = end.since(start);
        let model = (c.grid().as_ref(), self.options);
        match plan::prepare(&mut self.plans, model, forcing, start, dt) {
            Ok(()) => {
                let (scheme, plan) = (self.options.advection, &self.plans[0]);
                self.workspace.step(scheme, c, plan, &self.emission);
                Ok(plan.divided())
            }
            Err(e) if dt < 2.0 => Err(e.at(start)),
            Err(_) => {
                let middle = start.plus((0.5 * dt).floor());
                self.take(c, forcing, start, middle)?;
                self.take(c, forcing, middle, end)?;
                Ok(true)
            }
        }
    }

    /// The ledger of a run from `start` that is over. An interval's last instant belongs to it.
    fn account(self, c: &Concentrations<T>, start: Time) -> Result<Ledger> {
        let mut ledger = self.ledger;
        ledger.mass_after = if start == self.end {
            ledger.mass_before.clone()
        } else if self.skips.0.is_some() {
            // So that scripts that look at the account of a rehearsal go on.
            let emitted = ledger.mass_before.iter().zip(&ledger.emitted);
            emitted.map(|(before, emitted)| before + emitted).collect()
        } else {
            let last = self.meteorology.forcing(self.end.plus(-1.0))?;
            global_mass(c, &last.surface_pressure_at(self.end))
        };
        ledger.check()?;
        Ok(ledger)
    }
}
