//! The modules written in Rhai: those embedded in the program, and those of the user's folders,
//! which add to them or take their place.
//!
//! To embed one, put `stdlib/<name>.rhai` in the list below. It holds functions only, which call
//! each other as `name::function`. A module may share its name with a native room: its functions
//! join those of the room.

use crate::error::{Error, Warning, did_you_mean};
use crate::script::bridge::errors::{Fallible, thrown};
use crate::script::bridge::host::{Host, Part, PartKind};
use crate::script::bridge::rooms::Rooms;
use crate::script::session::optional::completed;
use crate::script::tools::digest;
use rhai::{AST, Engine, EvalAltResult, Module, ModuleResolver, ParseError, Position, Scope};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// The embedded modules by name.
const EMBEDDED: &[(&str, &str)] = &[
    ("averaging", include_str!("../../../stdlib/averaging.rhai")),
    ("bias", include_str!("../../../stdlib/bias.rhai")),
    ("budget", include_str!("../../../stdlib/budget.rhai")),
    ("adaptive", include_str!("../../../stdlib/adaptive.rhai")),
    (
        "calibration",
        include_str!("../../../stdlib/calibration.rhai"),
    ),
    (
        "covariance",
        include_str!("../../../stdlib/covariance.rhai"),
    ),
    ("cycle", include_str!("../../../stdlib/cycle.rhai")),
    (
        "cycle_checkpoints",
        include_str!("../../../stdlib/cycle_checkpoints.rhai"),
    ),
    (
        "cycle_windows",
        include_str!("../../../stdlib/cycle_windows.rhai"),
    ),
    (
        "diagnostics",
        include_str!("../../../stdlib/diagnostics.rhai"),
    ),
    (
        "experiment",
        include_str!("../../../stdlib/experiment.rhai"),
    ),
    (
        "experiments",
        include_str!("../../../stdlib/experiments.rhai"),
    ),
    ("forward", include_str!("../../../stdlib/forward.rhai")),
    (
        "innovation",
        include_str!("../../../stdlib/innovation.rhai"),
    ),
    ("memory", include_str!("../../../stdlib/memory.rhai")),
    ("posterior", include_str!("../../../stdlib/posterior.rhai")),
    ("published", include_str!("../../../stdlib/published.rhai")),
    ("report", include_str!("../../../stdlib/report.rhai")),
    (
        "report_figures",
        include_str!("../../../stdlib/report_figures.rhai"),
    ),
    ("ring", include_str!("../../../stdlib/ring.rhai")),
    ("score", include_str!("../../../stdlib/score.rhai")),
    ("sweep", include_str!("../../../stdlib/sweep.rhai")),
    (
        "tournament",
        include_str!("../../../stdlib/tournament.rhai"),
    ),
    ("toy", include_str!("../../../stdlib/toy.rhai")),
    ("twin", include_str!("../../../stdlib/twin.rhai")),
    (
        "verification",
        include_str!("../../../stdlib/verification.rhai"),
    ),
    ("world", include_str!("../../../stdlib/world.rhai")),
];

/// The text of an embedded module.
///
/// # Errors
/// There is none of that name; the nearest is suggested.
pub fn source(name: &str) -> Result<&'static str, Error> {
    let names = || EMBEDDED.iter().map(|(name, _)| *name);
    let found = EMBEDDED.iter().find(|(known, _)| *known == name);
    found.map(|(_, text)| *text).ok_or_else(|| {
        let error = Error::new(format!("no module \"{name}\" is written in the language"))
            .expected(names().collect::<Vec<_>>().join(", "));
        match did_you_mean(name, names()) {
            Some(near) => error.hint(format!("mcas source {near}")),
            None => error,
        }
    })
}

/// The embedded modules while they are parsed on a thread of their own, beside the binding of the
/// rooms.
pub struct Parsing(JoinHandle<Result<Vec<AST>, ParseError>>);

/// Begins to parse the embedded modules.
///
/// # Errors
/// More lines than a session holds.
pub fn parse(host: &Host) -> Fallible<Parsing> {
    let mut inner = host.lock();
    let add = |(name, text): &(&str, &str)| {
        inner
            .sources
            .add_embedded(&format!("stdlib/{name}.rhai"), text)
    };
    let texts: Vec<String> = EMBEDDED
        .iter()
        .map(add)
        .collect::<crate::error::Result<_>>()
        .map_err(|e| thrown(e, Position::NONE))?;
    Ok(Parsing(std::thread::spawn(move || {
        let engine = crate::script::bridge::grammar::grammar();
        let parsed = texts.iter().zip(EMBEDDED);
        parsed
            .map(|(text, (name, _))| {
                completed(&engine, engine.compile(text)?, &format!("{name}::"))
            })
            .collect()
    })))
}

/// Makes every module available as `name::function(...)`, without `import`: the embedded ones, and
/// those of `folders`.
///
/// # Errors
/// A module does not compile, or its own statements fail.
pub fn load(rooms: &mut Rooms, host: &Host, parsing: Parsing, folders: &[&Path]) -> Fallible<()> {
    let own = own_modules(host, folders);
    // Names first, so that modules can call each other whatever their order.
    for name in EMBEDDED
        .iter()
        .map(|(name, _)| *name)
        .chain(own.keys().map(String::as_str))
    {
        rooms.named(name);
    }
    rooms.publish();
    let parsed = parsing
        .0
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
    for ((name, _), ast) in EMBEDDED
        .iter()
        .zip(&parsed)
        .filter(|((name, _), _)| !own.contains_key(*name))
    {
        add(rooms, name, of_functions(ast));
    }
    for (name, file) in &own {
        let module = read(&rooms.engine, host, (PartKind::Module, name), file)?;
        add(rooms, name, module);
    }
    Ok(())
}

