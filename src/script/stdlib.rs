//! The modules written in Rhai: those embedded in the program, and those of the user's folders,
//! which add to them or take their place.
//!
//! To embed one, put `stdlib/<name>.rhai` in the list below. Inside a module, other functions of it
//! are called by their bare name; in a closure that leaves the module, by `name::function`. A
//! module may share its name with a native room: its functions join those of the room.

use super::bind::Rooms;
use super::errors::Fallible;
use super::host::Host;
use rhai::{Engine, EvalAltResult, Module, ModuleResolver, Position, Scope};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// The embedded modules by name.
const EMBEDDED: &[(&str, &str)] = &[
    ("cycle", include_str!("../../stdlib/cycle.rhai")),
    ("diagnostics", include_str!("../../stdlib/diagnostics.rhai")),
    ("innovation", include_str!("../../stdlib/innovation.rhai")),
    ("published", include_str!("../../stdlib/published.rhai")),
    ("report", include_str!("../../stdlib/report.rhai")),
    ("ring", include_str!("../../stdlib/ring.rhai")),
    ("sweep", include_str!("../../stdlib/sweep.rhai")),
    ("tournament", include_str!("../../stdlib/tournament.rhai")),
    ("toy", include_str!("../../stdlib/toy.rhai")),
    ("twin", include_str!("../../stdlib/twin.rhai")),
    ("world", include_str!("../../stdlib/world.rhai")),
];

/// A module's text and where it is from.
struct Text {
    file: String,
    text: String,
    embedded: bool,
}

/// Makes every module available as `name::function(...)`, without `import`.
///
/// # Errors
/// A module does not compile, or its own statements fail.
pub fn load(rooms: &mut Rooms, host: &Host, folders: &[&Path]) -> Fallible<()> {
    let mut texts: BTreeMap<String, Text> = EMBEDDED
        .iter()
        .map(|(name, text)| (name.to_string(), Text { file: format!("stdlib/{name}.rhai"), text: text.to_string(), embedded: true }))
        .collect();
    for folder in folders {
        add_folder(folder, &mut texts);
    }
    // Names first, so that modules can call each other whatever their order.
    for name in texts.keys() {
        rooms.named(name);
    }
    rooms.publish();
    for (name, text) in &texts {
        let module = evaluate(&rooms.engine, host, text)?;
        rooms.named(name).combine(module);
        rooms.publish_one(name);
    }
    Ok(())
}

fn add_folder(folder: &Path, texts: &mut BTreeMap<String, Text>) {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path());
    for path in files.filter(|p| p.extension().is_some_and(|e| e == "rhai")) {
        if let (Some(name), Ok(text)) = (path.file_stem().and_then(|n| n.to_str()), std::fs::read_to_string(&path)) {
            texts.insert(name.to_string(), Text { file: path.display().to_string(), text, embedded: false });
        }
    }
}

/// Resolves `import "file" as name` to a file next to the script.
pub struct Files(Host);

impl Files {
    /// For the session of `host`.
    pub fn new(host: &Host) -> Self {
        Files(host.clone())
    }
}

impl ModuleResolver for Files {
    fn resolve(&self, engine: &Engine, _: Option<&str>, path: &str, position: Position) -> Fallible<Arc<Module>> {
        let folder = self.0.lock().folder.clone().unwrap_or_default();
        let file = folder.join(path).with_extension("rhai");
        let missing = || Box::new(EvalAltResult::ErrorModuleNotFound(file.display().to_string(), position));
        let text = std::fs::read_to_string(&file).map_err(|_| missing())?;
        let text = Text { file: file.display().to_string(), text, embedded: false };
        let module = evaluate(engine, &self.0, &text).map_err(|e| Box::new(EvalAltResult::ErrorInModule(path.to_string(), e, position)))?;
        Ok(Arc::new(module))
    }
}

fn evaluate(engine: &Engine, host: &Host, text: &Text) -> Fallible<Module> {
    let mut inner = host.lock();
    let added = if text.embedded { inner.sources.add_embedded(&text.file, &text.text) } else { inner.sources.add(&text.file, &text.text) };
    drop(inner);
    let moved = added.map_err(|e| super::errors::thrown(e, Position::NONE))?;
    let ast = engine.compile(moved)?;
    Module::eval_ast_as_new(Scope::new(), &ast, engine)
}
