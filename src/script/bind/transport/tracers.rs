//! Runs of tracers, and the concentrations at places.

use crate::ensemble;
use crate::error::{Error, Result};
use crate::field::{Dimension, Field};
use crate::flux::Tracer;
use crate::meteorology::air_masses;
use crate::observation::{Observation, below_surface};
use crate::script::bind::concentrations::Concentrations;
use crate::script::bind::meteorology::Meteorology;
use crate::script::bind::transport::watch::{Watch, WatchOptions};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::{Fallible, Host, attempt, read};
use crate::time::Time;
use crate::transport::{Ledger, Transport};
use crate::units::Unit;
use ndarray::Array2;
use rhai::plugin::*;
use rhai::{Array, Dynamic, Map};
use std::sync::Arc;

/// Binds `run_tracers`, `at_places` and `air_mass`.
pub fn bind(rooms: &mut Rooms) {
    rooms.global(exported_module!(functions));
    optional!(rooms, RunTracersOptions: "run_tracers" = functions::run_tracers_token);
    rooms.options::<PlaceOptions>();
}

options! {
    /// Options of a run of tracers.
    struct RunTracersOptions of "run_tracers" with watch: WatchOptions {
        /// Concentrations to begin with, a member for each tracer; none of any where not given.
        initial: Option<Concentrations>,
    }
}

options! {
    /// A place where mole fractions are looked up.
    struct PlaceOptions of "at_places(places)" {
        /// Its latitude.
        lat: f64 ["degrees"],
        /// Its longitude.
        lon: f64 ["degrees"],
        /// Its height above sea level.
        altitude: f64 ["m"] = 0.0,
        /// Its name; where not given it is numbered.
        name: Option<String>,
    }
}

/// The account of each tracer \[kg\].
fn accounts(tracers: &[Tracer], ledger: &Ledger) -> Array {
    let account = |(k, tracer): (usize, &Tracer)| {
        let carbon = [
            &ledger.mass_before,
            &ledger.emitted,
            &ledger.decayed,
            &ledger.mass_after,
        ];
        let account = tracer.account(carbon.map(|of| of[k]));
        Dynamic::from(Map::from_iter([
            ("tracer".into(), tracer.name.clone().into()),
            ("before".into(), account.before.into()),
            ("emitted".into(), account.emitted.into()),
            ("decayed".into(), account.decayed.into()),
            ("after".into(), account.after.into()),
            ("imbalance".into(), account.imbalance().into()),
        ]))
    };
    tracers.iter().enumerate().map(account).collect()
}

/// A place as the point operator takes it.
fn point(k: usize, value: &Dynamic, time: Time) -> Result<Observation> {
    let o = PlaceOptions::read_as("a place", read(&format!("place {k}"), value)?, None)?;
    let site = o.name.unwrap_or_else(|| format!("place {k}"));
    Ok(Observation {
        site: site.into(),
        kind: "point".into(),
        time,
        latitude: o.lat,
        longitude: o.lon,
        altitude: o.altitude,
        ..Observation::template()
    })
}

