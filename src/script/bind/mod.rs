//! The bindings: one file per room, holding what a script can call in it.
//!
//! # How to bind a room
//!
//! 1. Write `bind/<room>.rs` with `pub fn bind(rooms: &mut Rooms)` and one `#[export_module]`; add
//!    the file here and its `bind` to [`all`].
//! 2. **Types.** A type that a script holds is a cheap handle (`Arc<T>`, or a struct with `Arc`
//!    inside) with a `Display`. `rooms.value::<Arc<Thing>>("Thing")` names it in messages and makes
//!    it print. Trait objects: a handle struct `#[derive(Clone)] pub struct Scheme(pub Arc<dyn
//!    Inflation>)`.
//! 3. **Functions.** `rooms.room("inflation", exported_module!(functions))` puts the functions
//!    under `inflation::name(...)`; mark methods `#[rhai_fn(global)]` so that `thing.name(...)`
//!    works. `rooms.global(exported_module!(functions))` puts all of them in sight without a
//!    module. Constructors are nouns, actions verbs. Getters: `#[rhai_fn(get = "rows", global)]`.
//! 4. **Errors.** A function that can fail takes `context: NativeCallContext` first, is marked
//!    `#[rhai_fn(return_raw)]`, and returns `Fallible<T>` from [`attempt`]`(&context, || { ... })`,
//!    whose body returns `crate::error::Result<T>`: the position of the call is attached there,
//!    once.
//! 5. **Arguments.** Numbers may come as integers: take `Dynamic` and [`read`]`::<f64>("the
//!    radius", &value)?`, likewise text, dates, units, fields, arrays (`Vec<f64>`). Another room's
//!    handle: `value::handle::<Arc<Thing>>("the regions", &value, "a region map")?`.
//! 6. **Options.** The last argument is a `Map`: `let mut o = Options::new("room::name", map);`,
//!    then `o.or("members", 64usize)?`, `o.quantity("halo_km", "km", 800.0)?`,
//!    `o.required::<f64>("sd")?`, `o.find::<Time>("start")?`, `o.handle::<Arc<Thing>>("regions", "a
//!    region map")?`, `o.function("taper", &context)?`, and `o.finish()?` when all are read.
//!    Without options: a second function with `#[rhai_fn(name = "...")]` that passes `Map::new()`.
//! 7. **Closures.** Take `FnPtr` and make `ScriptFunction::new(&context, pointer)`; it can be kept
//!    in a handle and called later from any thread: `f.call_for::<f64>("the weight", (lat, lon))?`.
//!    An error inside the closure is reported at the closure's own line. Per region or window,
//!    never per cell of a big grid.
//! 8. **Documentation** is the `///` of the function, first line a sentence, then the headings `#
//!    Arguments` (with units), `# Returns`, `# Errors`, `# Example` with a block fenced by ````
//!    ```rhai ```` that asserts what it shows. Words of the language cannot be names: with, go,
//!    new, is, match, case, default, use, ... Help, completion and the example test read it;
//!    overloads may leave it out.
//! 9. **Warnings** of a result: `Host::of(&context).warn(warning)` for each.

mod additive;
mod advection;
mod analysis;
mod arrays;
mod assimilation;
mod composed;
mod concentrations;
mod data;
mod distribution;
mod faces;
mod factors;
mod field;
mod flux;
mod flux_budget;
mod flux_maps;
mod flux_regions;
mod grid;
mod host;
mod inflation;
mod inflation_factors;
mod innovation;
mod io;
mod letkf;
mod localization;
mod mass;
mod maths;
mod meteorology;
mod netcdf_lazy;
mod networks;
mod observation;
mod plot;
mod plot_maps;
mod plot_samples;
mod plot_sections;
mod plot_series;
mod plot_show;
mod prescribed;
mod profile;
mod random;
mod region_files;
mod samples;
mod snapshot;
mod statistics;
mod table;
mod tapers;
mod time;
mod tracer_run;
mod tracers;
mod transport;
mod units;
mod watch;
mod work;

