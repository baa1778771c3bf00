//! Meteorology, transport and concentrations as values.

use super::Rooms;
use super::arrays::line_of;
use super::flux::Flux;
use crate::ensemble::Concentrations;
use crate::error::{Error, Result, did_you_mean};
use crate::field::{Dimension, Field};
use crate::flux::land_fraction;
use crate::grid::Grid;
use crate::meteorology::{BuiltIn, BuiltInOptions, Meteorology};
use crate::script::value::handle;
use crate::script::{Fallible, Host, Options, attempt, read};
use crate::transport::{Advection, Ledger, Processes, Release, Transport, TransportOptions, global_mass};
use crate::units::Unit;
use ndarray::{Array1, Array2, Array3};
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::fmt;
use std::sync::Arc;

/// A meteorology as a script holds it.
#[derive(Debug, Clone)]
pub struct Met(pub Arc<dyn Meteorology>);

impl fmt::Display for Met {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The concentrations of all members as a script holds them.
pub type State = Arc<Concentrations>;

/// Binds `meteorology::`, `transport::` and `concentrations::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.value::<Met>("Meteorology");
    rooms.value::<Arc<Transport>>("Transport");
    rooms.value::<State>("Concentrations");
    rooms.room("meteorology", exported_module!(meteorology));
    rooms.room("transport", exported_module!(transport));
    rooms.room("concentrations", exported_module!(concentrations));
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

#[export_module]
mod meteorology {
    /// The built-in meteorology: real climatological winds (NCEP June and January means) with a seasonal cycle, travelling
    /// waves, a diurnal boundary layer and convection. The weather is synthetic.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    /// - `options`: optional. `waves`, `wind`, `mixing`, `convection`: factors, 1; `seed`: 1, of the waves; `interval`:
    ///   10800 s, of constant winds.
    ///
    /// # Returns
    /// A meteorology.
    ///
    /// # Errors
    /// A factor outside 0 to 10, an interval that does not divide a day.
    ///
    /// # Example
    /// ```rhai
    /// print(meteorology::built_in(grid("4x5"), #{ mixing: 0.9 }));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn built_in(context: NativeCallContext, grid: Arc<Grid>, options: Map) -> Fallible<Met> {
        attempt(&context, || {
            let usual = BuiltInOptions::default();
            let mut o = Options::new("meteorology::built_in", options);
            let options = BuiltInOptions {
                waves: o.or("waves", usual.waves)?,
                seed: o.or("seed", usual.seed)?,
                wind: o.or("wind", usual.wind)?,
                mixing: o.or("mixing", usual.mixing)?,
                convection: o.or("convection", usual.convection)?,
                interval: o.quantity("interval", "s", usual.interval)?,
            };
            o.finish()?;
            let land = land_fraction(&grid.horizontal);
            Ok(Met(Arc::new(BuiltIn::new(&grid, Some(land), options)?)))
        })
    }

    #[rhai_fn(name = "built_in", return_raw)]
    pub fn built_in_plain(context: NativeCallContext, grid: Arc<Grid>) -> Fallible<Met> {
        built_in(context, grid, Map::new())
    }
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
                let error = Error::new("there is no such process to leave out").expected(known.join(", ")).got(format!("\"{other}\""));
                return Err(did_you_mean(other, known).map_or(error.clone(), |near| error.hint(format!("\"{near}\""))));
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
        None => {
            let error = Error::new("emissions cannot be released so").expected(known.join(", ")).got(format!("\"{name}\""));
            Err(did_you_mean(name, known).map_or(error.clone(), |near| error.hint(format!("\"{near}\""))))
        }
    }
}

