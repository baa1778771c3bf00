//! The bindings: one file or folder for each room of the language, holding what a script can call
//! in it. They stand on [`crate::script::bridge`], which knows no room.
//!
//! # How to bind a room
//!
//! 1. Write `bind/<room>.rs` with `pub fn bind(rooms: &mut Rooms)` and one `#[export_module]`; add
//!    the file here and its `bind` to [`all`]. Nothing is bound in another room's file.
//! 2. **Kinds of values.** A type that a script holds is a cheap handle (`Arc<T>`, or a struct with
//!    `Arc` inside) with a `Display`, and carries the name that the user sees:
//!    `kind!(Arc<RegionMap>, "RegionMap", "a region map")` beside it and
//!    `rooms.kind::<Arc<RegionMap>>()` in `bind`. Messages, `kind()`, help and signatures follow.
//! 3. **Functions.** `rooms.room("inflation", exported_module!(functions))` puts the functions
//!    under `inflation::name(...)`; mark methods `#[rhai_fn(global)]` so that `thing.name(...)`
//!    works. `rooms.global(exported_module!(functions))` puts all of them in sight without a
//!    module. Constructors are nouns, actions verbs. Getters: `#[rhai_fn(get = "rows", global)]`.
//! 4. **Errors.** A function that can fail takes `context: NativeCallContext` first, is marked
//!    `#[rhai_fn(return_raw)]`, and returns `Fallible<T>` from [`attempt`]`(&context, || { ... })`,
//!    whose body returns `crate::error::Result<T>`: the position of the call is attached there,
//!    once.
//! 5. **Arguments.** Numbers may come as integers: take `Dynamic` and
//!    [`read`]`::<f64>("the radius", &value)?`, likewise text, dates, units, fields, arrays
//!    (`Vec<f64>`), kinds of other rooms and words declared by `choice!`. Parameters have the names
//!    that the documentation gives them.
//! 6. **Options.** The last argument is `options: Map`. Declare them with
//!    [`options!`](crate::script::bridge::options), read them by `NameOptions::read(&context,
//!    options)?`, and write `optional!(rooms, NameOptions: "room::name" = functions::name_token)`
//!    in `bind`, which also makes the function without options. Help, completion and check follow.
//! 7. **Closures.** Take `FnPtr` and make `ScriptFunction::new(&context, pointer)`; it can be kept
//!    in a handle and called later from any thread: `f.call_for::<f64>("the weight", (lat, lon))?`.
//!    An error inside the closure is reported at the closure's own line. Per region or window,
//!    never per cell of a big grid.
//! 8. **Documentation** is the `///` of the function, first line a sentence, then the headings
//!    `# Arguments` (with units), `# Returns`, `# Errors`, `# Example` with a block fenced by
//!    ```` ```rhai ```` that asserts what it shows; the table of options is added. Words of the
//!    language cannot be names: with, go, new, is, match, case, default, use, ... Help, completion
//!    and the example test read it; overloads may leave it out.
//! 9. **Warnings** of a result: `Host::of(&context).warn(warning)` for each.
//!
//! [`attempt`]: crate::script::attempt
//! [`read`]: crate::script::read

// The macro that exports a module unwraps its arguments, whose types the engine has checked.
#![allow(clippy::unwrap_used)]

mod advection;
mod analysis;
mod assimilation;
mod checkpoint;
mod concentrations;
mod data;
mod digest;
mod distribution;
mod factors;
mod field;
mod flux;
mod grid;
mod host;
mod inflation;
mod innovation;
mod localization;
mod maths;
mod meteorology;
mod netcdf;
mod network;
mod observations;
mod operator;

mod plot;
mod random;
mod regions;
mod resumable;
mod search;
mod select;
mod statistics;
mod table;
mod time;
mod tracer;
mod transport;
mod units;

pub use inflation::scheme_of;
pub use netcdf::Variable;
pub use plot::shown_figure;
pub use resumable::forget as forget_parts;

use crate::script::bridge::rooms::Rooms;

/// Binds every room of the language.
pub fn all(rooms: &mut Rooms) {
    advection::bind(rooms);
    analysis::bind(rooms);
    assimilation::bind(rooms);
    checkpoint::bind(rooms);
    concentrations::bind(rooms);
    data::bind(rooms);
    digest::bind(rooms);
    distribution::bind(rooms);
    factors::bind(rooms);
    field::bind(rooms);
    flux::bind(rooms);
    grid::bind(rooms);
    host::bind(rooms);
    inflation::bind(rooms);
    innovation::bind(rooms);
    localization::bind(rooms);
    maths::bind(rooms);
    meteorology::bind(rooms);
    network::bind(rooms);
    observations::bind(rooms);
    operator::bind(rooms);
    plot::bind(rooms);
    random::bind(rooms);
    regions::bind(rooms);
    resumable::bind(rooms);
    search::bind(rooms);
    select::bind(rooms);
    statistics::bind(rooms);
    table::bind(rooms);
    time::bind(rooms);
    tracer::bind(rooms);
    transport::bind(rooms);
    units::bind(rooms);
    // Last: for every function of fields it makes twins that take unread variables.
    netcdf::bind(rooms);
}
