//! The engine while it is filled: modules by name, and kinds of values.

use crate::script::bridge::options::{Declared, OptionTable};
use crate::script::bridge::value::Kind;
use rhai::plugin::{FuncRegistration, PluginFunc, RhaiFunc, RhaiResult};
use rhai::{Dynamic, Engine, FnNamespace, Map, Module, NativeCallContext, Shared};
use std::any::TypeId;
use std::collections::BTreeMap;

/// The engine while rooms are bound, with the modules made so far.
pub struct Rooms {
    /// For operators and other registrations that are not documented functions.
    pub engine: Engine,
    named: BTreeMap<String, Module>,
    tables: Tables,
}

/// The options that functions declare, by the names of the functions; made when they are asked for.
pub type Tables = Vec<(&'static [&'static str], fn() -> Vec<Declared>)>;

impl Rooms {
    /// Nothing bound yet.
    pub fn new(engine: Engine) -> Self {
        Rooms {
            engine,
            named: BTreeMap::new(),
            tables: Vec::new(),
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
    pub fn named(&mut self, name: &str) -> &mut Module {
        self.named.entry(name.to_string()).or_default()
    }

    /// Hands all modules to the engine.
    pub fn publish(&mut self) {
        for name in self.named.keys().cloned().collect::<Vec<_>>() {
            self.publish_one(&name);
        }
    }

    /// Hands one module to the engine, in place of an earlier state of it.
    pub fn publish_one(&mut self, name: &str) {
        let module = self.named[name].clone();
        self.engine
            .register_static_module(name, Shared::new(module));
    }

    /// Makes the options of a bound function known, and lets it be called without them: what
    /// `optional!` calls. A name without `::` is a method.
    pub fn without_options<T: OptionTable>(
        &mut self,
        name: &str,
        types: &[TypeId],
        with_options: impl PluginFunc + Send + Sync + 'static,
    ) {
        self.options::<T>();
        let types = types[..types.len() - 1].to_vec();
        let (module, name) = name.rsplit_once("::").unwrap_or(("", name));
        let namespace = if module.is_empty() {
            FnNamespace::Global
        } else {
            FnNamespace::Internal
        };
        let twin = RhaiFunc::Plugin {
            func: Shared::new(WithoutOptions(with_options)),
        };
        let twin_of = FuncRegistration::new(name).with_namespace(namespace);
        if module.is_empty() {
            let mut alone = Module::new();
            twin_of.set_into_module_raw(&mut alone, types, twin);
            self.global(alone);
        } else {
            twin_of.set_into_module_raw(self.named(module), types, twin);
        }
    }

    /// Makes a table of options known to help, completion and check.
    pub fn options<T: OptionTable>(&mut self) {
        if !self.tables.iter().any(|(names, _)| *names == T::NAMES) {
            self.tables.push((T::NAMES, T::declared));
        }
    }

    /// Every table of options.
    pub fn tables(&mut self) -> Tables {
        std::mem::take(&mut self.tables)
    }

    /// A kind of value that scripts hold: its name in messages, and how it prints.
    pub fn kind<T: Kind>(&mut self) {
        self.engine.register_type_with_name::<T>(T::NAME);
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
///
/// # Errors
/// The value is neither text nor an array of text.
pub fn texts(value: &Dynamic) -> crate::error::Result<Vec<String>> {
    if value.is_string() {
        Ok(vec![value.to_string()])
    } else {
        super::value::read("the names", value)
    }
}

/// A function that ends with options, called without them.
struct WithoutOptions<F>(F);

impl<F: PluginFunc> PluginFunc for WithoutOptions<F> {
    fn call(&self, context: Option<NativeCallContext>, given: &mut [&mut Dynamic]) -> RhaiResult {
        let mut none = Dynamic::from(Map::new());
        let mut all: Vec<&mut Dynamic> = given.iter_mut().map(|v| &mut **v).collect();
        all.push(&mut none);
        self.0.call(context, &mut all)
    }
    fn is_method_call(&self) -> bool {
        self.0.is_method_call()
    }
    fn has_context(&self) -> bool {
        self.0.has_context()
    }
    fn is_pure(&self) -> bool {
        self.0.is_pure()
    }
}

/// Lets bound functions be called without the options they end with, and makes the options known:
/// `optional!(rooms, RegionalOptions: "localization::regional" = functions::regional_token)`, the
/// token being what Rhai makes for the function `regional` of the exported module `functions`.
macro_rules! optional {
    ($rooms:expr, $table:ty: $($name:literal = $module:ident :: $token:ident),+ $(,)?) => {
        $( $rooms.without_options::<$table>(
            $name,
            &$module::$token::param_types(),
            $module::$token(),
        ); )+
    };
}
pub(crate) use optional;