#[export_module]
mod transport {
    /// The transport model: advection, emission, boundary-layer mixing and convection of all members at once.
    ///
    /// # Arguments
    /// - `meteorology`: what drives it.
    /// - `options`: optional. `step`: 600 s, of advection; `column_step`: as `step`, the longest step of emission, mixing and
    ///   convection; `flux_interval`: 3600 s, over which fluxes are averaged; `emission`: `"surface"`, into the lowest layer, from where
    ///   diffusion carries it, or `"mixed"`, evenly through the boundary layer, or `"nonlocal"`, at the surface of a profile whose
    ///   eddies carry a part of the flux through a layer that is warmed from below; `advection`: `advection::monotone()`; `without`: names
    ///   of processes to leave out, of `"advection"`, `"emission"`, `"mixing"` and `"convection"`.
    ///
    /// # Returns
    /// A transport.
    ///
    /// # Errors
    /// A step that is not a whole number of seconds up to a day, an unknown process; in a run: emissions through a boundary layer that
    /// the meteorology does not have.
    ///
    /// # Example
    /// ```rhai
    /// let t = transport::model(meteorology::built_in(grid("4x5")), #{ step: "1 h" });
    /// let air = concentrations::uniform(t.grid, 1, 400);
    /// let run = t.run(air, (), "2016-07-01", "2016-07-01T03:00");
    /// assert_near(run.concentrations.column_mean().max(), 400e-6, 1e-10);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn model(context: NativeCallContext, meteorology: Met, options: Map) -> Fallible<Arc<Transport>> {
        attempt(&context, || {
            let usual = TransportOptions::default();
            let mut o = Options::new("transport::model", options);
            let step = o.quantity("step", "s", usual.step)?;
            let options = TransportOptions {
                step,
                column_step: o.quantity("column_step", "s", step).map(|s| (s != step).then_some(s))?,
                processes: processes(&o.or::<Vec<String>>("without", vec![])?)?,
                flux_interval: o.quantity("flux_interval", "s", usual.flux_interval)?,
                emission: release(&o.or::<String>("emission", "surface".into())?)?,
                advection: o.handle::<Advection>("advection", "an advection scheme, such as advection::monotone()")?.unwrap_or(usual.advection),
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

    /// Runs concentrations forward in time.
    ///
    /// # Arguments
    /// - `concentrations`: at the start.
    /// - `flux`: a flux without factors that every member follows, or () for none.
    /// - `start`, `end`: dates.
    ///
    /// # Returns
    /// A map: `concentrations` at the end; `ledger`: carbon before, emitted, after \[PgC\], `imbalance`, relative, `steps`, and
    /// `divided_steps`: those that were too long for the wind somewhere, and taken in parts there (a warning says so).
    ///
    /// # Errors
    /// An end before the start, another grid, a flux with free factors.
    ///
    /// # Example
    /// ```rhai
    /// let t = transport::model(meteorology::built_in(grid("30x30")), #{ step: "1 h" });
    /// let run = t.run(concentrations::uniform(t.grid, 1, 400), flux::truth(t.grid, #{}), "2016-07-01", "2016-07-01T06:00");
    /// assert(run.ledger.imbalance < 1e-9);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn run(
        context: NativeCallContext,
        transport: &mut Arc<Transport>,
        state: State,
        flux: Dynamic,
        start: Dynamic,
        end: Dynamic,
    ) -> Fallible<Map> {
        attempt(&context, || {
            let (start, end) = (read("the start", &start)?, read("the end", &end)?);
            let mut c = Arc::unwrap_or_clone(state);
            let none = Array2::zeros((0, c.n_members()));
            let ledger = if flux.is_unit() {
                transport.advance(&mut c, start, end, None, &mut ())?
            } else {
                let flux = handle::<Flux>("the flux", &flux, "a flux or ()")?;
                if flux.model.n_factors() > 0 {
                    return Err(Error::new("this flux has free factors").got(flux).hint(".with_factors(windows)"));
                }
                transport.advance(&mut c, start, end, Some((flux.model.as_ref(), none.view())), &mut ())?
            };
            ledger.warning().into_iter().for_each(|w| Host::of(&context).warn(w));
            Ok(Map::from_iter([("concentrations".into(), Dynamic::from(Arc::new(c))), ("ledger".into(), ledger_map(&ledger).into())]))
        })
    }
}

/// Mean and standard deviation over members need a walk over the state; the unit is that of the state.
fn lat_lon(state: &Concentrations, name: &str, of: impl Fn(usize, usize) -> f64) -> Result<Field> {
    let h = &state.grid().horizontal;
    let data = Array2::from_shape_fn((h.n_lat(), h.n_lon()), |(j, i)| of(j, i)).into_dyn();
    Field::new(name, Unit::parse("mol mol-1")?, Dimension::of_grid(h).to_vec(), data)
}

#[export_module]
mod concentrations {
    /// Concentrations of all members, everywhere the same.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    /// - `members`: how many.
    /// - `ppm`: the mole fraction.
    ///
    /// # Returns
    /// Concentrations.
    ///
    /// # Errors
    /// No members.
    ///
    /// # Example
    /// ```rhai
    /// assert(concentrations::uniform(grid("4x5"), 3, 400).members == 3);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn uniform(context: NativeCallContext, grid: Arc<Grid>, members: i64, ppm: Dynamic) -> Fallible<State> {
        attempt(&context, || {
            let members = usize::try_from(members).map_err(|_| Error::new("an ensemble needs members").expected("at least 1").got(members))?;
            Ok(Arc::new(Concentrations::uniform(&grid, members, read::<f64>("the mole fraction", &ppm)? * 1e-6)?))
        })
    }

    /// Number of members.
    #[rhai_fn(get = "members", global)]
    pub fn members(state: &mut State) -> i64 {
        state.n_members() as i64
    }

    /// The first member many times over.
    ///
    /// # Arguments
    /// - `members`: how many.
    ///
    /// # Returns
    /// Concentrations.
    ///
    /// # Errors
    /// No members.
    ///
    /// # Example
    /// ```rhai
    /// assert(concentrations::uniform(grid("4x5"), 1, 400).repeat(5).members == 5);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn repeat(context: NativeCallContext, state: &mut State, members: i64) -> Fallible<State> {
        attempt(&context, || {
            let members = usize::try_from(members).map_err(|_| Error::new("an ensemble needs members").expected("at least 1").got(members))?;
            Ok(Arc::new(state.repeated(0, members)?))
        })
    }