pub use inflation::scheme_of;
pub use netcdf_lazy::Unread;
pub use plot_show::shown as shown_figure;

use rhai::{Dynamic, Engine, Module, Shared};
use std::collections::BTreeMap;
use std::fmt::Display;

/// Binds every room.
pub fn all(rooms: &mut Rooms) {
    host::bind(rooms);
    innovation::bind(rooms);
    inflation::bind(rooms);
    inflation_factors::bind(rooms);
    composed::bind(rooms);
    analysis::bind(rooms);
    letkf::bind(rooms);
    additive::bind(rooms);
    advection::bind(rooms);
    mass::bind(rooms);
    localization::bind(rooms);
    tapers::bind(rooms);
    factors::bind(rooms);
    flux::bind(rooms);
    flux_budget::bind(rooms);
    flux_regions::bind(rooms);
    flux_maps::bind(rooms);
    transport::bind(rooms);
    concentrations::bind(rooms);
    meteorology::bind(rooms);
    prescribed::bind(rooms);
    snapshot::bind(rooms);
    tracers::bind(rooms);
    profile::bind(rooms);
    tracer_run::bind(rooms);
    observation::bind(rooms);
    networks::bind(rooms);
    assimilation::bind(rooms);
    maths::bind(rooms);
    time::bind(rooms);
    units::bind(rooms);
    random::bind(rooms);
    field::bind(rooms);
    table::bind(rooms);
    grid::bind(rooms);
    faces::bind(rooms);
    region_files::bind(rooms);
    statistics::bind(rooms);
    samples::bind(rooms);
    distribution::bind(rooms);
    work::bind(rooms);
    data::bind(rooms);
    plot::bind(rooms);
    io::bind(rooms);
    netcdf_lazy::bind(rooms);
}

/// The engine while rooms are bound, with the modules made so far.
pub struct Rooms {
    /// For operators and other registrations that are not documented functions.
    pub engine: Engine,
    named: BTreeMap<String, Module>,
}

impl Rooms {
    /// Nothing bound yet.
    pub fn new(engine: Engine) -> Self {
        Rooms {
            engine,
            named: BTreeMap::new(),
        }
    }

    /// Functions in sight without a module.
    pub fn global(&mut self, functions: Module) {
        self.engine.register_global_module(Shared::new(functions));
    }

    /// Functions under `name::`; several files may add to one module.
    pub fn room(&mut self, name: &str, functions: Module) {
        self.named(name).combine(functions);
    }

    /// The module called `name`, new if need be.
    pub(super) fn named(&mut self, name: &str) -> &mut Module {
        self.named.entry(name.to_string()).or_default()
    }

    /// Hands all modules to the engine.
    pub(super) fn publish(&mut self) {
        for name in self.named.keys().cloned().collect::<Vec<_>>() {
            self.publish_one(&name);
        }
    }

    /// Hands one module to the engine, in place of an earlier state of it.
    pub(super) fn publish_one(&mut self, name: &str) {
        let module = self.named[name].clone();
        self.engine
            .register_static_module(name, Shared::new(module));
    }

    /// A type that scripts hold: its name in messages, and how it prints.
    pub fn value<T: Display + Clone + Send + Sync + 'static>(&mut self, name: &str) {
        self.engine.register_type_with_name::<T>(name);
        self.engine
            .register_fn("to_string", |value: &mut T| value.to_string());
        self.engine
            .register_fn("to_debug", |value: &mut T| value.to_string());
        self.engine
            .register_fn("print", |value: &mut T| value.to_string());
        self.engine
            .register_fn("debug", |value: &mut T| value.to_string());
    }
}

/// Text for the elements of an array, as options such as dimension names are given.
pub(super) fn texts(value: &Dynamic) -> crate::error::Result<Vec<String>> {
    if value.is_string() {
        Ok(vec![value.to_string()])
    } else {
        super::value::read("the names", value)
    }
}
