//! Builds the engine: limits, every room bound, the stdlib preloaded.

use crate::limits::Limits;
use crate::progress;
use crate::script::bind;
use crate::script::bridge::errors::{Fallible, explain_with};
use crate::script::bridge::grammar::limit;
use crate::script::bridge::host::Host;
use crate::script::bridge::rooms::Rooms;
use crate::script::report::explain;
use crate::script::session::{Additions, stdlib};
use rhai::{Dynamic, Engine, EvalAltResult, Position};
use std::path::Path;
use std::sync::Arc;

/// An engine for one session, with a person's own additions. Modules are read from `folders` too,
/// later ones taking the place of earlier ones of the same name.
///
/// # Errors
/// A module does not compile.
pub fn build(
    host: &Host,
    folders: &[&Path],
    (profile, limits): (bool, &Limits),
    add: Additions,
) -> Fallible<Arc<Engine>> {
    explain_with(explain::plain_message);
    let parsing = stdlib::parse(host)?;
    let mut rooms = Rooms::new(bare(limits));
    rooms.engine.set_default_tag(Dynamic::from(host.clone()));
    bind::all(&mut rooms);
    host.set_tables(rooms.tables());
    add(&mut rooms.engine);
    stdlib::load(&mut rooms, host, parsing, folders)?;
    let mut engine = rooms.engine;
    print_to(&mut engine, host);
    if profile {
        crate::script::tools::profile::listen(&mut engine, host);
    }
    engine.set_module_resolver(super::stdlib::Files::new(host));
    let engine = Arc::new(engine);
    host.set_engine(Arc::downgrade(&engine));
    Ok(engine)
}

/// Functions in sight, each counted as often as a closure brings it: every closure that is called
/// within another one brings those of both.
const IN_SIGHT: usize = 1 << 16;

/// The language alone, with our limits.
fn bare(limits: &Limits) -> Engine {
    let mut engine = Engine::new();
    limit(&mut engine);
    engine.set_max_operations(limits.operations.unwrap_or(0));
    let values = limits.values.unwrap_or(0);
    engine.set_max_array_size(values).set_max_map_size(values);
    engine.set_max_string_size(values);
    #[allow(
        deprecated,
        reason = "there is no other way to see how deeply closures are nested"
    )]
    engine.on_var(
        |_, _, context| match context.global_runtime_state().lib.len() {
            IN_SIGHT.. => Err(EvalAltResult::ErrorStackOverflow(Position::NONE).into()),
            _ => Ok(None),
        },
    );
    engine.set_strict_variables(true);
    engine.on_progress(|_| progress::stop_requested().then(|| Dynamic::from("stopped")));
    engine
}

fn print_to(engine: &mut Engine, host: &Host) {
    let to = host.clone();
    engine.on_print(move |text| to.print(text));
    let to = host.clone();
    engine.on_debug(move |text, _, position| {
        let location = to
            .lock()
            .sources
            .location(position)
            .map(|p| format!("{}:{}: ", p.name, p.line))
            .unwrap_or_default();
        to.print(&format!("{location}{text}"));
    });
}