    /// Mole fractions of one member.
    ///
    /// # Arguments
    /// - `member`: its number, from 0.
    ///
    /// # Returns
    /// A field (level, lat, lon) \[mol mol-1\], level 0 at the surface.
    ///
    /// # Errors
    /// No such member.
    ///
    /// # Example
    /// ```rhai
    /// assert(concentrations::uniform(grid("4x5"), 2, 400).member(1).shape[1] == 46);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn member(context: NativeCallContext, state: &mut State, member: i64) -> Fallible<Field> {
        attempt(&context, || {
            let k = usize::try_from(member).ok().filter(|k| *k < state.n_members());
            let k = k.ok_or_else(|| Error::new("no such member").expected(format!("0 to {}", state.n_members() - 1)).got(member))?;
            let (levels, lats, lons) = state.grid().shape();
            let data = Array3::from_shape_fn((levels, lats, lons), |(l, j, i)| state.get(state.grid().cell(l, j, i), k)).into_dyn();
            let [lat, lon] = Dimension::of_grid(&state.grid().horizontal);
            Field::new("co2", Unit::parse("mol mol-1")?, vec![Dimension::index("level", levels), lat, lon], data)
        })
    }

    /// Mean over the members in the lowest level.
    ///
    /// # Returns
    /// A field (lat, lon) \[mol mol-1\].
    ///
    /// # Example
    /// ```rhai
    /// assert_near(concentrations::uniform(grid("4x5"), 2, 400).surface().to("ppm").max().value(), 400, 1e-3);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn surface(context: NativeCallContext, state: &mut State) -> Fallible<Field> {
        attempt(&context, || {
            let m = state.n_members();
            lat_lon(state, "co2", |j, i| (0..m).map(|k| state.get(state.grid().cell(0, j, i), k)).sum::<f64>() / m as f64)
        })
    }

    /// Mean over the members and, weighted by air under a surface pressure of 1000 hPa, over the column.
    ///
    /// # Returns
    /// A field (lat, lon) \[mol mol-1\].
    ///
    /// # Example
    /// ```rhai
    /// assert_near(concentrations::uniform(grid("4x5"), 2, 400).column_mean().to("ppm").max().value(), 400, 1e-3);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn column_mean(context: NativeCallContext, state: &mut State) -> Fallible<Field> {
        attempt(&context, || {
            let (m, levels) = (state.n_members(), &state.grid().levels);
            let weight: Vec<f64> = (0..levels.len()).map(|l| levels.thickness(l, 1e5)).collect();
            let total: f64 = weight.iter().sum();
            lat_lon(state, "xco2", |j, i| {
                let column = weight.iter().enumerate().map(|(l, w)| w * (0..m).map(|k| state.get(state.grid().cell(l, j, i), k)).sum::<f64>());
                column.sum::<f64>() / (total * m as f64)
            })
        })
    }

    /// Carbon in the air of each member.
    ///
    /// # Arguments
    /// - `meteorology`: whose surface pressure to use.
    /// - `time`: a date.
    ///
    /// # Returns
    /// A field (member) \[PgC\].
    ///
    /// # Errors
    /// A meteorology on another grid.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("4x5");
    /// let mass = concentrations::uniform(g, 2, 400).mass(meteorology::built_in(g), "2016-07-01");
    /// assert_near(mass[0].value() / 400, 2.12, 0.05); // PgC per ppm
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn mass(context: NativeCallContext, state: &mut State, meteorology: Met, time: Dynamic) -> Fallible<Field> {
        attempt(&context, || {
            let air = meteorology.0.atmosphere(read("the time", &time)?)?;
            if &air.grid != state.grid() {
                return Err(Error::new("the meteorology is on another grid").expected(state.grid()).got(&air.grid));
            }
            let mut field = line_of("mass", Array1::from(global_mass(state, &air.surface_pressure)) * 1e-12, "member");
            field.unit = Unit::parse("PgC")?;
            Ok(field)
        })
    }
}
