//! The transport model as a value.

mod tracers;
pub(super) mod watch;

use crate::ensemble;
use crate::error::{Error, Result};
use crate::grid::Grid;
use crate::script::bind::concentrations::Concentrations;
use crate::script::bind::concentrations::fields::of_fields;
use crate::script::bind::flux::Flux;
use crate::script::bind::meteorology::Meteorology;
use crate::script::bind::transport::watch::{Watch, WatchOptions};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::{FromScript, choice, kind};
use crate::script::{Fallible, Host, attempt, read};
use crate::transport::{Advection, Ledger, Processes, Release, Transport, TransportOptions};
use ndarray::Array2;
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::sync::Arc;

kind!(Arc<Transport>, "Transport", "a transport");

/// Binds `transport::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Arc<Transport>>();
    rooms.room("transport", exported_module!(transport));
    optional!(rooms, ModelOptions: "transport::model" = transport::model_token);
    optional!(rooms, WatchOptions: "run" = transport::run_token);
    tracers::bind(rooms);
}

/// A ledger as a map.
pub fn ledger_map(ledger: &Ledger) -> Map {
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len().max(1) as f64 * 1e-12;
    Map::from_iter([
        ("before".into(), mean(&ledger.mass_before).into()),
        ("emitted".into(), mean(&ledger.emitted).into()),
        ("after".into(), mean(&ledger.mass_after).into()),
        ("imbalance".into(), ledger.imbalance().into()),
        ("steps".into(), (ledger.steps as i64).into()),
        ("divided_steps".into(), (ledger.divided_steps as i64).into()),
    ])
}

/// A process that can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Process {
    Advection,
    Emission,
    Mixing,
    Convection,
}

choice!(Process, "process", {
    "advection" => Process::Advection,
    "emission" => Process::Emission,
    "mixing" => Process::Mixing,
    "convection" => Process::Convection,
});

choice!(Release, "way to release emissions", {
    "surface" => Release::Surface,
    "mixed" => Release::Mixed,
    "nonlocal" => Release::NonLocal,
});

/// The processes that are left out: a name, or an array of names.
#[derive(Clone, Default)]
struct LeftOut(Vec<Process>);

impl FromScript for LeftOut {
    fn expected() -> String {
        format!("one of {}, or an array of them", Process::expected())
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        Process::from_script(value)
            .map(|process| vec![process])
            .or_else(|| Vec::from_script(value))
            .map(LeftOut)
    }
    fn reason(value: &Dynamic) -> Option<Error> {
        match value.as_array_ref() {
            Ok(names) => {
                let unknown = names.iter().find(|n| Process::from_script(n).is_none())?;
                Process::reason(unknown)
            }
            Err(_) => Process::reason(value),
        }
    }
    fn shown(&self) -> String {
        self.0.shown()
    }
}

impl LeftOut {
    /// All other processes.
    fn others(&self) -> Processes {
        let mut all = Processes::default();
        for process in &self.0 {
            match process {
                Process::Advection => all.advection = false,
                Process::Emission => all.emission = false,
                Process::Mixing => all.mixing = false,
                Process::Convection => all.convection = false,
            }
        }
        all
    }
}

options! {
    /// Options of the transport model.
    struct ModelOptions of "transport::model" {
        /// The step of advection.
        step: f64 ["s"] = TransportOptions::default().step,
        /// The longest step of emission, mixing and convection; that of advection where not given.
        column_step: Option<f64> ["s"] = TransportOptions::default().column_step,
        /// The time over which fluxes are averaged.
        flux_interval: f64 ["s"] = TransportOptions::default().flux_interval,
        /// Emissions go into the lowest layer, from where diffusion carries them; mixed: evenly
        /// through the boundary layer; or nonlocal: at the surface of a profile whose eddies carry
        /// a part of the flux through a layer that is warmed from below.
        emission: Release = TransportOptions::default().emission,
        /// The scheme that advects.
        advection: Advection = TransportOptions::default().advection,
        /// The processes to leave out.
        without: LeftOut = LeftOut::default(),
    }
}