/// A module of the functions of a text, each called by its whole name: while one runs, its
/// neighbours do not stand before the methods and variables of whatever it calls.
fn of_functions(ast: &AST) -> Module {
    let mut module = Module::new();
    for f in ast.iter_fn_def() {
        module.set_script_fn(f.clone());
    }
    module
}

fn add(rooms: &mut Rooms, name: &str, module: Module) {
    rooms.named(name).combine(module);
    rooms.publish_one(name);
}

/// The modules of the user's folder, by name.
fn add_folder(folder: &Path, own: &mut BTreeMap<String, PathBuf>) {
    let files = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.path());
    for path in files.filter(|p| p.extension().is_some_and(|e| e == "rhai")) {
        if let Some(name) = path.file_stem().and_then(|n| n.to_str()) {
            own.insert(name.to_string(), path.clone());
        }
    }
}

/// The modules of the user's folders by name, or those of the run that is run again.
fn own_modules(host: &Host, folders: &[&Path]) -> BTreeMap<String, PathBuf> {
    let mut own = BTreeMap::new();
    match &host.lock().recorded {
        Some(parts) => {
            let modules = parts.iter().filter(|p| p.kind == PartKind::Module);
            own.extend(modules.map(|p| (p.name.clone(), p.file.clone())));
        }
        None => folders.iter().for_each(|f| add_folder(f, &mut own)),
    }
    own
}

/// The text of a part as the run that is run again had it.
fn recorded(host: &Host, kind: PartKind, name: &str) -> Option<String> {
    let inner = host.lock();
    let mut parts = inner.recorded.iter().flatten();
    let part = parts.find(|p| p.kind == kind && p.name == name);
    part.map(|p| p.text.clone())
}

/// A module from its file.
fn read(
    engine: &Engine,
    host: &Host,
    (kind, name): (PartKind, &str),
    file: &Path,
) -> Fallible<Module> {
    crate::limits::may_read(file).map_err(|e| thrown(e, Position::NONE))?;
    let again = host.lock().recorded.is_some();
    let text = match recorded(host, kind, name) {
        Some(text) => text,
        None => std::fs::read_to_string(file).map_err(|e| {
            thrown(
                Error::new(format!("the module {} cannot be read", file.display())).got(e),
                Position::NONE,
            )
        })?,
    };
    if again && recorded(host, kind, name).is_none() {
        host.warn(Warning::new(
            "not_in_the_record",
            format!(
                "the run of the record did not read {}; it is read as it is now",
                file.display()
            ),
        ));
    }
    let part = Part {
        kind,
        name: name.to_string(),
        file: file.into(),
        sha256: digest::of_text(&text),
        text: text.clone(),
    };
    host.lock().parts.push(part);
    let place = file.display().to_string();
    let none = AST::empty();
    let known = (kind == PartKind::Import).then_some(&none);
    let alone = (&Scope::new(), "", known);
    let ast = super::compile::compiled(engine, host, alone, (&place, &text))?;
    let ast = completed(&crate::script::bridge::grammar::grammar(), ast, "")?;
    let ast = match host.lock().checking {
        true => ast.clone_functions_only(),
        false => ast,
    };
    Module::eval_ast_as_new(Scope::new(), &ast, engine)
}

/// Before the path of an import that an earlier entry made: the module stays what it was then.
pub const KEPT: &str = "kept:";

/// Resolves `import "file" as name` to a file next to the script.
pub struct Files {
    host: Host,
    modules: Mutex<BTreeMap<PathBuf, Arc<Module>>>,
    /// Files whose statements run at the moment.
    open: Mutex<Vec<PathBuf>>,
}

impl Files {
    /// For the session of `host`.
    pub fn new(host: &Host) -> Self {
        Files {
            host: host.clone(),
            modules: Mutex::default(),
            open: Mutex::default(),
        }
    }

    /// The module of a file, read now.
    fn read(&self, engine: &Engine, path: &str, file: &Path) -> Fallible<Arc<Module>> {
        if locked(&self.open).iter().any(|open| open == file) {
            let error = Error::new(format!("the file {} imports itself", file.display()))
                .hint("an import of another file");
            return Err(thrown(error, Position::NONE));
        }
        locked(&self.open).push(file.into());
        let module = read(engine, &self.host, (PartKind::Import, path), file).map(Arc::new);
        locked(&self.open).pop();
        let module = module?;
        locked(&self.modules).insert(file.into(), module.clone());
        Ok(module)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ModuleResolver for Files {
    fn resolve(
        &self,
        engine: &Engine,
        _: Option<&str>,
        path: &str,
        position: Position,
    ) -> Fallible<Arc<Module>> {
        let (path, kept) = match path.strip_prefix(KEPT) {
            Some(path) => (path, true),
            None => (path, false),
        };
        let folder = self.host.lock().folder.clone().unwrap_or_default();
        let file = folder.join(path).with_extension("rhai");
        let known = locked(&self.modules).get(&file).cloned();
        if let Some(module) = known.filter(|_| kept) {
            return Ok(module);
        }
        if recorded(&self.host, PartKind::Import, path).is_none() && !file.is_file() {
            return Err(Box::new(EvalAltResult::ErrorModuleNotFound(
                file.display().to_string(),
                position,
            )));
        }
        let inside = |e| Box::new(EvalAltResult::ErrorInModule(path.to_string(), e, position));
        self.read(engine, path, &file).map_err(inside)
    }
}
