//! The transport model as a value.

mod tracers;
pub(super) mod watch;

use crate::ensemble::Concentrations;
use crate::error::{Error, Result};
use crate::grid::Grid;
use crate::script::bind::concentrations::State;
use crate::script::bind::concentrations::fields::of_fields;
use crate::script::bind::flux::Flux;
use crate::script::bind::meteorology::Met;
use crate::script::bind::transport::watch::Watch;
use crate::script::bridge::rooms::{Rooms, texts};
use crate::script::bridge::value::handle;
use crate::script::{Fallible, Host, Options, attempt, read};
use crate::transport::{Advection, Ledger, Processes, Release, Transport, TransportOptions};
use ndarray::Array2;
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::sync::Arc;

/// Binds `transport::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.value::<Arc<Transport>>("Transport");
    rooms.room("transport", exported_module!(transport));
    tracers::bind(rooms);
}

/// A ledger as a map, for people and reports.
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

/// All processes but those named.
fn processes(without: &[String]) -> Result<Processes> {
    let mut all = Processes::default();
    for name in without {
        match name.as_str() {
            "advection" => all.advection = false,
            "emission" => all.emission = false,
            "mixing" => all.mixing = false,
            "convection" => all.convection = false,
            other => {
                let known = ["advection", "emission", "mixing", "convection"];
                let error = Error::new("there is no such process to leave out")
                    .expected(known.join(", "))
                    .got(format!("\"{other}\""));
                return Err(error.near(other, known));
            }
        }
    }
    Ok(all)
}

/// The release of this name.
fn release(name: &str) -> Result<Release> {
    let known = Release::ALL.map(|(name, _)| name);
    match Release::ALL.into_iter().find(|(known, _)| *known == name) {
        Some((_, release)) => Ok(release),
        None => Err(Error::new("emissions cannot be released so")
            .expected(known.join(", "))
            .got(format!("\"{name}\""))
            .near(name, known)),
    }
}

#[export_module]
mod transport {
    /// The transport model: advection, emission, boundary-layer mixing and convection of all
    /// members at once.
    ///
    /// # Arguments
    /// - `meteorology`: what drives it.
    /// - `options`: optional. `step`: 600 s, of advection; `column_step`: as `step`, the longest
    ///   step of emission, mixing and convection; `flux_interval`: 3600 s, over which fluxes are
    ///   averaged; `emission`: `"surface"`, into the lowest layer, from where diffusion carries it,
    ///   or `"mixed"`, evenly through the boundary layer, or `"nonlocal"`, at the surface of a
    ///   profile whose eddies carry a part of the flux through a layer that is warmed from below;
    ///   `advection`: `advection::monotone()`; `without`: the process to leave out, or an array of
    ///   them, of `"advection"`, `"emission"`, `"mixing"` and `"convection"`.
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
        meteorology: Met,
        options: Map,
    ) -> Fallible<Arc<Transport>> {
        attempt(&context, || {
            let usual = TransportOptions::default();
            let mut o = Options::new("transport::model", options);
            let step = o.quantity("step", "s", usual.step)?;
            let options = TransportOptions {
                step,
                column_step: o
                    .quantity("column_step", "s", step)
                    .map(|s| (s != step).then_some(s))?,
                processes: processes(
                    &o.find::<Dynamic>("without")?
                        .map_or(Ok(vec![]), |names| texts(&names))?,
                )?,
                flux_interval: o.quantity("flux_interval", "s", usual.flux_interval)?,
                emission: release(&o.or::<String>("emission", "surface".into())?)?,
                advection: o
                    .handle::<Advection>(
                        "advection",
                        "an advection scheme, such as advection::monotone()",
                    )?
                    .unwrap_or(usual.advection),
            };
            o.finish()?;
            let transport = Transport::new(meteorology.0, options)?;
            let rehearsal = Host::of(&context).lock().rehearsal.clone();
            Ok(Arc::new(match rehearsal {
                Some(rehearsal) => transport.rehearsing(rehearsal),
                None => transport,
            }))
        })
    }

    #[rhai_fn(name = "model", return_raw)]
    pub fn model_plain(context: NativeCallContext, meteorology: Met) -> Fallible<Arc<Transport>> {
        model(context, meteorology, Map::new())
    }

    /// The grid of the transport.
    #[rhai_fn(get = "grid", global)]
    pub fn grid(transport: &mut Arc<Transport>) -> Arc<Grid> {
        transport.meteorology().grid().clone()
    }

    /// The meteorology that drives it.
    #[rhai_fn(get = "meteorology", global)]
    pub fn its_meteorology(transport: &mut Arc<Transport>) -> Met {
        Met(transport.meteorology().clone())
    }

    /// Runs concentrations forward in time, seen on the way if you like.
    ///
    /// # Arguments
    /// - `concentrations`: at the start, of one member or many; or one field of mole fractions, as
    ///   `concentrations::from_fields` takes it.
    /// - `flux`: a flux without factors that every member follows, or () for none.
    /// - `start`, `end`: dates.
    /// - `options`: optional. `see`: a function of the date and the concentrations, called at the
    ///   start and then at the first step at or after every `every`, `"1 day"`.
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
    /// let seen = |date, air| [date, air.surface().max()];
    /// let run = t.run(air, flux::truth(t.grid, #{}), "2016-07-01", "2016-07-02", #{ see: seen, every: "6 h" });
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
            let mut o = Options::new("run", options);
            let mut watch = Watch::new(&mut o, &context, start)?;
            o.finish()?;
            let mut c = state_of(transport.meteorology().grid(), concentrations)?;
            let none = Array2::zeros((0, c.n_members()));
            let ledger = if flux.is_unit() {
                transport.advance(&mut c, start, end, None, &mut watch)?
            } else {
                let flux = handle::<Flux>("the flux", &flux, "a flux or ()")?;
                if flux.model.n_factors() > 0 {
                    return Err(Error::new("this flux has free factors")
                        .got(flux)
                        .hint(".with_factors(windows)"));
                }
                transport.advance(
                    &mut c,
                    start,
                    end,
                    Some((flux.model.as_ref(), none.view())),
                    &mut watch,
                )?
            };
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

    #[rhai_fn(global, name = "run", return_raw)]
    pub fn run_unseen(
        context: NativeCallContext,
        transport: &mut Arc<Transport>,
        concentrations: Dynamic,
        flux: Dynamic,
        start: Dynamic,
        end: Dynamic,
    ) -> Fallible<Map> {
        run(
            context,
            transport,
            concentrations,
            flux,
            start,
            end,
            Map::new(),
        )
    }
}

/// Concentrations, or those of one field.
fn state_of(grid: &Arc<Grid>, value: Dynamic) -> Result<Concentrations> {
    match value.clone().try_cast::<State>() {
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