#[export_module]
mod transport {
    /// The transport model: advection, emission, boundary-layer mixing and convection of all
    /// members at once.
    ///
    /// # Arguments
    /// - `meteorology`: what drives it.
    ///
    /// # Returns
    /// A transport.
    ///
    /// # Errors
    /// A step that is not a whole number of seconds up to a day, an unknown process; in a run:
    /// emissions through a boundary layer that the meteorology does not have.
    ///
    /// # Example
    /// ```rhai
    /// let t = transport::model(meteorology::built_in(grid("4x5")), #{ step: "1 h" });
    /// let air = concentrations::uniform(t.grid, 1, 400);
    /// let run = t.run(air, (), "2016-07-01", "2016-07-01T03:00");
    /// assert_near(run.concentrations.column_mean().max(), 400e-6, 1e-10);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn model(
        context: NativeCallContext,
        meteorology: Meteorology,
        options: Map,
    ) -> Fallible<Arc<Transport>> {
        attempt(&context, || {
            let o = ModelOptions::read(&context, options)?;
            let options = TransportOptions {
                step: o.step,
                column_step: o.column_step.filter(|s| *s != o.step),
                processes: o.without.others(),
                flux_interval: o.flux_interval,
                emission: o.emission,
                advection: o.advection,
            };
            let transport = Transport::new(meteorology.0, options)?;
            let rehearsal = Host::of(&context).lock().rehearsal.clone();
            Ok(Arc::new(match rehearsal {
                Some(rehearsal) => transport.rehearsing(rehearsal),
                None => transport,
            }))
        })
    }

    /// The grid of the transport.
    #[rhai_fn(get = "grid", global)]
    pub fn grid(transport: &mut Arc<Transport>) -> Arc<Grid> {
        transport.meteorology().grid().clone()
    }

    /// The meteorology that drives it.
    #[rhai_fn(get = "meteorology", global)]
    pub fn its_meteorology(transport: &mut Arc<Transport>) -> Meteorology {
        Meteorology(transport.meteorology().clone())
    }

    /// Runs concentrations forward in time, and samples them on the way if asked.
    ///
    /// # Arguments
    /// - `concentrations`: at the start, of one member or many; or one field of mole fractions, as
    ///   `concentrations::from_fields` takes it.
    /// - `flux`: a flux without factors that every member follows, or () for none.
    /// - `start`, `end`: dates.
    ///
    /// # Returns
    /// A map: `concentrations` at the end; `seen`: an array of what `see` gave; `ledger`: carbon
    /// before, emitted, after \[PgC\], `imbalance`, relative, `steps`, and `divided_steps`: those
    /// that were too long for the wind somewhere, and taken in parts there (a warning says so).
    ///
    /// # Errors
    /// An end before the start, another grid, a flux with free factors, a `see` that fails.
    ///
    /// # Example
    /// ```rhai
    /// let t = transport::model(meteorology::built_in(grid("30x30")), #{ step: "1 h" });
    /// let air = concentrations::uniform(t.grid, 1, 400);
    /// let sample = |date, air| [date, air.surface().max()];
    /// let run = t.run(air, flux::truth(t.grid, #{}), "2016-07-01", "2016-07-02", #{ see: sample, every: "6 h" });
    /// assert(run.ledger.imbalance < 1e-9);
    /// assert(run.seen.len() == 5 && run.seen[1][0] == date("2016-07-01T06:00"));
    /// ```
    #[rhai_fn(global, name = "run", return_raw)]
    pub fn run(
        context: NativeCallContext,
        transport: &mut Arc<Transport>,
        concentrations: Dynamic,
        flux: Dynamic,
        start: Dynamic,
        end: Dynamic,
        options: Map,
    ) -> Fallible<Map> {
        attempt(&context, || {
            let (start, end) = (read("the start", &start)?, read("the end", &end)?);
            let mut watch = Watch::new(WatchOptions::read(&context, options)?, start)?;
            let mut c = state_of(transport.meteorology().grid(), concentrations)?;
            let none = Array2::zeros((0, c.n_members()));
            let flux = read::<Option<Flux>>("the flux", &flux)?;
            if let Some(flux) = flux.as_ref().filter(|f| f.model.n_factors() > 0) {
                return Err(Error::new("this flux has free factors")
                    .got(flux)
                    .hint(".with_factors(windows)"));
            }
            let source = flux.as_ref().map(|f| (f.model.as_ref(), none.view()));
            let ledger = transport.advance(&mut c, start, end, source, &mut watch)?;
            ledger
                .warning()
                .into_iter()
                .for_each(|w| Host::of(&context).warn(w));
            Ok(Map::from_iter([
                ("concentrations".into(), Dynamic::from(Arc::new(c))),
                ("seen".into(), watch.seen.into()),
                ("ledger".into(), ledger_map(&ledger).into()),
            ]))
        })
    }
}

/// Concentrations, or those of one field.
fn state_of(grid: &Arc<Grid>, value: Dynamic) -> Result<ensemble::Concentrations> {
    match value.clone().try_cast::<Concentrations>() {
        Some(state) => {
            drop(value);
            Ok(Arc::unwrap_or_clone(state))
        }
        None => {
            let wanted = "concentrations, or a field of mole fractions";
            of_fields(
                grid,
                vec![read("the concentrations", &value).map_err(|e| e.expected(wanted))?],
                None,
            )
        }
    }
}