#[export_module]
mod functions {
    /// Runs tracers side by side, one in each member, each with its own source and decay; sixteen
    /// cost hardly more than one.
    ///
    /// # Arguments
    /// - `tracers`: an array.
    /// - `start`, `end`: dates.
    ///
    /// # Returns
    /// A map: `concentrations` at the end; `seen`: an array of what `see` gave; `ledger`: an array
    /// of maps, one for each tracer: tracer, before, emitted, decayed, after \[kg\], and imbalance,
    /// relative to what was there or emitted.
    ///
    /// # Errors
    /// An end before the start, another grid or number of members, a source that fails.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let model = transport::model(meteorology::built_in(g), #{ step: "3 h" });
    /// let gases = [tracer::radon(g), tracer::sf6(g)];
    /// let run = model.run_tracers(gases, "2016-07-01", "2016-07-05", #{ see: |date, air| air.surface().mean().value() });
    /// assert(run.seen.len() == 5 && run.seen[0] == 0.0);
    /// assert(run.ledger[0].decayed > 0 && run.ledger[1].decayed == 0);
    /// assert_near(run.ledger[1].emitted / 9.04e6, 4 / 365.2425, 1e-6);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn run_tracers(
        context: NativeCallContext,
        transport: &mut Arc<Transport>,
        tracers: Array,
        start: Dynamic,
        end: Dynamic,
        options: Map,
    ) -> Fallible<Map> {
        attempt(&context, || {
            let tracers = tracers
                .iter()
                .map(|t| Ok(Arc::unwrap_or_clone(read::<Arc<Tracer>>("a tracer", t)?)))
                .collect::<Result<Vec<_>>>()?;
            let (start, end) = (read("the start", &start)?, read("the end", &end)?);
            let o = RunTracersOptions::read(&context, options)?;
            let mut watch = Watch::new(o.watch, start)?;
            let mut c = match o.initial {
                Some(state) => Arc::unwrap_or_clone(state),
                None => ensemble::Concentrations::uniform(
                    transport.meteorology().grid(),
                    tracers.len(),
                    0.0,
                )
                .map_err(|e| e.hint("[tracer::sf6(grid)]"))?,
            };
            let ledger = transport.advance_tracers(&tracers, &mut c, start, end, &mut watch)?;
            Ok(Map::from_iter([
                ("concentrations".into(), Dynamic::from(Arc::new(c))),
                ("seen".into(), watch.seen.into()),
                ("ledger".into(), accounts(&tracers, &ledger).into()),
            ]))
        })
    }

    /// Mole fractions of every member at places: linear in longitude, latitude and height, as
    /// observations at points are sampled.
    ///
    /// # Arguments
    /// - `meteorology`: whose heights to use.
    /// - `time`: a date.
    /// - `places`: an array of `#{ lat, lon, altitude }` \[degrees, m above sea level\], altitude 0
    ///   if not given; a `name` labels it.
    ///
    /// # Returns
    /// A field (place, member) \[mol mol-1\].
    ///
    /// # Errors
    /// A place off the globe, a meteorology on another grid.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("4x5");
    /// let air = concentrations::uniform(g, 2, 400);
    /// let at = air.at_places(meteorology::built_in(g), "2016-07-01", [#{ name: "MLO", lat: 19.5, lon: -155.6, altitude: 3397 }]);
    /// assert(at.shape == [1, 2]);
    /// assert_near(at.to("ppm").max().value(), 400, 1e-3);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn at_places(
        context: NativeCallContext,
        state: &mut Concentrations,
        meteorology: Meteorology,
        time: Dynamic,
        places: Array,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let time = read("the time", &time)?;
            let air = meteorology.0.atmosphere(time)?;
            if &air.grid != state.grid() {
                return Err(Error::new("the meteorology is on another grid")
                    .expected(state.grid())
                    .got(&air.grid));
            }
            let places = places
                .iter()
                .enumerate()
                .map(|(k, v)| point(k, v, time))
                .collect::<Result<Vec<_>>>()?;
            let deep = below_surface(&places, &air).into_iter();
            deep.for_each(|w| Host::of(&context).warn(w));
            let mut values = Array2::zeros((places.len(), state.n_members()));
            for (point, mut row) in places.iter().zip(values.rows_mut()) {
                let sampled = point.sampling.equivalent(point, &air)?.sample(state)?;
                row.assign(&ndarray::Array1::from(sampled));
            }
            let names: Vec<String> = places.iter().map(|p| p.site.to_string()).collect();
            let dimensions = vec![
                Dimension::labels("place", names),
                Dimension::index("member", state.n_members()),
            ];
            Field::new(
                "mole_fraction",
                Unit::parse("mol mol-1")?,
                dimensions,
                values.into_dyn(),
            )
        })
    }

    /// Dry air in every cell: the weights of means by mass.
    ///
    /// # Arguments
    /// - `time`: a date.
    ///
    /// # Returns
    /// A field (level, lat, lon) \[kg\].
    ///
    /// # Errors
    /// A date that the meteorology does not cover.
    ///
    /// # Example
    /// ```rhai
    /// let air = meteorology::built_in(grid("4x5")).air_mass("2016-07-01");
    /// assert_near(air.sum().value(), 5.13e18, 0.03e18);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn air_mass(
        context: NativeCallContext,
        meteorology: &mut Meteorology,
        time: Dynamic,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let air = meteorology.0.atmosphere(read("the time", &time)?)?;
            let [lat, lon] = air.grid.horizontal.dimensions();
            let levels = Dimension::index("level", air.grid.shape().0);
            Field::new(
                "air_mass",
                Unit::parse("kg")?,
                vec![levels, lat, lon],
                air_masses(&air.grid, &air.surface_pressure).into_dyn(),
            )
        })
    }
}
