//! Builds the engine: limits, every room bound, the stdlib preloaded.

use crate::progress;
use crate::script::bind;
use crate::script::bridge::errors::{Fallible, explain_with};
use crate::script::bridge::grammar::limit;
use crate::script::bridge::host::Host;
use crate::script::bridge::rooms::Rooms;
use crate::script::report::explain;
use crate::script::session::{Additions, stdlib};
use rhai::{Dynamic, Engine};
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
    profile: bool,
    add: Additions,
) -> Fallible<Arc<Engine>> {
    explain_with(explain::plain_message);
    let parsing = stdlib::parse(host)?;
    let mut rooms = Rooms::new(bare());
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

/// The language alone, with our limits.
fn bare() -> Engine {
    let mut engine = Engine::new();
    limit(&mut engine);
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
